"""A page as PDF, by WeasyPrint: nothing is fetched, and the same page gives the same bytes.

It lays pages out with Pango, which the system has to have; imported only where PDF is wanted.
"""

import logging
import re
from dataclasses import dataclass
from hashlib import sha256

from section9 import Section9Error

HELD = ("data",)  # what a page shows it holds itself: nothing is fetched
CUT = 100_000  # characters of one text that are laid out: some forty pages
TAG_OR_RUN = re.compile(
    r"(<style>.*?</style>|<[^<>]*>)|(?:[^ \n<&]|&[^;<]{1,8};){200}| {200}", re.DOTALL
)
"""A tag, or so many characters of text at none of which a line may end (an entity is one)."""


class PdfError(Section9Error):
    """No PDF can be made on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "PDF needs the library Pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0, "
            "or export without --pdf"
        )


def require() -> None:
    """Raise `PdfError` where no PDF can be made, before anything is begun."""
    try:
        import weasyprint  # noqa: F401, PLC0415 - loads a system library, and takes a second
    except OSError as error:
        raise PdfError from error


@dataclass(frozen=True, slots=True)
class Paper:
    """A page laid out."""

    content: bytes
    pages: int


def made(html: str) -> Paper:
    """Lay a page out; the plots that it holds are all that is shown besides its text."""
    from weasyprint import HTML  # noqa: PLC0415 - likewise
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - likewise

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # it would quote the page
    # Pango lays the rest of a text out anew for each line that it cannot end at a blank.
    broken = TAG_OR_RUN.sub(lambda run: run[0] if run[1] else f"{run[0]}<wbr>", html)
    laid = HTML(string=broken, url_fetcher=URLFetcher(allowed_protocols=HELD)).render()
    # An identifier of its own making would differ each time.
    content = laid.write_pdf(pdf_identifier=sha256(html.encode()).digest()[:16])
    return Paper(bytes(content or b""), len(laid.pages))
