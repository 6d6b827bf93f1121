"""What `--json` prints of samples of unflagged mail; see `lines` for the rest and the rule."""

from dataclasses import asdict
from datetime import datetime

from msgspec import Struct

from archive.sampling_events import SampleJudged
from cases.sampling import Estimate, Sample
from section9 import CaseId, MailId


class SampleLine(Struct, frozen=True, tag_field="schema", tag="section9.sample/1"):
    """A sample: enough to draw it again, given the ids of that month."""

    case: CaseId
    month: str
    at: datetime  # when it was drawn
    by: str
    seed: str
    segment: int  # of the mail book, whose SHA-256 the seed is made of
    population: int
    sha256: str  # of the ids that it was drawn from, sorted, one a line
    flagged: int
    withheld: int
    mails: tuple[MailId, ...]  # that were drawn, in the order of the lot
    judged: int
    missed: int


class SampleJudgedLine(Struct, frozen=True, tag_field="schema", tag="section9.sample-judged/1"):
    """What somebody made of one message of a sample."""

    case: CaseId
    month: str
    mail: MailId
    at: datetime
    by: str
    found: str  # nothing, missed
    category: str  # of what was missed
    severity: int
    reason: str


class MissedLine(Struct, frozen=True):
    """What was missed of one category."""

    category: str
    missed: int
    severity: int  # the gravest


class IntervalLine(Struct, frozen=True):
    """A share between 0 and 1, and its interval."""

    share: float
    low: float
    high: float


class EstimateLine(Struct, frozen=True, tag_field="schema", tag="section9.sample-estimate/1"):
    """What a sample says of a month: see `cases.sampling.Estimate`."""

    case: CaseId
    month: str
    population: int
    flagged: int
    withheld: int
    drawn: int
    judged: int
    missed: int
    kinds: tuple[MissedLine, ...]
    share: IntervalLine | None
    count: int | None
    low: int | None
    high: int | None
    method: str


def sample_line(sample: Sample) -> SampleLine:
    """A sample, as `--json` prints it."""
    drawn, judged = sample.drawn, sample.judged.values()
    return SampleLine(
        case=drawn.case,
        month=drawn.month,
        at=drawn.at,
        by=drawn.by,
        seed=drawn.seed,
        segment=drawn.segment,
        population=drawn.population,
        sha256=drawn.sha256,
        flagged=drawn.flagged,
        withheld=drawn.withheld,
        mails=drawn.mails,
        judged=len(judged),
        missed=sum(one.found == "missed" for one in judged),
    )


def judged_line(judged: SampleJudged) -> SampleJudgedLine:
    """A judgement, as `--json` prints it."""
    return SampleJudgedLine(
        case=judged.case,
        month=judged.month,
        mail=judged.mail,
        at=judged.at,
        by=judged.by,
        found=judged.found,
        category=judged.category or "",
        severity=judged.severity,
        reason=judged.reason,
    )


def estimate_line(estimate: Estimate) -> EstimateLine:
    """An estimate, as `--json` prints it."""
    told = asdict(estimate)
    told["kinds"] = tuple(MissedLine(*kind) for kind in estimate.kinds)
    told["share"] = IntervalLine(**asdict(estimate.share)) if estimate.share else None
    return EstimateLine(**told)
