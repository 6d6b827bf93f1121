"""The chains of the ledger, and where each ends."""

from dataclasses import dataclass
from enum import StrEnum


class Book(StrEnum):
    """The chains of the ledger."""

    MAIL = "mail"
    CASES = "cases"
    ACCESS = "access"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a book's chain: its last segment's number and the SHA-256 of its bytes."""

    book: Book
    number: int  # 0 for an empty book
    sha256: str  # 64 zeros for an empty book
