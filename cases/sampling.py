"""Samples of what was not flagged: drawn by lot, judged, and what they say of a month. Pure.

Clause 9.5 has the effectiveness of monitoring measured. What the detectors miss cannot be seen in
what they find, so each month some of the rest is drawn by lot and read. Every message of the month
has the same chance, and nobody can choose: the seed is made of the first segment of the mail book
that was written after the month, which nobody could foresee and everybody can look up, and one
draw is made for a month.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import ClassVar

from archive.events import Event
from archive.sampling_events import Found, SampleDrawn, SampleJudged
from cases.proportions import Proportion, clopper_pearson
from section9 import CaseId, Category, MailId, Section9Error

SIZE = 100  # messages, by default: none missed among them says less than 3.7 % are
METHOD = "Clopper-Pearson, 95 %"

Key = tuple[CaseId, str]
"""A case of the standing programme, and a month such as `2026-10`."""


class SampleRefusedError(Section9Error):
    """A sample cannot be drawn or judged as asked; the message says what is wrong with it."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Month:
    """A month, in UTC."""

    first: date

    @classmethod
    def read(cls, text: str) -> "Month":
        """Read `2026-10`. Raises `ValueError`."""
        return cls(datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date())

    @classmethod
    def before(cls, moment: datetime) -> "Month":
        """The last full month."""
        year, month = moment.year, moment.month - 1
        return cls(date(year, month, 1) if month else date(year - 1, 12, 1))

    @property
    def name(self) -> str:
        """`2026-10`."""
        return f"{self.first:%Y-%m}"

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self.first.year, self.first.month, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first moment of the next one."""
        over = self.first.month == 12  # noqa: PLR2004 - December
        return datetime(self.first.year + over, self.first.month % 12 + 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """One month's sample as it stands, with the last word on each message that was judged."""

    drawn: SampleDrawn
    judged: dict[MailId, SampleJudged] = field(default_factory=dict)

    @property
    def left(self) -> tuple[MailId, ...]:
        """What nobody has judged yet, in the order of the lot."""
        return tuple(mail for mail in self.drawn.mails if mail not in self.judged)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sample says of all the unflagged mail of its month.

    `share` and the counts rest on what was judged, and are None while nothing was.
    """

    case: CaseId
    month: str
    population: int  # unflagged messages that could be drawn
    flagged: int
    withheld: int  # messages that nobody may draw: nothing is said of them
    drawn: int
    judged: int
    missed: int
    kinds: tuple[tuple[Category, int, int], ...]  # of what was missed: how many, how grave at most
    share: Proportion | None
    count: int | None  # missed messages in the month, as far as can be told
    low: int | None  # and the interval of that
    high: int | None
    method: str = METHOD


def seed(case: CaseId, month: Month, segment: str) -> str:
    """The seed of a lot; `segment` is the SHA-256 of the segment that it comes from."""
    return sha256(f"section9 sample/1\n{case}\n{month.name}\n{segment}\n".encode()).hexdigest()


def draw(mails: Iterable[MailId], seed: str, *, size: int) -> tuple[MailId, ...]:
    """Draw some by lot: those whose SHA-256 with the seed is lowest, lowest first.

    Whatever order they come in. Each set of that size is as likely as any other, as far as
    SHA-256 is what it is taken for.
    """
    ranked = sorted((sha256(f"{seed}\n{mail}\n".encode()).digest(), mail) for mail in mails)
    return tuple(mail for _, mail in ranked[:size])


def digest(mails: Sequence[MailId]) -> str:
    """The SHA-256 of ids, sorted, one a line: `sort ids.txt | sha256sum` gives it too."""
    return sha256("".join(f"{mail}\n" for mail in sorted(mails)).encode()).hexdigest()


def fold(events: Iterable[Event]) -> dict[Key, Sample]:
    """The samples, from the events of the `cases` book, in its order."""
    samples: dict[Key, Sample] = {}
    for event in events:
        match event:
            case SampleDrawn():
                samples.setdefault((event.case, event.month), Sample(event))
            case SampleJudged():
                samples[event.case, event.month].judged[event.mail] = event
            case _:  # cases, holds and requests stand in the same book
                pass
    return samples


def drawn(events: Iterable[Event], case: CaseId) -> frozenset[MailId]:
    """All that was ever drawn in a case."""
    samples = fold(events).items()
    return frozenset(mail for (of, _), one in samples if of == case for mail in one.drawn.mails)


def estimate(sample: Sample) -> Estimate:
    """What a sample says of its month."""
    drawn, judged = sample.drawn, sample.judged.values()
    missed = [one for one in judged if one.found is Found.MISSED]
    share = clopper_pearson(len(missed), len(judged))
    count, low, high = _counts(share, drawn.population, len(judged), len(missed))
    return Estimate(
        case=drawn.case,
        month=drawn.month,
        population=drawn.population,
        flagged=drawn.flagged,
        withheld=drawn.withheld,
        drawn=len(drawn.mails),
        judged=len(judged),
        missed=len(missed),
        kinds=_kinds(missed),
        share=share,
        count=count,
        low=low,
        high=high,
    )


def estimates(events: Iterable[Event]) -> tuple[Estimate, ...]:
    """What the samples say of which something was judged, by month and case."""
    samples = sorted(fold(events).items(), key=lambda one: one[0][::-1])
    return tuple(estimate(sample) for _, sample in samples if sample.judged)


def _counts(
    share: Proportion | None, population: int, judged: int, missed: int
) -> tuple[int | None, int | None, int | None]:
    """Messages rather than shares: no fewer than were seen, no more than may be left."""
    if share is None:
        return None, None, None
    most = population - (judged - missed)
    low, high = max(missed, int(share.low * population)), min(most, round(share.high * population))
    return round(share.share * population), low, max(low, high)


def _kinds(missed: Iterable[SampleJudged]) -> tuple[tuple[Category, int, int], ...]:
    known = [one for one in missed if one.category]
    counts = Counter(one.category for one in known if one.category)
    return tuple(
        (category, number, max(one.severity for one in known if one.category is category))
        for category, number in counts.most_common()
    )
