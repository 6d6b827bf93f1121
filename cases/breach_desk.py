"""Recording what is done about breaches: every act is an event on the ledger by `actor`.

A breach belongs to a case, whose investigator opens it and answers the form's questions; whether
to notify is the Data Protection Officer's to decide. Nobody acts on one that concerns them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.books import Book
from archive.breach_events import (
    BreachAnswered,
    BreachAware,
    BreachClosed,
    BreachDecided,
    BreachEvent,
    BreachId,
    BreachNotified,
    BreachOpened,
    Harm,
    Likelihood,
    PeopleNotTold,
    PeopleTold,
    Question,
    Verdict,
)
from archive.events import Event
from cases.breaches import (
    Breach,
    Breaches,
    BreachRefusedError,
    fault_of,
    find,
    fold,
)
from cases.casebook import Casebook
from cases.deciding import record
from cases.gate import Gate
from cases.roles import Deed
from section9 import MailId

RULE = re.compile(r"[a-z0-9-]{1,64}")
Act = Callable[[datetime, Breach], BreachEvent]
"""Makes an event of the moment and the breach as it stands."""


@dataclass(frozen=True, slots=True)
class Awareness:
    """When the trust became aware of a breach, who did, and how."""

    aware: datetime
    who: str
    how: str
    reason: str = ""  # for a correction


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided of a breach, and why."""

    verdict: Verdict
    likelihood: Likelihood
    harm: Harm
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was sent to the Commissioner."""

    sent: datetime
    reference: str = ""
    delay: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class BreachDesk:
    """Where breaches are opened, answered for, decided and closed."""

    gate: Gate

    def visible(self) -> Breaches:
        """The breaches that `actor` may know of, in the order of their names."""
        known = self.casebook.visible()
        cases = {case.id for case in known}
        return {name: one for name, one in self._all().items() if one.case in cases}

    def seen(self, name: str) -> Breach:
        """One of them. Raises `BreachUnknownError`."""
        return find(self.visible(), name)

    def open(
        self, case: str, mails: Sequence[str], awareness: Awareness, *, rule: str = ""
    ) -> Breach:
        """Open a breach of messages in a case's scope; each may be the beginning of an id.

        `rule` names the finding that led to it. Raises `NoAuthorityError` where the case does not
        open them to `actor`, and `BreachRefusedError`.
        """
        self._require(Deed.BREACH)
        found = tuple(dict.fromkeys(self.gate.find(case, one, act="breach") for one in mails))
        self._require_finding(case, found, rule)
        case_id, now = self.casebook.case(case).id, self.gate.clock()

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            name = BreachId(f"B-{len(fold(events)) + 1:04d}")
            opened = BreachOpened(now, self.gate.actor, name, case_id, found, rule)
            aware = self._aware(now, Breach((opened,)), awareness)
            _require_sound(aware, Breach((opened,)))
            return (opened, aware)

        [written] = fold(record(self.gate.ledger, Book.CASES, decide))
        return self._all()[written]

    def correct(self, name: str, awareness: Awareness) -> Breach:
        """Correct the moment of awareness; what was recorded before stays."""
        return self._act(name, Deed.BREACH, lambda now, breach: self._aware(now, breach, awareness))

    def answer(self, name: str, question: Question, answer: str) -> Breach:
        """Answer one of the form's questions."""
        return self._act(
            name,
            Deed.BREACH,
            lambda now, one: BreachAnswered(
                now, self.gate.actor, one.id, one.case, question, answer.strip()
            ),
        )

    def decide(self, name: str, judged: Judgement) -> Breach:
        """Record the risk as a person weighed it, and whether the Commissioner is notified."""
        return self._act(
            name,
            Deed.NOTIFY,
            lambda now, one: BreachDecided(
                now,
                self.gate.actor,
                one.id,
                one.case,
                judged.verdict,
                judged.likelihood,
                judged.harm,
                judged.reason.strip(),
            ),
        )

    def notify(self, name: str, report: Report) -> Breach:
        """Record that a report was sent: the first is the initial one, any other a further one."""
        return self._act(
            name,
            Deed.NOTIFY,
            lambda now, one: BreachNotified(
                now,
                self.gate.actor,
                one.id,
                one.case,
                one.next_phase,
                report.sent,
                report.reference.strip(),
                report.delay.strip(),
                report.sha256,
            ),
        )

    def tell(self, name: str, *, sent: datetime, people: int, how: str) -> Breach:
        """Record that people concerned were told."""
        return self._act(
            name,
            Deed.NOTIFY,
            lambda now, one: PeopleTold(
                now, self.gate.actor, one.id, one.case, sent, people, how.strip()
            ),
        )

    def tell_nobody(self, name: str, *, reason: str) -> Breach:
        """Record that they need not be told, and why."""
        return self._act(
            name,
            Deed.NOTIFY,
            lambda now, one: PeopleNotTold(now, self.gate.actor, one.id, one.case, reason.strip()),
        )

    def close(self, name: str, *, reason: str) -> Breach:
        """End a breach for which all is done."""
        return self._act(
            name,
            Deed.NOTIFY,
            lambda now, one: BreachClosed(now, self.gate.actor, one.id, one.case, reason.strip()),
        )

    @property
    def casebook(self) -> Casebook:
        """The cases, as `actor` sees them."""
        return self.gate.casebook

    def _aware(self, now: datetime, breach: Breach, told: Awareness) -> BreachAware:
        return BreachAware(
            now,
            self.gate.actor,
            breach.id,
            breach.case,
            told.aware,
            told.who.strip(),
            told.how.strip(),
            told.reason.strip(),
        )

    def _act(self, name: str, deed: Deed, make: Act) -> Breach:
        """Record a further act on a breach that `actor` may know of."""
        self._require(deed)
        self.seen(name)
        now = self.gate.clock()

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            breach = find(fold(events), name)
            act = make(now, breach)
            _require_sound(act, breach)
            return (act,)

        record(self.gate.ledger, Book.CASES, decide)
        return self.seen(name)

    def _require_finding(self, case: str, mails: Sequence[MailId], rule: str) -> None:
        if not rule:
            return
        asked = " OR ".join(f"id:{mail}" for mail in mails)
        known = RULE.fullmatch(rule)
        if not known or not self.gate.count(case, f"finding:{rule} AND ({asked})").page.total:
            raise BreachRefusedError(
                f"no finding {rule!r} in these messages: `section9 show` lists those there are"
            )

    def _require(self, deed: Deed) -> None:
        self.casebook.accounts.require(self.gate.actor, deed)

    def _all(self) -> Breaches:
        return fold(self.gate.ledger.events(Book.CASES))


def _require_sound(act: BreachEvent, breach: Breach) -> None:
    if fault := fault_of(act, breach):
        raise BreachRefusedError(f"{breach.id}: {fault}")
