"""New hits of saved searches, for whoever reads in their case: that there are some, and how many.

A search that was run once is asked again for each reader of its case who may read there now, as
far as they may see. A message is told of once for each search, whoever was told. Nothing is shown:
what they are is for `section9 saved run`.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.books import Book
from archive.case_words import Case
from archive.events import Event
from archive.news_events import (
    NewsDropped,
    NewsEvent,
    NewsFound,
    NewsId,
    NewsPlanned,
    NewsSent,
)
from archive.review_events import MOST, QueryForgotten, QuerySaved
from cases.authority import grant
from cases.casebook import fold as fold_cases
from cases.gate import Gate
from cases.reviewing import Saved
from cases.roles import Accounts, NoAuthorityError
from cases.saved import fresh_query
from search.query import QuerySyntaxError
from section9 import CaseId, MailId

Addresses = Callable[[str], str]
"""Gives the address at which an account is told; empty where it has none."""
Found = dict[str, set[MailId]]
"""Messages by the name of the search."""


@dataclass(frozen=True, slots=True)
class Told:
    """That a reader was to be told, and what came of it."""

    planned: NewsPlanned
    came: NewsSent | NewsDropped | None = None  # None: it is not sent yet

    @property
    def state(self) -> str:
        """Say in a word what became of it: waiting, sent, dropped."""
        if self.came is None:
            return "waiting"
        return "sent" if isinstance(self.came, NewsSent) else "dropped"


@dataclass(frozen=True, slots=True)
class News:
    """What was found and told so far."""

    found: Mapping[tuple[CaseId, str], set[MailId]] = field(default_factory=dict)
    told: Mapping[NewsId, Told] = field(default_factory=dict)  # in the order of planning

    @property
    def unsent(self) -> tuple[NewsPlanned, ...]:
        """What is still to be sent."""
        return tuple(one.planned for one in self.told.values() if one.came is None)


def fold(events: Iterable[Event]) -> News:
    """What the `cases` book says of it. A name that is saved anew has found nothing."""
    found: dict[tuple[CaseId, str], set[MailId]] = {}
    told: dict[NewsId, Told] = {}
    for event in events:
        match event:
            case NewsFound():
                found.setdefault((event.case, event.name), set()).update(event.mails)
            case QuerySaved() | QueryForgotten():
                found.pop((event.case, event.name), None)
            case NewsPlanned():
                told[event.news] = Told(event)
            case NewsSent() | NewsDropped():
                told[event.news] = replace(told[event.news], came=event)
            case _:
                pass
    return News(found, told)


def may_hear(case: Case, account: str, *, now: datetime, accounts: Accounts) -> bool:
    """Tell whether a case opens mail to an account."""
    try:
        grant(case, actor=account, now=now, accounts=accounts)
    except NoAuthorityError:
        return False
    return True


def plan(gate: Gate, events: tuple[Event, ...], address: Addresses) -> list[NewsEvent]:
    """What to write down before anybody is told. `gate` is that of the process which tells."""
    news, at, by = fold(events), gate.clock(), gate.actor
    numbers = itertools.count(len(news.told) + 1)
    made: list[NewsEvent] = []
    for case in fold_cases(events).values():
        new = dict(_new_to(gate, case, news, address))
        made += _found(gate, case.id, new.values())
        for account, found in new.items():
            hits = len(set().union(*found.values()))
            named = NewsId(f"N-{next(numbers):04d}")
            made.append(NewsPlanned(at, by, named, case.id, account, address(account), hits))
    return made


def _new_to(gate: Gate, case: Case, news: News, address: Addresses) -> Iterator[tuple[str, Found]]:
    """What is new to each reader who can be told, by the search that finds it."""
    searches = [one for one in gate.review(case.id).saved.values() if one.ran]
    now, accounts = gate.clock(), gate.casebook.accounts
    for account in case.readers if searches else ():
        if address(account) and may_hear(case, account, now=now, accounts=accounts):
            known = {one.name: news.found.get((case.id, one.name), set()) for one in searches}
            found = {
                one.name: set(_fresh(gate, case.id, account, one)) - known[one.name]
                for one in searches
            }
            if any(found.values()):
                yield account, found


def _fresh(gate: Gate, case: CaseId, account: str, saved: Saved) -> Iterator[MailId]:
    """What a search finds for the first time that an account may see; nothing if it is stale."""
    casebook = replace(gate.casebook, actor=account)
    reader = replace(gate, casebook=casebook, actor=account)
    try:
        asked = reader.asked(fresh_query(saved))
    except QuerySyntaxError:  # it names somebody whom the directory no longer knows
        return iter(())
    return reader.index.ids(reader.sight(case, "news").narrow(asked))


def _found(gate: Gate, case: CaseId, new: Iterable[Found]) -> Iterator[NewsFound]:
    """What was found, whoever may see it: each message once for each search."""
    as_of, whole = gate.ledger.head(Book.MAIL), Found()
    for found in new:
        for name, mails in found.items():
            whole.setdefault(name, set()).update(mails)
    for name, mails in whole.items():
        ordered = sorted(mails)
        for start in range(0, len(ordered), MOST):
            some = tuple(ordered[start : start + MOST])
            yield NewsFound(gate.clock(), gate.actor, case, name, as_of, some)
