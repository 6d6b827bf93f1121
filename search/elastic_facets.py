"""Facets: every value of a field and in how many mails it is, page by page of values.

The usual way, the best of each shard, is not exact over many months; a composite aggregation
lists all values, and the best are chosen from all.
"""

from search.elastic_document import Json
from search.elastic_query import path
from search.fields import FINDING_FIELDS
from search.index import Facet


def counting(field: str, *, size: int, after: Json | None) -> Json:
    """Ask for so many values of a field, in their order, after those of the last answer."""
    terms = {"terms": {"field": "month" if field == "date" else path(field)}}
    composite: Json = {"size": size, "sources": [{"value": terms}]}
    if after:
        composite["after"] = after
    if field not in FINDING_FIELDS:
        return {"values": {"composite": composite}}
    # Mails are counted, not findings: two of one rule in a mail count once.
    counted_mails = {"composite": composite, "aggs": {"mails": {"reverse_nested": {}}}}
    return {"findings": {"nested": {"path": "findings"}, "aggs": {"values": counted_mails}}}


def counted(answer: Json) -> tuple[list[Facet], Json | None]:
    """Read the values out of an answer, and where the next goes on."""
    values = answer.get("findings", answer)["values"]
    found = [
        Facet(bucket["key"]["value"], bucket.get("mails", bucket)["doc_count"])
        for bucket in values["buckets"]
    ]
    return found, values.get("after_key")
