"""A front for the Elasticsearch node: TLS, API keys and bad days, which the node has not got.

It passes requests on, but for those that it answers itself. It stands where a server's security
does: no key, no entry.
"""

import http.client
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

PRODUCT = {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Request:
    """What a client asks."""

    method: str
    path: str
    key: str | None  # the Authorization header
    content: bytes


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body."""

    status: int
    body: Any


Answers = Callable[[Request], Answer | None]
"""Gives the front's own answer, or None to pass the request on."""


def refusal(status: int, kind: str) -> Answer:
    """An error as Elasticsearch tells it."""
    error = {"type": kind, "reason": "as the test wants it", "root_cause": []}
    return Answer(status, {"error": error, "status": status})


@contextmanager
def front(node: str, answers: Answers, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Stand before a node for as long as the block lasts; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(urlsplit(node).netloc, answers))
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(node: str, answers: Answers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            key = self.headers.get("Authorization")
            request = Request(self.command, self.path, key, self.rfile.read(size))
            own = answers(request)
            if own:
                self._reply(own.status, PRODUCT, msgspec.json.encode(own.body))
            else:
                self._pass(request)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 - as http.server calls them

        def _pass(self, request: Request) -> None:
            connection = http.client.HTTPConnection(node, timeout=60)
            kept = {
                name: value
                for name, value in self.headers.items()
                if name.lower() in {"content-type", "accept"}
            }
            connection.request(request.method, request.path, request.content, kept)
            answer = connection.getresponse()
            content = answer.read()
            headers = {name: answer.headers[name] for name in PRODUCT if name in answer.headers}
            connection.close()
            self._reply(answer.status, headers, content)

        def _reply(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


# --- certificates -----------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a throwaway certificate that is its own authority, and its key."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-out", str(cert), "-keyout", str(key)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return cert, key


def served(cert: Path, key: Path, *, clients: Path | None = None) -> ssl.SSLContext:
    """TLS for a front; with `clients`, whoever asks must show a certificate of that authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    return context
