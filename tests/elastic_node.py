"""A real Elasticsearch node from its published jars: one shared by all tests, or one of one's own.

Needs Maven, which downloads 44 MB once, and a JDK of 21 or newer. Where a server runs already,
its address in SECTION9_TEST_ELASTICSEARCH is used instead. Without any, tests skip and say why;
with SECTION9_REQUIRE_SERVERS=1 they fail.

The recipe is in `elasticsearch/`. The node has no `GET /`, no `_delete_by_query`, no scripts and
no security, which are modules that are in no registry of jars.
"""

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

RECIPE = Path(__file__).parent / "elasticsearch"
CACHE = Path("~/.cache/section9").expanduser()
SHARED = Path(tempfile.gettempdir()) / f"section9-node-{os.getuid()}"
OLDEST_JDK = 21
HEAP = "512m"
START = 120  # seconds, on a busy machine
DESCRIPTOR = """description={name}
version={version}
name={name}
classname={classname}
java.version=21
elasticsearch.version={version}
"""


class NodeUnavailableError(Exception):
    """This machine cannot run a node: the message says what is missing."""


# --- installing -------------------------------------------------------------------------------


def version() -> str:
    """The server's version, as the recipe names it."""
    [found] = re.findall(r"<elasticsearch.version>(.*?)<", (RECIPE / "pom.xml").read_text())
    return str(found)


@cache
def jdk() -> Path:
    """The programs of the newest JDK on this machine."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    if on_path := shutil.which("javac"):
        homes.append(Path(on_path).resolve().parent.parent)
    found = {_java_version(home): home / "bin" for home in homes if (home / "bin/javac").exists()}
    newest = max(found, default=0)
    if newest < OLDEST_JDK:
        raise NodeUnavailableError(
            f"Elasticsearch needs a JDK {OLDEST_JDK}; found {newest or 'none'}"
        )
    return found[newest]


def _java_version(home: Path) -> int:
    said = subprocess.run(
        [home / "bin/javac", "-version"], capture_output=True, text=True, check=True
    )
    [major] = re.findall(r"^javac (\d+)", said.stdout)
    return int(major)


def install() -> Path:
    """Lay out a home for the node, once; whoever comes meanwhile waits."""
    home = CACHE / f"elasticsearch-{version()}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with _locked(CACHE / "install.lock"):
        done = home / "installed"
        recipe = (RECIPE / "TestNode.java").read_text()
        if not done.exists() or done.read_text() != recipe:
            shutil.rmtree(home, ignore_errors=True)
            _download(home / "lib")
            _compile(home)
            done.write_text(recipe)
    return home


def _download(lib: Path) -> None:
    if not shutil.which("mvn"):
        raise NodeUnavailableError("Maven (mvn) is needed once, to download Elasticsearch's jars")
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={lib}"]
    try:
        subprocess.run(["mvn", "-q", "-B", "-f", RECIPE / "pom.xml", *goal], check=True)
    except subprocess.CalledProcessError as error:
        raise NodeUnavailableError("Maven could not download Elasticsearch's jars") from error


def _compile(home: Path) -> None:
    """Compile our launcher, and lay it and the transport out as modules, as a server has them."""
    lib, netty = home / "lib", home / "modules/transport-netty4"
    analysis = home / "modules/analysis-common"
    for folder in (netty, analysis, home / "config", home / "plugins"):
        folder.mkdir(parents=True)
    for jar in [*lib.glob("netty-*.jar"), *lib.glob("transport-netty4-*.jar")]:
        jar.rename(netty / jar.name)
    with tempfile.TemporaryDirectory() as classes:
        source = RECIPE / "TestNode.java"
        subprocess.run([jdk() / "javac", "-cp", f"{lib}/*", "-d", classes, source], check=True)
        _jar(analysis / "analysis-common.jar", Path(classes), "TestNode$*.class")
        _jar(lib / "test-node.jar", Path(classes), "TestNode.class")
    _describe(netty, "org.elasticsearch.transport.netty4.Netty4Plugin")
    _describe(analysis, "TestNode$AnalysisCommon")


def _jar(target: Path, classes: Path, pattern: str) -> None:
    files = [found.name for found in classes.glob(pattern)]
    chosen = [word for name in files for word in ("-C", str(classes), name)]
    subprocess.run([jdk() / "jar", "cf", target, *chosen], check=True)


def _describe(module: Path, classname: str) -> None:
    text = DESCRIPTOR.format(name=module.name, version=version(), classname=classname)
    (module / "plugin-descriptor.properties").write_text(text)


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


def start(data: Path, *, port: int, settings: Mapping[str, str] | None = None) -> Node:
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
            [*_java(home), "TestNode", home, *arguments], stdout=output, stderr=output
        )
    _await_ready(process, log)
    return Node(f"http://127.0.0.1:{port}", process)


def _java(home: Path) -> list[str | Path]:
    return [
        jdk() / "java",
        f"-Xms{HEAP}",
        f"-Xmx{HEAP}",
        "-XX:+UseSerialGC",
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


# --- sharing ----------------------------------------------------------------------------------


def node_url() -> str:
    """The address of the node that all tests share; skips the test where there can be none."""
    try:
        return _shared_url()
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
    with _locked(SHARED / "start.lock"):
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
        with _locked(SHARED / "users.lock"):
            # Whoever comes now waits for the lock, and then finds no address.
            address.unlink()
            node.stop()


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold a file's lock alone."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    keep()
