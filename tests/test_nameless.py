"""No paper names anybody: whatever is typed is held against the directory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.nameless import NamedError, names
from section9 import (
    Category,
    Confidence,
    Finding,
    MailId,
    ParsedMail,
    Part,
    Participant,
    PartId,
    PartKind,
    Person,
    PersonRole,
    Record,
    RuleId,
)

FIRST = st.sampled_from(["Wilhelmina", "José", "Siân", "Anne-Marie", "Tobias", "ROSALIND"])
LAST = st.sampled_from(["Quagga", "O'Okapi", "Ibex-Kudu", "Núñez", "Gaur", "Eland"])
FORMS = st.sampled_from(
    [
        *("{first} {last}", "{last}, {first}", "{LAST} {First}", "{first} J. {last}"),
        *("Mr {last}", "Ms {last}'s", "{first} {last}’s list", "({first} {last})"),
    ]
)
AROUND = st.sampled_from(["", "the list of ", "It was sent to ", "On Monday "])


TEXT = """\
Pupil name,Form
Perpetua Ibex,7A
Ambrose Kudu,7A

Tobias Okapi came; NHS number 943 476 5919.
"""


def _finding(rule: str, what: str, category: Category) -> Finding:
    start = TEXT.index(what)
    place = (PartId("1"), start, start + len(what), Confidence.HIGH)
    return Finding(RuleId(rule), 1, category, "4.5", *place, 4, "why")


MAIL = Record(
    mail=MailId("a" * 64),
    date=None,
    parsed=ParsedMail(
        message_id="",
        date=None,
        subject="exclusion of Barnaby Thistlethwaite",
        from_=(
            Participant("Prudence Tutor", "p.tutor@school.example"),
            Participant("Jo Doe-Ray", "j.doe@school.example"),
        ),
        to=(Participant("Carol Coachman", "carol@coach.example"),),
        parts=(
            Part(PartId("1"), PartKind.BODY, "text/plain", "", 0, "", TEXT),
            Part(PartId("2"), PartKind.ATTACHMENT, "text/plain", "QuilliamOstrander_7B.txt", 0, ""),
        ),
    ),
    sightings=(),
    findings=(
        _finding("pupil-list", TEXT[: TEXT.index("\n\n")], Category.PERSONAL_DATA),
        _finding("nhs-number", "943 476 5919", Category.PERSONAL_DATA),
    ),
)


def _person(name: str) -> Person:
    return Person("x@school.example", name, PersonRole.STUDENT)


@given(FIRST, LAST, FORMS, AROUND)
def test_a_name_of_the_directory_is_refused_in_every_form(
    first: str, last: str, form: str, around: str
) -> None:
    """In either order, with a title, a middle initial, a genitive, without its accents."""
    guard = names([_person(f"{first} {last}")], [], scan=lambda _text: ())
    typed = around + form.format(first=first, last=last, LAST=last.upper(), First=first.title())

    with pytest.raises(NamedError) as refused:
        guard.require_none({"the answer": typed}, ())

    assert last.casefold() not in str(refused.value).casefold()


@pytest.mark.parametrize(
    "text",
    [
        "A class list went to a parent of another class.",
        "The Data Protection Officer telephoned the Information Commissioner on Monday.",
        "31 children of Year 7 and 12 parents; B-0001; IC-123456-A1B2; 20 November 2026, 16:05.",
        "Mr and Mrs were on every line.",
        "A member of the school office chose an address that Outlook had suggested.",
        "Trace was begun at once; Bill of costs; last trained on 5 Jan 2026.",
        "Training in March 2026: the National Cyber Security Centre's course, GDPR in Schools.",
        "It was recalled in Microsoft Exchange; the Local Authority and Ofsted were told by us.",
        "The list of Year 6 went to a parent of Hallowbeck Primary, not to School Health.",
    ],
)
def test_what_names_nobody_may_be_written(text: str) -> None:
    """Plain words pass, and so does a page of them; also beside mail that names people."""
    guard = names([_person("Wilhelmina Quagga")], [MAIL], scan=lambda _text: ())

    guard.require_none({"the answer": text}, [text])


def test_an_address_is_refused_whoever_has_it() -> None:
    """Also on a page as a whole, where nobody can say who typed it."""
    guard = names([], [], scan=lambda _text: ())

    with pytest.raises(NamedError, match="the page as a whole"):
        guard.require_none({}, ["write to somebody@elsewhere.example"])


@pytest.mark.parametrize(
    "slip",
    [
        "Perpetua was on it.",
        "Perpe\u00adtua was on it.",
        "Tobi\u200bas O\u0301kapi was away.",
        "It was about the Okapi family.",
        "KUDU, Ambrose",
        "Prudence's mistake",
        "Carol from the firm called.",
        "The number was 943 476 5919.",
        "NHS 9434765919",
        *("It was about Barnaby Thistlethwaite.", "Barnaby was excluded.", "BARNABY"),
        *("The Thistlethwaite boy.", "the child B. Thistlethwaite", "barnaby thistlethwaite"),
        *("barnaby.thistlethwaite", "the file Barnaby-Thistlethwaite-exclusion.txt"),
        *("Quilliam Ostrander", "Ostrander's form", "quilliam_ostrander.pdf", "QuilliamOstrander"),
        *("Jo sent it.", "the Doe child"),
    ],
)
def test_whoever_the_mail_names_is_refused_by_one_name_alone(slip: str) -> None:
    """Those on a list whom no directory knows, those it knows, the writer, the reader, a value."""
    guard = names([_person("Tobias Okapi")], [MAIL], scan=lambda _text: ())

    with pytest.raises(NamedError):
        guard.require_none({"the answer": slip}, ())
