"""`section9 ingest` killed in the middle: run again, it ends as if nothing had been."""

import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import House, made

from demo.mailbox import messages
from section9 import BlobId

CRASH = Path(__file__).parent / "crash"
POINTS = (
    "ingest os.link /archive/blobs/ 20",  # what was unpacked is being stored
    "ingest os.link /archive/ledger/ 2",  # a segment's bytes are on disk, its name is not
    "ingest os.remove /archive/tmp/ 80",  # it has its name, and the index knows nothing of it
    "ingest.worker open /export/inbox.mbox 50",  # a reader, whose place another takes
)
FROM_LINE = b"From j.doe@school.example Tue Sep  1 09:00:00 2026\n"


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An mbox, and an archive of messages, most of them in the mbox too."""
    folder = tmp_path_factory.mktemp("mail") / "export"
    folder.mkdir()
    mails = [content.replace(b"\r\n", b"\n").rstrip(b"\n") for _, content in messages()]
    mbox = b"".join(FROM_LINE + content + b"\n\n" for content in mails)
    (folder / "inbox.mbox").write_bytes(mbox)
    with zipfile.ZipFile(folder / "backup.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("box.mbox", mbox)
        archive.writestr("broken.msg", b"no message")
    return folder


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    (tmp_path / "marks").mkdir()
    with made(tmp_path / "house") as house:
        yield house


def killed(house: House, point: str) -> dict[str, str]:
    """The environment in which `section9 ingest` or its reader is killed at a point, once."""
    path = os.pathsep.join(filter(None, (str(CRASH), os.environ.get("PYTHONPATH"))))
    marks = str(house.home.with_name("marks"))
    return {"PYTHONPATH": path, "CRASH_AT": point, "CRASH_MARKS": marks}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, mail: Path) -> Counter[BlobId]:
    """What an archive holds after one run to the end."""
    with made(tmp_path_factory.mktemp("undisturbed") / "house") as house:
        house.run("ingest", mail)
        return house.archived()


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_run_again_it_ends_in_the_same_state(
    house: House, mail: Path, undisturbed: Counter[BlobId], point: str
) -> None:
    """Nothing is lost and nothing is there twice; what failed is tried and counted again."""
    first = house.run("ingest", mail, given=b"", **killed(house, point))
    again = house.run("ingest", "--json", mail)

    counts = house.read(again.stdout)
    assert [1] == [len([*house.home.with_name("marks").iterdir()])]
    assert (1 if "worker" in point else -9, 1) == (first.returncode, again.returncode)
    assert undisturbed == house.archived() == house.indexed()
    assert counts["seen"] == counts["new"] + counts["known"] + counts["failed"]
    assert (undisturbed.total() + 1, 1) == (counts["seen"], counts["failed"])
    assert house.json("verify")["whole"]
