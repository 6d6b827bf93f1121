"""Elasticsearch's published jars, laid out once as a home that a node runs from.

Needs Maven, which downloads 44 MB once, and a JDK of 21 or newer; the recipe is in
`elasticsearch/`.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

RECIPE = Path(__file__).parent / "elasticsearch"
CACHE = Path("~/.cache/section9").expanduser()
OLDEST_JDK = 21
DESCRIPTOR = """description={name}
version={version}
name={name}
classname={classname}
java.version=21
elasticsearch.version={version}
"""


class NodeUnavailableError(Exception):
    """This machine cannot run a node: the message says what is missing."""


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
    with locked(CACHE / "install.lock"):
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


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a file's lock alone."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
