"""How fast mail gets in: `section9 ingest` beside `mu index` and `notmuch new`, on the same mail.

Section 9 does more of it: it archives each message with an fsync, runs the detectors and writes a
ledger, which the other two do not. Each round runs all three in turn; the medians are printed.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.table import Row
from demo.mailbox import messages

ROUNDS = 3
CORPUS = Path(__file__).parents[2] / "shared" / "data" / "mail_spamassassin"
NOT_MAIL = {"LICENSE", "NOTICE", "SOURCE.txt"}
SECTION9 = str(Path(sys.executable).with_name("section9"))

Prepare = Callable[[Path, Path], tuple[list[str], dict[str, str]]]


def main() -> list[Row]:
    """Run every tool on the same maildir and print what came of it."""
    with tempfile.TemporaryDirectory() as scratch:
        maildir = lay_out(Path(scratch) / "mail")
        count = sum(1 for _ in (maildir / "cur").iterdir())
        tools = {name: prepare for name, prepare in TOOLS.items() if shutil.which(name)}
        for missing in TOOLS.keys() - tools.keys():
            print(f"{missing} is not installed: left out")
        rates: dict[str, list[float]] = {name: [] for name in tools}
        for turn in range(ROUNDS):
            for name, prepare in tools.items():
                home = Path(scratch) / f"{Path(name).name}-{turn}"
                rates[name].append(count / seconds(prepare, home, maildir))
        medians = {name: statistics.median(found) for name, found in rates.items()}
        report(count, medians)
        return rows(medians)


def rows(rates: Mapping[str, float]) -> list[Row]:
    """Compare with each of the other tools."""
    ours = rates[SECTION9]
    return [
        Row("mail in", f"{ours:,.0f} messages/s", f"{name} {rate:,.0f}/s", ours / rate)
        for name, rate in rates.items()
        if name != SECTION9
    ]


def lay_out(maildir: Path) -> Path:
    """Copy the corpus, or the demo's mail where there is none, into a maildir."""
    for folder in ("cur", "new", "tmp"):
        (maildir / folder).mkdir(parents=True)
    for number, content in enumerate(corpus()):
        (maildir / "cur" / f"{number:06d}:2,S").write_bytes(content)
    return maildir


def corpus() -> list[bytes]:
    """Real mail where it is at hand."""
    if CORPUS.is_dir():
        files = sorted(path for path in CORPUS.rglob("*") if path.is_file())
        return [path.read_bytes() for path in files if path.name not in NOT_MAIL]
    return [content for _ in range(5) for _, content in messages()]


def seconds(prepare: Prepare, home: Path, maildir: Path) -> float:
    """Time one tool over the maildir, from an empty home, start-up included."""
    home.mkdir()
    command, environment = prepare(home, maildir)
    os.sync()
    began = time.perf_counter()
    subprocess.run(
        command,
        env=os.environ | environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def section9(home: Path, maildir: Path) -> tuple[list[str], dict[str, str]]:
    """Archive, ledger, detection and index."""
    subprocess.run([SECTION9, "init", str(home)], check=True, stdout=subprocess.DEVNULL)
    return [SECTION9, "--home", str(home), "ingest", str(maildir)], {}


def mu(home: Path, maildir: Path) -> tuple[list[str], dict[str, str]]:
    """An index in Xapian."""
    options = [f"--muhome={home}"]
    subprocess.run(
        ["mu", "init", *options, f"--maildir={maildir}"], check=True, stdout=subprocess.DEVNULL
    )
    return ["mu", "index", *options], {}


def notmuch(home: Path, maildir: Path) -> tuple[list[str], dict[str, str]]:
    """An index in Xapian, with threads."""
    config = home / "config"
    config.write_text(f"[database]\npath={maildir}\nmail_root={maildir}\n[new]\ntags=\n")
    shutil.rmtree(maildir / ".notmuch", ignore_errors=True)
    return ["notmuch", "new"], {"NOTMUCH_CONFIG": str(config)}


TOOLS: Mapping[str, Prepare] = {SECTION9: section9, "mu": mu, "notmuch": notmuch}


def report(count: int, rates: Mapping[str, float]) -> None:
    """Print the rates, and ours as a ratio to each other one."""
    ours = rates[SECTION9]
    print(f"{count:,} messages, median of {ROUNDS} rounds")
    for name, rate in rates.items():
        ratio = "" if name == SECTION9 else f"  section9 is {ours / rate:.2f} times as fast"
        print(f"{Path(name).name:<10}{rate:>8,.0f} messages/s{ratio}")


if __name__ == "__main__":
    main()
