"""What a mail server says that it delivered, held against what the archive has.

By Message-ID, and recipient by recipient where a mail server told the archive who got the message.
What is counted adds up: lines = archived + incomplete + missing + every kind of skipped line.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from ingest.traces.claim import Claim, Entry, Skipped

BATCH = 2_000  # lines held against the index at once

Lookup = Callable[[Iterable[str]], Mapping[str, frozenset[str]]]
"""Gives for each Message-ID that is archived everybody who is proven to have been sent it."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A delivery that the archive does not know of."""

    claim: Claim
    recipients: tuple[str, ...]  # who is not known to have got it; none: the message is not there

    @property
    def whole(self) -> bool:
        """Whether the message itself is missing."""
        return not self.recipients


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of some lines."""

    archived: int
    missing: tuple[Missing, ...]
    skipped: Mapping[Skipped, int]


def reconcile(entries: Iterable[Entry], sent_to: Lookup) -> Iterator[Compared]:
    """Hold the entries of a trace against the archive, some at a time."""
    rest = iter(entries)
    while some := list(islice(rest, BATCH)):
        claims = [one for one in some if isinstance(one, Claim)]
        known = sent_to({claim.message_id for claim in claims})
        missing = tuple(gap for claim in claims if (gap := compare(claim, known)))
        skipped = Counter(one for one in some if isinstance(one, Skipped))
        yield Compared(len(claims) - len(missing), missing, skipped)


def compare(claim: Claim, known: Mapping[str, frozenset[str]]) -> Missing | None:
    """Say what of one delivery the archive lacks."""
    proven = known.get(claim.message_id)
    if proven is None:
        return Missing(claim, ())
    lacking = tuple(one for one in claim.recipients if one not in proven)
    return Missing(claim, lacking) if proven and lacking else None
