"""`section9 review coverage`: how far a review has come."""

from typing import TYPE_CHECKING

import click

from archive.review_events import Verdict
from commands.app import App
from commands.completing import QUERIES
from commands.investigation import case_option

if TYPE_CHECKING:
    from cases.answers import Answer
    from cases.coverage import Coverage


COLOURS = {
    Verdict.RELEVANT: "green",
    Verdict.NOT_RELEVANT: "blue",
    Verdict.PRIVILEGED: "magenta",
    Verdict.UNDECIDED: "yellow",
}


@click.command()
@case_option
@click.option(
    "--query",
    default="",
    shell_complete=QUERIES,
    help="Of which messages.  [default: the whole scope]",
)
@click.option("--saved", default="", metavar="NAME", help="Of what a saved search finds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def coverage(app: App, *, case_id: str, query: str, saved: str, as_json: bool) -> None:
    """Tell how much is reviewed, by whom, with what verdicts, and how two reviewers agree.

    It says too what no search could see, which no review covers. The count is recorded.

    \b
    section9 review coverage --case C-0001
    section9 review coverage --case C-0001 --saved coach-firms --json
    """
    from cases.reviews import Reviews
    from cases.saved import find
    from commands.lines import echo_json
    from commands.review_lines import coverage_line

    if query and saved:
        raise click.UsageError("give --query or --saved, not both")
    reviews = Reviews(app.gate)
    asked = find(reviews.review(case_id), saved).query if saved else query or "*"
    answer, found = reviews.coverage(case_id, asked)
    if as_json:
        echo_json(coverage_line(asked, answer, found))
    else:
        _print(answer, found)


def _print(answer: "Answer", found: "Coverage") -> None:
    share = f" ({found.decided / found.total:.0%})" if found.total else ""
    click.echo(f"{found.decided:>9,}  of {found.total:,} reviewed{share}")
    for verdict, number in found.verdicts.items():
        click.echo(f"{number:>9,}  {click.style(verdict, fg=COLOURS[verdict])}")
    click.echo(f"{found.untouched:>9,}  not looked at")
    click.echo(f"{found.disputed:>9,}  disputed: is:disputed")
    for one in found.shares:
        click.echo(
            f"{one.decided:>9,}  decided by {one.reviewer}; {one.assigned:,} given to them, "
            f"{one.to_do:,} to do, {one.to_check:,} to check"
        )
    for pair in found.agreements:
        rate = "" if pair.rate is None else f" ({pair.rate:.1%})"
        click.echo(
            f"{pair.said:>9,}  of {pair.drawn:,} verdicts of {pair.of} checked by {pair.reviewer}, "
            f"who agrees in {pair.agreed:,}{rate}"
        )
    for tag, number in found.tags.items():
        click.echo(f"{number:>9,}  tag:{tag}")
    click.echo(f"{answer.unsearchable:>9,}  in scope could not be fully searched: is:opaque")
    if answer.withheld:
        click.echo(f"{answer.withheld:>9,}  withheld: only their metadata is shown")
    if answer.own:
        click.echo(f"{answer.own:>9,}  in scope are your own: somebody else must review them")
