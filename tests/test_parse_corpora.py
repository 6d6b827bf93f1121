"""Real and torture mail: none raises, and where conventions coincide another parser agrees."""

import email
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ingest.parse import parse, parse_with_contents
from section9 import ParsedMail, Part, Participant, PartId, PartKind

DATA = Path(__file__).parents[2] / "shared" / "data"
CORPORA = [
    "mail_cpython",
    "mail_flanker",
    "mail_mimekit",
    "mail_nodemailer",
    "mail_spamassassin",
    "mail_stalwart",
]

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="needs the corpora of ../shared/data")


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_file_is_parsed(corpus: str) -> None:
    """Whatever a file holds, mail or not, parsing ends, and its result goes through JSON."""
    for path in _files(corpus):
        parsed = parse(path.read_bytes())

        assert parsed == msgspec.json.decode(msgspec.json.encode(parsed), type=ParsedMail), path


def test_journaled_messages_keep_their_hash() -> None:
    """An enclosed message is hashed as it was sent, which a journal's evidence rests on."""
    for path in _files("journal_synthetic"):
        if path.suffix != ".eml":
            continue
        expected = json.loads(path.with_suffix(".json").read_bytes())["inner_sha256"]

        parts = parse(path.read_bytes()).parts

        assert set(expected) <= {part.sha256 for part in parts}, path.name


def test_real_mail_is_read_nearly_whole() -> None:
    """Ordinary mail leaves few defects: an alarm that always rings is none."""
    mails = [parse(path.read_bytes()) for path in _files("mail_spamassassin")]
    hiding = sum(any(defect.hides for defect in mail.defects) for mail in mails)
    unread = sum(not any(part.text for part in mail.parts) for mail in mails)

    assert hiding < 0.05 * len(mails)
    assert unread < 0.01 * len(mails)


def test_parts_are_those_of_the_standard_library() -> None:
    """Where the standard library finds no fault, it finds the same leaves, byte for byte."""
    for path in _files("mail_spamassassin"):
        content = path.read_bytes()
        message = email.message_from_bytes(content)
        leaves = [part for part in message.walk() if not part.is_multipart()]
        theirs = [
            (part.get_content_type(), len(part.get_payload(decode=True) or b"")) for part in leaves
        ]
        types = {part.get_content_type() for part in message.walk()}
        if "message/delivery-status" in types or any(part.defects for part in message.walk()):
            continue  # the standard library makes messages of a status's paragraphs

        ours = [
            (part.media_type, part.size)
            for part in parse(content).parts
            if part.kind is not PartKind.MESSAGE and not _is_outside(part)
        ]

        assert theirs == ours, path.name


def test_speed_beside_the_standard_library(capsys: pytest.CaptureFixture[str]) -> None:
    """A benchmark: prints the time of a whole parse beside the bare structure of `email`."""
    contents = [path.read_bytes() for path in _files("mail_spamassassin")]
    start = time.perf_counter()
    for content in contents:
        email.message_from_bytes(content)
    middle = time.perf_counter()
    for content in contents:
        parse(content)
    theirs, ours = middle - start, time.perf_counter() - middle

    with capsys.disabled():
        per_mail = f"{ours / len(contents) * 1e3:.2f} ms a mail"
        print(f"\nparse: {per_mail}, {ours / theirs:.1f} times email's structure alone")  # noqa: T201 - a benchmark prints


# --- agreement with the expectations of another parser ----------------------------------------

# The least share that agrees, as measured. `texts` asks of every text that the other gives
# whether it is one of ours. The rest: that parser reads on past the boundary of an outer
# multipart (RFC 2046, 5.1.2 says otherwise), lets an inner boundary win that an outer one begins
# with, and passes over lines without a colon at the end of a header.
AGREEMENT = {
    "subject": 1.0,
    "from": 1.0,
    "to": 1.0,
    "message-id": 1.0,
    "date": 0.94,
    "filename": 1.0,
    "leaves": 0.71,
    "text": 0.97,
    "texts": 0.91,
    "attachments": 1.0,
    "bytes": 1.0,
    "kind": 0.93,
}


def test_another_parser_agrees() -> None:
    """Header fields, leaves, texts and attachments are what stalwart's mail-parser expects."""
    agreed: Counter[str] = Counter()
    compared: Counter[str] = Counter()
    for content, message in _expectations():
        for what, expected, actual in _comparisons(content, message):
            compared[what] += 1
            agreed[what] += expected == actual

    rates = {what: agreed[what] / compared[what] for what in AGREEMENT}

    assert not {what: rate for what, rate in rates.items() if rate < AGREEMENT[what]}


def _files(corpus: str) -> list[Path]:
    return sorted(path for path in (DATA / corpus).rglob("*") if path.is_file())


