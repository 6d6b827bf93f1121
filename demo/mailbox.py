"""The demo mailbox: half a term of an invented trust's mail, and the truth about its leaks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from demo.automatic import notices
from demo.compose import compose, message_id
from demo.script import Note, notes
from demo.wording import Notes, addressed, sender

SEED = 9


@dataclass(frozen=True, slots=True)
class Delivery:
    """The part of an envelope that the sending server knows."""

    mail_from: str  # empty for an automatic reply (RFC 3834)
    rcpt_to: tuple[str, ...]  # lists expanded, Bcc included, nobody twice


class Leak(NamedTuple):
    """One rule that should speak about one message, and for how many values."""

    message_id: str  # without angle brackets
    rule: str  # nhs-number, nino, upn, payment-card or bank-account
    values: int  # different ones


def messages(*, seed: int = SEED, now: datetime | None = None) -> Iterator[tuple[Delivery, bytes]]:
    """Every message with its delivery, oldest first; the same bytes for the same seed.

    The term is fixed, from 28 August to 23 October 2026, because the prose names its days.
    With `now` (aware), what was sent later is left out: the mailbox as it stood then.
    The seed deals the machines' notices alone; what people wrote is always the same.
    """
    written = _script()
    dealt = {note.key: note for note in notices(seed, written.values())}
    for note in sorted((written | dealt).values(), key=lambda note: (note.sent, note.key)):
        if now is None or note.sent <= now:
            yield _delivery(note), compose(note, written)


def leaks() -> list[Leak]:
    """The truth table, oldest first. A forward leaks what it encloses."""
    written = _script()
    ordered = sorted(written.values(), key=lambda note: (note.sent, note.key))
    return [leak for note in ordered for leak in _leaks(note, written)]


def _script() -> dict[str, Note]:
    return {note.key: note for note in notes()}


def _leaks(note: Note, written: Notes) -> Iterator[Leak]:
    told = note.fact("leak")
    if enclosed := note.fact("fwd"):
        told = told or written[enclosed].fact("leak")
    for rule, count in (item.split() for item in told.split(", ") if item):
        yield Leak(message_id(note), rule, int(count))


def _delivery(note: Note) -> Delivery:
    people = addressed(note, "to", "cc", "bcc")
    reached = dict.fromkeys(address for person in people for address in person.delivered)
    silent = note.fact("auto") == "auto-replied"
    return Delivery("" if silent else sender(note).address, tuple(reached))
