"""Offensive matter, welfare and crime: hate is told from its mention, however it is written."""

import time

import pytest

from detectors.disguise import words
from detectors.offensive import passages
from detectors.scan import Scanner
from section9 import Confidence, RuleId

SCANNER = Scanner()

SAID = [
    ("I hate all black people, they are vermin.", "racist"),
    ("immigrants are all rapists and should be deported", "racist"),
    ("Women belong in the kitchen", "sexist"),
    ("Trans people are not welcome in our school", "homophobic"),
    ("Muslims are 🐷🐷", "religious-hatred"),
    ("retards like you shouldn't exist", "disability-abuse"),
    ("I will stab you after school you prick", "threat"),
    ("you are a worthless idiot", "harassment"),
    ("send nudes, i want to suck your cock", "sexual-content"),
    ("i want to kill myself", "self-harm"),
    ("anyone got some weed? meet me after school", "drugs"),
    ("bring a knife to school tomorrow", "weapons"),
    ("heil hitler", "extremism"),
    ("fuck, I forgot my keys", "profanity"),
]

MENTIONED = [
    "The gay-straight alliance meets on Tuesday in room 4.",
    "I don't hate women.",
    'Someone shouted "faggot" at my son, I want to complain.',
    'Saying "muslims are terrorists" is wrong and will be challenged.',
    "In this lesson we study slavery and why slave owners called black people animals.",
    "The policy lists slurs such as paki and chink that staff must record.",
    "We are proud queers and we love each other.",
    "I hate this printer, it is rubbish.",
    "PSHE lesson: suicide and self-harm awareness",
    "The nurse will talk about drugs and knife crime in assembly.",
    "Rats were found in the kitchen, pest control is coming.",
    "Scunthorpe, Essex and Sussex sent their analysis of the cockpit.",
]

DISGUISED = [
    ("I h4te black people", "racist"),
    ("i h a t e black people", "racist"),
    ("Ihateblackpeople, they are scum", "racist"),
    ("black people are v3rmin", "racist"),
    ("black people are ver\u200bmin", "racist"),
    ("blасk people are vеrmin", "racist"),  # а, с and е are Cyrillic
    ("you f**king f*ggot", "homophobic"),
    ("you are a faaaaggot", "homophobic"),
    ("you are a fagogt", "homophobic"),
]


@pytest.mark.parametrize(("text", "rule"), SAID)
def test_what_is_said_is_found(text: str, rule: str) -> None:
    """Each rule finds a plain case of its own."""
    found = {one.rule for one in SCANNER.scan_text(text)}

    assert RuleId(rule) in found


@pytest.mark.parametrize("text", MENTIONED)
def test_what_is_only_mentioned_is_not(text: str) -> None:
    """Counter-speech, quotation, lessons, neutral names and things give nothing grave."""
    grave = [one.rule for one in SCANNER.scan_text(text) if one.severity >= 3]

    assert [] == grave


@pytest.mark.parametrize(("text", "rule"), DISGUISED)
def test_a_disguise_is_seen_through(text: str, rule: str) -> None:
    """Digits for letters, stars, gaps, glue, slips and look-alikes hide nothing."""
    found = {one.rule for one in SCANNER.scan_text(text)}

    assert RuleId(rule) in found


def test_the_span_says_which_words() -> None:
    """A finding holds the words that offend as they were written, without their punctuation."""
    text = "Look: you are a worthless (1diot), go away."

    [found] = [one for one in SCANNER.scan_text(text) if one.rule == "harassment"]

    assert "1diot" == text[found.start : found.end]


def test_swearing_at_nobody_is_a_note() -> None:
    """Profanity without a target is kept, low and of severity 1: it alerts nobody."""
    [found] = SCANNER.scan_text("bloody hell, it is Monday already")

    assert (Confidence.LOW, 1, RuleId("profanity")) == (
        found.confidence,
        found.severity,
        found.rule,
    )


def test_codes_are_left_as_they_are() -> None:
    """Only what turns into a word of the lists is turned."""
    read = [word.text for word in words("b801 a4 mp3 k9 h2o gr8 3d")]

    assert ["b801", "a4", "mp3", "k9", "h2o", "gr8", "3d"] == read


def test_passages_cover_the_whole_text() -> None:
    """No character of a text is in no passage, and none is in two."""
    text = "One. Two! " * 200 + "x" * 5000 + "\n\nThree?\n"

    parts = list(passages(text))

    assert text == "".join(text[start:end] for start, end in parts)


@pytest.mark.parametrize("piece", ["f u c k ", "hate", "you are scum. ", "*", "f*", "🐷", "aaaab"])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """Twice the text takes about twice as long, whatever it repeats."""

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        began = time.perf_counter()
        SCANNER.scan_text(text)
        return time.perf_counter() - began

    seconds(20_000)

    assert seconds(400_000) < 5
