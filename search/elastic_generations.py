"""Generations of the index on Elasticsearch: a new one is made beside the old and published.

The alias names the one that is searched, and is changed in one step: whoever searches through it
goes on with the new one. Whoever writes opens the index afresh for each batch, or is told by the
guard (see `elastic_layout.py`) that the generation is gone.
"""

import re
from collections.abc import Iterable

from elasticsearch import Elasticsearch, NotFoundError

from search.elastic_client import ElasticSettings
from search.elastic_layout import Names, lay_out, put_templates
from search.elastic_meta import Meta
from search.index import IndexMissingError, IndexUnavailableError

FIRST = 1
TRIES = 5  # to open a generation while another takes its place


def published(client: Elasticsearch, settings: ElasticSettings) -> int | None:
    """Give the number of the generation that the alias names; None where there is none."""
    try:
        found = client.indices.get_alias(name=settings.prefix)
    except NotFoundError:
        return None
    return max(_numbers(settings.prefix, found), default=None)


def current(client: Elasticsearch, settings: ElasticSettings) -> int:
    """Give the number of the generation that is searched. Raises `IndexMissingError`."""
    number = published(client, settings)
    if number is None:
        raise IndexMissingError(settings.where)
    return number


def claim(client: Elasticsearch, settings: ElasticSettings) -> int:
    """Give the generation to write to, which is the one that is searched; make the first.

    Another may take its place while it is laid out. Then either we see that now, and undo what
    we did, or whoever published the other finds our indices when it discards the old.
    """
    for _ in range(TRIES):
        number = published(client, settings) or FIRST
        names = Names(settings.prefix, number)
        begin(client, settings, names, alias=True)
        if published(client, settings) == number:
            return number
        discard(client, names)
    raise IndexUnavailableError("it is being rebuilt")


def begin(client: Elasticsearch, settings: ElasticSettings, names: Names, *, alias: bool) -> None:
    """Lay a generation out; what is there already stays. Raises `IndexVersionError`."""
    lay_out(client, settings, names, alias=alias)
    meta = Meta(client, names)
    meta.begin()
    meta.check()


def begun(client: Elasticsearch, settings: ElasticSettings) -> int | None:
    """Give the number of the newest generation that has any index; None where there is none."""
    found = client.indices.get(index=f"{settings.prefix}-*", features="aliases")
    return max(_numbers(settings.prefix, found), default=None)


def publish(client: Elasticsearch, settings: ElasticSettings, names: Names) -> None:
    """Put a finished generation in the place of the others, in one step, and discard those.

    A crash leaves the old one searched or the new, whole; run again, it ends the same.
    """
    put_templates(client, settings, names, alias=True)
    # A search that refreshed the old one may be answered by the new one: it must see all of it.
    client.indices.refresh(index=names.pattern)
    everything = client.indices.get(index=f"{settings.prefix}-*", features="aliases")
    others = set(_numbers(settings.prefix, everything)) - {names.generation}
    old = [Names(settings.prefix, number) for number in sorted(others)]
    client.indices.update_aliases(
        actions=[
            {"add": {"index": names.pattern, "alias": settings.prefix}},
            *({"remove": _alias(settings, one)} for one in old),
        ]
    )
    for one in old:
        discard(client, one)


def discard(client: Elasticsearch, names: Names) -> None:
    """Delete a generation: first what would make its indices anew, then the indices by name."""
    gone = client.options(ignore_status=404)
    gone.indices.delete_index_template(name=names.template)
    for index in client.indices.get(index=names.pattern, features="aliases"):
        gone.indices.delete(index=index)
    gone.delete(index=names.meta, id=str(names.generation))


def _alias(settings: ElasticSettings, names: Names) -> dict[str, object]:
    return {"index": names.pattern, "alias": settings.prefix, "must_exist": False}


def _numbers(prefix: str, indices: Iterable[str]) -> list[int]:
    named = (re.fullmatch(rf"{prefix}-(\d+)-.+", name) for name in indices)
    return [int(match[1]) for match in named if match]
