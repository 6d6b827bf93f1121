"""Purging: one way to delete, and no hold, seal or other message's bytes are lost by it."""

import ast
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keeping import Keeping, keeping, mail
from running import House, made

import archive
from archive import certificates
from archive.books import Book
from archive.case_events import Purged, PurgeFinished
from archive.case_words import CaseKind, Hold
from archive.certificates import Certificate
from archive.events import Event
from archive.verify import verify
from archive.walk import ProblemKind
from cases import holds
from cases.holds import Guards, Terms
from cases.purge import Doomed, HeldError, IndexBehindError
from section9 import MailId

ROOT = Path(archive.__file__).parents[1]
CRASH = Path(__file__).parent / "crash"
POINTS = (
    "retention os.link /archive/certificates/ 1",  # nothing is decided
    "retention os.link /archive/ledger/cases/ 1",  # the certificate is there, the decision is not
    "retention os.remove /archive/blobs/ 1",  # the decision is there, and everything else too
    "retention os.remove /archive/blobs/ 3",  # some blobs are gone
    "retention os.link /archive/ledger/cases/ 2",  # all is gone, and nothing says so
    "retention os.link /archive/ledger/cases/ 3",  # it is said, and the run is not closed
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Keeping]:
    with keeping(tmp_path / "house") as house:
        yield house


def doomed(*mails: MailId) -> list[Doomed]:
    return [Doomed(one, "ordinary, 12 months") for one in mails]


