"""Mailboxes of an Exchange Server on the trust's own premises, with their Recoverable Items.

An account that may impersonate reads them over Exchange Web Services. Exchange keeps the state of
a folder's synchronisation and tells what came and went since (SyncFolderItems). The MIME of a
message is what Exchange makes of it when asked: for mail from outside nearly what arrived, for
mail written in Outlook its first rendering.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from exchangelib import Account, Message
from exchangelib import Folder as EwsFolder
from exchangelib import errors as ews
from exchangelib.fields import FieldPath
from exchangelib.folders import Root
from exchangelib.items import ID_ONLY, CalendarItem, Contact, DistributionList, Task
from exchangelib.items import Item as EwsItem
from exchangelib.properties import FolderId as EwsFolderId
from exchangelib.properties import ItemId as EwsItemId
from exchangelib.protocol import close_connections
from exchangelib.services import GetItem, SyncFolderItems
from exchangelib.services.common import EWSService

from ingest.collectors.door import (
    Fetched,
    Folder,
    Item,
    ItemId,
    Look,
    MailboxError,
    NotFetched,
)
from ingest.collectors.ews import (
    AnswerTooLargeError,
    Connection,
    ExchangeSettings,
    for_the_mailbox,
)
from ingest.collectors.exchange_folders import fields, list_folders
from ingest.collectors.patience import Sleep
from section9 import Source

NO_MAIL = (CalendarItem, Contact, DistributionList, Task)
PAGE = 512  # changes that SyncFolderItems gives at most
SIZES = 100  # items whose sizes are asked for at once
BATCH = 16 * 1024 * 1024  # bytes of messages that are fetched at once


LOOK_FIELDS = fields(Message, "last_modified_name", "last_modified_time")
SIZE_FIELDS = fields(Message, "size")
FETCH_FIELDS = fields(Message, "mime_content", "datetime_received")


class Exchange:
    """An Exchange Server; a `Server` of the collectors' door."""

    source = Source.EXCHANGE

    def __init__(self, settings: ExchangeSettings, *, sleep: Sleep = time.sleep) -> None:
        self._connection = Connection(settings, sleep=sleep)

    @contextmanager
    def open(self, mailbox: str) -> Iterator["ExchangeMailbox"]:
        """Open a mailbox. Nothing is asked until it is read. Raises `MailboxError`."""
        if "@" not in mailbox:
            raise MailboxError("not an e-mail address: correct it and try again")
        account = self._connection.account(mailbox)
        try:
            yield ExchangeMailbox(self._connection, account)
        finally:
            close_connections()  # and forget how they logged in: the next may do it otherwise


