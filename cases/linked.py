"""What was made part of a case by a link of triage, or by an incident record. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from archive.events import Event
from archive.pattern_events import PatternFound
from archive.triage_events import ItemId
from cases.incidents import fold as fold_incidents
from cases.triage.state import fold as fold_triage
from section9 import CaseId, MailId


def linked(events: tuple[Event, ...]) -> Mapping[CaseId, frozenset[MailId]]:
    """The messages that were made part of each case, whether or not its scope covers them."""
    parts: dict[CaseId, set[MailId]] = defaultdict(set)
    patterns = _patterns(events)
    for item, links in fold_triage(events).linked.items():
        for one in links:
            parts[one.into].update(patterns.get(item, (MailId(item),)))
    for incident in fold_incidents(events):
        if incident.case:
            parts[incident.case].update(incident.mails)
    return {case: frozenset(mails) for case, mails in parts.items()}


def _patterns(events: Iterable[Event]) -> Mapping[ItemId, tuple[MailId, ...]]:
    """The messages of each pattern as it was last found: a link outlives its lapse."""
    return {ItemId(one.pattern): one.mails for one in events if isinstance(one, PatternFound)}
