"""Names of files on somebody else's disk: a memory stick, a Windows desktop, a court's server.

An attachment keeps its name as far as that can do no harm. One that a browser or a desktop would
run or render gets a further ending, so that a click on it opens nothing; its bytes are the same.
"""

import re
import unicodedata
from pathlib import PurePosixPath

from section9 import PartId

MAX_BYTES = 120  # of a name; the longest path in a pack then stays below 260 characters
CALM = frozenset(
    {
        *("bmp", "csv", "doc", "docx", "gif", "heic", "jpeg", "jpg", "log", "md", "mp3", "mp4"),
        *("odp", "ods", "odt", "pdf", "png", "ppt", "pptx", "rtf", "tif", "tiff", "txt", "wav"),
        *("webp", "xls", "xlsx"),
    }
)
"""Endings that are left alone; whatever else may be active, HTML and SVG among it."""
MARK = ".attachment"
_UNFIT = re.compile(r"[^\w.-]+")


def attachment(part: PartId, filename: str) -> str:
    """A name for an attachment that is safe on every system: `2-register.xlsx`.

    It begins with the part's number, so no name is reserved, hidden, or there twice.
    """
    # A thorn quotes the values of a load file, which has to name the very file.
    plain = _UNFIT.sub("_", unicodedata.normalize("NFKC", filename).replace("þ", "th")).strip("._")
    ending = PurePosixPath(plain).suffix.lower()
    room = MAX_BYTES - len(ending.encode()) if len(ending) < len(plain) else MAX_BYTES
    stem = plain[: len(plain) - len(ending)].encode()[: max(room, 0)].decode(errors="ignore")
    last = ending if ending.removeprefix(".") in CALM else f"{ending[:20]}{MARK}"
    return f"{part}-{stem}{last}" if stem else f"{part}{last}"


def is_calm(path: str) -> bool:
    """Tell whether a click on a file of that name does no harm in a browser."""
    return not path.endswith(MARK)
