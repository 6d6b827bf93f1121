"""Speaking to Microsoft Graph: one request after the other, patiently, to one host.

It follows no redirect and no link to another host, reads no answer beyond a limit, waits as long
as Graph asks (429 with Retry-After) and takes a new token when the old one is refused.
"""

import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from ingest.collectors.door import MailboxError, ServerError
from ingest.collectors.graph_answers import OK, GraphError, Part, Parts, error_code
from ingest.collectors.graph_token import (
    BUSY,
    BusyError,
    GraphSettings,
    GraphSettingsError,
    Tokens,
)
from ingest.collectors.patience import NETWORK, Patience, Sleep, retry_after

T = TypeVar("T")

AT_ONCE = 4
"""Requests in a batch: Graph lets an application have four at a time in one mailbox."""
LISTING = 32 * 1024 * 1024
"""Bytes of an answer in JSON, at most: a page of names, or a batch of small messages."""
UNAUTHORIZED, NO_ANSWER = 401, 0
IMMUTABLE = 'IdType="ImmutableId"'
PREFER = f"{IMMUTABLE}, odata.maxpagesize=500"


class AnswerTooLargeError(Exception):
    """More came than may; for us only."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, how long to wait before asking again, and the body."""

    status: int
    wait: float | None = None
    content: bytes = b""


