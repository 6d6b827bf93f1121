"""The register of breaches as a paper: what Article 33(5) asks to be documented. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.books import Head
from archive.breach_events import Question, Verdict
from cases.breaches import Breach, State
from cases.deadlines import at_home, spoken

STATES = {
    State.ASSESSING: "being assessed",
    State.TO_NOTIFY: "to be reported",
    State.NOTIFIED: "reported",
    State.RECORDED: "not reportable",
    State.CLOSED: "closed",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One breach on the register."""

    breach: str
    case: str
    state: str
    calm: bool  # nothing is left to be done
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Register:
    """The register, of a year or of all of them."""

    controller: str
    year: int | None
    head: Head
    notified: int
    late: int
    recorded: int
    undecided: int
    entries: tuple[Entry, ...]


def register(
    breaches: Iterable[Breach], *, controller: str, year: int | None, head: Head
) -> Register:
    """Lay the register out."""
    found = [*breaches]
    return Register(
        controller=controller,
        year=year,
        head=head,
        notified=sum(bool(one.notified) for one in found),
        late=sum(one.late for one in found),
        recorded=sum(_not_reportable(one) for one in found),
        undecided=sum(one.state is State.ASSESSING for one in found),
        entries=tuple(map(_entry, found)),
    )


def _not_reportable(breach: Breach) -> bool:
    decided = breach.decided
    if breach.notified or decided is None:
        return False
    return decided.verdict is Verdict.RECORD_ONLY


def _entry(breach: Breach) -> Entry:
    calm = breach.state in {State.CLOSED, State.RECORDED}
    facts = tuple(_facts(breach))
    return Entry(breach.id, breach.case, STATES[breach.state], calm, facts)


def _facts(breach: Breach) -> Iterator[tuple[str, str]]:
    said, first = breach.answers, breach.awareness[0]
    yield "Became aware", at_home(breach.aware)
    if len(breach.awareness) > 1:
        why = breach.awareness[-1].reason
        yield "First recorded as", f"{at_home(first.aware)}; corrected: {why}"
    yield "Came to light", breach.awareness[-1].how
    yield "Case", breach.case
    yield "What happened", said.get(Question.OVERVIEW, "")
    yield "Effects", said.get(Question.CONSEQUENCES, "")
    yield "What was done", said.get(Question.ACTIONS, "")
    yield "Against repetition", said.get(Question.PREVENTION, "")
    yield "Advice received", said.get(Question.ADVICE, "")
    yield "Others told", said.get(Question.ORGANISATIONS, "")
    for one in breach.decisions:
        likely = one.likelihood.replace("-", " ")
        what = f"{_verdict(one.verdict)}; harm {likely}, {one.harm}. {one.reason}"
        yield "Decided", f"{at_home(one.at)}: {what}"
    for sent in breach.notified:
        took = spoken(sent.sent - breach.aware)
        reference = f", reference {sent.reference}" if sent.reference else ""
        yield f"{sent.phase.capitalize()} report", f"{at_home(sent.sent)}, after {took}{reference}"
    yield "Reasons for delay", breach.delay
    for told in breach.told:
        yield "People told", f"{told.people:,} by {told.how}, {at_home(told.sent)}"
    for spared in breach.not_told:
        yield "People not told", spared.reason
    if breach.closed:
        yield "Closed", f"{at_home(breach.closed.at)}: {breach.closed.reason}"


def _verdict(verdict: Verdict) -> str:
    return "to be reported" if verdict is Verdict.NOTIFY else "not to be reported"
