"""Metrics: numbers of every stage that agree, on a loopback address, and nobody's name in them."""

import re
import smtplib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from running import House, Serving, made, wait_for

PEOPLE = ("secret.person@school.example", "journal-7f3a@archive.example")
MAIL = "Message-ID: <m{}@secret.example>\r\nSubject: confidential\r\n\r\nhello\r\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with made(tmp_path / "house", METRICS__LISTEN="127.0.0.1:0") as house:
        yield house


def scrape(serving: Serving) -> str:
    found = re.search(r"metrics on (http://\S+)", serving.log.read_text())
    assert found, serving.log.read_text()
    with urllib.request.urlopen(found[1], timeout=20) as answer:  # noqa: S310 - loopback, and ours
        text: str = answer.read().decode()
    return text


def values(text: str) -> dict[str, float]:
    families = text_string_to_metric_families(text)
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_each_stage_is_counted_and_nobody_is_named(house: House) -> None:
    """Accepted becomes archived; refusals count by their code; no address, id or word is said."""
    with house.serving() as serving:
        with smtplib.SMTP("127.0.0.1", serving.port, "mail.example", timeout=20) as client:
            for number in range(3):
                client.sendmail("a.person@school.example", PEOPLE, MAIL.format(number))
            client.docmd("RCPT TO:<too.early@school.example>")
        wait_for(lambda: not house.spooled)
        wait_for(lambda: values(scrape(serving))["section9_archived_total"] == 3)
        text = scrape(serving)

    said = values(text)
    assert (3, 1) == (said["section9_accepted_total"], said["section9_refused_total 451"])
    assert (0, 0, 1) == tuple(
        said[f"section9_{name}"] for name in ("spool_messages", "quarantined", "measured")
    )
    assert 0 == said["section9_check conductor"]
    assert said["section9_last_message_timestamp_seconds"] > 1.7e9
    assert not re.search(r"person|secret|confidential|@|example", text)


def test_without_an_index_the_rest_is_still_measured(house: House) -> None:
    """What cannot be asked is a failed check, not a failed scrape."""
    with house.serving() as serving:
        assert serving.port
        (house.home / "index" / "section9.sqlite").unlink()
        said = values(scrape(serving))

    assert (2, 1) == (said["section9_check index"], said["section9_measured"])


@pytest.mark.parametrize(
    "listen", ["0.0.0.0:9109", "192.0.2.1:9109", "9109", "127.0.0.1:x", "[::1]:70000"]
)
def test_no_other_address_than_loopback_is_served(house: House, listen: str) -> None:
    """A wrong setting ends `serve` with a line that says what to write."""
    done = house.run("serve", SECTION9_METRICS__LISTEN=listen)

    assert 3 == done.returncode
    assert b"metrics.listen" in done.stderr.splitlines()[-1]


def test_off_by_default(tmp_path: Path) -> None:
    """Nothing listens that nobody asked for."""
    with made(tmp_path / "plain") as house, house.serving() as serving:
        assert serving.port
        assert "metrics" not in serving.log.read_text()
