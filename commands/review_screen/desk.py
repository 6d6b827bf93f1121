"""What a reviewer does at the screen, without the screen: asking, opening, saying. All recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive.books import Book
from archive.review_events import Verdict
from cases.reviewing import Review
from cases.reviews import ReviewRefusedError
from commands.review_screen.keys import FILTERS
from commands.review_screen.pile import Pile, ask, conversation, more
from search.order import Order
from section9 import CaseId, MailId

if TYPE_CHECKING:
    from cases.answers import Answer, Opened
    from cases.reviews import Reviews
    from cases.saved import Fresh, Searches
    from commands.app import Looked


@dataclass(slots=True)
class Desk:
    """One reviewer at one case. Every method may raise a `Section9Error`, to be told as it is."""

    reviews: "Reviews"
    searches: "Searches"
    case: CaseId
    looked: "Looked"
    query: str = "*"
    only: str = "all"  # which of `FILTERS`
    order: Order = Order.NEWEST
    total: int = 0  # messages that the query finds, whatever the filter
    read: int = 0  # segments of the cases book
    mails: frozenset[MailId] = field(default_factory=frozenset)  # the same, by id

    @property
    def actor(self) -> str:
        """Who reviews."""
        return self.reviews.gate.actor

    def review(self) -> Review:
        """What is said so far, by everybody: the same object each time, read on."""
        return self.reviews.gate.review(self.case)

    def heard(self) -> bool:
        """Read on in what is said; tell whether anything was."""
        before, now = self.read, self.reviews.gate.ledger.head(Book.CASES).number
        self.read = now
        self.review()
        return now != before

    def pile(self) -> Pile:
        """The first page of what is asked for now."""
        narrowed = FILTERS[self.only].format(query=self.query, actor=self.actor)
        query = self.query if self.only == "all" else narrowed
        return ask(self.reviews.gate, self.case, query, self.order)

    def more(self, pile: Pile) -> Pile:
        """The pile with its next page."""
        return more(self.reviews.gate, self.case, pile)

    def conversation(self, mail: MailId) -> Pile:
        """The conversation of a message."""
        return conversation(self.reviews.gate.thread(self.case, mail))

    def open(self, mail: MailId, *, view: str = "text", reason: str = "") -> "Opened":
        """Open a message, as `section9 show` does."""
        return self.reviews.gate.show(self.case, mail, view=view, reason=reason)

    def survey(self) -> "Answer":
        """Name all that the query finds, to tell how much of it is reviewed."""
        answer, mails = self.reviews.gate.ids(self.case, self.query)
        self.mails = frozenset(mails)
        return answer

    def decided(self) -> int:
        """How many of what the query finds are reviewed."""
        return len(self.review().decided & self.mails)

    def mark(self, mails: Iterable[MailId], verdict: Verdict, *, reason: str = "") -> int:
        """Say what messages are to the case."""
        return self.reviews.mark(self.case, mails, verdict, reason=reason)

    def settle(self, mails: Sequence[MailId], typed: str) -> int:
        """End a dispute by `VERDICT why`."""
        word, _, reason = typed.strip().partition(" ")
        verdict = next((one for one in Verdict if one.value.startswith(word.lower())), None)
        if verdict is None or not word:
            raise ReviewRefusedError(f"begin with a verdict: {', '.join(Verdict)}; then say why")
        return self.reviews.mark(self.case, mails, verdict, reason=reason, settle=True)

    def tag(self, mails: Iterable[MailId], typed: str) -> int:
        """Put on the tags that are typed, and take off those with a dash before them."""
        words = typed.split()
        added = [word.removeprefix("+").removeprefix("#") for word in words if word[0] != "-"]
        removed = [word.removeprefix("-") for word in words if word[0] == "-"]
        return self.reviews.tag(self.case, mails, add=added, remove=removed)

    def note(self, mails: Iterable[MailId], typed: str) -> int:
        """Write a note."""
        return self.reviews.note(self.case, mails, typed)

    def assign(self, mails: Iterable[MailId], typed: str) -> int:
        """Give messages to a reviewer."""
        return self.reviews.assign(self.case, mails, typed.strip())

    def tags(self) -> list[str]:
        """The tags of the case, for completion."""
        return sorted({tag for one in self.review().mails.values() for tag in one.tags})

    def readers(self) -> list[str]:
        """The reviewers of the case, for completion."""
        return sorted(self.reviews.gate.casebook.case(self.case).readers)

    def news(self) -> "list[Fresh]":
        """What each saved search would find for the first time."""
        return list(self.searches.new(self.case))

    def run_saved(self, name: str) -> "Fresh":
        """Run a saved search; what it finds is new no more."""
        return self.searches.run(self.case, name)[1]
