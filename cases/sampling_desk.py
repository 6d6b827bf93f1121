"""Where samples of unflagged mail are drawn, opened and judged, each act on the record."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from archive.access_events import Viewed
from archive.books import Book
from archive.case_words import Case
from archive.events import Event
from archive.sampling_events import Found, SampleDrawn, SampleJudged
from archive.segment import hash_of
from cases.answers import Opened
from cases.deciding import record
from cases.gate import Gate
from cases.sampling import Month, Sample, SampleRefusedError, digest, draw, fold, seed
from section9 import Category, MailId

REASON = "a sample of what was not flagged"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody makes of a message that no detector flagged."""

    found: Found
    category: Category | None = None  # of what was missed
    severity: int = 0  # 1 to 5 where something was
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Draws and judges in one case of the standing programme."""

    gate: Gate
    case: Case

    def samples(self) -> list[Sample]:
        """The samples of this case, oldest month first."""
        found = fold(self.gate.ledger.events(Book.CASES))
        mine = (sample for (case, _), sample in found.items() if case == self.case.id)
        return sorted(mine, key=lambda sample: sample.drawn.month)

    def sample(self, month: str = "") -> Sample:
        """The sample of a month, or the last one. Raises `SampleRefusedError`."""
        found = [one for one in self.samples() if month in {"", one.drawn.month}]
        if not found:
            raise SampleRefusedError(
                f"no sample of {month or 'any month'} was drawn in case {self.case.id}: "
                "`section9 sample draw` draws it"
            )
        return found[-1]

    def draw(self, month: Month, *, size: int, by: str = "") -> Sample:
        """Draw a month's sample by lot. There is one: the same again is the same sample.

        `by` draws in the place of whoever reads it: the service.
        """
        segment, sha256 = self._after(month)
        unflagged = self.gate.unflagged(self.case.id, month.begins, month.ends, by=by)
        lot = seed(self.case.id, month, sha256)
        event = SampleDrawn(
            at=self.gate.clock(),
            by=by or self.gate.actor,
            case=self.case.id,
            month=month.name,
            seed=lot,
            segment=segment,
            through=unflagged.answer.as_of.number,
            population=len(unflagged.mails),
            sha256=digest(unflagged.mails),
            flagged=unflagged.flagged,
            withheld=unflagged.withheld,
            mails=draw(unflagged.mails, lot, size=size),
        )

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            return () if (self.case.id, month.name) in fold(events) else (event,)

        record(self.gate.ledger, Book.CASES, decide)
        return self.sample(month.name)

    def open(self, sample: Sample, mail: str = "") -> Opened:
        """Open a message of a sample, or the next that nobody judged. The look is recorded.

        `mail` may begin its id. Raises `SampleRefusedError` where the sample has no such message.
        """
        found = self.named(sample, mail) if mail else next(iter(sample.left), None)
        if found is None:
            raise SampleRefusedError(
                f"all of {sample.drawn.month} is judged: `section9 sample report` says what it "
                "tells of the month"
            )
        return self.gate.drawn(self.case.id, found, reason=f"{REASON}: {sample.drawn.month}")

    def judge(self, sample: Sample, mail: str, judgement: Judgement) -> SampleJudged:
        """Say what was found in a message of a sample; the last word stands."""
        judged = SampleJudged(
            at=self.gate.clock(),
            by=self.gate.actor,
            case=self.case.id,
            month=sample.drawn.month,
            mail=self.named(sample, mail),
            found=judgement.found,
            category=judgement.category,
            severity=judgement.severity,
            reason=judgement.reason.strip(),
        )
        self.gate.sight(self.case.id, "sample", mail)  # who may not look may not judge
        if not self._has_opened(sample, judged.mail):
            raise SampleRefusedError(
                f"{judged.mail[:12]} was not opened by you: `section9 sample show "
                f"{judged.mail[:12]}` opens it"
            )
        record(self.gate.ledger, Book.CASES, lambda _: (judged,))
        return judged

    def _has_opened(self, sample: Sample, mail: MailId) -> bool:
        """Tell whether whoever acts has opened a message since it was drawn."""
        opened = (self.gate.actor, self.case.id, mail, "text")
        for segment in self.gate.ledger.backwards(Book.ACCESS):
            for event in segment.events:
                if isinstance(event, Viewed) and opened == (
                    event.by,
                    event.case,
                    event.mail,
                    event.view,
                ):
                    return True
            if segment.events[-1].at < sample.drawn.at:
                return False
        return False

    def named(self, sample: Sample, mail: str) -> MailId:
        """The message of a sample whose id begins so."""
        found = [one for one in sample.drawn.mails if one.startswith(mail.lower())]
        if len(found) != 1:
            what = "is not in" if not found else "begins several of"
            raise SampleRefusedError(
                f"{mail} {what} the sample of {sample.drawn.month}: "
                "`section9 sample list --mails` names them"
            )
        return found[0]

    def _after(self, month: Month) -> tuple[int, str]:
        """The first segment of the mail book that was written after a month, and its SHA-256."""
        ledger = self.gate.ledger

        def is_after(number: int) -> bool:
            return next(ledger.segments(Book.MAIL, after=number - 1)).events[0].at >= month.ends

        last = ledger.head(Book.MAIL).number
        number = bisect_left(range(1, last + 1), True, key=is_after) + 1  # noqa: FBT003 - what is sought
        if self.gate.clock() < month.ends or number > last:
            raise SampleRefusedError(
                f"{month.name} cannot be drawn yet: the seed is made when the first mail after "
                "the month is filed; run it again then"
            )
        return number, hash_of(ledger.raw(Book.MAIL, number))
