"""Collect from IMAP4rev1 (RFC 3501): every folder, by UIDVALIDITY and UID, without a trace.

Folders are opened with EXAMINE and messages fetched with BODY.PEEK, so nothing is marked as read.
Which folder is the trash the server says (RFC 6154), else its name.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal

from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.folder import FolderInfo
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.utils import encode_folder

from ingest.collectors.door import (
    Fetched,
    Folder,
    FolderError,
    FolderId,
    FolderKind,
    Item,
    ItemId,
    Look,
    MailboxError,
    NotFetched,
    ServerError,
)
from section9 import Source

ASKED = 200  # messages asked for at once, at most
ENOUGH = 8 * 2**20  # bytes asked for at once, at most; one message may be larger
NO_MAIL = frozenset({"\\noselect", "\\nonexistent"})
VIEWS = frozenset({"\\all", "\\flagged"})  # of messages that lie in other folders (RFC 6154)
GMAIL = frozenset({"\\all", "\\trash", "\\junk"})
"""Where a message of Gmail lies, which is in one of the three; its other folders are labels."""
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
INTERNALDATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
NAMESPACES = re.compile(r'NIL|\((?:\("(?:[^"\\]|\\.)*" (?:"[^"]*"|NIL)[^()]*(?:\([^()]*\))*\))+\)')
PREFIX = re.compile(r'\("((?:[^"\\]|\\.)*)"')

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Where the server is, and what it calls the folders of the deleted."""

    host: str
    port: int
    security: Security
    ca_file: Path | None
    timeout: float  # seconds that the server may be silent
    trash: tuple[str, ...]  # names for a folder that no server's word marks as the trash
    expunged: tuple[str, ...]  # beginnings of the folders in which purged mail is kept


@dataclass(frozen=True, slots=True)
class Account:
    """As whom to log in for one mailbox: with a password, or an OAuth 2 token."""

    login: str
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ImapServer:
    """A server and the accounts with which its mailboxes are opened."""

    settings: ImapSettings
    account: Callable[[str], Account]

    @property
    def source(self) -> Source:
        """The road by which its copies come in."""
        return Source.IMAP

    @contextmanager
    def open(self, mailbox: str) -> "Iterator[ImapMailbox]":
        """Log in. Raises `ServerError` where the server is away, `MailboxError` if it refuses."""
        account = self.account(mailbox)
        box = _connect(self.settings)
        try:
            with _translated():
                _log_in(box, account)
                opened = ImapMailbox(box, self.settings)
            yield opened
        finally:
            with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):  # it has all it needs
                box.logout()


