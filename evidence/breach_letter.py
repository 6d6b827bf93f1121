"""The letter to the people concerned (Article 34(2)), in plain language, as a template. Pure.

It says what happened, what could follow, what is done about it and what they can do, and whom to
ask. Addressee, signature and telephone stay blanks: nobody is named before the letter is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from archive.breach_events import Question
from cases.blast import Blast
from cases.breach_data import SPECIAL, Data
from cases.breaches import Breach

BLANK = "[to be filled in before it is sent]"
COMPLAINT = (
    "You may complain to the Information Commissioner's Office: ico.org.uk/make-a-complaint or "
    "0303 123 1113."
)
_EASY = {
    Data.ETHNIC: "ethnic origin",
    Data.RELIGION: "religion or beliefs",
    Data.SEXUALITY: "sexuality or gender identity",
    Data.HEALTH: "health or special educational needs",
    Data.OFFENCES: "criminal offences",
    Data.SAFEGUARDING: "safeguarding",
    Data.OTHER_SPECIAL: "other sensitive matters",
    Data.BASIC: "names, contact details or dates of birth",
    Data.NUMBERS: "official numbers, such as NHS or pupil numbers",
    Data.CREDENTIALS: "user names or passwords",
    Data.FINANCIAL: "bank, card or tax details",
    Data.DOCUMENTS: "passport or driving licence details",
    Data.LOCATION: "where somebody was, or a vehicle",
    Data.SCHOOL: "school records, such as marks or meals",
    Data.EMPLOYMENT: "pay or employment",
    Data.PHOTOGRAPHS: "photographs",
}
_ADVICE = (
    (
        frozenset({Data.BASIC, Data.NUMBERS}),
        (
            "Be careful with calls, letters and messages that use these details to seem genuine. "
            "We will never ask you for a password or for money because of this."
        ),
    ),
    (
        frozenset({Data.CREDENTIALS}),
        "Change the password now, and everywhere else that you use the same one.",
    ),
    (
        frozenset({Data.FINANCIAL}),
        "Tell your bank or card company, and look at your statements for anything you do not know.",
    ),
    (
        frozenset({Data.DOCUMENTS}),
        "Tell whoever issued the document if you think that somebody uses it in your name.",
    ),
    (
        SPECIAL,
        "If this makes you worry about anybody's safety, call us at once; in an emergency, 999.",
    ),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, heading by heading."""

    breach: str
    controller: str
    child: bool  # it speaks to a parent or carer about a child
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def letter(breach: Breach, blast: Blast, *, controller: str) -> Letter:
    """Write the letter, from what was answered and counted."""
    return Letter(breach.id, controller, bool(blast.pupils), tuple(_parts(breach, blast)))


def _parts(breach: Breach, blast: Blast) -> Iterator[tuple[str, tuple[str, ...]]]:
    said = breach.answers
    data = {kind.data for kind in blast.kinds}
    kinds = [_EASY[one] for one in Data if one in data]
    yield "What happened", (said.get(Question.OVERVIEW, BLANK),)
    about = f"The information was about {_listed(kinds)}." if kinds else BLANK
    yield "What information it was", (about,)
    yield "What this could mean", (said.get(Question.CONSEQUENCES, BLANK),)
    done = (said.get(Question.ACTIONS, BLANK), said.get(Question.PREVENTION, ""))
    yield "What we have done, and are doing", tuple(filter(None, done))
    advice = [words for about_, words in _ADVICE if data & about_]
    if blast.pupils:
        advice.append(
            "If your child is old enough to understand this, please talk it over with them."
        )
    yield "What you can do", tuple(advice) or (BLANK,)
    yield (
        "Whom to ask",
        (
            f"Our Data Protection Officer: {BLANK}.",
            COMPLAINT,
        ),
    )


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{'; '.join(words[:-1])}; and {words[-1]}"
