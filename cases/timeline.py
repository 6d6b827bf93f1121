"""What somebody did, in the order of time: mail, what was found in it, deletions, web visits. Pure.

It is made of what the gates gave, so it holds no more than the case opens.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cases.deletions import Deletion
from search.index import Hit
from search.web import Place, WebHit
from section9 import Change

TOGETHER = timedelta(minutes=10)
"""Visits of one site that follow one another no slower are told as one."""


class Happening(StrEnum):
    """What a moment of a timeline is."""

    MAIL = "mail"
    FINDING = "finding"
    DELETION = "deletion"
    WEB = "web"
    BLOCKED = "blocked"  # a web visit that the filter stopped


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, in words that the case opens."""

    at: datetime  # UTC
    kind: Happening
    who: str  # `Jane Doe → a.head@school.example`, a mailbox, or a user name and a computer
    what: str  # a subject, a rule, a site or page; empty where it is withheld
    id: str  # of the message or the visit
    withheld: bool = False
    times: int = 1  # how many visits stand here as one
    until: datetime | None = None  # when the last of them was


def moments(
    hits: Iterable[Hit],
    withheld: Iterable[str],
    deleted: Iterable[Deletion],
    visits: Iterable[WebHit],
    closed: Iterable[Place],
) -> list[Moment]:
    """Put all in order; what has no date is left out. `withheld` and `closed` name what is."""
    hidden, shut = frozenset(withheld), frozenset(closed)
    found = [one for hit in hits for one in _of_mail(hit, withheld=hit.mail in hidden)]
    found += map(_of_deletion, deleted)
    found += (_of_visit(hit, withheld=hit.place in shut) for hit in visits)
    return sorted(found, key=lambda one: (one.at, list(Happening).index(one.kind), one.id))


def folded(found: Sequence[Moment]) -> list[Moment]:
    """Tell visits of one site that follow one another as one, with how many they are."""
    told: list[Moment] = []
    for one in found:
        last = told[-1] if told else None
        if last and _belongs(one, last):
            what = last.what if one.what == last.what else _site(last.what)
            told[-1] = replace(last, what=what, times=last.times + 1, until=one.at)
        else:
            told.append(one)
    return told


def _belongs(one: Moment, last: Moment) -> bool:
    same = (one.kind, one.who, _site(one.what)) == (last.kind, last.who, _site(last.what))
    of_web = one.kind in {Happening.WEB, Happening.BLOCKED}
    return of_web and same and one.at - (last.until or last.at) <= TOGETHER


def _site(page: str) -> str:
    """What of an address stands before its path."""
    scheme, sign, rest = page.partition("://")
    return (rest if sign else scheme).partition("/")[0]


def _of_mail(hit: Hit, *, withheld: bool) -> Iterator[Moment]:
    if hit.date is None:
        return
    more = f" and {hit.recipients - len(hit.to)} more" if hit.recipients > len(hit.to) else ""
    who = f"{hit.from_} → {', '.join(hit.to)}{more}"
    yield Moment(hit.date, Happening.MAIL, who, hit.subject.text, hit.mail, withheld)
    for rule in hit.findings:
        yield Moment(hit.date, Happening.FINDING, who, rule, hit.mail)


def _of_deletion(one: Deletion) -> Moment:
    turn = one.turn
    done = "purged" if turn.change is Change.PURGED else "deleted"
    by = f" by {turn.by}" if turn.by else ""
    what = f"{done}{by}{', restored since' if one.restored else ''}"
    subject = f": {one.subject}" if one.subject else ""
    return Moment(turn.before, Happening.DELETION, one.mailbox, f"{what}{subject}", one.mail)


def _of_visit(hit: WebHit, *, withheld: bool) -> Moment:
    seen = hit.visit
    kind = Happening.BLOCKED if seen.blocked else Happening.WEB
    who = f"{seen.user} at {seen.computer}" if seen.computer else seen.user
    page = seen.site if withheld else seen.page
    return Moment(seen.time, kind, who, page, hit.place.id, withheld)
