"""What `--json` prints of the audit; see `lines` for the rest and the rule."""

from dataclasses import asdict
from datetime import date, datetime

from msgspec import Struct

from archive.audit import Audit
from cases.digest import Digest
from cases.oversight import Affairs, Entry, facts, id_of, mails, words
from commands.anchoring import Made
from commands.lines import HeadLine, ProblemLine


class EntryLine(Struct, frozen=True, tag_field="schema", tag="section9.audit/1"):
    """One act on the ledger, without a word of mail. Ids are empty where it has none."""

    at: datetime
    book: str
    segment: int
    line: int  # of the segment's file
    by: str
    kind: str
    case: str
    request: str
    hold: str
    mail: str
    facts: dict[str, str | int]
    words: tuple[str, ...]  # what staff typed: reasons and queries; empty without --words


class AuditLine(Struct, frozen=True, tag_field="schema", tag="section9.audit-verify/1"):
    """What `audit verify` found: the ledger is as it was anchored when there are no problems."""

    whole: bool
    heads: tuple[HeadLine, ...]
    events: int
    anchors: int  # that are proven
    stamped: int  # time stamps that are proven
    last: int  # number of the newest anchor that is proven; 0 where there is none
    last_at: datetime | None
    problems: tuple[ProblemLine, ...]


class AnchorLine(Struct, frozen=True, tag_field="schema", tag="section9.anchor/1"):
    """A new anchor, and what became of it and of those that waited."""

    number: int
    at: datetime
    sha256: str  # of its file
    key: str  # fingerprint of the public key
    heads: tuple[HeadLine, ...]
    mailed: int  # messages that went
    stamped: int  # anchors that were stamped
    troubles: tuple[str, ...]


class InVainLine(Struct, frozen=True):
    """Somebody tried to use a case that had expired or been closed."""

    account: str
    case: str
    times: int


class DigestLine(Struct, frozen=True, tag_field="schema", tag="section9.digest/1"):
    """One week of acts: see `cases.digest.Digest`."""

    week: date  # its Monday
    opened: tuple[str, ...]
    extended: tuple[str, ...]
    closed: tuple[str, ...]
    expired: tuple[str, ...]
    live: int
    unattested: int
    acts: dict[str, int]  # by kind of event
    found: int
    views: dict[str, int]
    refusals: dict[str, int]
    in_vain: tuple[InVainLine, ...]
    protected: int
    purged: int
    problems: int
    deeds: dict[str, dict[str, int]]  # by account, then by kind of event


def entry_line(entry: Entry, about: Affairs, *, typed: bool) -> EntryLine:
    """An act, as `--json` prints it."""
    event = entry.event
    single = () if id_of(event, "mail") == "" else mails(event)
    return EntryLine(
        at=event.at,
        book=entry.book,
        segment=entry.segment,
        line=entry.line,
        by=event.by,
        kind=event.kind,
        case=about.case_of(event),
        request=id_of(event, "request"),
        hold=id_of(event, "hold"),
        mail=single[0] if single else "",
        facts=facts(event),
        words=words(event) if typed else (),
    )


def audit_line(found: Audit) -> AuditLine:
    """An audit, as `--json` prints it."""
    return AuditLine(
        whole=not found.problems,
        heads=tuple(HeadLine(**asdict(head)) for head in found.heads),
        events=found.events,
        anchors=found.anchors,
        stamped=found.stamped,
        last=found.last.number if found.last else 0,
        last_at=found.last.at if found.last else None,
        problems=tuple(ProblemLine(**asdict(problem)) for problem in found.problems),
    )


def anchor_line(made: Made) -> AnchorLine:
    """A new anchor, as `--json` prints it."""
    return AnchorLine(
        number=made.anchor.number,
        at=made.anchor.at,
        sha256=made.signed.sha256,
        key=made.anchor.key,
        heads=tuple(HeadLine(**asdict(head)) for head in made.anchor.heads),
        mailed=made.mailed,
        stamped=made.stamped,
        troubles=made.troubles,
    )


def digest_line(week: Digest) -> DigestLine:
    """A digest, as `--json` prints it."""
    return DigestLine(
        week=week.period.first,
        opened=week.opened,
        extended=week.extended,
        closed=week.closed,
        expired=week.expired,
        live=week.live,
        unattested=week.unattested,
        acts=dict(week.acts),
        found=week.found,
        views=dict(week.views),
        refusals=dict(week.refusals),
        in_vain=tuple(InVainLine(**asdict(one)) for one in week.in_vain),
        protected=week.protected,
        purged=week.purged,
        problems=week.problems,
        deeds={one.account: dict(one.acts) for one in week.deeds},
    )
