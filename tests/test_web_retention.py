"""Web lines go after six months (clause 5.5), but for what a hold keeps; and that is proven."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from running import House, made
from weblogs import NOW, squid, taking

from archive import certificates, web_book
from archive.blobs import Blobs
from archive.books import Book
from archive.case_words import CaseKind, Extent, Purpose, Scope
from archive.verify import verify
from archive.walk import ProblemKind
from archive.web_certificates import WebCertificate
from archive.web_events import WebPurged, WebPurgeFinished
from cases.applications import Application
from cases.casebook import Casebook
from cases.holds import Holds, Terms
from cases.web_purge import WebPurge
from cases.web_sight import Users
from ingest.weblogs.forms import Terms as LogTerms
from ingest.weblogs.lines import RawLine
from ingest.weblogs.replay import catch_up
from ingest.weblogs.take import Taking
from search.tree import Everything
from search.web import WebIndex
from search.web_sqlite import open_web_sqlite

JANE = "j.doe@school.example"
WHO = Users(
    of=lambda address: (address.partition("@")[0], address),
    at=lambda _: ("j.doe", "ann"),
    like=lambda name: ("j.doe",) if "doe" in name else (),
)
OLD = NOW - timedelta(days=200)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Keeping:
    """A small archive of web lines, and what purges it."""

    taking: Taking
    index: WebIndex
    purge: WebPurge
    holds: Holds
    casebook: Casebook

    def take(self, *lines: str) -> None:
        """Take a log in."""
        raws = (RawLine(number, line.encode()) for number, line in enumerate(lines, 1))
        done = self.taking.take(raws, LogTerms(), name="log", oldest=None, growing=False)
        assert list(done)

    def lines(self) -> list[str]:
        """Every line that the archive holds."""
        book = web_book.read(self.taking.ledger, self.taking.batches.store)
        blobs = [batch.blob for batch in book.batches.values() if batch.blob]
        return [line.decode() for blob in blobs for line in self.taking.batches.get(blob)]

    def open_case(self, *people: str, kind: CaseKind = CaseKind.INVESTIGATION) -> str:
        """Open a case on somebody's visits of all years."""
        application = Application(
            purpose=Purpose.WRONGFUL_ACT,
            reason="HR referral 17",
            authoriser="h.ead",
            investigator="i.nspector",
            scope=Scope(people, date(2000, 1, 1), date(2030, 12, 31)),
            expires=datetime(2099, 1, 1, tzinfo=UTC),
            kind=kind,
            extent=Extent.CONTENT,
        )
        return self.casebook.open(application).id

    def problems(self) -> list[ProblemKind]:
        """What `verify` finds."""
        store = self.taking.batches.store
        return [one.kind for one in verify(Blobs(store), self.taking.ledger).problems]


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Iterator[Keeping]:
    work, index = taking(tmp_path)
    with closing(index):
        yield Keeping(
            work,
            index,
            WebPurge(work.ledger, work.batches, index, WHO, 6, "section9", lambda: NOW),
            Holds(work.ledger, "i.nspector", lambda: NOW),
            Casebook(work.ledger, actor="i.nspector", clock=lambda: NOW),
        )


def test_lines_go_when_their_time_is_over(kept: Keeping) -> None:
    """Each by its own time, in the index and in the archive; the rest stays as it is."""
    old, new = squid(1, time=OLD), squid(2)
    kept.take(old, new, squid(3, time=OLD, user="ann"))

    ran = kept.purge.run()

    assert (2, 0, 1) == (ran.purged, ran.kept, len(ran.certificates))
    assert [new] == kept.lines()
    assert 1 == kept.index.count(Everything())
    assert [] == kept.problems()
    assert 0 == kept.purge.run().purged


