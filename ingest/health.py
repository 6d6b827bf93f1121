"""Whether all is well: one pure decision for each thing that can go wrong, from what was measured.

Each says what is so, and where it is not well what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.spool import SpoolSize

PLENTY = 3  # times the room below which mail is refused
WAITED = timedelta(minutes=15)  # a message in the spool, when something is slow
STUCK = timedelta(hours=4)  # and when something has stopped: mail servers warn senders about then
EXPIRES_SOON = timedelta(days=21)
ANCHORED = timedelta(days=3)  # a timer makes one every night
CLOCK_SKEW = timedelta(minutes=5)
SAMPLED = timedelta(days=7)  # after a month's end: a timer draws its sample every night
UNSENT = timedelta(minutes=5)  # an alert that the mail server has not taken
FEW = 10  # entries that an index in use may be behind


class Level(StrEnum):
    """How things stand."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    level: Level
    said: str
    advice: str = ""  # what to do, where it is not well


def disk(free: int, least: int) -> Check:
    """Room on the disk of the spool; `least` bytes are what the listener needs to take mail."""
    said = f"{free / 1e9:,.1f} GB free"
    if free < least:
        return Check("disk", Level.FAIL, said, "make room: mail is refused with 452 until then")
    if free < PLENTY * least:
        return Check("disk", Level.WARN, said, "make room before mail is refused")
    return Check("disk", Level.OK, said)


def spool(size: SpoolSize, oldest: timedelta | None, most: int) -> Check:
    """What waits to be archived; `oldest` is how long the first of it has waited."""
    said = f"{size.messages:,} messages wait"
    if oldest is None:
        return Check("spool", Level.OK, said)
    said += f", the oldest for {spoken(oldest)}"
    if oldest > STUCK or size.messages >= most:
        return Check("spool", Level.FAIL, said, "see the log of `section9 serve` for what stops it")
    if oldest > WAITED:
        return Check("spool", Level.WARN, said, "see whether `section9 serve` runs and gets on")
    return Check("spool", Level.OK, said)


def conductor(*, running: bool) -> Check:
    """Whether a process empties the spool."""
    if running:
        return Check("conductor", Level.OK, "a process archives what comes in")
    return Check(
        "conductor", Level.WARN, "no process archives what comes in", "start `section9 serve`"
    )


def quarantine(count: int) -> Check:
    """Messages that were set aside."""
    said = f"{count:,} messages are set aside"
    if count:
        return Check("quarantine", Level.WARN, said, "run `section9 quarantine list`")
    return Check("quarantine", Level.OK, said)


def index(behind: int, trouble: str = "") -> Check:
    """How far the index is behind the archive, in entries; `trouble` is the error, if any."""
    if trouble:
        said, _, advice = trouble.rpartition(": ")
        return Check("index", Level.FAIL, said, advice)
    said = f"{behind:,} entries behind the archive"
    if behind > FEW:
        return Check("index", Level.WARN, said, "see whether `section9 serve` runs and gets on")
    return Check("index", Level.OK, said)


def web_logs(batches: int, behind: int, trouble: str = "") -> Check:
    """How far the index of web visits is behind their batches; `trouble` is the error, if any."""
    if trouble:
        said, _, advice = trouble.rpartition(": ")
        return Check("web logs", Level.FAIL, said, advice)
    if not batches:
        return Check("web logs", Level.OK, "none are taken in")
    said = f"{batches:,} batches, {behind:,} of them not indexed"
    if behind:
        return Check("web logs", Level.WARN, said, "run `section9 index rebuild`")
    return Check("web logs", Level.OK, said)


def silence(last: datetime | None, now: datetime, limit: timedelta | None) -> Check:
    """How long no mail server has handed anything over; without a limit that is only said."""
    said = f"the last message came {spoken(now - last)} ago" if last else "no message ever came"
    if limit is not None and is_silent(last, now, limit):
        advice = "see whether the mail server's journal rule and its queue for us are well"
        return Check("silence", Level.FAIL, said, advice)
    return Check("silence", Level.OK, said if limit else f"{said}; no silent_after is set")


def is_silent(last: datetime | None, now: datetime, limit: timedelta) -> bool:
    """Decide whether the mail servers have been silent for too long."""
    return last is None or now - last > limit


def clock(newest: datetime | None, now: datetime) -> Check:
    """Whether the clock has gone back behind what it wrote in the ledger."""
    if newest and newest > now + CLOCK_SKEW:
        said = f"the ledger's last entry is {spoken(newest - now)} in the future"
        return Check("clock", Level.FAIL, said, "set the clock, and keep it by NTP")
    return Check("clock", Level.OK, f"{now:%Y-%m-%d %H:%M:%S} UTC, and not behind the ledger")


