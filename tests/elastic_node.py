"""A real Elasticsearch node from its published jars: one shared by all tests, or some of one's own.

Where a server runs already, its address in SECTION9_TEST_ELASTICSEARCH is used instead of the
shared one. Without Maven and a JDK (see `elastic_install.py`), tests skip and say why; with
SECTION9_REQUIRE_SERVERS=1 they fail.

The node has no `GET /`, no `_delete_by_query`, no scripts and no security, which are modules
that are in no registry of jars.
"""

import fcntl
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
from elastic_install import NodeUnavailableError, install, jdk, locked

SHARED = Path(tempfile.gettempdir()) / f"section9-node-{os.getuid()}"
QUICK = "-XX:TieredStopAtLevel=1"  # the JVM starts in half the time, and runs slower later
SMALL = "-XX:+UseSerialGC"  # the collector for a small heap and few cores
ALONE = ("-Xms512m", "-Xmx512m", SMALL, QUICK)
IN_CLUSTER = ("-Xms384m", "-Xmx384m", SMALL, QUICK)
START = 120  # seconds, on a busy machine


# --- running ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A node that runs."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop it as an operator does."""
        self.process.terminate()
        self.process.wait(60)

    def kill(self) -> None:
        """Stop it as a power cut does."""
        self.process.kill()
        self.process.wait(60)


def free_port() -> int:
    """A port on loopback that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(
    data: Path, *, port: int, settings: Mapping[str, str] | None = None, jvm: Sequence[str] = ALONE
) -> Node:
    """Start a cluster of one node over a folder of data, which may hold an earlier node's."""
    home = install()
    options = {
        "discovery.type": "single-node",
        "cluster.name": "section9-test",
        "node.name": "n1",
        "http.port": str(port),
        "transport.port": str(free_port()),
        "network.host": "127.0.0.1",
        "path.data": str(data),
        "path.logs": str(data / "logs"),
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        **(settings or {}),
    }
    arguments = [f"{name}={value}" for name, value in options.items()]
    log = data / "node.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*_java(home, jvm), "TestNode", home, *arguments], stdout=output, stderr=output
        )
    _await_ready(process, log)
    return Node(f"http://127.0.0.1:{port}", process)


def _java(home: Path, jvm: Sequence[str]) -> list[str | Path]:
    return [
        jdk() / "java",
        *jvm,
        "--enable-native-access=ALL-UNNAMED",
        "--add-modules=jdk.incubator.vector",
        "-cp",
        f"{home}/lib/*",
    ]


def _await_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START
    while b"READY" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            said = log.read_text(errors="replace")[-2000:]
            raise NodeUnavailableError(f"the node did not start:\n{said}")
        time.sleep(0.1)


@contextmanager
def running(data: Path, *, port: int | None = None) -> Iterator[Node]:
    """A node of one's own, for as long as the block lasts."""
    node = start(data, port=port or free_port())
    try:
        yield node
    finally:
        node.stop()


@contextmanager
def cluster(data: Path, *, size: int = 3) -> Iterator[list[Node]]:
    """A cluster of one's own on the loopback interface; any of its nodes may be killed."""
    names = [f"n{number}" for number in range(1, size + 1)]
    transports = [str(free_port()) for _ in names]
    common = {
        "discovery.type": "multi-node",
        "discovery.seed_hosts": ",".join(f"127.0.0.1:{port}" for port in transports),
        "cluster.initial_master_nodes": ",".join(names),
    }

    def start_one(name: str, transport: str) -> Node:
        (data / name).mkdir()
        own = {"node.name": name, "transport.port": transport}
        node = start(data / name, port=free_port(), settings=common | own, jvm=IN_CLUSTER)
        stack.callback(node.kill)
        return node

    with ExitStack() as stack:
        with ThreadPoolExecutor(size) as pool:  # together: none is ready without the others
            nodes = list(pool.map(start_one, names, transports))
        yield nodes


# --- sharing ----------------------------------------------------------------------------------


def node_url() -> str:
    """The address of the node that all tests share; skips the test where there can be none."""
    try:
        return _shared_url()
    except NodeUnavailableError as error:
        give_up(error)


def require() -> None:
    """Skip the test where no node can be had."""
    try:
        install()
    except NodeUnavailableError as error:
        give_up(error)


def give_up(error: NodeUnavailableError) -> NoReturn:
    """Skip the test, or fail it where servers are required."""
    if os.environ.get("SECTION9_REQUIRE_SERVERS") == "1":
        pytest.fail(str(error))
    pytest.skip(str(error))


@cache
def _shared_url() -> str:
    """Find the shared node or have it started, and keep it as long as this process lives.

    Each process that uses it holds a shared lock, which the kernel lets go of however the process
    ends. The keeper of the node waits to hold that lock alone, and then stops the node.
    """
    if given := os.environ.get("SECTION9_TEST_ELASTICSEARCH"):
        return given
    install()
    SHARED.mkdir(mode=0o700, exist_ok=True)
    _LEASES.append(os.open(SHARED / "users.lock", os.O_RDWR | os.O_CREAT))
    fcntl.flock(_LEASES[0], fcntl.LOCK_SH)
    address = SHARED / "address"
    with locked(SHARED / "start.lock"):
        if not address.exists() or not _listens(address.read_text()):
            address.unlink(missing_ok=True)
            _KEEPERS.append(subprocess.Popen([sys.executable, __file__], start_new_session=True))
        return _await_address(address)


_LEASES: list[int] = []  # open while this process lives
_KEEPERS: list[subprocess.Popen[bytes]] = []  # outlive this process, if others need the node


def _listens(url: str) -> bool:
    host, _, port = url.rpartition("/")[2].partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True


def _await_address(address: Path) -> str:
    deadline = time.monotonic() + START
    while not address.exists():
        if time.monotonic() > deadline:
            raise NodeUnavailableError("the shared node did not start")
        time.sleep(0.1)
    return address.read_text()


def keep() -> None:
    """Run the shared node until nobody uses it any more."""
    address, writing = SHARED / "address", SHARED / "address.new"
    with tempfile.TemporaryDirectory(prefix="section9-node-") as data, running(Path(data)) as node:
        writing.write_text(node.url)
        writing.replace(address)
        with locked(SHARED / "users.lock"):
            # Whoever comes now waits for the lock, and then finds no address.
            address.unlink()
            node.stop()


if __name__ == "__main__":
    keep()
