"""Text from attachments, by a child process that may die of them.

Documents are the most hostile input there is, and their parsers the least careful code. So they
are read in a process without secrets, with little memory, time or files, that is killed at its
deadline and started anew for the next document. `ingest.extraction` is what it runs.
"""

import signal
import time
from types import TracebackType
from typing import Self

import structlog

from ingest import confined
from ingest.extraction import kinds, plain
from ingest.extraction.frames import (
    NOT_TEXT,
    Extracted,
    Task,
    bounded,
    receive,
    send,
)

__all__ = ["Extracted", "Extractor"]

MEMORY = 320 * 1024 * 1024  # bytes of data; some 80 MB of program text come on top
SECONDS = 20.0
MAX_REPLY = 64 * 1024 * 1024  # bytes of JSON; the texts of one attachment are 8 million characters
TIMED_OUT = Extracted("", "extraction-timed-out", hides=True)
FAILED = Extracted("", "extraction-failed", hides=True)

log = structlog.get_logger()


class Extractor:
    """Extracts text, one attachment at a time. Not for sharing between threads or processes.

    `memory` is in bytes and bounds the child's data (RLIMIT_DATA); `seconds` is what one document
    may take, start of the child included; `tesseract` is the path of the program that reads
    writing in pictures, empty for none. The child starts on first use and ends with `close`.
    """

    def __init__(
        self, *, memory: int = MEMORY, seconds: float = SECONDS, tesseract: str = ""
    ) -> None:
        self._memory = memory
        self._seconds = seconds
        self._tesseract = tesseract
        self._child: confined.Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child. The next `extract` would start another."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def extract(self, content: bytes, *, media_type: str, filename: str) -> Extracted:
        """The text of an attachment, and of the files inside it; see `DefectCode`.

        What the bytes are decides how they are read; `media_type` and `filename`, which a sender
        chooses, only tell kinds of text apart. Never raises on content.
        """
        kind = kinds.harmless(content, media_type=media_type, filename=filename)
        if kind is not None and not (self._tesseract and kind is kinds.Kind.PICTURE):
            return bounded(plain.read_text(content)) if kind is kinds.Kind.TEXT else NOT_TEXT
        head = Task(_plain(media_type), _plain(filename))
        worn = self._child is not None
        got = self._attempt(head, content)
        if got is FAILED and worn:  # earlier documents may have left it too little memory
            got = self._attempt(head, content)
        return got

    def _attempt(self, head: Task, content: bytes) -> Extracted:
        child = self._running()
        try:
            return _ask(child, head, content, deadline=time.monotonic() + self._seconds)
        except TimeoutError:
            lost = TIMED_OUT
        except (EOFError, OSError, ValueError):
            lost = FAILED
        except BaseException:  # such as KeyboardInterrupt: its reply would answer the next
            self.close()
            raise
        return self._lost(child, lost)

    def _running(self) -> confined.Child:
        if self._child is not None and not self._child.alive:
            self.close()
        if self._child is None:
            self._child = confined.Child(
                "ingest.extraction", str(self._memory), str(self._seconds), self._tesseract
            )
        return self._child

    def _lost(self, child: confined.Child, lost: Extracted) -> Extracted:
        status = child.stop()
        self._child = None
        if status == -signal.SIGXCPU:
            lost = TIMED_OUT
        log.warning("extractor-lost", defect=lost.defect_code, status=status)
        return lost


def _ask(child: confined.Child, head: Task, content: bytes, *, deadline: float) -> Extracted:
    """One document, its text. Raises TimeoutError; EOFError, OSError, ValueError if lost."""
    send(child.socket, head, content, deadline=deadline)
    return receive(child.socket, Extracted, max_head=MAX_REPLY, deadline=deadline)[0]


def _plain(name: str) -> str:
    """A name in ASCII, cut from the left: only its end says a type."""
    return name[-255:].encode("ascii", "replace").decode()
