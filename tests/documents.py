"""Documents made by hand, as small as the programs that read them allow."""

import tarfile
import zipfile
import zlib
from functools import cache
from io import BytesIO

OOXML = "http://schemas.openxmlformats.org"
TYPES = f'<Types xmlns="{OOXML}/package/2006/content-types"/>'
MAIN = f"{OOXML}/officeDocument/2006/relationships"
WORD = f'xmlns:w="{OOXML}/wordprocessingml/2006/main"'
SHEET = f'xmlns="{OOXML}/spreadsheetml/2006/main"'
SLIDE = f'xmlns:p="{OOXML}/presentationml/2006/main" xmlns:a="{OOXML}/drawingml/2006/main"'
ODF = "urn:oasis:names:tc:opendocument"
ODF_TEXT = f'xmlns:office="{ODF}:xmlns:office:1.0" xmlns:text="{ODF}:xmlns:text:1.0"'


def related(kind: str, target: str) -> str:
    """A relationships part with one relationship, `rId1` (ECMA-376-2, 9.3)."""
    link = f'<Relationship Id="rId1" Type="{MAIN}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{OOXML}/package/2006/relationships">{link}</Relationships>'


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip of parts, compressed."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def inflated(document: bytes, part: str, *, mebibytes: int) -> bytes:
    """The same package with so many mebibytes of blanks in one part, before its last tag."""
    target = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(document)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for name in source.namelist():
            head, last, tail = source.read(name).rpartition(b"</")
            with bomb.open(name, "w") as entry:
                entry.write(head)
                for _ in range(mebibytes if name == part else 0):
                    entry.write(b" " * 1024 * 1024)
                entry.write(last + tail)
    return target.getvalue()


def belied(package: bytes, part: str, *, declared: int) -> bytes:
    """The same package, in which a part declares a size that is not its own."""
    with zipfile.ZipFile(BytesIO(package)) as source:
        size = source.getinfo(part).file_size
    return package.replace(size.to_bytes(4, "little"), declared.to_bytes(4, "little"))


def docx(body: str, *, doctype: str = "", more: dict[str, str | bytes] | None = None) -> bytes:
    """A document with this body, in WordprocessingML."""
    document = f"{doctype}<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": document, **(more or {})})


def paragraph(text: str) -> str:
    """A paragraph of one run."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx(rows: list[list[str]], *, doctype: str = "", comment: str = "") -> bytes:
    """A workbook of one sheet, `Roll`, with text in its cells."""
    cells = (
        "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) for row in rows
    )
    lines = "".join(f"<row>{line}</row>" for line in cells)
    sheet = f"{doctype}<worksheet {SHEET}><sheetData>{lines}</sheetData></worksheet>"
    sheets = '<sheets><sheet name="Roll" sheetId="1" r:id="rId1"/></sheets>'
    comments = f"<comments {SHEET}><comment><text><t>{comment}</t></text></comment></comments>"
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": related("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook {SHEET} xmlns:r="{MAIN}">{sheets}</workbook>',
            "xl/_rels/workbook.xml.rels": related("worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": sheet,
            "xl/comments1.xml": comments,
        }
    )


def pptx(*paragraphs: list[str]) -> bytes:
    """A slide show of one slide; each paragraph is a list of runs."""
    runs = ("".join(f"<a:r><a:t>{run}</a:t></a:r>" for run in runs) for runs in paragraphs)
    shapes = "".join(f"<a:p>{run}</a:p>" for run in runs)
    slide = f"<p:sld {SLIDE}><p:cSld>{shapes}</p:cSld></p:sld>"
    return zipped({"[Content_Types].xml": TYPES, "ppt/slides/slide1.xml": slide})


def odt(body: str, *, manifest: str = "<manifest/>") -> bytes:
    """A text document with this body, in OpenDocument."""
    body = f"<office:body><office:text>{body}</office:text></office:body>"
    return zipped(
        {
            "mimetype": f"{ODF.replace('urn:oasis:names:tc:', 'application/vnd.oasis.')}.text",
            "content.xml": f"<office:document {ODF_TEXT}>{body}</office:document>",
            "META-INF/manifest.xml": manifest,
        }
    )


def pdf(stream: bytes, *, filters: str = "", trailer: str = "") -> bytes:
    """A page whose content is this stream, in Helvetica as `/F1`."""
    fonts = b"/Resources << /Font << /F1 5 0 R >> >> "
    content = b"<< /Length %d /Filter [%s] >>\nstream\n" % (len(stream), filters.encode())
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R %s>>" % fonts,
        content + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(offsets)
    end = b"trailer << /Size 6 /Root 1 0 R %s >>\n" % trailer.encode()
    return out + table + end + b"startxref\n%d\n%%%%EOF\n" % len(out)


def shown(text: str) -> bytes:
    """A content stream that shows this text."""
    return b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % text.encode("latin-1")


def ole(stream: str) -> bytes:
    """The start of a compound file with one stream of this name in its directory."""
    entry = stream.encode("utf-16-le").ljust(64, b"\0")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + entry + bytes(448)


def locked(package: bytes) -> bytes:
    """The same zip, whose first entry says that it is encrypted."""
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = package.index(signature) + offset
        package = package[:at] + b"\x01" + package[at + 1 :]
    return package


def tarred(files: dict[str, bytes]) -> bytes:
    """A tape archive."""
    target = BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    return target.getvalue()


def tnef(body: str, files: dict[str, bytes]) -> bytes:
    """A winmail.dat with a body and attachments ([MS-OXTNEF], 2.1)."""
    attributes = [(1, 0x0006_9007, (1252).to_bytes(8, "little")), (1, 0x0002_800C, body.encode())]
    for name, content in files.items():
        attributes.append((2, 0x0006_9002, bytes(14)))  # begins an attachment
        attributes.append((2, 0x0001_8010, name.encode() + b"\0"))
        attributes.append((2, 0x0006_800F, content))
    return b"\x78\x9f\x3e\x22\0\0" + b"".join(_attribute(*each) for each in attributes)


def _attribute(level: int, tag: int, data: bytes) -> bytes:
    head = bytes([level]) + tag.to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return head + data + (sum(data) & 0xFFFF).to_bytes(2, "little")


@cache
def zeros(*, mebibytes: int) -> bytes:
    """So many mebibytes of zeros, deflated."""
    packer = zlib.compressobj(9)
    block = bytes(1024 * 1024)
    return b"".join([packer.compress(block) for _ in range(mebibytes)]) + packer.flush()
