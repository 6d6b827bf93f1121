"""`section9 sample`: unflagged mail drawn by lot each month, judged, and what it says of the rest.

Clause 9.5 of the policy has it that the effectiveness of monitoring is measured.
"""

from typing import TYPE_CHECKING

import click

from commands.app import App

if TYPE_CHECKING:
    from cases.sampling import Estimate, Month, Sample
    from cases.sampling_desk import Sampling
    from section9 import MailId

MOST = 1_000  # messages in a sample
SHORT = 12  # characters of an id

CATEGORIES = [
    *("personal-data", "financial", "credentials", "special-category"),
    *("student-contact", "offensive", "welfare", "criminal"),
]

case_option = click.option(
    "--case", "case_id", default="", help="Your standing programme.  [default: the newest]"
)
month_option = click.option(
    "--month", default="", help="As 2026-10.  [default: the last that was drawn]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def sample() -> None:
    """Measure what the detectors miss: draw unflagged mail by lot, read it, and count.

    \b
    section9 sample draw                          last month's, once
    section9 sample show                          the next to be judged
    section9 sample judge 1f3a9c0b21de --nothing
    section9 sample report
    """


@sample.command("draw")
@click.option("--month", default="", help="As 2026-10.  [default: the last full month]")
@click.option("--size", default=100, show_default=True, type=click.IntRange(1, MOST))
@click.option("--due", is_flag=True, help="What nobody has drawn of any month: for a timer.")
@case_option
@json_option
@click.pass_obj
def draw(  # noqa: PLR0913 - each is an option of the command
    app: App, *, month: str, size: int, due: bool, case_id: str, as_json: bool
) -> None:
    """Draw a sample of a month's mail that no detector flagged and that nobody protects.

    Every message has the same chance, and nobody can choose: the seed comes from the ledger, and
    there is one draw for a month. It is recorded, and to draw again gives the same sample.

    With --due the service draws what is missing, of every month since a programme was opened,
    one sample a month; it sees no mail, and whoever investigates the programme reads it.

    \b
    section9 sample draw --month 2026-10 --size 100
    section9 sample draw --due                    from a timer, every night
    """
    from cases.sampling import Month

    if due:
        _draw_due(app, month, size=size, case_id=case_id, as_json=as_json)
        return
    chosen = _month(month) if month else Month.before(app.case_clock())
    drawn = _desk(app, case_id).draw(chosen, size=size)
    _tell(drawn, as_json=as_json)
    if len(drawn.drawn.mails) not in {size, drawn.drawn.population}:
        click.echo("it was drawn before, of another size: there is one draw for a month", err=True)
    if drawn.left and not as_json:
        click.echo("Next: section9 sample show")


def _draw_due(app: App, month: str, *, size: int, case_id: str, as_json: bool) -> None:
    """Draw what is missing. A month whose seed is not made yet is drawn the next time."""
    from dataclasses import replace

    from cases.sampling import SampleRefusedError
    from cases.sampling_desk import Sampling
    from commands.monitoring import samples_due

    if month or case_id:
        raise click.UsageError("--due finds out by itself which month and case: leave them out")
    app.require_operator()
    wanted = samples_due(app)
    if not wanted:
        click.echo("no sample is due", err=True)
    for one in wanted:
        desk = Sampling(replace(app.gate, actor=one.case.investigator), one.case)
        try:
            _tell(desk.draw(one.month, size=size, by=app.actor), as_json=as_json)
        except SampleRefusedError as error:
            click.echo(str(error), err=True)


def _tell(drawn: "Sample", *, as_json: bool) -> None:
    from commands.lines import echo_json
    from commands.sampling_lines import sample_line

    if as_json:
        echo_json(sample_line(drawn))
    else:
        _print(drawn)


@sample.command("list")
@click.option("--mails", is_flag=True, help="With the messages, and what was made of each.")
@case_option
@json_option
@click.pass_obj
def list_samples(app: App, *, mails: bool, case_id: str, as_json: bool) -> None:
    """List the samples of a programme: the seed, of how many, how many are judged.

    Exit code 4 when there is none.

    \b
    section9 sample list --mails
    """
    from commands.lines import echo_json
    from commands.sampling_lines import judged_line, sample_line

    found = _desk(app, case_id).samples()
    for one in found:
        if as_json:
            echo_json(sample_line(one))
            for judged in one.judged.values() if mails else ():
                echo_json(judged_line(judged))
        else:
            _print(one)
            for mail in one.drawn.mails if mails else ():
                click.echo(f"    {mail[:SHORT]}  {_word(one, mail)}")
    if not found:
        click.echo("no sample was drawn: see `section9 sample draw --help`", err=True)
        raise click.exceptions.Exit(4)


@sample.command("show")
@click.argument("mail", default="")
@month_option
@case_option
@click.pass_obj
def show(app: App, mail: str, *, month: str, case_id: str) -> None:
    """Open a message of a sample, or the next that nobody has judged. The look is recorded.

    \b
    section9 sample show
    section9 sample show 1f3a9c0b21de --month 2026-10
    """
    from commands.investigation import print_mail

    desk = _desk(app, case_id)
    chosen = desk.sample(month)
    opened = desk.open(chosen, mail)
    print_mail(opened, app.looked)
    click.echo(
        f"\n{len(chosen.left):,} of {len(chosen.drawn.mails):,} wait. Next: "
        f"section9 sample judge {opened.record.mail[:SHORT]} --nothing, or "
        "--missed CATEGORY --severity N",
        err=True,
    )


@sample.command("judge")
@click.argument("mail")
@click.option("--nothing", is_flag=True, help="It was rightly not flagged.")
@click.option("--missed", type=click.Choice(CATEGORIES), help="What should have been flagged.")
@click.option("--severity", type=click.IntRange(1, 5), help="Of what was missed.")
@click.option("--reason", default="", help="A word on it, for whoever betters the rules.")
@month_option
@case_option
@json_option
@click.pass_obj
def judge(  # noqa: PLR0913 - each is an option of the command
    app: App,
    mail: str,
    *,
    nothing: bool,
    missed: str | None,
    severity: int | None,
    reason: str,
    month: str,
    case_id: str,
    as_json: bool,
) -> None:
    """Say whether a message of a sample was rightly not flagged. Open it first. It is recorded.

    What was missed and has to be followed up goes on record by `section9 incident file`.

    \b
    section9 sample judge 1f3a9c0b21de --nothing
    section9 sample judge 1f3a9c0b21de --missed welfare --severity 4 --reason 'in metaphors'
    """
    from archive.sampling_events import Found
    from cases.sampling_desk import Judgement
    from commands.lines import echo_json
    from commands.sampling_lines import judged_line
    from section9 import Category

    if nothing == bool(missed) or bool(missed) != bool(severity):
        raise click.UsageError("say --nothing, or --missed CATEGORY with --severity")
    category = Category(missed) if missed else None
    found = Found.MISSED if missed else Found.NOTHING
    desk = _desk(app, case_id)
    chosen = desk.sample(month)
    judged = desk.judge(chosen, mail, Judgement(found, category, severity or 0, reason))
    if as_json:
        echo_json(judged_line(judged))
        return
    left = len(desk.sample(chosen.drawn.month).left)
    click.echo(f"{judged.mail[:SHORT]}: {judged.found}; {left:,} wait")


@sample.command("report")
@click.option("--month", default="", help="As 2026-10.  [default: every one]")
@json_option
@click.pass_obj
def report(app: App, *, month: str, as_json: bool) -> None:
    """Estimate how many messages the detectors missed, with its interval, month by month.

    From the samples of every programme that you may know of. The interval is Clopper and
    Pearson's, exact, at 95 %. Exit code 4 when there is none.

    \b
    section9 sample report
    """
    from archive.books import Book
    from cases.sampling import estimate, fold
    from commands.lines import echo_json
    from commands.sampling_lines import estimate_line

    visible = {case.id for case in app.casebook.visible()}
    samples = fold(app.ledger.events(Book.CASES)).items()
    found = [
        estimate(one)
        for (case, of), one in sorted(samples, key=lambda pair: pair[0][::-1])
        if case in visible and month in {"", of}
    ]
    for told in found:
        if as_json:
            echo_json(estimate_line(told))
        else:
            _print_estimate(told)
    if not found:
        click.echo("no sample was drawn: see `section9 sample draw --help`", err=True)
        raise click.exceptions.Exit(4)


def _desk(app: App, case_id: str) -> "Sampling":
    """The desk of whoever acts, in their standing programme."""
    from cases.sampling_desk import Sampling
    from cases.triage.desk import programme

    return Sampling(app.gate, programme(app.gate, case_id))


def _month(text: str) -> "Month":
    from cases.sampling import Month

    try:
        return Month.read(text)
    except ValueError as error:
        raise click.UsageError("no month: write it as 2026-10") from error


def _print(found: "Sample") -> None:
    drawn = found.drawn
    click.secho(f"{drawn.month}  in case {drawn.case}", bold=True)
    click.echo(
        f"    {len(drawn.mails):,} drawn of {drawn.population:,} that were not flagged;"
        f" {len(found.judged):,} judged"
    )
    click.echo(f"    by {drawn.by} on {drawn.at:%Y-%m-%d %H:%M} UTC")
    click.echo(f"    seed {drawn.seed[:SHORT]}… from segment {drawn.segment:,} of the mail book")


def _word(found: "Sample", mail: "MailId") -> str:
    judged = found.judged.get(mail)
    if judged is None:
        return "not judged"
    what = f" {judged.category}, severity {judged.severity}" if judged.category else ""
    return f"{judged.found}{what}, by {judged.by}"


def _print_estimate(told: "Estimate") -> None:
    click.secho(f"{told.month}  in case {told.case}", bold=True)
    click.echo(
        f"    {told.flagged:,} messages were flagged, {told.population:,} were not; of these"
        f" {told.drawn:,} were drawn and {told.judged:,} judged"
    )
    for category, number, severity in told.kinds:
        click.echo(f"    missed: {number:,} {category}, the gravest of severity {severity}")
    if told.share is None:
        click.echo("    nothing is judged, so nothing can be said: section9 sample show")
        return
    click.echo(
        f"    {told.missed:,} of {told.judged:,} were missed: about {told.count:,} in the month,"
        f" between {told.low:,} and {told.high:,}"
    )
    click.echo(
        f"    {told.share.share:.1%}, between {told.share.low:.1%} and {told.share.high:.1%}"
        f" ({told.method})"
    )
    if told.withheld:
        click.echo(f"    nothing is said of {told.withheld:,} that are protected or sealed")
