"""What holds keep of the web logs. Pure.

A hold is asked in the words of mail, which say nothing of pages. So it keeps the visits, on its
days, of the people whom it names: with --person, or in its query. One that names nobody keeps those
of the people of its case; one that holds all, everybody's; that of an incident record, which is of
messages alone, none. In doubt it holds: a name in a query stands for whoever of the directory may
be meant.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from archive.case_words import Case, Extent, Hold
from archive.events import Event
from cases import holds
from cases.casebook import fold as fold_cases
from cases.web_sight import Users, in_web_scope
from search.fields import BY_NAME, Kind
from search.query import parse
from search.tree import (
    All,
    AnyOf,
    Between,
    Everything,
    Exact,
    Leaf,
    Not,
    Phrase,
    Prefix,
    Query,
    StartsWith,
    Word,
    clean,
    each_leaf,
)
from section9 import CaseId


def guards(events: tuple[Event, ...], users: Users) -> Mapping[str, Query]:
    """What keeps visits from being purged now: holds, and cases that are open.

    But for the standing programme, which is about everybody.
    """
    cases = fold_cases(events)
    by_hold = {f"hold {hold.id}": query_of(hold, cases, users) for hold in _of_visits(events)}
    by_case = {
        f"case {case.id}": in_web_scope(case.scope, users)
        for case in cases.values()
        if case.closed is None and case.extent is not Extent.FLAGGED
    }
    return {**by_hold, **by_case}


def query_of(hold: Hold, cases: Mapping[CaseId, Case], users: Users) -> Query:
    """The visits that a hold keeps."""
    asked = parse(hold.query) if hold.query else Everything()
    if any(map(_is_vague, _people_in(asked))):  # nobody can say whom a pattern means
        return _days(hold.since, hold.until)
    named = tuple(dict.fromkeys((*hold.people, *_named(asked))))
    if not named and asked != Everything():
        case = cases.get(hold.case) if hold.case else None
        named = case.scope.concerned if case else ()
        if not named:  # a case of whole domains: nobody is left out
            return _days(hold.since, hold.until)
    whose = AnyOf(
        tuple(
            Exact("user", clean(user))
            for one in named
            for user in (*users.of(one), *users.like(one))
        )
    )
    return All((whose, _days(hold.since, hold.until))) if named else _days(hold.since, hold.until)


def expand(query: Query, events: tuple[Event, ...], users: Users) -> Query:
    """Put what holds keep in the place of `is:held`."""

    def held(leaf: Leaf) -> Query:
        if leaf != holds.HELD:
            return leaf
        cases = fold_cases(events)
        return AnyOf(tuple(query_of(hold, cases, users) for hold in _of_visits(events)))

    return each_leaf(query, held)


def _of_visits(events: tuple[Event, ...]) -> list[Hold]:
    """The live holds that may be of visits."""
    return [hold for hold in holds.live(holds.fold(events)) if not hold.mails]


def _named(query: Query) -> Iterator[str]:
    """Yield whom a query of mail names."""
    for leaf in _people_in(query):
        match leaf:
            case Exact(_, value) | StartsWith(_, value):
                yield value
            case Word(_, word):
                yield word
            case Phrase(_, words) | Prefix(_, words):
                yield " ".join(words)


def _people_in(query: Query) -> Iterator[Leaf]:
    """Yield what of a query is asked of people; what stands under a NOT names nobody."""
    match query:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _people_in(part)
        case Not() | Everything():
            return
        case _:
            if BY_NAME[query.field].kind is Kind.PEOPLE:
                yield query


def _is_vague(leaf: Leaf) -> bool:
    return not isinstance(leaf, Exact | StartsWith | Word | Phrase | Prefix)


def _days(since: date | None, until: date | None) -> Query:
    """Whole days, UTC, both included."""
    low = datetime.combine(since, time(), UTC) if since else None
    high = datetime.combine(until, time(), UTC) + timedelta(days=1) if until else None
    return Between("date", low, high)
