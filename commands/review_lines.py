"""What `--json` prints of reviews, saved searches and term lists. See `lines.py`."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from archive.review_events import Verdict
from cases.answers import Answer
from cases.coverage import Coverage
from cases.reviewing import Opinion, Reviewed, Saved
from cases.termlist import Hits, TermReport
from section9 import CaseId, MailId


class ReviewedLine(Struct, frozen=True, tag_field="schema", tag="section9.reviewed/1"):
    """What was said of how many messages."""

    case: CaseId
    act: str  # tag, note, mark, assign or second
    messages: int


class OpinionLine(Struct, frozen=True):
    """One reviewer's last word."""

    reviewer: str
    verdict: Verdict
    reason: str
    at: datetime


class TagLine(Struct, frozen=True):
    """A tag, and who put it on last."""

    tag: str
    by: str
    at: datetime


class NoteLine(Struct, frozen=True):
    """A note."""

    text: str
    by: str
    at: datetime


class SecondLine(Struct, frozen=True):
    """A second review: whose word, who checks it, and what both said."""

    of: str
    reviewer: str
    first: Verdict
    second: Verdict | None


class ReviewLine(Struct, frozen=True, tag_field="schema", tag="section9.review/1"):
    """All that reviewers of a case said of one message."""

    case: CaseId
    mail: MailId
    verdict: Verdict | None  # that stands
    disputed: bool
    opinions: tuple[OpinionLine, ...]
    settled: OpinionLine | None
    tags: tuple[TagLine, ...]
    notes: tuple[NoteLine, ...]
    assigned: str
    checks: tuple[SecondLine, ...]


class ShareLine(Struct, frozen=True):
    """One reviewer's part of a review."""

    reviewer: str
    decided: int
    undecided: int
    verdicts: dict[str, int]
    assigned: int
    to_do: int
    to_check: int


class AgreementLine(Struct, frozen=True):
    """How many of one reviewer's verdicts another agreed with."""

    of: str
    reviewer: str
    drawn: int
    said: int
    agreed: int


class CoverageLine(Struct, frozen=True, tag_field="schema", tag="section9.coverage/1"):
    """How far a review has come: total = decided + undecided + untouched."""

    case: CaseId
    query: str
    total: int
    decided: int
    undecided: int
    untouched: int
    disputed: int
    verdicts: dict[str, int]  # that stand
    tags: dict[str, int]
    reviewers: tuple[ShareLine, ...]
    second: tuple[AgreementLine, ...]
    unsearchable: int  # messages in scope with text that no search can see
    withheld: int  # of the total, found by their metadata alone
    own: int  # messages in scope that are the reader's own, and are not counted


class SavedLine(Struct, frozen=True, tag_field="schema", tag="section9.saved/1"):
    """A saved search."""

    case: CaseId
    name: str
    query: str
    by: str
    at: datetime
    ran: datetime | None  # last
    total: int  # found now, or by `list` when it last ran
    new: int | None  # found for the first time; None where nobody looked


class TermLine(Struct, frozen=True, tag_field="schema", tag="section9.term/1"):
    """What one term of a list finds."""

    line: int
    term: str
    messages: int
    unique: int  # found by no other term of the list
    threads: int  # conversations that they belong to


class TermsLine(Struct, frozen=True, tag_field="schema", tag="section9.terms/1"):
    """What a list of terms finds together: a message counts once."""

    case: CaseId
    terms: int
    messages: int
    threads: int
    unsearchable: int
    withheld: int
    own: int
    as_of: int  # the last segment of the mail book


def review_line(case: CaseId, mail: MailId, one: Reviewed) -> ReviewLine:
    """What is said of a message."""
    return ReviewLine(
        case=case,
        mail=mail,
        verdict=one.verdict,
        disputed=one.disputed,
        opinions=tuple(map(_opinion, one.opinions.values())),
        settled=_opinion(one.settled) if one.settled else None,
        tags=tuple(TagLine(tag, said.by, said.at) for tag, said in sorted(one.tags.items())),
        notes=tuple(NoteLine(note.text, note.said.by, note.said.at) for note in one.notes),
        assigned=one.assigned,
        checks=tuple(
            SecondLine(check.of, check.reviewer, check.first, check.second)
            for check in one.checks.values()
        ),
    )


def _opinion(one: Opinion) -> OpinionLine:
    return OpinionLine(one.said.by, one.verdict, one.reason, one.said.at)


def coverage_line(query: str, answer: Answer, found: Coverage) -> CoverageLine:
    """How far a review has come."""
    return CoverageLine(
        case=answer.authority.case,
        query=query,
        total=found.total,
        decided=found.decided,
        undecided=found.undecided,
        untouched=found.untouched,
        disputed=found.disputed,
        verdicts={str(verdict): number for verdict, number in found.verdicts.items()},
        tags=dict(found.tags),
        reviewers=tuple(
            ShareLine(
                reviewer=one.reviewer,
                decided=one.decided,
                undecided=one.verdicts.get(Verdict.UNDECIDED, 0),
                verdicts={str(verdict): one.verdicts.get(verdict, 0) for verdict in Verdict},
                assigned=one.assigned,
                to_do=one.to_do,
                to_check=one.to_check,
            )
            for one in found.shares
        ),
        second=tuple(
            AgreementLine(one.of, one.reviewer, one.drawn, one.said, one.agreed)
            for one in found.agreements
        ),
        unsearchable=answer.unsearchable,
        withheld=answer.withheld,
        own=answer.own,
    )


def saved_line(case: CaseId, saved: Saved, *, total: int, new: int | None) -> SavedLine:
    """A saved search, and what it finds."""
    ran = saved.ran.at if saved.ran else None
    said = saved.saved
    return SavedLine(case, saved.name, saved.query, said.by, said.at, ran, total, new)


def term_line(hits: Hits) -> TermLine:
    """What one term finds."""
    return TermLine(hits.term.line, hits.term.text, hits.messages, hits.unique, hits.threads)


def terms_lines(report: TermReport) -> Iterator[TermLine | TermsLine]:
    """What a list finds, term by term, and last what it finds together."""
    yield from map(term_line, report.hits)
    answer = report.answer
    yield TermsLine(
        case=answer.authority.case,
        terms=len(report.hits),
        messages=report.messages,
        threads=report.threads,
        unsearchable=answer.unsearchable,
        withheld=answer.withheld,
        own=answer.own,
        as_of=answer.as_of.number,
    )
