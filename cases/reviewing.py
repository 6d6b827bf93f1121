"""The review of a case, as a fold over what its reviewers said. Pure.

Nothing that anybody said is lost by what somebody else says after: each reviewer's last word
stands beside those of the others. What stands of a message is the latest of these words, except
that one `privileged` outweighs all others until its author takes it back or the case's
investigator settles the matter: privilege that is lost once is lost for good. A word that is said
after it was settled opens the matter again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.events import Event
from archive.review_events import (
    Assigned,
    Judged,
    NoteTaken,
    OfMails,
    QueryForgotten,
    QueryRan,
    QuerySaved,
    ReviewerAdmitted,
    ReviewerDismissed,
    ReviewEvent,
    SecondReviewAsked,
    Tagged,
    Verdict,
)
from section9 import CaseId, MailId


@dataclass(frozen=True, slots=True)
class Said:
    """Who said or did something, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """One reviewer's word on a message."""

    verdict: Verdict
    reason: str
    said: Said


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a message."""

    text: str
    said: Said


@dataclass(frozen=True, slots=True)
class Check:
    """A second review of one message: whose verdict, by whom, and what both said.

    The first word is the one that stood when the second review was asked for; the second is what
    its reviewer said first after that.
    """

    of: str
    reviewer: str
    first: Verdict
    second: Verdict | None = None  # None while nobody has said it

    @property
    def agreed(self) -> bool:
        """Tell whether both said the same."""
        return self.first == self.second


@dataclass(slots=True)
class Reviewed:
    """What is said of one message in one case. Written by the fold alone."""

    opinions: dict[str, Opinion] = field(default_factory=dict)  # by account: the last word of each
    tags: dict[str, Said] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    assigned: str = ""
    settled: Opinion | None = None
    last: Opinion | None = None  # what stands of it: see the head of this file
    checks: dict[tuple[str, str], Check] = field(default_factory=dict)  # by whose and by whom

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that stands; None where nobody said one."""
        return self.last.verdict if self.last else None

    @property
    def decided(self) -> bool:
        """Tell whether somebody has said more than that they looked."""
        return self.verdict not in {None, Verdict.UNDECIDED}

    @property
    def disputed(self) -> bool:
        """Tell whether reviewers' last words differ; who left it open disagrees with nobody."""
        said = {one.verdict for one in self.opinions.values()} - {Verdict.UNDECIDED}
        return len(said) > 1 and self.settled is None

    @property
    def awaited(self) -> frozenset[str]:
        """The reviewers who are to say a second word on it."""
        return frozenset(one.reviewer for one in self.checks.values() if not one.second)

    @property
    def waits_for(self) -> frozenset[str]:
        """Whose word it waits for: to whom it was given, and who is to check it."""
        given = {self.assigned} - {"", *self.opinions}
        return self.awaited | given


NOT_REVIEWED = Reviewed()


@dataclass(slots=True)
class Saved:
    """A saved query of a case, and what it has found so far."""

    name: str
    query: str
    saved: Said
    ran: Said | None = None
    total: int = 0  # found when it last ran
    known: set[MailId] = field(default_factory=set)


@dataclass(slots=True)
class Review:
    """The review of one case. It is written by `take` alone, and read by everybody."""

    case: CaseId
    mails: dict[MailId, Reviewed] = field(default_factory=dict)
    saved: dict[str, Saved] = field(default_factory=dict)
    privileged: set[MailId] = field(default_factory=set)  # of which that is the verdict
    decided: set[MailId] = field(default_factory=set)  # by whomever

    def of(self, mail: MailId) -> Reviewed:
        """What is said of a message; nothing where nobody has said anything."""
        return self.mails.get(mail, NOT_REVIEWED)

    def take(self, event: Event) -> None:
        """Go on with the next event of the `cases` book."""
        if not isinstance(event, ReviewEvent) or event.case != self.case:
            return
        match event:
            case QuerySaved():
                said = Said(event.by, event.at)
                self.saved[event.name] = Saved(event.name, event.query, said)
            case QueryForgotten():
                self.saved.pop(event.name, None)
            case QueryRan():
                self._ran(event)
            case ReviewerAdmitted() | ReviewerDismissed():  # whom a case lets in: see `casebook`
                pass
            case _:
                self._say(event)

    def _ran(self, event: QueryRan) -> None:
        if saved := self.saved.get(event.name):
            saved.ran, saved.total = Said(event.by, event.at), event.total
            saved.known.update(event.new)

    def _say(self, event: OfMails) -> None:
        said = Said(event.by, event.at)
        for mail in event.mails:
            one = self.mails.setdefault(mail, Reviewed())
            match event:
                case Judged():
                    _judge(one, Opinion(event.verdict, event.reason, said), settles=event.settles)
                    stands = one.verdict is Verdict.PRIVILEGED
                    (self.privileged.add if stands else self.privileged.discard)(mail)
                    (self.decided.add if one.decided else self.decided.discard)(mail)
                case Tagged():
                    one.tags |= dict.fromkeys(event.added, said)
                    one.tags = {tag: by for tag, by in one.tags.items() if tag not in event.removed}
                case NoteTaken():
                    one.notes.append(Note(event.text, said))
                case Assigned():
                    one.assigned = event.reviewer
                case SecondReviewAsked():
                    _ask_again(one, event)


def _judge(one: Reviewed, opinion: Opinion, *, settles: bool) -> None:
    by = opinion.said.by
    one.settled = opinion if settles else None
    one.opinions.pop(by, None)  # the last word stands last
    one.opinions[by] = opinion
    one.last = _standing(one)
    for pair, check in one.checks.items():
        if check.reviewer == by and check.second is None:
            one.checks[pair] = replace(check, second=opinion.verdict)


def _standing(one: Reviewed) -> Opinion:
    """What stands of a message that somebody judged."""
    if one.settled:
        return one.settled
    privileged = [said for said in one.opinions.values() if said.verdict is Verdict.PRIVILEGED]
    return max(privileged or one.opinions.values(), key=lambda said: said.said.at)


def _ask_again(one: Reviewed, event: SecondReviewAsked) -> None:
    if first := one.opinions.get(event.of):
        one.checks[event.of, event.reviewer] = Check(event.of, event.reviewer, first.verdict)


def nothing_said() -> Review:
    """The review of no case: nobody has said anything."""
    return Review(CaseId(""))


def fold(events: Iterable[Event], case: CaseId) -> Review:
    """The review of a case, from the events of the `cases` book."""
    review = Review(case)
    for event in events:
        review.take(event)
    return review
