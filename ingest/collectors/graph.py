"""Mailboxes in Exchange Online, with what lies in their Recoverable Items, over Microsoft Graph.

A folder is followed by delta queries, which tell what came and went since the last. A message is
named by its immutable id, which stays when it is moved. Its MIME is what Exchange Online makes of
it when asked: for mail from outside nearly what arrived, for mail written in Outlook its first
rendering.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import NoReturn
from urllib.parse import quote

import structlog

from ingest.collectors.door import (
    Fetched,
    Folder,
    FolderId,
    FolderKind,
    Item,
    ItemId,
    Look,
    MailboxError,
    NotFetched,
)
from ingest.collectors.graph_answers import (
    OK,
    ChangePage,
    FolderAnswer,
    FolderPage,
    GraphError,
    MessageAnswer,
    Part,
    exact,
)
from ingest.collectors.graph_client import (
    AT_ONCE,
    LISTING,
    AnswerTooLargeError,
    GraphClient,
)
from ingest.collectors.graph_token import GraphSettings
from ingest.collectors.patience import Sleep
from section9 import Source

log = structlog.get_logger()

TRASH = "deleteditems"
RECOVERABLE = {
    "recoverableitemsdeletions": FolderKind.DELETIONS,
    "recoverableitemspurges": FolderKind.PURGES,
    "recoverableitemsversions": FolderKind.VERSIONS,
    "recoverableitemsdiscoveryholds": FolderKind.HOLDS,
}
"""Graph's own names for the folders of the deleted. Its reference knows the first alone."""

RECOVERABLE_ITEMS = "Recoverable Items/"

FOLDER_FIELDS = "id,displayName,childFolderCount"
MESSAGE_FIELDS = "lastModifiedDateTime,receivedDateTime"
MODIFIER = "singleValueExtendedProperties($filter=id%20eq%20'String%200x3FFA')"
"""PidTagLastModifierName ([MS-OXPROPS]): the display name of who last changed an item."""

FORGOTTEN = frozenset({"syncstatenotfound", "resyncrequired", "syncstateinvalid"})
NO_LICENCE = frozenset({"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi"})
FORBIDDEN, NOT_FOUND, GONE = 403, 404, 410
TOO_LARGE = "larger than max_message_size"


class Graph:
    """Exchange Online; a `Server` of the collectors' door."""

    source = Source.GRAPH

    def __init__(self, settings: GraphSettings, *, sleep: Sleep = time.sleep) -> None:
        self._settings = settings
        self._client = GraphClient(settings, sleep=sleep)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextmanager
    def open(self, mailbox: str) -> Iterator["GraphMailbox"]:
        """Open a mailbox. Nothing is asked until it is read. Raises `MailboxError`."""
        if "@" not in mailbox:
            raise MailboxError("not an e-mail address: correct it and try again")
        yield GraphMailbox(self._client, mailbox, limit=self._settings.max_message_size)


