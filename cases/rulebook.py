"""Which detection rules are on: switched by whoever answers for monitoring, on the record.

Clause 12 has detectors reviewed each year and tried on history before they are switched on. A
rule that the program brings is on until somebody says otherwise. One that is off or on trial
reads no mail that comes; what it found before stays.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from archive.books import Book
from archive.case_events import RulesInForce, RuleSwitched
from archive.events import Event
from archive.ledger import Ledger
from cases.deciding import record
from cases.roles import Accounts, Deed
from search.versions import read
from section9 import RuleId, RuleState, Section9Error


class RuleRefusedError(Section9Error):
    """A rule cannot be switched as asked."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one rule stands, since when, and by whose word."""

    state: RuleState = RuleState.ON
    version: int = 0  # that runs here, or was there when the rule was switched; 0: none has yet
    since: datetime | None = None  # when it got this version or this state, whichever is later
    by: str = ""  # empty where nobody ever switched it
    reason: str = ""


def fold(events: Iterable[Event]) -> dict[RuleId, Standing]:
    """Where each rule stands that the `cases` book speaks of."""
    standings: dict[RuleId, Standing] = {}
    for event in events:
        match event:
            case RuleSwitched():
                standings[event.rule] = Standing(
                    event.state, event.version, event.at, event.by, event.reason
                )
            case RulesInForce():
                for rule, version in read(event.rules).items():
                    known = standings.get(rule, Standing())
                    if known.version != version:
                        standings[rule] = replace(known, version=version, since=event.at)
            case _:  # cases, holds and requests stand in the same book
                pass
    return standings


class Rulebook:
    """Which rules are on, as the `cases` book says; read on in it with `refresh`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._read = 0  # segments of the book
        self._not_on: frozenset[RuleId] = frozenset()

    def refresh(self) -> None:
        """Read on in the book; costs one look where there is nothing new."""
        for segment in self._ledger.segments(Book.CASES, after=self._read):
            for event in segment.events:
                if isinstance(event, RuleSwitched):
                    others = self._not_on - {event.rule}
                    self._not_on = others if event.state is RuleState.ON else others | {event.rule}
            self._read = segment.number

    def is_on(self, rule: RuleId) -> bool:
        """Tell whether a rule reads the mail that comes."""
        return rule not in self._not_on


@dataclass(frozen=True, slots=True)
class Switches:
    """Switches rules; every act is an event by `actor`."""

    ledger: Ledger
    actor: str
    clock: Callable[[], datetime]
    accounts: Accounts

    def switch(self, rule: RuleId, version: int, state: RuleState, *, reason: str) -> None:
        """Put a rule into a state. Raises `RuleRefusedError`."""
        self.accounts.require(self.actor, Deed.TUNE)
        if not reason.strip():
            raise RuleRefusedError("no reason is given: say why with --reason")

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            if fold(events).get(rule, Standing()).state is state:
                raise RuleRefusedError(f"{rule} is {state} already: see `section9 rules list`")
            return (RuleSwitched(self.clock(), self.actor, rule, version, state, reason),)

        record(self.ledger, Book.CASES, decide)


def noted(ledger: Ledger, rules: str, *, actor: str, clock: Callable[[], datetime]) -> None:
    """Record the rules that the program brings, where they are others than before."""

    def decide(events: tuple[Event, ...]) -> Sequence[Event]:
        told = (one.rules for one in reversed(events) if isinstance(one, RulesInForce))
        return () if next(told, "") == rules else (RulesInForce(clock(), actor, rules),)

    record(ledger, Book.CASES, decide)
