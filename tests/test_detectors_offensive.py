"""Offensive matter, welfare and crime: hate is told from its mention, however it is written."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from clocked import growth

from detectors.disguise import words
from detectors.pieces import numbers
from detectors.scan import Scanner
from detectors.suspicion import MOST, MOST_JUDGED, passages, suspected
from section9 import Confidence, ParsedMail, Part, PartId, PartKind, RuleId, Span

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
    ("sendimmigrantsback", "racist"),
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


SPANS = [
    # what is said, and whom it is said of where nothing else shows it
    ("Sent by Ann. I despise refugees, they are parasites!", "racist", ["despise", "parasites"]),
    ("I will never accept muslims as my equals", "religious-hatred", ["muslims"]),
    ("My street is full of ch1nks now", "racist", ["ch1nks"]),
    ("I'll break your jaw tonight, I will stab you", "threat", ["stab"]),
    # near misses: the same words, said otherwise
    ("I do not despise refugees, they are not parasites!", "racist", []),
    ("He says refugees are parasites, which is a lie and a disgrace.", "racist", []),
    ("We accept muslims as our equals, of course", "religious-hatred", []),
    ("A chink in the curtain let the light in", "racist", []),
    ("I will tab the spreadsheet tonight", "threat", []),
    ("I'll pick you up at six. Keep it between us.", "threat", []),
    ("My cousin will break your legs", "threat", ["My cousin will break your legs"]),
]


@pytest.mark.parametrize(("text", "rule", "expected"), SPANS)
def test_spans_say_which_words(text: str, rule: str, expected: list[str]) -> None:
    """A finding stands where the words stand, as they were written; a near miss has none."""
    found = [one for one in SCANNER.scan_text(text) if one.rule == rule]

    assert expected == [text[one.start : one.end] for one in found]


PAIRS = [
    ("Nobody should have to live next to travellers", "Nobody should have to insult travellers"),
    ("Women are too stupid to vote", "Saying that women are too stupid to vote is stupid"),
    ("Gay people disgust me", "People who hate gay people disgust me"),
    ("Jews run the banks and bleed us dry", "The idea that Jews run the banks is an old lie"),
    ("Disabled people are a burden on us all", "Disabled people are no burden on anybody"),
    ("Trans people should be locked up", "Nobody should be locked up for being trans"),
]


@pytest.mark.parametrize(("hateful", "harmless"), PAIRS)
def test_a_minimal_pair_is_told_apart(hateful: str, harmless: str) -> None:
    """The same group and the same words: one is hatred, the other speaks against it."""
    grave = [
        any(one.severity >= 3 for one in SCANNER.scan_text(text)) for text in (hateful, harmless)
    ]

    assert [True, False] == grave


def test_what_is_repeated_is_less_grave() -> None:
    """In quoted text a finding is two less severe, less sure, and says why."""
    text = "Please look into this.\n> I hate all black people, they are vermin.\n"
    start = text.index(">")
    body = Part(PartId("1"), PartKind.BODY, "text/plain", "", 0, "", text)
    mail = ParsedMail(message_id="", date=None, subject="", from_=(), parts=(body,))
    reply = replace(mail, parts=(replace(body, quoted=(Span(start, len(text)),)),))

    said, *_ = [one for one in SCANNER.scan(mail) if one.rule == "racist"]
    repeated, *_ = [one for one in SCANNER.scan(reply) if one.rule == "racist"]

    assert (4, Confidence.HIGH) == (said.severity, said.confidence)
    assert (2, Confidence.MEDIUM) == (repeated.severity, repeated.confidence)
    assert repeated.why.endswith("in quoted text")


def test_insults_at_other_groups_are_a_note() -> None:
    """Contempt for bankers is no hatred that the law knows: severity 1, low."""
    [found] = SCANNER.scan_text("Bankers are scum")

    assert ("profanity", 1, Confidence.LOW) == (found.rule, found.severity, found.confidence)


def test_the_transformer_reads_little_of_a_long_text() -> None:
    """Of a text that is all suspicion it judges so many passages and no more."""
    text = "\n\n".join(f"I despise women, said number {number}. " * 8 for number in range(400))

    asked = [one.worth for one in suspected(text)]

    assert (MOST, MOST_JUDGED) == (len(asked), sum(asked))


@pytest.mark.parametrize(
    "text", ["", "x" * 10_000, "é" * 500, "😂" * 500, "[CLS] [SEP] \x00 \ud800"]
)
def test_pieces_are_bounded_and_known(text: str) -> None:
    """Whatever the text, the transformer gets its two marks, and at most so many numbers."""
    read = numbers(text)

    assert (101, 102) == (read[0], read[-1])
    assert 2 <= len(read) <= 64
    assert all(0 <= one < 30_522 for one in read)


def test_the_models_are_small() -> None:
    """All trained models together stay under 30 MB in the package."""
    models = files("detectors").joinpath("models")

    total = sum(path.stat().st_size for path in Path(str(models)).rglob("*") if path.is_file())

    assert total < 30_000_000


def test_swearing_at_nobody_is_a_note() -> None:
    """Profanity without a target is kept, low and of severity 1: it alerts nobody."""
    [found] = SCANNER.scan_text("bloody hell, it is Monday already")

    assert (Confidence.LOW, 1, RuleId("profanity")) == (
        found.confidence,
        found.severity,
        found.rule,
    )


THREATS = [
    "You are a stupid bitch and I will kill you.",
    "shut your mouth you retard or we'll break your legs",
    "I'm going to stab you tonight, you lying idiot",
    "You are a dirty paki. I am going to break your legs.",
    "Hi Dan, stay away from my locker you fucking retard. I am going to break your legs. J",
]


@pytest.mark.parametrize("text", THREATS)
def test_an_insult_hides_no_threat(text: str) -> None:
    """A threat beside a slur or an insult, or in the next sentence, is reported as a threat."""
    graves = {one.severity for one in SCANNER.scan_text(text) if one.rule == "threat"}

    assert {5} == graves


TEASED = [
    "you absolute muppet 😂 see you at lunch",
    "haha you daft idiot, love you loads x",
    "thanks again you lovely old fool",
]


@pytest.mark.parametrize("text", TEASED)
def test_friends_may_tease(text: str) -> None:
    """An insult with laughter, thanks or love is at most a note."""
    grave = [one.rule for one in SCANNER.scan_text(text) if one.severity > 2]

    assert [] == grave


RUDE = [
    ("That senator is a lying hypocrite and everybody knows it", "lying hypocrite"),
    ("the council are spineless hypocrites", "spineless hypocrites"),
]


@pytest.mark.parametrize(("text", "words"), RUDE)
def test_a_rude_post_is_a_note(text: str, words: str) -> None:
    """What offends without abusing anybody whom we know is low and of severity 1."""
    [found] = SCANNER.scan_text(text)

    assert ("profanity", 1, Confidence.LOW) == (found.rule, found.severity, found.confidence)
    assert words == text[found.start : found.end]


def test_what_chance_glues_is_left() -> None:
    """An honest word may begin with the name of a group."""
    read = [word.text for word in words("transition girlfriend deportation sheraton mentality")]

    assert ["transition", "girlfriend", "deportation", "sheraton", "mentality"] == read


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
    """Whatever a text repeats, no passage of it costs more than the others."""
    assert growth(lambda size: SCANNER.scan_text(piece * (size // len(piece))), 50_000) < 1.2
