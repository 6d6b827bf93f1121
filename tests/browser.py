"""Debian's Chromium, as somebody would open a page in it."""

import html
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or ""
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--virtual-time-budget=3000"),
)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)

needs_chromium = pytest.mark.skipif(
    not CHROMIUM and "SECTION9_REQUIRE_SERVERS" not in os.environ,
    reason="chromium is not installed: apt-get install chromium",
)


def opened(page: Path, profile: Path) -> str:
    """Open a page as somebody would from a memory stick; gives what it then consists of."""
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode()


def title(dom: str) -> str:
    found = TITLE.search(dom)
    return html.unescape(found[1]) if found else ""


def refused(page: Path, profile: Path) -> list[str]:
    """What the page's own policy kept it from: nothing, where all of it is shown."""
    command = [CHROMIUM, *FLAGS, "--enable-logging=stderr", f"--user-data-dir={profile}"]
    done = subprocess.run(
        [*command, "--dump-dom", page.as_uri()], capture_output=True, timeout=120, check=True
    )
    return [line for line in done.stderr.decode().splitlines() if "CONSOLE" in line]
