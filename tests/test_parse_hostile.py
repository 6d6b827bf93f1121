"""Mail made to exhaust a parser: each message ends in bounded time and memory, and says so.

All are parsed in one child process whose address space is limited; it reports for each how long
it took, which defects it left, and at the end how much memory it ever held.
"""

import base64
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clocked import growth

from ingest.parse import parse

ROOT = Path(__file__).parents[1]
ADDRESS_SPACE = 1_500_000_000  # bytes, the interpreter included
MEMORY = 512 * 1024  # KiB
SECONDS = 20.0  # generous: the slowest takes two on an idle machine

Make = Callable[[], bytes]


def nested_multiparts(depth: int) -> bytes:
    """Each multipart holds the next."""
    line = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    return b"".join(line % (level, level) for level in range(depth)) + b"\nx"


def nested_messages(depth: int) -> bytes:
    """Each message encloses the next."""
    return b"Content-Type: message/rfc822\n\n" * depth + b"\nx"


def parts(number: int, part: bytes) -> bytes:
    """One multipart with many parts."""
    return b"Content-Type: multipart/mixed; boundary=b\n\n" + part * number + b"--b--\n"


def page(html: str) -> bytes:
    """A message that is one HTML page."""
    return b"Content-Type: text/html; charset=utf-8\n\n" + html.encode()


def plain(text: bytes) -> bytes:
    """A message that is one plain text."""
    return b"Content-Type: text/plain; charset=utf-8\n\n" + text


def encoded(charset: str, text: bytes) -> bytes:
    """A plain text that declares a charset."""
    return f"Content-Type: text/plain; charset={charset}\n\n".encode() + text