def _expectations() -> Iterator[tuple[bytes, Any]]:
    for path in sorted((DATA / "mail_stalwart" / "eml").rglob("*.eml")):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        yield content, json.loads(path.with_suffix(".json").read_bytes())
        crlf = content.replace(b"\n", b"\r\n")
        yield crlf, json.loads(path.with_suffix(".crlf.json").read_bytes())


def _comparisons(content: bytes, message: Any) -> Iterator[tuple[str, object, object]]:
    parsed, contents = parse_with_contents(content)
    yield from _header_comparisons(parsed, message["parts"][0]["headers"])
    leaves = list(_leaves(message))
    yield from _content_comparisons(leaves, parsed, contents)
    parts = [part for part in parsed.parts if not _is_outside(part)]
    yield "leaves", len(leaves), len(parts)
    if len(leaves) != len(parts):
        return
    for (leaf, is_body), part in zip(leaves, parts, strict=True):
        [(body, value)] = leaf["body"].items()
        if body == "Text":
            yield "text", _words(value), _words(_text(part, contents))
            yield "kind", is_body, part.kind is PartKind.BODY
        elif body in {"Binary", "InlineBinary"}:
            yield "bytes", bytes(value), contents.get(part.id)
        yield from _name_comparison(leaf, part)


def _content_comparisons(
    leaves: list[tuple[Any, bool]], parsed: ParsedMail, contents: Mapping[PartId, bytes]
) -> Iterator[tuple[str, object, object]]:
    """Whatever is built of them: each text is among ours, each attachment among ours."""
    texts = [_words(_text(part, contents)) for part in parsed.parts]
    for leaf, _ in leaves:
        [(body, value)] = leaf["body"].items()
        if body == "Text" and value.split():
            yield "texts", True, _words(value) in texts
        elif body in {"Binary", "InlineBinary"}:
            yield "attachments", True, bytes(value) in contents.values()


def _text(part: Part, contents: Mapping[PartId, bytes]) -> str:
    """A part's text, or the bytes of an attachment, which the extractor reads as text."""
    return part.text or contents.get(part.id, b"").decode("utf-8", "replace")


def _words(text: str) -> list[str]:
    """NUL and the marks of what could not be decoded are no words."""
    return text.replace("\0", "").replace("\ufffd", "").split()


def _is_outside(part: Part) -> bool:
    """Whether it stands outside the parts of a multipart, where other parsers do not look."""
    return part.id == "0" or part.id.endswith(".0")


def _leaves(message: Any) -> Iterator[tuple[Any, bool]]:
    """Leaves and enclosed messages in order, and whether each is a body."""
    shown = (set(message["text_body"]) | set(message["html_body"])) - set(message["attachments"])
    for number, part in enumerate(message["parts"]):
        if "Multipart" in part["body"]:
            continue
        yield part, number in shown
        if "Message" in part["body"]:
            yield from _leaves(part["body"]["Message"])


def _header_comparisons(parsed: ParsedMail, headers: Any) -> Iterator[tuple[str, object, object]]:
    if texts := [value["Text"] for value in _values(headers, "subject") if "Text" in value]:
        yield "subject", texts[0].split(), parsed.subject.split()
    for name, people in (("from", parsed.from_), ("to", parsed.to)):
        if values := [value for value in _values(headers, name) if "Address" in value]:
            yield name, [each for value in values for each in _people(value)], list(people)
    if ids := [value["Text"] for value in _values(headers, "message_id") if "Text" in value]:
        yield "message-id", ids[0], parsed.message_id
    if dates := [value["DateTime"] for value in _values(headers, "date") if "DateTime" in value]:
        yield "date", _moment(dates[0]), parsed.date


def _values(headers: Any, name: str) -> list[Any]:
    values = [header["value"] for header in headers if header["name"] == name]
    return [value for value in values if isinstance(value, dict)]


def _people(value: Any) -> Iterator[Participant]:
    groups = value["Address"].get("Group") or [{"addresses": value["Address"].get("List", [])}]
    for group in groups:
        for each in group["addresses"]:
            yield Participant(each["name"] or "", (each["address"] or "").lower())


def _moment(value: Any) -> datetime:
    offset = timedelta(hours=value["tz_hour"], minutes=value["tz_minute"])
    clock = timedelta(hours=value["hour"], minutes=value["minute"], seconds=value["second"])
    local = datetime(value["year"], value["month"], value["day"], tzinfo=UTC) + clock
    return local + offset if value["tz_before_gmt"] else local - offset


def _name_comparison(leaf: Any, part: Part) -> Iterator[tuple[str, object, object]]:
    for value in _values(leaf["headers"], "content_disposition"):
        attributes = value.get("ContentType", {}).get("attributes") or []
        for attribute in attributes:
            if attribute["name"] == "filename":
                yield "filename", attribute["value"], part.filename
