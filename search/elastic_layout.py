"""Names and templates: how a generation of the index is laid out.

    section9                alias: the generation that is searched
    section9-1-2026-09      mail dated September 2026
    section9-1-undated      mail without a date that can be believed
    section9-meta           what each generation has applied, and its format

A new month needs no act of ours: the template gives its index the mapping and the alias. A guard
of lower rank refuses any other index of our name, as one of a generation that was replaced.
"""

from dataclasses import dataclass
from datetime import datetime

from elasticsearch import ApiError, Elasticsearch

from search.elastic_client import ElasticConflictError, ElasticSettings
from search.elastic_document import Json, analysis, mapping, month

REFRESH = "30s"
"""How often a month makes new mail searchable unasked: each search of ours asks first."""
_GUARD, _GENERATION = 400, 500  # priorities of the templates
_EXISTS = "resource_already_exists_exception"


@dataclass(frozen=True, slots=True)
class Names:
    """What the parts of one generation are called."""

    prefix: str
    generation: int

    @property
    def meta(self) -> str:
        """The index of what every generation has applied."""
        return f"{self.prefix}-meta"

    @property
    def template(self) -> str:
        """The template of this generation's indices."""
        return f"{self.prefix}-{self.generation}"

    @property
    def pattern(self) -> str:
        """All the mail of this generation."""
        return f"{self.template}-*"

    @property
    def undated(self) -> str:
        """The index for mail without a date that can be believed."""
        return f"{self.template}-undated"

    def dated(self, date: datetime) -> str:
        """The index of a month."""
        return f"{self.template}-{month(date)}"


def lay_out(client: Elasticsearch, settings: ElasticSettings, names: Names, *, alias: bool) -> None:
    """Make what a generation needs before mail comes; what is there already stays.

    Raises `ElasticConflictError` where something else has its names.
    """
    try:
        put_templates(client, settings, names, alias=alias)
        _create(client, names.meta, settings=_replicated(settings), mappings=_META)
        _create(client, names.undated)
    except ApiError as error:
        if error.status_code not in {400, 409}:
            raise
        raise ElasticConflictError(settings.where, settings.prefix, error.message) from error


def put_templates(
    client: Elasticsearch, settings: ElasticSettings, names: Names, *, alias: bool
) -> None:
    """Say how the indices of a generation are made, and whether they join what is searched."""
    client.indices.put_index_template(
        name=settings.prefix,
        index_patterns=[f"{settings.prefix}-*"],
        priority=_GUARD,
        allow_auto_create=False,
    )
    client.indices.put_index_template(
        name=names.template,
        index_patterns=[names.pattern],
        priority=_GENERATION,
        allow_auto_create=True,
        template={
            "settings": {
                **_replicated(settings),
                "refresh_interval": REFRESH,
                "analysis": analysis(),
            },
            "mappings": mapping(),
            "aliases": {settings.prefix: {}} if alias else {},
        },
    )


def _replicated(settings: ElasticSettings) -> Json:
    """Copy an index as often as asked, but never to where there is no node for it."""
    return {"number_of_shards": 1, "auto_expand_replicas": f"0-{settings.replicas}"}


_META: Json = {
    "dynamic": "strict",
    "properties": {
        "format": {"type": "keyword", "index": False},
        "applied": {"type": "object", "enabled": False},  # pairs of first and last
    },
}


def _create(
    client: Elasticsearch, name: str, *, settings: Json | None = None, mappings: Json | None = None
) -> None:
    if client.indices.exists(index=name):
        return
    try:
        client.indices.create(index=name, settings=settings, mappings=mappings)
    except ApiError as error:
        if error.message != _EXISTS:  # another process was quicker
            raise
