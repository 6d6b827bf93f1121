"""The Postfix recipe of docs/journaling, word for word, in a real Postfix."""

import os
import re
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from tempfile import gettempdir

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ingest.reports.copies import CopyEnvelope, envelope_to
from ingest.reports.envelope import Addressee
from ingest.traces.claim import Claim, Skipped
from ingest.traces.file import open_trace

RECIPE = Path(__file__).parents[1] / "docs" / "journaling" / "postfix.md"
JOURNAL = "journal-7f3a9c@archive.school.example"
SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
HOST = """
compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
maillog_file = {base}/spool/log
maillog_file_prefixes = {base}
myhostname = mx.school.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relay_domains = school.example
relay_recipient_maps = inline:{{{{ben@school.example=x}},{{dan@school.example=x}}}}
relayhost = [127.0.0.1]:{mail}
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
"""

pytestmark = [
    pytest.mark.skipif(not shutil.which("postfix"), reason="Postfix is not installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix must be started by root"),
]


@dataclass
class Sink:
    """A mail server that keeps what it is given."""

    got: list[bytes] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep one message."""
        self.got.append(bytes(envelope.original_content or b""))
        return "250 kept"


def blocks(heading: str) -> str:
    """The code that stands under a heading of the recipe."""
    found = re.search(
        rf"^## `{re.escape(heading)}`\n\n```\n(.*?)```",
        RECIPE.read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert found is not None
    return found[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def configure(base: Path, *, port: int, mail: int, archive: int) -> Path:
    """Write the recipe, its paths and the archive's address changed, and nothing else."""
    etc = base / "etc"
    for name in ("etc", "spool", "data"):
        (base / name).mkdir()
    shutil.chown(base / "data", "postfix")
    for name in ("section9-envelope-to", "section9-hide"):
        (etc / name).write_text(blocks(f"/etc/postfix/{name}"))
    main = HOST.format(base=base, mail=mail) + blocks("/etc/postfix/main.cf")
    main = main.replace("/etc/postfix/", f"{etc}/")
    (etc / "main.cf").write_text(
        main.replace("[archive.school.example]:25", f"[127.0.0.1]:{archive}")
    )
    service = blocks("/etc/postfix/master.cf").replace("=encrypt", "=none")
    (etc / "master.cf").write_text(SERVICES.format(port=port) + service)
    return etc


@dataclass(frozen=True)
class Site:
    """A running Postfix, and the two servers that it delivers to."""

    port: int
    mail: Sink
    archive: Sink
    log: Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    base = tmp_path_factory.mktemp("postfix")
    below = takewhile(lambda folder: folder != Path(gettempdir()), base.parents)
    for folder in (base, *below):  # Postfix leaves root's account and must get in
        folder.chmod(folder.stat().st_mode | 0o055)
    port, mail, archive = free_port(), free_port(), free_port()
    etc = configure(base, port=port, mail=mail, archive=archive)
    made = Site(port, Sink(), Sink(), base / "spool" / "log")
    servers = [
        Controller(made.mail, hostname="127.0.0.1", port=mail),
        Controller(made.archive, hostname="127.0.0.1", port=archive),
    ]
    for server in servers:
        server.start()
    subprocess.run(["postfix", "-c", etc, "start"], check=True, capture_output=True, timeout=60)
    try:
        yield made
    finally:
        subprocess.run(["postfix", "-c", etc, "stop"], check=True, capture_output=True, timeout=60)
        for server in servers:
            server.stop()


def client(site: Site) -> smtplib.SMTP:
    for _ in range(100):
        try:
            return smtplib.SMTP("127.0.0.1", site.port, timeout=10)
        except OSError:
            time.sleep(0.1)
    return smtplib.SMTP("127.0.0.1", site.port, timeout=10)


def arrived(sink: Sink, subject: bytes) -> bytes:
    """Wait for a message by its subject."""
    for _ in range(200):
        for content in sink.got:
            if subject in content:
                return content
        time.sleep(0.1)
    raise TimeoutError(subject)


def test_the_copy_names_everybody_and_no_forged_recipient(site: Site) -> None:
    """Bcc recipients reach the archive; a sender's own fields do not, nor do theirs reach him."""
    forged = b"X-Envelope-To: <head@school.example>\r\n"
    with client(site) as smtp:
        smtp.sendmail(
            "ada@school.example",
            ["ben@school.example", "dan@school.example", "eve@other.example"],
            forged + b"Received: from x by y; now\r\n" + forged + b"Subject: one\r\n\r\nhello\r\n",
        )

    copy = arrived(site.archive, b"Subject: one")

    names = ("ben@school.example", "dan@school.example", "eve@other.example")
    assert CopyEnvelope("", tuple(map(Addressee, names))) == envelope_to(copy, trusted=True)
    assert b"x-envelope-to" not in arrived(site.mail, b"Subject: one").lower()


def test_refused_recipients_are_not_named_and_users_cannot_mail_the_journal(site: Site) -> None:
    """Only who was accepted is named; the journal's address is closed to everybody."""
    with client(site) as smtp:
        smtp.ehlo("client.example")
        smtp.mail("ada@school.example")
        replies = [smtp.rcpt(to)[0] for to in ("nobody@school.example", JOURNAL)]
        smtp.rcpt("ben@school.example")
        smtp.data(b"Subject: two\r\n\r\nhello\r\n")

    copy = envelope_to(arrived(site.archive, b"Subject: two"), trusted=True)

    assert ([550, 554], (Addressee("ben@school.example"),)) == (replies, copy.recipients)


def test_the_log_says_what_was_delivered_and_to_whom(site: Site) -> None:
    """A real log reconciles: a claim for each who got it, none for the journal or what waits."""
    people = ["eve@other.example", "mum@home.example"]
    with client(site) as smtp:
        smtp.sendmail(
            "ada@school.example",
            [*people, "ben@school.example"],  # of a transport that this Postfix does not have
            b"Message-ID: <Three@School.example>\r\nSubject: three\r\n\r\nhello\r\n",
        )
    arrived(site.archive, b"Subject: three")
    arrived(site.mail, b"Subject: three")

    for _ in range(50):  # the log is written by a daemon of its own
        with open_trace(site.log, journal=frozenset({JOURNAL})) as trace:
            form, entries = trace.form, list(trace.entries)
        claims = [one for one in entries if isinstance(one, Claim)]
        told = sorted(who for one in claims for who in one.recipients if "three" in one.message_id)
        if told == people and Skipped.JOURNAL in entries:
            break
        time.sleep(0.1)

    assert ("Postfix", people) == (form, told)
    assert Skipped.JOURNAL in entries
    assert Skipped.NO_MESSAGE_ID not in entries