class ImapMailbox:
    """One mailbox, open."""

    def __init__(self, box: BaseMailBox, settings: ImapSettings) -> None:
        self._box = box
        self._settings = settings
        _, [*_, able] = box.client.capability()  # the last word: after the login it is another
        self._able = set(able.decode().upper().split())

    def folders(self) -> Sequence[Folder]:
        """List the owner's folders, and those where the server keeps what was expunged.

        What others share is theirs, and is collected with their mailboxes.
        """
        with _translated():
            listed = self._list("*")
            for start in self._settings.expunged:  # they may be hidden from the listing above
                listed += self._list(f"{start}*")
            theirs = self._prefixes_of_others()
        found = {one.name: one for one in listed if not theirs or not one.name.startswith(theirs)}
        own = [one for one in found.values() if self._holds_mail(one)]
        if self._is_gmail and not any("\\all" in _flags(one) for one in own):
            raise MailboxError("Gmail hides All Mail: have it shown in IMAP, then run this again")
        marked = any("\\trash" in _flags(one) for one in own)
        return [self._folder(one, marked=marked) for one in own]

    def look(self, folder: Folder, state: str) -> Look:  # noqa: ARG002 - IMAP lists all each time
        """List what a folder holds."""
        with _translated():
            try:
                validity = self._examine(folder)
            except MailboxFolderSelectError as error:
                raise FolderError("the server refuses to open it: see its log") from error
            uids = self._box.uids("ALL", charset=None)
        return Look([Item(ItemId(f"{validity}:{uid}")) for uid in uids])

    def fetch(self, folder: Folder, items: Sequence[Item]) -> Iterator[Fetched | NotFetched]:
        """Yield messages with their exact bytes; those of an earlier UIDVALIDITY have vanished."""
        with _translated():
            current = f"{self._examine(folder)}:"
            uids = [item.id.removeprefix(current) for item in items if item.id.startswith(current)]
            for item in items:
                if not item.id.startswith(current):
                    yield NotFetched(item.id, vanished=True)
            for some in self._portions(uids):
                for one in self._fetch(some):
                    yield _named(one, current)

    def _holds_mail(self, info: FolderInfo) -> bool:
        flags = _flags(info)
        if flags & NO_MAIL:
            return False
        return bool(flags & GMAIL) if self._is_gmail else not flags & VIEWS

    @property
    def _is_gmail(self) -> bool:
        return "X-GM-EXT-1" in self._able

    def _list(self, pattern: str) -> list[FolderInfo]:
        asking = encode_folder(pattern)
        if {"SPECIAL-USE", "LIST-EXTENDED"} <= self._able:
            # Some servers tell the use of a folder only when they are asked (RFC 6154, section 3).
            asking += b" RETURN (SPECIAL-USE)"
        listed = self._box.folder.list(b'""', asking)  # type: ignore[arg-type]  # sent as they are
        # imap-tools leaves the escape of a backslash in a name (RFC 3501, quoted).
        return [FolderInfo(one.name.replace(r"\\", "\\"), one.delim, one.flags) for one in listed]

    def _prefixes_of_others(self) -> tuple[str, ...]:
        """Tell how the names of other people's and shared folders begin (RFC 2342)."""
        if "NAMESPACE" not in self._able:
            return ()
        _, [answer, *_] = self._box.client.namespace()
        parts = NAMESPACES.findall(answer.decode(errors="replace") if answer else "")
        own, *others = (PREFIX.findall(part) for part in parts or ["NIL"])
        return tuple(prefix for part in others for prefix in part if prefix and prefix not in own)

    def _folder(self, info: FolderInfo, *, marked: bool) -> Folder:
        path = info.name.replace(info.delim, "/") if info.delim != "NIL" else info.name
        return Folder(FolderId(info.name), path, self._kind(info, path, marked=marked))

    def _kind(self, info: FolderInfo, path: str, *, marked: bool) -> FolderKind:
        if self._settings.expunged and info.name.startswith(self._settings.expunged):
            return FolderKind.PURGES
        if "\\trash" in _flags(info):
            return FolderKind.TRASH
        names = {name.lower() for name in self._settings.trash}
        if not marked and names.intersection(path.lower().split("/")):
            return FolderKind.TRASH
        return FolderKind.ORDINARY

    def _examine(self, folder: Folder) -> str:
        self._box.folder.set(folder.id, readonly=True)
        _, [validity] = self._box.client.response("UIDVALIDITY")
        if validity is None:
            raise MailboxError("the server names no UIDVALIDITY: see its log")
        return str(validity.decode())

    def _portions(self, uids: Sequence[str]) -> Iterator[list[str]]:
        """Part messages so that what is asked for at once fits in memory."""
        for start in range(0, len(uids), ASKED):
            some, size = list[str](), 0
            sizes = self._sizes(uids[start : start + ASKED])
            for uid in uids[start : start + ASKED]:
                if some and size + sizes.get(uid, 0) > ENOUGH:
                    yield some
                    some, size = [], 0
                some.append(uid)
                size += sizes.get(uid, 0)
            yield some

    def _sizes(self, uids: Sequence[str]) -> dict[str, int]:
        answer = self._ask(uids, "(UID RFC822.SIZE)")
        pairs = ((UID.search(line), SIZE.search(line)) for line in answer if _is_line(line))
        return {uid[1].decode(): int(size[1]) for uid, size in pairs if uid and size}

    def _fetch(self, uids: Sequence[str]) -> Iterator[Fetched | NotFetched]:
        """Fetch some; if the server refuses them together, one by one to find which."""
        try:
            answer = self._ask(uids, "(UID INTERNALDATE BODY.PEEK[])")
        except imaplib.IMAP4.error as error:
            if isinstance(error, imaplib.IMAP4.abort):  # the connection is gone
                raise
            if len(uids) == 1:
                yield NotFetched(ItemId(uids[0]), "refused-by-server")
                return
            for uid in uids:
                yield from self._fetch([uid])
            return
        came = {one.id: one for one in _messages(answer)}
        for uid in uids:
            yield came.get(ItemId(uid)) or NotFetched(ItemId(uid), vanished=True)

    def _ask(self, uids: Sequence[str], parts: str) -> list[Any]:
        status, answer = self._box.client.uid("FETCH", ",".join(uids), parts)
        if status != "OK":
            raise imaplib.IMAP4.error(status)
        return answer


def _connect(settings: ImapSettings) -> BaseMailBox:
    where = {"host": settings.host, "port": settings.port, "timeout": settings.timeout}
    try:
        if settings.security == "none":
            return MailBoxUnencrypted(**where)
        context = ssl.create_default_context(cafile=settings.ca_file)
        kind = MailBox if settings.security == "tls" else MailBoxStartTls
        return kind(**where, ssl_context=context)
    except (OSError, ImapToolsError, imaplib.IMAP4.error) as error:
        raise ServerError(
            f"no IMAP at {settings.host} port {settings.port} ({_reason(error)}): "
            "check [collect.imap], then run this again"
        ) from error


def _log_in(box: BaseMailBox, account: Account) -> None:
    if account.token:
        box.xoauth2(account.login, account.token, initial_folder=None)
    elif account.login.isascii() and account.password.isascii():
        box.login(account.login, account.password, initial_folder=None)
    else:
        box.login_utf8(account.login, account.password, initial_folder=None)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the client raises into our words; a server's own may quote mail."""
    try:
        yield
    except MailboxLoginError as error:
        raise MailboxError(
            "the server refuses the login: check the password or token, then run again"
        ) from error
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(
            f"the server broke off ({_reason(error)}): run this again to go on"
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def _flags(info: FolderInfo) -> set[str]:
    return {flag.lower() for flag in info.flags}


def _is_line(piece: object) -> bool:
    return isinstance(piece, bytes)


def _messages(answer: Sequence[Any]) -> Iterator[Fetched]:
    """Take messages out of an answer as imaplib gives it: a pair for each, then its last words."""
    for number, piece in enumerate(answer):
        if not isinstance(piece, tuple):
            continue
        after = answer[number + 1] if number + 1 < len(answer) else b""
        said, content = piece
        words = said + b" " + (after if isinstance(after, bytes) else b"")
        if uid := UID.search(words):
            yield Fetched(ItemId(uid[1].decode()), content, _moment(words))


def _moment(words: bytes) -> datetime | None:
    told = INTERNALDATE.search(words)
    try:
        return parsedate_to_datetime(told[1].decode()).astimezone(UTC) if told else None
    except (ValueError, OverflowError):
        return None


def _named(one: Fetched | NotFetched, current: str) -> Fetched | NotFetched:
    return replace(one, id=ItemId(f"{current}{one.id}"))
