"""Holds: mail that must not be deleted, now and in future, for as long as the hold stands.

A hold is a query, not a list: it is asked at the moment of deletion, so it catches what arrives
tomorrow. Holds are a fold over the `cases` book; a case that a law protects is a hold by itself,
and an incident record places one on the messages that it names (`incident_holds`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from archive.books import Book
from archive.case_events import CaseApplied, CaseOpened, HoldPlaced, HoldReleased, RequestUsed
from archive.case_words import Act, Case, CaseKind, Hold
from archive.events import Event
from archive.ledger import Ledger
from cases.approvals import Asked, granted
from cases.approvals import fold as fold_requests
from cases.authority import CaseClosedError, CaseUnknownError
from cases.casebook import Casebook
from cases.casebook import fold as fold_cases
from cases.deciding import record
from cases.review_words import expand as expand_review
from cases.reviewing import nothing_said
from cases.roles import Accounts, Deed
from cases.sight import in_scope
from search.glossary import NOTHING_KNOWN, Glossary
from search.index import Index
from search.query import parse
from search.tree import (
    All,
    AnyOf,
    Between,
    Everything,
    Exact,
    Leaf,
    Matches,
    Not,
    Query,
    StartsWith,
    Worded,
    clean,
    each_leaf,
    render,
)
from section9 import CaseId, HoldId, MailId, Section9Error

AUTOMATIC = frozenset({CaseKind.SUBJECT_ACCESS, CaseKind.FREEDOM_OF_INFORMATION, CaseKind.BREACH})
"""Cases whose mail the law protects from the moment that they are opened until two people agree."""
HELD = Exact("is", "held")
OPAQUE = Exact("is", "opaque")
UNDATED = Not(Between("date", None, None))
AT_ONCE = 500  # messages asked after in one question


class HoldRefusedError(Section9Error):
    """A hold cannot be placed or released as asked."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold as it stands now, folded from its events."""

    hold: Hold
    placed: datetime
    by: str
    released: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody asks to be held: all that is given must fit."""

    reason: str
    people: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    query: str = ""


@dataclass(frozen=True, slots=True)
class Holds:
    """Places, releases and lists holds; every act is an event by `actor`."""

    ledger: Ledger
    actor: str
    clock: Callable[[], datetime]
    accounts: Accounts = field(default_factory=Accounts)
    glossary: Glossary = NOTHING_KNOWN

    def standing(self) -> dict[HoldId, Standing]:
        """Every hold there ever was, as it stands now."""
        return fold(self.ledger.events(Book.CASES))

    def visible(self) -> list[Standing]:
        """The holds that `actor` may know of: none that is about them."""
        events = tuple(self.ledger.events(Book.CASES))
        cases = fold_cases(events)

        def about(hold: Hold) -> tuple[str, ...]:
            scope = cases[hold.case].scope.concerned if hold.case else ()
            return (*hold.people, *hold.concerns, *scope)

        return [
            one
            for one in fold(events).values()
            if not self.accounts.concerned(self.actor, about(one.hold))
        ]

    def place(self, case: str, terms: Terms) -> Hold:
        """Freeze mail for a case. Raises `HoldRefusedError` or `QuerySyntaxError`."""
        self.accounts.require(self.actor, Deed.HOLD)
        checked = check(terms, self.glossary)

        def decide(events: tuple[Event, ...]) -> tuple[HoldPlaced]:
            live = _live_case(events, case)
            hold = _hold(next_id(events), live.id, checked)
            return (HoldPlaced(self.clock(), self.actor, hold),)

        [placed] = record(self.ledger, Book.CASES, decide)
        if not isinstance(placed, HoldPlaced):
            raise TypeError(placed.kind)
        return placed.hold

    def release(self, name: str, *, reason: str) -> Standing:
        """End a hold that two people agreed to release, once it has cooled off.

        Raises `HoldRefusedError`, or `ApprovalMissingError` where the second person or the
        cooling-off time is missing.
        """
        now = self.clock()

        def decide(events: tuple[Event, ...]) -> tuple[Event, ...]:
            hold = find(fold(events), name).hold
            asked = asked_release(hold, reason=reason)
            request = granted(fold_requests(events), asked.act, asked.subject, now, case=asked.case)
            released = HoldReleased(now, self.actor, hold.id, reason)
            return (released, RequestUsed(now, self.actor, request.id))

        record(self.ledger, Book.CASES, decide)
        return self.standing()[HoldId(name.upper())]


def asked_release(hold: Hold, *, reason: str) -> Asked:
    """What must be approved by a second person before a hold ends."""
    concerns = (*hold.people, *hold.concerns)
    return Asked(Act.RELEASE_HOLD, (hold.id,), reason, hold.case, concerns)


def fold(events: Iterable[Event]) -> dict[HoldId, Standing]:
    """Holds from the events that made them, in the order of the book."""
    standing: dict[HoldId, Standing] = {}
    for event in events:
        match event:
            case HoldPlaced():
                standing[event.hold.id] = Standing(event.hold, event.at, event.by)
            case CaseOpened() | CaseApplied() if event.case.kind in AUTOMATIC:
                hold = _automatic(_id(len(standing) + 1), event.case)
                standing[hold.id] = Standing(hold, event.at, event.by)
            case HoldReleased():
                standing[event.hold] = replace(standing[event.hold], released=event.at)
            case _:  # cases and requests stand in the same book
                pass
    return standing


def next_id(events: Iterable[Event]) -> HoldId:
    """What the next hold is called."""
    return _id(len(fold(events)) + 1)


def live(standing: Mapping[HoldId, Standing]) -> tuple[Hold, ...]:
    """The holds that hold now."""
    return tuple(one.hold for one in standing.values() if one.released is None)


def find(standing: Mapping[HoldId, Standing], name: str) -> Standing:
    """A hold that holds now, by its name. Raises `HoldRefusedError`."""
    found = standing.get(HoldId(name.upper()))
    if found is None:
        raise HoldRefusedError(f"no hold {name!r}: `section9 hold list` shows them")
    if found.released:
        raise HoldRefusedError(
            f"hold {found.hold.id} was released on {found.released:%Y-%m-%d}: "
            "place a new one with `section9 hold place`"
        )
    return found


# --- what a hold matches ----------------------------------------------------------------------


def check(terms: Terms, glossary: Glossary = NOTHING_KNOWN) -> Terms:
    """Refuse a hold of nothing in particular or of holds; give its query in canonical form."""
    if not terms.reason.strip():
        raise HoldRefusedError("no reason is given: say why with --reason")
    if not (terms.people or terms.since or terms.until or terms.query.strip()):
        raise HoldRefusedError(
            "nothing is named: give --query, --person, --since or --until; --query '*' holds all"
        )
    if not all("@" in address for address in terms.people):
        raise HoldRefusedError("a person is no address: give name@domain with --person")
    if terms.since and terms.until and terms.since > terms.until:
        raise HoldRefusedError("the hold ends before it begins: exchange --since and --until")
    query = parse(terms.query, glossary) if terms.query.strip() else Everything()
    if HELD in _leaves(query):
        raise HoldRefusedError("a hold cannot be of what is held: leave is:held out")
    if expand_review(query, nothing_said()) != query:
        raise HoldRefusedError("a hold outlives a review: name what to hold in other words")
    written = render(query) if terms.query.strip() else ""
    return replace(terms, people=tuple(map(str.lower, terms.people)), query=written)


def query_of(hold: Hold) -> Query:
    """What a hold matches, as a query. A message without a date fits any dates."""
    parts: list[Query] = []
    if hold.mails:
        parts.append(AnyOf(tuple(Exact("id", mail) for mail in hold.mails)))
    if hold.people:
        parts.append(AnyOf(tuple(Exact("participant", clean(one)) for one in hold.people)))
    if hold.since or hold.until:
        low = datetime.combine(hold.since, time(), UTC) if hold.since else None
        high = datetime.combine(hold.until, time(), UTC) if hold.until else None
        end = high + timedelta(days=1) if high else None
        parts.append(AnyOf((Between("date", low, end), UNDATED)))
    if hold.query:
        parts.append(parse(hold.query))
    return All(tuple(parts))


def generous(query: Query) -> Query:
    """Widen a query by what it cannot see: an opaque message may hold any word.

    Asked before a deletion. What stands under a NOT is left as it is: a word that is not seen
    does not exclude.
    """
    match query:
        case All(parts):
            return All(tuple(map(generous, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(generous, parts)))
        case Exact(
            "has" | "type" | "finding" | "category" | "clause" | "confidence" | "severity", _
        ):
            return AnyOf((query, OPAQUE))
        case StartsWith("type" | "finding" | "clause", _):
            return AnyOf((query, OPAQUE))
        case Matches("type" | "finding" | "clause", _):
            return AnyOf((query, OPAQUE))
    return AnyOf((query, OPAQUE)) if isinstance(query, Worded) else query


def expand(query: Query, holds: Sequence[Hold]) -> Query:
    """Put the holds' own queries in the place of `is:held`, which no engine knows."""

    def held(leaf: Leaf) -> Query:
        return AnyOf(tuple(map(query_of, holds))) if leaf == HELD else leaf

    return each_leaf(query, held)


