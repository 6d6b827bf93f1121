"""Copies without a report: the recipients that our own server wrote on top of a message.

Postfix, Exim and Gmail journal by sending a plain copy. What the copy's envelope no longer says,
the server can write into header fields (docs/journaling has the recipes). A user can write the
same fields. What tells them apart is their place: each server puts its `Received` on top of what
it was given, so that only fields above the first one were written by the last server, and not by
anybody before it. Below it nothing is believed.

Gmail writes `X-Gm-Original-To` between hops of its own, which say `Received: by` alone; a mail
that it accepts from anybody else gets a `Received: from`. So that field counts above the first of
those.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingest.reports import envelope, parts
from ingest.reports.envelope import MAX_RECIPIENTS, Addressee

_RECIPIENTS = frozenset({b"x-envelope-to", b"x-original-to", b"delivered-to"})
_SENDER = b"x-envelope-from"
_GMAIL = b"x-gm-original-to"
_RECEIVED = b"received"
_NAMES = (*_RECIPIENTS, _SENDER, _GMAIL, _RECEIVED)
_Field = tuple[bytes, str]
_FROM = re.compile(r"\s*from\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CopyEnvelope:
    """What our server wrote on a copy. Roles are unverified: an envelope has none."""

    sender: str = ""  # empty where nothing says, and for the null sender
    recipients: tuple[Addressee, ...] = ()
    faults: tuple[str, ...] = ()  # `bad-address`, `repeated-field`, `too-many-recipients`


def envelope_to(
    content: bytes, *, trusted: bool, journal_addresses: frozenset[str] = frozenset()
) -> CopyEnvelope:
    """Read what the last server wrote on a copy; nothing where it is not `trusted`.

    The archive's own addresses (lower case) are no recipients. Never raises; time is linear.
    """
    if not trusted:
        return CopyEnvelope()
    named = parts.message(content).named(*_NAMES)
    fields = _above(named, _is_received)
    gmail = _above(named, _is_handover)
    texts = [text for name, text in fields if name in _RECIPIENTS]
    texts += [text for name, text in gmail if name == _GMAIL]
    addresses, faults = _addresses(texts)
    senders = [text for name, text in fields if name == _SENDER]
    return CopyEnvelope(
        sender=envelope.address(senders[0]) if len(senders) == 1 else "",
        recipients=tuple(Addressee(each) for each in addresses if each not in journal_addresses),
        faults=(*faults, "repeated-field") if len(senders) > 1 else faults,
    )


def _above(fields: tuple[_Field, ...], ends: Callable[[_Field], bool]) -> tuple[_Field, ...]:
    """The fields above the first that `ends` them; none if none does, for then all are a user's."""
    for number, one in enumerate(fields):
        if ends(one):
            return fields[:number]
    return ()


def _is_received(one: _Field) -> bool:
    return one[0] == _RECEIVED


def _is_handover(one: _Field) -> bool:
    """Whether a `Received` says that somebody handed the mail over; hops inside say `by` alone."""
    return one[0] == _RECEIVED and bool(_FROM.match(one[1]))


def _addresses(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Each address once, in order, and the codes of faults. A field may hold several."""
    found: dict[str, None] = {}
    faults: dict[str, None] = {}
    for text in texts:
        for each in text.split(","):
            address = envelope.address(each)
            if not address:
                faults["bad-address"] = None
            elif len(found) == MAX_RECIPIENTS:
                faults["too-many-recipients"] = None
            else:
                found[address] = None
    return tuple(found), tuple(faults)
