"""The door of a collector: what a server of mailboxes tells, and what `collect` makes of it.

A collector for one kind of server (IMAP, Exchange, Microsoft Graph) gives a `Server`. It only
lists and fetches. What is new, what was moved, deleted or purged, what is filed and what is
remembered is decided in `collect`, once for all of them.

Nothing is written to a mailbox, and nothing in it is marked as read.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NewType, Protocol

from section9 import Section9Error, Source

FolderId = NewType("FolderId", str)
"""The server's name for a folder, the same for as long as the folder is there, renamed or not
where the server can do that. IMAP has only the path."""
ItemId = NewType("ItemId", str)
"""The server's name for a message in a folder. It never names another message of that folder
again. IMAP: `<UIDVALIDITY>:<UID>`."""


class FolderKind(StrEnum):
    """What it means for a message to lie in a folder."""

    ORDINARY = "ordinary"
    TRASH = "trash"  # IMAP \Trash, Deleted Items: deleted, and its owner can take it back
    DELETIONS = "deletions"  # Recoverable Items/Deletions: deleted from the trash, or past it
    PURGES = "purges"  # Recoverable Items/Purges, Dovecot's lazy_expunge: purged by its owner
    VERSIONS = "versions"  # Recoverable Items/Versions: as it was before it was changed
    HOLDS = "holds"  # Recoverable Items/DiscoveryHolds: purged, and kept by a hold


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of a mailbox."""

    id: FolderId
    path: str  # as a person knows it, levels parted by `/`: `INBOX`, `Recoverable Items/Purges`
    kind: FolderKind = FolderKind.ORDINARY


@dataclass(frozen=True, slots=True)
class Item:
    """A message that lies in a folder, before it is fetched.

    `lasting` is the server's name for it that stays when it is moved to another folder of the
    mailbox (Graph's immutable id); where it is empty, a move is recognised by the bytes. `by` and
    `at` say who last moved or changed it and when, as far as the server tells; for an item in a
    folder of the deleted it is taken for who deleted it.
    """

    id: ItemId
    lasting: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a folder holds. Names only, so that a large folder fits in memory.

    A `whole` look lists all that is there, and what was there before and is not named is gone.
    Any other look tells what changed since the `state` that was handed in: `present` are the new
    and the changed (one that is known already does no harm), `gone` those that are no longer in
    this folder. `state` goes into the next look; empty where the server keeps none.
    """

    present: Sequence[Item]
    gone: Sequence[ItemId] = ()
    whole: bool = True
    state: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The exact bytes of a message, and when it came to the mailbox, as the server says."""

    id: ItemId
    content: bytes
    arrived: datetime | None = None  # IMAP INTERNALDATE, Exchange DateTimeReceived


@dataclass(frozen=True, slots=True)
class NotFetched:
    """A message that could not be fetched; it is tried again in the next run.

    `vanished` when it is no longer there: it was moved or deleted since the look, which is no
    failure. `why` is a code or the name of an error, never mail text: `ErrorItemCorrupt`.
    """

    id: ItemId
    why: str = ""
    vanished: bool = False


class Mailbox(Protocol):
    """An open mailbox. Any method may raise `MailboxError`."""

    def folders(self) -> Sequence[Folder]:
        """List every folder that can hold mail, those of the deleted included."""

    def look(self, folder: Folder, state: str) -> Look:
        """Tell what a folder holds; `state` is what the last look gave, empty at the first.

        A state that the server no longer accepts is answered with a whole look. Raises
        `FolderError` for a folder that the server refuses to open.
        """

    def fetch(self, folder: Folder, items: Sequence[Item]) -> Iterator[Fetched | NotFetched]:
        """Yield each of the items once, in any order; a few at a time, so that memory is flat."""


class Server(Protocol):
    """A server of mailboxes."""

    @property
    def source(self) -> Source:
        """The road by which its copies come in."""

    def open(self, mailbox: str) -> AbstractContextManager[Mailbox]:
        """Open somebody's mailbox by their address. Raises `MailboxError`, `ServerError`."""


class MailboxError(Section9Error):
    """One mailbox cannot be read, or not to its end. The others go on."""

    exit_code: ClassVar[int] = 50


class FolderError(MailboxError):
    """One folder cannot be looked at; `look` alone raises it. The mailbox's others go on.

    What is missing from them may lie in it, so that no copy is then said to be purged.
    """


class ServerError(Section9Error):
    """The server cannot be used for any mailbox: it is away, or refuses who we are."""

    exit_code: ClassVar[int] = 51
