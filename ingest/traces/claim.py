"""What a line of a trace says, and what becomes of it."""

from dataclasses import dataclass
from enum import StrEnum

from section9 import Section9Error

REPORT_DOMAIN = "@journal.report.generator"
"""What Exchange gives its own journal reports for a Message-ID; nobody is sent them."""
NO_IDS = ("smtpin_added", "n/a")
"""How Google writes that there was no Message-ID."""


class TraceError(Section9Error):
    """A file is no message trace that can be read."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """A line that says that a message was delivered or sent on."""

    line: int  # where it ends, from 1
    at: str  # the moment, as the server wrote it
    message_id: str  # without angle brackets, lower case
    recipients: tuple[str, ...]  # lower case; none where the line names none


class Skipped(StrEnum):
    """Why a line claims nothing that could be looked for."""

    OTHER_STEP = "other-step"  # it tells of no delivery: receipt, expansion, failure, deferral
    JOURNAL = "journal"  # the delivery of a journal copy to the archive itself
    NO_MESSAGE_ID = "no-message-id"  # out of reach: it cannot be looked for
    UNREADABLE = "unreadable"  # it does not have the columns of the others


Entry = Claim | Skipped


def claimed(
    line: int, at: str, message_id: str, recipients: tuple[str, ...], journal: frozenset[str]
) -> Entry:
    """Make an entry of a delivery; `journal` has the addresses that the journal goes to."""
    message_id = message_id.strip().strip("<>").strip().lower()
    people = tuple(dict.fromkeys(one for one in recipients if one not in journal))
    if message_id.endswith(REPORT_DOMAIN) or (recipients and not people):
        return Skipped.JOURNAL
    if not message_id or message_id.startswith(NO_IDS):
        return Skipped.NO_MESSAGE_ID
    return Claim(line, at.strip(), message_id, people)