def spaced_base64(size: int) -> bytes:
    """Base64 with a space after every byte."""
    letters = base64.b64encode(b"word " * (size // 5)).decode()
    return b"Content-Transfer-Encoding: base64\n\n" + " ".join(letters).encode()


def continuations(number: int) -> bytes:
    """A file name in many sections of RFC 2231."""
    sections = "".join(f" filename*{n}=x;\n" for n in range(number))
    return f"Content-Disposition: attachment;\n{sections} z=1\n\nx".encode()


# What it is: how it is made, and the defect that must be left behind (None: it is read whole).
CASES: dict[str, tuple[Make, str | None]] = {
    "multipart 100 deep": (lambda: nested_multiparts(100), "nested-too-deep"),
    "multipart 1,000 deep": (lambda: nested_multiparts(1_000), "nested-too-deep"),
    "multipart 10,000 deep": (lambda: nested_multiparts(10_000), "nested-too-deep"),
    "message 100 deep": (lambda: nested_messages(100), "nested-too-deep"),
    "message 1,000 deep": (lambda: nested_messages(1_000), "nested-too-deep"),
    "message 10,000 deep": (lambda: nested_messages(10_000), "nested-too-deep"),
    "100,000 empty parts": (lambda: parts(100_000, b"--b\n\n\n"), "too-many-parts"),
    "1,000,000 delimiters": (lambda: parts(1_000_000, b"--b\n"), "bad-boundary"),
    "10 MB message 50 deep": (
        lambda: b"Content-Type: message/rfc822\n\n" * 49 + b"\n" + b"word " * 2_000_000,
        "text-truncated",
    ),
    "boundary of 1 MB": (
        lambda: (
            b'Content-Type: multipart/mixed; boundary="%b"\n\n--%b\n\nx' % ((b"b" * 10**6,) * 2)
        ),
        None,
    ),
    "near boundaries": (
        lambda: b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b x\n" * 2_000_000,
        "bad-boundary",
    ),
    "100,000 header lines": (lambda: b"X-A: b\n" * 100_000 + b"\nx", None),
    "100,000 subjects": (lambda: b"Subject: b\n" * 100_000 + b"\nx", "duplicate-header"),
    "100,000 stray lines": (
        lambda: b"X-A: b\nstray\n" * 100_000 + b"X-A: b\n\nx",
        "bad-header-line",
    ),
    "header of 50 MB": (lambda: b"Subject: " + b"x" * 50_000_000 + b"\n\nx", "header-truncated"),
    "folded header of 50 MB": (
        lambda: b"Subject: " + b"x\n " * 16_000_000 + b"\n\nx",
        "header-truncated",
    ),
    "1,000,000 addresses": (
        lambda: b"To: " + b"a@b.example,\n " * 1_000_000 + b"c@d.example\n\nx",
        "header-truncated",
    ),
    "60,000 addresses": (
        lambda: b"To: " + b"a@b.example, " * 60_000 + b"\n\nx",
        "too-many-addresses",
    ),
    "comments 100,000 deep": (
        lambda: b"To: " + b"(" * 100_000 + b" a@b.example\n\nx",
        "bad-address",
    ),
    "closed comments 100,000 deep": (
        lambda: b"To: " + b"(" * 100_000 + b")" * 100_000 + b" a@b.example\n\nx",
        None,
    ),
    "open quotes": (lambda: b"To: " + b'"\\' * 500_000 + b"\n\nx", None),
    "open encoded words": (lambda: b"Subject: " + b"=?a?q?x " * 130_000 + b"\n\nx", None),
    "99,999 continuations": (lambda: continuations(99_999), "header-truncated"),
    "parameters": (lambda: b"Content-Type: text/plain" + b'; "' * 300_000 + b"\n\nx", None),
    "blank parameters": (lambda: b"Content-Type: text/plain" + b" " * 10**6 + b";\n\nx", None),
    "1,000,000 ids": (lambda: b"References: " + b"<> " * 300_000 + b"\n\nx", None),
    "base64 with spaces": (lambda: spaced_base64(5_000_000), "text-truncated"),
    "base64 of padding": (
        lambda: b"Content-Transfer-Encoding: base64\n\n" + b"QQ==" * 3_000_000,
        "bad-base64",
    ),
    "20 MB of short lines": (lambda: plain(b"a\n" * 10_000_000), "text-truncated"),
    "20 MB of quoted lines": (lambda: plain(b">\na\n" * 5_000_000), "text-truncated"),
    "attributions": (lambda: plain(b"On 1\n" * 400_000), None),
    "header blocks": (lambda: plain(b"From:\n" * 330_000), None),
    "UTF-7": (lambda: encoded("utf-7", b"+AGE-" * 400_000), None),
    "UTF-7 surrogates": (lambda: encoded("utf-7", b"+2AE-" * 400_000), None),
    "ISO-2022-JP": (lambda: encoded("iso-2022-jp", b"\x1b$B" * 600_000), None),
    "punycode": (lambda: encoded("punycode", b"a-" * 500_000), "unknown-charset"),
    "NUL": (lambda: plain(b"\0" * 5_000_000), None),
    "bare CR": (lambda: plain(b"a\r" * 900_000), None),
    "1,000,000 nested div": (lambda: page("<div>" * 10**6 + "x"), "html-too-complex"),
    "1,000,000 flat tags": (lambda: page("x<br>" * 10**6), "html-too-complex"),
    "reopened elements": (
        lambda: page(
            "<p>" + "".join(f"<b a={n}>" for n in range(5_000)) + "</p>" + "<p>x</p>" * 5_000
        ),
        "html-too-complex",
    ),
    "100,000 attributes": (
        lambda: page("<p " + " ".join(f"a{n}" for n in range(100_000)) + ">x"),
        "html-too-complex",
    ),
    "many tags of many attributes": (
        lambda: page(("<p " + " ".join(f"a{n}" for n in range(280)) + ">x") * 12_000),
        "html-too-complex",
    ),
    "data URI of 10 MB": (
        lambda: page(f'<img src="data:image/png;base64,{"A/" * 5_000_000}">x'),
        None,
    ),
    "open tags": (lambda: page("<a" * 3_000_000), "html-too-complex"),
    "open comments": (lambda: page("<!--" * 1_000_000 + "x"), None),
    "style sheet": (lambda: page("<style>" + "/*{" * 500_000 + "</style>x"), None),
    "one style of zeros": (lambda: page(f'<p style="font-size:{"0" * 10**6}x">x'), None),
    "5 MB of 1": (lambda: plain(b"1" * 5_000_000), "text-truncated"),
    "5 MB of a@a.": (lambda: b"To: " + b"a@a." * 1_250_000 + b"\n\nx", "header-truncated"),
    "name of 4 kB": (
        lambda: b"Content-Disposition: attachment; filename=%b\n\nx" % (b"a" * 4_000),
        "suspicious-filename",
    ),
}


def _most_held() -> int:
    """KiB that this process ever held; `ru_maxrss` would count those of whoever started it too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.read_text().split("VmHWM:")[1].split()[0])


def measure() -> None:
    """Parse every case; print what it took as JSON. Runs in the child."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    seconds, codes = {}, {}
    for name, (make, _) in CASES.items():
        content = make()
        start = time.perf_counter()
        parsed = parse(content)
        seconds[name] = time.perf_counter() - start
        codes[name] = [defect.code for defect in parsed.defects]
    memory = _most_held()
    json.dump({"seconds": seconds, "codes": codes, "memory": memory}, sys.stdout)


@pytest.fixture(scope="module")
def measured() -> Any:
    """What the child found."""
    child = subprocess.run(
        [sys.executable, "-c", "import test_parse_hostile; test_parse_hostile.measure()"],
        cwd=ROOT / "tests",
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert child.returncode == 0, child.stderr.decode()[-2000:]
    return json.loads(child.stdout)


@pytest.mark.parametrize("name", CASES)
def test_hostile_mail_ends_in_time_and_says_what_was_not_read(measured: Any, name: str) -> None:
    """No content hangs the parser, and what it gave up on is on record."""
    expected = CASES[name][1]

    codes = measured["codes"][name]

    assert measured["seconds"][name] < SECONDS
    assert expected is None or expected in codes


def test_hostile_mail_needs_bounded_memory(measured: Any) -> None:
    """All of it together stays under half a gibibyte, the messages themselves included."""
    assert measured["memory"] < MEMORY


@pytest.mark.parametrize(
    "make",
    [
        lambda n: plain(b"1" * n),
        lambda n: plain(b">\n" * n),
        lambda n: b"Subject: " + b"=?a?q?x" * n + b"\n\nx",
        lambda n: b"To: " + b'"(' * n + b"\n\nx",
        lambda n: page("<p>x" * n),
    ],
)
def test_reading_takes_linear_time(make: Callable[[int], bytes]) -> None:
    """Eight times the size in about eight times the time."""
    assert growth(lambda size: parse(make(size)), 10_000) < 1.3
