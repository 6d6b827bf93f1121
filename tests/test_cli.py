"""The command line: help, exit codes, one line for every mistake, and every look on record."""

import os
import pty
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import psutil
import pytest
from running import SECTION9, House, made, wait_for

from archive.access_events import Refused, Searched, Viewed
from archive.books import Book
from cli import cli
from commands.acting import acting_account

PLAIN = b"""\
From: j.doe@school.example\r
To: a.n@school.example\r
Date: Tue, 1 Sep 2026 09:00:00 +0000\r
Message-ID: <1@school.example>\r
Subject: the trip\r
\r
Her NHS number is 943 476 5919.\r
"""
ESCAPES = (b"\x1b]0;", b"\x1b[2J", b"\x9b", b"\xc2\x9b", b"\x07", b"\xe2\x80\xae")
HOSTILE = b"""\
From: =?utf-8?q?=1B[2J=07J?= <j.doe@school.example>\r
To: a.n@school.example\r
Date: Tue, 1 Sep 2026 10:00:00 +0000\r
Message-ID: <2@school.example>\r
Subject: =?utf-8?q?=1B]0;trip=07=C2=9B=E2=80=AE?=\r
X-Raw: \x1b[2J\x9b\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
trip \x1b[2J\x1b]0;owned\x07 \xc2\x9b1m \xe2\x80\xae done\r
--b\r
Content-Type: text/plain; name*=utf-8''%1B%5B2Jtrip.txt\r
Content-Disposition: attachment; filename*=utf-8''%1B%5B2Jtrip%07.txt\r
\r
text\x1b[2J\r
--b--\r
"""


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mails") / "inbox"
    folder.mkdir()
    (folder / "plain.eml").write_bytes(PLAIN)
    (folder / "hostile.eml").write_bytes(HOSTILE)
    return folder


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory, mails: Path) -> Iterator[House]:
    """Two messages, and a case that sees both."""
    with made(tmp_path_factory.mktemp("master") / "house") as house:
        house.must("ingest", mails)
        house.open_case("j.doe@school.example")
        yield house


@pytest.fixture
def house(master: House, tmp_path: Path) -> House:
    """A copy to be spoilt."""
    copy = House(tmp_path / "house")
    shutil.copytree(master.home, copy.home, symlinks=True)
    return copy


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def search(house: House, query: str) -> list[str]:
    """The ids of the mails that a search finds."""
    lines = house.must("search", query, "--case", "C-0001", "--json").splitlines()
    return [house.read(line)["mail"] for line in lines]


def told(done: subprocess.CompletedProcess[bytes]) -> tuple[int, str]:
    """The exit code, and what it says of a mistake: a line, with the usage or the query above."""
    said = done.stderr.decode()
    assert len(said.splitlines()) <= 4, said
    assert "Traceback" not in said, said
    return done.returncode, said


def test_a_search_may_begin_at_the_oldest_and_count_values(master: House) -> None:
    """`--sort` turns the order round, `--facet` counts among all that is found."""
    found = master.must(
        *("search", "trip", "--case", "C-0001", "--json", "--limit", "1", "--sort", "oldest"),
        *("--facet", "from,month", "--facet", "finding"),
    )

    hit, *facets = map(master.read, found.splitlines())
    assert hit["date"] == "2026-09-01T09:00:00Z"
    assert [
        ("from", "j.doe@school.example", 2),
        ("month", "2026-09", 2),
        ("finding", "nhs-number", 1),
    ] == [(one["field"], one["value"], one["count"]) for one in facets]


def test_a_facet_that_is_none_names_those_that_are(master: House) -> None:
    """A mistyped field gives one line, and the field that was probably meant."""
    code, said = told(master.run("search", "trip", "--case", "C-0001", "--facet", "form"))

    assert 2 == code
    assert "did you mean from?" in said


def on_terminal(house: House, *arguments: str) -> bytes:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [SECTION9, "--home", house.home, *arguments],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=house.environment({"TERM": "xterm"}),
    )
    os.close(theirs)
    pieces = []
    while piece := _piece(ours):
        pieces.append(piece)
    os.close(ours)
    assert 0 == process.wait()
    return b"".join(pieces)


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how a terminal says that it is closed
        return b""


