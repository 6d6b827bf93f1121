"""Welfare and criminal matter: self-harm, drugs, weapons, extremism (clause 5.4).

A phrase that speaks for itself is a finding; a word that is said in lessons too needs somebody
who speaks of doing it. Where the passage denies it, teaches it or reports on it, it is less sure
or nothing; self-harm is only ever less sure, because a child may hide behind a friend or a story.
"""

from collections.abc import Iterator, Sequence

from detectors.contract import Context, Rule, Text, TextDetector, finding
from detectors.cues import lowered
from detectors.suspicion import passages
from detectors.wordlists import Sign, concerns, stances
from section9 import Category, Confidence, Finding, RuleId

CLAUSE = "5.4"
SELF_HARM = Rule(
    RuleId("self-harm"), 1, Category.WELFARE, CLAUSE, 5, "Self-harm or suicide",
    "Somebody may be in danger from themselves: to the Designated Safeguarding Lead at once.",
)  # fmt: skip
DRUGS = Rule(
    RuleId("drugs"), 1, Category.CRIMINAL, CLAUSE, 3, "Illegal drugs",
    "Buying, selling or taking drugs; a pupil who deals may be exploited.",
)  # fmt: skip
WEAPONS = Rule(
    RuleId("weapons"), 1, Category.CRIMINAL, CLAUSE, 4, "Weapons",
    "A weapon carried, made or offered; the police where it is near a school.",
)  # fmt: skip
EXTREMISM = Rule(
    RuleId("extremism"), 1, Category.CRIMINAL, CLAUSE, 4, "Extremism",
    "Support of terror or of violent ideology: the Prevent duty (CTSA 2015, s. 26).",
)  # fmt: skip
RULES = (SELF_HARM, DRUGS, WEAPONS, EXTREMISM)
BY_NAME = {str(rule.id): rule for rule in RULES}

MOST = 300
"""Findings of one text; a text with as many is read by a person anyhow."""
_SOFTENING = frozenset({"school", "wrong"})


def detect(seen: Text, context: Context) -> Iterator[Finding]:
    """Yield each passage's first phrase of each rule, and how sure it is."""
    text = lowered(seen.text).replace("’", "'")
    if not any(sign.label != "offer" for sign in concerns().signs(text)):
        return
    found = 0
    for start, end in passages(text):
        for rule, sign, confidence, why in _verdicts(text[start:end]):
            yield finding(
                rule,
                context,
                start=start + sign.start,
                end=start + sign.end,
                confidence=confidence,
                why=why,
            )
            found += 1
            if found == MOST:
                return


def _verdicts(piece: str) -> Iterator[tuple[Rule, Sign, Confidence, str]]:
    """Judge the phrases of one passage."""
    signs = concerns().signs(piece)
    spoken = [sign for sign in signs if sign.label in BY_NAME]
    if not spoken:
        return
    offered = any(sign.label == "offer" for sign in signs)
    around = {sign.label for sign in stances().signs(piece)}
    for name in dict.fromkeys(sign.label for sign in spoken):
        plain = [one for one in spoken if one.label == name and one.kind == "plain"]
        loose = [one for one in spoken if one.label == name and one.kind == "loose"]
        softened = bool(around & _SOFTENING)
        if confidence := _confidence(plain, loose, offered=offered, softened=softened):
            why = "is spoken of as done or meant" if plain else "is spoken of by whoever does it"
            yield BY_NAME[name], (plain or loose)[0], confidence, why


def _confidence(
    plain: Sequence[Sign], loose: Sequence[Sign], *, offered: bool, softened: bool
) -> Confidence | None:
    """Weigh a passage's phrases of one rule."""
    if plain:
        return Confidence.LOW if softened else Confidence.HIGH
    if loose and offered:
        return None if softened else Confidence.MEDIUM
    return None


DETECTOR = TextDetector(RULES, detect)
