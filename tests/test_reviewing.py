"""Reviewing: what reviewers say stands on the ledger, and nobody's word is lost by another's."""

from collections.abc import Iterator
from pathlib import Path

import elastic_indices
import pytest
from reviewing_house import FIRST, HEAD, NOW, SECOND, ReviewHouse, mail, review_house

from archive.access_events import Refused
from archive.books import Book
from archive.review_events import Judged, Tagged, Verdict
from cases.applications import CaseRefusedError
from cases.authority import NotInvestigatorError
from cases.exporting import ExportChangedError, Exports, Wish
from cases.gate_errors import MailNotInScopeError, PrivilegedError
from cases.holds import HoldRefusedError, Terms, check
from cases.oversight import facts, mails
from cases.review_words import STATES, in_state, tagged
from cases.reviewing import Check, fold
from cases.reviews import Draw, ReviewRefusedError, drawn
from cases.saved import Searches
from cases.termlist import count, read
from search.fields import REVIEW_STATES
from section9 import CaseId, MailId

RELEVANT, NOT_RELEVANT, PRIVILEGED, UNDECIDED = Verdict
CASE = CaseId("C-0001")
MAIL = MailId("a" * 64)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ReviewHouse]:
    with review_house(tmp_path) as opened:
        yield opened


def judged(by: str, verdict: Verdict, *, minute: int, settles: bool = False) -> Judged:
    at = NOW.replace(minute=minute)
    return Judged(at, by, CASE, (MAIL,), verdict, "", settles=settles)


# --- the fold ---------------------------------------------------------------------------------


def test_each_reviewers_last_word_stands_beside_the_others() -> None:
    """The fold says who said what last, and that they disagree."""
    events = [
        judged(FIRST, RELEVANT, minute=1),
        judged(SECOND, NOT_RELEVANT, minute=2),
        judged(SECOND, RELEVANT, minute=3),
        judged(FIRST, NOT_RELEVANT, minute=4),
    ]

    found = fold(events, CASE).of(MAIL)

    assert {FIRST: NOT_RELEVANT, SECOND: RELEVANT} == {
        by: opinion.verdict for by, opinion in found.opinions.items()
    }
    assert (NOT_RELEVANT, True) == (found.verdict, found.disputed)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_one_word_of_privilege_outweighs_the_others(order: tuple[int, int]) -> None:
    """What might be privileged is kept as such, whoever spoke last, until it is settled."""
    first, second = order
    events = [
        judged(FIRST, PRIVILEGED, minute=first),
        judged(SECOND, RELEVANT, minute=second),
    ]

    settled = [*events, judged(FIRST, RELEVANT, minute=3, settles=True)]

    assert PRIVILEGED == fold(events, CASE).of(MAIL).verdict
    assert (RELEVANT, False) == (
        fold(settled, CASE).of(MAIL).verdict,
        fold(settled, CASE).of(MAIL).disputed,
    )


def test_a_word_after_the_settling_opens_the_matter_again() -> None:
    """Settled is not sealed: a reviewer who learns more is heard."""
    events = [
        judged(FIRST, RELEVANT, minute=1, settles=True),
        judged(SECOND, NOT_RELEVANT, minute=2),
    ]

    assert fold(events, CASE).of(MAIL).disputed


def test_who_left_it_open_disagrees_with_nobody() -> None:
    """`undecided` says that somebody looked, no more."""
    events = [judged(FIRST, RELEVANT, minute=1), judged(SECOND, UNDECIDED, minute=2)]

    found = fold(events, CASE).of(MAIL)

    assert (UNDECIDED, False) == (found.verdict, found.disputed)


def test_tags_of_two_reviewers_add_up() -> None:
    """Neither's tags take the other's off; a removal takes off what it names."""
    events = [
        Tagged(NOW, FIRST, CASE, (MAIL,), ("hot", "coach"), ()),
        Tagged(NOW, SECOND, CASE, (MAIL,), ("hr/grievance",), ("coach",)),
    ]

    review = fold(events, CASE)

    assert {"hot", "hr/grievance"} == set(review.of(MAIL).tags)
    assert frozenset({MAIL}) == tagged(review, "hot")
    assert frozenset() == tagged(review, "coach")


