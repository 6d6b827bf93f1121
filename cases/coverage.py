"""How far a review has come: what is decided, by whom, and how well two reviewers agree. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.review_events import Verdict
from cases.reviewing import Check, Review, Reviewed
from section9 import MailId


@dataclass(frozen=True, slots=True)
class Share:
    """One reviewer's part."""

    reviewer: str
    verdicts: Mapping[Verdict, int]  # the last word of this reviewer, whatever others said
    assigned: int
    to_do: int  # of those, not decided by them
    to_check: int  # second reviews that they have not made

    @property
    def decided(self) -> int:
        """How many messages they decided."""
        return sum(self.verdicts.values()) - self.verdicts.get(Verdict.UNDECIDED, 0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far one reviewer's second word on another's verdicts agrees with the first."""

    of: str
    reviewer: str
    drawn: int
    said: int
    agreed: int

    @property
    def rate(self) -> float | None:
        """The share that agrees of what was said; None while nothing is."""
        return self.agreed / self.said if self.said else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the review of some messages has come: total = decided + undecided + untouched."""

    total: int
    decided: int
    undecided: int  # looked at, and left open
    disputed: int
    verdicts: Mapping[Verdict, int]  # that stand
    tags: Mapping[str, int]
    shares: tuple[Share, ...]  # by name
    agreements: tuple[Agreement, ...]

    @property
    def untouched(self) -> int:
        """How many nobody has said anything of."""
        return self.total - self.decided - self.undecided


def coverage(review: Review, mails: Iterable[MailId], reviewers: Iterable[str]) -> Coverage:
    """Measure the review of some messages; `reviewers` are whom the case lets in now."""
    reviewed = [review.of(mail) for mail in mails]
    verdicts = Counter(one.verdict for one in reviewed if one.verdict)
    names = {*reviewers, *(name for one in reviewed for name in (*one.opinions, one.assigned))}
    return Coverage(
        total=len(reviewed),
        decided=sum(one.decided for one in reviewed),
        undecided=verdicts[Verdict.UNDECIDED],
        disputed=sum(one.disputed for one in reviewed),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
        tags=dict(sorted(Counter(tag for one in reviewed for tag in one.tags).items())),
        shares=tuple(_share(name, reviewed) for name in sorted(names - {""})),
        agreements=tuple(_agreements(reviewed)),
    )


def _share(name: str, reviewed: list[Reviewed]) -> Share:
    said = [one.opinions[name].verdict for one in reviewed if name in one.opinions]
    given = [one for one in reviewed if one.assigned == name]
    left = [one for one in given if name not in one.opinions]
    checks = sum(name in one.awaited for one in reviewed)
    return Share(name, Counter(said), len(given), len(left), checks)


def _agreements(reviewed: list[Reviewed]) -> Iterable[Agreement]:
    pairs: dict[tuple[str, str], list[Check]] = {}
    for one in reviewed:
        for pair, check in one.checks.items():
            pairs.setdefault(pair, []).append(check)
    for (of, reviewer), checks in sorted(pairs.items()):
        said = sum(check.second is not None for check in checks)
        yield Agreement(of, reviewer, len(checks), said, sum(check.agreed for check in checks))
