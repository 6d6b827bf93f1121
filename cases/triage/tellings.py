"""Who was alerted of an item, and who answered: folded from the `cases` book. Pure.

An alert belongs to a kind of trouble: what the DPO answers says nothing of what waits for the DSL.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from archive.alert_events import AlertAcknowledged, AlertId, AlertPlanned, AlertSent
from archive.events import Event
from archive.triage_events import ItemId
from cases.routing import kind_of
from section9 import Finding


@dataclass(frozen=True, slots=True)
class Told:
    """One alert that names an item: whose business it is, not who was told in their place."""

    alert: AlertId
    what: str  # the kind: see `cases.routing.POSTS`
    post: str  # empty where it concerns everybody who could be told
    escalated: bool  # somebody else had been told, and did not answer
    severity: int = 0  # how grave it was then
    sent: datetime | None = None  # None while the mail server has not taken it
    answered: datetime | None = None  # when somebody acknowledged it
    by: str = ""  # the account that did


Tellings = Mapping[ItemId, tuple[Told, ...]]


class TellingsFold:
    """What is gathered on the way through the events."""

    def __init__(self) -> None:
        self._told: dict[AlertId, Told] = {}
        self._planned: dict[AlertId, AlertPlanned] = {}

    def take(self, event: Event) -> None:
        """Take an event; any that is of no alert is let pass."""
        match event:
            case AlertPlanned():
                post = event.post if event.to else ""
                self._told[event.alert] = Told(event.alert, "", post, event.escalated)
                self._planned[event.alert] = event
            case AlertSent():
                self._told[event.alert] = replace(self._told[event.alert], sent=event.at)
            case AlertAcknowledged():
                told = self._told[event.alert]
                self._told[event.alert] = replace(told, answered=event.at, by=event.by)
            case _:
                pass

    def tellings(self) -> Tellings:
        """The alerts of each item, in their order."""
        found: dict[ItemId, list[Told]] = {}
        for alert, planned in self._planned.items():
            for item in planned.items:
                told = replace(self._told[alert], what=item.what, severity=item.severity)
                found.setdefault(ItemId(item.subject), []).append(told)
        return {item: tuple(told) for item, told in found.items()}


def of_kinds(told: Iterable[Told], findings: Iterable[Finding]) -> tuple[Told, ...]:
    """Those of some alerts that are of the same kinds as some findings."""
    kinds = {kind_of(one.category, one.clause) for one in findings}
    return tuple(one for one in told if one.what in kinds)