def agreed(_events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Two people's consent, which is tested elsewhere."""
    return ()


def test_a_purged_message_is_gone_and_certified(house: Keeping) -> None:
    """No word of it is left in any file; the certificate names it, its bytes and the rule."""
    gone, left = house.file(mail(1)), house.file(mail(2))
    blob = house.blob_of(gone)

    outcome = house.purge.by_rule(doomed(gone))
    house.purge.scrub()

    [entry] = certificates.get(house.blobs.store, outcome.certificate, Certificate).entries
    assert (gone, "ordinary, 12 months", (blob,)) == (entry.mail, entry.rule, entry.blobs)
    assert not house.blobs.has(blob)
    assert [] == house.holding("quagga1")
    assert house.is_whole(left)
    assert () == verify(house.blobs, house.ledger).problems


def test_the_decision_stands_before_the_bytes_go(house: Keeping) -> None:
    """The ledger says what will go, and then that it went."""
    outcome = house.purge.by_rule(doomed(house.file(mail(1))))

    events = list(house.ledger.events(Book.CASES))

    assert [Purged, PurgeFinished] == [type(event) for event in events]
    assert {outcome.certificate} == {event.certificate for event in events}  # type: ignore[union-attr]


def test_a_hold_that_is_placed_a_moment_before_wins(house: Keeping) -> None:
    """It comes between the question whether anything is held and the decision."""
    case, wanted = house.open_case(), house.file(mail(1))
    placed: list[Hold] = []

    def hold_meanwhile(_events: tuple[Event, ...]) -> Guards:
        if not placed:
            placed.append(house.holds.place(case, Terms("tribunal", query="quagga1")))
        return {}

    outcome = house.purge.by_rule(doomed(wanted), guards=hold_meanwhile)

    assert {wanted: ("hold H-0001",)} == outcome.kept
    assert house.is_whole(wanted)


PATHS = st.lists(
    st.tuples(st.sampled_from(["rule", "early", "sweep", "again", "resume"]), st.integers(0, 4)),
    max_size=8,
)
HELD = st.sets(st.integers(0, 4), max_size=3)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(HELD, PATHS)
def test_no_path_deletes_what_is_held(held: set[int], paths: list[tuple[str, int]]) -> None:
    """Retention, purging early, arriving again, restoring, resuming: none of them, in any order."""
    with tempfile.TemporaryDirectory() as folder, keeping(Path(folder)) as house:
        case = house.open_case()
        mails = [house.file(mail(number)) for number in range(5)]
        for number in held:
            house.holds.place(case, Terms("tribunal", query=f"subject:trip{number}"))

        for step, (path, number) in enumerate(paths):
            take(house, path, mails, number, step)

        assert all(house.is_whole(mails[number]) for number in held)
        assert () == verify(house.blobs, house.ledger).problems


def take(house: Keeping, path: str, mails: list[MailId], number: int, step: int) -> None:
    match path:
        case "rule":
            house.purge.by_rule(doomed(*mails))
        case "early":
            try:
                house.purge.early(doomed(mails[number]), consent=agreed)
            except HeldError:
                assert house.is_whole(mails[number])
        case "sweep":
            house.purge.sweep()
        case "again":
            house.file(mail(number), copy=f"again-{step}")
        case "resume":
            house.purge.resume()
            house.purge.scrub()


@pytest.mark.parametrize("kind", sorted(holds.AUTOMATIC))
def test_a_case_of_the_law_holds_by_itself(house: Keeping, kind: CaseKind) -> None:
    """Subject access, freedom of information, breach: also once the case is closed."""
    wanted = house.file(mail(1))
    case = house.open_case(kind)
    house.casebook.close(case, reason="answered")

    outcome = house.purge.by_rule(doomed(wanted))

    assert {wanted: ("hold H-0001",)} == outcome.kept


def test_purging_early_is_all_or_nothing(house: Keeping) -> None:
    """Where one of the messages is held, none of them goes."""
    case, held, free = house.open_case(), house.file(mail(1)), house.file(mail(2))
    house.holds.place(case, Terms("tribunal", query="quagga1"))

    with pytest.raises(HeldError, match="H-0001"):
        house.purge.early(doomed(held, free), consent=agreed)

    assert house.is_whole(held)
    assert house.is_whole(free)


def test_bytes_stay_as_long_as_another_message_needs_them(house: Keeping) -> None:
    """A report that was believed once and doubted once wraps one message and is another."""
    report = mail(7)
    wrapped, whole = house.file(mail(1), wrapped=report), house.file(report)
    shared = house.blob_of(whole)

    house.purge.by_rule(doomed(wrapped))

    assert house.blobs.has(shared)
    assert house.is_whole(whole)
    house.purge.by_rule(doomed(whole))
    assert not house.blobs.has(shared)


def test_what_a_backup_brings_back_is_found_and_removed(house: Keeping) -> None:
    """`verify` names it, and the next run of retention sweeps it."""
    gone = house.file(mail(1))
    house.purge.by_rule(doomed(gone))
    blob = house.blobs.put(mail(1))

    [problem] = verify(house.blobs, house.ledger).problems
    house.purge.sweep()

    assert (ProblemKind.UNPURGED_BLOB, f"blob {blob}") == (problem.kind, problem.where)
    assert () == verify(house.blobs, house.ledger).problems


def test_an_altered_certificate_is_found(house: Keeping) -> None:
    """The ledger names it by its hash."""
    outcome = house.purge.by_rule(doomed(house.file(mail(1))))
    path = house.root / "archive" / certificates.key_of(outcome.certificate)
    path.chmod(0o640)
    path.write_bytes(path.read_bytes().replace(b"ordinary", b"anything"))

    kinds = {one.kind for one in verify(house.blobs, house.ledger).problems}

    assert ProblemKind.BAD_CERTIFICATE in kinds


def test_nothing_goes_while_the_index_is_behind(house: Keeping) -> None:
    """What it does not know of may be held."""
    found = house.file(mail(1))
    house.ledger.append(Book.MAIL, tuple(house.ledger.events(Book.MAIL)))

    with pytest.raises(IndexBehindError):
        house.purge.by_rule(doomed(found))

    assert house.is_whole(found)


def test_only_one_module_deletes() -> None:
    """The store deletes for blobs and batches alone, and each of them for one module alone."""
    rooms = ("archive", "cases", "commands", "detectors", "ingest", "search")
    callers = {
        (str(path.relative_to(ROOT)), call.func.attr)
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if call.func.attr in {"remove_all", "rmtree"}
    }

    deleting = {"archive/blobs.py", "cases/purge.py", "archive/batches.py", "cases/web_purge.py"}
    assert deleting == {path for path, call in callers if call == "remove_all"}
    assert not {one for one in callers if one[1] == "rmtree" and one[0].startswith("archive")}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with six messages that are due."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "mail").mkdir()
    for number in range(6):
        (folder / "mail" / f"{number}.eml").write_bytes(mail(number))
    with made(folder / "house") as house:
        house.must("ingest", folder / "mail")
    return folder / "house"


@pytest.mark.parametrize("point", POINTS)
def test_a_purge_that_is_killed_is_carried_out_by_the_next(
    prepared: Path, tmp_path: Path, point: str
) -> None:
    """`kill -9` at each step; run again, all is gone, once, and the archive is whole."""
    home, marks = tmp_path / "house", tmp_path / "marks"
    shutil.copytree(prepared, home)
    marks.mkdir()
    house = House(home)

    died = house.run("retention", "run", given=b"", **crash(point, marks))
    house.must("retention", "run")

    ends = [event for event in house.events(Book.CASES) if isinstance(event, PurgeFinished)]
    assert -9 == died.returncode
    assert 1 == len(ends)
    assert [] == list((home / "archive" / "blobs").rglob("*.zst"))
    assert house.json("verify")["whole"]
    status = house.json("status")
    assert (0, 6, []) == (status["messages"], status["purged"], status["problems"])


def test_a_purged_copy_is_known_and_stays_away(prepared: Path, tmp_path: Path) -> None:
    """To ingest the same files again, from the same place, adds nothing."""
    shutil.copytree(prepared, tmp_path / "house")
    house = House(tmp_path / "house")
    house.must("retention", "run")

    counted = house.json("ingest", prepared.with_name("mail"))

    assert (6, 0, 6) == (counted["seen"], counted["new"], counted["known"])
    assert house.json("verify")["whole"]


def crash(point: str, marks: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(CRASH), "CRASH_AT": point, "CRASH_MARKS": str(marks)}
