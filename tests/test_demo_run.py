"""The demonstration, as `make demo` runs it: to its end, and what it leaves can be opened."""

import subprocess
import sys
from pathlib import Path

from browser import needs_chromium, opened, refused, title

PAPERS = {
    "evidence/index.html": "Evidence of case C-0001",
    "breach/B-0001-initial.html": "Breach B-0001: initial report",
    "board/board-2026.html": "Monitoring of e-mail, 2026",
}


@needs_chromium
def test_the_demonstration_ends_with_papers_that_open_in_a_browser(tmp_path: Path) -> None:
    """An evidence pack, a breach draft and a board report, whose policies refuse none of them."""
    command = [sys.executable, "-P", "-m", "demo.run"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=900, check=False)

    assert 0 == done.returncode, done.stderr.decode()
    pages = [tmp_path / "demo-data" / path for path in PAPERS]
    doms = [opened(page, tmp_path / f"profile-{page.stem}") for page in pages]
    assert [*PAPERS.values()] == [title(dom) for dom in doms]
    assert [[]] * 3 == [refused(page, tmp_path / f"again-{page.stem}") for page in pages]
