"""Load files for review platforms: Concordance DAT (fields) and Opticon OPT (pages).

A DAT is UTF-8 with a byte order mark: a header row, then a row for each document. Every value is
quoted with thorn (U+00FE), values are parted by U+0014, and a line end inside a value is U+00AE.
The format has no way to quote these three, so where they stand in mail they are written as `th`,
a blank and `(R)`. Times are UTC.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from evidence.documents import Document
from evidence.forms import Bates

PART, QUOTE, NEWLINE = "\x14", "\xfe", "\xae"
REPLACED = str.maketrans(
    {
        PART: " ",
        QUOTE: "th",
        NEWLINE: "(R)",
        "\r": "",
        "\n": NEWLINE,
        "\x00": "\N{REPLACEMENT CHARACTER}",
    }
)
MAX_VALUE = 32_000  # characters; importers cut or refuse longer ones
FIELDS = (
    *("BEGBATES", "ENDBATES", "BEGATTACH", "ENDATTACH", "PARENTID", "CUSTODIAN", "DUPCUSTODIAN"),
    *("FROM", "TO", "CC", "BCC", "SUBJECT", "DATESENT", "TIMESENT", "DATERCVD", "TIMERCVD"),
    *("FILENAME", "FILEEXT", "FILESIZE", "MIMETYPE", "SHA256", "MAILID", "PAGECOUNT"),
    *("NATIVEPATH", "PDFPATH", "TEXTPATH"),
)


def dat(documents: Iterable[Document], bates: Bates) -> Iterator[str]:
    """The rows of a DAT, the byte order mark and the header first."""
    yield "\ufeff" + _row(FIELDS)
    for one in documents:
        yield _row(_values(one, bates))


def opt(documents: Iterable[Document], bates: Bates, volume: str) -> Iterator[str]:
    """The rows of an OPT: one for each document on paper, whose PDF holds all of its pages."""
    for one in documents:
        if one.paper:
            yield f"{bates.number(one.begin)},{volume},{one.paper.path},Y,,,{one.pages}\r\n"


def _row(values: Iterable[str]) -> str:
    quoted = (f"{QUOTE}{value[:MAX_VALUE].translate(REPLACED)}{QUOTE}" for value in values)
    return PART.join(quoted) + "\r\n"


def _values(one: Document, bates: Bates) -> Iterator[str]:
    first, last = one.family
    yield from map(bates.number, (one.begin, one.end, first, last))
    yield bates.number(one.parent) if one.parent else ""
    yield from ("; ".join(one.custodians[:1]), "; ".join(one.custodians[1:]))
    yield from (one.from_, one.to, one.cc, one.bcc, one.subject)
    yield from (*_moment(one.sent), *_moment(one.received))
    yield from (one.filename, one.extension, str(one.native.size), one.media_type)
    yield from (one.native.sha256, one.mail, str(one.pages) if one.pages else "")
    yield from (one.native.path, *(file.path if file else "" for file in (one.paper, one.text)))


def _moment(at: datetime | None) -> tuple[str, str]:
    return (f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}") if at else ("", "")
