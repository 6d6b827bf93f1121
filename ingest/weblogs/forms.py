"""Which form a log is in, and the reading of its lines, one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from archive.web_events import Layout, LogForm
from ingest.weblogs import squid, table
from ingest.weblogs.lines import RawLine
from ingest.weblogs.mapping import UNMAPPED, Mapped
from ingest.weblogs.reading import BadLineError
from search.web import LineDigest, Visit
from section9 import Section9Error

LOOKED_AT = 20  # lines at the head of a file, to tell what it is
MARK = b"\xef\xbb\xbf"  # of UTF-8, at the head of what Windows writes


class NoLogError(Section9Error):
    """A file is no log that is known."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__(
            "FILE is no log that is known: it needs to be Squid's, W3C Extended with #Fields, or "
            "CSV with a heading; say which with --format, and of CSV the columns with --mapping"
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of a log beside what stands in it."""

    form: LogForm | None = None  # None: it is told by its look
    mapped: Mapped = UNMAPPED
    zone: str = ""  # of times that name none; empty for UTC (W3C), or the mapping's, or `local`
    local: str = "UTC"  # of the trust's clocks, which a table shows


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of a log, and what it says."""

    raw: RawLine
    digest: LineDigest
    visit: Visit | None
    why: str = ""  # it could not be read


def tell(head: Sequence[RawLine], terms: Terms) -> LogForm:
    """Tell a log's form by its first lines. Raises `NoLogError`."""
    if terms.form:
        return terms.form
    texts = [text_of(raw) for raw in head if raw.content.strip()]
    if any(text.lower().startswith("#fields:") for text in texts):
        return LogForm.W3C
    if any(map(squid.NATIVE.match, texts)):
        return LogForm.SQUID
    if any(map(squid.COMBINED.match, texts)):
        return LogForm.COMBINED
    if texts and _is_heading(texts[0], terms.mapped):
        return LogForm.CSV
    raise NoLogError


def _is_heading(text: str, mapped: Mapped) -> bool:
    try:
        table.csv_layout(text, mapped)
    except (table.HeaderError, BadLineError):
        return False
    return True


def text_of(raw: RawLine) -> str:
    """A line as text; what is no UTF-8 in it is replaced."""
    return raw.content.removeprefix(MARK).removesuffix(b"\r").decode(errors="replace")


def reader_of(layout: Layout) -> Callable[[str], Visit]:
    """Give what reads a line of a layout; it raises `BadLineError`."""
    match layout.form:
        case LogForm.SQUID:
            return squid.read_native
        case LogForm.COMBINED:
            return squid.read_combined
    return table.reader(layout)


def read_line(raw: RawLine, layout: Layout, read: Callable[[str], Visit]) -> ReadLine:
    """Read one line. Never raises on what stands in it."""
    digest = digest_of(raw.content, layout)
    if raw.cut:
        return ReadLine(raw, digest, None, "too-long")
    try:
        return ReadLine(raw, digest, read(text_of(raw)))
    except BadLineError as error:
        return ReadLine(raw, digest, None, error.why)


def digest_of(content: bytes, layout: Layout) -> LineDigest:
    """What tells a line from others: its bytes, and the day where the line itself names none."""
    person = layout.date.encode()[:16]
    return LineDigest(blake2b(content, digest_size=16, person=person).digest())


class LogReader:
    """Reads a log line by line; remembers what its directives and headings said."""

    def __init__(self, form: LogForm, terms: Terms) -> None:
        self._form = form
        self._terms = terms
        self._heading = b""
        self.layout: Layout | None = None
        self._read: Callable[[str], Visit] | None = None
        if form in {LogForm.SQUID, LogForm.COMBINED}:
            self._lay(Layout(form))

    def line(self, raw: RawLine) -> ReadLine | None:
        """Read a line; None for one that tells of no visit. Raises `HeaderError`, `NoLogError`."""
        if not raw.content.strip():
            return None
        if self._form is LogForm.W3C and raw.content.removeprefix(MARK).startswith(b"#"):
            self._direct(text_of(raw))
            return None
        if self._form is LogForm.CSV and self._is_heading(raw):
            return None
        if self.layout is None or self._read is None:
            raise NoLogError
        return read_line(raw, self.layout, self._read)

    def _lay(self, layout: Layout) -> None:
        self.layout, self._read = layout, reader_of(layout)

    def _direct(self, text: str) -> None:
        """Take a directive of W3C in; those that say nothing of the lines are passed over."""
        name, _, value = text.partition(":")
        date = self.layout.date if self.layout else ""
        if name.lower() == "#fields":
            self._lay(
                table.w3c_layout(text, date=self._date or date, zone=self._terms.zone or "UTC")
            )
        elif name.lower() == "#date":
            self._date = value.strip()[:10]
            if self.layout:
                self._lay(replace(self.layout, date=self._date))

    _date = ""

    def _is_heading(self, raw: RawLine) -> bool:
        if self._heading:
            return raw.content == self._heading
        mapped = self._terms.mapped
        zone = self._terms.zone or mapped.zone or self._terms.local
        layout = table.csv_layout(text_of(raw), mapped)
        self._lay(replace(layout, zone=zone))
        self._heading = raw.content
        return True
