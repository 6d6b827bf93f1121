"""`section9 search --web` and `section9 weblog show`: web visits, inside a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from cases.telling import moment, safe
from commands import web_house
from commands.app import App
from commands.display import echo_hanging, whose
from commands.faceting import print_facets
from search.order import Order

if TYPE_CHECKING:
    from cases.web_gate import WebAnswer, WebOpened
    from search.web import Place, WebHit

NO_HITS = 4  # exit code


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, as it was typed."""

    case: str
    query: str
    limit: int
    after: str
    order: Order
    facets: Sequence[str]
    count: bool
    as_json: bool


def search_web(app: App, asked: Asked) -> None:
    """Find visits, print them, and say what ran."""
    with web_house.gate(app) as gate:
        if asked.count:
            answer = gate.count(asked.case, asked.query, facets=asked.facets)
            _print_count(asked, answer)
        else:
            answer = gate.search(
                asked.case,
                asked.query,
                limit=asked.limit,
                after=_place(asked.after),
                order=asked.order,
                facets=asked.facets,
            )
            _print_hits(answer, as_json=asked.as_json, zone=ZoneInfo(app.settings.trust.zone))
    print_facets(answer.facets, as_json=asked.as_json)
    _say_what_ran(answer, asked.query)
    if not answer.page.total:
        raise click.exceptions.Exit(NO_HITS)


def _place(after: str) -> "Place | None":
    from search.web import read_place

    place = read_place(after) if after else None
    if after and place is None:
        raise click.BadParameter("no visit's name, such as W-42.317", param_hint="--after")
    return place


def _print_count(asked: Asked, answer: "WebAnswer") -> None:
    from commands.lines import echo_json
    from commands.web_lines import visit_count_line

    if asked.as_json:
        echo_json(visit_count_line(asked.query, answer))
    else:
        click.echo(f"{answer.page.total:,}")


def _print_hits(answer: "WebAnswer", *, as_json: bool, zone: ZoneInfo) -> None:
    from commands.lines import echo_json
    from commands.web_lines import visit_line

    for hit in answer.page.hits:
        withheld = hit.place in answer.closed
        if as_json:
            echo_json(visit_line(hit, withheld=withheld))
        else:
            _print_hit(hit, zone, withheld=withheld)


def _print_hit(hit: "WebHit", zone: ZoneInfo, *, withheld: bool) -> None:
    seen = hit.visit
    name = click.style(hit.place.id, fg="yellow")
    who = safe(f"{seen.user or '(nobody named)'} at {seen.computer or '(no computer)'}")
    marks = click.style("  [blocked]", fg="red") if seen.blocked else ""
    marks += safe(f"  [{seen.category}]") if seen.category else ""
    click.echo(f"{name}  {local(seen.time, zone)}  {who}{marks}")
    page = f"{seen.site}  (metadata only)" if withheld else seen.page
    click.echo(f"    {safe(page)}")


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as the trust's clocks showed it."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def _say_what_ran(answer: "WebAnswer", query: str) -> None:
    """Echo what ran, over what, and as of when: on standard error, where it disturbs no pipe."""
    page = answer.page
    found = f"{page.total:,} visits found, {len(page.hits):,} shown"
    scope = whose(answer.authority.scope).replace("mail of", "visits of", 1)
    case, as_of = answer.authority.case, f"as of batch {answer.as_of.number:,}"
    lines = [
        f"{found}, in case {case}: {scope}, by their user names, {as_of}, {moment(answer.at)} UTC",
        f"asked: {safe(query)}",
    ]
    if answer.withheld:
        lines.append(f"of {answer.withheld:,} of them the page is withheld")
    if answer.own:
        lines.append(f"{answer.own:,} visits in scope are your own: somebody else must read them")
    if answer.behind:
        lines.append(f"the index lacks {answer.behind:,} batches: run `section9 index rebuild`")
    if page.next:
        lines.append(f"for more, add --after {page.next.id}")
    for line in lines:
        echo_hanging(line, err=True)


def print_opened(opened: "WebOpened", zone: ZoneInfo) -> None:
    """Print one visit, and its line as it came."""
    seen = opened.hit.visit
    for name, value in (
        ("Visit", opened.hit.place.id),
        ("Time", f"{local(seen.time, zone)} ({seen.time:%Y-%m-%d %H:%M:%S} UTC)"),
        ("User", seen.user or "the log names nobody"),
        ("Computer", seen.computer),
        ("Site", seen.site),
        ("Page", seen.page),
        ("Outcome", "blocked" if seen.blocked else "allowed"),
        ("Category", seen.category),
        ("Method", seen.method),
        ("Status", str(seen.status or "")),
        ("Bytes", f"{seen.size:,}" if seen.size else ""),
        ("Log", f"{opened.file} line {opened.number:,}, batch {opened.blob[:12]}"),
    ):
        if value:
            click.echo(f"{click.style(f'{name:<12}', bold=True)}{safe(value)}")
    if opened.line:
        click.echo(f"\n{safe(opened.line.decode(errors='replace'))}")
    else:
        click.secho("Withheld: the page is not opened by this case.", fg="yellow")
