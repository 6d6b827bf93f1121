"""Evidence: what leaves the archive can be verified by anybody, and made again."""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from evidence_house import HOSTILE, LOG, PERSON, contents, house, killed, plain, stock
from kreuzberg import extract_file_sync
from running import House

from archive.access_events import Exported, ExportFinished, ExportResumed, Refused
from archive.books import Book
from evidence.names import attachment, is_calm
from section9 import PartId

ATTACHED = HOSTILE.format(base="http://127.0.0.1:9").encode()
OTHERS = plain(7, sender="somebody@else.example", to="nobody@else.example")
MAILS = {"hostile": ATTACHED, **{str(n): plain(n) for n in range(3)}, "others": OTHERS}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> "Given":
    """A house, and a pack that was made of its case."""
    folder = tmp_path_factory.mktemp("evidence")
    with house(folder, MAILS) as ready:
        ready.must("audit", "anchor")
        line = ready.json("export", "--case", "C-0001", folder / "pack")
    return ready, folder / "pack", line


Given = tuple[House, Path, dict[str, object]]


def test_the_originals_are_the_very_bytes(exported: Given) -> None:
    """Every message in scope is there as it was archived, and none that is out of scope."""
    _, pack, line = exported

    given = {path.read_bytes() for path in (pack / "originals").iterdir()}

    assert {content.replace(b"\n", b"\r\n") for name, content in MAILS.items()} - given == {
        OTHERS.replace(b"\n", b"\r\n")
    }
    assert (4, 4, 0) == (line["found"], line["given"], line["withheld"])
    assert not any(b"else.example" in content for content in contents(pack).values())


def test_what_the_pack_says_to_type_verifies_it(exported: Given, tmp_path: Path) -> None:
    """With coreutils and OpenSSL and nothing else on the machine, as VERIFY.txt has it."""
    _, pack, line = exported
    page = (pack / "VERIFY.txt").read_text()

    said = typed(page, pack, tmp_path)

    assert "WHOLE" == said[0]
    assert [line["sha256"]] * 2 == [said[1][:64], said[2][-64:]]
    assert [] == said[3:]


def test_a_pack_of_nothing_is_verified_too(exported: Given, tmp_path: Path) -> None:
    """That a query found no message is evidence as well."""
    ready, _, _ = exported
    ready.must("export", "--case", "C-0001", "--query", "quetzal", tmp_path / "none")

    said = typed((tmp_path / "none" / "VERIFY.txt").read_text(), tmp_path / "none", tmp_path)

    assert ("WHOLE", 3) == (said[0], len(said))


@pytest.mark.parametrize(
    ("pattern", "step"),
    [("originals/*.eml", 2), ("ledger/mail.csv", 3), ("ledger/cases/*.jsonl", 4)],
)
def test_what_was_altered_shows(exported: Given, tmp_path: Path, pattern: str, step: int) -> None:
    """Also where somebody made the sums anew: each step sees what it is there for."""
    shutil.copytree(exported[1], pack := tmp_path / "pack")
    page = (pack / "VERIFY.txt").read_text().split(f"\n{step}. ", 1)[1]
    altered = next(iter(pack.glob(pattern)))
    altered.write_bytes(altered.read_bytes().replace(b"0", b"1"))

    said = typed(f"       T=$(mktemp -d)\n{page}", pack, tmp_path)

    assert said


