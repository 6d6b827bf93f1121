"""The reviews of cases as they stand, read on in the `cases` book as it grows."""

from archive.books import Book
from archive.ledger import Ledger
from cases.reviewing import Review
from section9 import CaseId


class Reviewbook:
    """Keeps the review of each case that was asked for, so that no page folds the book anew."""

    def __init__(self) -> None:
        self._reviews: dict[CaseId, Review] = {}
        self._read: dict[CaseId, int] = {}  # segments of the book

    def review(self, ledger: Ledger, case: CaseId) -> Review:
        """The review of a case as it is now: the same object each time, read on."""
        review = self._reviews.setdefault(case, Review(case))
        for segment in ledger.segments(Book.CASES, after=self._read.get(case, 0)):
            for event in segment.events:
                review.take(event)
            self._read[case] = segment.number
        return review