def anchors(last: datetime | None, now: datetime, trouble: str = "") -> Check:
    """Whether the ledger's heads are still being signed and sent away; that it ever is, is said."""
    advice = "run `section9 audit anchor`, and see whether its timer runs"
    if trouble:
        return Check("anchors", Level.FAIL, trouble, "run `section9 audit verify`")
    if last is None:
        return Check("anchors", Level.OK, "nothing was ever anchored: see docs/audit.md")
    said = f"the last was made {spoken(now - last)} ago"
    if now - last > ANCHORED:
        return Check("anchors", Level.WARN, said, advice)
    return Check("anchors", Level.OK, said)


def alerts_unsent(seals: int, flagged: int) -> Check:
    """What is said of alerts while no mail server is named to send them."""
    if seals or flagged:
        said = (
            f"nobody has been told of {flagged:,} flagged messages,"
            f" and {seals:,} seals and patterns"
        )
        return Check("alerts", Level.WARN, said, "set [alerts] smtp_host: see docs/alerts.md")
    return Check("alerts", Level.OK, "nobody is alerted of anything: see docs/alerts.md")


def alerts(*, nobody: int, unsent: timedelta | None, ignored: int, vacant: Sequence[str]) -> Check:
    """Whether alerts reach somebody.

    `nobody`: that concern everybody who could be told; `unsent`: how long the oldest has waited
    for the mail server; `ignored`: urgent ones without an answer; `vacant`: posts without a holder.
    """
    if nobody:
        said = f"{nobody:,} alerts concern everybody who could be told"
        return Check("alerts", Level.FAIL, said, "name a chair under [routing.alerts]")
    if unsent and unsent > UNSENT:
        said = f"the mail server has taken none for {spoken(unsent)}"
        return Check("alerts", Level.FAIL, said, "run `section9 alert test`; does `serve` run?")
    if ignored:
        said = f"{ignored:,} urgent alerts have had no answer for a day"
        return Check("alerts", Level.WARN, said, "see `section9 alert list --open`")
    if vacant:
        said = f"nobody is named for {', '.join(vacant)}"
        return Check("alerts", Level.WARN, said, "name them under [routing.alerts]")
    return Check("alerts", Level.OK, "they are sent, and none has waited a day for its answer")


def triage(flagged: int, *, programmes: int) -> Check:
    """Whether somebody may decide what was flagged: it takes an open standing programme."""
    if not programmes and flagged:
        said = f"{flagged:,} messages are flagged and nobody has a programme to triage them in"
        advice = "have an authoriser run `section9 case open --programme`: see docs/triage.md"
        return Check("triage", Level.WARN, said, advice)
    said = f"{flagged:,} messages are flagged, {programmes:,} programmes are open"
    return Check("triage", Level.OK, said)


def routing(cannot_decide: Sequence[tuple[str, str]]) -> Check:
    """Whether whoever is told of something may decide it: accounts and posts where they may not."""
    if cannot_decide:
        said = ", ".join(f"{name} of what is for the {post}" for name, post in cannot_decide)
        advice = (
            "give each a role that triages under [roles], such as investigator, "
            "or name somebody else under [routing]: see docs/triage.md"
        )
        return Check("routing", Level.WARN, f"told, and may not decide: {said}", advice)
    return Check("routing", Level.OK, "no account is told of what it may not decide")


def samples(month: str, drawn: datetime | None, *, overdue: Sequence[str]) -> Check:
    """When a sample of unflagged mail was last drawn; `overdue`: months of which none was."""
    said = f"the last was drawn on {drawn:%Y-%m-%d}, of {month}" if drawn else "none was ever drawn"
    if overdue:
        advice = "run `section9 sample draw --due`, and see whether its timer runs"
        return Check("samples", Level.WARN, f"{said}; none of {', '.join(overdue)}", advice)
    return Check("samples", Level.OK, said)


def permissions(mode: int, *, ours: bool) -> Check:
    """Who may enter the data folder; `ours`: it belongs to the account that runs this."""
    said = f"the data folder has mode {mode & 0o777:o}"
    if mode & 0o007:
        return Check("permissions", Level.FAIL, said, "chmod o-rwx: anybody here can read the mail")
    if not ours:
        return Check("permissions", Level.WARN, f"{said}, of another account", "run as its owner")
    return Check("permissions", Level.OK, said)


def certificate(expires: datetime | None, now: datetime, trouble: str = "") -> Check:
    """How long the listener's certificate is good for; none where it has none."""
    if trouble:
        return Check("certificate", Level.FAIL, trouble, "check tls_certificate")
    if expires is None:
        return Check("certificate", Level.OK, "the listener has none: no TLS")
    if expires <= now:
        said = f"expired on {expires:%Y-%m-%d}"
        return Check("certificate", Level.FAIL, said, "renew it; it is taken up within seconds")
    said = f"good until {expires:%Y-%m-%d}"
    if expires - now < EXPIRES_SOON:
        return Check("certificate", Level.WARN, said, "renew it; it is taken up within seconds")
    return Check("certificate", Level.OK, said)


def worst(checks: tuple[Check, ...]) -> Level:
    """How things stand in all."""
    return max((check.level for check in checks), key=list(Level).index, default=Level.OK)


def spoken(length: timedelta) -> str:
    """A length of time in its largest unit."""
    seconds = int(length.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
