"""`section9 saved`: saved searches of a case, and what each finds for the first time."""

from typing import TYPE_CHECKING

import click

from cases.telling import moment, safe
from commands.app import App
from commands.completing import QUERIES
from commands.investigation import NO_HITS, case_option

if TYPE_CHECKING:
    from cases.saved import Fresh, Searches

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def saved() -> None:
    """Keep searches of a case under names, and learn what each finds anew."""


@saved.command("add")
@click.argument("name")
@click.argument("query", shell_complete=QUERIES)
@case_option
@click.pass_obj
def add(app: App, name: str, query: str, *, case_id: str) -> None:
    """Keep a query under a name. The same name with another query starts anew.

    \b
    section9 saved add coach-firms 'domain:coach.example OR "coach firm"' --case C-0001
    """
    _searches(app).add(case_id, name, query)
    click.echo(f"saved: section9 saved run {name} --case {case_id.upper()}")


@saved.command("list")
@case_option
@json_option
@click.pass_obj
def list_(app: App, *, case_id: str, as_json: bool) -> None:
    """List the saved searches of a case, without running them.

    \b
    section9 saved list --case C-0001
    """
    from commands.lines import echo_json
    from commands.review_lines import saved_line

    case = app.casebook.seen(case_id).id
    for one in _searches(app).all(case_id):
        if as_json:
            echo_json(saved_line(case, one, total=one.total, new=None))
            continue
        ran = f"{one.total:,} on {moment(one.ran.at)}" if one.ran else "never run"
        click.echo(f"{click.style(f'{one.name:<20}', bold=True)} {ran:<30} {safe(one.query)}")


@saved.command("run")
@click.argument("name")
@case_option
@json_option
@click.pass_obj
def run(app: App, name: str, *, case_id: str, as_json: bool) -> None:
    """Run a saved search: how much it finds, and the messages that are new since it last ran.

    From then on they are new no more. Exit code 4 says that it finds nothing.

    \b
    section9 saved run coach-firms --case C-0001
    """
    from cases.saved import fresh_query
    from commands.investigation import print_hits, say_what_is_not_seen

    searches = _searches(app)
    asked = next((one for one in searches.all(case_id) if one.name == name), None)
    shown = app.gate.search(case_id, fresh_query(asked), limit=MOST_SHOWN) if asked else None
    answer, fresh = searches.run(case_id, name)
    if shown:
        print_hits(shown, as_json=as_json)
    _print(app, case_id, fresh, as_json=as_json)
    say_what_is_not_seen(answer)
    if not answer.page.total:
        raise click.exceptions.Exit(NO_HITS)


MOST_SHOWN = 1_000


@saved.command("new")
@case_option
@json_option
@click.pass_obj
def new(app: App, *, case_id: str, as_json: bool) -> None:
    """Tell how many messages each saved search would find for the first time.

    They stay new until `saved run`. Exit code 4 says that nothing is new.

    \b
    section9 saved new --case C-0001
    """
    found = list(_searches(app).new(case_id))
    for fresh in found:
        _print(app, case_id, fresh, as_json=as_json)
    if not any(fresh.new for fresh in found):
        raise click.exceptions.Exit(NO_HITS)


@saved.command("remove")
@click.argument("name")
@case_option
@click.pass_obj
def remove(app: App, name: str, *, case_id: str) -> None:
    """Take a saved search off the list; what it found stays on record.

    \b
    section9 saved remove coach-firms --case C-0001
    """
    _searches(app).remove(case_id, name)
    click.echo(f"removed: {name}")


def _searches(app: App) -> "Searches":
    from cases.saved import Searches

    return Searches(app.gate)


def _print(app: App, case: str, fresh: "Fresh", *, as_json: bool) -> None:
    from commands.lines import echo_json
    from commands.review_lines import saved_line

    one = fresh.saved
    if as_json:
        id_ = app.casebook.seen(case).id
        echo_json(saved_line(id_, one, total=fresh.total, new=fresh.new))
        return
    since = f"since {moment(one.ran.at)}" if one.ran else "never run"
    news = click.style(f"{fresh.new:>9,} new", bold=bool(fresh.new))
    click.echo(f"{news} of {fresh.total:,}  {one.name}  ({since})")
