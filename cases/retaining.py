"""Applying retention to the archive: what is due, what keeps it, and the run that purges it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from archive.books import Book
from archive.case_events import RetentionRan
from archive.case_words import Case, CaseKind, Extent
from archive.events import Event
from archive.ledger import Ledger
from cases import holds, patterns, retention
from cases.casebook import fold as fold_cases
from cases.custody import Custody
from cases.holds import UNDATED, Guards
from cases.linked import linked
from cases.purge import SEAL, Doomed, Purge
from cases.retention import Due, Policy
from cases.sight import in_scope
from search.index import Index
from search.tree import AnyOf, Between, Exact, Query
from section9 import Confidence, MailId, Person, Record

Item = TypeVar("Item")

BATCH = 500  # messages looked at, or purged by one certificate
RETURNED = "purged before"
"""The rule of a message of which copies were purged, and of which another came since."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that is due, and what keeps it all the same."""

    mail: MailId
    due: Due
    kept: tuple[str, ...]


@dataclass(slots=True)
class Ran:
    """What a run has done so far."""

    purged: int = 0
    kept: int = 0
    certificates: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Retention:
    """The rules, over one archive."""

    ledger: Ledger
    index: Index
    custody: Custody
    policy: Policy
    person: Callable[[str], Person | None]
    clock: Callable[[], datetime]

    def plan(self) -> Iterator[Planned]:
        """Yield every message that is due now, newest first."""
        now, events = self.clock(), tuple(self.ledger.events(Book.CASES))
        by = {**holds.guards(events), **open_cases(events)}
        for some in _batched(self._candidates(now)):
            found = {record.mail: due for record, due in self._dues(some, events) if due.on <= now}
            kept = holds.kept(self.index, list(found), by)
            for mail, due in found.items():
                seal = (SEAL,) if mail in self.custody.sealed else ()
                yield Planned(mail, due, (*kept.get(mail, ()), *seal))

    def run(
        self,
        purge: Purge,
        *,
        clock_confirmed: bool,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Ran:
        """Purge all that is due and not kept. Interrupted, it goes on when it is run again."""
        self._check_clock(confirmed=clock_confirmed)
        purge.sweep()
        # All of the plan before the first purge: it is read from the index that purging changes.
        plan = list(self.plan())
        doomed = [Doomed(one.mail, one.due.rule) for one in plan if not one.kept]
        ran = Ran(kept=len(plan) - len(doomed))
        planned = {one.mail for one in plan}
        doomed += [Doomed(mail, RETURNED) for mail in self._returned() if mail not in planned]
        for some in _batched(doomed):
            outcome = purge.by_rule(some, guards=open_cases)
            ran.purged += len(outcome.purged)
            ran.kept += len(outcome.kept)  # by a hold that was placed since
            ran.certificates += [outcome.certificate] if outcome.certificate else []
            progress(len(some))
        purge.scrub()
        self._record(purge.actor, ran, clock_confirmed=clock_confirmed)
        return ran

    def _check_clock(self, *, confirmed: bool) -> None:
        runs = (one.at for one in self.ledger.events(Book.CASES) if isinstance(one, RetentionRan))
        last = self.ledger.last_moment()
        ran = max(runs, default=last)
        retention.check_clock(self.clock(), last=last, ran=ran, confirmed=confirmed)

    def _candidates(self, now: datetime) -> Iterator[Record]:
        oldest = retention.later(now, -self.policy.shortest)
        return self.index.records(AnyOf((Between("date", None, oldest), UNDATED)))

    def _dues(
        self, records: Sequence[Record], events: tuple[Event, ...]
    ) -> Iterator[tuple[Record, Due]]:
        mails = [record.mail for record in records]
        safeguarding = {
            *holds.kept(self.index, mails, safeguarding_cases(events)),
            *patterned(events, self.policy),
        }
        for record in records:
            found = retention.facts(
                record, person=self.person, safeguarding_case=record.mail in safeguarding
            )
            yield record, retention.due(found, self.policy)

    def _returned(self) -> Iterator[MailId]:
        """Yield the messages that were purged and of which other copies have come since."""
        for some in _batched(self.custody.returned()):
            yield from self.index.ids(AnyOf(tuple(Exact("id", mail) for mail in some)))

    def _record(self, actor: str, ran: Ran, *, clock_confirmed: bool) -> None:
        event = RetentionRan(self.clock(), actor, ran.purged, ran.kept, clock_confirmed)
        self.ledger.append(Book.CASES, (event,))


def open_cases(events: tuple[Event, ...]) -> Guards:
    """What open cases are about is kept until they are closed, and so is what was linked to them.

    Of the standing programme, which is about everybody, only what was linked.
    """
    return {
        f"case {case.id}": named
        if case.extent is Extent.FLAGGED
        else AnyOf((holds.generous(in_scope(case.scope)), named))
        for case, named in _cases(events)
        if case.closed is None
    }


def patterned(events: tuple[Event, ...], policy: Policy) -> frozenset[MailId]:
    """The messages that make a pattern which stands, where it is more than barely sure.

    Each may be harmless by itself, and no evidence would be left of what they are together.
    """
    return frozenset(
        mail
        for one in patterns.fold(events).values()
        if one.clause in policy.safeguarding_clauses and one.confidence is not Confidence.LOW
        for mail in one.mails
    )


def safeguarding_cases(events: tuple[Event, ...]) -> Guards:
    """The scopes of safeguarding cases and what was linked to them, open and closed."""
    return {
        f"case {case.id}": AnyOf((in_scope(case.scope), named))
        for case, named in _cases(events)
        if case.kind is CaseKind.SAFEGUARDING
    }


def _cases(events: tuple[Event, ...]) -> Iterator[tuple[Case, Query]]:
    """Yield each case, and the messages that were made part of it."""
    parts = linked(events)
    for case in fold_cases(events).values():
        yield case, AnyOf(tuple(Exact("id", mail) for mail in sorted(parts.get(case.id, ()))))


def _batched(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, BATCH)):
        yield some
