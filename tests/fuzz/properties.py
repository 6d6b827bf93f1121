"""What holds of every sequence of bytes, mail or not: asked of the fuzzer's inputs and its finds.

A property is a function that takes bytes and fails by an exception.
"""

import hashlib
from datetime import UTC, datetime

import msgspec

from ingest.arrival import opened
from ingest.identity import believed_date, mail_id
from ingest.journal import FAULTS, unwrap
from ingest.parse import DEFECTS, HIDING, parse_with_contents
from section9 import (
    BlobId,
    ParsedMail,
    PartKind,
    Sighting,
    SightingId,
    Source,
    Trust,
)

SEEN = datetime(2026, 3, 2, tzinfo=UTC)
JOURNAL = frozenset({"journal@archive.example"})
MAX_PARTS = 1_001


def mail_is_read(content: bytes) -> None:
    """Parsing ends, keeps its promises, and its result goes through JSON unchanged."""
    parsed, contents = parse_with_contents(content)
    assert len(parsed.parts) <= MAX_PARTS
    assert len({part.id for part in parsed.parts}) == len(parsed.parts)
    for part in parsed.parts:
        assert "\0" not in part.text
        for span in (*part.hidden, *part.quoted):
            assert 0 <= span.start < span.end <= len(part.text)
        if part.kind is PartKind.ATTACHMENT and part.id in contents:
            assert hashlib.sha256(contents[part.id]).hexdigest() == part.sha256
    for defect in parsed.defects:
        assert defect.code in DEFECTS
        assert defect.hides == (defect.code in HIDING)
    assert msgspec.json.decode(msgspec.json.encode(parsed), type=ParsedMail) == parsed
    assert mail_id(parsed)
    believed_date(parsed, seen=SEEN, arrived=SEEN)


def report_is_read(content: bytes) -> None:
    """Unwrapping ends; what is stored is what came; nobody is credited on a stranger's word."""
    report = unwrap(content)
    if report is not None:
        assert set(report.faults) <= set(FAULTS)
        assert report.clear < max(1, len(report.originals))
    copy = Sighting(SightingId("x"), _blob(content), Source.FILE, SEEN)
    stranger = opened(copy, content, JOURNAL, vouched=False)
    assert not stranger.sighting.recipients
    assert stranger.message == content
    vouched = opened(copy, content, JOURNAL, vouched=True)
    assert vouched.contents[0] == content
    assert vouched.sighting.message == _blob(vouched.message)
    if vouched.sighting.trust is Trust.SUSPECT:
        assert vouched.message == content
        assert not vouched.sighting.recipients
    assert msgspec.json.encode(vouched.sighting)


def _blob(content: bytes) -> BlobId:
    return BlobId(hashlib.sha256(content).hexdigest())


ALL = (mail_is_read, report_is_read)
