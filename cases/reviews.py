"""Reviewing a case: what its reviewers say of its mail, written down as they say it.

Whatever is said goes through the gate first: it must be of mail in the case's scope, by somebody
whom the case lets in. Two reviewers at once take nothing from each other: both are recorded, and
the fold (`reviewing`) says who said what last.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from archive.books import Book
from archive.case_words import Case
from archive.events import Event
from archive.review_events import (
    MOST,
    Assigned,
    Judged,
    NoteTaken,
    SecondReviewAsked,
    Tagged,
    Verdict,
)
from cases.answers import Answer
from cases.coverage import Coverage, coverage
from cases.gate import Gate
from cases.gate_errors import MailNotInScopeError
from cases.reviewing import Review
from cases.sight import Sight
from search.tree import AnyOf, Exact
from section9 import CaseId, MailId, Section9Error

FULL_ID = re.compile(r"[0-9a-f]{64}")
TAG = re.compile(r"[a-z0-9][a-z0-9._/-]{0,63}")
LONGEST = 10_000  # characters of a note


class ReviewRefusedError(Section9Error):
    """What was to be said cannot be recorded."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Draw:
    """How messages are drawn for a second review: `share` of 1.0 is all of them."""

    share: float
    seed: int


@dataclass(frozen=True, slots=True)
class Reviews:
    """Records what `gate.actor` says of mail; each act names how many messages it was of."""

    gate: Gate

    def review(self, case: str, *, act: str = "review") -> Review:
        """The review of a case, for whom the case lets in."""
        return self.gate.review(self.gate.sight(case, act).authority.case)

    def tag(
        self,
        case: str,
        mails: Iterable[str],
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> int:
        """Put tags on messages and take others off."""
        added, removed = _tags(add), _tags(remove)
        if not (added or removed):
            raise ReviewRefusedError("no tag is named: give one with --add or --remove")
        if both := sorted({*added} & {*removed}):
            raise ReviewRefusedError(f"{both[0]} is both added and removed: name it once")

        def event(of: CaseId, some: tuple[MailId, ...]) -> Event:
            return Tagged(self.gate.clock(), self.gate.actor, of, some, added, removed)

        return self._record(case, "tag", mails, event)

    def note(self, case: str, mails: Iterable[str], text: str) -> int:
        """Write a note on messages."""
        text = text.strip()
        if not text:
            raise ReviewRefusedError("the note is empty: write it, or give it with --text")
        if len(text) > LONGEST:
            raise ReviewRefusedError(f"the note is longer than {LONGEST:,} characters: shorten it")

        def event(of: CaseId, some: tuple[MailId, ...]) -> Event:
            return NoteTaken(self.gate.clock(), self.gate.actor, of, some, text)

        return self._record(case, "note", mails, event)

    def mark(
        self,
        case: str,
        mails: Iterable[str],
        verdict: Verdict,
        *,
        reason: str = "",
        settle: bool = False,
    ) -> int:
        """Say what messages are to the case. Privilege takes a reason, and so does settling.

        Only the case's investigator settles what reviewers disagree about.
        """
        if not reason.strip() and (settle or verdict is Verdict.PRIVILEGED):
            what = "settling" if settle else verdict
            raise ReviewRefusedError(f"{what} takes a reason: say why with --reason")
        if settle and self.gate.actor != (found := self.gate.casebook.case(case)).investigator:
            raise ReviewRefusedError(
                f"only {found.investigator} settles in case {found.id}: mark it without --settle"
            )

        def event(of: CaseId, some: tuple[MailId, ...]) -> Event:
            now, by = self.gate.clock(), self.gate.actor
            return Judged(now, by, of, some, verdict, reason.strip(), settles=settle)

        return self._record(case, "mark", mails, event)

    def assign(self, case: str, mails: Iterable[str], reviewer: str) -> int:
        """Give messages to a reviewer of the case; an empty name takes them back."""
        if reviewer:
            _require_reader(self.gate.casebook.case(case), reviewer)

        def event(of: CaseId, some: tuple[MailId, ...]) -> Event:
            return Assigned(self.gate.clock(), self.gate.actor, of, some, reviewer)

        return self._record(case, "assign", mails, event)

    def ask_again(self, case: str, *, of: str, reviewer: str, draw: Draw) -> int:
        """Have another reviewer say again what one reviewer decided: all of it, or a sample.

        What was drawn before for the same two is not drawn again.
        """
        found = self.gate.casebook.case(case)
        _require_reader(found, reviewer)
        if reviewer == of:
            raise ReviewRefusedError(f"{of} cannot check their own word: name another reviewer")
        if self.gate.actor != found.investigator:
            raise ReviewRefusedError(
                f"only {found.investigator} asks for a second review in case {found.id}: "
                "have them do it"
            )
        review = self.review(case, act="second review")
        decided = [mail for mail, one in sorted(review.mails.items()) if of in one.opinions]
        fresh = [mail for mail in decided if (of, reviewer) not in review.of(mail).checks]
        if not fresh:
            raise ReviewRefusedError(
                f"{of} has said nothing in case {found.id} that {reviewer} was not asked to check: "
                f"`section9 review coverage --case {found.id}` tells what is reviewed"
            )
        mails = drawn(fresh, draw)

        def event(case: CaseId, some: tuple[MailId, ...]) -> Event:
            now, by, total = self.gate.clock(), self.gate.actor, len(fresh)
            return SecondReviewAsked(now, by, case, some, of, reviewer, total, draw.seed)

        return self._record(case, "second review", mails, event)

    def coverage(self, case: str, query: str) -> tuple[Answer, Coverage]:
        """How far the review of what a query finds has come, and what no search could see."""
        answer, mails = self.gate.ids(case, query)
        found = self.gate.casebook.case(case)
        return answer, coverage(self.gate.review(found.id), mails, found.readers)

    def _record(
        self,
        case: str,
        act: str,
        mails: Iterable[str],
        event: Callable[[CaseId, tuple[MailId, ...]], Event],
    ) -> int:
        """Append what is said of messages: one segment, however many they are."""
        sight = self.gate.sight(case, act)
        named = self._named(sight, act, mails)
        of = sight.authority.case
        events = [event(of, named[i : i + MOST]) for i in range(0, len(named), MOST)]
        self.gate.ledger.append(Book.CASES, events)
        return len(named)

    def _named(self, sight: Sight, act: str, mails: Iterable[str]) -> tuple[MailId, ...]:
        """Messages of the scope by their ids or beginnings of them, each once.

        Raises `MailNotInScopeError` for the first that the case does not open; it is recorded.
        """
        case = sight.authority.case
        typed = list(dict.fromkeys(mails))
        whole = [MailId(one) for one in typed if FULL_ID.fullmatch(one)]
        inside = frozenset(self._inside(sight, whole))
        for one in whole:
            if one not in inside:
                error = MailNotInScopeError(case, one)
                self.gate.refuse(error, case, act, one)
                raise error
        found = (
            MailId(one) if one in inside else self.gate.find(case, one, act=act) for one in typed
        )
        return tuple(dict.fromkeys(found))

    def _inside(self, sight: Sight, mails: Sequence[MailId]) -> Iterator[MailId]:
        for start in range(0, len(mails), MOST):
            some = AnyOf(tuple(Exact("id", mail) for mail in mails[start : start + MOST]))
            yield from self.gate.index.ids(sight.narrow(some))


def drawn(mails: Sequence[MailId], draw: Draw) -> tuple[MailId, ...]:
    """Draw a share of messages, at least one, by a seed that makes the same draw again."""
    number = max(1, round(len(mails) * draw.share))
    return tuple(sorted(Random(draw.seed).sample(sorted(mails), number)))  # noqa: S311 - no secret: it is to be repeated


def _tags(given: Iterable[str]) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(one.strip().lower() for one in given))
    for tag in tags:
        if not TAG.fullmatch(tag):
            raise ReviewRefusedError(
                "a tag is up to 64 letters (a-z), digits, dots, dashes, slashes and underscores: "
                "write it so"
            )
    return tags


def _require_reader(case: Case, reviewer: str) -> None:
    if reviewer not in case.readers:
        raise ReviewRefusedError(
            f"{reviewer} does not review case {case.id}: have an authoriser run "
            f"`section9 review admit {reviewer} --case {case.id} --reason WHY`"
        )