def test_a_review_knows_nothing_of_another_case() -> None:
    """What is said in one case stays there."""
    review = fold([judged(FIRST, RELEVANT, minute=1)], CaseId("C-0002"))

    assert {} == review.mails


def test_the_draw_can_be_made_again() -> None:
    """The same messages and seed draw the same sample, in whatever order they come."""
    some = [MailId(f"{number:064x}") for number in range(100)]

    first = drawn(some, Draw(0.1, 7))

    assert first == drawn(some[::-1], Draw(0.1, 7))
    assert 10 == len(first)
    assert first != drawn(some, Draw(0.1, 8))


# --- saying it --------------------------------------------------------------------------------


def test_two_reviewers_at_once_are_both_recorded(house: ReviewHouse) -> None:
    """Each has a fold of their own from before the other spoke; both acts stand."""
    first, second = house.reviews(FIRST), house.reviews(SECOND)
    first.review(CASE)
    second.review(CASE)

    first.mark(CASE, house.mails, RELEVANT)
    second.mark(CASE, house.mails[:2], NOT_RELEVANT)

    assert house.mails[2:] == [
        mail for mail in house.mails if mail not in in_state(first.review(CASE), "disputed")
    ]
    assert first.review(CASE) == second.review(CASE)


def test_one_act_of_thousands_is_one_segment(house: ReviewHouse) -> None:
    """However many are tagged at once, the ledger grows by one file."""
    house.mails += house.file(*(mail(number) for number in range(10, 30)))
    before = house.ledger.head(Book.CASES).number

    done = house.reviews(FIRST).tag(CASE, house.mails, add=["Coach"])

    assert (25, before + 1) == (done, house.ledger.head(Book.CASES).number)
    [event] = house.ledger.events(Book.CASES, after=before)
    assert isinstance(event, Tagged)
    assert ("coach",) == event.added


def test_what_is_out_of_scope_is_not_marked(house: ReviewHouse) -> None:
    """Neither by its whole id nor by its beginning; and the attempt is on record."""
    [outside] = house.file(mail(9, sender="union@other.example"))
    reviews = house.reviews(FIRST)

    for name in (outside, outside[:12]):
        with pytest.raises(MailNotInScopeError):
            reviews.mark(CASE, [house.mails[0], name], RELEVANT)

    assert {} == reviews.review(CASE).mails
    refused = [one for one in house.ledger.events(Book.ACCESS) if isinstance(one, Refused)]
    assert [outside, outside[:12]] == [one.mail for one in refused]


def test_a_stranger_says_nothing(house: ReviewHouse) -> None:
    """Only whom the case lets in reviews it."""
    with pytest.raises(NotInvestigatorError):
        house.reviews("s.tranger").tag(CASE, house.mails, add=["hot"])


@pytest.mark.parametrize("by", [SECOND, HEAD])
def test_nobody_lets_in_themselves_or_the_authoriser(house: ReviewHouse, by: str) -> None:
    """An account is let in by another, and who authorised the case never reads in it."""
    with pytest.raises(CaseRefusedError):
        house.casebook(by).admit(CASE, HEAD, reason="to help")


def test_a_dismissed_reviewer_sees_no_more_and_their_word_stands(house: ReviewHouse) -> None:
    """The end of somebody's part is no end of what they said."""
    house.reviews(SECOND).mark(CASE, house.mails[:1], RELEVANT)

    house.casebook(FIRST).dismiss(CASE, SECOND, reason="left the trust")

    with pytest.raises(NotInvestigatorError):
        house.reviews(SECOND).review(CASE)
    assert RELEVANT == house.reviews(FIRST).review(CASE).of(house.mails[0]).verdict


