"""New hits of saved searches: whoever reads in the case is told that there are some, by mail."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from loopback import free_port
from reviewing_house import FIRST, SECOND, ReviewHouse, mail, review_house
from running import House
from test_alerting import TEACHER, ingest, school
from test_mailing import Inbox, receiving

from archive.books import Book
from archive.news_events import NewsFound, NewsPlanned, NewsSent
from cases.casebook import NO_ACCOUNTS
from cases.news import plan
from cases.oversight import facts
from cases.roles import Accounts
from cases.saved import Searches

ROLES = """
[roles]
"i.nspector" = { roles = ["investigator"], addresses = ["i.nspector@school.example"] }
"s.econd" = { roles = ["investigator"], addresses = ["s.econd@school.example"] }
"h.ead" = { roles = ["authoriser"], addresses = ["h.ead@school.example"] }
"t.ech" = { roles = ["technician"] }
"""
OWN = Accounts(domains=("school.example",))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ReviewHouse]:
    """A case with one saved search that was run over all that there was."""
    with review_house(tmp_path) as opened:
        searches = Searches(opened.gate(FIRST))
        searches.add(opened.case.id, "coaches", "coach")
        searches.run(opened.case.id, "coaches")
        yield opened


def told(house: ReviewHouse, *, accounts: Accounts = NO_ACCOUNTS) -> dict[str, int]:
    """Plan what is due and write it down, as the process that sends alerts does."""
    gate = house.gate("section9")
    gate = replace(gate, casebook=replace(gate.casebook, accounts=accounts))
    events = tuple(house.ledger.events(Book.CASES))
    made = plan(gate, events, address=lambda account: f"{account}@school.example")
    house.ledger.append(Book.CASES, made)
    return {one.account: one.hits for one in made if isinstance(one, NewsPlanned)}


def test_every_reader_is_told_once_of_what_is_new(house: ReviewHouse) -> None:
    """Of no message twice, whether anybody ran the search meanwhile or not."""
    first = told(house)
    house.file(mail(11), mail(12), mail(13, body="Nothing of interest."))

    second, third = told(house), told(house)
    house.file(mail(14))
    fourth = told(house)

    assert ({}, {FIRST: 2, SECOND: 2}, {}) == (first, second, third)
    assert {FIRST: 1, SECOND: 1} == fourth


def test_a_message_that_two_searches_find_counts_once(house: ReviewHouse) -> None:
    """How many is of messages."""
    searches = Searches(house.gate(FIRST))
    searches.add(house.case.id, "leaving", "leaves")
    searches.run(house.case.id, "leaving")
    house.file(mail(11))

    assert {FIRST: 1, SECOND: 1} == told(house)


def test_a_search_that_nobody_ran_has_no_news(house: ReviewHouse) -> None:
    """All that it finds is new then, and whoever saved it knows that."""
    Searches(house.gate(FIRST)).add(house.case.id, "leaving", "leaves")

    assert {} == told(house)


def test_what_is_out_of_scope_is_no_news(house: ReviewHouse) -> None:
    """A case's search tells of the mail of its people alone."""
    house.file(mail(11, sender="s.omeone@school.example"))

    assert {} == told(house)


def test_a_closed_case_and_one_that_ran_out_tell_nobody(house: ReviewHouse) -> None:
    """Nor does one in which somebody reads no more."""
    house.file(mail(11))
    house.casebook(FIRST).dismiss(house.case.id, SECOND, reason="done")
    dismissed = told(house)
    house.file(mail(12))
    house.now += (house.case.expires - house.now) * 2
    expired = told(house)
    house.casebook(FIRST).close(house.case.id, reason="done")

    assert ({FIRST: 1}, {}, {}) == (dismissed, expired, told(house))


def test_what_a_reader_may_not_see_is_not_counted_for_them(house: ReviewHouse) -> None:
    """Their own mail is somebody else's to read."""
    house.file(mail(11), mail(12).replace(b"a.head@", f"{SECOND}@".encode()))

    assert {FIRST: 2, SECOND: 1} == told(house, accounts=OWN)


