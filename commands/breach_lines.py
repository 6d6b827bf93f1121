"""What `--json` prints of breaches and their register."""

from datetime import datetime

from msgspec import Struct

from archive.breach_events import BreachDecided
from cases.blast import Blast
from cases.blast_reach import HANDS
from cases.breach_risk import Proposal
from cases.breaches import Breach
from cases.deadlines import countdown
from section9 import MailId


class BreachDecisionLine(Struct, frozen=True):
    """What a person decided, and why."""

    at: datetime
    by: str
    verdict: str  # notify, record-only
    likelihood: str
    harm: str
    reason: str


class NotificationLine(Struct, frozen=True):
    """A report that was sent to the Commissioner."""

    phase: str  # initial, further
    sent: datetime
    reference: str
    delay: str  # the reasons for more than 72 hours
    sha256: str  # of the draft that was sent; empty where nobody said


class ToldLine(Struct, frozen=True):
    """People concerned who were told."""

    sent: datetime
    people: int
    how: str


class BreachLine(Struct, frozen=True, tag_field="schema", tag="section9.breach/1"):
    """One breach as it stands: what the Article 33(5) register says of it."""

    breach: str
    case: str
    state: str  # assessing, to-notify, notified, recorded, closed
    opened: datetime
    mails: tuple[MailId, ...]
    rule: str  # the finding that led to it; empty where a person saw it
    aware: datetime
    who: str
    how: str
    corrected: int  # times that the moment of awareness was corrected
    notify_by: datetime
    hours_left: float | None  # less than nothing when overdue; None where they no longer run
    clock: str  # the same in words
    answers: dict[str, str]  # by question
    decision: BreachDecisionLine | None  # the one that stands
    decisions: int
    notifications: tuple[NotificationLine, ...]
    late: bool  # the initial report went out after the 72 hours
    told: tuple[ToldLine, ...]
    not_told: str  # why the people concerned need not be told; empty where nobody decided so
    closed: datetime | None


class ConsiderationLine(Struct, frozen=True):
    """One question of the assessment, and what the mail says to it."""

    question: str
    answer: str


class DataLine(Struct, frozen=True):
    """One kind of personal data: how many records at least, in how many messages."""

    data: str
    records: int
    messages: int


class AssessmentLine(Struct, frozen=True, tag_field="schema", tag="section9.breach-assessment/1"):
    """Whose data is in whose hands, in counts, and what is proposed. Numbers are the least."""

    breach: str
    messages: int
    records: int
    people: int
    pupils: int
    under_13: int
    under_18: int  # those under 13 not among them
    age_unknown: int
    roles: dict[str, int]  # people of the directory whom the mail tells of
    data: tuple[DataLine, ...]
    received: dict[str, int]  # addresses, by who they are to the trust
    outside: int  # of these, neither colleagues nor agreed
    proven: bool  # by a mail server; else the headers alone say so
    sender: str
    copies: int
    deleted: int
    replies: int
    forwards: int
    further: int  # addresses that were sent it only then
    further_outside: int
    recalls: int
    unknowns: tuple[str, ...]
    considered: tuple[ConsiderationLine, ...]
    likelihood: str  # proposed
    harm: str
    verdict: str
    tell_people: bool
    reasons: tuple[str, ...]


class PaperLine(Struct, frozen=True, tag_field="schema", tag="section9.paper/1"):
    """A file that was written for somebody outside."""

    path: str
    size: int
    sha256: str


def assessment_line(breach: Breach, blast: Blast, proposed: Proposal) -> AssessmentLine:
    """A breach's counts and what is proposed, as `--json` prints them."""
    received, after = blast.received, blast.aftermath
    return AssessmentLine(
        breach=breach.id,
        messages=blast.messages,
        records=blast.records,
        people=blast.at_least,
        pupils=blast.pupils,
        under_13=blast.ages.under_13,
        under_18=blast.ages.under_18,
        age_unknown=blast.ages.unknown,
        roles={role.value: count for role, count in blast.people.items()},
        data=tuple(DataLine(one.data, one.records, one.messages) for one in blast.kinds),
        received={HANDS[who]: count for who, count in received.hands.items()},
        outside=received.outside,
        proven=received.proven,
        sender=received.sender,
        copies=received.copies,
        deleted=received.deleted,
        replies=after.replies,
        forwards=after.forwards,
        further=after.further,
        further_outside=after.outside,
        recalls=after.recalls,
        unknowns=blast.unknowns,
        considered=tuple(
            ConsiderationLine(one.question, one.answer) for one in proposed.considered
        ),
        likelihood=proposed.likelihood,
        harm=proposed.harm,
        verdict=proposed.verdict,
        tell_people=proposed.tell_people,
        reasons=proposed.reasons,
    )


def breach_line(breach: Breach, *, now: datetime) -> BreachLine:
    """A breach, as `--json` prints it."""
    left, aware, decided = breach.left(now), breach.awareness[-1], breach.decided
    return BreachLine(
        breach=breach.id,
        case=breach.case,
        state=breach.state,
        opened=breach.opened.at,
        mails=breach.mails,
        rule=breach.opened.rule,
        aware=breach.aware,
        who=aware.who,
        how=aware.how,
        corrected=len(breach.awareness) - 1,
        notify_by=breach.notify_by,
        hours_left=None if left is None else round(left.total_seconds() / 3600, 2),
        clock="" if left is None else countdown(breach.aware, now),
        answers={question.value: answer for question, answer in breach.answers.items()},
        decision=_decision(decided) if decided else None,
        decisions=len(breach.decisions),
        notifications=tuple(
            NotificationLine(one.phase, one.sent, one.reference, one.delay, one.sha256)
            for one in breach.notified
        ),
        late=breach.late,
        told=tuple(ToldLine(one.sent, one.people, one.how) for one in breach.told),
        not_told=breach.not_told[-1].reason if breach.not_told else "",
        closed=breach.closed.at if breach.closed else None,
    )


def _decision(one: BreachDecided) -> BreachDecisionLine:
    return BreachDecisionLine(one.at, one.by, one.verdict, one.likelihood, one.harm, one.reason)