class GraphClient:
    """The way to Graph."""

    def __init__(self, settings: GraphSettings, *, sleep: Sleep) -> None:
        _check(settings)
        self._settings = settings
        self._sleep = sleep
        self._base = f"{settings.endpoint}/v1.0"
        self._http = httpx.Client(
            verify=_trusted(settings),
            timeout=settings.timeout,
            proxy=settings.proxy,
            headers={"User-Agent": "Section9"},
            follow_redirects=False,
            trust_env=False,  # no proxy, no password, no authority but those of the settings
        )
        self._tokens = Tokens(settings, self._http)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # --- asking ---

    def get(self, link: str, kind: type[T]) -> T:
        """Get a resource, by its path below the version or by a link that Graph gave.

        Raises `GraphError` when Graph refuses it, `MailboxError`, `ServerError`.
        """
        return self._decoded(self._send("GET", link, limit=LISTING), kind)

    def content(self, path: str, *, limit: int) -> bytes:
        """Get exact bytes. Raises `AnswerTooLargeError` too, as soon as there are too many."""
        return self._send("GET", path, limit=limit)

    def batch(self, paths: Sequence[str], *, limit: int = LISTING) -> list[Part]:
        """Get several resources at once; an answer for each, in order. Raises as `content`.

        Those that Graph was too busy for are asked for again, as it wishes.
        """
        done: dict[str, Part] = {}
        left = {str(number): path for number, path in enumerate(paths)}
        patience = Patience(self._settings.patience, self._sleep)
        renewed = False
        while left:
            chunk = list(left.items())[:AT_ONCE]
            parts = self._decoded(
                self._send("POST", "/$batch", limit=limit, body=_requests(chunk)), Parts
            ).responses
            answered = {part.id: part for part in parts if part.id in left}
            if any(part.status == UNAUTHORIZED for part in answered.values()):
                self._renew(again=renewed)
                renewed = True
                continue
            ready = {name: part for name, part in answered.items() if part.status not in BUSY}
            done |= ready
            left = {name: path for name, path in left.items() if name not in ready}
            if len(ready) < len(chunk) and not patience.wait(_longest(answered.values())):
                raise _busy()
        return [done[str(number)] for number in range(len(paths))]

    # --- sending ---

    def _send(self, method: str, link: str, *, limit: int, body: bytes | None = None) -> bytes:
        url = self._url(link)
        busy = Patience(self._settings.patience, self._sleep)
        away = Patience(min(NETWORK, self._settings.patience), self._sleep)
        renewed = False
        while True:
            answer = self._once(method, url, limit=limit, body=body)
            match answer.status:
                case _ if answer.status == OK:
                    return answer.content
                case _ if answer.status == NO_ANSWER:
                    if not away.wait(None):
                        raise ServerError(
                            "no answer from Microsoft Graph or its sign-in host: check the "
                            "network, and [collect.graph] proxy, endpoint and login_endpoint"
                        )
                case _ if answer.status in BUSY:
                    if not busy.wait(answer.wait):
                        raise _busy()
                case _ if answer.status == UNAUTHORIZED:
                    self._renew(again=renewed)
                    renewed = True
                case _:
                    raise GraphError(answer.status, error_code(answer.content))

    def _once(self, method: str, url: str, *, limit: int, body: bytes | None) -> Answer:
        try:
            headers = {"Authorization": f"Bearer {self._tokens.get()}", "Prefer": PREFER}
            if body:
                headers["Content-Type"] = "application/json"
            with self._http.stream(method, url, content=body, headers=headers) as response:
                wait = retry_after(response.headers.get("Retry-After"))
                return Answer(response.status_code, wait, _read(response, limit))
        except BusyError as error:
            return Answer(min(BUSY), error.asked)
        except httpx.TransportError as error:
            if _untrusted(error):
                raise ServerError(
                    "no trusted TLS connection to Microsoft Graph: if your network inspects TLS, "
                    "set [collect.graph] ca_file to its authority"
                ) from error
            return Answer(NO_ANSWER)

    def path(self, link: str) -> str:
        """Give a link that Graph gave as a path, to be kept whatever the host is called."""
        return self._url(link).removeprefix(self._base)

    def _url(self, link: str) -> str:
        if link.startswith("/"):
            return self._base + link
        if not link.startswith(f"{self._settings.endpoint}/"):
            raise ServerError(
                "Microsoft Graph gave a link to another host, which is not followed: check "
                "[collect.graph] endpoint"
            )
        return link

    def _decoded(self, content: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.DecodeError as error:
            raise MailboxError(
                "Microsoft Graph gave an answer that was not understood: run the same command "
                "again; if it stays so, check [collect.graph] endpoint"
            ) from error

    def _renew(self, *, again: bool) -> None:
        """Give up the token that Graph refuses; it refuses us when it does so again."""
        if again:
            raise ServerError(
                "Microsoft Graph refuses the token: check that endpoint and login_endpoint in "
                "[collect.graph] belong to the same cloud, and tenant"
            )
        self._tokens.forget()


def _read(response: httpx.Response, limit: int) -> bytes:
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > limit:
            raise AnswerTooLargeError
    return bytes(content)


def _requests(chunk: Sequence[tuple[str, str]]) -> bytes:
    return msgspec.json.encode(
        {
            "requests": [
                {"id": name, "method": "GET", "url": path, "headers": {"Prefer": IMMUTABLE}}
                for name, path in chunk
            ]
        }
    )


def _longest(parts: Iterable[Part]) -> float | None:
    waits = [retry_after(_header(part, "retry-after")) for part in parts if part.status in BUSY]
    return max((wait for wait in waits if wait is not None), default=None)


def _header(part: Part, name: str) -> str | None:
    headers = part.headers or {}
    return next((str(value) for key, value in headers.items() if key.lower() == name), None)


def _busy() -> MailboxError:
    return MailboxError(
        "Microsoft Graph is too busy for now: run the same command again later to go on"
    )


def _untrusted(error: BaseException | None) -> bool:
    """Tell a certificate that is not trusted from a network that is away."""
    while error:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _trusted(settings: GraphSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise GraphSettingsError("ca_file cannot be read") from error


def _check(settings: GraphSettings) -> None:
    for name in ("endpoint", "login_endpoint"):
        address = urlsplit(getattr(settings, name))
        if address.scheme != "https" or not address.hostname or address.path or address.username:
            raise GraphSettingsError(f"{name} is not like https://graph.microsoft.com")
    for name in ("tenant", "client_id"):
        if not getattr(settings, name):
            raise GraphSettingsError(f"{name} is missing")
