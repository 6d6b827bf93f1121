"""Which segment of a chain was altered? Decided from the hashes alone; no I/O here.

A segment is *vouched for* when the header of the next one, or a head recorded elsewhere, names
the very hash that its bytes have now: no accident and no forger makes that so. Where a header and
the segment before it disagree, one of the two was altered, and the vouched one was not.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, pairwise, tee

from archive.segment import ZEROS


@dataclass(frozen=True, slots=True)
class Link:
    """What a segment says for itself: its bytes' hash, and the hash that its header names."""

    number: int
    sha256: str
    previous: str | None  # None where the header cannot be read or believed


@dataclass(frozen=True, slots=True)
class Missing:
    """Segments `first` to `last`, both included, are gone from the middle."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Altered:
    """One segment is not as it was written."""

    number: int
    why: str


Recorded = Mapping[int, AbstractSet[str]]
"""Hashes that heads elsewhere give for a segment's number."""

BEFORE_ALL = Link(0, ZEROS, None)


def judge(links: Iterable[Link], recorded: Recorded) -> Iterator[Missing | Altered]:
    """Walk a chain in the order of its numbers; three links are in memory at a time.

    A segment may be named more than once. The last is judged by `recorded` alone.
    """
    known = {**recorded, 0: {ZEROS}}
    for before, this, after in _triples(chain([BEFORE_ALL], links)):
        if this.number > before.number + 1:
            yield Missing(before.number + 1, this.number - 1)
        elif this.previous not in {None, before.sha256}:
            yield _culprit(before, this, after, known)


def _culprit(before: Link, this: Link, after: Link | None, recorded: Recorded) -> Altered:
    """Say which of two neighbours was altered, given that `this` names another hash.

    When nobody vouches for `this`, though a next segment could have, then its alteration alone
    explains both disagreements. When there is nobody to speak for either, doubt remains.
    """
    if _is_recorded(before, recorded) or _is_contradicted(this, recorded):
        return Altered(this.number, f"its first line does not name segment {before.number}")
    if _is_recorded(this, recorded) or (after and after.previous == this.sha256):
        return Altered(before.number, f"segment {this.number} names another hash for it")
    if after is None or after.previous is None:
        return Altered(
            before.number,
            f"segment {this.number} names another hash for it, or was itself altered in its "
            "first line: nothing vouches for either",
        )
    return Altered(
        this.number,
        f"neither neighbour agrees with it; segment {before.number} may be altered as well",
    )


def _is_recorded(link: Link, recorded: Recorded) -> bool:
    return link.sha256 in recorded.get(link.number, ())


def _is_contradicted(link: Link, recorded: Recorded) -> bool:
    return link.number in recorded and link.sha256 not in recorded[link.number]


def _triples(links: Iterable[Link]) -> Iterator[tuple[Link, Link, Link | None]]:
    """Yield each link but the first with the one before it, and the one next in number or None."""
    pairs, following = tee(pairwise(links))
    next(following, None)
    afters = chain((after for _, after in following), [None])
    for (before, this), after in zip(pairs, afters, strict=False):
        yield before, this, after if after and after.number == this.number + 1 else None
