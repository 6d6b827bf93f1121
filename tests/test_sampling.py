"""Samples of what was not flagged: by lot, on record, and honest about what they cannot say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest
from keeping import NOW, Keeping, keeping
from running import made

from archive.access_events import Refused, Viewed
from archive.books import Book
from archive.case_words import Extent, Purpose, Scope
from archive.sampling_events import Found, SampleDrawn, SampleJudged
from cases.applications import Application
from cases.gate import Gate
from cases.gate_errors import MailNotInScopeError
from cases.proportions import clopper_pearson
from cases.roles import Account, AccountRole, Accounts, RoleMissingError
from cases.sampling import Month, Sample, SampleRefusedError, digest, draw, estimate, seed
from cases.sampling_desk import Judgement, Sampling
from cases.triage.desk import NoProgrammeError, programme
from cases.veil import Protected
from section9 import (
    CaseId,
    Category,
    Confidence,
    Finding,
    MailId,
    PartId,
    RuleId,
)

OCTOBER = Month(date(2026, 10, 1))
NOBODY = Protected()
RIGHT = Judgement(Found.NOTHING)


def mail(number: int, *, sender: str = "a.n@school.example", month: int = 10) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = sender, "b.c@school.example"
    message["Subject"] = f"trip {number}"
    message["Date"] = datetime(2026, month, number % 28 + 1, 9, tzinfo=UTC)
    message["Message-ID"] = f"<{number}.{month}@school.example>"
    message.set_content(f"quagga{number} leaves at nine")
    return message.as_bytes()


def flagged(house: Keeping, found: MailId) -> None:
    """Have a detector flag an archived message."""
    record = house.index.get(found)
    assert record
    finding = Finding(
        *(RuleId("rule"), 1, Category.WELFARE, "5.4", PartId("1"), 0, 3),
        *(Confidence.HIGH, 4, "why"),
    )
    house.index.put((replace(record, findings=(finding,)),), segment=None)


@dataclass(frozen=True)
class School:
    """An archive with twenty messages of October, and somebody who samples it."""

    house: Keeping
    mails: list[MailId]

    def gate(self, actor: str = "i.nspector", *, protected: Protected = NOBODY) -> Gate:
        """The gate, for somebody."""
        house = self.house
        return Gate(
            *(house.casebook, house.ledger, house.index, house.blobs, actor),
            clock=lambda: NOW,
            protected=protected,
        )

    def desk(self) -> Sampling:
        """The desk of the programme's investigator."""
        gate = self.gate()
        return Sampling(gate, programme(gate, "C-0001"))


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    with keeping(tmp_path / "house") as house:
        mails = [house.file(mail(number)) for number in range(20)]
        house.file(mail(1, month=9))
        application = Application(
            purpose=Purpose.LEGAL_OBLIGATION,
            reason="the year's programme",
            authoriser="h.ead",
            investigator="i.nspector",
            scope=Scope((), date(2026, 1, 1), date(2026, 12, 31), domains=("school.example",)),
            expires=datetime(2099, 1, 1, tzinfo=UTC),
            extent=Extent.FLAGGED,
            dpia="D-1",
        )
        house.casebook.open(application)
        yield School(house, mails)


# --- the lot ----------------------------------------------------------------------------------


def test_a_lot_can_be_drawn_again_by_anybody() -> None:
    """From the ids and the seed, in whatever order the ids come; and `sha256sum` gives the sum."""
    mails = [MailId(sha256(bytes([n])).hexdigest()) for n in range(200)]
    lot = seed(CaseId("C-0001"), OCTOBER, "0" * 64)

    drawn = draw(mails, lot, size=10)

    by_hand = sorted(mails, key=lambda one: sha256(f"{lot}\n{one}\n".encode()).hexdigest())[:10]
    assert (tuple(by_hand), drawn) == (drawn, draw(reversed(mails), lot, size=10))
    assert sha256(("\n".join(sorted(mails)) + "\n").encode()).hexdigest() == digest(mails)


def test_every_message_has_the_same_chance() -> None:
    """Over 2,000 seeds each of twenty is drawn about 500 times in lots of five."""
    mails = [MailId(f"{n:064x}") for n in range(20)]

    drawn = Counter(one for n in range(2_000) for one in draw(mails, f"{n:064x}", size=5))

    chi = sum((drawn[mail] - 500) ** 2 / 500 for mail in mails)
    assert chi < 43.8  # of 19 degrees of freedom, once in a thousand; the lots here are fixed


