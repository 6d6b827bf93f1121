"""Doctor and the alarm of silence: what is well, what is not, and what a monitoring system sees."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from running import House, made, wait_for

from commands.durations import parse
from ingest import health
from ingest.account import Run
from ingest.health import Check, Level
from ingest.spool import Spool, SpoolSize, new_run
from section9 import Envelope

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GB = 10**9


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (health.disk(5 * GB, GB), "OK"),
        (health.disk(2 * GB, GB), "WARN"),
        (health.disk(GB - 1, GB), "FAIL"),
        (health.spool(SpoolSize(0, 0), None, 100), "OK"),
        (health.spool(SpoolSize(5, 9), timedelta(minutes=1), 100), "OK"),
        (health.spool(SpoolSize(5, 9), HOUR, 100), "WARN"),
        (health.spool(SpoolSize(5, 9), 5 * HOUR, 100), "FAIL"),
        (health.spool(SpoolSize(100, 9), timedelta(0), 100), "FAIL"),
        (health.conductor(running=True), "OK"),
        (health.conductor(running=False), "WARN"),
        (health.quarantine(0), "OK"),
        (health.quarantine(1), "WARN"),
        (health.index(0), "OK"),
        (health.index(11), "WARN"),
        (health.index(0, trouble="there is no index: make one"), "FAIL"),
        (health.silence(NOW - HOUR, NOW, 2 * HOUR), "OK"),
        (health.silence(NOW - 3 * HOUR, NOW, 2 * HOUR), "FAIL"),
        (health.silence(None, NOW, 2 * HOUR), "FAIL"),
        (health.silence(None, NOW, None), "OK"),
        (health.clock(NOW - DAY, NOW), "OK"),
        (health.clock(None, NOW), "OK"),
        (health.clock(NOW + HOUR, NOW), "FAIL"),
        (health.permissions(0o40750, ours=True), "OK"),
        (health.permissions(0o40755, ours=True), "FAIL"),
        (health.permissions(0o40750, ours=False), "WARN"),
        (health.anchors(None, NOW), "OK"),
        (health.anchors(NOW - DAY, NOW), "OK"),
        (health.anchors(NOW - 4 * DAY, NOW), "WARN"),
        (health.anchors(None, NOW, trouble="cannot be read"), "FAIL"),
        (health.alerts_unsent(0, 0), "OK"),
        (health.alerts_unsent(1, 0), "WARN"),
        (health.alerts_unsent(0, 1), "WARN"),
        (health.triage(0, programmes=0), "OK"),
        (health.triage(3, programmes=1), "OK"),
        (health.triage(3, programmes=0), "WARN"),
        (health.samples("", None, overdue=()), "OK"),
        (health.samples("2026-10", NOW, overdue=()), "OK"),
        (health.samples("2026-10", NOW, overdue=("2026-11",)), "WARN"),
        (health.alerts(nobody=0, unsent=None, ignored=0, vacant=()), "OK"),
        (health.alerts(nobody=0, unsent=timedelta(minutes=1), ignored=0, vacant=()), "OK"),
        (health.alerts(nobody=0, unsent=HOUR, ignored=0, vacant=()), "FAIL"),
        (health.alerts(nobody=1, unsent=None, ignored=0, vacant=()), "FAIL"),
        (health.alerts(nobody=0, unsent=None, ignored=1, vacant=()), "WARN"),
        (health.alerts(nobody=0, unsent=None, ignored=0, vacant=("dpo",)), "WARN"),
        (health.certificate(None, NOW), "OK"),
        (health.certificate(NOW + 60 * DAY, NOW), "OK"),
        (health.certificate(NOW + 5 * DAY, NOW), "WARN"),
        (health.certificate(NOW, NOW), "FAIL"),
        (health.certificate(None, NOW, trouble="cannot be read"), "FAIL"),
    ],
)
def test_each_thing_is_judged_by_what_was_measured(check: Check, expected: str) -> None:
    """What is not well says what to do."""
    assert expected == check.level
    assert (check.level is Level.OK) == (not check.advice)


def test_the_worst_counts() -> None:
    """One failure among warnings is a failure."""
    checks = (
        health.quarantine(1),
        health.index(0, trouble="away: wait"),
        health.conductor(running=True),
    )

    assert Level.FAIL is health.worst(checks)
    assert Level.WARN is health.worst(checks[:1])
    assert Level.OK is health.worst(())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90m", timedelta(minutes=90)), ("2h", 2 * HOUR), ("3d", 3 * DAY), ("30s", HOUR / 120)],
)
def test_a_length_of_time_is_written_as_people_do(text: str, expected: timedelta) -> None:
    """A number and its unit."""
    assert expected == parse(text)


@pytest.mark.parametrize("text", ["", "2", "h", "2 hours", "-1h", "1e3h", "2h30m"])
def test_any_other_length_is_refused(text: str) -> None:
    """Rather than guessed."""
    with pytest.raises(ValueError, match="90m"):
        parse(text)


def test_a_run_that_lost_a_message_says_so() -> None:
    """Also where another run has one too many, and the sums over all agree."""
    whole = Run("r1", accepted=5, spooled=1, quarantined=1, archived=3)
    short = Run("r2", accepted=5, spooled=1, quarantined=1, archived=2)

    assert (0, 1) == (whole.nowhere, short.nowhere)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with made(tmp_path / "house") as house:
        yield house


def put(house: House, received: datetime) -> Path:
    envelope = Envelope("a@x.example", ("b@x.example",), "192.0.2.1", None, None, received)
    spool = Spool(house.home, run=new_run())
    return spool.path(spool.put(envelope, b"Message-ID: <1@x.example>\r\n\r\nhello\r\n"))


def checks(house: House, *, code: int, **settings: str) -> dict[str, str]:
    done = replace(house, settings=settings).run("doctor", "--json")
    assert code == done.returncode, done.stderr
    lines = (msgspec.json.decode(line) for line in done.stdout.splitlines())
    return {line["name"]: line["level"] for line in lines}


def test_the_doctor_looks_at_everything(house: House, tmp_path: Path) -> None:
    """Warnings and failures have exit codes of their own; an index that is gone is no crash."""
    alone = checks(house, code=40)
    put(house, datetime.now(UTC) - 5 * HOUR)
    waiting = checks(house, code=41, SECTION9_JOURNAL__SILENT_AFTER="2h")
    shutil.rmtree(house.home / "index")
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    broken = checks(house, code=41, SECTION9_JOURNAL__TLS_CERTIFICATE=str(bad))

    assert {"conductor": "WARN"} == {n: level for n, level in alone.items() if level != "OK"}
    assert ("FAIL", "FAIL") == (waiting["spool"], waiting["silence"])
    assert ("FAIL", "FAIL") == (broken["index"], broken["certificate"])
    assert 15 == len(alone)


def test_silence_is_an_exit_code(house: House) -> None:
    """Of the spool's mail and of the archive's alike; by the option and by the setting."""
    new = put(house, datetime.now(UTC) - 3 * HOUR)
    codes = [house.run("status", "--silent-after", limit).returncode for limit in ("2h", "4h")]
    process = house.start("conduct", log=house.home.with_name("conduct.log"))
    try:
        wait_for(lambda: not new.exists())
    finally:
        process.terminate()
        process.wait()
    archived = [house.run("status", "--silent-after", limit).returncode for limit in ("2h", "4h")]
    by_setting = house.run("status", "--json", SECTION9_JOURNAL__SILENT_AFTER="2h")

    assert ([42, 0], [42, 0], 42) == (codes, archived, by_setting.returncode)
    said = msgspec.json.decode(by_setting.stdout)
    assert [(1, 0, 0, 1)] == [
        (run["accepted"], run["spooled"], run["quarantined"], run["archived"])
        for run in said["runs"]
    ]
    assert 2 == house.run("status", "--silent-after", "soon").returncode
