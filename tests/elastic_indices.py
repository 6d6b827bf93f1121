"""Empty indices on the shared Elasticsearch node, each under a prefix of its own, and mail."""

import secrets
from datetime import UTC, datetime
from hashlib import sha256

from elastic_node import node_url

from search.elastic import ElasticIndex, open_elastic
from search.elastic_client import ElasticSettings
from section9 import (
    BlobId,
    MailId,
    ParsedMail,
    Part,
    Participant,
    PartId,
    PartKind,
    Record,
    Sighting,
    SightingId,
    Source,
)

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


def fresh_settings(url: str | None = None) -> ElasticSettings:
    """Settings under which nobody has written yet."""
    return ElasticSettings(url or node_url(), prefix=f"t{secrets.token_hex(6)}", replicas=0)


def empty() -> ElasticIndex:
    """An empty index, open for writing."""
    return open_elastic(fresh_settings(), mode="write")


def mail(
    seed: str,
    *,
    date: datetime | None = MOMENT,
    believed: datetime | None = None,
    text: str = "hello",
    copy: str = "",
) -> Record:
    """A mail whose Date header says `date`; `believed` is when we think it was sent instead."""
    name, seen = sha256(seed.encode()).hexdigest(), sha256((copy or seed).encode()).hexdigest()
    part = Part(PartId("1"), PartKind.BODY, "text/plain", "", len(text), name, text)
    author = Participant("Omar", f"{seed}@home.example")
    parsed = ParsedMail(f"{seed}@home.example", date, "A secret subject", (author,), parts=(part,))
    sighting = Sighting(SightingId(seen), BlobId(seen), Source.SMTP, MOMENT)
    return Record(MailId(name), believed or date, parsed, (sighting,))
