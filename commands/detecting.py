"""`section9 detect`: the detectors alone, on files or on lines of JSON; nothing is archived."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cases.telling import safe
from commands.app import App
from section9 import Finding

if TYPE_CHECKING:
    from commands.lines import FoundLine, TextLine
    from ingest.reader import Reader

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
    with app.reader() as reader:
        found = _from_lines(reader, paths) if jsonl else _from_files(reader, paths)
        for line in found:
            if jsonl:
                echo_json(line)
            else:
                _print(line)


def _from_files(reader: "Reader", paths: tuple[Path, ...]) -> Iterator["FoundLine"]:
    from commands.lines import found_line
    from ingest.files import find

    for path in paths or (STDIN,):
        if path == STDIN:
            yield found_line("-", reader.findings(sys.stdin.buffer.read()))
        else:
            for _, file in find([path]):
                yield found_line(str(file), reader.findings(file.read_bytes()))


def _from_lines(reader: "Reader", paths: tuple[Path, ...]) -> Iterator["FoundLine"]:
    from commands.lines import TextLine, found_line, read_lines

    with ExitStack() as files:
        for path in paths or (STDIN,):
            lines = sys.stdin.buffer if path == STDIN else files.enter_context(path.open("rb"))
            for number, line in read_lines(lines, TextLine):
                yield found_line(line.id, _findings(reader, line, number))


def _findings(reader: "Reader", line: "TextLine", number: int) -> tuple[Finding, ...]:
    from commands.lines import BadLineError

    if line.path is None:
        return reader.scanner.scan_text(line.text or "")
    try:
        return reader.findings(Path(line.path).read_bytes())
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise BadLineError(number, "its path cannot be read") from error


def _print(line: "FoundLine") -> None:
    name = safe(str(line.id))
    for finding in line.findings:
        click.echo(
            f"{name}: part {finding.part} {finding.start}-{finding.end}: {finding.rule}"
            f" ({finding.confidence}, severity {finding.severity}): {finding.why}"
        )
