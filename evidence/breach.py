"""The report of a breach to the Information Commissioner (Article 33(3)), as a draft. Pure.

Its parts and their order are those of the ICO's form: the report, what happened and when, the
staff involved, the data and the people, what was done before and since, what is late and why. What
our counts say and what a person said stand apart, so that nobody takes one for the other. It names
nobody: counts and our own words here, and `nameless` judges what was typed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archive.books import Head
from archive.breach_events import Phase, Question
from cases.blast import Blast
from cases.blast_reach import HANDS
from cases.breach_data import PEOPLE
from cases.breach_risk import contained_said
from cases.breaches import Breach
from cases.deadlines import UK, at_home, spoken
from section9 import PersonRole

CONTACT = (
    "The trust's Data Protection Officer. Name, telephone and e-mail are entered in the form "
    "itself and are not kept in this draft."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the form: what a person said to it, and what was counted."""

    question: str
    said: str = ""
    counted: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Tell whether there is nothing to say yet."""
        return not (self.said or self.counted)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the form."""

    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole of it, as of a state of the ledger."""

    breach: str
    phase: Phase
    controller: str
    figures: tuple[tuple[str, str], ...]  # a number, and of what
    sections: tuple[Section, ...]
    heads: tuple[Head, ...]

    @property
    def open(self) -> tuple[str, ...]:
        """The questions that have no answer yet."""
        return tuple(
            one.question for section in self.sections for one in section.answers if one.open
        )


def draft(breach: Breach, blast: Blast, *, controller: str, heads: tuple[Head, ...]) -> Draft:
    """Draft the report that comes next: the initial one, or a further one."""
    sections = (
        Section("1. About this report", tuple(_report(breach, controller))),
        Section("2. About the breach", tuple(_what(breach, blast))),
        Section("3. The staff involved", tuple(_staff(breach, blast))),
        Section("4. The data and the people", tuple(_people(breach, blast))),
        Section("5. Before and since", tuple(_measures(breach, blast))),
        Section("6. Timing and contact", tuple(_timing(breach))),
        Section("What the counts rest on", tuple(_basis(blast))),
    )
    figures = tuple(_figures(breach, blast))
    return Draft(breach.id, breach.next_phase, controller, figures, sections, heads)


def typed(breach: Breach) -> Mapping[str, str]:
    """What people typed of a breach and a report repeats, by what it is."""
    said = {f"{breach.id}: the answer to '{one}'": words for one, words in breach.answers.items()}
    aware = breach.awareness[-1]
    said |= {f"{breach.id}: how it came to light": aware.how}
    said |= {f"{breach.id}: the reason of the correction": aware.reason}
    for one in breach.notified:
        said[f"{breach.id}: the reasons for the delay"] = one.delay
    for told in breach.told:
        said[f"{breach.id}: how people were told"] = told.how
    for spared in breach.not_told:
        said[f"{breach.id}: why people were not told"] = spared.reason
    if breach.decided:
        said[f"{breach.id}: the reason of the decision"] = breach.decided.reason
    return {where: words for where, words in said.items() if words}


def _figures(breach: Breach, blast: Blast) -> Iterator[tuple[str, str]]:
    """What a reader looks for first."""
    yield f"{blast.at_least:,}", "people at least"
    yield f"{blast.pupils:,}", "of them pupils, at least"
    yield f"{blast.records:,}", "records at least"
    yield f"{blast.received.outside:,}", "recipients outside"
    yield breach.notify_by.astimezone(UK).strftime("%a %H:%M"), "the 72 hours end"


def _report(breach: Breach, controller: str) -> Iterator[Answer]:
    known = [one.reference for one in breach.notified if one.reference]
    follows = f"Further report, after {len(breach.notified)} earlier"
    kind = "Initial report" if breach.next_phase is Phase.INITIAL else follows
    yield Answer("Type of report", counted=(kind,))
    if breach.notified:
        yield Answer("The Commissioner's reference", ", ".join(dict.fromkeys(known)))
    yield Answer("Our reference", counted=(breach.id,))
    yield Answer("The controller", controller)


def _what(breach: Breach, blast: Blast) -> Iterator[Answer]:
    said, hands = breach.answers, blast.received
    word = "message" if blast.messages == 1 else "messages"
    many = "address" if hands.people == 1 else "addresses"
    how = f"{blast.messages:,} e-mail {word}, sent by {hands.sender} to {hands.people:,} {many}"
    outside = f"{hands.outside:,} of these outside the trust and not agreed with it"
    yield _asked(Question.OVERVIEW, "What happened?", said, f"{how}; {outside}.")
    yield _asked(Question.CYBER, "Was it a cyber incident?", said)
    found = said.get(Question.FOUND) or breach.awareness[-1].how
    yield Answer("How did you find out about it?", _capital(found), tuple(_found(breach)))
    yield Answer("When did you become aware of it?", counted=(at_home(breach.aware),))
    sent = (f"The earliest message is of {at_home(blast.first)}.",) if blast.first else ()
    yield _asked(Question.HAPPENED, "When did it happen?", said, *sent)


def _found(breach: Breach) -> Iterator[str]:
    if breach.opened.rule:
        yield "By the trust's monitoring of its e-mail for personal data."


def _staff(breach: Breach, blast: Blast) -> Iterator[Answer]:
    said = breach.answers
    sender = f"Sent by {blast.received.sender}."
    yield _asked(Question.STAFF, "Was a specific member of staff involved?", said, sender)
    question = "What data protection training had they had, and when?"
    yield _asked(Question.TRAINING, question, said)


def _people(breach: Breach, blast: Blast) -> Iterator[Answer]:
    said = breach.answers
    kinds = tuple(
        f"{_capital(kind.data)}: {kind.records:,} at least, in {_messages(kind.messages)}"
        for kind in blast.kinds
    )
    yield Answer("What kinds of personal data?", counted=kinds)
    records = (f"At least {blast.records:,}.",) if blast.records else ()
    yield Answer("How many records of personal data?", counted=records)
    people = (f"At least {blast.at_least:,}.",) if blast.at_least else ()
    yield _asked(
        Question.SUBJECTS, "How many people, and who are they?", said, *people, *_who(blast)
    )
    yield _asked(Question.CONSEQUENCES, "What could follow for them?", said)
    yield Answer("How likely are significant consequences?", _weighed(breach))


def _who(blast: Blast) -> Iterator[str]:
    for role, words in PEOPLE.items():
        count = blast.pupils if role is PersonRole.STUDENT else blast.people.get(role, 0)
        if count:
            yield f"{_capital(words)}: {count:,} at least"
    ages = blast.ages
    for count, words in (
        (ages.under_13, "children under 13"),
        (ages.under_18, "children of 13 to 17"),
        (ages.unknown if blast.pupils else 0, "pupils whose age is not known"),
    ):
        if count:
            yield f"Among them {words}: {count:,}"


def _weighed(breach: Breach) -> str:
    if breach.decided is None:
        return ""
    words = breach.decided.likelihood.replace("-", " ")
    return f"{words.capitalize()}; {breach.decided.harm} harm. {breach.decided.reason}"


def _measures(breach: Breach, blast: Blast) -> Iterator[Answer]:
    said = breach.answers
    yield _asked(Question.MEASURES, "What was in place before to prevent it?", said)
    contained = _capital(f"{contained_said(blast)}.")
    yield _asked(Question.ACTIONS, "What have you done to contain it?", said, contained)
    yield _asked(Question.PREVENTION, "What will stop it from happening again, and when?", said)
    yield Answer("Have you told the people concerned (Article 34)?", _told(breach))
    question = "Which other organisations have been told, or will be?"
    yield _asked(Question.ORGANISATIONS, question, said)


def _told(breach: Breach) -> str:
    parts = [f"{one.people:,} people on {at_home(one.sent)}, by {one.how}." for one in breach.told]
    parts += [f"Not told: {one.reason}" for one in breach.not_told]
    return " ".join(parts)


def _timing(breach: Breach) -> Iterator[Answer]:
    yield Answer("The 72 hours of Article 33(1) end", counted=(at_home(breach.notify_by),))
    if breach.notified and breach.taken is not None:
        late = ", late" if breach.late else ", in time"
        took = f"{spoken(breach.taken)} after awareness{late}."
        yield Answer("The initial report was sent", breach.delay, (took,))
    else:
        delay = "If this is sent later, the reasons for the delay go with it."
        yield Answer("Reasons for a delay", counted=(delay,))
    yield Answer("Contact", counted=(CONTACT,))


def _basis(blast: Blast) -> Iterator[Answer]:
    hands = tuple(
        f"{_capital(HANDS[who])}: {count:,}" for who, count in blast.received.hands.items()
    )
    source = "Known from the mail server." if blast.received.proven else "As the headers say."
    yield Answer("Who was sent it", counted=(*hands, source))
    unknown = tuple(f"{_capital(one)}." for one in blast.unknowns)
    yield Answer("What is not known", counted=unknown or ("Nothing that we know of.",))
    how = (
        "People and records are counted by program from the archived messages and the trust's "
        "directory; each number is of those that could be told apart, and so the least there are."
    )
    yield Answer("How it was counted", counted=(how,))


def _asked(question: Question, words: str, said: Mapping[Question, str], *counted: str) -> Answer:
    return Answer(words, said.get(question, ""), counted)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _messages(count: int) -> str:
    return f"{count:,} message{'' if count == 1 else 's'}"
