"""A double of an Exchange Server: HTTPS on loopback that speaks Exchange Web Services.

Its answers have the shapes of Microsoft's reference of EWS (FindFolder, GetFolder,
SyncFolderItems, GetItem, SOAP faults), as far as exchangelib asks for them. What it does not have
is Exchange: it converts no mail and keeps no throttling budget, and does only what a test says.
"""

import base64
import itertools
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import spnego
from loopback import Reply, serving
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
M, T = f"{{{MESSAGES}}}", f"{{{TYPES}}}"
NAMES = {"m": MESSAGES, "t": TYPES, "s": "http://schemas.xmlsoap.org/soap/envelope/"}

SYNC = "SyncFolderItems"

TREE = (
    ("msgfolderroot", "Top of Information Store", None),
    ("inbox", "Inbox", "msgfolderroot"),
    ("sentitems", "Sent Items", "msgfolderroot"),
    ("deleteditems", "Deleted Items", "msgfolderroot"),
    ("recoverableitemsroot", "Recoverable Items", None),
    ("recoverableitemsdeletions", "Deletions", "recoverableitemsroot"),
    ("recoverableitemspurges", "Purges", "recoverableitemsroot"),
    ("recoverableitemsversions", "Versions", "recoverableitemsroot"),
    ("recoverableitemsdiscoveryholds", "DiscoveryHolds", "recoverableitemsroot"),
    ("", "Audits", "recoverableitemsroot"),
)


@dataclass
class Letter:
    """An item of a mailbox."""

    content: bytes
    tag: str = "Message"
    size: int = 0  # as Exchange says; its own length where 0
    by: str = ""
    at: datetime = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
    error: str = ""  # the response code that GetItem gives for it


@dataclass
class Box:
    """A folder."""

    id: str
    name: str
    parent: str | None
    letters: dict[str, Letter] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)  # what became of which item


@dataclass
class Mailbox:
    """Somebody's folders, by id; `names` are the distinguished ones."""

    boxes: dict[str, Box] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def box(self, name: str) -> Box:
        """Give a folder by its distinguished name."""
        return self.boxes[self.names[name]]


@dataclass
class Exchange:
    """Mailboxes, who may log in, and what was asked."""

    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    user: str = "TRUST\\archive"
    password: str = "correct horse"  # noqa: S105 - of nobody
    ntlm: Path | None = None  # the certificate that NTLM is bound to; None asks for basic
    unwell: dict[str, str] = field(default_factory=dict)  # response codes by folder name
    denied: frozenset[str] = frozenset()  # whom the account may not impersonate
    asked: list[str] = field(default_factory=list)
    trouble: Callable[[str, int], Reply | None] = lambda _operation, _time: None
    page: int = 512
    serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def mailbox(self, address: str) -> Mailbox:
        """Make somebody a mailbox with the folders that all have."""
        made = self.mailboxes[address] = Mailbox()
        for name, shown, parent in TREE:
            box = self.folder(made, shown, made.names[parent] if parent else None)
            if name:
                made.names[name] = box.id
        return made

    def folder(self, mailbox: Mailbox, name: str, parent: str | None) -> Box:
        """Make a folder."""
        box = Box(f"F{next(self.serial):04}", name, parent)
        mailbox.boxes[box.id] = box
        return box

    def put(self, box: Box, letter: Letter) -> str:
        """Put an item in a folder; gives its id."""
        name = f"I{next(self.serial):06}+/="
        box.letters[name] = letter
        box.log.append(("Create", name))
        return name

    def take(self, box: Box, name: str) -> Letter:
        """Take an item away."""
        box.log.append(("Delete", name))
        return box.letters.pop(name)

    def move(self, box: Box, name: str, to: Box, *, by: str, at: datetime) -> str:
        """Move an item as Outlook does: it gets another id."""
        letter = self.take(box, name)
        letter.by, letter.at = by, at
        return self.put(to, letter)


@contextmanager
def exchange(double: Exchange, tls: ssl.SSLContext) -> Iterator[str]:
    """Serve the double; gives the address of its Exchange Web Services."""
    with serving(lambda request: answer(double, request), tls=tls) as url:
        yield f"{url}/EWS/Exchange.asmx"


