"""`--facet` of `section9 search`: how often each value of a field is among what is found."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from cases.telling import safe
from search.fields import FACETS, nearest
from search.web_fields import FACETS as WEB_FACETS

if TYPE_CHECKING:
    from search.index import Facet

MONTH = "month"
"""What the facet of `date` is called, for it counts months."""
NAMES = tuple(sorted({MONTH, *FACETS} - {"date"}))
WEB_NAMES = tuple(sorted({MONTH, *WEB_FACETS} - {"date"}))


def read_facets(given: Iterable[str], *, web: bool = False) -> tuple[str, ...]:
    """Read the fields, named one by one or with commas between. Raises `click.BadParameter`."""
    named = [name.strip().lower() for some in given for name in some.split(",")]
    names = WEB_NAMES if web else NAMES
    for name in named:
        if name not in {*names, "date"}:
            meant = nearest(name, list(names))
            hint = f"did you mean {meant}? " if meant else ""
            raise click.BadParameter(f"no facet of {name!r}: {hint}Choose of {', '.join(names)}")
    return tuple(dict.fromkeys("date" if name == MONTH else name for name in named))


def print_facets(facets: "Mapping[str, Sequence[Facet]]", *, as_json: bool) -> None:
    """Print the values of each field, the most frequent first."""
    for field, values in facets.items():
        name = MONTH if field == "date" else field
        if as_json:
            _print_json(name, values)
            continue
        click.secho(f"\n{name}", bold=True)
        for one in values:
            click.echo(f"{one.count:>9,}  {safe(one.value)}")
        if not values:
            click.echo(f"{'none':>9}")


def _print_json(name: str, values: "Sequence[Facet]") -> None:
    from commands.lines import echo_json
    from commands.search_lines import FacetLine

    for one in values:
        echo_json(FacetLine(name, one.value, one.count))