@pytest.mark.parametrize(
    ("some", "many", "low", "high"),
    [  # Clopper and Pearson's own, as R's binom.test gives them
        (0, 100, 0.0, 0.03621669),
        (1, 100, 0.0002531460, 0.05445937),
        (5, 100, 0.01643188, 0.11283491),
        (50, 100, 0.3983211, 0.6016789),
        (100, 100, 0.9637833, 1.0),
        (0, 1000, 0.0, 0.003682084),
    ],
)
def test_the_interval_is_exact(some: int, many: int, low: float, high: float) -> None:
    """To seven digits."""
    found = clopper_pearson(some, many)

    assert found
    assert (low, high) == pytest.approx((found.low, found.high), rel=1e-5)


def test_of_nothing_nothing_is_said() -> None:
    """No judged message, no estimate."""
    assert clopper_pearson(0, 0) is None


# --- what may be drawn ------------------------------------------------------------------------


def test_only_unflagged_mail_of_the_month_is_drawn(school: School) -> None:
    """Not what is flagged, protected, sealed, of another month, or the reader's own."""
    for found in school.mails[:3]:
        flagged(school.house, found)
    protected = school.house.file(mail(30, sender="rep@union.example"))
    mine = school.house.file(mail(31, sender="i.nspector@school.example"))
    casebook = replace(school.house.casebook, accounts=Accounts(domains=("school.example",)))
    union = Protected(domains=("union.example",))
    gate = replace(school.gate(protected=union), casebook=casebook)

    drawn = Sampling(gate, programme(gate, "C-0001")).draw(OCTOBER, size=100).drawn

    assert set(school.mails[3:]) == set(drawn.mails)
    assert (17, 3, 1) == (drawn.population, drawn.flagged, drawn.withheld)
    assert {protected, mine}.isdisjoint(drawn.mails)


def test_a_month_is_drawn_once(school: School) -> None:
    """Whoever dislikes the lot cannot draw another."""
    first = school.desk().draw(OCTOBER, size=5)
    again = school.desk().draw(OCTOBER, size=9)

    assert first.drawn == again.drawn
    assert 1 == sum(isinstance(one, SampleDrawn) for one in school.house.ledger.events(Book.CASES))


def test_the_seed_is_of_the_first_segment_after_the_month(school: School) -> None:
    """It was not known while the month lasted, and it is on the ledger."""
    drawn = school.desk().draw(OCTOBER, size=5).drawn

    first = next(school.house.ledger.segments(Book.MAIL))
    assert drawn.segment == 1  # all was filed in November
    assert seed(drawn.case, OCTOBER, first.sha256) == drawn.seed


def test_a_month_that_lasts_cannot_be_drawn(school: School) -> None:
    """What comes in it would have no chance."""
    with pytest.raises(SampleRefusedError, match="yet"):
        school.desk().draw(Month(date(2026, 11, 1)), size=5)


def test_only_a_standing_programme_is_sampled(school: School) -> None:
    """And by nobody but its investigator."""
    school.house.open_case()

    with pytest.raises(NoProgrammeError):
        programme(school.gate(), "C-0002")
    with pytest.raises(Exception, match="not the investigator"):
        Sampling(school.gate("n.obody"), school.desk().case).draw(OCTOBER, size=5)


# --- looking and judging ----------------------------------------------------------------------


def test_a_look_is_recorded_with_its_reason(school: School) -> None:
    """It opens one message, whole, that was drawn."""
    desk = school.desk()
    sample = desk.draw(OCTOBER, size=5)

    opened = desk.open(sample)

    [viewed] = [one for one in school.house.ledger.events(Book.ACCESS) if isinstance(one, Viewed)]
    assert (sample.drawn.mails[0], "text") == (viewed.mail, viewed.view)
    assert "2026-10" in viewed.reason
    assert "quagga" in opened.record.parsed.parts[0].text


def test_what_was_not_drawn_stays_closed(school: School) -> None:
    """The gate looks it up itself, and writes the refusal down."""
    drawn = school.desk().draw(OCTOBER, size=5).drawn
    other = next(one for one in school.mails if one not in drawn.mails)

    with pytest.raises(MailNotInScopeError):
        school.gate().drawn("C-0001", other, reason="curious")
    with pytest.raises(MailNotInScopeError):
        school.gate().show("C-0001", drawn.mails[0], view="text", reason="not by this door")

    refusals = [one for one in school.house.ledger.events(Book.ACCESS) if isinstance(one, Refused)]
    assert ["sample", "show"] == [one.act for one in refusals]


def test_what_was_not_opened_is_not_judged(school: School) -> None:
    """A sample that nobody reads measures nothing."""
    desk = school.desk()
    sample = desk.draw(OCTOBER, size=5)
    first = sample.drawn.mails[0]

    with pytest.raises(SampleRefusedError, match="not opened"):
        desk.judge(sample, first, RIGHT)
    desk.open(sample, first[:12])
    desk.judge(sample, first[:12], RIGHT)

    assert 4 == len(desk.sample("2026-10").left)


