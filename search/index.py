"""The door of an index: what it takes in, what it answers, and how it may fail.

An index follows the archive and can be rebuilt from it at any time. What it says is durable is
durable all the same, because the spool lets go of a message once it is indexed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from search.order import Order
from search.tree import Query
from section9 import MailId, Record, RuleId, Section9Error, SightingId, Span


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a message around what matched, on one line, and where in it the matches stand."""

    column: str  # `subject`, `body`, `attachment` or `filename`
    text: str
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One message that a search found."""

    mail: MailId
    date: datetime | None
    from_: str  # the first author, by name where there is one, else by address
    to: tuple[str, ...]  # To, Cc, Bcc, then those only the envelope names: the first few
    recipients: int  # how many there are in all
    subject: Excerpt
    excerpt: Excerpt
    findings: tuple[RuleId, ...]  # the rules that flag it: more than barely sure
    copies: int
    attachments: int
    deleted: bool  # at least one copy was deleted
    opaque: bool  # some of it could not be read, so no search sees it


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after a hit, in order of date; stays true when messages come in between."""

    date: datetime | None
    mail: MailId


@dataclass(frozen=True, slots=True)
class Page:
    """Some hits of `total`, in the order asked for (`search.order`); `next` asks for more."""

    hits: tuple[Hit, ...]
    total: int
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the messages found have a value."""

    value: str
    count: int


class Index(Protocol):
    """An engine that finds messages."""

    @property
    def description(self) -> str:
        """Name the engine and its version, for the ledger: `sqlite 3.40.1`."""

    def put(self, records: Sequence[Record], *, segment: int | None) -> None:
        """Take records in, merged with what is known of the same mails; durable on return.

        `segment` is the mail book's segment that they come from; it counts as applied with them
        or not at all. Putting the same again changes nothing. Raises `RecordRejectedError`, and
        then the segment is not applied.
        """

    def applied(self) -> tuple[range, ...]:
        """List the mail book's segments that are in, as ascending ranges with gaps between."""

    def known(self, sightings: Iterable[SightingId]) -> set[SightingId]:
        """Tell which of these copies are indexed."""

    def sent_to(self, message_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """Tell for each of these Message-IDs that is indexed whom its mail was sent to.

        That is everybody whom a mail server names, and the lists that it expanded; nobody where
        none said. Ids and addresses are as `tree.clean` writes them.
        """

    def drop(self, mails: Iterable[MailId]) -> None:
        """Take mails out; unknown ones are no error. Durable on return."""

    def scrub(self) -> None:
        """Leave nothing in the engine's files of what was dropped: no word, no freed page.

        It may rewrite the whole index, so it is called once after many drops. Raises
        `IndexUnavailableError` while somebody's search is in the way.
        """

    def get(self, mail: MailId) -> Record | None:
        """Give a mail's record."""

    def resolve(self, prefix: str) -> list[MailId]:
        """List ids that begin so, in order; ten at most, for a person to choose from."""

    def search(
        self,
        query: Query,
        *,
        limit: int,
        after: Cursor | None = None,
        order: Order = Order.NEWEST,
    ) -> Page:
        """Find a page of messages, after a cursor of the same order."""

    def count(self, query: Query) -> int:
        """Count the messages that match."""

    def ids(self, query: Query) -> Iterator[MailId]:
        """Stream the ids of all that match, newest first."""

    def records(self, query: Query) -> Iterator[Record]:
        """Stream the records of all that match, newest first."""

    def facets(self, query: Query, field: str, *, limit: int) -> list[Facet]:
        """Count the values of a field among what matches, the most frequent first, then by value.

        The field is one with exact values, or `date`, which counts months (`2026-03`). Raises
        `NoFacetError` for another.
        """

    def close(self) -> None:
        """Let the engine go."""


# --- what may go wrong ------------------------------------------------------------------------

_REBUILD = "run `section9 index rebuild`"


class IndexMissingError(Section9Error):
    """There is no index where one was looked for."""

    exit_code = 30

    def __init__(self, where: str) -> None:
        super().__init__(f"there is no index at {where}: {_REBUILD}")


class IndexVersionError(Section9Error):
    """The index was written by another version of this program (or of Python's Unicode data)."""

    exit_code = 30

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"the index has format {found}, this program {expected}: {_REBUILD}")


class IndexCorruptError(Section9Error):
    """The index cannot be read; the archive is not touched by that."""

    exit_code = 30

    def __init__(self, why: str) -> None:
        super().__init__(f"the index is damaged ({why}); the archive is not: {_REBUILD}")


class IndexUnavailableError(Section9Error):
    """The index cannot be reached or written just now."""

    exit_code = 31

    def __init__(self, why: str) -> None:
        super().__init__(f"the index cannot be used now ({why}): put that right and run again")


class RecordRejectedError(Section9Error):
    """An engine refuses some records for good; those put with them are in."""

    exit_code = 32

    def __init__(self, where: str, refused: Mapping[MailId, str]) -> None:
        named = ", ".join(f"{mail[:12]} {kind}" for mail, kind in list(refused.items())[:5])
        super().__init__(
            f"{where} refuses {len(refused):,} messages ({named}): they are safe in the archive; "
            "run `section9 index rebuild` if it refuses them all"
        )
        self.refused = dict(refused)  # the kind of error, by mail


class NoFacetError(Section9Error):
    """A facet was asked of a field whose values cannot be counted."""

    exit_code = 2

    def __init__(self, field: str, fields: Sequence[str]) -> None:
        super().__init__(f"no facet of {field}: choose one of {', '.join(fields)}")
