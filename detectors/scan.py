"""The door of the room: text and mail in, findings out.

Every part with text is read, and the subject; file names are not, because a finding's offsets
speak of a part's text. Parts that repeat an earlier one are left out.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice, takewhile

from detectors import pupil_on_roll
from detectors.catalogue import DETECTORS, MAIL_DETECTORS, RULES, TEXT_DETECTORS
from detectors.contract import Context, Detector, Exempt, Judge, Suspect, Text, finding
from detectors.cues import Lexicon, lexicon
from detectors.excerpt import excerpts
from detectors.exposure import QUOTED, Agreed, leaves, weighed
from detectors.language import brief_memory, read
from detectors.normalise import Folded, fold
from detectors.offensive import repeated
from detectors.roll import Roll
from detectors.shapes import zones
from detectors.spans import merged, touches
from detectors.verdict import LEVELS
from section9 import (
    Category,
    Confidence,
    Finding,
    ParsedMail,
    Part,
    PartId,
    PartKind,
    Person,
    Recipient,
    RuleId,
)

SUBJECT = PartId("subject")
TEXT = PartId("text")
MOST_FINDINGS = 1_000
"""Per rule and part. The next suspect becomes one last finding, low, that says: and more."""


Runs = Callable[[RuleId], bool]
"""Tells whether a rule is to run. What it would have found may be another's then."""


@dataclass(frozen=True, slots=True)
class Search:
    """What one detector's cheap search brought, and whether more wait."""

    detector: Detector
    detect: Judge | None = None  # None: its suspects suffice
    suspects: Sequence[Suspect] = ()  # to judge
    spans: Sequence[tuple[int, int]] = ()  # of these, in order
    following: Suspect | None = None  # the first beyond MOST_FINDINGS

    def holds(self, start: int, end: int) -> bool:
        """Tell whether a suspect stands whole within these characters."""
        first = bisect_left(self.spans, (start, start))
        within = takewhile(lambda span: span[0] < end, islice(self.spans, first, None))
        return any(span[1] <= end for span in within)


@dataclass(frozen=True, slots=True)
class Scanner:
    """Runs every detector over mails; holds nothing between one mail and the next."""

    person: Callable[[str], Person | None] = field(kw_only=True, default=lambda _address: None)
    named: Callable[[str], tuple[Person, ...]] = field(kw_only=True, default=lambda _name: ())
    roll: Roll = field(kw_only=True, default_factory=Roll)
    domains: frozenset[str] = field(kw_only=True, default=frozenset())
    agreed: tuple[Agreed, ...] = field(kw_only=True, default=())
    runs: Runs = field(kw_only=True, default=lambda _rule: True)
    exempt: tuple[Exempt, ...] = field(kw_only=True, default=())
    declared: Callable[[], tuple[Exempt, ...]] = field(kw_only=True, default=lambda: ())
    clock: Callable[[], datetime] = field(kw_only=True, default=lambda: datetime.now(UTC))

    @property
    def rules(self) -> str:
        """The versions that run, as the ledger records them: `bank-account/1 nhs-number/1 …`."""
        return " ".join(f"{rule.id}/{rule.version}" for rule in RULES if self.runs(rule.id))

    def scan(
        self, mail: ParsedMail, *, sender: str = "", recipients: Sequence[Recipient] = ()
    ) -> tuple[Finding, ...]:
        """Return what the subject and each part give away, in the mail's order, then the whole.

        `sender` and `recipients` are as the mail server tells them; the headers speak otherwise.
        """
        base = replace(
            self._context(SUBJECT),
            mail=mail,
            parties=_parties(mail, self.roll),
            sender=sender or next((one.address for one in mail.from_), ""),
            recipients=tuple(recipients) or _addressed(mail),
        )
        found = list(_scan(mail.subject, base, self.runs))
        for part in mail.parts:
            if part.text and not part.repeats:
                context = replace(
                    base, part=part.id, kind=part.kind, quoted=part.quoted, hidden=part.hidden
                )
                found.extend(_scan(part.text, context, self.runs))
        found.extend(self._whole(mail, found, base))
        today = self.clock().date()
        if leaves(base, agreed=self.agreed, today=today):
            found = list(pupil_on_roll.raised(found))
        return tuple(weighed(found, base, agreed=self.agreed, today=today))

    def _context(self, part: PartId) -> Context:
        return Context(
            part,
            domains=self.domains,
            person=self.person,
            named=self.named,
            roll=self.roll,
            exempt=(*self.exempt, *self.declared()),
            now=self.clock(),
        )

    def scan_text(self, text: str, *, part: PartId = TEXT) -> tuple[Finding, ...]:
        """Return what a bare text gives away, in order, then what it tells as a letter would."""
        context = self._context(part)
        found = _scan(text, context, self.runs)
        body = Part(part, PartKind.BODY, "text/plain", "", 0, "", text)
        letter = ParsedMail(message_id="", date=None, subject="", from_=(), parts=(body,))
        return (*found, *self._whole(letter, found, context))

    def _whole(self, mail: ParsedMail, found: Sequence[Finding], context: Context) -> list[Finding]:
        """Return what the whole of a message tells, after its texts."""
        more: list[Finding] = []
        for detector in MAIL_DETECTORS:
            seen = list(detector.detect(mail, [*found, *more], context))
            more.extend(one for one in seen if self.runs(one.rule))
        return more


