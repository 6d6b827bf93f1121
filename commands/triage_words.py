"""How triage is told on a terminal: severities, waiting times, people, findings."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from cases.telling import safe
from cases.triage.items import Item
from cases.triage.queue import Entry

SEVERITIES = {5: "act now", 4: "grave", 3: "serious", 2: "minor", 1: "note"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def severity(item: Item) -> str:
    """A number and a word: no meaning is in a colour alone."""
    return f"{item.severity} {SEVERITIES[item.severity]}"


def age(since: datetime, now: datetime) -> str:
    """How long something has waited, in one unit."""
    return span(max(now - since, timedelta()))


def span(time: timedelta) -> str:
    """A length of time, in one unit."""
    if time < HOUR:
        return f"{time // timedelta(minutes=1)} min"
    return f"{time // HOUR} h" if time < 2 * DAY else f"{time // DAY} days"


def people(item: Item) -> str:
    """Who wrote to whom, safe for a terminal."""
    first, *others = item.recipients or ("nobody known",)
    more = f" and {len(others)} more" if others else ""
    return safe(f"{item.sender or 'somebody'} → {first}{more}")


def locals_of(item: Item) -> str:
    """The same in little room: addresses without their domains."""
    first, *others = item.recipients or ("?",)
    more = f" +{len(others)}" if others else ""
    return safe(f"{_local(item.sender) or '?'} → {_local(first)}{more}")


def _local(address: str) -> str:
    return address.partition("@")[0]


def rules(item: Item) -> str:
    """What was found: each rule once, and how often; of a pattern, in how many messages."""
    counts = Counter(one.rule for one in item.findings)
    said = ", ".join(f"{rule} × {n}" if n > 1 else rule for rule, n in counts.items())
    return f"{said}, {len(item.mails)} messages" if item.is_pattern else said


def by_severity(items: Iterable[Item]) -> str:
    """How many there are of each severity, the gravest first."""
    counts = Counter(item.severity for item in items)
    return ", ".join(f"{counts[one]:,} {SEVERITIES[one]}" for one in sorted(counts, reverse=True))


def mark(entry: Entry) -> str:
    """What a row of the queue says of an item: somebody sees to it, or it went to the next."""
    return "✓ " if entry.seen_to else "↑ " if entry.escalated else ""


def _told(entry: Entry) -> Iterator[str]:
    """The last alert of an item: when, whose business, and whether for want of an answer.

    Whose business it is need not be who was told: another stands in for whom it concerns.
    """
    if not entry.told:
        return
    last = entry.told[-1]
    how = "escalated" if last.escalated else "alerted"
    when = f"{last.sent:%Y-%m-%d %H:%M}" if last.sent else "not sent yet"
    yield f"{how} {when} ({last.alert}, for the {last.post})" if last.post else "nobody was told"


def kinds(item: Item) -> str:
    """The categories of what was found."""
    return ", ".join(dict.fromkeys(one.category.value for one in item.findings))


def standing(entry: Entry) -> Iterator[str]:
    """What has been done about an item so far, a phrase each."""
    yield from _told(entry)
    if entry.seen_to:
        by, at = entry.seen_to
        yield f"{by} sees to it since {at:%Y-%m-%d %H:%M}"
    for made in entry.decisions:
        why = f" ({made.dismissal})" if made.dismissal else ""
        yield f"{made.by} {made.verdict} it{why} {made.at:%Y-%m-%d %H:%M}"
    for link in entry.linked:
        yield f"part of {link.into}"