def typed(page: str, pack: Path, folder: Path) -> list[str]:
    """Type the indented lines of a page, up to those about anchors, and give what is printed."""
    tools = folder / "tools"
    tools.mkdir()
    for name in ("sha256sum", "cut", "sort", "comm", "head", "tail", "mktemp", "openssl"):
        (tools / name).symlink_to(shutil.which(name) or "")
    lines = page.partition("5. If there is a folder")[0].split("\n")
    script = "\n".join(one for one in lines if one.startswith("       "))
    done = subprocess.run(
        ["/bin/sh", "-uc", script],
        env={"PATH": str(tools), "TMPDIR": str(folder)},
        cwd=pack,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "" == done.stderr
    return done.stdout.splitlines()


def test_the_sums_are_over_everything(exported: Given) -> None:
    """No file is left out of SHA256SUMS, and the manifest names each that it can."""
    _, pack, line = exported
    files = set(contents(pack))

    listed = {one.split("  ", 1)[1] for one in (pack / "SHA256SUMS").read_text().splitlines()}
    manifest = json.loads((pack / "manifest.json").read_bytes())

    assert files - {"SHA256SUMS"} == listed
    assert line["files"] == len(listed)
    named = {file["path"] for file in manifest["files"]}
    named |= {file["path"] for one in manifest["messages"] for file in one["files"]}
    assert listed - {"manifest.json", "STATEMENT.txt"} == named


def test_an_export_is_on_record_before_it_is_given(exported: Given) -> None:
    """The entry says what was found and given, in which state; and then what it came to."""
    ready, pack, line = exported

    decided, finished = ready.events(Book.ACCESS)[:2]

    assert isinstance(decided, Exported)
    assert isinstance(finished, ExportFinished)
    assert (4, 4, "*") == (decided.total, len(decided.mails), decided.query)
    assert (line["export"], line["sha256"]) == (finished.export, finished.sha256)
    manifest = json.loads((pack / "manifest.json").read_bytes())
    assert manifest["decided"]["engine"] == decided.engine


def test_made_again_it_is_the_same_to_the_byte(exported: Given, tmp_path: Path) -> None:
    """From the same state the same pack, however much later; and that is recorded."""
    ready, pack, line = exported

    ready.must("export", "--case", "C-0001", "--again", str(line["export"]), tmp_path / "again")

    assert contents(pack) == contents(tmp_path / "again")
    assert any(isinstance(one, ExportResumed) for one in ready.events(Book.ACCESS))


def test_the_last_anchor_goes_with_the_chains_that_it_signs(exported: Given) -> None:
    """OpenSSL proves its signature, and the chains hold the heads that it names."""
    ready, pack, _ = exported
    [anchor] = pack.glob("ledger/anchors/*.json")
    command = "openssl pkeyutl -verify -pubin -inkey {} -rawin -in {} -sigfile {}"
    [key] = ready.home.glob("**/audit.pub")

    said = stock(command.format(key, anchor, anchor.with_suffix(".sig")), pack)

    assert "Verified Successfully" in said
    for head in json.loads(anchor.read_bytes())["heads"]:
        chain = (pack / "ledger" / f"{head['book']}.csv").read_text()
        assert head["number"] == 0 or head["sha256"] in chain


def test_a_query_and_a_limit_narrow_an_export(exported: Given, tmp_path: Path) -> None:
    """What a limit left out is said, in the pack itself."""
    ready, _, _ = exported

    line = ready.json(
        "export", "--case", "C-0001", "--query", "trip", "--limit", "2", tmp_path / "two"
    )

    assert (3, 2) == (line["found"], line["given"])
    assert "1 older messages were found too" in (tmp_path / "two" / "STATEMENT.txt").read_text()


def test_pdf_is_the_same_to_the_byte_too(exported: Given, tmp_path: Path) -> None:
    """Each message is there as PDF, and no clock or chance is in it."""
    ready, _, _ = exported
    line = ready.json("export", "--case", "C-0001", "--pdf", "--limit", "2", tmp_path / "pdf")

    ready.must("export", "--case", "C-0001", "--again", str(line["export"]), tmp_path / "again")

    pdfs = [content for name, content in contents(tmp_path / "pdf").items() if "pdf/" in name]
    assert [b"%PDF-", b"%PDF-"] == [content[:5] for content in pdfs]
    assert contents(tmp_path / "pdf") == contents(tmp_path / "again")


def test_mail_that_is_hard_to_lay_out_keeps_no_export_from_ending(tmp_path: Path) -> None:
    """Hundreds of recipients, words without an end: each is on paper, soon, and cut it says so."""
    people = ", ".join(f"Pupil Number {n} <p{n}@home.example>" for n in range(400))
    wordy = plain(2) + b"unbroken" * 5_000 + b" " * 9_000 + b"\n" * 6_000 + b"the last line"
    subject = plain(3).replace(b"trip", b"w" * 999)
    mails = {"many": plain(1, to=people), "wordy": wordy, "subject": subject}
    with house(tmp_path, mails) as ready:
        ready.must("export", "--case", "C-0001", "--pdf", tmp_path / "pack")

    papers = (tmp_path / "pack").glob("pdf/*")
    said = [extract_file_sync(str(path)).content for path in papers]

    assert any("p399@home.example" in text for text in said)
    assert any("longer than is printed here" in text for text in said)
    assert not any("the last line" in text for text in said)
    assert any("characters in all" in text for text in said)


def test_a_folder_with_something_in_it_is_refused(exported: Given) -> None:
    """Nothing is written among, or over, what is there."""
    ready, pack, _ = exported
    before = contents(pack)

    done = ready.run("export", "--case", "C-0001", pack)

    assert (2, before) == (done.returncode, contents(pack))


def test_a_place_that_takes_no_folder_is_refused_before_anything_is_on_record(
    exported: Given, tmp_path: Path
) -> None:
    """The ledger says of no export that could not have begun."""
    ready, _, _ = exported
    (tmp_path / "file").touch()
    before = len(ready.events(Book.ACCESS))

    done = ready.run("export", "--case", "C-0001", tmp_path / "file" / "pack")

    assert (2, True) == (done.returncode, b"cannot be written: name another folder" in done.stderr)
    assert before == len(ready.events(Book.ACCESS))


def test_attachments_are_there_under_harmless_names(exported: Given) -> None:
    """No name leads out of the folder, and none that a browser would run keeps its ending."""
    _, pack, _ = exported

    names = sorted(path.name for path in pack.glob("attachments/*/*"))

    assert ["2-page.html.attachment", "3-register.csv"] == names


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("report.pdf", "2-report.pdf"),
        ("Ünïcode 1.docx", "2-Ünïcode_1.docx"),
        ("CON", "2-CON.attachment"),
        ("../../etc/passwd", "2-etc_passwd.attachment"),
        ("run.svg", "2-run.svg.attachment"),
        ("a.html\u202efdp.", "2-a.html_fdp.attachment"),
        ("þorn.txt", "2-thorn.txt"),
        ("", "2.attachment"),
        ("...", "2.attachment"),
        ("x" * 4000 + ".pdf", f"2-{'x' * 116}.pdf"),
    ],
)
def test_a_name_is_safe_everywhere(filename: str, expected: str) -> None:
    """Short, within its folder, not reserved, and with an ending that runs nothing."""
    name = attachment(PartId("2"), filename)

    assert name == expected
    assert is_calm(name) == (not name.endswith(".attachment"))