def test_the_last_word_stands(school: School) -> None:
    """Both are on the ledger."""
    desk = school.desk()
    sample = desk.draw(OCTOBER, size=5)
    mail_id = desk.open(sample).record.mail
    desk.judge(sample, mail_id, RIGHT)
    desk.judge(sample, mail_id, Judgement(Found.MISSED, Category.WELFARE, 4))

    told = estimate(desk.sample())

    assert (1, 1) == (told.judged, told.missed)
    events = school.house.ledger.events(Book.CASES)
    assert 2 == sum(isinstance(one, SampleJudged) for one in events)


def test_a_technician_samples_nothing(school: School) -> None:
    """It takes a role that may read."""
    technician = Account("i.nspector", frozenset({AccountRole.TECHNICIAN}))
    casebook = replace(school.house.casebook, accounts=Accounts(known=(technician,)))
    gate = replace(school.gate(), casebook=casebook)

    with pytest.raises(RoleMissingError):
        Sampling(gate, school.desk().case).draw(OCTOBER, size=5)


# --- what it says -----------------------------------------------------------------------------


def sample_of(population: int, judged: int, missed: int) -> Sample:
    mails = tuple(MailId(f"{n:064x}") for n in range(judged))
    drawn = SampleDrawn(
        *(NOW, "i.nspector", CaseId("C-0001"), "2026-10", "0" * 64, 1, 1, population),
        *("0" * 64, 7, 2, mails),
    )
    words = {
        mail: SampleJudged(
            at=NOW,
            by="i.nspector",
            case=CaseId("C-0001"),
            month="2026-10",
            mail=mail,
            found=Found.MISSED if n < missed else Found.NOTHING,
            category=Category.WELFARE if n < missed else None,
            severity=4 if n < missed else 0,
            reason="",
        )
        for n, mail in enumerate(mails)
    }
    return Sample(drawn, words)


@pytest.mark.parametrize(
    ("population", "judged", "missed", "expected"),
    [
        (10_000, 100, 0, (0, 0, 362)),
        (10_000, 100, 1, (100, 2, 545)),
        (100, 100, 1, (1, 1, 1)),  # all were read: nothing is left to guess
        (20, 10, 2, (4, 2, 11)),
        (10_000, 0, 0, (None, None, None)),
    ],
)
def test_an_estimate_counts_messages(
    population: int, judged: int, missed: int, expected: tuple[int | None, ...]
) -> None:
    """No fewer than were seen, no more than may be left."""
    told = estimate(sample_of(population, judged, missed))

    assert expected == (told.count, told.low, told.high)


def test_months_follow_one_another() -> None:
    """Over a year's end too."""
    december = Month.before(datetime(2027, 1, 3, tzinfo=UTC))

    assert ("2026-12", datetime(2027, 1, 1, tzinfo=UTC)) == (december.name, december.ends)
    assert OCTOBER == Month.read("2026-10")


def test_the_commands_go_from_lot_to_report(tmp_path: Path) -> None:
    """As somebody would type them."""
    folder = tmp_path / "mail"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.eml").write_bytes(mail(number))
    grounds = ("--purpose", "b", "--programme", "--dpia", "D-1", "--authoriser", "h.ead")
    dates = ("--since", "2026-01-01", "--until", "2026-12-31", "--expires", "2099-12-31")
    with made(tmp_path / "house", TRUST__DOMAINS='["school.example"]') as house:
        house.must("ingest", folder)
        house.must("case", "open", *grounds, "--reason", "yearly", *dates)
        drawn = house.json("sample", "draw", "--month", "2026-10", "--size", "3")
        first, second, _ = drawn["mails"]
        assert b"quagga" in house.must("sample", "show")
        house.must("sample", "judge", first[:12], "--missed", "welfare", "--severity", "4")
        unseen = house.run("sample", "judge", second, "--nothing")
        wrong = house.run("sample", "judge", second)
        listed = house.must("sample", "list", "--mails").decode()
        told = house.json("sample", "report")
        board = house.json("report", "board", "--year", "2026")

    assert (11, 2) == (unseen.returncode, wrong.returncode)
    assert "missed welfare, severity 4" in listed
    assert (12, 3, 1, 1) == tuple(told[one] for one in ("population", "drawn", "judged", "missed"))
    assert [{"category": "welfare", "missed": 1, "severity": 4}] == told["kinds"]
    [month] = board["missed"]
    counted = tuple(month[one] for one in ("month", "population", "judged", "missed"))
    assert ("2026-10", 12, 1, 1) == counted
