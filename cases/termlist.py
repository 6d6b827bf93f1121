"""Term lists: how many messages of a case each of many terms finds, alone and together.

Before a review is agreed on, its search terms are: a term that finds half of the mail, or only
what others find too, is better mended first. Every term is a query, run through the gate.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from cases.answers import Answer
from cases.gate import Gate
from search.query import QuerySyntaxError
from search.threads import references
from search.tree import AnyOf, Exact, clean
from section9 import MailId, Record, Section9Error

MOST = 5_000  # terms
AT_ONCE = 5_000  # messages whose records are read by one question


@dataclass(frozen=True, slots=True)
class Term:
    """One term, and the line that it stands on, counted from one."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Hits:
    """What one term finds."""

    term: Term
    messages: int
    unique: int  # of these, found by no other term
    threads: int  # conversations that they belong to


@dataclass(frozen=True, slots=True)
class TermReport:
    """What a list of terms finds, term by term, and together: a message counts once there."""

    hits: tuple[Hits, ...]
    messages: int
    threads: int
    answer: Answer  # of the last term: what must be said with it


class BadTermsError(Section9Error):
    """Some lines of the list are no queries; nothing was run."""

    exit_code: ClassVar[int] = 2

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join((*faults, "mend the list and run it again: nothing was run")))


def read(text: str) -> list[Term]:
    """The terms of a list: a query a line; empty lines and those that begin with # are none.

    Raises `BadTermsError` where there is none, or more than are run at once.
    """
    lines = enumerate(text.splitlines(), start=1)
    terms = [Term(line, said.strip()) for line, said in lines if said.strip()]
    terms = [term for term in terms if not term.text.startswith("#")]
    if not terms:
        raise BadTermsError(["there is no term in the list"])
    if len(terms) > MOST:
        raise BadTermsError([f"there are more than {MOST:,} terms in the list: split it"])
    return terms


def check(gate: Gate, terms: Iterable[Term]) -> None:
    """Refuse a list with terms that cannot be read. Raises `BadTermsError` with all of them."""
    faults = []
    for term in terms:
        try:
            gate.asked(term.text)
        except QuerySyntaxError as error:
            faults.append(f"line {term.line}: {error}")
    if faults:
        raise BadTermsError(faults)


def count(
    gate: Gate, case: str, terms: Sequence[Term], *, advance: Callable[[int], None]
) -> TermReport:
    """Run every term, each recorded as a search, and say what they find."""
    check(gate, terms)
    found: list[frozenset[MailId]] = []
    for term in terms:
        answer, mails = gate.ids(case, term.text)
        found.append(frozenset(mails))
        advance(1)
    times = Counter(chain.from_iterable(found))
    roots = conversations(_records(gate, case, sorted(times)))
    hits = tuple(
        Hits(term, len(those), sum(times[mail] == 1 for mail in those), _threads(roots, those))
        for term, those in zip(terms, found, strict=True)
    )
    return TermReport(hits, len(times), _threads(roots, times), answer)


def conversations(records: Iterable[Record]) -> dict[MailId, str]:
    """Put messages that name each other, or the same third one, together: a root for each."""
    above: dict[str, str] = {}

    def root(name: str) -> str:
        while (upper := above.setdefault(name, name)) != name:
            above[name] = above[upper]  # halve the way for who comes after
            name = upper
        return name

    named: dict[MailId, str] = {}
    for record in records:
        own = clean(record.parsed.message_id) or record.mail
        named[record.mail] = own
        for other in references(record):
            above[root(other)] = root(own)
    return {mail: root(name) for mail, name in named.items()}


def _records(gate: Gate, case: str, mails: Sequence[MailId]) -> Iterator[Record]:
    sight = gate.sight(case, "terms")
    for start in range(0, len(mails), AT_ONCE):
        some = AnyOf(tuple(Exact("id", mail) for mail in mails[start : start + AT_ONCE]))
        yield from gate.index.records(sight.narrow(some))


def _threads(roots: dict[MailId, str], mails: Iterable[MailId]) -> int:
    return len({roots[mail] for mail in mails if mail in roots})
