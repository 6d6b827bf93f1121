"""Patterns over many messages: what stands, and who may learn of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.books import Book
from archive.events import Event
from archive.ledger import Ledger
from archive.pattern_events import PatternFound, PatternId, PatternLapsed
from archive.store import FolderStore
from cases.oversight import affairs, facts, mails
from cases.patterns import fold, gravest_first
from cases.retaining import patterned
from cases.retention import Policy
from section9 import Category, Confidence, MailId, RuleId

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
FIRST, SECOND = PatternId("P-0123456789ab"), PatternId("P-ba9876543210")
BULLY, VICTIM = "j.doe@school.example", "a.n@school.example"


def found(
    pattern: PatternId = FIRST, *, severity: int = 3, at: datetime = NOON, mails: int = 2
) -> PatternFound:
    return PatternFound(
        *(at, "section9", pattern, RuleId("bullying"), 1, Category.OFFENSIVE, "8"),
        *(severity, Confidence.MEDIUM, (BULLY, VICTIM), VICTIM),
        tuple(MailId(f"{n:064x}") for n in range(mails)),
        *("2 messages over 9 days belittle", NOON - timedelta(days=9), NOON),
    )


def test_what_is_found_last_stands() -> None:
    """A pattern that grew replaces itself; one that lapsed is no more."""
    graver = found(severity=4, mails=3)

    stands = fold([found(), found(SECOND), graver, PatternLapsed(NOON, "section9", SECOND, "gone")])

    assert {FIRST: graver} == stands


def test_the_gravest_comes_first_then_the_newest() -> None:
    """As whoever triages reads them."""
    mild, grave = found(), found(SECOND, severity=5)

    assert [grave, mild] == gravest_first(fold([mild, grave]))


def test_a_pattern_survives_the_ledger(tmp_path: Path) -> None:
    """What is read back is what was written."""
    ledger = Ledger(FolderStore(tmp_path / "archive"))

    ledger.append(Book.CASES, [found()])

    assert [found()] == list(ledger.events(Book.CASES))


def test_what_makes_a_pattern_is_kept_as_safeguarding() -> None:
    """Mild as each message may be; not while the pattern is barely sure."""
    guess = replace(found(SECOND, mails=1), confidence=Confidence.LOW)

    assert frozenset(found().mails) == patterned((found(),), Policy())
    assert frozenset() == patterned((guess,), Policy())


def test_the_audit_log_tells_of_a_pattern_without_naming_anybody() -> None:
    """What it is and how grave, how many people and messages; and whoever it names reads none."""
    told = facts(found())

    assert (2, 2, 3, "bullying") == tuple(
        told[name] for name in ("people", "mails", "severity", "rule")
    )
    assert not any(address in str(told) for address in (BULLY, VICTIM))
    assert found().mails == mails(found())


def test_whoever_a_pattern_names_reads_nothing_of_it() -> None:
    """Neither that it was found nor that it lapsed."""
    events: list[Event] = [found(), PatternLapsed(NOON, "section9", FIRST, "gone")]

    about = affairs(events)

    assert [True, True] == [about.concerns(one, frozenset({VICTIM})) for one in events]
    assert [False, False] == [about.concerns(one, frozenset({"h.ead"})) for one in events]