def answer(double: Exchange, request: BaseHTTPRequestHandler) -> Reply:
    """Answer a request as Exchange does: 401, a SOAP fault, or what was asked for."""
    content = request.rfile.read(int(request.headers["Content-Length"]))
    if request.path != "/EWS/Exchange.asmx":
        return Reply(404)
    refused = negotiate(double, request) if double.ntlm else basic(double, request)
    if refused:
        return refused
    envelope = ET.fromstring(content)  # noqa: S314 - our own client wrote it
    asked = envelope.findall("s:Body/*", NAMES)[0]
    operation = asked.tag.removeprefix(M)
    double.asked.append(operation)
    trouble = double.trouble(operation, double.asked.count(operation))
    if trouble:
        return trouble
    address = envelope.findtext(
        "s:Header/t:ExchangeImpersonation/t:ConnectingSID/t:PrimarySmtpAddress", "", NAMES
    )
    if address in double.denied:
        return fault("ErrorImpersonateUserDenied")
    if address not in double.mailboxes:
        return fault("ErrorNonExistentMailbox")
    return OPERATIONS[operation](double, double.mailboxes[address], asked)


def basic(double: Exchange, request: BaseHTTPRequestHandler) -> Reply | None:
    """Ask for the name and the password."""
    login = base64.b64encode(f"{double.user}:{double.password}".encode()).decode()
    if request.headers.get("Authorization") == f"Basic {login}":
        return None
    return Reply(401, headers={"WWW-Authenticate": 'Basic realm="exchange"'})


def negotiate(double: Exchange, request: Any) -> Reply | None:
    """Ask for NTLM, as Exchange does with Extended Protection: bound to our certificate.

    A connection that proved who it is stays so; one handler serves one connection.
    """
    given = request.headers.get("Authorization", "")
    if getattr(request, "proven", None) and not given:
        return None
    answer = "NTLM"
    if given.startswith("NTLM "):
        assert double.ntlm
        known = getattr(request, "proven", None)
        request.proven = known or spnego.server(
            protocol="ntlm", channel_bindings=bindings(double.ntlm)
        )
        try:
            said = request.proven.step(base64.b64decode(given[5:]))
        except SpnegoError:
            request.proven = None
            return Reply(401, headers={"WWW-Authenticate": "NTLM"})
        if request.proven.complete:
            return None
        answer = f"NTLM {base64.b64encode(said).decode()}"
    return Reply(401, headers={"WWW-Authenticate": answer})


def bindings(certificate: Path) -> GssChannelBindings:
    """Name the TLS connection by its certificate (RFC 5929, 4)."""
    encoded = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    return GssChannelBindings(application_data=b"tls-server-end-point:" + sha256(encoded).digest())


def get_folder(double: Exchange, mailbox: Mailbox, asked: ET.Element) -> Reply:
    """GetFolder, by distinguished names."""
    answers = []
    for place in asked.findall("m:FolderIds/*", NAMES):
        box = found(mailbox, place)
        code = double.unwell.get(place.get("Id", ""), "" if box else "ErrorFolderNotFound")
        answers.append(
            message("GetFolder", f"<m:Folders>{folder(box)}</m:Folders>")
            if box and not code
            else refusal("GetFolder", code, "<m:Folders/>")
        )
    return envelope("GetFolder", answers)


def find_folder(_double: Exchange, mailbox: Mailbox, asked: ET.Element) -> Reply:
    """FindFolder with Traversal="Deep"."""
    top = found(mailbox, asked.find("m:ParentFolderIds/*", NAMES))
    below = [box for box in mailbox.boxes.values() if top and under(mailbox, box, top.id)]
    shown = "".join(folder(box) for box in below)
    root = (
        f'<m:RootFolder IndexedPagingOffset="{len(below)}" TotalItemsInView="{len(below)}" '
        f'IncludesLastItemInRange="true"><t:Folders>{shown}</t:Folders></m:RootFolder>'
    )
    return envelope("FindFolder", [message("FindFolder", root)])


