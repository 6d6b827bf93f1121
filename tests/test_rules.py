"""`section9 rules`: switched on the record, and tried on history before they are on (clause 12)."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from running import House, made
from test_rescan import BANK, MAIL, ledger, read_earlier

from archive.access_events import RulesTried
from archive.books import Book
from archive.case_events import RulesInForce, RuleSwitched
from archive.mail_events import Rescanned
from detectors.catalogue import EVERY_RULE
from section9 import RuleState

ROLES = """
[roles]
"d.po" = { roles = ["dpo"], addresses = ["dpo@school.example"] }
"t.ech" = { roles = ["technician"] }
"""
SWITCHED = ("rules", "disable", "nhs-number", "--reason", "DPO decision 12")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_text(MAIL.format(number=1))
    with made(tmp_path / "house") as house:
        yield house


def listed(house: House, rule: str) -> dict[str, object]:
    lines = map(house.read, house.must("rules", "list", "--json").splitlines())
    return next(line for line in lines if line["rule"] == rule)


def test_a_rule_that_is_off_reads_nothing_that_comes(house: House, tmp_path: Path) -> None:
    """Whoever switched it is on the list with the reason; on again, `rescan` makes it good."""
    house.must(*SWITCHED)
    off = listed(house, "nhs-number")
    house.must("ingest", tmp_path / "mail")
    without = house.json("ingest", tmp_path / "mail")
    house.must("rules", "enable", "nhs-number", "--reason", "tried")
    ran = house.json("rescan")

    [rescanned] = [one for one in house.events(Book.MAIL) if isinstance(one, Rescanned)]

    assert ("off", "DPO decision 12") == (off["state"], off["reason"])
    assert 1 == without["known"]
    assert (1, "on") == (ran["read"], listed(house, "nhs-number")["state"])
    assert "nhs-number" in {one.rule for one in rescanned.findings}
    assert any(isinstance(one, RuleSwitched) for one in house.events(Book.CASES))


def test_since_when_a_version_reads_the_mail_is_on_record(house: House, tmp_path: Path) -> None:
    """Noted when the program first reads mail, once; before that it has read none."""
    before = listed(house, "iban")
    house.must("ingest", tmp_path / "mail")
    house.must("ingest", tmp_path / "mail")

    [noted] = [one for one in house.events(Book.CASES) if isinstance(one, RulesInForce)]

    assert (None, "on") == (before["since"], before["state"])
    assert listed(house, "iban")["since"]
    assert {f"{rule.id}/{rule.version}" for rule in EVERY_RULE} == set(noted.rules.split())


def test_a_trial_shows_counts_and_ids_and_changes_nothing(house: House) -> None:
    """`rules diff` says what another version adds and drops; it is recorded, and no mail shown."""
    ledger(house).append(Book.MAIL, [e for n in range(3) for e in read_earlier(house, n)])
    house.must("index", "rebuild")
    before = house.events(Book.MAIL)

    said = house.must("rules", "diff", "--json", "--last", "2")
    told = house.must("rules", "diff", "--rule", BANK)

    *rules, sums = [msgspec.json.decode(line) for line in said.splitlines()]
    bank = next(line for line in rules if line["rule"] == BANK)
    none = {"low": 0, "medium": 0, "high": 0}
    assert [none | {"high": 2}] * 4 == [bank[key] for key in ("before", "now", "new", "gone")]
    assert (2, 2, 0) == (len(bank["gone_in"]), sums["messages"], sums["failed"])
    assert not any(word in said + told for word in (b"trip", b"943", b"j.doe", b"2000"))
    assert before == house.events(Book.MAIL)
    tried = [one for one in house.events(Book.ACCESS) if isinstance(one, RulesTried)]
    assert [2, 3] == [one.messages for one in tried]
    assert set(bank["gone_in"]) <= set(tried[0].shown)


def test_a_rule_on_trial_is_run_by_a_test_alone(house: House, tmp_path: Path) -> None:
    """What comes is not read by it; one that is off is tested only by name."""
    house.must("rules", "trial", "nhs-number", "--reason", "new")
    house.must("rules", "disable", "iban", "--reason", "noise")
    house.must("ingest", tmp_path / "mail")

    said = house.must("rules", "test", "--json").splitlines()

    rules = {line["rule"]: line for line in map(house.read, said[:-1])}
    nhs = rules["nhs-number"]
    assert (RuleState.TRIAL, 0, 1) == (nhs["state"], nhs["before"]["high"], nhs["new"]["high"])
    assert "iban" not in rules


def test_who_may_tune(house: House) -> None:
    """The DPO and the DSL; never the technician, who installs rules."""
    settings = house.home / "section9.toml"
    settings.write_text(settings.read_text().replace("\n[roles]\n", ROLES, 1))

    codes = [
        house.run(*command, SUDO_USER=account).returncode
        for account, command in (
            ("t.ech", SWITCHED),
            ("t.ech", ("rules", "test")),
            ("d.po", SWITCHED),
            ("d.po", SWITCHED),
            ("d.po", ("rules", "disable", "nhs-numbr", "--reason", "x")),
            ("d.po", ("rules", "enable", "nhs-number", "--reason", " ")),
        )
    ]

    assert [10, 10, 0, 11, 2, 11] == codes