def test_only_the_investigator_settles_and_says_why(house: ReviewHouse) -> None:
    """A dispute ends by the word of whoever answers for the case."""
    with pytest.raises(ReviewRefusedError, match=r"only i\.nspector settles"):
        house.reviews(SECOND).mark(CASE, house.mails, RELEVANT, reason="so", settle=True)
    with pytest.raises(ReviewRefusedError, match="--reason"):
        house.reviews(FIRST).mark(CASE, house.mails, RELEVANT, settle=True)


@pytest.mark.parametrize("tag", ["", "two words", "a" * 65, "-start", "ü"])
def test_a_tag_is_a_plain_word(house: ReviewHouse, tag: str) -> None:
    """What cannot be asked for as `tag:x` is no tag."""
    with pytest.raises(ReviewRefusedError, match="a tag is"):
        house.reviews(FIRST).tag(CASE, house.mails, add=[tag])


# --- asking for it ----------------------------------------------------------------------------


def test_the_words_of_a_review_are_those_of_the_query_language() -> None:
    """`is:` takes each state that the fold knows, and no other."""
    assert set(REVIEW_STATES) == set(STATES)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag:hr/grievance", {0, 1}),
        ("tag:hr/*", {0, 1}),
        ("tag:*", {0, 1, 4}),
        ("tag:hr/grievance -is:relevant", {1}),
        ("is:relevant OR is:not-relevant", {0, 2}),
        ("-is:reviewed", {1, 3, 4}),
        ("NOT (tag:hot OR is:noted)", {0, 1, 2}),
        ("assigned:s.econd", {3}),
        ("assigned:*", {3}),
        ("todo:s.econd", {3}),
        ("-seen:trips", {3, 4}),
        ("tag:nobody OR seen:nobody", set()),
        ("is:disputed", set()),
    ],
)
def test_a_query_asks_for_what_reviewers_said(
    house: ReviewHouse, query: str, found: set[int]
) -> None:
    """The ledger keeps the question as it was typed, and not the ids that it stood for."""
    reviews, mails = house.reviews(FIRST), house.mails
    reviews.tag(CASE, mails[:2], add=["hr/grievance"])
    reviews.tag(CASE, mails[4:], add=["hot"])
    reviews.mark(CASE, mails[:1], RELEVANT)
    reviews.mark(CASE, mails[2:3], NOT_RELEVANT)
    reviews.assign(CASE, mails[3:4], SECOND)
    reviews.note(CASE, mails[3:4], "see the letter")
    Searches(reviews.gate).add(CASE, "trips", "subject:(0 OR 1 OR 2)")
    Searches(reviews.gate).run(CASE, "trips")

    answer = house.gate(FIRST).search(CASE, query, limit=9)

    assert found == {mails.index(hit.mail) for hit in answer.page.hits}
    assert not any(mail in answer.ran for mail in mails)


def test_a_hold_is_not_of_a_review() -> None:
    """What is kept must not change by a reviewer's next word."""
    with pytest.raises(HoldRefusedError, match="outlives a review"):
        check(Terms("why", query="tag:hot"))


@pytest.mark.parametrize("engine", ["sqlite", "elasticsearch"])
def test_both_engines_know_the_words_of_a_review_and_count_terms(
    engine: str, tmp_path: Path
) -> None:
    """What a review asks of an index, either engine answers alike."""
    index = elastic_indices.empty() if engine == "elasticsearch" else None
    with review_house(tmp_path, index=index) as house:
        reviews, gate = house.reviews(FIRST), house.gate(FIRST)
        reviews.mark(CASE, house.mails[:2], RELEVANT)
        listed = read("subject:0\nsubject:(0 OR 1)\ncoach -is:reviewed\n")

        report = count(gate, CASE, listed, advance=lambda _: None)
        _, covered = reviews.coverage(CASE, "coach")

        counts = [(one.messages, one.unique, one.threads) for one in report.hits]
        assert [(1, 0, 1), (2, 1, 2), (3, 3, 3)] == counts
        assert (5, 5) == (report.messages, report.threads)
        assert (5, 2, 3) == (covered.total, covered.decided, covered.untouched)


# --- the second review ------------------------------------------------------------------------


