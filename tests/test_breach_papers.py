"""The papers of a breach: counts that add up, the form's order, and nobody's name."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from breach_house import AWARE, MAILS, PUPILS, SENDER, breached
from running import House

Given = tuple[House, str]
ANSWERS = {
    "overview": "A class list with needs went to a coach firm instead of the trip leader.",
    "training": "Yes, in the last two years.",
    "consequences": "Distress, and unwanted contact.",
}
ORDER = [
    *("What happened?", "Was it a cyber incident?", "How did you find out about it?"),
    *("When did you become aware of it?", "When did it happen?"),
    *("Was a specific member of staff involved?", "What data protection training"),
    *("What kinds of personal data?", "How many records", "How many people"),
    *("What could follow for them?", "How likely are significant consequences?"),
    *("What was in place before", "What have you done", "What will stop it"),
    *("Have you told the people", "Which other organisations", "Reasons for a delay"),
]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    """A breach of a list of six pupils, opened and answered for."""
    with breached(tmp_path_factory.mktemp("papers")) as (ready, mail):
        ready.must("breach", "open", mail, "--case", "C-0001", *AWARE, "--finding", "pupil-list")
        for question, answer in ANSWERS.items():
            ready.must("breach", "note", "B-0001", question, answer)
        yield ready, mail


def test_the_blast_radius_is_counted(given: Given) -> None:
    """People, pupils by age, records by kind, recipients, replies, forwards, recalls."""
    ready, _ = given

    line = ready.json("breach", "assess", "B-0001")

    assert (6, 6) == (line["people"], line["pupils"])
    assert (3, 3, 0) == (line["under_13"], line["under_18"], line["age_unknown"])
    kinds = {one["data"]: one["records"] for one in line["data"]}
    assert 12 == kinds["basic personal identifiers: names, contact details, dates of birth"]
    assert 1 == kinds["identification numbers: NHS, National Insurance, pupil and learner numbers"]
    assert {"parents and carers": 1, "other recipients outside": 1} == line["received"]
    after = [
        line[name] for name in ("replies", "forwards", "further", "further_outside", "recalls")
    ]
    assert [1, 1, 1, 1, 1] == after
    assert ("a member of staff", 2, False) == (line["sender"], line["outside"], line["proven"])
    assert ("serious", "notify", True) == (line["harm"], line["verdict"], line["tell_people"])
    assert not _named(json.dumps(line))


def test_the_draft_follows_the_form_and_names_nobody(given: Given, tmp_path: Path) -> None:
    """JSON, HTML and PDF, in the order of the ICO's form; what is not known is said to follow."""
    ready, _ = given

    ready.must("breach", "draft", "B-0001", tmp_path)

    page = (tmp_path / "B-0001-initial.html").read_text()
    draft = json.loads((tmp_path / "B-0001-initial.json").read_bytes())
    questions = [one["question"] for part in draft["sections"] for one in part["answers"]]
    places = [
        next(n for n, one in enumerate(questions) if one.startswith(wanted)) for wanted in ORDER
    ]
    assert sorted(places) == places
    assert ANSWERS["overview"] in page
    assert "It will follow without undue further delay" in page
    assert b"%PDF" == (tmp_path / "B-0001-initial.pdf").read_bytes()[:4]
    assert not _named(page)
    assert not _named(json.dumps(draft))
    assert "section9.breach-draft/1" == draft["schema"]


def test_the_letter_names_nobody_either(given: Given, tmp_path: Path) -> None:
    """Plain words to a parent, with blanks for whoever gets it."""
    ready, _ = given

    ready.must("breach", "letter", "B-0001", tmp_path, "--no-pdf")

    page = (tmp_path / "B-0001-letter.html").read_text()
    assert "your child&#39;s personal information" in page
    assert "[to be filled in before it is sent]" in page
    assert "health or special educational needs" in page
    assert not _named(page)


def test_from_the_same_state_the_draft_is_the_same(given: Given, tmp_path: Path) -> None:
    """Byte for byte; the looks that it takes change nothing."""
    ready, _ = given

    ready.must("breach", "draft", "B-0001", tmp_path / "one", "--no-pdf")
    ready.must("breach", "draft", "B-0001", tmp_path / "two", "--no-pdf")

    assert _contents(tmp_path / "one") == _contents(tmp_path / "two")


@pytest.mark.parametrize("slip", ["Wilhelmina was on it.", "Ring 07700 900123."])
def test_a_name_that_was_typed_keeps_the_draft_from_being_written(
    given: Given, tmp_path: Path, slip: str
) -> None:
    """The error says which answer; it repeats nothing of it, and no file is left."""
    ready, _ = given
    ready.must("breach", "note", "B-0001", "found", slip)

    done = ready.run("breach", "draft", "B-0001", tmp_path, "--no-pdf")

    ready.must("breach", "note", "B-0001", "found", "The recipient called.")
    assert (11, []) == (done.returncode, list(tmp_path.iterdir()))
    assert b"the answer to 'found' names somebody" in done.stderr
    assert slip.encode() not in done.stderr


def test_the_register_has_what_was_not_reported(given: Given, tmp_path: Path) -> None:
    """With the decision, its reason, and nobody's name; the year is that of awareness."""
    ready, mail = given
    second = ready.json("breach", "open", mail, "--case", "C-0001", *AWARE)["breach"]
    weighed = ("--likelihood", "very-unlikely", "--harm", "minimal")
    reason = ("--reason", "It was encrypted and the key did not go with it.")
    ready.must("breach", "decide", second, "record-only", *weighed, *reason)

    ready.must("breach", "register", "--year", "2026", tmp_path, "--no-pdf")
    none = ready.must("breach", "register", "--year", "2025", "--json")

    register = json.loads((tmp_path / "breach-register-2026.json").read_bytes())
    page = (tmp_path / "breach-register-2026.html").read_text()
    assert (2, 1, 1) == (len(register["entries"]), register["recorded"], register["undecided"])
    assert "the key did not go with it" in page
    assert (b"", False) == (none, _named(page))


def _named(text: str) -> bool:
    """Whether a text holds a word of anybody's name, an address or a value of the mail."""
    words = {word for name, _ in PUPILS for word in name.split()}
    words |= {"Prudence", "Marsh", "Carol", "Coachman", "Mortimer", "Headley", SENDER}
    words |= {"943 476 5919", "9434765919", "2011-02-01", "@school.example", "@coach.example"}
    return any(word.lower() in text.lower() for word in words) or MAILS["reply"][-20:] in text


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
