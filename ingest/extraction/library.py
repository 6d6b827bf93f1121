"""What kreuzberg reads: PDF, workbooks, RTF, the older Word and PowerPoint.

The only file that knows kreuzberg (4.10). OCR is never configured, nor anything that would
load a model or ask the network; the cache, which writes files, is off.
"""

import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir

import kreuzberg

from ingest.extraction.frames import MAX_TEXT, DefectCode, Extracted
from ingest.extraction.kinds import Kind
from ingest.extraction.package import DamagedError, EncryptedError

WORKBOOKS = frozenset({Kind.XLS, Kind.XLSX, Kind.XLSB, Kind.ODS})
# Attached files and what is filled into forms, which the library passes over. Where a PDF packs
# its objects into streams, these names do not show.
UNREAD_IN_PDF = (b"/EmbeddedFile", b"/AcroForm")
CONFIG = kreuzberg.ExtractionConfig(
    use_cache=False,
    enable_quality_processing=False,  # it drops what it takes for noise
    ocr=None,
    images=None,
    postprocessor=kreuzberg.PostProcessorConfig(enabled=False),
    pdf_options=kreuzberg.PdfConfig(extract_images=False, extract_annotations=True),
    content_filter=kreuzberg.ContentFilterConfig(
        include_headers=True,
        include_footers=True,
        strip_repeating_text=False,
        include_watermarks=True,
    ),
    concurrency=kreuzberg.ConcurrencyConfig(max_threads=1),
)


def load() -> None:
    """Have everything loaded while files may still be written, and leave none behind.

    kreuzberg unpacks its PDF library into TMPDIR and loads it from there; an empty PDF makes it.
    """
    with suppress(kreuzberg.KreuzbergError, RuntimeError):
        kreuzberg.extract_bytes_sync(b"%PDF-1.4", Kind.PDF.value, CONFIG)
    shutil.rmtree(Path(gettempdir()) / "kreuzberg-pdfium", ignore_errors=True)


def read(content: bytes, kind: Kind) -> Extracted:
    """Extract the text. Raises DamagedError, EncryptedError."""
    try:
        result = kreuzberg.extract_bytes_sync(content, kind.value, CONFIG)
    except (kreuzberg.KreuzbergError, RuntimeError, ValueError) as error:
        if "password" in str(error).lower() or "encrypted" in str(error).lower():
            code: DefectCode = "encrypted-pdf" if kind is Kind.PDF else "encrypted-office"
            raise EncryptedError(code) from error
        raise DamagedError from error
    text = _rows(result) if kind in WORKBOOKS else _lines(result)
    if result.processing_warnings:
        return Extracted(text, "extraction-failed", hides=True)
    return _judged(text, content, kind)


def _judged(text: str, content: bytes, kind: Kind) -> Extracted:
    if kind is Kind.PDF and any(mark in content for mark in UNREAD_IN_PDF):
        return Extracted(text, "embedded-not-read", hides=True)
    if not text.strip():
        return Extracted("", "no-text-found", hides=True)
    return Extracted(text)


def _lines(result: kreuzberg.ExtractionResult) -> str:
    notes = [note.content for note in result.annotations or () if note.content]
    return "\n".join([result.content, *notes])


def _rows(result: kreuzberg.ExtractionResult) -> str:
    """Workbooks as lines of cells parted by tabs: the names of the sheets, then their rows."""
    lines = ["\t".join(result.metadata.get("sheet_names", ()))]
    length = 0
    for table in result.tables:
        for row in table.cells:
            lines.append("\t".join(" ".join(cell.split()) for cell in row))
            length += len(lines[-1])
            if length > MAX_TEXT:
                return "\n".join(lines)
    return "\n".join(lines)
