"""What one attachment may cost, everything inside it included."""

import time
from dataclasses import dataclass, field

from ingest.extraction.frames import MAX_TEXT
from ingest.extraction.package import BombError, StoppedError

MIB = 1024 * 1024
MAX_DEPTH = 8  # containers around a file; a zip of mails with documents has three
MAX_FILES = 1_000  # parts of one attachment
MAX_UNPACKED = 128 * MIB  # bytes of all files together
FREE = 16 * MIB  # bytes that anything may unpack to
MAX_RATIO = 100  # bytes out for a byte in, beyond that: text packs to a tenth
MAX_TEXTS = 4 * MAX_TEXT  # characters of all files together


@dataclass(slots=True)
class Budget:
    """What is left to be spent on an attachment; `until` is a reading of `time.monotonic`."""

    size: int  # bytes of the attachment
    until: float
    _unpacked: int = field(default=0, init=False)
    _files: int = field(default=0, init=False)
    _texts: int = field(default=0, init=False)

    def unpack(self, size: int) -> None:
        """Spend bytes. Raises BombError beyond any honest size."""
        self._unpacked += size
        if self._unpacked > min(MAX_UNPACKED, max(FREE, self.size * MAX_RATIO)):
            raise BombError

    def begin_file(self) -> None:
        """Spend one file. Raises StoppedError when none is left, or no time."""
        self._files += 1
        if self._files > MAX_FILES:
            raise StoppedError("too-many-parts")
        if time.monotonic() > self.until:
            raise StoppedError("extraction-timed-out")

    def fitting(self, text: str) -> str:
        """Spend characters: the text, or as much of it as is left."""
        kept = text[: MAX_TEXTS - self._texts]
        self._texts += len(kept)
        return kept
