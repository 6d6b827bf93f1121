"""Fuzz the reading of reports and mail: `make fuzz SECONDS=3600`, by atheris (libFuzzer).

Inputs grow from the mail in `../shared/data` where that is, and from the finds in `cases/`. What
fails, hangs for ten seconds or takes more than a gibibyte is written to `--found` and ends the
run; mended, a short form of it belongs in `cases/`, which the tests read.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ingest"]):
    from fuzz import properties

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data"
SEEDS = ("journal_real", "journal_synthetic", "mail_cpython", "mail_flanker", "mail_mimekit",
         "mail_nodemailer", "mail_stalwart/eml", "tnef_small")  # fmt: skip
MAX_SEED = 16_384  # bytes: small inputs are tried by the thousand
WORDS = HERE / "words.dict"


def main() -> None:
    """Fuzz for some seconds; the exit status is not zero when something was found."""
    options = _options()
    options.found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        corpus = Path(folder)
        _gather(corpus)
        limits = ("-timeout=10", "-rss_limit_mb=1024", f"-max_len={MAX_SEED}")
        places = (f"-dict={WORDS}", f"-artifact_prefix={options.found}/", str(corpus))
        arguments = (sys.argv[0], f"-max_total_time={options.seconds}", *limits, *places)
        atheris.Setup(list(arguments), _holds)
        atheris.Fuzz()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--found", type=Path, default=Path("build/fuzz"))
    return parser.parse_args()


def _gather(corpus: Path) -> None:
    """Copy what is short enough to be tried often."""
    folders = (HERE / "cases", *(DATA / name for name in SEEDS))
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    for number, path in enumerate(files):
        if path.suffix != ".json" and path.stat().st_size <= MAX_SEED:
            shutil.copyfile(path, corpus / str(number))


def _holds(content: bytes) -> None:
    for holds in properties.ALL:
        holds(content)


if __name__ == "__main__":
    main()
