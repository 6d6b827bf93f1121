"""A double of Microsoft Entra and Microsoft Graph: HTTPS on loopback that speaks both.

Its answers have the shapes of Microsoft's reference: OpenID configuration, the token endpoint of
the client-credentials flow, mailFolders, messages/delta, $value and $batch, and their errors.
"""

import base64
import itertools
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from loopback import Reply, serving

TENANT, CLIENT, SECRET = "0f0f-tenant", "app-0001", "correct horse"

TREE = (
    ("inbox", "Inbox", None),
    ("sentitems", "Sent Items", None),
    ("deleteditems", "Deleted Items", None),
    ("recoverableitemsdeletions", "Deletions", "-"),
    ("recoverableitemspurges", "Purges", "-"),
    ("recoverableitemsversions", "Versions", "-"),
    ("recoverableitemsdiscoveryholds", "DiscoveryHolds", "-"),
)


@dataclass
class Letter:
    """A message of a mailbox."""

    content: bytes
    by: str = ""
    at: datetime = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)


@dataclass
class Box:
    """A folder; `parent` is None at the top, `-` where it is not in the tree that people see."""

    id: str
    name: str
    parent: str | None
    kind: str = "#microsoft.graph.mailFolder"
    hidden: bool = False
    letters: dict[str, Letter] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Mailbox:
    """Somebody's folders, by id; `names` are the well-known ones."""

    boxes: dict[str, Box] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def box(self, name: str) -> Box:
        """Give a folder by its well-known name."""
        return self.boxes[self.names[name]]


@dataclass
class Graph:
    """Mailboxes, who may log in, and what was asked."""

    url: str = ""
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)  # by address: 403, code
    tokens: set[str] = field(default_factory=set)  # that are good now
    assertion: bool = False  # whether a certificate is asked for, and no secret
    asked: list[str] = field(default_factory=list)  # paths, of those in batches too
    headers: list[dict[str, str]] = field(default_factory=list)
    trouble: Callable[[str, int], Reply | None] = lambda _path, _time: None
    batched_mime: str = "base64"  # or `text`
    page: int = 500
    forgotten: int = 0  # delta tokens below this are gone
    serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def mailbox(self, address: str) -> Mailbox:
        """Make somebody a mailbox with the folders that all have."""
        made = self.mailboxes[address] = Mailbox()
        for name, shown, parent in TREE:
            made.names[name] = self.folder(made, shown, parent).id
        return made

    def folder(self, mailbox: Mailbox, name: str, parent: str | None) -> Box:
        """Make a folder."""
        box = Box(f"AAMkF{next(self.serial):04}/+=", name, parent)
        mailbox.boxes[box.id] = box
        return box

    def put(self, box: Box, letter: Letter) -> str:
        """Put a message in a folder; gives its immutable id."""
        name = f"AAkALg{next(self.serial):06}-_=="
        box.letters[name] = letter
        box.log.append(("put", name))
        return name

    def take(self, box: Box, name: str) -> Letter:
        """Take a message away."""
        box.log.append(("removed", name))
        return box.letters.pop(name)

    def move(self, box: Box, name: str, to: Box, *, by: str, at: datetime) -> None:
        """Move a message; its immutable id stays."""
        letter = self.take(box, name)
        letter.by, letter.at = by, at
        to.letters[name] = letter
        to.log.append(("put", name))


@contextmanager
def graph(double: Graph, tls: ssl.SSLContext) -> Iterator[str]:
    """Serve the double; gives the address of both hosts."""
    with serving(lambda request: answer(double, request), tls=tls) as url:
        double.url = url
        yield url


def answer(double: Graph, request: BaseHTTPRequestHandler) -> Reply:
    """Answer a request as Entra or Graph does."""
    content = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    path = urlsplit(request.path).path
    if path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
        return configuration(double)
    if path == f"/{TENANT}/oauth2/v2.0/token":
        return token(double, {name: one for name, [one] in parse_qs(content.decode()).items()})
    if not path.startswith("/v1.0/"):
        return entra(400, "invalid_tenant", "AADSTS90002: Tenant 'none' not found.")
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if bearer not in double.tokens:
        return error(401, "InvalidAuthenticationToken")
    double.headers.append(dict(request.headers))
    link = request.path.removeprefix("/v1.0")
    if link == "/$batch":
        return batch(double, json.loads(content))
    return resource(double, link)


