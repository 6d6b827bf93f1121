"""`section9 detect`: the detectors alone, on files or on lines of JSON; nothing is archived."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from cases.telling import safe
from commands.app import App

if TYPE_CHECKING:
    from commands.lines import FoundLine
    from ingest.jobs import Look
    from ingest.lookers import Lookers

STDIN = Path("-")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("--jsonl", is_flag=True, help='Lines {"id","text"} or {"id","path"} in, JSON out.')
@click.pass_obj
def detect(app: App, paths: tuple[Path, ...], *, jsonl: bool) -> None:
    """Run the detectors on mail files, or with --jsonl on texts; nothing is archived.

    Without PATH it reads standard input. A finding tells where and why, never the text itself.

    \b
    section9 detect message.eml
    section9 detect --jsonl < texts.jsonl > findings.jsonl
    """
    from commands.lines import echo_json
    from commands.logs import log_to_stderr

    log_to_stderr()
    lookers = app.lookers()
    for line in _from_lines(lookers, paths) if jsonl else _from_files(lookers, paths):
        if jsonl:
            echo_json(line)
            sys.stdout.buffer.flush()  # somebody may wait for it before they ask on
        else:
            _print(line)


def _from_files(lookers: "Lookers", paths: tuple[Path, ...]) -> Iterator["FoundLine"]:
    from commands.lines import found_line

    for path, seen in lookers.seen(_files(paths)):
        if seen.error:
            raise OSError(seen.error, os.strerror(seen.error), str(path))
        yield found_line(str(path), seen.findings)


def _files(paths: tuple[Path, ...]) -> Iterator[tuple[Path, "Look"]]:
    from ingest.files import find
    from ingest.jobs import Look

    for path in paths or (STDIN,):
        if path == STDIN:
            yield path, Look(content=sys.stdin.buffer.read())
        else:
            yield from ((file, Look(path=os.fsencode(file))) for _, file in find([path]))


def _from_lines(lookers: "Lookers", paths: tuple[Path, ...]) -> Iterator["FoundLine"]:
    from commands.lines import BadLineError, found_line

    for (id_, number), seen in lookers.seen(_lines(paths)):
        if seen.error:
            raise BadLineError(number, "its path cannot be read")
        yield found_line(id_, seen.findings)


def _lines(paths: tuple[Path, ...]) -> Iterator[tuple[tuple[str | int, int], "Look"]]:
    """Yield what the lines ask for. Raises `BadLineError`."""
    from commands.lines import TextLine, read_lines
    from ingest.jobs import Look

    for path in paths or (STDIN,):
        with _opened(path) as lines:
            for number, line in read_lines(lines, TextLine):
                where = os.fsencode(line.path) if line.path is not None else b""
                yield (line.id, number), Look(text=line.text, path=where)


def _opened(path: Path) -> BinaryIO:
    """Open a file, or standard input by itself.

    `sys.stdin` is closed when Python ends, and waits for whoever still reads it: see
    https://github.com/python/cpython/issues/116514.
    """
    if path == STDIN:
        return os.fdopen(sys.stdin.fileno(), "rb", closefd=False)
    return path.open("rb")


def _print(line: "FoundLine") -> None:
    name = safe(str(line.id))
    for finding in line.findings:
        click.echo(
            f"{name}: part {finding.part} {finding.start}-{finding.end}: {finding.rule}"
            f" ({finding.confidence}, severity {finding.severity}): {finding.why}"
        )