@pytest.mark.parametrize(
    ("path", "command"), [(path, each) for path, each in commands(cli, "section9")]
)
def test_every_command_has_a_sentence_and_an_example(path: str, command: click.Command) -> None:
    """`--help` says what it does, and shows how."""
    text = command.get_help(click.Context(command, info_name=path))

    assert command.help
    assert "." in command.help.partition("\n\n")[0]
    if not isinstance(command, click.Group):
        assert path.removeprefix("section9 ") in text.partition("section9 ")[2].partition("\n\n")[2]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("search", "trip AND (", "--case", "C-0001"), 2, "trip AND ("),
        (("search", "nosuchfield:x", "--case", "C-0001"), 2, "nosuchfield"),
        (("search", "trip", "--case", "C-0099"), 10, "C-0099"),
        (("search", "-trip from:j.doe", "--case", "C-0001"), 2, "goes last, after --"),
        (("search", os.fsdecode(b"caf\xe9"), "--case", "C-0001"), 2, "write it in UTF-8"),
        (("search", "trip", "--case", "C-0001", "--after", "nowhere"), 2, "--after"),
        (("search", "absent", "--case", "C-0001"), 4, "as of entry"),
        (("show", "ffffffffffff", "--case", "C-0001"), 10, "section9 search"),
        (("show", "f OR trip", "--case", "C-0001"), 2, "copy it from a search result"),
        (("similar", "", "--case", "C-0001"), 2, "copy it from a search result"),
        (("case", "show", "C-0099"), 10, "C-0099"),
        (("ingest", "no-such-file"), 2, "does not exist"),
        (("people", "import", "no-such-file"), 2, "No such file"),
        (("detect", "no-such-file"), 2, "does not exist"),
        (("init",), 2, "exists already"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_a_mistake_is_one_line_and_a_code(
    master: House, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """Nobody sees a traceback for their own mistake, and scripts can tell mistakes apart."""
    done = master.run(*arguments)

    assert code == done.returncode
    assert says in told(done)[1]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (b"[journal", "is not TOML"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[journal]\nprot = 25\n", "journal.prot"),
        (b"[reading]\nworkers = -1\n", "reading.workers"),
        (b"[journal]\nmax_message_size = 'plenty'\n", "journal.max_message_size"),
    ],
)
def test_wrong_settings_are_named(house: House, mails: Path, settings: bytes, says: str) -> None:
    """The line says which setting; the code is 3."""
    (house.home / "section9.toml").write_bytes(settings)

    code, line = told(house.run("ingest", mails))

    assert (3, True) == (code, says in line)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECTION9_JOURNAL__PORT", "smtp", "journal.port"),
        ("SECTION9_JOURNAL", "smtp", "journal"),
        ("SECTION9_TRUST__DOMAINS", "school.example", "trust"),
    ],
)
def test_the_environment_goes_before_the_file(
    master: House, mails: Path, name: str, value: str, says: str
) -> None:
    """A wrong value in it is told as one in the file is."""
    code, line = told(House(master.home, {name: value}).run("ingest", mails))

    assert (3, True) == (code, says in line)


def test_without_a_data_folder_it_says_how_to_make_one(tmp_path: Path) -> None:
    """The first thing that a new user gets wrong."""
    done = House(tmp_path).run("status")

    assert (3, True) == (done.returncode, "section9 init" in told(done)[1])


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """Trouble that no room foresaw is still no traceback."""
    (tmp_path / "file").touch()

    done = House(tmp_path / "file" / "house").run("init")

    assert (1, True) == (done.returncode, "Not a directory" in told(done)[1])


def test_a_case_that_is_refused_has_a_code(master: House) -> None:
    """Who reads may not be who allows it."""
    done = master.run(
        *("case", "open", "--purpose", "a", "--authoriser", "x", "--investigator", "x"),
        *("--reason", "r", "--person", "j.doe@school.example", "--since", "2026-09-01"),
        *("--until", "2026-09-30", "--expires", "2099-12-31"),
    )

    assert 11 == told(done)[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name\nJ Doe\n", "line 1"),
        (b"address,name,role\nj.doe@school.example,J Doe,pupil\n", "line 2"),
        (b"\xff\xfea\x00", "UTF-8"),
        (b"address,name,role\na@school.example," + b"x" * 200_000 + b",staff\n", "not CSV"),
    ],
)
def test_a_bad_directory_changes_nothing(
    house: House, tmp_path: Path, content: bytes, says: str
) -> None:
    """The directory is replaced whole or not at all, and the line says where the fault is."""
    file = tmp_path / "people.csv"
    file.write_bytes(content)

    code, line = told(house.run("people", "import", file))

    assert (2, True) == (code, says in line and "nothing was imported" in line)
    assert not (house.home / "people.jsonl").exists()


@pytest.mark.parametrize(
    ("damage", "says"),
    [("deleted", "there is no index"), ("garbage", "index"), ("truncated", "index")],
)
def test_a_lost_index_is_rebuilt_the_same(house: House, damage: str, says: str) -> None:
    """What is only in the index is nothing: the archive gives all of it back."""
    path = house.home / "index" / "section9.sqlite"
    before = search(house, "trip")
    content = path.read_bytes()
    shutil.rmtree(path.parent)
    if damage != "deleted":
        path.parent.mkdir()
        path.write_bytes(content[:5_000] if damage == "truncated" else b"garbage " * 1_000)

    code, line = told(house.run("search", "trip", "--case", "C-0001"))
    house.must("index", "rebuild")

    assert code not in {0, 1, 2, 3, 4}
    assert says in line
    assert "section9 index rebuild" in line
    assert 2 == len(before)
    assert before == search(house, "trip")


