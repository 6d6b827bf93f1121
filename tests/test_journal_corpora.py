"""Journal reports of other makers: every field, recipient and byte, against their truth."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.journal import Report, unwrap
from ingest.reports.envelope import Addressee
from ingest.reports.trust import Verdict, judge
from section9 import Role

DATA = Path(__file__).parents[2] / "shared" / "data"
SYNTHETIC = sorted((DATA / "journal_synthetic").glob("*.eml"))
REAL = sorted((DATA / "journal_real").glob("*.rfc822"))

pytestmark = pytest.mark.skipif(
    not SYNTHETIC or not REAL, reason=f"no journal reports in {DATA}: they are not distributed"
)


@dataclass
class Tally:
    """How many of the things asked for were right."""

    right: int = 0
    asked: int = 0

    def compare(self, expected: object, actual: object) -> None:
        """Count one comparison."""
        self.asked += 1
        self.right += expected == actual

    @property
    def percent(self) -> float:
        """How much of it was right."""
        return 100 * self.right / self.asked


def _read(path: Path) -> Report:
    report = unwrap(path.read_bytes())
    assert report is not None
    return report


def _bare(identity: str) -> str:
    return identity.strip("<>")


def _addressee(row: dict[str, str]) -> Addressee:
    role = Role.UNVERIFIED if row["field"] == "Recipient" else Role(row["field"].lower())
    return Addressee(row["address"], role, row.get("expanded", ""), row.get("forwarded", ""))


def _truth(path: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(path.with_suffix(".json").read_text())
    return truth


def test_synthetic_reports_are_read_whole() -> None:
    """Fields at least 99 % right; recipients, inner hashes and verdicts all of them."""
    fields, recipients, hashes, verdicts = Tally(), Tally(), Tally(), Tally()

    for path in SYNTHETIC:
        truth, report = _truth(path), _read(path)
        said = truth["report"]
        fields.compare(said["sender"], report.sender)
        fields.compare(said["on_behalf_of"] or "", report.on_behalf_of)
        fields.compare(said["subject"], report.subject)
        fields.compare(_bare(said["message_id"]), report.message_id)
        recipients.compare([*map(_addressee, said["recipients"])], [*report.recipients])
        hashes.compare(
            truth["inner_sha256"], [hashlib.sha256(each).hexdigest() for each in report.originals]
        )
        trusted = truth["trust"] == "trusted"
        verdicts.compare(trusted, judge(report, trusted=trusted).believed)

    print(f"{fields=} {recipients=} {hashes=} {verdicts=}")  # noqa: T201 - the figures are asked for
    assert (True, 100, 100, 100) == (
        fields.percent >= 99,
        recipients.percent,
        hashes.percent,
        verdicts.percent,
    )


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_reports_are_believed_whole(path: Path) -> None:
    """Recipients as the envelope's lines have them; the original exactly as it lies there."""
    content = path.read_bytes()
    lines = content.split(b"Message-Id: ", 1)[1].split(b"\n\n", 1)[0].splitlines()[1:]
    expected = [Addressee(line.decode().removeprefix("Recipient: ")) for line in lines]
    boundary = content.split(b'boundary="', 1)[1].split(b'"', 1)[0]
    last = content.split(b"\n--" + boundary)[2].split(b"\n\n", 1)[1]

    report = _read(path)

    assert (expected, (last,), Verdict(())) == (
        [*report.recipients],
        report.originals,
        judge(report, trusted=True),
    )


@pytest.mark.parametrize("path", SYNTHETIC[:8], ids=lambda path: path.stem)
def test_a_report_about_another_message_is_suspect(path: Path) -> None:
    """The envelope of one report around the message of another is never believed."""
    other = next(each for each in SYNTHETIC if _read(each).subject != _read(path).subject)
    content = path.read_bytes().replace(_read(path).originals[0], _read(other).originals[0])

    report = unwrap(content)

    assert report is not None
    assert {"message-id-mismatch", "subject-mismatch"} <= set(judge(report, trusted=True).reasons)
