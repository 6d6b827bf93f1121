"""What is proposed and decided to be taken out of messages: folds over the `cases` book. Pure."""

from collections.abc import Iterable, Mapping

from archive.events import Event
from archive.redaction_events import RedactionsDecided, RedactionsProposed
from section9 import MailId


def proposed(events: Iterable[Event], matter: str) -> Mapping[MailId, RedactionsProposed]:
    """The latest proposals of a matter, by message."""
    found = (one for one in events if isinstance(one, RedactionsProposed))
    return {one.mail: one for one in found if one.matter == matter}


def decided(events: Iterable[Event], matter: str) -> Mapping[MailId, RedactionsDecided]:
    """The latest decisions of a matter, by message."""
    found = (one for one in events if isinstance(one, RedactionsDecided))
    return {one.mail: one for one in found if one.matter == matter}
