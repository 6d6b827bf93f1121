"""Redaction: what is decided is gone from everything that is given, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.redaction_events import Code, Redaction
from evidence.letters import WORD
from evidence.redaction import burn
from section9 import PartId

BODY, OTHER = PartId("1"), PartId("2")
WORDS = st.sampled_from(["Ann", "Pupil", "ANN", "pupil", "coach", "leaves", "943", "May", "and"])
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


def redact(text: str, what: str, code: Code = Code.THIRD_PARTY) -> Redaction:
    """A redaction of the first place where some words stand."""
    return Redaction(BODY, text.index(what), text.index(what) + len(what), code)


def test_what_is_decided_is_gone_and_the_code_stands_there() -> None:
    """The rest stays as it was."""
    text = "Dear Jo, Ann Pupil was away.\n"

    burnt = burn({BODY: text}, [redact(text, "Ann Pupil")])

    assert {BODY: "Dear Jo, [redacted: third-party] was away.\n"} == burnt


def test_the_same_words_go_from_every_text() -> None:
    """From headers, addresses, file names and attachments, in either order of a name."""
    text = "Ann Pupil"
    others = {
        PartId("to"): "Ann Pupil <ann.pupil@school.example>",
        PartId("subject"): "about ANN PUPIL",
        PartId("2.name"): "report_Ann_Pupil.docx",
        OTHER: "Pupil, Ann\t7B",
    }

    burnt = burn({BODY: text, **others}, [redact(text, "Ann Pupil")])

    assert not any("pupil" in one.lower() for one in burnt.values())
    assert "[redacted: third-party]\t7B" == burnt[OTHER]
    assert "report_[redacted: third-party].docx" == burnt[PartId("2.name")]


def test_a_single_word_goes_where_it_is_written_alike() -> None:
    """A pupil called May does not take the month's verb with her."""
    text = "May was away; we may go in may. May!"

    burnt = burn({BODY: text}, [redact(text, "May")])

    mark = "[redacted: third-party]"
    assert f"{mark} was away; we may go in may. {mark}!" == burnt[BODY]


@pytest.mark.parametrize(
    "other",
    [
        *(
            "Jose\u0301 Nu\u0301n\u0303ez",
            "JOSE NUNEZ",
            "José\u00a0Núñez",
            "Jo\u00adsé Nú\u200bñez",
        ),
        *("José\r\nNúñez", "JoséNúñez.pdf", "nunez_jose.pdf", "\uff2a\uff4f\uff53\uff45 Nunez"),
    ],
)
def test_a_name_goes_however_its_letters_are_put_together(other: str) -> None:
    """In one character or two, without its accents, with a soft hyphen, over a line's end."""
    text = "José Núñez"

    burnt = burn({BODY: text, OTHER: f"see {other}!"}, [redact(text, "José Núñez")])

    ending = ".pdf" if other.endswith(".pdf") else ""
    assert f"see [redacted: third-party]{ending}!" == burnt[OTHER]


def test_a_single_word_goes_in_capitals_too() -> None:
    """A heading that shouts gives nobody away."""
    burnt = burn({BODY: "Zephyrine", OTHER: "ZEPHYRINE"}, [redact("Zephyrine", "Zephyrine")])

    assert "[redacted: third-party]" == burnt[OTHER]


def test_overlaps_are_one_and_every_code_is_kept_apart() -> None:
    """What overlaps is taken out once, what stands apart has its own code."""
    text = "abcdefgh ijkl"
    some = [
        Redaction(BODY, 0, 5, Code.THIRD_PARTY),
        Redaction(BODY, 3, 8, Code.CRIME),
        Redaction(BODY, 9, 13, Code.LEGAL_PRIVILEGE),
        Redaction(BODY, 20, 30, Code.CRIME),
    ]

    burnt = burn({BODY: text}, some)

    assert {BODY: "[redacted: third-party] [redacted: legal-privilege]"} == burnt


@given(st.lists(TEXTS, min_size=1, max_size=4), st.data())
def test_no_text_keeps_what_was_decided(texts: list[str], data: st.DataObject) -> None:
    """Whatever words are taken out of one text, the same run of words stands in none."""
    whole = {PartId(str(number)): text for number, text in enumerate(texts)}
    first = list(WORD.finditer(texts[0]))
    begin = data.draw(st.integers(0, len(first) - 1))
    end = data.draw(st.integers(begin, len(first) - 1))
    span = Redaction(PartId("0"), first[begin].start(), first[end].end(), Code.THIRD_PARTY)
    gone = texts[0][span.start : span.end]

    burnt = burn(whole, [span])

    assert not any(f" {gone} " in f" {text} " for text in burnt.values())


@given(TEXTS)
def test_where_nothing_is_decided_nothing_changes(text: str) -> None:
    """Every character stays."""
    assert {BODY: text} == burn({BODY: text}, [])
