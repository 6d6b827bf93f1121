"""`section9 audit anchor`: signed, stamped by a real authority, mailed; and openssl agrees."""

import email
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from loopback import free_port
from running import House, made
from stamper import Stamper, openssl, stamping

from archive.anchors import key_of
from archive.books import Book
from archive.case_events import Anchored, Reported, Stamped

DPO = "dpo@school.example"


class Inbox:
    """Keeps what a real SMTP server is sent."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Take a message."""
        message = email.message_from_bytes(envelope.content, policy=default)
        self.messages.append(message)
        return "250 OK"


@contextmanager
def receiving(inbox: Inbox, port: int) -> Iterator[None]:
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def settle(house: House, *audit: str, port: int = 0) -> None:
    """Write what cannot come from the environment: `[audit]`, and the mail server."""
    file = house.home / "section9.toml"
    text = file.read_text().replace("mail_to = []  ", "# ").replace("[audit]", "[audit]\n", 1)
    text = text.replace("[audit]\n", "[audit]\n" + "".join(f"{one}\n" for one in audit), 1)
    if port:
        server = f'[alerts]\nsmtp_host = "127.0.0.1"\nsmtp_port = {port}\n'
        text = text.replace("[alerts]", server + "#", 1)
    file.write_text(text)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with made(tmp_path / "house") as house:
        yield house


@pytest.fixture(scope="module")
def stamper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stamper]:
    if not shutil.which("openssl"):
        missing = "openssl is not here to stamp and to verify (Debian: openssl)"
        if os.environ.get("SECTION9_REQUIRE_SERVERS") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with stamping(tmp_path_factory.mktemp("stamper")) as stamper:
        yield stamper


def part(house: House, number: int, name: str) -> Path:
    return house.home / "archive" / key_of(number, name)


def test_init_makes_a_key_for_its_owner_alone(house: House) -> None:
    """The private half is 0600; it is never overwritten, nor used where others may read it."""
    key = house.home / "audit.key"

    assert 0o600 == stat.S_IMODE(key.stat().st_mode)
    again = house.run("audit", "keygen")
    assert (3, True) == (again.returncode, b"a key is never overwritten" in again.stderr)
    key.chmod(0o640)
    refused = house.run("audit", "anchor")
    assert (3, True) == (refused.returncode, b"may be read by others" in refused.stderr)


def test_a_key_of_ones_own_is_not_made_in_the_archive(house: House, tmp_path: Path) -> None:
    """It lies where the settings say, not among what is copied; its public half is printed."""
    settle(house, f'key = "{tmp_path / "mine.key"}"')
    printed = house.must("audit", "keygen")

    assert printed == (tmp_path / "mine.pub").read_bytes()
    house.must("audit", "anchor")
    house.must("audit", "verify", "--key", tmp_path / "mine.pub")
    wrong = house.run("audit", "verify", "--key", house.home / "audit.pub")
    assert (20, True) == (wrong.returncode, b"none of yours" in wrong.stdout)
    settle(house, f'key = "{house.home / "archive" / "a.key"}"')
    assert 0 != house.run("audit", "keygen").returncode


@pytest.mark.usefixtures("stamper")  # where there is no openssl it skips
def test_an_anchor_holds_for_openssl(house: House) -> None:
    """Whoever has the files and the public key needs none of our code."""
    house.must("audit", "anchor")
    content, signature = part(house, 1, "json"), part(house, 1, "sig")
    words = ("pkeyutl", "-verify", "-pubin", "-inkey", "audit.pub", "-rawin")

    said = openssl(*words, "-in", content, "-sigfile", signature, cwd=house.home)

    assert b"Signature Verified Successfully" in said


def test_an_anchor_is_stamped_and_openssl_agrees(house: House, stamper: Stamper) -> None:
    """The authority's answer, its chain and what it was asked lie beside the anchor.

    `-attime` judges certificates as of the stamp, once they have run out.
    """
    settle(house, f'tsa_url = "{stamper.url}"', f'tsa_ca = "{stamper.root}"')

    anchored = house.json("audit", "anchor")

    files = {name: part(house, 1, name) for name in ("json", "tsq", "tsr", "pem")}
    trust = ("-CAfile", stamper.root, "-untrusted", files["pem"])
    verify = ("ts", "-verify", "-in", files["tsr"], *trust)
    assert b"Verification: OK" in openssl(*verify, "-data", files["json"], cwd=house.home)
    assert b"Verification: OK" in openssl(*verify, "-queryfile", files["tsq"], cwd=house.home)
    [stamped] = [one for one in house.events(Book.CASES) if isinstance(one, Stamped)]
    at = ("-attime", str(int(stamped.stamped.timestamp())))
    assert b"Verification: OK" in openssl(*verify, *at, "-data", files["json"], cwd=house.home)
    assert (1, []) == (anchored["stamped"], anchored["troubles"])
    assert 1 == house.json("audit", "verify")["stamped"]


def test_an_authority_that_is_away_stamps_later(house: House, stamper: Stamper) -> None:
    """The anchor is made all the same, and says that it waits; the next one has both stamped."""
    settle(house, f'tsa_url = "http://127.0.0.1:{free_port()}/"', f'tsa_ca = "{stamper.root}"')
    waits = house.run("audit", "anchor")
    text = (house.home / "section9.toml").read_text()
    gone = next(line for line in text.splitlines() if line.startswith("tsa_url"))
    (house.home / "section9.toml").write_text(text.replace(gone, f'tsa_url = "{stamper.url}"'))

    later = house.json("audit", "anchor")

    assert (44, True) == (waits.returncode, b"cannot be reached" in waits.stderr)
    assert (2, 2, []) == (later["number"], later["stamped"], later["troubles"])