class ExchangeMailbox:
    """One mailbox, read as its owner."""

    def __init__(self, connection: Connection, account: Account) -> None:
        self._connection = connection
        self._account = account
        self._root = Root(account=account)
        self._at_once = min(BATCH, connection.settings.max_message_size)

    # --- folders ---

    def folders(self) -> Sequence[Folder]:
        """List every folder, of the archive mailbox too where there is one."""
        with for_the_mailbox():
            archive = self._connection.settings.archive
            return list_folders(self._ask, self._root, archive=archive)

    # --- looking ---

    def look(self, folder: Folder, state: str) -> Look:
        """Tell what came and went since `state`, or all that is there."""
        with for_the_mailbox():
            try:
                return self._changes(folder, state)
            except ews.ErrorInvalidSyncStateData:
                return self._changes(folder, "")

    def _changes(self, folder: Folder, since: str) -> Look:
        present: dict[ItemId, Item] = {}
        gone: dict[ItemId, None] = {}
        state, more = since, True
        while more:
            page, service = self._page(folder, state)
            for change, item in page:
                _note(change, item, present, gone)
            # Exchange may give the same state again and yet say that there is more.
            more = service.sync_state != state and not service.includes_last_item_in_range
            state = service.sync_state
        return Look(tuple(present.values()), tuple(gone), whole=not since, state=state)

    def _page(self, folder: Folder, state: str) -> tuple[list[Any], SyncFolderItems]:
        service = SyncFolderItems(account=self._account)
        place = EwsFolder(root=self._root, _id=EwsFolderId(id=folder.id))
        page = self._connection.ask(
            lambda: list(
                service.call(
                    folder=place,
                    shape=ID_ONLY,
                    additional_fields=LOOK_FIELDS,
                    sync_state=state,
                    ignore=None,
                    max_changes_returned=PAGE,
                    sync_scope="NormalItems",
                )
            )
        )
        return page, service

    # --- fetching ---

    def fetch(self, folder: Folder, items: Sequence[Item]) -> Iterator[Fetched | NotFetched]:  # noqa: ARG002 - an item's name is enough for Exchange
        """Yield each item's MIME; in batches whose size is known before they are asked for."""
        for start in range(0, len(items), SIZES):
            chunk = [item.id for item in items[start : start + SIZES]]
            batch: list[ItemId] = []
            weight = 0
            for name, answer in zip(chunk, self._get(chunk, SIZE_FIELDS), strict=True):
                size = None if isinstance(answer, Exception) else answer.size or 0
                if size is None or size > self._connection.settings.max_message_size:
                    yield _refused(name, answer)
                    continue
                if batch and weight + size > self._at_once:
                    yield from self._contents(batch)
                    batch, weight = [], 0
                batch.append(name)
                weight += size
            yield from self._contents(batch)

    def _contents(self, batch: Sequence[ItemId]) -> Iterator[Fetched | NotFetched]:
        for name, answer in zip(batch, self._get(batch, FETCH_FIELDS), strict=True):
            yield self._fetched(name, answer)

    def _get(self, names: Sequence[ItemId], fields: list[FieldPath]) -> list[Any]:
        """Get properties of items: each an item, or the error that stands in its place."""
        if not names:
            return []
        ids = [EwsItemId(id=name) for name in names]
        try:
            return self._ask(GetItem, items=ids, additional_fields=fields, shape=ID_ONLY)
        except (ews.ResponseMessageError, AnswerTooLargeError) as error:
            if len(names) == 1:
                return [error]
            # One that spoils the answer for all shows itself when each is asked for alone.
            return [answer for name in names for answer in self._get([name], fields)]

    def _fetched(self, name: ItemId, answer: EwsItem | Exception) -> Fetched | NotFetched:
        limit = self._connection.settings.max_message_size
        if isinstance(answer, Exception):
            return _refused(name, answer)
        content = answer.mime_content
        if not content:
            return NotFetched(name, "NoMimeContent")
        if len(content) > limit:
            return NotFetched(name, TOO_LARGE)
        return Fetched(name, content, arrived=_utc(answer.datetime_received))

    def _ask(self, service: type[EWSService], **what: object) -> list[Any]:
        return self._connection.ask(lambda: list(service(account=self._account).call(**what)))


TOO_LARGE = "larger than max_message_size"


def _refused(name: ItemId, answer: EwsItem | Exception) -> NotFetched:
    """Say why an item is not fetched; `answer` is an error, or the item when it is too large."""
    match answer:
        case ews.ErrorItemNotFound():
            return NotFetched(name, vanished=True)
        case AnswerTooLargeError():
            return NotFetched(name, TOO_LARGE)
        case Exception():
            return NotFetched(name, type(answer).__name__)
    return NotFetched(name, TOO_LARGE)


def _note(
    change: str, item: EwsItem, present: dict[ItemId, Item], gone: dict[ItemId, None]
) -> None:
    """Keep the last word on an item: pages tell what happened in its order."""
    if change == SyncFolderItems.READ_FLAG_CHANGE or isinstance(item, NO_MAIL):
        return
    name = ItemId(item.id)
    if change == SyncFolderItems.DELETE:
        present.pop(name, None)
        gone[name] = None
    else:
        gone.pop(name, None)
        at = _utc(item.last_modified_time)
        present[name] = Item(name, by=item.last_modified_name or "", at=at)


def _utc(at: datetime | None) -> datetime | None:
    return datetime.fromtimestamp(at.timestamp(), UTC) if at else None
