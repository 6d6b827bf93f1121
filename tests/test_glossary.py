"""Names in queries: people, schools and days, looked up before any engine sees them."""

from datetime import date
from pathlib import Path

import pytest

from cases.holds import Terms, check
from people import Directory, save
from search.glossary import Glossary, Term
from search.query import QuerySyntaxError, parse
from search.tree import render
from section9 import Person, PersonRole

DAY = date(2026, 11, 23)  # a Monday
TERMS = (
    Term("Autumn 2026", date(2026, 9, 1), date(2026, 12, 18)),
    Term("summer 2026", date(2026, 4, 20), date(2026, 7, 21)),
)
PEOPLE = {"jane doe": ("j.doe@school.example", "jane@trust.example")}
SCHOOLS = {"north primary": ("a@school.example", "b@school.example")}
GLOSSARY = Glossary(
    DAY,
    TERMS,
    {
        "person": lambda name: PEOPLE.get(name, ()),
        "school": lambda name: SCHOOLS.get(name, ()),
    },
    {
        "person": lambda: ("Jane Doe", "Ann Roe"),
        "school": lambda: ("West Primary", "North Primary", "The Hill"),
    },
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("date:today", "date:[2026-11-23 TO 2026-11-24}"),
        ("date:Yesterday", "date:[2026-11-22 TO 2026-11-23}"),
        ('date:"this week"', "date:[2026-11-23 TO 2026-11-30}"),
        ('date:"last  Week"', "date:[2026-11-16 TO 2026-11-23}"),
        ('date:"this month"', "date:[2026-11-01 TO 2026-12-01}"),
        ('date:"last month"', "date:[2026-10-01 TO 2026-11-01}"),
        ('date:"this year"', "date:[2026-01-01 TO 2027-01-01}"),
        ('date:"last year"', "date:[2025-01-01 TO 2026-01-01}"),
        ('date:"last 7 days"', "date:[2026-11-16 TO 2026-11-23}"),
        ('date:"this term"', "date:[2026-09-01 TO 2026-12-19}"),
        ('date:"last term"', "date:[2026-04-20 TO 2026-07-22}"),
        ('date:"autumn 2026"', "date:[2026-09-01 TO 2026-12-19}"),
        ("date:2026-W12", "date:[2026-03-16 TO 2026-03-23}"),
        ("date:2026-w53", "date:[2026-12-28 TO 2027-01-04}"),
        ('date:>="last month"', "date:[2026-10-01 TO *}"),
        ("date:[2026-W01 TO yesterday]", "date:[2025-12-29 TO 2026-11-23}"),
        ("deleted:yesterday", "deleted:[2026-11-22 TO 2026-11-23}"),
        (
            'person:"Jane Doe" trip',
            "(participant:j.doe@school.example OR participant:jane@trust.example) AND trip",
        ),
        (
            '-school:"North  Primary"',
            "NOT (participant:a@school.example OR participant:b@school.example)",
        ),
    ],
)
def test_a_name_stands_for_what_it_means_now(typed: str, expected: str) -> None:
    """What runs has addresses and dates in it, and means the same ever after."""
    query = parse(typed, GLOSSARY)

    assert expected == render(query)
    assert query == parse(expected)


@pytest.mark.parametrize(
    ("typed", "position", "advice"),
    [
        ("trip date:yestreday", 10, "did you mean yesterday?"),
        ('date:"last terms"', 5, "did you mean last term?"),
        ("date:2026-W54", 5, "2026-W12"),
        ("date:[today TO 2026-13]", 15, "2026-03"),
        ('person:"John Doe"', 7, "section9 people import"),
        ("person:ja*", 7, "whole name"),
        ("school:south", 7, "section9 people import"),
        ("person:jane", 7, 'did you mean "Jane Doe"?'),
        ('person:"jnae doe"', 7, 'did you mean "Jane Doe"?'),
        ("school:primary", 7, 'did you mean "North Primary" or "West Primary"?'),
    ],
)
def test_a_name_that_is_none_is_pointed_at(typed: str, position: int, advice: str) -> None:
    """The error stands under the character, and says what to write."""
    with pytest.raises(QuerySyntaxError) as caught:
        parse(typed, GLOSSARY)

    assert position == caught.value.position
    assert advice in str(caught.value)


def test_terms_that_are_not_configured_say_where_they_are() -> None:
    """Nobody guesses when a school has its holidays."""
    with pytest.raises(QuerySyntaxError, match=r"trust\.terms"):
        parse('date:"last term"', Glossary(DAY))


def test_without_a_directory_nobody_is_found_in_silence() -> None:
    """A name that cannot be looked up is an error, never a search that finds nothing."""
    with pytest.raises(QuerySyntaxError, match="no such person"):
        parse('person:"Jane Doe"')


def test_a_hold_keeps_what_its_words_meant() -> None:
    """A hold of `yesterday` is still of the same day tomorrow."""
    checked = check(Terms("referral", query='person:"jane doe" date:yesterday'), GLOSSARY)

    assert "yesterday" not in checked.query
    assert parse(checked.query) == parse('person:"jane doe" date:yesterday', GLOSSARY)


def test_a_person_is_all_of_their_addresses(tmp_path: Path) -> None:
    """By name, in any order of its words, or by one address; a namesake of another age is not."""
    born = date(2012, 5, 6)
    people = (
        Person("j.doe@school.example", "Jane Doe", PersonRole.STAFF, school="North Primary"),
        Person("jane@trust.example", "Doe, Jane", PersonRole.GOVERNOR),
        Person("k@school.example", "Kim Lee", PersonRole.STUDENT, "North  primary", "", None, born),
        Person("kim@school.example", "Kim Lee", PersonRole.PARENT, date_of_birth=date(1980, 1, 1)),
    )
    save(tmp_path / "people.jsonl", people)
    directory = Directory(tmp_path / "people.jsonl")

    jane = ("j.doe@school.example", "jane@trust.example")
    assert jane == directory.addresses_of("jane DOE")
    assert jane == directory.addresses_of("jane@trust.example")
    assert ("k@school.example",) == directory.addresses_of("k@school.example")
    assert ("k@school.example", "kim@school.example") == directory.addresses_of("kim lee")
    assert () == directory.addresses_of("jane")
    assert () == directory.addresses_of("") == directory.addresses_at("")
    assert (*jane[:1], "k@school.example") == directory.addresses_at("north primary")
