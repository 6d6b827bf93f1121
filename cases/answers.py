"""What the gate gives: mail, and what must be said with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from archive.books import Head
from cases.authority import Authority
from cases.deletions import Deletion
from search.index import Facet, Page
from search.threads import Thread
from section9 import MailId, Record


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gave, and what must be said with it: what ran, over what, as of when."""

    authority: Authority
    page: Page
    ran: str
    at: datetime  # when it was given, UTC
    as_of: Head
    behind: int  # ledger segments that the index has not caught up with
    unsearchable: int  # messages in scope with text that no search can see
    withheld: int  # of the total, found by their metadata alone
    own: int  # messages in scope that the reader wrote or got, and so does not see
    sizes: Mapping[MailId, int]  # bytes of each hit that is withheld
    facets: Mapping[str, Sequence[Facet]] = field(default_factory=dict)  # by field


@dataclass(frozen=True, slots=True)
class Opened:
    """One message, opened under an authority, as far as that goes."""

    authority: Authority
    record: Record  # without its text where `view` is `metadata`; with a little where `excerpts`
    content: bytes  # exactly as it was archived; nothing where less than all is opened
    view: str


@dataclass(frozen=True, slots=True)
class Deletions:
    """What was deleted in a case's scope, and what must be said with it."""

    answer: Answer  # without hits
    found: tuple[Deletion, ...]  # newest first


@dataclass(frozen=True, slots=True)
class Conversation:
    """The conversation of a message, as far as it lies in a case's scope."""

    answer: Answer  # its hits are the conversation's messages, in the order of `thread`
    thread: Thread
    whole: bool  # or it has more messages than are ever followed


@dataclass(frozen=True, slots=True)
class Unflagged:
    """What a standing programme does not flag, to draw a sample from: ids and counts alone."""

    answer: Answer
    mails: tuple[MailId, ...]
    flagged: int
    withheld: int  # of all that are there, those that nobody may draw
