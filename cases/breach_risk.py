"""Weighing the risk of a breach: the questions, what the count says to them, and a proposal. Pure.

The Commissioner's self-assessment asks for the likelihood and the severity of the harm that
people may come to: a likely risk is reported (Article 33), a high one told to the people
themselves (Article 34). What is here is proposed, with its reasons; a person decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from archive.breach_events import Harm, Likelihood, Verdict
from cases.blast import Blast
from cases.blast_reach import HANDS, WITHIN
from cases.breach_data import SPECIAL, Data
from detectors.exposure import Reach

MANY = 100
_GRAVE = frozenset({Data.OFFENCES, Data.FINANCIAL, Data.CREDENTIALS, Data.DOCUMENTS, Data.NUMBERS})
_STRANGERS = frozenset(Reach) - WITHIN
_LIKELIHOODS, _HARMS = tuple(Likelihood), tuple(Harm)


@dataclass(frozen=True, slots=True)
class Consideration:
    """One question of the assessment, and what the mail says to it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the counts speak for. It decides nothing."""

    considered: tuple[Consideration, ...]
    likelihood: Likelihood
    harm: Harm
    verdict: Verdict
    tell_people: bool  # a high risk: Article 34
    reasons: tuple[str, ...]


def proposal(blast: Blast) -> Proposal:
    """Weigh a breach by what was counted."""
    harm, grave = _harm(blast)
    likelihood, open_ = _likelihood(blast)
    risk = _LIKELIHOODS.index(likelihood) >= _LIKELIHOODS.index(Likelihood.NEUTRAL)
    high = harm is Harm.SERIOUS and likelihood in {Likelihood.LIKELY, Likelihood.VERY_LIKELY}
    return Proposal(
        considered=tuple(_considered(blast)),
        likelihood=likelihood,
        harm=harm,
        verdict=Verdict.NOTIFY if risk or harm is Harm.SERIOUS else Verdict.RECORD_ONLY,
        tell_people=high,
        reasons=(*grave, *open_),
    )


def _harm(blast: Blast) -> tuple[Harm, tuple[str, ...]]:
    """How grave it would be, by what the data is and whose."""
    data = {kind.data for kind in blast.kinds}
    reasons = []
    level = 0
    if data & SPECIAL:
        level = 2
        reasons.append("special category or safeguarding data raises the harm to serious")
    if data & _GRAVE:
        level = max(level, 1)
        reasons.append("it could be used for fraud, or against somebody")
    if blast.pupils:
        level = min(level + 1, 2)
        reasons.append("children merit specific protection (recital 38)")
    if blast.at_least >= MANY:
        level = min(level + 1, 2)
        reasons.append(f"{MANY} people or more are concerned")
    return _HARMS[level], tuple(reasons)


def _likelihood(blast: Blast) -> tuple[Likelihood, tuple[str, ...]]:
    """How likely it would be, by whose hands it is in and whether it came back."""
    strangers = sum(count for who, count in blast.received.hands.items() if who in _STRANGERS)
    if not strangers:
        reason = "everybody who was sent it is a colleague, or somebody with whom it is agreed"
        return Likelihood.UNLIKELY, (reason,)
    reasons = [f"in the hands of {strangers:,} who are neither colleagues nor agreed"]
    level = _LIKELIHOODS.index(Likelihood.LIKELY)
    if blast.aftermath.outside or Reach.LOOKALIKE in blast.received.hands:
        level += 1
        reasons.append("it was sent on outside, or went to a domain that imitates the trust's")
    elif not blast.kinds:
        level -= 1
        reasons.append("no detector found personal data in it: a person has to read it")
    return _LIKELIHOODS[level], tuple(reasons)


def _considered(blast: Blast) -> Iterator[Consideration]:
    yield Consideration("What kind of breach is it?", _kind(blast))
    kinds = "; ".join(f"{kind.data}: {kind.records:,}" for kind in blast.kinds)
    yield Consideration("How sensitive is the data?", kinds or "nothing was recognised")
    yield Consideration("How many people are concerned, and who?", people_said(blast))
    hands = "; ".join(f"{HANDS[who]}: {count:,}" for who, count in blast.received.hands.items())
    yield Consideration("Who has it now?", hands or "nobody is known to have been sent it")
    yield Consideration("Was it contained?", contained_said(blast))
    yield Consideration("What is not known?", "; ".join(blast.unknowns) or "nothing we know of")


def _kind(blast: Blast) -> str:
    """Mail that goes astray is a loss of confidentiality (Article 4(12))."""
    return (
        f"confidentiality: {blast.messages:,} message{'s' * (blast.messages != 1)} sent by "
        f"{blast.received.sender}, to {blast.received.people:,} "
        f"address{'es' * (blast.received.people != 1)}"
    )


def people_said(blast: Blast) -> str:
    """Say how many people at least, and how old the pupils are."""
    ages = blast.ages
    parts = [f"at least {blast.at_least:,}"]
    if blast.pupils:
        told = (
            (ages.under_13, "under 13"),
            (ages.under_18, "13 to 17"),
            (ages.adult, "18 or over"),
            (ages.unknown, "of unknown age"),
        )
        by_age = ", ".join(f"{count:,} {words}" for count, words in told if count)
        parts.append(f"{blast.pupils:,} of them pupils ({by_age})")
    return ", ".join(parts)


def contained_said(blast: Blast) -> str:
    """Say what is known of copies, answers and attempts to call it back."""
    hands, after = blast.received, blast.aftermath
    return (
        f"copies deleted in their mailboxes: {hands.deleted:,} of {hands.copies:,}; "
        f"attempts to call it back: {after.recalls:,}; replies: {after.replies:,}; "
        f"forwards: {after.forwards:,}; further addresses reached: {after.further:,}, "
        f"{after.outside:,} of them outside"
    )