Guards = Mapping[str, Query]
"""What keeps mail from being deleted: a name to give as the reason, and what it matches."""


def guards(events: Iterable[Event]) -> Guards:
    """The live holds, as what keeps mail."""
    return {f"hold {hold.id}": generous(query_of(hold)) for hold in live(fold(events))}


def kept(index: Index, mails: Sequence[MailId], by: Guards) -> dict[MailId, tuple[str, ...]]:
    """Which of these messages are kept, and by what."""
    reasons: dict[MailId, tuple[str, ...]] = {}
    for start in range(0, len(mails), AT_ONCE):
        some = AnyOf(tuple(Exact("id", mail) for mail in mails[start : start + AT_ONCE]))
        for name, query in by.items():
            for mail in index.ids(All((some, query))):
                reasons[mail] = (*reasons.get(mail, ()), name)
    return reasons


def count_in_case(index: Index, casebook: Casebook, hold: Hold) -> int:
    """How many messages a hold matches in its case's scope; of others the number is not told.

    Else whoever may place a hold could guess the words of anybody's mail. Of messages that are
    named by their ids there is nothing to guess.
    """
    if hold.mails or hold.case is None:
        return index.count(query_of(hold))
    scope = casebook.case(hold.case).scope
    return index.count(All((in_scope(scope), query_of(hold))))


def _leaves(query: Query) -> Iterable[Query]:
    match query:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Not(part):
            yield from _leaves(part)
        case _:
            yield query


def _id(number: int) -> HoldId:
    return HoldId(f"H-{number:04d}")


def _hold(name: HoldId, case: CaseId, terms: Terms) -> Hold:
    return Hold(
        id=name,
        case=case,
        reason=terms.reason,
        people=terms.people,
        since=terms.since,
        until=terms.until,
        query=terms.query,
    )


def _automatic(name: HoldId, case: Case) -> Hold:
    """The hold that a case is by itself: the mail of its scope."""
    scope = case.scope
    whose, _ = in_scope(scope).parts
    terms = Terms(f"{case.kind} case", since=scope.since, until=scope.until, query=render(whose))
    return _hold(name, case.id, terms)


def _live_case(events: Iterable[Event], name: str) -> Case:
    case = fold_cases(events).get(CaseId(name.upper()))
    if case is None:
        raise CaseUnknownError(name)
    if case.closed is not None:
        raise CaseClosedError(case.id, case.closed)
    return case
