"""What an alert says: what kind, how grave, how many, which command to type. No content, no name.

Whoever reads it over somebody's shoulder, or on a server on the way, learns no more.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from archive.alert_events import AlertItem, AlertPlanned
from cases.routing import SEALED, Post
from commands.mailing import letter
from commands.settings_routing import Alerts

LISTED = 20  # ids in one message
SHORT = 12  # characters of an id, as everywhere
TITLES = {
    Post.DSL: "the Designated Safeguarding Lead",
    Post.DPO: "the Data Protection Officer",
    Post.HEAD: "the head teacher",
    Post.CHAIR: "the chair of governors",
}


def letter_of(settings: Alerts, planned: AlertPlanned) -> EmailMessage:
    """The message of an alert: the same, under the same Message-ID, whenever it is made."""
    message = letter(settings, planned.to, _subject(planned), _text(planned), at=planned.at)
    domain = settings.sender.rpartition("@")[2]
    message.replace_header("Message-ID", f"<{planned.alert}.{planned.at:%Y%m%d%H%M%S%f}@{domain}>")
    if planned.urgent:
        message["Importance"] = "high"  # RFC 2156, 5.3.6
    return message


def test_letter(settings: Alerts, to: str, posts: Sequence[str], *, at: datetime) -> EmailMessage:
    """A message that tells of nothing, to see whether it comes."""
    text = (
        "This is a test: nothing has happened. Alerts of Section 9 reach this address.\n\n"
        f"It is alerted as: {', '.join(posts)}.\n"
    )
    return letter(settings, to, "Section 9: a test", text, at=at)


def short(subject: str) -> str:
    """As much of an id as is typed; that of a pattern is short enough."""
    return subject if subject.startswith("P-") else subject[:SHORT]


def _subject(planned: AlertPlanned) -> str:
    gravest = max(item.severity for item in planned.items)
    what = "urgent" if planned.urgent else "digest"
    late = ", not answered" if planned.escalated else ""
    return f"Section 9 {what}{late}: {len(planned.items):,} to look at, severity {gravest}"


def _text(planned: AlertPlanned) -> str:
    waits = "1 thing waits" if len(planned.items) == 1 else f"{len(planned.items):,} things wait"
    late = "Whoever was told before you has not answered in time.\n" if planned.escalated else ""
    return (
        f"{waits} to be looked at.\nYou are told as {TITLES[Post(planned.post)]},"
        f"\nor in their place.\n{late}\n"
        f"{_table(planned.items)}\n{_ids(planned.items)}\n{_commands(planned)}\n"
        "This message holds no content. Nobody reads an answer to it.\n"
    )


def _table(items: tuple[AlertItem, ...]) -> str:
    """How many of what, the gravest first."""
    counts = Counter((-item.severity, item.what) for item in items)
    return "".join(
        f"  severity {-gravity}  {what:<18}{count:>6,}\n"
        for (gravity, what), count in sorted(counts.items())
    )


def _ids(items: tuple[AlertItem, ...]) -> str:
    graver = sorted(items, key=lambda item: -item.severity)
    listed = "".join(
        f"  {short(item.subject)}  severity {item.severity}, {item.what}\n"
        for item in graver[:LISTED]
    )
    return listed + (f"  and {len(items) - LISTED:,} more\n" if len(items) > LISTED else "")


def _commands(planned: AlertPlanned) -> str:
    sealed = [item for item in planned.items if item.what == SEALED]
    others = [item for item in planned.items if item.what != SEALED]
    gravest = max(others, key=lambda item: item.severity, default=None)
    lines = []
    if sealed:
        lines.append("  section9 seal list            what was sealed; nobody may open it (7.4)\n")
    if gravest:
        lines.append("  section9 triage list\n")
        lines.append(f"  section9 triage show {short(gravest.subject)}\n")
    lines.append(f"  section9 alert ack {planned.alert}     says that you see to it\n")
    return "".join(lines) + "\nUnless somebody answers, it goes to the next in line.\n"
