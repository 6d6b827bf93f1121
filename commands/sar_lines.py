"""What `--json` prints of subject access requests."""

from dataclasses import asdict
from datetime import date

from msgspec import Struct

from archive.redaction_events import Proposed
from cases.sar_clock import countdown
from cases.sars import Sar
from evidence.disclosure import Bundle
from section9 import MailId


class SarSearchLine(Struct, frozen=True):
    """One search that was made for a request."""

    query: str
    total: int
    unsearchable: int


class SarLine(Struct, frozen=True, tag_field="schema", tag="section9.sar/1"):
    """One request as it stands."""

    sar: str
    case: str
    received: date
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    started: date  # the day from which the month runs
    due: date
    extended: bool
    waiting: str  # identity or clarification; empty where nothing is waited for
    clock: str  # in words; empty where it was answered
    searches: tuple[SarSearchLine, ...]
    proposed: int  # messages with a proposal
    decided: int
    answered: date | None


class ProposalLine(Struct, frozen=True):
    """What is proposed to be taken out: character offsets, end exclusive, and why."""

    number: int
    part: str
    start: int
    end: int
    code: str
    why: str


class SarMessageLine(Struct, frozen=True, tag_field="schema", tag="section9.sar-message/1"):
    """One message of a request, and what is proposed to be taken out of it."""

    sar: str
    mail: MailId
    decided: bool
    proposals: tuple[ProposalLine, ...]


class SarBundleLine(Struct, frozen=True, tag_field="schema", tag="section9.sar-bundle/1"):
    """What a bundle came to."""

    sar: str
    found: int
    given: int
    redacted: int  # places
    closed: int  # found besides, protected or sealed, and not given
    own: int  # messages in scope that are the reader's own
    files: int
    sha256: str  # of SHA256SUMS


def sar_line(sar: Sar, *, today: date) -> SarLine:
    """A request, as `--json` prints it."""
    opened, waiting = sar.opened, sar.waiting
    return SarLine(
        sar=sar.id,
        case=sar.case,
        received=opened.received,
        names=opened.names,
        addresses=opened.addresses,
        started=sar.started,
        due=sar.due,
        extended=sar.extended is not None,
        waiting=waiting.wait.value if waiting else "",
        clock=clock(sar, today=today),
        searches=tuple(
            SarSearchLine(one.query, one.total, one.unsearchable) for one in sar.searches
        ),
        proposed=len(sar.proposed),
        decided=len(sar.decided),
        answered=sar.answered.sent if sar.answered else None,
    )


def clock(sar: Sar, *, today: date) -> str:
    """Say how the clock of a request stands; nothing where it was answered."""
    if sar.answered:
        return ""
    if sar.waiting:
        return f"stopped since {sar.waiting.asked}: {sar.waiting.wait}"
    return countdown(sar.due, today)


def message_line(sar: Sar, mail: MailId, proposed: tuple[Proposed, ...]) -> SarMessageLine:
    """A message of a request, as `--json` prints it."""
    return SarMessageLine(sar.id, mail, mail in sar.decided, proposal_lines(proposed))


def proposal_lines(proposed: tuple[Proposed, ...]) -> tuple[ProposalLine, ...]:
    """Proposals, numbered as `--accept` takes them."""
    return tuple(
        ProposalLine(
            number,
            one.redaction.part,
            one.redaction.start,
            one.redaction.end,
            one.redaction.code,
            one.why,
        )
        for number, one in enumerate(proposed, start=1)
    )


def bundle_line(sar: Sar, made: Bundle) -> SarBundleLine:
    """What was given, as `--json` prints it."""
    return SarBundleLine(sar=sar.id, **asdict(made))
