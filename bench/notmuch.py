"""The same searches beside notmuch, on the same mail: the corpus as a Maildir.

Each asks for the count and the first twenty, the newest first. Processor time is compared, which
other work on the machine hardly changes. notmuch is two processes each time; the ratio is to what
they take as a whole, and beside it stands what two take that do nothing. Ours is the embedded
index, searched in this process, with excerpts and marks, which notmuch does not make.

    python -P -m bench.notmuch
"""

import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from bench.search import read
from bench.table import Row
from bench.throughput import CORPUS, corpus, lay_out
from commands.logs import log_to_stderr
from search.query import parse
from search.sqlite import open_sqlite

TRIES = 15
SEARCHES = (
    # ours, and the same in notmuch's words
    ("meeting", "meeting"),
    ("free money", "free money"),
    ('"click here"', '"click here"'),
    ("invest*", "invest*"),
    ("subject:report -spam", "subject:report and not spam"),
    ("from:yahoo", "from:yahoo"),
    ("has:attachment", "tag:attachment"),
    ("date:2002", "date:2002..2002"),
    ("money OR credit", "money or credit"),
    ("*", "*"),
)


def main() -> list[Row]:
    """Measure both in turn, and print their ratios."""
    log_to_stderr()
    if not (CORPUS.is_dir() and shutil.which("notmuch")):
        print("no comparison with notmuch: it or the corpus is absent")
        return []
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder))


def measure(folder: Path) -> list[Row]:
    """Index the mail by both, and ask both."""
    notmuch = _indexed(folder)
    records = read(corpus())
    idle = 2 * _median(lambda: notmuch("config", "get", "search.exclude_tags"))
    ratios = []
    print(f"\n{'notmuch ms':>12}{'section9 ms':>13}{'ratio':>7}  search, in {len(records):,} mails")
    with closing(open_sqlite(folder / "index.sqlite", mode="write")) as index:
        index.put(records, segment=None)
        for ours, theirs in SEARCHES:
            asked = parse(ours)
            mine = _median(lambda: index.search(asked, limit=20))  # noqa: B023 - called at once
            his = _median(lambda: _ask(notmuch, theirs))  # noqa: B023 - called at once
            ratios.append(his / mine)
            print(f"{his:>12.1f}{mine:>13.1f}{his / mine:>7.2f}  {ours}")
    print(f"of notmuch's, {idle:.1f} ms are its two starts; load {os.getloadavg()[0]:.1f}")
    ratio = statistics.geometric_mean(ratios)
    what = f"ten searches in {len(records):,} mails, beside notmuch"
    return [Row(what, f"{idle:.0f} ms of its are starts", "notmuch, as processes", ratio)]


def _indexed(folder: Path) -> Callable[..., None]:
    """Let notmuch index the mail; give a way to run it."""
    maildir = lay_out(folder / "mail")
    settings = folder / "notmuch-config"
    settings.write_text(f"[database]\npath={maildir}\n[new]\ntags=new\n[search]\nexclude_tags=\n")
    environment = {**os.environ, "NOTMUCH_CONFIG": str(settings)}

    def run(*arguments: str) -> None:
        command = ["notmuch", *arguments]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)

    run("new", "--quiet")
    return run


def _ask(notmuch: Callable[..., None], query: str) -> None:
    notmuch("count", query)
    notmuch("search", "--limit=20", "--sort=newest-first", "--output=summary", query)


def _median(ask: Callable[[], object]) -> float:
    """Milliseconds of processor; the first time, which warms up, does not count."""
    times: Sequence[float] = [_once(ask) for _ in range(TRIES + 1)]
    return statistics.median(times[1:])


def _once(ask: Callable[[], object]) -> float:
    began = _used()
    ask()
    return (_used() - began) * 1_000


def _used() -> float:
    """Seconds of processor that this process and those it ran have had."""
    ours, theirs = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime


if __name__ == "__main__":
    main()
