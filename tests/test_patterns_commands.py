"""Patterns as they are used: found after filing, listed, checked again, excused, purged."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from random import Random

import pytest
from running import House, made

from archive.books import Book
from archive.pattern_events import PatternFound, PatternLapsed
from cases.patterns import fold

BULLY, VICTIM = "j.dray@school.example", "p.ames@school.example"
ADULT, CHILD = "o.wren@school.example", "22freya@school.example"
STRANGER = "fl0w3r@gmail.com"
MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)
PEOPLE = f"""address,name,role
{BULLY},Jo Dray,staff
{VICTIM},Pat Ames,staff
{ADULT},Oliver Wren,staff
{CHILD},Freya Linn,student
"""
MAILS = (
    (BULLY, VICTIM, 0, "As usual you got it wrong."),
    (BULLY, VICTIM, 4, "Nobody wants to work with you."),
    (BULLY, VICTIM, 9, "You are so useless, honestly."),
    (BULLY, VICTIM, 15, "You'd better watch your back."),
    (ADULT, CHILD, 1, "Homework for Tuesday, please."),
    (ADULT, CHILD, 8, "You looked great in the play."),
    (STRANGER, ADULT, 9, "hi sir its me, my own mail"),
    (ADULT, STRANGER, 16, "I ordered you a little something. Delete this."),
    (ADULT, STRANGER, 23, "I can take you home in my car."),
)
AGREED = ("--until", "2099-07-31", "--reason", "father and daughter")


def files(folder: Path) -> list[Path]:
    """Write the messages down, each answering the one before."""
    folder.mkdir()
    for number, (sender, reader, day, text) in enumerate(MAILS):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, reader, "Hello"
        mail["Date"] = format_datetime(MONDAY + timedelta(days=day))
        mail["Message-ID"] = f"<{number}@t.example>"
        mail["In-Reply-To"] = f"<{number - 1}@t.example>"
        mail.set_content(text)
        (folder / f"{number}.eml").write_bytes(bytes(mail))
    return sorted(folder.iterdir())


def ready(house: House, folder: Path) -> list[Path]:
    settings = house.home / "section9.toml"
    settings.write_text(
        settings.read_text().replace("domains = []", 'domains = ["school.example"]')
    )
    house.must("people", "import", "-", given=PEOPLE.encode())
    return files(folder)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A campaign, and contact that drifts to an address that nobody knows."""
    folder = tmp_path_factory.mktemp("patterns")
    with made(folder / "house") as fresh:
        mails = ready(fresh, folder / "mails")
        fresh.must("ingest", *mails)
        yield fresh


def listed(house: House) -> list[tuple[object, ...]]:
    lines = map(house.read, house.must("patterns", "list", "--json").splitlines())
    return sorted((one["rule"], one["pattern"], one["people"], len(one["mails"])) for one in lines)


def test_patterns_are_found_when_mail_is_filed(house: House) -> None:
    """One on each pair, with the messages that make it; the list names nobody."""
    [bullying, contact] = listed(house)
    text = house.must("patterns", "list").decode()

    assert ("bullying", 2, 4) == (bullying[0], *bullying[2:])
    assert ("contact-over-time", 2, 4) == (contact[0], *contact[2:])
    assert not any(address in text for address in (BULLY, VICTIM, ADULT, CHILD, STRANGER))
    assert "severity" in text


def test_looking_again_changes_nothing(house: House) -> None:
    """With or without the memory, which is made anew from the ledger and the index."""
    before = house.events(Book.CASES)

    again = house.json("patterns", "recheck")
    (house.home / "patterns.sqlite").unlink()
    afresh = house.json("patterns", "recheck")

    assert [(len(MAILS), 0, 0)] * 2 == [
        (one["messages"], one["found"], one["lapsed"]) for one in (again, afresh)
    ]
    assert before == house.events(Book.CASES)


def test_mail_that_comes_late_makes_the_same_patterns(house: House, tmp_path: Path) -> None:
    """In whatever order, a message at a time or more."""
    with made(tmp_path / "house") as other:
        mails = ready(other, tmp_path / "mails")
        Random(4).shuffle(mails)  # noqa: S311 - not for secrets
        for some in (mails[:3], mails[3:5], mails[5:]):
            other.must("ingest", *some)

        assert listed(house) == listed(other)


def test_an_exception_keeps_a_pair_quiet_visibly(house: House) -> None:
    """It takes two people; the pattern lapses, and the ledger says why; it is listed, and ends."""
    add = ("people", "exception", "add", "--adult", ADULT, "--child", CHILD, *AGREED)
    asked = house.must(*add)
    alone = house.run("approve", "R-0001")
    assert b"R-0001 asks for it" in asked
    assert 12 == alone.returncode

    approved = house.run("approve", "R-0001", SUDO_USER="d.sl")
    assert 0 == approved.returncode, approved.stderr
    made_ = house.read(house.must(*add, "--json"))
    lapsed = [one for one in house.events(Book.CASES) if isinstance(one, PatternLapsed)]
    [known] = map(house.read, house.must("people", "exception", "list", "--json").splitlines())

    assert ["bullying"] == [rule for rule, *_ in listed(house)]
    assert ["a declared exception covers the two"] == [one.why for one in lapsed]
    assert made_ == known
    assert ("E-0001", "d.sl", None) == (known["exception"], known["reviewer"], known["ended"])
    ended = house.read(
        house.must("people", "exception", "end", "E-0001", "--reason", "moved", "--json")
    )
    assert ended["ended"]


def test_a_pattern_rule_is_switched_by_itself(tmp_path: Path) -> None:
    """Off or on trial it finds nothing, and is tried on all mail; on again it finds the same."""
    with made(tmp_path / "house") as other:
        mails = ready(other, tmp_path / "mails")
        other.must("rules", "trial", "bullying", "--reason", "new")
        other.must("ingest", *mails)
        on_trial = [rule for rule, *_ in listed(other)]
        tried = map(other.read, other.must("patterns", "test", "--json").splitlines())
        [line] = [one for one in tried if one["rule"] == "bullying"]
        words = other.must("patterns", "test").decode()
        asked = other.run("rules", "test", "--rule", "bullying")

        other.must("rules", "enable", "bullying", "--reason", "tried")
        other.must("ingest", mails[0])
        enabled = [rule for rule, *_ in listed(other)]
        other.must("rules", "disable", "bullying", "--reason", "DPO decision 12")
        other.must("ingest", mails[0])

        assert ["contact-over-time"] == on_trial
        assert ("trial", 1, 0) == (line["state"], line["new"], line["gone"])
        assert BULLY not in words
        assert "bullying/1 " in words
        assert b"section9 patterns test" in asked.stderr
        assert ["bullying", "contact-over-time"] == enabled
        assert enabled == [rule for rule, *_ in listed(other)]


def test_what_is_purged_makes_no_pattern(house: House) -> None:
    """The pattern lapses with its mail; what is left of it is decided anew."""
    house.open_case(BULLY)
    [found] = [
        one
        for one in fold(house.events(Book.CASES)).values()
        if isinstance(one, PatternFound) and one.rule == "bullying"
    ]
    for number, mail in enumerate(found.mails[:3], start=2):
        purge = ("purge", mail, "--case", "C-0001", "--reason", "in error")
        house.must(*purge)
        house.run("approve", f"R-{number:04d}", SUDO_USER="d.po")
        house.must(*purge)

    house.must("patterns", "recheck")

    assert "bullying" not in [rule for rule, *_ in listed(house)]
