"""`section9 alert`: who was told of what, and whether they answered; and a way to try it."""

from typing import TYPE_CHECKING, ClassVar

import click

from commands.app import App
from section9 import Section9Error

if TYPE_CHECKING:
    from cases.alerts import Alert, AlertBook
    from cases.news import Told

UNDELIVERED = 44
LOOK = 1.0  # seconds between looks at the ledger
LONGEST_PAUSE = 60.0


class AlertUnknownError(Section9Error):
    """There is no such alert, or it concerns whoever asks. Which is not said."""

    exit_code: ClassVar[int] = 2

    def __init__(self, alert: str) -> None:
        super().__init__(f"no alert {alert}: `section9 alert list` shows them")


class NoMailServerError(Section9Error):
    """Alerts cannot be sent, for no mail server is named."""

    exit_code: ClassVar[int] = 3

    def __init__(self) -> None:
        super().__init__(
            "no mail server is named: set smtp_host under [alerts] in section9.toml, see "
            "docs/alerts.md"
        )


@click.group()
def alert() -> None:
    """Tell people by mail what waits for them, without content; see who was told and answered.

    \b
    section9 alert test                    does it reach everybody?
    section9 alert list --open             what nobody answered
    section9 alert ack A-0007
    """


@alert.command("list")
@click.option("--open", "open_only", is_flag=True, help="Only what nobody answered yet.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_alerts(app: App, *, open_only: bool, limit: int, as_json: bool) -> None:
    """List alerts, newest first: what was sent to whom about which ids, and who answered.

    None that concerns whoever asks. Exit code 4 when there is none. What readers of cases were
    told of their saved searches is in `section9 alert news`.

    \b
    section9 alert list --open
    """
    from cases.roles import Deed
    from commands.alert_lines import alert_line
    from commands.alerting import book_of, without_own
    from commands.lines import echo_json

    app.require_operator(Deed.ALERT)
    book = book_of(app)
    wanted = [one for one in reversed(book.alerts.values()) if not (open_only and one.answered)]
    shown = without_own(app, book, wanted[:limit])
    for one in shown:
        if as_json:
            echo_json(alert_line(one, book))
        else:
            _print(one, book)
    if not shown:
        click.echo("no alert to show", err=True)
        raise click.exceptions.Exit(4)


@alert.command("news")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_news(app: App, *, limit: int, as_json: bool) -> None:
    """List what readers of cases were told of new hits of their saved searches, newest first.

    Of the cases that you may know of. Exit code 4 when there is none.

    \b
    section9 alert news
    """
    from archive.books import Book
    from cases.news import fold
    from commands.alert_lines import news_line
    from commands.lines import echo_json

    known = {case.id for case in app.casebook.visible()}
    told = [*fold(app.ledger.events(Book.CASES)).told.values()][::-1]
    shown = [one for one in told if one.planned.case in known][:limit]
    for one in shown:
        if as_json:
            echo_json(news_line(one))
        else:
            _print_news(one)
    if not shown:
        click.echo("nobody was told of any saved search", err=True)
        raise click.exceptions.Exit(4)


@alert.command("ack")
@click.argument("alert_id", metavar="ALERT")
@click.pass_obj
def acknowledge(app: App, *, alert_id: str) -> None:
    """Say that you see to all that an alert names, so that nobody else is told. It is recorded.

    `section9 triage` says the same of one item, and decides it.

    \b
    section9 alert ack A-0007
    """
    from archive.alert_events import AlertAcknowledged, AlertId
    from archive.books import Book
    from cases.roles import Deed
    from commands.alerting import book_of, without_own

    app.accounts.require(app.actor, Deed.ANSWER)
    book = book_of(app)
    found = book.alerts.get(AlertId(alert_id.upper()))
    if found is None or not without_own(app, book, [found]):
        raise AlertUnknownError(alert_id)
    if found.answered:
        click.echo(f"{found.id} was answered by {found.by} at {found.answered:%Y-%m-%d %H:%M} UTC")
        return
    event = AlertAcknowledged(app.case_clock(), app.actor, found.id)
    app.ledger.append(Book.CASES, (event,))
    click.echo(f"{found.id} is answered: {_things(len(found.planned.items))}")


@alert.command("send")
@click.pass_obj
def send_now(app: App) -> None:
    """Send now all that waits, what would go in the next digest too. `serve` sends by itself.

    Exit code 44 when the mail server did not take it; it is tried again with the next.

    \b
    section9 alert send
    """
    from commands.alerting import Teller, alone
    from commands.logs import log_to_stderr

    log_to_stderr()
    app.require_operator()
    if not app.settings.alerts.smtp_host:
        raise NoMailServerError
    with alone(app, patiently=True):
        sent = Teller(app).round(digest=True)
    click.echo(f"{sent:,} message{'' if sent == 1 else 's'} sent")


@alert.command("test")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an address.")
@click.pass_obj
def test(app: App, *, as_json: bool) -> None:
    """Send a test message to everybody who may ever be alerted, and say what became of each.

    Exit code 44 when one was not taken. A post that nobody holds is a warning.

    \b
    section9 alert test
    """
    from archive.books import Book
    from archive.case_events import Reported
    from cases.roles import Deed
    from commands.alert_letter import test_letter
    from commands.alert_lines import AlertTestLine
    from commands.lines import echo_json
    from commands.mailing import NotMailedError, send
    from commands.settings_routing import routes

    app.require_operator(Deed.ALERT)
    if not app.settings.alerts.smtp_host:
        raise NoMailServerError
    to_test, failed = routes(app.settings, app.accounts), 0
    for to, posts in to_test.addresses().items():
        try:
            send(app.settings.alerts, test_letter(app.settings.alerts, to, posts, at=app.clock()))
            reason = ""
            reported = Reported(app.clock(), app.actor, "alert test", to)
            app.ledger.append(Book.CASES, (reported,))
        except NotMailedError as error:
            reason, failed = error.reason, failed + 1
        if as_json:
            echo_json(AlertTestLine(to, tuple(posts), not reason, reason))
        else:
            click.echo(f"{'not taken: ' + reason if reason else 'sent':<12}  {to}")
            click.echo(f"              {', '.join(posts)}")
    if empty := to_test.empty:
        click.secho(f"warning  nobody is named for {', '.join(empty)}", fg="yellow", err=True)
    if failed:
        raise click.exceptions.Exit(UNDELIVERED)


@alert.command("watch")
@click.option("--attended", is_flag=True, hidden=True, help="End when standard input closes.")
@click.pass_obj
def watch(app: App, *, attended: bool) -> None:
    """Send alerts as they become due; `serve` runs this beside its listener.

    Run it alone where mail comes by `collect` or `ingest` only. Stops at SIGTERM or Ctrl-C.

    \b
    section9 --home /srv/section9 alert watch
    """
    import structlog

    from commands.alerting import Teller, alone
    from commands.logs import log_to_stderr
    from commands.mailing import NotMailedError
    from commands.serving import ending

    log_to_stderr()
    app.require_operator()
    if not app.settings.alerts.smtp_host:
        raise NoMailServerError
    stop, teller, pause = ending(attended=attended), Teller(app), LOOK
    while not stop.is_set():
        try:
            with alone(app, patiently=True):
                teller.round()
            pause = LOOK
        except (Section9Error, OSError) as error:
            why = error.reason if isinstance(error, NotMailedError) else type(error).__name__
            pause = min(2 * pause, LONGEST_PAUSE)
            structlog.get_logger().error("alerts_wait", error=why, again_in=pause)
        stop.wait(pause)


def _print(found: "Alert", book: "AlertBook") -> None:
    from commands.alert_letter import short

    planned = found.planned
    kinds = [
        "urgent" if planned.urgent else "digest",
        *(("escalated",) if planned.escalated else ()),
        *(("out of hours",) if planned.out_of_hours else ()),
    ]
    click.secho(f"{found.id}  {planned.at:%Y-%m-%d %H:%M}  {', '.join(kinds)}", bold=True)
    click.echo(f"    to {planned.to or 'nobody: it concerns all of them'} ({planned.post})")
    click.echo(f"    {_became(found)}")
    if (left := book.left(found.id)) and left < len(planned.items):
        click.echo(f"    {left:,} of its {len(planned.items):,} things have no answer")
    if after := book.next_of(found):
        click.echo(f"    went to the next in line: {', '.join(after)}")
    for one in planned.items[:10]:
        click.echo(f"    {short(one.subject)}  severity {one.severity}, {one.what}")
    if len(planned.items) > 10:  # noqa: PLR2004 - as many as listed above
        click.echo(f"    and {len(planned.items) - 10:,} more")


def _print_news(told: "Told") -> None:
    planned, came = told.planned, told.came
    number = f"{planned.hits:,} new message{'' if planned.hits == 1 else 's'}"
    click.secho(f"{planned.news}  {planned.at:%Y-%m-%d %H:%M}  case {planned.case}", bold=True)
    click.echo(f"    {number}, to {planned.to} ({planned.account})")
    click.echo(f"    {told.state}{f' at {came.at:%Y-%m-%d %H:%M:%S} UTC' if came else ''}")


def _became(found: "Alert") -> str:
    if found.answered:
        return f"answered by {found.by} at {found.answered:%Y-%m-%d %H:%M} UTC"
    match found.state:
        case "sent":
            return f"sent at {found.sent:%Y-%m-%d %H:%M:%S} UTC, not answered yet"
        case "refused":
            return f"refused by the mail server ({found.refused}); the next in line is told"
        case "nobody":
            return "nobody was told: name a chair under [routing.alerts] in section9.toml"
        case _:
            return "not sent yet"


def _things(number: int) -> str:
    return f"{number:,} thing{'' if number == 1 else 's'}"