def test_what_is_held_stays_and_its_neighbours_go(kept: Keeping) -> None:
    """One person's hold keeps nobody else's lines; released, the next run takes them."""
    mine, theirs = squid(1, time=OLD), squid(2, time=OLD, user="ann")
    kept.take(mine, theirs, "half a line")
    case = kept.open_case("ann@school.example")
    kept.holds.place(case, Terms("tribunal", people=(JANE,)))
    kept.casebook.close(case, reason="done")

    ran = kept.purge.run()

    assert (1, 1) == (ran.purged, ran.kept)
    assert [mine, "half a line"] == kept.lines()
    assert [] == kept.problems()


@pytest.mark.parametrize(
    ("terms", "stays"),
    [
        (Terms("why", people=(JANE,)), {"j.doe"}),
        (Terms("why", people=(JANE,), until=OLD.date() - WEEK), set()),
        (Terms("why", people=(JANE,), since=OLD.date(), until=OLD.date()), {"j.doe"}),
        (Terms("why", query="from:j.doe@school.example"), {"j.doe"}),
        (Terms("why", query='to:"jane doe" grievance'), {"j.doe"}),
        (Terms("why", query="grievance -from:j.doe@school.example"), {"ann"}),
        (Terms("why", query="from:j?doe"), {"j.doe", "ann", "-"}),
        (Terms("why", query="grievance"), {"ann"}),
        (Terms("why", query="*"), {"j.doe", "ann", "-"}),
        (Terms("why", since=OLD.date() - WEEK), {"j.doe", "ann", "-"}),
    ],
    ids=[
        "person",
        "other-days",
        "its-days",
        "address",
        "name",
        "not",
        "pattern",
        "words",
        "all",
        "days",
    ],
)
def test_whom_a_hold_of_mail_keeps(kept: Keeping, terms: Terms, stays: set[str]) -> None:
    """Those whom it names; else those of its case; one that holds all, everybody."""
    kept.take(*(squid(1, time=OLD, user=user) for user in ("j.doe", "ann", "-")))
    case = kept.open_case("ann@school.example")
    kept.holds.place(case, terms)
    kept.casebook.close(case, reason="done")

    kept.purge.run()

    assert stays == {line.split()[7] for line in kept.lines()}


def test_open_cases_keep_what_they_are_about(kept: Keeping) -> None:
    """Until they are closed; a subject access request holds on after that."""
    kept.take(squid(1, time=OLD), squid(2, time=OLD, user="ann"))
    closed, held = (
        kept.open_case(JANE),
        kept.open_case("ann@school.example", kind=CaseKind.SUBJECT_ACCESS),
    )

    open_ = kept.purge.run()
    kept.casebook.close(closed, reason="done")
    kept.casebook.close(held, reason="done")
    after = kept.purge.run()

    assert (0, 2, 1, 1) == (open_.purged, open_.kept, after.purged, after.kept)


def test_a_certificate_says_what_went_without_a_word_of_it(kept: Keeping) -> None:
    """Which batch, its hash before and after, and which positions remain."""
    kept.take(squid(1, time=OLD), squid(2), squid(3, time=OLD))

    [name] = kept.purge.run().certificates

    certificate = certificates.get(kept.taking.batches.store, name, WebCertificate)
    [entry] = certificate.entries
    assert ("web-log, 6 months", 2, ((2, 2),)) == (certificate.rule, entry.purged, entry.positions)
    assert [squid(2).encode()] == kept.taking.batches.get(entry.remains or entry.gone)
    purged, finished = [
        one
        for one in kept.taking.ledger.events(Book.CASES)
        if isinstance(one, WebPurged | WebPurgeFinished)
    ]
    assert name == purged.certificate == finished.certificate


def test_lines_that_cannot_be_read_go_by_when_they_came(kept: Keeping) -> None:
    """They name no time of their own."""
    kept.take(squid(1), "half a line")
    later = replace(kept.purge, clock=lambda: NOW + timedelta(days=190))

    before, after = kept.purge.run(), later.run()

    assert (0, 2) == (before.purged, after.purged)
    assert [] == kept.lines()