class GraphMailbox:
    """One mailbox; its methods raise `MailboxError` and `ServerError`."""

    def __init__(self, client: GraphClient, address: str, *, limit: int) -> None:
        self._client = client
        self._user = f"/users/{quote(address, safe='@')}"
        self._limit = limit
        self._received: dict[ItemId, datetime] = {}  # until they are fetched
        self._batched = True  # until Graph gives MIME in a batch as text, which is not exact

    # --- folders ---

    def folders(self) -> Sequence[Folder]:
        """List every folder, hidden ones and those of the deleted included."""
        try:
            return self._folders()
        except GraphError as error:
            _refuse(error)

    def _folders(self) -> list[Folder]:
        known = self._known((TRASH, *RECOVERABLE))
        places = deque([(f"{self._user}/mailFolders", "", FolderKind.ORDINARY)])
        listed = []
        for name, kind in RECOVERABLE.items():
            if found := known.get(name):
                listed.append(_folder(found, RECOVERABLE_ITEMS, kind))
                if found.child_folder_count:
                    places.append((self._children(found), f"{listed[-1].path}/", kind))
        trash = known[TRASH].id if TRASH in known else ""
        return [*self._walk(places, trash), *listed]

    def _known(self, names: Sequence[str]) -> dict[str, FolderAnswer]:
        """Find folders by the names that are the same in every language."""
        asked = [f"{self._user}/mailFolders/{name}?$select={FOLDER_FIELDS}" for name in names]
        parts = dict(zip(names, self._client.batch(asked), strict=True))
        for name, part in parts.items():
            if part.status != OK:
                self._missing(name, part)
        return {name: found for name, part in parts.items() if (found := part.read(FolderAnswer))}

    def _missing(self, name: str, part: Part) -> None:
        """Say which folder Graph does not give; without the trash there is no mailbox."""
        if name == TRASH or part.status == FORBIDDEN:
            raise part.refused
        log.info("folder-not-offered", folder=name, status=part.status)

    def _walk(self, places: deque[tuple[str, str, FolderKind]], trash: str) -> Iterator[Folder]:
        """Yield the folders that lists name, and those below each of them."""
        seen: set[str] = set()
        while places:
            link, prefix, kind = places.popleft()
            for found in self._listed(link):
                if found.id in seen or found.type.endswith("mailSearchFolder"):
                    continue
                seen.add(found.id)
                place = _folder(found, prefix, FolderKind.TRASH if found.id == trash else kind)
                yield place
                if found.child_folder_count:
                    places.append((self._children(found), f"{place.path}/", place.kind))

    def _listed(self, link: str) -> Iterator[FolderAnswer]:
        link += f"?includeHiddenFolders=true&$top=100&$select={FOLDER_FIELDS}"
        while link:
            page = self._client.get(link, FolderPage)
            yield from page.value
            link = page.next

    def _children(self, folder: FolderAnswer) -> str:
        return f"{self._user}/mailFolders/{quote(folder.id, safe='')}/childFolders"

    # --- looking ---

    def look(self, folder: Folder, state: str) -> Look:
        """Tell what came and went since `state`, a delta link, or all that is there."""
        try:
            return self._changes(folder, state)
        except GraphError as error:
            if not state or not _forgotten(error):
                _refuse(error)
        log.info("looked-afresh", why="Graph no longer knows the state of the folder")
        try:
            return self._changes(folder, "")
        except GraphError as error:
            _refuse(error)

    def _changes(self, folder: Folder, since: str) -> Look:
        place = f"{self._user}/mailFolders/{quote(folder.id, safe='')}"
        link = since or f"{place}/messages/delta?$select={MESSAGE_FIELDS}"
        present: dict[ItemId, Item] = {}
        gone: dict[ItemId, None] = {}
        state = ""
        while not state:
            page = self._client.get(link, ChangePage)
            for message in page.value:
                self._note(message, present, gone)
            link, state = page.next, page.delta
            if not (link or state):
                raise GraphError(OK, "NoDeltaLink")
        found = tuple(present.values())
        if folder.kind is not FolderKind.ORDINARY:
            found = tuple(self._with_modifiers(found))
        return Look(found, tuple(gone), whole=not since, state=self._client.path(state))

    def _note(
        self, message: MessageAnswer, present: dict[ItemId, Item], gone: dict[ItemId, None]
    ) -> None:
        """Keep the last word on a message: it may be named several times."""
        name = ItemId(message.id)
        if message.removed is not None:
            present.pop(name, None)
            gone[name] = None
            return
        gone.pop(name, None)
        present[name] = Item(name, lasting=name, at=message.last_modified_date_time)
        if message.received_date_time:
            self._received[name] = message.received_date_time

    def _with_modifiers(self, items: Sequence[Item]) -> Iterator[Item]:
        """Add who last changed each: for what was deleted, who deleted it."""
        for chunk in _chunks(items):
            asked = [f"{self._message(item.id)}?$select=id&$expand={MODIFIER}" for item in chunk]
            for item, part in zip(chunk, self._client.batch(asked), strict=True):
                found = part.read(MessageAnswer)
                properties = found.single_value_extended_properties if found else ()
                yield replace(item, by=properties[0].value) if properties else item

    def _message(self, name: ItemId) -> str:
        return f"{self._user}/messages/{quote(name, safe='')}"

    # --- fetching ---

    def fetch(self, folder: Folder, items: Sequence[Item]) -> Iterator[Fetched | NotFetched]:  # noqa: ARG002 - an item's name is enough for Graph
        """Yield each item's MIME: small ones together, and what does not fit one by one."""
        for chunk in _chunks(items):
            together = self._together(chunk)
            for item in chunk:
                yield together.get(item.id) or self._alone(item.id)

    def _together(self, items: Sequence[Item]) -> dict[ItemId, Fetched | NotFetched]:
        """Fetch a few in one batch; without those that must be asked for alone."""
        if not self._batched:
            return {}
        limit = min(LISTING, 2 * self._limit)
        try:
            parts = self._client.batch(
                [f"{self._message(one.id)}/$value" for one in items], limit=limit
            )
        except AnswerTooLargeError:
            return {}
        except GraphError as error:
            _refuse(error)
        found: dict[ItemId, Fetched | NotFetched] = {}
        for item, part in zip(items, parts, strict=True):
            if part.status != OK:
                found[item.id] = _not_fetched(item.id, part.refused)
            elif (content := exact(part.body)) is not None:
                found[item.id] = self._fetched(item.id, content)
            else:
                self._batched = False
        return found

    def _alone(self, name: ItemId) -> Fetched | NotFetched:
        try:
            content = self._client.content(f"{self._message(name)}/$value", limit=self._limit)
        except AnswerTooLargeError:
            return NotFetched(name, TOO_LARGE)
        except GraphError as error:
            return _not_fetched(name, error)
        return self._fetched(name, content)

    def _fetched(self, name: ItemId, content: bytes) -> Fetched | NotFetched:
        if len(content) > self._limit:
            return NotFetched(name, TOO_LARGE)
        return Fetched(name, content, arrived=self._received.pop(name, None))


def _folder(found: FolderAnswer, prefix: str, kind: FolderKind) -> Folder:
    return Folder(FolderId(found.id), prefix + (found.display_name or "").replace("/", "_"), kind)


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def _not_fetched(name: ItemId, error: GraphError) -> NotFetched:
    if error.status in {NOT_FOUND, GONE}:
        return NotFetched(name, vanished=True)
    return NotFetched(name, error.code or f"HTTP {error.status}")


def _forgotten(error: GraphError) -> bool:
    return error.status == GONE or error.code.lower() in FORGOTTEN


def _refuse(error: GraphError) -> NoReturn:
    """Say what to do when Graph refuses a mailbox."""
    name = error.code or f"HTTP {error.status}"
    if error.code.lower() in NO_LICENCE:
        next_step = "it has no mailbox in Exchange Online: check its licence"
    elif error.status == FORBIDDEN:
        next_step = (
            "give the application Mail.Read and put the mailbox in its scope "
            "(docs/collecting/graph.md)"
        )
    elif error.status == NOT_FOUND:
        next_step = "check the address, and that it is of this tenant"
    else:
        next_step = "run the same command again"
    raise MailboxError(f"Microsoft Graph refuses this mailbox ({name}): {next_step}") from error
