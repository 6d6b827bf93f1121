"""`section9 breach`, as a Data Protection Officer runs it."""

import json
from collections.abc import Iterator

import pytest
from evidence_house import PERSON, house, plain
from running import House

from archive.books import Book
from archive.breach_events import BreachAware, BreachOpened

AWARE = ("--aware", "2026-11-20 16:05", "--who", "the office", "--how", "a telephone call")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with two messages of one person, and one of somebody else."""
    others = plain(7, sender="somebody@else.example", to="nobody@else.example")
    mails = {"1": plain(1), "2": plain(2), "others": others}
    with house(tmp_path_factory.mktemp("breach"), mails) as made:
        yield made


def _mails(ready: House) -> list[str]:
    lines = ready.must("search", "*", "--case", "C-0001", "--json").splitlines()
    return [json.loads(line)["mail"] for line in lines]


def test_a_breach_goes_from_awareness_to_the_end(ready: House) -> None:
    """Opened, answered, decided, notified, told, closed; each step says what comes next."""
    mail = _mails(ready)[0]

    opened = ready.json("breach", "open", mail[:12], "--case", "C-0001", *AWARE)
    name = opened["breach"]
    ready.must("breach", "note", name, "overview", "A list went astray.")
    weighed = ("--likelihood", "likely", "--harm", "some", "--reason", "children")
    ready.must("breach", "decide", name, "notify", *weighed)
    early = ready.run("breach", "close", name, "--reason", "done")
    ready.must("breach", "notify", name, "--sent", "2026-11-22 10:00", "--reference", "IC-1")
    told = ("--people", "31", "--how", "letter", "--sent", "2026-11-22 12:00")
    ready.must("breach", "tell", name, *told)
    closed = ready.json("breach", "close", name, "--reason", "no further action")

    assert ("assessing", "2026-11-23T16:05:00Z") == (opened["state"], opened["notify_by"])
    assert (11, True) == (early.returncode, b"breach notify" in early.stderr)
    assert ("closed", False) == (closed["state"], closed["late"])
    assert {"overview": "A list went astray."} == closed["answers"]
    assert [31] == [one["people"] for one in closed["told"]]
    begun = [type(one) for one in ready.events(Book.CASES) if getattr(one, "breach", "") == name]
    assert [BreachOpened, BreachAware] == begun[:2]


def test_a_breach_is_of_mail_that_the_case_opens(ready: House) -> None:
    """Another's message is no message of the case; a finding that is not there is no reason."""
    [stranger] = [
        one for one in ready.events(Book.MAIL) if "others" in repr(getattr(one, "sighting", ""))
    ]

    outside = ready.run("breach", "open", stranger.mail, "--case", "C-0001", *AWARE)  # type: ignore[union-attr]
    mail = _mails(ready)[0]
    finding = ("--finding", "nhs-number")
    unfound = ready.run("breach", "open", mail, "--case", "C-0001", *AWARE, *finding)

    assert (10, 11) == (outside.returncode, unfound.returncode)
    assert b"no finding" in unfound.stderr


def test_awareness_is_corrected_with_a_reason(ready: House) -> None:
    """The clock moves, and both moments stay on record."""
    mail = _mails(ready)[1]
    opened = ready.json("breach", "open", mail, "--case", "C-0001", *AWARE)

    corrected = ready.json(
        *("breach", "aware", opened["breach"], "2026-11-20T14:00Z"),
        *("--who", "a tutor", "--how", "saw the reply", "--reason", "the tutor knew before"),
    )

    assert (1, "2026-11-23T14:00:00Z") == (corrected["corrected"], corrected["notify_by"])
    assert opened["breach"].encode() in ready.must("breach", "status")


def test_a_moment_that_is_none_is_refused_in_words(ready: House) -> None:
    """Before anything is recorded."""
    mail = _mails(ready)[0]
    when = ("--aware", "yesterday", "--who", "the office", "--how", "a call")

    done = ready.run("breach", "open", mail, "--case", "C-0001", *when)

    assert (2, True) == (done.returncode, b"2026-11-20 16:05" in done.stderr)
    assert PERSON.encode() not in done.stderr


def test_a_case_is_opened_by_the_kind_that_help_names(ready: House) -> None:
    """`--kind breach`, in the word that the documentation uses."""
    case = ready.json(
        *("case", "open", "--purpose", "b", "--kind", "breach", "--authoriser", "h.ead"),
        *("--reason", "breach", "--person", PERSON, "--since", "2026-01-01"),
        *("--until", "2026-12-31", "--expires", "2099-12-31"),
    )

    assert case["kind"] == "breach"
