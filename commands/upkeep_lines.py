"""What `--json` prints of the upkeep: status, doctor, quarantine and reconcile."""

from dataclasses import asdict
from datetime import datetime

from msgspec import Struct

from commands.monitoring import Monitoring
from commands.web_upkeep import WebState
from ingest.account import Account
from ingest.quarantine import Aside
from section9 import SpoolId


class RunLine(Struct, frozen=True):
    """One start of the listener: accepted = spooled + quarantined + archived, or it says not."""

    run: str
    accepted: int
    spooled: int
    quarantined: int
    archived: int


class AccountLine(Struct, frozen=True, tag_field="schema", tag="section9.status/3"):
    """Whether everything is accounted for: see `ingest.account.Account`."""

    accepted: int
    spooled: int
    quarantined: int
    archived: int
    copies: int
    scanned: int
    indexed: int
    purged: int
    messages: int
    opaque: int
    last: datetime | None  # when a mail server last handed a message over
    runs: tuple[RunLine, ...]  # of the listener, in order of time
    problems: tuple[str, ...]
    web_batches: int  # of web logs
    web_lines: int  # that are there now
    web_purged: int
    web_behind: int  # batches that are not indexed
    patterns: int = 0  # of bullying or contact, that stand
    triage_waiting: int = 0  # flagged messages and patterns of which something is undecided
    triage_gravest: int = 0  # severity of the gravest of these; 0 where there is none
    alerts_unanswered: int = 0
    alerts_unsent: int = 0
    sample_month: str = ""  # the last of which unflagged mail was drawn; empty where none was
    sample_drawn: datetime | None = None
    samples_unjudged: int = 0  # messages
    samples_due: tuple[str, ...] = ()  # months that are over, of which none was drawn


class CheckLine(Struct, frozen=True, tag_field="schema", tag="section9.check/1"):
    """One thing that `doctor` looked at: OK, WARN or FAIL, and then what to do."""

    name: str
    level: str
    said: str
    advice: str


class QuarantinedLine(Struct, frozen=True, tag_field="schema", tag="section9.quarantined/1"):
    """A message that could not be read, without a word of it."""

    id: SpoolId
    reason: str
    at: datetime  # when it was set aside, the last time
    attempts: int
    size: int  # bytes, the envelope included
    received: datetime | None  # None where the file is damaged; so are the four below
    peer: str | None
    tls: str | None
    user: str | None
    recipients: int | None


class MissingLine(Struct, frozen=True, tag_field="schema", tag="section9.missing/1"):
    """A delivery in a message trace that the archive lacks, whole or for some recipients."""

    line: int  # of the trace
    at: str  # as the server wrote it
    message_id: str
    recipients: tuple[str, ...]  # whom the archive does not know to have got it; none: the whole


class ReconcileLine(Struct, frozen=True, tag_field="schema", tag="section9.reconcile/1"):
    """What became of a trace: lines = archived + incomplete + missing + the four kinds left out."""

    form: str
    lines: int
    archived: int
    incomplete: int
    missing: int
    other_steps: int
    journal: int
    no_message_id: int
    unreadable: int
    spooled: int  # messages that wait to be archived: what is missing may be among them
    behind: int  # segments that the index has yet to catch up with


def account_line(account: Account, web: WebState, watched: Monitoring) -> AccountLine:
    """The account, as `--json` prints it."""
    return AccountLine(
        **{**asdict(account), "runs": tuple(RunLine(**asdict(run)) for run in account.runs)},
        problems=account.problems,
        web_batches=web.batches,
        web_lines=web.lines,
        web_purged=web.purged,
        web_behind=web.behind,
        **asdict(watched),
    )


def quarantined_line(aside: Aside) -> QuarantinedLine:
    """What is known of a message in quarantine, as `--json` prints it."""
    note, envelope = aside.note, aside.envelope
    return QuarantinedLine(
        id=note.id,
        reason=note.reason,
        at=note.at,
        attempts=note.attempts,
        size=aside.size,
        received=aside.received,
        peer=envelope.peer if envelope else None,
        tls=envelope.tls if envelope else None,
        user=envelope.user if envelope else None,
        recipients=len(envelope.rcpt_to) if envelope else None,
    )
