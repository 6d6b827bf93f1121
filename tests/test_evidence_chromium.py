"""Evidence in a real browser: hostile mail stays text, and our own script works."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser import needs_chromium, opened, title
from evidence_house import HOSTILE, house, plain


@dataclass
class Server:
    """A server on loopback that remembers who called."""

    base: str
    called: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Server]:
    """Listen on a free port for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.called.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        server = Server(f"http://127.0.0.1:{listener.server_port}")
        thread = threading.Thread(target=listener.serve_forever, daemon=True)
        thread.start()
        yield server
        listener.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server]]:
    """A pack with a hostile message in it, and the server that this message calls."""
    folder = tmp_path_factory.mktemp("browsed")
    with listening() as server:
        mails = {"hostile": HOSTILE.format(base=server.base).encode(), "1": plain(1)}
        with house(folder, mails) as ready:
            ready.must("export", "--case", "C-0001", folder / "pack")
        yield folder / "pack", server


@needs_chromium
def test_a_hostile_message_runs_nothing_and_calls_nobody(
    pack: tuple[Path, Server], tmp_path: Path
) -> None:
    """Its page, the index and its attachment are opened: no request leaves, no script runs."""
    folder, server = pack
    page = next(one for one in folder.glob("messages/*") if "quagga" in one.read_text())
    [attached] = folder.glob("attachments/*/*.attachment")

    dom = opened(page, tmp_path / "1")
    listed = opened(folder / "index.html", tmp_path / "2")
    opened(attached, tmp_path / "3")

    assert [] == server.called
    assert title(dom).startswith('</title><script>document.title="ran"</script>')
    assert title(listed) == "Evidence of case C-0001"
    assert "quagga words that stay" in dom
    assert not re.search(r"<(script|img|iframe|object|form|input|base|link|a href=.javasc)", dom)


@needs_chromium
def test_the_same_message_would_have_called_and_run(tmp_path: Path) -> None:
    """The test above can fail: opened as it is, the message does both."""
    with listening() as server:
        body = HOSTILE.format(base=server.base).split("<body", 1)[1].split("--X", 1)[0]
        page = tmp_path / "as-it-came.html"
        page.write_text(f"<html><body{body}")

        dom = opened(page, tmp_path / "profile")

        assert "ran" == title(dom)
        assert server.called


@needs_chromium
def test_the_index_filters_without_a_network(pack: tuple[Path, Server], tmp_path: Path) -> None:
    """Its own script, which the policy names by hash, runs from a file."""
    folder, _ = pack

    dom = opened(folder / "index.html", tmp_path / "profile")

    assert "2 of 2 shown" in dom
    assert 'id="filters" class="filters" hidden' not in dom