def test_a_stamp_of_a_stranger_is_not_kept(house: House, stamper: Stamper, tmp_path: Path) -> None:
    """A response counts only if it leads to the root that the settings name."""
    other = tmp_path / "other"
    other.mkdir()
    with stamping(other) as stranger:
        settle(house, f'tsa_url = "{stranger.url}"', f'tsa_ca = "{stamper.root}"')
        waits = house.run("audit", "anchor")

    assert (44, True) == (waits.returncode, b"the time stamp does not hold" in waits.stderr)
    assert not part(house, 1, "tsr").exists()


def test_an_altered_stamp_is_found(house: House, stamper: Stamper) -> None:
    """Whoever puts another stamp there has none of that moment."""
    settle(house, f'tsa_url = "{stamper.url}"', f'tsa_ca = "{stamper.root}"')
    house.must("audit", "anchor")
    house.must("audit", "anchor")
    content = part(house, 2, "tsr").read_bytes()
    part(house, 1, "tsr").unlink()
    part(house, 1, "tsr").write_bytes(content)

    found = house.run("audit", "verify", "--json")

    assert 20 == found.returncode
    assert ["bad-stamp"] == [one["kind"] for one in house.read(found.stdout)["problems"]]


def test_an_anchor_is_mailed_and_proves_the_ledger_from_there(house: House, tmp_path: Path) -> None:
    """What the DPO keeps is enough: the file, its signature, and their copy of the public key."""
    inbox, port = Inbox(), free_port()
    settle(house, f'mail_to = ["{DPO}"]', port=port)
    with receiving(inbox, port):
        house.must("audit", "anchor")
    [message] = inbox.messages
    for attachment in message.iter_attachments():
        (tmp_path / str(attachment.get_filename())).write_bytes(attachment.get_content())
    kept = tmp_path / "anchor-000001.json"
    proof = ("audit", "verify", "--key", house.home / "audit.pub", "--anchor", kept)

    house.must(*proof)
    shutil.rmtree(house.home / "archive" / "anchors")
    shutil.rmtree(house.home / "archive" / "ledger")
    (house.home / "heads.json").unlink()
    (house.home / "heads.json.lock").unlink()
    house.must("people", "import", people(tmp_path))
    found = house.run(*proof)

    assert DPO == message["To"]
    assert 20 == found.returncode
    assert b"anchor 1: is gone from the archive; the one given names it" in found.stdout


def people(folder: Path) -> Path:
    """A directory of one, so that there is something on the new ledger."""
    file = folder / "people.csv"
    file.write_text("address,name,role\na@school.example,A. Example,staff\n")
    return file


def test_what_could_not_be_mailed_goes_with_the_next(house: House) -> None:
    """One message with both anchors; and each goes to each address once."""
    inbox, port = Inbox(), free_port()
    settle(house, f'mail_to = ["{DPO}", "chair@school.example"]', port=port)
    waits = house.run("audit", "anchor")

    with receiving(inbox, port):
        house.must("audit", "anchor")

    names = [one.get_filename() for one in inbox.messages[0].iter_attachments()]
    told = [(one.what, one.to) for one in house.events(Book.CASES) if isinstance(one, Reported)]
    assert (44, True) == (waits.returncode, b"the mail server did not take it" in waits.stderr)
    assert [DPO, "chair@school.example"] == [one["To"] for one in inbox.messages]
    assert [f"anchor-00000{n}.{end}" for n in (1, 2) for end in ("json", "sig")] == names
    assert [("anchor 1", DPO), ("anchor 2", DPO)] == told[:2]
    assert 4 == len(told)


def test_every_anchor_is_on_the_ledger(house: House) -> None:
    """With its number, its hash, and the heads that it signs."""
    made = [house.json("audit", "anchor") for _ in range(2)]

    recorded = [one for one in house.events(Book.CASES) if isinstance(one, Anchored)]

    assert [one["sha256"] for one in made] == [one.sha256 for one in recorded]
    assert [1, 2] == [one.number for one in recorded]
    assert [0, 1] == [one["heads"][1]["number"] for one in made]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('tsa_url = "http://tsa.example/"', b"tsa_url needs tsa_ca"),
        ('tsa_url = "ftp://tsa.example/"', b"audit.tsa_url"),
        ('mail_to = ["dpo@school.example"]', b"mail_to needs a mail server"),
    ],
)
def test_settings_that_would_prove_nothing_are_refused(house: House, said: str, why: bytes) -> None:
    """Before the first anchor, not after a year of them."""
    settle(house, said)

    refused = house.run("audit", "anchor")

    assert (3, True) == (refused.returncode, why in refused.stderr)


def test_no_variable_sends_anchors_elsewhere(house: House) -> None:
    """Where they go stands in the file alone."""
    refused = house.run("audit", "anchor", SECTION9_AUDIT__TSA_URL="http://tsa.example/")

    assert (3, True) == (refused.returncode, b"stands in" in refused.stderr)
