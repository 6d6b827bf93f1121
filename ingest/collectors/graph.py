"""Mailboxes in Exchange Online, with what lies in their Recoverable Items, over Microsoft Graph.

A folder is followed by delta queries, which tell what came and went since the last. A message is
named by its immutable id, which stays when it is moved. Its MIME is what Exchange Online makes of
it when asked: for mail from outside nearly what arrived, for mail written in Outlook its first
rendering.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import chain
from urllib.parse import quote

import structlog

from ingest.collectors.door import (
    Fetched,
    Folder,
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
    GraphError,
    MessageAnswer,
    exact,
)
from ingest.collectors.graph_client import (
    AT_ONCE,
    LISTING,
    AnswerTooLargeError,
    GraphClient,
)
from ingest.collectors.graph_folders import GraphFolders
from ingest.collectors.graph_token import GraphSettings
from ingest.collectors.patience import Sleep
from section9 import Source

log = structlog.get_logger()

MESSAGE_FIELDS = "lastModifiedDateTime,receivedDateTime"
MODIFIER = "singleValueExtendedProperties($filter=id%20eq%20'String%200x3FFA')"
"""PidTagLastModifierName ([MS-OXPROPS]): the display name of who last changed an item."""

FORGOTTEN = frozenset({"syncstatenotfound", "resyncrequired", "syncstateinvalid"})
NO_LICENCE = frozenset({"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi"})
FORBIDDEN, NOT_FOUND, GONE = 403, 404, 410
UNLISTED = frozenset({400, 405, 500, 501})
"""How Graph may say that it follows no changes of a folder."""
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
        with _refusals():
            return GraphFolders(self._client, self._user).list()

    # --- looking ---

    def look(self, folder: Folder, state: str) -> Look:
        """Tell what came and went since `state`, a delta link, or all that is there."""
        with _refusals():
            if state:
                try:
                    return self._changes(folder, state)
                except GraphError as error:
                    if not _forgotten(error):
                        raise
                    log.info("looked-afresh", why="Graph has forgotten the state of a folder")
            try:
                return self._changes(folder, "")
            except GraphError as error:
                if error.status not in UNLISTED:
                    raise
                log.info("listed", why="Graph follows no changes of a folder", status=error.status)
            return self._listing(folder)

    def _changes(self, folder: Folder, since: str) -> Look:
        """Follow a delta query to its end."""
        link = since or f"{self._messages(folder)}/delta?$select={MESSAGE_FIELDS}"
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
        found = self._with_modifiers(folder, tuple(present.values()))
        return Look(found, tuple(gone), whole=not since, state=self._client.path(state))

    def _listing(self, folder: Folder) -> Look:
        """List all that a folder holds, where no changes of it are followed."""
        link = f"{self._messages(folder)}?$top=500&$select={MESSAGE_FIELDS}"
        present: dict[ItemId, Item] = {}
        while link:
            page = self._client.get(link, ChangePage)
            for message in page.value:
                self._note(message, present, {})
            link = page.next
        return Look(self._with_modifiers(folder, tuple(present.values())))

    def _messages(self, folder: Folder) -> str:
        return f"{self._user}/mailFolders/{quote(folder.id, safe='')}/messages"

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

    def _with_modifiers(self, folder: Folder, items: Sequence[Item]) -> Sequence[Item]:
        """Add who last changed each item of a folder of the deleted: who deleted it."""
        if folder.kind is FolderKind.ORDINARY:
            return items
        return tuple(chain.from_iterable(map(self._modifiers, _chunks(items))))

    def _modifiers(self, items: Sequence[Item]) -> Iterator[Item]:
        asked = [f"{self._message(item.id)}?$select=id&$expand={MODIFIER}" for item in items]
        for item, part in zip(items, self._client.batch(asked), strict=True):
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
        asked = [f"{self._message(one.id)}/$value" for one in items]
        try:
            with _refusals():
                parts = self._client.batch(asked, limit=limit)
        except AnswerTooLargeError:
            return {}
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


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def _not_fetched(name: ItemId, error: GraphError) -> NotFetched:
    if error.status in {NOT_FOUND, GONE}:
        return NotFetched(name, vanished=True)
    return NotFetched(name, error.code or f"HTTP {error.status}")


def _forgotten(error: GraphError) -> bool:
    return error.status == GONE or error.code.lower() in FORGOTTEN


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what Graph refuses of a mailbox into an error of it, with what to do."""
    try:
        yield
    except GraphError as error:
        name = error.code or f"HTTP {error.status}"
        raise MailboxError(
            f"Microsoft Graph refuses this mailbox ({name}): {_next_step(error)}"
        ) from error


def _next_step(error: GraphError) -> str:
    if error.code.lower() in NO_LICENCE:
        return "it has no mailbox in Exchange Online: check its licence"
    if error.status == FORBIDDEN:
        return (
            "give the application Mail.Read and put the mailbox in its scope "
            "(docs/collecting/graph.md)"
        )
    if error.status == NOT_FOUND:
        return "check the address, and that it is of this tenant"
    return "run the same command again"