def _scan(text: str, context: Context, runs: Runs) -> list[Finding]:
    """Find in one text; offsets of the findings are into the text as it came."""
    folded = fold(text)
    cues = _lexicon().look(folded.text)
    where = zones(folded.text)
    named = context.roll.named(folded.text, where)
    others = tuple(one for one in named if one.people.isdisjoint(context.parties))
    seen = Text(folded.text, where, folded.joined, cues, others)
    every = (_search(detector, seen) for detector in DETECTORS if runs(detector.rule.id))
    searches = [search for search in every if search.spans]
    spoken = [found for detector in TEXT_DETECTORS for found in detector.detect(seen, context)]
    if not (searches or spoken):
        return []
    found = [
        *_read(folded.joined, searches, context),
        *_plain(searches, context),
        *_unjudged(searches, context),
    ]
    place = _placer(folded, context)
    return sorted(
        map(place, (*_distinct(found), *spoken)), key=lambda each: (each.start, each.end, each.rule)
    )


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    """Return the cues of every rule, ready to be looked for."""
    return lexicon({one.rule.id: one.cues for one in DETECTORS if one.cues})


def _search(detector: Detector, seen: Text) -> Search:
    """Run the cheap search until there are as many suspects as may become findings."""
    cued = not detector.cues or detector.rule.id in seen.cues
    if not (cued or detector.unaided):
        return Search(detector)
    stream = detector.suspects(seen)
    suspects = tuple(islice(stream, MOST_FINDINGS))
    spans = sorted({(each.start, each.end) for each in suspects})
    detect = detector.detect if cued else None
    return Search(detector, detect, suspects, spans, following=next(stream, None))


def _read(text: str, searches: list[Search], context: Context) -> Iterator[Finding]:
    """Read the lines round the suspects and yield what each detector finds there."""
    detects = [(one, one.detect) for one in searches if one.detect]
    spans = sorted(span for search, _ in detects for span in search.spans)
    if not spans:
        return
    with brief_memory():
        for excerpt in excerpts(text, spans):
            doc = read(excerpt.text)
            for search, detect in detects:
                for found in detect(doc, context):
                    start, end = excerpt.place(found.start), excerpt.place(found.end)
                    if search.holds(start, end):
                        yield replace(found, start=start, end=end)


def _addressed(mail: ParsedMail) -> tuple[Recipient, ...]:
    """Return everybody that the headers say it went to."""
    return tuple(Recipient(one.address) for one in (*mail.to, *mail.cc, *mail.bcc))


def _parties(mail: ParsedMail, roll: Roll) -> frozenset[int]:
    """Return who on the roll wrote the mail or got it: a signature tells nothing of anybody."""
    names = "\n".join(one.name for one in (*mail.from_, *mail.to, *mail.cc, *mail.bcc))
    return frozenset().union(*(one.people for one in roll.named(names)))


def _plain(searches: list[Search], context: Context) -> Iterator[Finding]:
    """Yield a finding for each suspect of the rules that look no further."""
    for search in searches:
        for one in search.suspects if not search.detect else ():
            if one.alone:
                yield finding(
                    search.detector.rule,
                    context,
                    start=one.start,
                    end=one.end,
                    confidence=one.alone,
                    why=one.why,
                )


def _unjudged(searches: list[Search], context: Context) -> Iterator[Finding]:
    """Yield, for each rule with more suspects than are judged, one finding that says so."""
    for search in searches:
        if search.following:
            yield finding(
                search.detector.rule,
                context,
                start=search.following.start,
                end=search.following.end,
                confidence=Confidence.LOW,
                why=f"more of this shape from here on: only the first {MOST_FINDINGS:,} are judged",
            )


def _distinct(found: list[Finding]) -> Iterator[Finding]:
    """Yield one finding for each span: the surest, and of equals the first in the catalogue."""
    best: dict[tuple[int, int, bool], Finding] = {}
    for each in found:
        whose = each.rule == pupil_on_roll.RULE.id  # says whose a number is, besides what it is
        place = (each.start, each.end, whose)
        kept = best.setdefault(place, each)
        if LEVELS.index(each.confidence) > LEVELS.index(kept.confidence):
            best[place] = each
    yield from best.values()


def _placer(folded: Folded, context: Context) -> Callable[[Finding], Finding]:
    """Return what moves a finding into the original, and says if it is hidden or quoted there."""
    marks = (
        (merged(context.hidden), "hidden from the reader"),
        (merged(context.quoted), QUOTED),
    )

    def place(found: Finding) -> Finding:
        span = folded.original(found.start, found.end)
        notes = [note for spans, note in marks if touches(spans, span)]
        if QUOTED in notes and found.category is Category.OFFENSIVE:
            found = repeated(found)
        return replace(found, start=span.start, end=span.end, why="; ".join([found.why, *notes]))

    return place