def test_without_the_role_nobody_is_told(house: ReviewHouse) -> None:
    """Whoever lost it reads in no case any more."""
    house.file(mail(11))

    assert {} == told(house, accounts=Accounts(enforced=True))


def test_the_audit_log_tells_of_it_without_the_name(house: ReviewHouse) -> None:
    """What a search is called may say whom it is about."""
    house.file(mail(11))
    told(house)

    found, *_ = [one for one in house.ledger.events(Book.CASES) if isinstance(one, NewsFound)]

    assert "coaches" == found.name
    assert "coaches" not in str(facts(found))


def test_the_mail_says_how_many_and_where_and_no_more(tmp_path: Path) -> None:
    """By the commands: applied for, approved, saved and run; then mail comes, and it is told."""
    inbox = Inbox()
    with receiving(inbox) as port, school(tmp_path / "house", port) as house:
        _run_once(house)
        ingest(house, 2)

        codes = [by(house, "t.ech", "alert", "send") for _ in range(2)]
        events = house.events(Book.CASES)
        news = [
            house.run("alert", "news", *options, SUDO_USER=who)
            for who, options in (("h.ead", ()), ("i.nspector", ("--json",)), ("t.ech", ()))
        ]

    letters = [message_from_bytes(one, policy=policy.default) for one in inbox.messages]
    [letter] = [one for one in letters if "C-0001" in str(one["Subject"])]
    assert [0, 0] == codes
    assert "i.nspector@school.example" == letter["To"]
    assert "Section 9: 1 message new in case C-0001" == letter["Subject"]
    assert "section9 saved new --case C-0001" in letter.get_content()
    assert [] == [word for word in ("zebra", "Doe", TEACHER) if word in letter.as_string()]
    assert 1 == sum(isinstance(one, NewsSent) for one in events)
    assert [0, 0, 4] == [one.returncode for one in news]  # a technician knows of no case
    assert b"N-0001" in news[0].stdout
    assert (
        b"1 new message, to i.nspector@school.example (i.nspector)\n    sent at" in news[0].stdout
    )
    told = House.read(news[1].stdout)
    assert ("C-0001", 1, "sent", "") == tuple(told[it] for it in ("case", "hits", "state", "why"))


def test_what_could_not_be_sent_is_sent_later_and_never_after_the_case(tmp_path: Path) -> None:
    """The server was away: it goes once, as soon as it is back, if the case is open still."""
    inbox = Inbox()
    with school(tmp_path / "house", free_port()) as house, receiving(inbox) as port:
        back = {"SECTION9_ALERTS__SMTP_PORT": str(port)}
        _run_once(house)
        ingest(house, 2)
        codes = [by(house, "t.ech", "alert", "send", **where) for where in ({}, back, back)]
        ingest(house, 3)
        codes.append(by(house, "t.ech", "alert", "send"))
        by(house, "i.nspector", "case", "close", "C-0001", "--reason", "done")
        codes.append(by(house, "t.ech", "alert", "send", **back))
        planned = [one for one in house.events(Book.CASES) if isinstance(one, NewsPlanned)]

    assert [44, 0, 0, 44, 0] == codes
    assert 2 == len(planned)
    assert 1 == inbox.recipients.count("i.nspector@school.example")


def _run_once(house: House) -> None:
    """A case of an investigator with a saved search, run when there was one message."""
    file = house.home / "section9.toml"
    file.write_text(file.read_text().replace("\n[roles]\n", ROLES, 1))
    case = ("--case", "C-0001")
    grounds = ("--purpose", "a", "--reason", "HR 17", "--person", TEACHER)
    dates = ("--since", "2026-01-01", "--until", "2026-12-31", "--expires", "2099-12-31")
    codes = [
        by(house, "i.nspector", "case", "open", *grounds, *dates),
        by(house, "h.ead", "approve", "R-0001"),
        by(house, "i.nspector", "saved", "add", "animals", "zebra", *case),
        by(house, "i.nspector", "saved", "run", "animals", *case),
    ]
    assert [0, 0, 0, 4] == codes


def by(house: House, account: str, *command: str, **extra: str) -> int:
    """The exit code of a command that an account runs."""
    return house.run(*command, given=b"", SUDO_USER=account, **extra).returncode