# --- Entra ------------------------------------------------------------------------------------


def configuration(double: Graph) -> Reply:
    base = f"{double.url}/{TENANT}"
    return shown(
        {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        }
    )


def token(double: Graph, form: dict[str, str]) -> Reply:
    double.asked.append("token")
    trouble = double.trouble("token", double.asked.count("token"))
    if trouble:
        return trouble
    expected = {"grant_type": "client_credentials", "scope": f"{double.url}/.default"}
    assert expected == {name: form.get(name) for name in expected}
    if form["client_id"] != CLIENT:
        return entra(400, "unauthorized_client", "AADSTS700016: Application 'x' was not found.")
    proven = "client_assertion" in form if double.assertion else form.get("client_secret") == SECRET
    if not proven:
        return entra(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
    made = f"token-{next(double.serial)}"
    double.tokens.add(made)
    return shown({"token_type": "Bearer", "expires_in": 3599, "access_token": made})


def entra(status: int, name: str, description: str) -> Reply:
    said = {"error": name, "error_description": f"{description} Trace ID: a.hall@school.example"}
    return shown(said, status=status)


# --- Graph ------------------------------------------------------------------------------------


def batch(double: Graph, asked: dict[str, Any]) -> Reply:
    """$batch: an answer for each request, in another order."""
    assert len(asked["requests"]) <= 20
    parts = []
    for one in reversed(asked["requests"]):
        reply = resource(double, one["url"])
        kind = reply.headers.get("Content-Type", "")
        body: Any = None
        if "json" in kind:
            body = json.loads(reply.content)
        elif double.batched_mime == "base64":
            body = base64.b64encode(reply.content).decode()
        else:
            body = reply.content.decode("utf-8", "replace")
        parts.append(
            {"id": one["id"], "status": reply.status, "headers": reply.headers, "body": body}
        )
    return shown({"responses": parts})


def resource(double: Graph, link: str) -> Reply:
    """GET one resource below /v1.0."""
    double.asked.append(link)
    _, users, user, *rest = [unquote(part) for part in urlsplit(link).path.split("/")]
    assert users == "users"
    trouble = double.trouble(link, double.asked.count(link))
    if trouble is None and user in double.refused:
        trouble = error(*double.refused[user])
    if trouble is None and user not in double.mailboxes:
        trouble = error(404, "ResourceNotFound")
    return trouble or found(double, double.mailboxes[user], rest, link)


def found(double: Graph, mailbox: Mailbox, rest: list[str], link: str) -> Reply:
    address = urlsplit(link)
    query = {name: one for name, [one] in parse_qs(address.query).items()}
    match rest:
        case ["mailFolders"]:
            return folders(double, mailbox, None, link, query)
        case ["mailFolders", name]:
            box = mailbox.boxes.get(mailbox.names.get(name, name))
            return shown(folder(mailbox, box)) if box else error(404, "ErrorItemNotFound")
        case ["mailFolders", name, "childFolders"]:
            return folders(double, mailbox, name, link, query)
        case ["mailFolders", name, "messages", *changes]:
            box = mailbox.boxes[name]
            asked = delta(double, box, address.path, query) if changes else None
            return asked or listing(double, box, link, query)
        case ["messages", name, *value]:
            return message(find(mailbox, name), name, query, whole=bool(value))
    return error(400, "BadRequest")


def folders(
    double: Graph, mailbox: Mailbox, parent: str | None, link: str, query: dict[str, str]
) -> Reply:
    """List mailFolders or childFolders, two a page."""
    hidden = query.get("includeHiddenFolders") == "true"
    here = [one for one in mailbox.boxes.values() if one.parent == parent]
    here = [one for one in here if hidden or not one.hidden]
    start = int(query.get("$skip", "0"))
    said: dict[str, Any] = {"value": [folder(mailbox, one) for one in here[start : start + 2]]}
    if start + 2 < len(here):
        base = f"{double.url}/v1.0{link}".partition("&$skip=")[0]
        said["@odata.nextLink"] = f"{base}&$skip={start + 2}"
    return shown(said)


def folder(mailbox: Mailbox, box: Box) -> dict[str, Any]:
    below = sum(one.parent == box.id for one in mailbox.boxes.values())
    return {
        "@odata.type": box.kind,
        "id": box.id,
        "displayName": box.name,
        "childFolderCount": below,
        "isHidden": box.hidden,
    }


def delta(double: Graph, box: Box, path: str, query: dict[str, str]) -> Reply:
    """messages/delta: the tokens say how far in the folder's log one is."""
    known = query.get("$deltatoken")
    if known is not None and int(known) < double.forgotten:
        return error(410, "SyncStateNotFound")
    start = int(known or query.get("$skiptoken", "0"))
    end = min(start + double.page, len(box.log))
    said: dict[str, Any] = {"value": [line(box, *one) for one in box.log[start:end]]}
    base = f"{double.url}/v1.0{path}"
    if end < len(box.log):
        said["@odata.nextLink"] = f"{base}?$skiptoken={end}"
    else:
        said["@odata.deltaLink"] = f"{base}?$deltatoken={end}"
    return shown(said)


def listing(double: Graph, box: Box, link: str, query: dict[str, str]) -> Reply:
    """List messages, three a page."""
    start = int(query.get("$skip", "0"))
    names = list(box.letters)
    said: dict[str, Any] = {"value": [line(box, "put", one) for one in names[start : start + 3]]}
    if start + 3 < len(names):
        base = f"{double.url}/v1.0{link}".partition("&$skip=")[0]
        said["@odata.nextLink"] = f"{base}&$skip={start + 3}"
    return shown(said)


def line(box: Box, kind: str, name: str) -> dict[str, Any]:
    letter = box.letters.get(name)
    if kind == "removed" or letter is None:
        return {"id": name, "@removed": {"reason": "deleted"}}
    return {
        "@odata.etag": 'W/"CQAAABYA"',
        "id": name,
        "receivedDateTime": "2026-09-07T08:00:00Z",
        "lastModifiedDateTime": f"{letter.at:%Y-%m-%dT%H:%M:%SZ}",
    }


def message(letter: Letter | None, name: str, query: dict[str, str], *, whole: bool) -> Reply:
    """Give a message's MIME, or its extended property PidTagLastModifierName."""
    if letter is None:
        return error(404, "ErrorItemNotFound")
    if whole:
        return Reply(200, letter.content, {"Content-Type": "text/plain"})
    assert query["$expand"] == "singleValueExtendedProperties($filter=id eq 'String 0x3FFA')"
    said: dict[str, Any] = {"id": name}
    if letter.by:
        said["singleValueExtendedProperties"] = [{"id": "String 0x3ffa", "value": letter.by}]
    return shown(said)


def find(mailbox: Mailbox, name: str) -> Letter | None:
    places = (box.letters for box in mailbox.boxes.values())
    return next((letters[name] for letters in places if name in letters), None)


def shown(said: dict[str, Any], *, status: int = 200) -> Reply:
    return Reply(status, json.dumps(said).encode(), {"Content-Type": "application/json"})


def error(status: int, code: str, headers: dict[str, str] | None = None) -> Reply:
    """Say no as Graph does; its message may name an address."""
    said = {"error": {"code": code, "message": "a.hall@school.example", "innerError": {}}}
    return Reply(
        status,
        json.dumps(said).encode(),
        {"Content-Type": "application/json", **(headers or {})},
    )


def throttled(seconds: int | None) -> Reply:
    """429, with the time that Graph asks to be left alone."""
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    return error(429, "ApplicationThrottled", headers)
