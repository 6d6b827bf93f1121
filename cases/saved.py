"""Saved searches of a case, and what each finds for the first time.

What a saved search has found is on the ledger, a message once: so what is new does not depend on
when mail was sent or came in, and a rule that finds more in old mail makes that mail new here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.books import Book
from archive.review_events import MOST, QueryForgotten, QueryRan, QuerySaved
from cases.answers import Answer
from cases.gate import Gate
from cases.reviewing import Review, Saved
from cases.reviews import ReviewRefusedError

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Fresh:
    """A saved search, and how many messages it finds that it had not found before."""

    saved: Saved
    total: int
    new: int


@dataclass(frozen=True, slots=True)
class Searches:
    """Keeps and runs the saved searches of a case, for whom the case lets in."""

    gate: Gate

    def all(self, case: str) -> list[Saved]:
        """Every saved search, by name."""
        return [saved for _, saved in sorted(self._review(case, "saved list").saved.items())]

    def add(self, case: str, name: str, query: str) -> None:
        """Keep a query under a name. Raises `QuerySyntaxError`, or `ReviewRefusedError`.

        The same name with another query starts anew: all that it finds is new then.
        """
        review = self._review(case, "saved add")
        self.gate.asked(query)
        if not NAME.fullmatch(name):
            raise ReviewRefusedError(
                "a name is up to 64 letters (a-z), digits, dots, dashes and underscores: "
                "write it so"
            )
        if name in review.saved and review.saved[name].query == query:
            raise ReviewRefusedError(
                f"{name} is saved already: `section9 saved run {name} --case {review.case}` runs it"
            )
        event = QuerySaved(self.gate.clock(), self.gate.actor, review.case, name, query)
        self.gate.ledger.append(Book.CASES, (event,))

    def remove(self, case: str, name: str) -> None:
        """Take a saved search off the list; what it found stays on record."""
        review = self._review(case, "saved remove")
        find(review, name)
        event = QueryForgotten(self.gate.clock(), self.gate.actor, review.case, name)
        self.gate.ledger.append(Book.CASES, (event,))

    def run(self, case: str, name: str) -> tuple[Answer, Fresh]:
        """Run a saved search, and write down what it found for the first time."""
        review = self._review(case, "saved run")
        saved = find(review, name)
        answer, mails = self.gate.ids(case, saved.query)
        new = tuple(mail for mail in mails if mail not in saved.known)
        told, total = (self.gate.clock(), self.gate.actor, review.case, name), answer.page.total
        events = [
            QueryRan(*told, answer.as_of, total, new[start : start + MOST])
            for start in range(0, max(1, len(new)), MOST)
        ]
        self.gate.ledger.append(Book.CASES, events)
        return answer, Fresh(saved, total, len(new))

    def new(self, case: str) -> Iterator[Fresh]:
        """Count what each saved search would find for the first time, and leave it new."""
        for saved in self.all(case):
            answer = self.gate.count(case, saved.query)
            fresh = self.gate.count(case, fresh_query(saved)) if saved.known else answer
            yield Fresh(saved, answer.page.total, fresh.page.total)

    def _review(self, case: str, act: str) -> Review:
        return self.gate.review(self.gate.sight(case, act).authority.case)


def fresh_query(saved: Saved) -> str:
    """What finds the messages that a saved search has not found yet."""
    return f"({saved.query}) -seen:{saved.name}"


def find(review: Review, name: str) -> Saved:
    """A saved search by its name. Raises `ReviewRefusedError`."""
    if name not in review.saved:
        raise ReviewRefusedError(
            f"no saved search {name!r}: `section9 saved list --case {review.case}` shows them"
        )
    return review.saved[name]
