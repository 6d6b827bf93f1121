"""Subject access requests, as a fold over the `cases` book. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypeVar, get_args

from archive.events import Event
from archive.redaction_events import RedactionEvent, RedactionsDecided, RedactionsProposed
from archive.sar_events import (
    SarAnswered,
    SarAsked,
    SarEvent,
    SarExtended,
    SarId,
    SarOpened,
    SarReplied,
    SarSearched,
    Wait,
)
from cases.redactions import decided, proposed
from cases.sar_clock import Stop, corresponding, due
from section9 import CaseId, MailId, Section9Error

Kind = TypeVar("Kind")
_EVENTS, _REDACTIONS = get_args(SarEvent), get_args(RedactionEvent)


class SarUnknownError(Section9Error):
    """No request has this name, or none that this account may know of."""

    exit_code: ClassVar[int] = 2

    def __init__(self, sar: str) -> None:
        super().__init__(f"no subject access request {sar!r}: `section9 sar status` lists them")


class SarRefusedError(Section9Error):
    """An act on a request that cannot be recorded; the message says what is wrong with it."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Sar:
    """One request: what was done about it, oldest first; the first act opened it."""

    acts: tuple[SarEvent, ...]
    redactions: tuple[RedactionsProposed | RedactionsDecided, ...] = ()

    @property
    def opened(self) -> SarOpened:
        """How it began."""
        return self._all(SarOpened)[0]

    @property
    def id(self) -> SarId:
        """`S-0001`."""
        return self.opened.sar

    @property
    def case(self) -> CaseId:
        """The case whose authority opens the mail."""
        return self.opened.case

    @property
    def waiting(self) -> SarAsked | None:
        """What the person has been asked for and has not given; None where nothing is."""
        waits: dict[Wait, SarAsked] = {}
        for act in self.acts:
            match act:
                case SarAsked():
                    waits[act.wait] = act
                case SarReplied():
                    waits.pop(act.wait, None)
        return next(iter(waits.values()), None)

    @property
    def started(self) -> date:
        """The day from which the month runs: of receipt, or when the identity was shown."""
        shown = [one.replied for one in self._all(SarReplied) if one.wait is Wait.IDENTITY]
        return max([self.opened.received, *shown])

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The times for which clarification was waited for."""
        stops: list[Stop] = []
        for act in self.acts:
            match act:
                case SarAsked(wait=Wait.CLARIFICATION):
                    stops.append(Stop(act.asked))
                case SarReplied(wait=Wait.CLARIFICATION):
                    stops[-1] = Stop(stops[-1].since, act.replied)
        return tuple(stops)

    @property
    def extended(self) -> SarExtended | None:
        """Why two months more were taken; None where they were not."""
        return next(iter(self._all(SarExtended)), None)

    @property
    def due(self) -> date:
        """The last day for the answer, as far as the clock has run."""
        return due(self.started, stops=self.stops, extended=bool(self.extended))

    @property
    def searches(self) -> tuple[SarSearched, ...]:
        """Every search that was made for it."""
        return self._all(SarSearched)

    @property
    def query(self) -> str:
        """All that was searched for, as one query; empty where nothing was."""
        typed = dict.fromkeys(one.query for one in self.searches)
        return " OR ".join(f"({one})" for one in typed)

    @property
    def proposed(self) -> Mapping[MailId, RedactionsProposed]:
        """What is proposed to be taken out of each message: the latest."""
        return proposed(self.redactions, self.id)

    @property
    def decided(self) -> Mapping[MailId, RedactionsDecided]:
        """What was decided of each message: the latest."""
        return decided(self.redactions, self.id)

    @property
    def answered(self) -> SarAnswered | None:
        """How it was answered; None while it was not."""
        sent = self._all(SarAnswered)
        return sent[-1] if sent else None

    def _all(self, kind: type[Kind]) -> tuple[Kind, ...]:
        return tuple(act for act in self.acts if isinstance(act, kind))


Sars = dict[SarId, Sar]


def fold(events: Iterable[Event]) -> Sars:
    """Requests from the events that made them, in the order of the book."""
    acts: dict[str, list[SarEvent]] = {}
    redactions: dict[str, list[RedactionsProposed | RedactionsDecided]] = {}
    for event in events:
        if isinstance(event, _EVENTS):
            acts.setdefault(event.sar, []).append(event)
        elif isinstance(event, _REDACTIONS):
            redactions.setdefault(event.matter, []).append(event)
    return {
        SarId(name): Sar(tuple(done), tuple(redactions.get(name, ())))
        for name, done in acts.items()
    }


def find(sars: Sars, name: str) -> Sar:
    """One request by its name. Raises `SarUnknownError`."""
    found = sars.get(SarId(name.upper()))
    if found is None:
        raise SarUnknownError(name)
    return found


def fault_of(act: SarEvent, sar: Sar) -> str:
    """Say what is wrong with a further act on a request; empty where nothing is."""
    if sar.answered:
        return f"{sar.id} was answered: a further request is another `sar open`"
    match act:
        case SarAsked():
            return _fault_of_asking(act, sar)
        case SarReplied():
            waiting = sar.waiting
            fits = waiting and waiting.wait is act.wait and act.replied >= waiting.asked
            return "" if fits else "that was not asked for, or not yet: `section9 sar ask` is first"
        case SarExtended():
            return _fault_of_extension(act, sar)
        case SarAnswered():
            late = act.sent > sar.due and not act.reason.strip()
            return "it is after its day: say why with --reason" if late else ""
        case SarOpened() | SarSearched():
            return ""


def _fault_of_asking(act: SarAsked, sar: Sar) -> str:
    if sar.waiting:
        return f"{sar.waiting.wait} is waited for already: `section9 sar reply` comes first"
    return "it was asked before it was received" if act.asked < sar.opened.received else ""


def _fault_of_extension(act: SarExtended, sar: Sar) -> str:
    if sar.extended:
        return "it was extended already, and can be once"
    if act.told > corresponding(sar.started, 1):
        return "the person has to be told within the first month (Article 12(3))"
    return "" if act.reason.strip() else "no reason is given: say why with --reason"