def sync_folder_items(double: Exchange, mailbox: Mailbox, asked: ET.Element) -> Reply:
    """SyncFolderItems; the state says how far in the folder's log one is."""
    box = found(mailbox, asked.find("m:SyncFolderId/*", NAMES))
    empty = "<m:SyncState/><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>"
    if not box:
        return envelope(
            "SyncFolderItems", [refusal("SyncFolderItems", "ErrorFolderNotFound", empty)]
        )
    start = position(box, asked.findtext("m:SyncState", "", NAMES))
    if start is None:
        return envelope(SYNC, [refusal(SYNC, "ErrorInvalidSyncStateData", empty)])
    most = min(int(asked.findtext("m:MaxChangesReturned", "0", NAMES)), double.page)
    end = min(start + most, len(box.log))
    last = "true" if end == len(box.log) else "false"
    changes = "".join(
        change(kind, name, box.letters.get(name))
        for kind, name in box.log[start:end]
        if kind != "Create" or name in box.letters
    )
    state = base64.b64encode(f"{box.id}:{end}".encode()).decode()
    return envelope(
        SYNC,
        [
            message(
                SYNC,
                f"<m:SyncState>{state}</m:SyncState>"
                f"<m:IncludesLastItemInRange>{last}</m:IncludesLastItemInRange>"
                f"<m:Changes>{changes}</m:Changes>",
            )
        ],
    )


def get_item(_double: Exchange, mailbox: Mailbox, asked: ET.Element) -> Reply:
    """GetItem, with the properties that are asked for."""
    fields = {one.get("FieldURI") for one in asked.findall(".//t:FieldURI", NAMES)}
    answers = []
    for place in asked.findall("m:ItemIds/t:ItemId", NAMES):
        name = place.get("Id", "")
        letter = next(
            (box.letters[name] for box in mailbox.boxes.values() if name in box.letters), None
        )
        if letter is None:
            answers.append(refusal("GetItem", "ErrorItemNotFound", "<m:Items/>"))
        elif letter.error and "item:MimeContent" in fields:
            answers.append(refusal("GetItem", letter.error, "<m:Items/>"))
        else:
            answers.append(message("GetItem", f"<m:Items>{item(name, letter, fields)}</m:Items>"))
    return envelope("GetItem", answers)


OPERATIONS: dict[str, Callable[[Exchange, Mailbox, ET.Element], Reply]] = {
    "GetFolder": get_folder,
    "FindFolder": find_folder,
    "SyncFolderItems": sync_folder_items,
    "GetItem": get_item,
}


# --- what is looked up ------------------------------------------------------------------------


def found(mailbox: Mailbox, place: ET.Element | None) -> Box | None:
    """Find a folder by id, or by the name that Exchange gives it."""
    assert place is not None
    name = place.get("Id", "")
    if place.tag == T + "DistinguishedFolderId":
        name = mailbox.names.get(name, "")
    return mailbox.boxes.get(name)


def under(mailbox: Mailbox, box: Box, top: str) -> bool:
    return box.parent == top or bool(box.parent and under(mailbox, mailbox.boxes[box.parent], top))


def position(box: Box, state: str) -> int | None:
    """Read a state; None when it is not one of this folder."""
    if not state:
        return 0
    try:
        name, _, at = base64.b64decode(state).decode().partition(":")
    except ValueError:
        return None
    return int(at) if name == box.id and at.isdecimal() else None


# --- what is said -----------------------------------------------------------------------------


def folder(box: Box) -> str:
    parent = f'<t:ParentFolderId Id="{box.parent}" ChangeKey="A"/>' if box.parent else ""
    return (
        f'<t:Folder><t:FolderId Id="{box.id}" ChangeKey="A"/>{parent}'
        f"<t:FolderClass>IPF.Note</t:FolderClass>"
        f"<t:DisplayName>{escape(box.name)}</t:DisplayName></t:Folder>"
    )


