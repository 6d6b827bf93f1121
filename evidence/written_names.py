"""The names of people that mail writes, whether any directory knows them or not.

In running text a name is what has the shape of one and is read as one by what was learnt. In a
subject or a file's name, which are short and speak of one matter, the one opinion is enough.
"""

import re
from collections.abc import Iterator

from cases.blast import texts
from detectors.names import agreed, learnt
from section9 import Record

_PARTED = re.compile(r"[_.\-]+|(?<=[a-z])(?=[A-Z])")
"""What parts words in a file's name: `Ann-Pupil_report.docx`, `AnnPupil.pdf`."""


def written(record: Record) -> Iterator[str]:
    """Give every name that a message writes; linear."""
    subject, *bodies = texts(record)
    for short in (subject, *map(parted, _files(record))):
        yield from learnt(short)
    for text in bodies:
        yield from agreed(text)


def parted(filename: str) -> str:
    """A file's name in words."""
    return _PARTED.sub(" ", filename)


def _files(record: Record) -> Iterator[str]:
    return (part.filename for part in record.parsed.parts if part.filename)
