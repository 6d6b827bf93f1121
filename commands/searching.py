"""`section9 search`: finding mail inside a case, page by page, folded, counted or as bare ids."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cases.telling import moment, safe
from commands.app import App
from commands.completing import FACETS, QUERIES
from commands.display import echo_hanging, whose
from commands.faceting import print_facets, read_facets
from commands.investigation import NO_HITS, case_option, print_hits, say_what_is_not_seen
from commands.pager import paged
from commands.web_searching import Asked, search_web
from search.order import Order

if TYPE_CHECKING:
    from cases.answers import Answer
    from cases.grouping import Grouped
    from search.index import Cursor

FORMATS = ("text", "json", "ids", "ids0")
ENDS = {"ids": "\n", "ids0": "\0"}
"""What stands behind each id."""
Command = TypeVar("Command", bound=Callable[..., Any])


def shaping(command: Command) -> Command:
    """Give a command the options that say what its result looks like."""
    for decorate in (
        click.option("--no-pager", is_flag=True, help="Never show a long result by $PAGER."),
        click.option("--json", "shape", flag_value="json", help="One JSON object a line."),
        click.option(
            "--format",
            "shape",
            type=click.Choice(FORMATS),
            default="text",
            help="ids, ids0: the ids of all that is found, a line each or with NUL between.",
        ),
        click.option("--count", is_flag=True, help="Only count."),
        click.option("--web", is_flag=True, is_eager=True, help="Web visits in place of mail."),
        click.option(
            "--facet",
            "facets",
            multiple=True,
            metavar="FIELD,…",
            shell_complete=FACETS,
            callback=lambda context, _option, given: read_facets(given, web=context.params["web"]),
            help="Count the values of fields among all that is found: from, month, finding …",
        ),
        click.option(
            "--threads", "by", flag_value="thread", help="A conversation as one: its newest."
        ),
        click.option(
            "--fold", "by", flag_value="near", help="Messages that say all but the same, as one."
        ),
        click.option(
            "--inclusive",
            "by",
            flag_value="inclusive",
            help="Less what a later one quotes.",
        ),
    ):
        command = decorate(command)
    return command


@click.command()
@click.argument("query", shell_complete=QUERIES)
@case_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--after", default="", metavar="PLACE", help="Go on where a page ended.")
@click.option(
    "--sort",
    default=Order.NEWEST.value,
    show_default=True,
    type=click.Choice([way.value for way in Order]),
)
@shaping
@click.pass_obj
def search(  # noqa: PLR0913 - each is an option of the command
    app: App,
    query: str,
    *,
    case_id: str,
    limit: int,
    after: str,
    sort: str,
    by: str | None,
    facets: tuple[str, ...],
    count: bool,
    web: bool,
    shape: str,
    no_pager: bool,
) -> None:
    """Find messages in a case's scope, newest first. Every search is recorded.

    Exit code 4 says that nothing matched. `section9 help query` explains the query language.

    \b
    section9 search 'from:j.doe subject:trip -newsletter' --case C-0001
    section9 search 'finding:nhs-number date:>=2026-09' --case C-0001 --json
    section9 search 'subject:trip' --case C-0001 --count --facet from,month
    section9 search 'trip' --case C-0001 --inclusive
    section9 search 'site:video.example is:blocked' --case C-0001 --web
    """
    if by and (after or facets):
        raise click.UsageError("--inclusive, --fold and --threads take no --after and no --facet")
    as_json, way = shape == "json", Order(sort)
    if web:
        if by or shape in ENDS:
            raise click.UsageError("--web takes no --inclusive, --fold, --threads or ids")
        search_web(
            app, Asked(case_id, query, limit, after, way, facets, count=count, as_json=as_json)
        )
        return
    with paged(wanted=not no_pager):
        if shape in ENDS:
            answer = _print_ids(app, case_id, query, end=ENDS[shape])
        elif count:
            answer = app.gate.count(case_id, query, facets=facets)
            _print_count(query, answer, as_json=as_json)
        elif by:
            found = _grouped(app, case_id, query, by=by, limit=limit, order=way)
            answer = _print_grouped(found, as_json=as_json)
        else:
            answer = app.gate.search(
                case_id, query, limit=limit, after=_cursor(after), order=way, facets=facets
            )
            print_hits(answer, as_json=as_json)
        print_facets(answer.facets, as_json=as_json)
    say_what_ran(answer, query)
    if not answer.page.total:
        _say_what_was_meant(app, case_id, query)
        raise click.exceptions.Exit(NO_HITS)


def _say_what_was_meant(app: App, case_id: str, query: str) -> None:
    from commands.hints import hints

    for hint in hints(app, case_id, query):
        click.echo(safe(hint), err=True)


def _cursor(place: str) -> "Cursor | None":
    from commands.places import PlaceError, read_place

    try:
        return read_place(place) if place else None
    except PlaceError as error:
        raise click.BadParameter(str(error), param_hint="--after") from error


def _print_ids(app: App, case_id: str, query: str, *, end: str) -> "Answer":
    answer, found = app.gate.ids(case_id, query)
    for mail in found:
        click.echo(f"{mail}{end}", nl=False)
    return answer


def _grouped(  # noqa: PLR0913 - each is an option of the command
    app: App, case_id: str, query: str, *, by: str, limit: int, order: Order
) -> "Grouped":
    from cases.grouping import grouped
    from search.folding import Fold

    return grouped(app.gate, case_id, query, by=Fold(by), limit=limit, order=order)


def _print_grouped(found: "Grouped", *, as_json: bool) -> "Answer":
    print_hits(found.answer, as_json=as_json, folded=found.folded)
    folded = found.compared - found.shown
    click.echo(f"{found.compared:,} compared, {folded:,} of them folded into others", err=True)
    if found.shown > len(found.answer.page.hits):
        click.echo(f"{found.shown:,} stand for all: add --limit {found.shown}", err=True)
    if found.compared < found.answer.page.total - found.answer.withheld:
        click.echo("only the newest are compared: narrow the search by date", err=True)
    return found.answer


def _print_count(query: str, answer: "Answer", *, as_json: bool) -> None:
    from commands.lines import count_line, echo_json

    if as_json:
        echo_json(count_line(query, answer))
    else:
        click.echo(f"{answer.page.total:,}")


def say_what_ran(answer: "Answer", query: str) -> None:
    """Echo what ran, over what, and as of when: on standard error, where it disturbs no pipe."""
    from commands.places import write_place

    scope, page = answer.authority.scope, answer.page
    echo_hanging(
        f"{page.total:,} found, {len(page.hits):,} shown, in case {answer.authority.case}:"
        f" {whose(scope)}, as of entry {answer.as_of.number:,}, {moment(answer.at)} UTC"
        f"{'' if answer.unsearchable else '; all of it could be searched'}",
        err=True,
    )
    echo_hanging(f"asked: {safe(query)}", err=True)
    say_what_is_not_seen(answer)
    if page.next:
        click.echo(f"for more, add --after {write_place(page.next)}", err=True)
