"""What has been read of an attachment: the parts inside it, their defects, and what is left."""

import hashlib
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from ingest.extraction.archives import File
from ingest.extraction.budget import MAX_DEPTH, Budget
from ingest.extraction.frames import Extracted, bounded
from ingest.extraction.package import StoppedError
from ingest.mime import names
from section9 import Defect, Part, PartId, PartKind

_TYPES = mimetypes.MimeTypes()  # Python's own list, not the machine's


@dataclass(slots=True)
class Reading:
    """Private to the reading of one attachment. The attachment itself is section ``."""

    budget: Budget
    tesseract: str  # the path of the program, empty for none
    parts: list[Part] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    _depth: int = 0

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Be inside one container more. Raises StoppedError where that is too deep."""
        if self._depth >= MAX_DEPTH:
            raise StoppedError("nested-too-deep")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def begin(self, part: Part) -> int:
        """Take a part, its text cut to what is left. Returns its place, for `finish`."""
        self.budget.begin_file()
        text = self.budget.fitting(part.text)
        if len(text) < len(part.text):
            self.note("text-truncated", part.id, hides=True)
            part = replace(part, text=text, hidden=(), quoted=())
        self.parts.append(part)
        return len(self.parts) - 1

    def finish(self, place: int, got: Extracted) -> None:
        """Give a part the text that was found in it."""
        part = self.parts[place]
        self.parts[place] = replace(part, text=got.text)
        if got.defect_code:
            self.note(got.defect_code, part.id, hides=got.hides)

    def note(self, code: str, section: str, *, hides: bool) -> None:
        """Remember what is wrong with a part, or, of section ``, with the attachment."""
        self.defects.append(Defect(code, PartId(section) if section else None, hides))

    def kept(self, got: Extracted) -> Extracted:
        """Cut a text to what is kept of one file, and to what is left for all."""
        got = bounded(got)
        text = self.budget.fitting(got.text)
        return got if len(text) == len(got.text) else Extracted(text, "text-truncated", hides=True)


def below(section: str, number: object) -> str:
    """The section of a part in another: `2` in `1` is `1.2`."""
    return f"{section}.{number}" if section else str(number)


def part_of(file: File, section: str) -> Part:
    """A file inside another, not yet read."""
    name = names.cleaned(file.name.replace("\\", "/").rpartition("/")[2])[0]
    return Part(
        id=PartId(section),
        kind=PartKind.ATTACHMENT,
        media_type=file.media_type or _TYPES.guess_type(name)[0] or "application/octet-stream",
        filename=name,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
    )
