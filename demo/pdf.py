"""A one-page PDF written by hand, enough for an invoice (ISO 32000-1, 7.5)."""

from collections.abc import Iterable, Sequence

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
    b"/Resources << /Font << /F1 5 0 R >> >> >>"
)


def one_page(lines: Iterable[str]) -> bytes:
    """An A4 page with these lines in 11-point Helvetica; up to 50 lines fit."""
    content = b"BT /F1 11 Tf 15 TL 56 786 Td\n" + b"".join(map(_shown, lines)) + b"ET"
    return _file(
        (
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            PAGE,
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
            FONT,
        )
    )


def _shown(line: str) -> bytes:
    safe = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + safe.encode("cp1252", errors="replace") + b") Tj T*\n"


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects, numbered from one, then the table that says where each begins."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)