def test_a_killed_export_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    """Killed at any moment, the same command finishes it, and it is as if it never stopped."""
    with house(tmp_path, {str(n): plain(n) for n in range(250)}) as ready:
        pack = tmp_path / "pack"
        killed_by = killed(ready, "export", "--case", "C-0001", pack, log=pack / LOG, after=60)

        line = ready.json("export", "--case", "C-0001", pack)
        again = str(line["export"])
        ready.must("export", "--case", "C-0001", "--again", again, tmp_path / "whole")

        assert -signal.SIGKILL == killed_by
        assert 250 == line["given"]
        assert contents(pack) == contents(tmp_path / "whole")
        decided = [one for one in ready.events(Book.ACCESS) if isinstance(one, Exported)]
        assert 1 == len(decided)


def test_what_is_sealed_is_listed_and_never_given(tmp_path: Path) -> None:
    """A sealed message is in no file of the pack but by its id, and an old export is refused."""
    with house(tmp_path, {str(n): plain(n) for n in range(3)}) as ready:
        old = ready.json("export", "--case", "C-0001", tmp_path / "old")
        hits = ready.must("search", "exhibit", "--case", "C-0001", "--json").splitlines()
        mail = json.loads(hits[0])["mail"]
        ready.must("seal", "put", mail, "--case", "C-0001", "--reason", "suspected")

        line = ready.json("export", "--case", "C-0001", tmp_path / "new")
        again = ready.run(
            "export", "--case", "C-0001", "--again", str(old["export"]), tmp_path / "again"
        )

        assert (3, 2, 1) == (line["found"], line["given"], line["withheld"])
        assert not [*(tmp_path / "new").rglob(f"*{mail}*")]
        manifest = json.loads((tmp_path / "new" / "manifest.json").read_bytes())
        assert [mail] == manifest["decided"]["sealed"]
        assert (11, False) == (again.returncode, (tmp_path / "again" / "originals").exists())


ROLES = """\
[roles]
"d.sl" = { roles = ["dsl"], addresses = ["d.sl@school.example"] }
"i.nspector" = { roles = ["investigator"], addresses = ["i.nspector@school.example"] }
"h.ead" = { roles = ["authoriser"], addresses = ["h.ead@school.example"] }
"""
CASE = ("--purpose", "a", "--reason", "why", "--person", PERSON, "--since", "2026-01-01")
UNTIL = ("--until", "2026-12-31", "--expires", "2099-12-31")


def test_only_what_is_open_goes_and_only_to_whom_it_may(tmp_path: Path) -> None:
    """Protected mail is listed by its id; a DSL reads but does not export; nor is metadata given.

    Each refusal is on record.
    """
    mails = {"1": plain(1), "2": plain(2, to="union@school.example")}
    with house(tmp_path, mails) as ready:
        _configure(ready)
        for number, investigator in enumerate(("d.sl", "i.nspector", "i.nspector"), start=2):
            extent = ("--metadata-only",) if number == 4 else ()
            opened = ("case", "open", "--investigator", investigator, *CASE, *UNTIL, *extent)
            assert 0 == ready.run(*opened, SUDO_USER="h.ead").returncode
        given = ("export", "--case", "C-0003", tmp_path / "pack", "--json")

        dsl = ready.run("export", "--case", "C-0002", tmp_path / "dsl", SUDO_USER="d.sl")
        metadata = ready.run("export", "--case", "C-0004", tmp_path / "m", SUDO_USER="i.nspector")
        line = json.loads(ready.run(*given, SUDO_USER="i.nspector").stdout)

        assert (10, 10) == (dsl.returncode, metadata.returncode)
        assert (2, 1, 1) == (line["found"], line["given"], line["withheld"])
        assert not any(b"exhibit 2" in content for content in contents(tmp_path / "pack").values())
        refused = [one for one in ready.events(Book.ACCESS) if isinstance(one, Refused)]
        assert ["RoleMissingError", "ExtentError"] == [one.why for one in refused]
        assert not (tmp_path / "dsl").exists()


def _configure(ready: House) -> None:
    settings = ready.home / "section9.toml"
    text = settings.read_text().replace("[roles]\n", ROLES, 1)
    settings.write_text(text.replace("union = []", 'union = ["union@school.example"]', 1))