def test_a_damaged_archive_does_not_verify(house: House) -> None:
    """Code 20, and the lines say what is wrong."""
    blob = next(house.home.glob("archive/blobs/*/*/*"))
    blob.chmod(0o600)
    blob.write_bytes(b"something else")

    done = house.run("verify")

    assert 20 == done.returncode
    assert blob.name[:64].encode() in done.stdout


def test_an_interrupted_ingest_may_be_repeated(house: House, tmp_path: Path) -> None:
    """Ctrl-C is code 130, the counts so far and one line; the same command then does the rest."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3_000):
        mail = PLAIN.replace(b"<1@", b"<%d@many." % number)
        (folder / f"{number}.eml").write_bytes(mail)
    log = tmp_path / "ingest.log"
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a job in a shell's background has none

    process = house.start("ingest", folder, log=log)
    wait_for(lambda: house.archived().total() > 2)
    readers = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGINT)
    code = process.wait(60)
    house.must("ingest", folder)

    counts, _, error = log.read_text().partition("\n\n")
    assert (130, 1, 1) == (code, counts.count("so far: "), error.count("\n")), log.read_text()
    assert [] == psutil.wait_procs(readers, 30)[1]
    assert house.archived() == house.indexed()
    assert 3_002 == house.archived().total()


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_pipe_that_closes_early_is_quiet(master: House, options: tuple[str, ...]) -> None:
    """`section9 case list | head -0` says nothing about pipes."""
    process = subprocess.Popen(
        [SECTION9, "--home", master.home, "case", "list", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=master.environment({}),
    )
    assert process.stdout is not None
    process.stdout.close()

    _, said = process.communicate(timeout=60)

    assert (1, b"") == (process.returncode, said)


def test_what_an_encoding_has_no_sign_for_is_printed_by_its_number(master: House) -> None:
    """A terminal of another time shows all of a result, and its arrows as figures."""
    done = master.run("search", "trip", "--case", "C-0001", PYTHONIOENCODING="latin-1")

    assert 0 == done.returncode
    assert b"\\u2192" in done.stdout


@pytest.mark.parametrize("view", ["--text", "--headers", "--raw", "search"])
def test_mail_cannot_steer_the_terminal(master: House, view: str) -> None:
    """No control, escape or turn of direction from a mail reaches whoever reads it."""
    looks: list[tuple[str, ...]] = [("search", "trip", "--case", "C-0001")]
    if view != "search":
        looks = [("show", mail, "--case", "C-0001", view) for mail in search(master, "trip")]

    shown = b"".join(on_terminal(master, *look) for look in looks)

    assert b"trip" in shown
    assert [] == [escape for escape in ESCAPES if escape in shown]


def test_every_look_is_in_the_access_book(house: House) -> None:
    """The query as it was typed, who asked, what was shown; and who was turned away."""
    [mail] = search(house, "finding:nhs-number")
    house.must("show", mail[:12], "--case", "C-0001")
    refused = house.run("search", "trip", "--case", "C-0001", SUDO_USER="somebody.else")

    looks = house.events(Book.ACCESS)[-3:]

    assert 10 == refused.returncode
    assert [Searched, Viewed, Refused] == [type(look) for look in looks]
    searched, viewed, turned_away = looks
    assert isinstance(searched, Searched)
    assert isinstance(viewed, Viewed)
    assert ("finding:nhs-number", (mail,)) == (searched.query, searched.shown)
    assert (mail, "text") == (viewed.mail, viewed.view)
    assert "somebody.else" == turned_away.by


def test_two_investigators_see_each_their_own_case(house: House) -> None:
    """A case opens mail to its investigator alone."""
    grounds = ("--purpose", "b", "--authoriser", "h.ead", "--reason", "a request")
    people = ("--investigator", "k.nox", "--person", "a.n@school.example")
    dates = ("--since", "2026-09-01", "--until", "2026-09-30", "--expires", "2099-12-31")
    house.must("case", "open", *grounds, *people, *dates)

    theirs = house.run("search", "trip", "--case", "C-0002", SUDO_USER="k.nox")
    ours = house.run("search", "trip", "--case", "C-0002")
    crossed = house.run("search", "trip", "--case", "C-0001", SUDO_USER="k.nox")

    assert [0, 10, 10] == [done.returncode for done in (theirs, ours, crossed)]


@pytest.mark.parametrize(
    ("uid", "owner", "expected"), [(0, 1_234, "j.doe"), (1_234, 1_234, "j.doe"), (0, 0, "j.doe")]
)
def test_sudo_names_who_is_behind_it(uid: int, owner: int, expected: str) -> None:
    """For root, and for the account that owns the data."""
    assert expected == acting_account({"SUDO_USER": "j.doe"}, uid=uid, owner=owner)


def test_nobody_else_can_name_themselves() -> None:
    """Anybody can set a variable: it counts only where sudo must have set it."""
    assert "root" == acting_account({"SUDO_USER": ""}, uid=0, owner=0)
    assert "daemon" == acting_account({"SUDO_USER": "j.doe"}, uid=1, owner=0)
