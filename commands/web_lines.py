"""What `--json` prints of web logs. See `lines.py` for the contract."""

from msgspec import Struct


class WebImportLine(Struct, frozen=True, tag_field="schema", tag="section9.web-import/1"):
    """What became of logs: lines = visits + bad + known + overdue + other + unfinished."""

    files: int
    failed: int  # files that could not be read, or not to their end
    lines: int
    visits: int  # new
    bad: int  # new lines that could not be read, and are kept
    known: int
    overdue: int
    other: int
    unfinished: int