def test_a_purge_that_was_cut_off_is_carried_out(kept: Keeping) -> None:
    """What was decided happens, whoever comes next; meanwhile the archive is whole."""
    kept.take(squid(1, time=OLD), squid(2))
    name, purged = kept.purge._decide(frozenset({1}))
    between = kept.problems()

    kept.purge.resume()

    assert (1, []) == (purged, between)
    assert [squid(2)] == kept.lines()
    assert 1 == kept.index.count(Everything())
    assert [] == kept.problems()
    assert name in {
        one.certificate
        for one in kept.taking.ledger.events(Book.CASES)
        if isinstance(one, WebPurgeFinished)
    }


def test_the_index_made_again_knows_what_remains(kept: Keeping, tmp_path: Path) -> None:
    """The names of visits stay what they were, whatever went before them."""
    kept.take(squid(1, time=OLD), squid(2), squid(3, time=OLD), squid(4))
    kept.purge.run()
    before = kept.index.search(Everything(), limit=9)

    with closing(open_web_sqlite(tmp_path / "again.sqlite", mode="write")) as again:
        catch_up(kept.taking.ledger, kept.taking.batches, again)
        after = again.search(Everything(), limit=9)

    assert before == after
    assert ["W-1.4", "W-1.2"] == [hit.place.id for hit in after.hits]


def test_what_a_backup_brings_back_is_found_and_goes_again(kept: Keeping, tmp_path: Path) -> None:
    """`verify` says that it is there, and the next run removes it."""
    kept.take(squid(1, time=OLD))
    [batch] = (tmp_path / "archive" / "weblogs").rglob("*.zst")
    content = batch.read_bytes()
    kept.purge.run()
    batch.write_bytes(content)

    found = kept.problems()
    kept.purge.sweep()

    assert [ProblemKind.UNPURGED_BLOB] == found
    assert [] == kept.problems()


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda path: path.unlink(), ProblemKind.MISSING_BLOB),
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"), ProblemKind.ALTERED_BLOB),
        (lambda path: path.with_name("x").write_bytes(b""), ProblemKind.STRAY_FILE),
    ],
    ids=["gone", "altered", "stray"],
)
def test_verify_finds_what_happened_to_batches(
    kept: Keeping,
    tmp_path: Path,
    damage: Callable[[Path], object],
    expected: ProblemKind,
) -> None:
    """A batch that is gone or was altered, and a file that is none of ours."""
    kept.take(squid(1))
    [batch] = (tmp_path / "archive" / "weblogs").rglob("*.zst")
    batch.chmod(0o600)

    damage(batch)

    assert [expected] == kept.problems()


def test_retention_takes_web_logs_with_it(tmp_path: Path) -> None:
    """`retention plan` tells of them and `retention run` purges them."""
    with made(tmp_path / "house") as house:
        now = datetime.now(UTC)
        lines = (squid(1, time=now - timedelta(days=300)), squid(2, time=now - WEEK))
        given = "".join(f"{line}\n" for line in lines).encode()
        house.must("weblog", "import", "--past-due", "-", given=given)

        plan = house.must("retention", "plan").decode()
        planned = house.read(house.must("retention", "plan", "--json"))
        ran = house.json("retention", "run")
        again = house.must("weblog", "import", "-", given=given).decode()

        assert "1 lines of web logs would go, 0 are due and kept: web-log, 6 months" in plan
        assert ("section9.web-planned/1", 2, 1) == (
            planned["schema"], planned["lines"], planned["due"])  # fmt: skip
        assert (1, 0, 1) == (ran["web_purged"], ran["web_kept"], len(ran["certificates"]))
        assert "+ 1 known + 1 overdue" in again
        assert _is_whole(house)


def _is_whole(house: House) -> bool:
    return bool(house.json("verify")["whole"])
