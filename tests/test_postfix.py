"""A real Postfix journals to a real `section9 serve` with `always_bcc`, and nothing bounces."""

import os
import shutil
import smtplib
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import takewhile
from pathlib import Path
from tempfile import gettempdir

import pytest
from running import House, made, wait_for

JOURNAL = "archive@archive.example"
SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
showq unix n - n - - showq
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
HOST = """\
compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
maillog_file = {base}/spool/log
maillog_file_prefixes = {base}
myhostname = mx.school.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtp_host_lookup = native
default_transport = discard:
always_bcc = {journal}
transport_maps = inline:{{{{{journal}=smtp:[127.0.0.1]:{archive}}}}}
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix of our own."""

    base: Path
    port: int

    def send(self, subject: str, text: str = "The coach leaves at nine.") -> None:
        """Hand a message over as a user would."""
        mail = EmailMessage()
        mail["From"], mail["To"] = "j.doe@school.example", "a.n@school.example"
        mail["Subject"], mail["Date"] = subject, "Tue, 01 Sep 2026 09:00:00 +0000"
        mail["Message-ID"] = f"<{subject.replace(' ', '-')}@school.example>"
        mail.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.send_message(mail, to_addrs=["a.n@school.example", "head@school.example"])

    def log(self) -> str:
        """What it has said."""
        return (self.base / "spool" / "log").read_text()

    def queue(self) -> str:
        """What it still holds."""
        command = ("postqueue", "-c", str(self.base / "etc"), "-p")
        return subprocess.check_output(command, text=True, timeout=60)


@pytest.fixture(scope="module", autouse=True)
def needed() -> None:
    """Skip where there is no Postfix to try, unless it was promised."""
    require()


def require() -> None:
    """Skip or fail where Postfix cannot be tried."""
    missing = None if shutil.which("postfix") else "Postfix is not installed"
    missing = missing or (None if os.geteuid() == 0 else "only root can start Postfix")
    if missing and os.environ.get("SECTION9_REQUIRE_SERVERS") == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@pytest.fixture
def postfix(tmp_path: Path) -> Iterator[Postfix]:
    archive, port = free_port(), free_port()
    base = tmp_path / "postfix"
    configure(base, port=port, archive=archive)
    control("start", base)
    try:
        wait_for(lambda: answers(port))
        yield Postfix(base, port)
    finally:
        control("stop", base)


@pytest.fixture
def house(postfix: Postfix, tmp_path: Path) -> Iterator[House]:
    """A data folder that listens where Postfix delivers to."""
    [archive] = (postfix.base / "archive").read_text().split()
    addresses = f'["{JOURNAL}"]'
    with made(tmp_path / "house", JOURNAL__PORT=archive, JOURNAL__ADDRESSES=addresses) as house:
        yield house


def configure(base: Path, *, port: int, archive: int) -> None:
    for name in ("etc", "spool", "data"):
        (base / name).mkdir(parents=True)
    shutil.chown(base / "data", "postfix")
    below = takewhile(lambda folder: folder != Path(gettempdir()), base.parents)
    for folder in (base, *below):  # Postfix leaves root's account and must get in
        folder.chmod(folder.stat().st_mode | 0o055)
    (base / "archive").write_text(str(archive))
    main = HOST.format(base=base, journal=JOURNAL, archive=archive)
    (base / "etc" / "main.cf").write_text(main)
    (base / "etc" / "master.cf").write_text(SERVICES.format(port=port))


def control(verb: str, base: Path) -> None:
    command = ("postfix", "-c", str(base / "etc"), verb)
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def found(house: House, query: str) -> list[str]:
    """The subjects that a search in the case finds."""
    done = house.run("search", query, "--case", "C-0001", "--json")
    assert done.returncode in {0, 4}, done.stderr.decode()
    return [house.read(line)["subject"]["text"] for line in done.stdout.splitlines()]


def test_mail_sent_through_postfix_is_found_in_a_case(postfix: Postfix, house: House) -> None:
    """Sender and recipients notice nothing; the copy is searchable, and the envelope is kept."""
    with house.serving() as serving:
        assert serving.port
        for number in range(20):
            postfix.send(f"trip {number}")
        wait_for(lambda: house.archived().total() == 20 and not house.spooled)
    house.open_case("j.doe@school.example")

    subjects = found(house, "subject:trip from:j.doe")

    assert {f"trip {number}" for number in range(20)} == set(subjects)
    assert "queue is empty" in postfix.queue()
    assert [] == house.json("status")["problems"]


def test_what_is_refused_waits_with_postfix_and_nothing_bounces(
    postfix: Postfix, house: House
) -> None:
    """No room, or a limit set too low, costs time and no mail: it comes when that is mended."""
    with house.serving(SECTION9_JOURNAL__MAX_MESSAGE_SIZE="20kB") as serving:
        assert serving.port
        postfix.send("large", "word " * 10_000)
        wait_for(lambda: "status=deferred" in postfix.log() or "bounce" in postfix.log())
        held = postfix.queue()
    with house.serving(SECTION9_JOURNAL__MIN_FREE_DISK="1000TiB") as serving:
        assert serving.port
        postfix.send("small")
        wait_for(lambda: "no room for mail" in postfix.log())
    with house.serving() as serving:
        assert serving.port
        wait_for(lambda: house.archived().total() == 2)
        wait_for(lambda: "queue is empty" in postfix.queue())

    assert JOURNAL in held
    assert "status=bounced" not in postfix.log()
    assert "non-delivery" not in postfix.log()


def test_what_is_sent_while_the_archive_is_away_comes_later(postfix: Postfix, house: House) -> None:
    """A listener that is stopped is mail that waits."""
    postfix.send("early")
    wait_for(lambda: "Connection refused" in postfix.log())

    with house.serving() as serving:
        assert serving.port
        wait_for(lambda: house.archived().total() == 1)

    assert "status=bounced" not in postfix.log()
