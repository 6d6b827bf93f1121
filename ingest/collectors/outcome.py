"""What a run of a collector tells: as it goes on, and at its end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from ingest.collectors.door import ItemId
from section9 import Change, Source


class Watch(Protocol):
    """Somebody who is told how far a run has come, in messages."""

    def expect(self, amount: int) -> None:
        """So many more are to be fetched."""

    def advance(self, amount: int) -> None:
        """So many more are done."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that could not be taken: where it lies, and why, without any of its text."""

    folder: str
    item: ItemId
    why: str


@dataclass(slots=True)
class Outcome:
    """What a run found in one mailbox: seen = new + known + failed."""

    source: Source
    mailbox: str
    folders: int = 0
    seen: int = 0
    new: int = 0
    known: int = 0
    findings: int = 0
    failed: list[Failure] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)  # folders, and why they were not looked at
    turns: Counter[Change] = field(default_factory=Counter)
