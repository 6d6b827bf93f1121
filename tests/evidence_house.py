"""A house with mail in it, from which evidence is exported by the real command."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from running import SECTION9, House, made

from evidence.folder import UNFINISHED

PERSON = "j.doe@school.example"
LOG = f"{UNFINISHED}/messages.jsonl"
HOSTILE = """\
Message-ID: <hostile@school.example>
Date: Mon, 7 Sep 2026 09:00:00 +0000
From: "<script>document.title='ran'</script>" <parent@home.example>
To: j.doe@school.example
Subject: </title><script>document.title="ran"</script><img src="{base}/subject.png">
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=X

--X
Content-Type: text/html; charset=utf-8

<html><head><meta http-equiv="refresh" content="0;url={base}/refresh">
<base href="{base}/"><link rel="stylesheet" href="{base}/style.css">
<style>body {{ background: url({base}/background.png) }} @import "{base}/import.css";</style></head>
<body onload="document.title='ran'"><script>document.title='ran'; fetch('{base}/fetch')</script>
<p>quagga words that stay</p><img src="{base}/pixel.png" onerror="document.title='ran'">
<iframe src="{base}/frame"></iframe><object data="{base}/object"></object>
<svg onload="document.title='ran'"><image href="{base}/svg.png"/></svg>
<a href="javascript:document.title='ran'">a link</a>
<form action="{base}/form"><input autofocus onfocus="document.title='ran'"></form>
&lt;script&gt;document.title='ran'&lt;/script&gt;&lt;img src="{base}/escaped.png"&gt;
</body></html>
--X
Content-Type: text/html; name="../../<b>page</b>.html"
Content-Disposition: attachment; filename="../../page.html"

<script>document.title='ran'; new Image().src='{base}/attached'</script><img src="{base}/a.png">
--X
Content-Type: text/csv
Content-Disposition: attachment; filename="register.csv"

name,form
Ada,7B
--X--
"""
PLAIN = """\
Message-ID: <{number}@school.example>
Date: Tue, {day} Sep 2026 09:00:00 +0000
From: {sender}
To: {to}
Subject: trip {number}

The coach leaves at nine, exhibit {number}.
"""


def plain(number: int, *, sender: str = PERSON, to: str = "a.head@school.example") -> bytes:
    """An ordinary message."""
    day = 1 + number % 28
    return PLAIN.format(number=number, day=day, sender=sender, to=to).encode()


@contextmanager
def house(folder: Path, mails: Mapping[str, bytes]) -> Iterator[House]:
    """A data folder with these messages, and a case on one person's mail."""
    mail = folder / "mail"
    mail.mkdir()
    for name, content in mails.items():
        (mail / f"{name}.eml").write_bytes(content.replace(b"\n", b"\r\n"))
    with made(folder / "home") as ready:
        ready.must("ingest", mail)
        ready.open_case(PERSON)
        yield ready


def stock(command: str, folder: Path) -> str:
    """Run a shell command in a pack, as somebody without Section 9 would."""
    done = subprocess.run(
        ["/bin/sh", "-euc", command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a pack."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def killed(house: House, *command: str | Path, log: Path, after: int) -> int:
    """Run a command, kill it when its log has so many lines, and damage what it wrote by then."""
    words = [*map(str, (SECTION9, "--home", house.home, *command))]
    with subprocess.Popen(words, env=house.environment({})) as process:
        while process.poll() is None:
            if log.exists() and log.read_bytes().count(b"\n") >= after:
                os.kill(process.pid, signal.SIGKILL)
                break
            time.sleep(0.002)
    first = json.loads(log.read_bytes().splitlines()[after // 2])
    (log.parents[1] / first["files"][0]["path"]).write_bytes(b"torn by a power cut")
    return process.returncode