def change(kind: str, name: str, letter: Letter | None) -> str:
    if kind == "Delete" or letter is None:
        return f'<t:Delete><t:ItemId Id="{name}" ChangeKey="A"/></t:Delete>'
    if kind == "ReadFlagChange":
        return (
            f'<t:ReadFlagChange><t:ItemId Id="{name}" ChangeKey="A"/>'
            "<t:IsRead>true</t:IsRead></t:ReadFlagChange>"
        )
    shown = item(name, letter, {"item:LastModifiedName", "item:LastModifiedTime"})
    return f"<t:{kind}>{shown}</t:{kind}>"


def item(name: str, letter: Letter, fields: set[str | None]) -> str:
    mime = base64.b64encode(letter.content).decode()
    at = f"{letter.at:%Y-%m-%dT%H:%M:%SZ}"
    properties = {
        "item:MimeContent": f'<t:MimeContent CharacterSet="UTF-8">{mime}</t:MimeContent>',
        "": f'<t:ItemId Id="{name}" ChangeKey="A"/>',
        "item:Size": f"<t:Size>{letter.size or len(letter.content)}</t:Size>",
        "item:DateTimeReceived": "<t:DateTimeReceived>2026-09-07T08:00:00Z</t:DateTimeReceived>",
        "item:LastModifiedName": f"<t:LastModifiedName>{escape(letter.by)}</t:LastModifiedName>",
        "item:LastModifiedTime": f"<t:LastModifiedTime>{at}</t:LastModifiedTime>",
    }
    shown = "".join(xml for field, xml in properties.items() if not field or field in fields)
    return f"<t:{letter.tag}>{shown}</t:{letter.tag}>"


def message(operation: str, content: str) -> str:
    return (
        f'<m:{operation}ResponseMessage ResponseClass="Success">'
        f"<m:ResponseCode>NoError</m:ResponseCode>{content}</m:{operation}ResponseMessage>"
    )


def refusal(operation: str, code: str, content: str = "") -> str:
    return (
        f'<m:{operation}ResponseMessage ResponseClass="Error">'
        f"<m:MessageText>The reason in words.</m:MessageText>"
        f"<m:ResponseCode>{code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
        f"{content}</m:{operation}ResponseMessage>"
    )


def envelope(operation: str, answers: list[str]) -> Reply:
    body = (
        f'<m:{operation}Response xmlns:m="{MESSAGES}" xmlns:t="{TYPES}">'
        f"<m:ResponseMessages>{''.join(answers)}</m:ResponseMessages></m:{operation}Response>"
    )
    return soap(200, body)


def fault(code: str, more: str = "") -> Reply:
    """A SOAP fault, as Exchange gives it with HTTP 500."""
    body = (
        f'<s:Fault><faultcode xmlns:a="{TYPES}">a:{code}</faultcode>'
        f'<faultstring xml:lang="en-US">The reason in words.</faultstring><detail>'
        f'<e:ResponseCode xmlns:e="{ERRORS}">{code}</e:ResponseCode>'
        f'<e:Message xmlns:e="{ERRORS}">The reason in words.</e:Message>{more}</detail></s:Fault>'
    )
    return soap(500, body)


def busy(milliseconds: int) -> Reply:
    """ErrorServerBusy, with the time that Exchange asks to be left alone."""
    return fault(
        "ErrorServerBusy",
        f'<t:MessageXml xmlns:t="{TYPES}">'
        f'<t:Value Name="BackOffMilliseconds">{milliseconds}</t:Value></t:MessageXml>',
    )


def soap(status: int, body: str) -> Reply:
    content = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
        '<h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544" '
        f'MinorBuildNumber="9" Version="V2017_07_11" xmlns:h="{TYPES}" xmlns="{TYPES}"/>'
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
    return Reply(status, content.encode(), {"Content-Type": "text/xml; charset=utf-8"})


def letters(count: int) -> list[Any]:
    """Make small messages, each its own."""
    return [
        Letter(
            f"Message-ID: <{number}@school.example>\r\nFrom: j.doe@school.example\r\n"
            f"To: a.hall@school.example\r\nDate: Mon, 7 Sep 2026 08:00:00 +0000\r\n"
            f"Subject: Note {number}\r\n\r\nTrip money, part {number}.\r\n".encode()
        )
        for number in range(count)
    ]