def test_a_second_review_counts_agreement_by_what_was_said_first(house: ReviewHouse) -> None:
    """The second word is the one given after the asking; changing it later changes no count."""
    first, second = house.reviews(FIRST), house.reviews(SECOND)
    second.mark(CASE, house.mails, NOT_RELEVANT)
    first.ask_again(CASE, of=SECOND, reviewer=FIRST, draw=Draw(1.0, 1))

    first.mark(CASE, house.mails[:3], NOT_RELEVANT)
    first.mark(CASE, house.mails[3:4], RELEVANT)
    first.mark(CASE, house.mails[3:4], NOT_RELEVANT)

    review = first.review(CASE)
    checks = [review.of(mail).checks[SECOND, FIRST] for mail in house.mails]
    assert [True, True, True, False, False] == [one.agreed for one in checks]
    assert Check(SECOND, FIRST, NOT_RELEVANT, None) == checks[4]


def test_what_was_drawn_is_not_drawn_again(house: ReviewHouse) -> None:
    """Two samples of the same reviewer are two samples."""
    house.reviews(SECOND).mark(CASE, house.mails, NOT_RELEVANT)
    first = house.reviews(FIRST)

    numbers = [
        first.ask_again(CASE, of=SECOND, reviewer=FIRST, draw=Draw(share, 1))
        for share in (0.4, 1.0)
    ]

    assert [2, 3] == numbers
    with pytest.raises(ReviewRefusedError, match="nothing"):
        first.ask_again(CASE, of=SECOND, reviewer=FIRST, draw=Draw(1.0, 1))


# --- privilege --------------------------------------------------------------------------------


def test_privileged_mail_is_in_no_export(house: ReviewHouse) -> None:
    """It is listed as withheld, for that reason; and an export from before is not made again."""
    exports = Exports(house.gate(FIRST))
    before = exports.begin(CASE, Wish("*"))

    house.reviews(SECOND).mark(CASE, house.mails[:1], PRIVILEGED, reason="counsel's advice")

    after = exports.begin(CASE, Wish("*")).event
    assert (set(house.mails[1:]), (house.mails[0],), (house.mails[0],)) == (
        set(after.mails),
        after.withheld,
        after.privileged,
    )
    with pytest.raises(ExportChangedError):
        exports.again(CASE, before.number)


def test_privileged_mail_is_closed_to_reviewers_with_no_part_in_it(house: ReviewHouse) -> None:
    """The investigator reads it, to settle what it is; another reviewer sees that it exists."""
    house.reviews(FIRST).mark(CASE, house.mails[:1], PRIVILEGED, reason="counsel's advice")
    other, own = house.gate(SECOND), house.gate(FIRST)

    assert "metadata" == other.show(CASE, house.mails[0], view="text").view
    with pytest.raises(PrivilegedError):
        other.show(CASE, house.mails[0], view="raw")
    assert (5, 1) == (
        (found := other.search(CASE, "*", limit=9)).page.total,
        found.withheld,
    )
    assert 4 == other.count(CASE, "coach").page.total
    assert "text" == own.show(CASE, house.mails[0], view="text").view


# --- the log ----------------------------------------------------------------------------------


def test_the_audit_log_tells_of_it_without_what_was_typed(house: ReviewHouse) -> None:
    """Counts, verdicts and accounts are facts; tags, notes and reasons are not."""
    reviews = house.reviews(FIRST)
    start = house.ledger.head(Book.CASES).number

    reviews.tag(CASE, house.mails, add=["quagga"])
    reviews.note(CASE, house.mails, "quagga")
    reviews.mark(CASE, house.mails, PRIVILEGED, reason="quagga")

    told = [facts(event) for event in house.ledger.events(Book.CASES, after=start)]
    assert [
        {"mails": 5, "added": 1, "removed": 0},
        {"mails": 5},
        {"mails": 5, "verdict": "privileged", "settles": False},
    ] == told
    [*_, last] = house.ledger.events(Book.CASES)
    assert set(house.mails) == set(mails(last))
