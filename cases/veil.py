"""What a case withholds of the mail in its scope: who, when and how much is said, not a word more.

A case on metadata alone withholds all content. Any case withholds that of protected
correspondence (union, occupational health, counselling, legal, whistleblowing, the DPO), until a
second person has agreed on the record. What is withheld cannot be searched either: a query that
asks for its words is answered as if it had none, or guessing words would read it. Pure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from archive.case_words import Extent
from cases.authority import Authority
from search.fields import DEFAULT, REVIEW_STATES
from search.index import Excerpt, Hit
from search.tree import (
    All,
    AnyOf,
    Everything,
    Exact,
    Leaf,
    Not,
    Query,
    Worded,
    clean,
    each_leaf,
)
from section9 import (
    Change,
    Finding,
    MailId,
    ParsedMail,
    Part,
    Record,
    Sighting,
    Span,
)

NOTHING = AnyOf(())
AROUND = 120  # characters of context on either side of a finding
PEOPLE_FIELDS = frozenset(
    {"from", "to", "cc", "bcc", "rcpt", "reply-to", "sender", "mailbox", "participant", "domain"}
)
METADATA_FIELDS = PEOPLE_FIELDS | {
    *("date", "deleted", "direction", "id", "message-id", "references", "thread"),
    *("role", "list", "obo", "has", "size", "source"),
    *("tag", "assigned", "todo", "seen"),  # the words of reviewers, not of the mail
}
"""What may be asked of withheld mail. A field that is not here is taken for content."""
METADATA_STATES = frozenset(
    {"deleted", "encrypted", "forged", "held", "opaque", "sealed", *REVIEW_STATES}
)
"""What `is:` may ask of withheld mail: `is:flagged` would tell what is in it."""


@dataclass(frozen=True, slots=True)
class Protected:
    """Whose correspondence is protected: addresses, mailboxes among them, and whole domains."""

    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    def query(self) -> Query:
        """What finds it."""
        addresses = (Exact("participant", clean(address)) for address in self.addresses)
        domains = (Exact("domain", clean(domain)) for domain in self.domains)
        return AnyOf((*addresses, *domains))


def withheld(authority: Authority, protected: Protected, opened: Iterable[MailId]) -> Query:
    """What finds the mail whose content an authority does not open.

    `opened` are the messages of protected correspondence that a second person agreed to open.
    """
    if authority.extent is Extent.METADATA:
        return Everything()
    closed = protected.query()
    agreed = tuple(Exact("id", mail) for mail in opened)
    if closed == NOTHING or not agreed:
        return closed
    return All((closed, Not(AnyOf(agreed))))


def of_metadata(leaf: Leaf) -> Query:
    """What of a leaf asks for no content: what does finds nothing."""
    match leaf:
        case Exact("is", value):
            return leaf if value in METADATA_STATES else NOTHING
        case Everything():
            return leaf
        case _ if isinstance(leaf, Worded) and leaf.field == DEFAULT:
            return replace(leaf, field="participant")
        case _:
            return leaf if leaf.field in METADATA_FIELDS else NOTHING


def veiled(query: Query, veil: Query, of: Callable[[Leaf], Query] = of_metadata) -> Query:
    """A query that finds what `veil` withholds by its metadata alone.

    `of` leaves of what is asked only what asks for metadata.
    """
    if veil == NOTHING:
        return query
    if veil == Everything():
        return each_leaf(query, of)
    return AnyOf((All((Not(veil), query)), All((veil, each_leaf(query, of)))))


def blank(hit: Hit) -> Hit:
    """A hit without a word of the message."""
    return replace(hit, subject=Excerpt("subject", ""), excerpt=Excerpt("body", ""), findings=())


def metadata(record: Record) -> Record:
    """A record without a word of the message; the parts keep their kinds and sizes."""
    parts = tuple(map(_emptied, record.parsed.parts))
    parsed = replace(record.parsed, subject="", parts=parts)
    sightings = tuple(map(_nowhere, record.sightings))
    return replace(record, parsed=parsed, sightings=sightings, findings=())


def excerpts(record: Record) -> Record:
    """A record with no more of its text than what stands around its findings."""
    parts, findings = [], [finding for finding in record.current if finding.part == "subject"]
    for part in record.parsed.parts:
        cut, moved = _excerpt(part, [found for found in record.current if found.part == part.id])
        parts.append(cut)
        findings += moved
    parsed: ParsedMail = replace(record.parsed, parts=tuple(parts))
    return replace(record, parsed=parsed, findings=tuple(findings))


def _nowhere(copy: Sighting) -> Sighting:
    """A copy without its folders, which people, and exporters of files, name for the contents."""
    story = (
        replace(turn, folder="") if turn.change in {Change.MOVED, Change.RESTORED} else turn
        for turn in copy.story
    )
    return replace(copy, folder="", story=tuple(story))


def _emptied(part: Part) -> Part:
    return replace(part, text="", filename="", hidden=(), quoted=())


def _excerpt(part: Part, findings: list[Finding]) -> tuple[Part, list[Finding]]:
    """Cut a part down to the surroundings of its findings, and say where these are then."""
    pieces: list[str] = []
    moved = []
    length = end = 0
    for window in _windows(findings, len(part.text)):
        pieces.append(("" if window.start == end else " … ") + part.text[window.start : window.end])
        length += len(pieces[-1])
        shift = length - window.end
        moved += [
            replace(found, start=found.start + shift, end=found.end + shift)
            for found in findings
            if window.start <= found.start and found.end <= window.end
        ]
        end = window.end
    rest = " …" if pieces and end < len(part.text) else ""
    return replace(_emptied(part), text="".join(pieces) + rest, filename=part.filename), moved


def _windows(findings: list[Finding], length: int) -> list[Span]:
    """The surroundings of findings, joined where they meet, in order."""
    windows: list[Span] = []
    for found in sorted(findings, key=lambda finding: finding.start):
        start, end = max(found.start - AROUND, 0), min(found.end + AROUND, length)
        if windows and start <= windows[-1].end:
            start, end = windows[-1].start, max(end, windows.pop().end)
        windows.append(Span(start, end))
    return windows
