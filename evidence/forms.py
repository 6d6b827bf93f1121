"""The forms that a pack may have besides its pages, and the numbers that lawyers count by."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from section9 import CaseId, Section9Error


class Form(StrEnum):
    """A form of an export; its value is what the ledger calls it."""

    PDF = "pdf"  # each message on paper
    MBOX = "mbox"  # all messages in one file, for a mail program
    LOAD = "load"  # Concordance DAT and OPT, for a review platform
    EDRM = "edrm"  # EDRM XML 1.2, likewise


DOCUMENTED = frozenset({Form.LOAD, Form.EDRM})
"""The forms that list documents by number."""
BATES = "bates:"
PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,19}")
DIGITS = 7


class BatesError(Section9Error):
    """Bates numbers cannot begin like that."""

    exit_code: ClassVar[int] = 2

    def __init__(self, prefix: str) -> None:
        super().__init__(
            f"Bates numbers cannot begin with {prefix!r}: "
            "take a letter and up to 19 more letters, digits, - or _"
        )


@dataclass(frozen=True, slots=True)
class Bates:
    """How documents are numbered: `LARKMERE-0000001`. The first number is 1."""

    prefix: str

    def __post_init__(self) -> None:
        if not PREFIX.fullmatch(self.prefix):
            raise BatesError(self.prefix)

    def number(self, count: int) -> str:
        """Write a number down."""
        return f"{self.prefix}{count:0{DIGITS}}"

    @classmethod
    def of(cls, forms: tuple[str, ...], case: CaseId) -> Self:
        """The numbers that an export's forms ask for, or those of its case."""
        asked = [form.removeprefix(BATES) for form in forms if form.startswith(BATES)]
        return cls(asked[0] if asked else f"{case}-")
