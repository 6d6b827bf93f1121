"""Looking through files and texts that are not archived: what `section9 detect` runs.

As `python -m ingest.looking FD` it is a process of its own, which speaks JSON with whoever started
it: the settings first, then lists of what to look through, each answered one by one.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from detectors.roll import Roll
from detectors.roll_file import ROLL_FILE
from detectors.scan import Scanner
from ingest.attachments import Extractor
from ingest.jobs import Look, LookSettings, Seen
from ingest.reader import Reader
from people import Directory


@contextmanager
def opened(settings: LookSettings) -> Iterator[Reader]:
    """Open a reader with these settings in this process."""
    people = Path(settings.people)
    directory = Directory(people)
    scanner = Scanner(
        person=directory.person,
        named=directory.named,
        roll=Roll(people.with_name(ROLL_FILE)),
        domains=frozenset(settings.domains),
        agreed=settings.agreed,
        exempt=settings.exempt,
    )
    with Extractor(tesseract=settings.tesseract) as extractor:
        yield Reader(extractor=extractor, scanner=scanner)


def seen(reader: Reader, look: Look) -> Seen:
    """Look through one text or file."""
    if look.text is not None:
        return Seen(reader.scanner.scan_text(look.text))
    if look.content is not None:
        return Seen(reader.findings(look.content))
    try:
        content = Path(os.fsdecode(look.path)).read_bytes()
    except OSError as error:
        return Seen(error=error.errno or errno.EIO)
    except ValueError:  # a NUL in the path
        return Seen(error=errno.EINVAL)
    return Seen(reader.findings(content))


def main(descriptor: int) -> None:
    """Answer whoever is at the other end of a socket until it closes."""
    with Connection(descriptor) as asking:
        settings = msgspec.json.decode(asking.recv_bytes(), type=LookSettings)
        decoder = msgspec.json.Decoder(list[Look])
        with opened(settings) as reader:
            while True:
                for one in decoder.decode(asking.recv_bytes()):
                    asking.send_bytes(msgspec.json.encode(seen(reader, one)))


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except (EOFError, BrokenPipeError):  # whoever asked has gone
        sys.exit(0)
