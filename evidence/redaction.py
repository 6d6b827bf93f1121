"""Redaction: taking out of a message what is not disclosed. Burnt in: the text is gone. Pure.

What is decided of one text of a message holds for all of them: the same words are taken out of
its headers, its bodies and the text of its attachments, however they are capitalised or accented
and whatever stands between them or nothing, so that `Ann Pupil` goes from `ann.pupil@home.example`
and `AnnPupil.pdf` too. What stands instead is `[redacted: CODE]`. The original is no part of what
comes out.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.redaction_events import Code, Redaction
from cases.telling import names
from evidence.letters import WORD, bare, key
from section9 import PartId, Record

Beginning = tuple[str, ...]
Texts = Mapping[PartId, str]
"""Every text of a message that is disclosed, by its part; headers go by their names."""

QUOTED = re.compile(r"\n[> \t]+")  # the beginning of a line in what is answered
SHORTEST = 3  # letters and digits of what is looked for elsewhere
SUBJECT = PartId("subject")


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Words, one after another, that are taken out wherever they stand."""

    words: tuple[str, ...]  # by their keys
    alike: str  # how a single word is written, or in capitals; empty: in any way
    address: bool  # it has an address's marks between its words
    code: Code


def texts(record: Record) -> dict[PartId, str]:
    """Every text of a message, and its headers, that a disclosure shows."""
    parsed = record.parsed
    headers = {
        "from": names(parsed.from_),
        "to": names(parsed.to),
        "cc": names(parsed.cc),
        "bcc": names(parsed.bcc),
        "reply-to": names(parsed.reply_to),
        SUBJECT: parsed.subject,
    }
    found = {PartId(name): text for name, text in headers.items() if text}
    for part in parsed.parts:
        if part.filename:
            found[name_of(part.id)] = part.filename
        if part.text and not part.repeats:
            found[part.id] = part.text
    return found


def name_of(part: PartId) -> PartId:
    """The part that the file name of an attachment goes by."""
    return PartId(f"{part}.name")


def burn(whole: Texts, redactions: Sequence[Redaction]) -> dict[PartId, str]:
    """Every text with what was decided taken out, and the same words wherever else they stand.

    Linear in the texts. Offsets beyond a text's end are cut to it.
    """
    wanted = _wanted(whole, redactions)
    decided: dict[PartId, list[Redaction]] = defaultdict(list)
    for one in redactions:
        decided[one.part].append(one)
    return {
        part: _burnt(text, [*decided[part], *_found(part, text, wanted)])
        for part, text in whole.items()
    }


def mark(code: Code) -> str:
    """What stands where something was."""
    return f"[redacted: {code}]"


def _burnt(text: str, redactions: Iterable[Redaction]) -> str:
    pieces: list[str] = []
    end = 0
    for one in sorted(redactions, key=lambda one: (one.start, -one.end)):
        if one.end <= end or one.start >= min(one.end, len(text)):
            continue
        if one.start >= end:
            pieces += [text[end : one.start], mark(one.code)]
        end = one.end
    return "".join((*pieces, text[end:]))


def _wanted(whole: Texts, redactions: Iterable[Redaction]) -> Mapping[Beginning, Sequence[_Wanted]]:
    """What to look for everywhere, by its first two words, or its only one."""
    found: dict[Beginning, dict[_Wanted, None]] = defaultdict(dict)
    for one in redactions:
        written = whole.get(one.part, "")[one.start : one.end]
        words = tuple(word.text for word in _words(written))
        if sum(map(len, words)) < SHORTEST:
            continue
        alike = bare(written.strip()) if len(words) == 1 else ""
        for order in _orders(words):
            found[order[:2]][_Wanted(order, alike, "@" in written, one.code)] = None
    return {beginning: tuple(some) for beginning, some in found.items()}


def _orders(words: Beginning) -> set[Beginning]:
    """Words one after another; two in either order, `Pupil, Ann`; and written as one."""
    orders = {words, words[::-1]} if len(words) == 2 else {words}  # noqa: PLR2004 - a name's two
    return orders | {("".join(order),) for order in orders}


def _found(
    part: PartId, text: str, wanted: Mapping[Beginning, Sequence[_Wanted]]
) -> Iterator[Redaction]:
    if not wanted:
        return
    words = list(_words(text))
    for place, word in enumerate(words):
        following = words[place + 1].text if place + 1 < len(words) else ""
        beginnings = ((word.text,), (word.text, following))
        for one in (each for beginning in beginnings for each in wanted.get(beginning, ())):
            last = words[place : place + len(one.words)]
            if tuple(each.text for each in last) == one.words and _is_one(text, last, one):
                yield Redaction(part, word.start, last[-1].end, one.code)


def _is_one(text: str, words: Sequence[_Word], wanted: _Wanted) -> bool:
    """Tell whether words stand together: no name runs from a person into an address.

    A single word is one of many meanings: it goes where it is written alike, or in capitals.
    """
    if len(words) == 1:
        written = bare(text[words[0].start : words[0].end])
        return not wanted.alike or written in wanted.alike or written.isupper()
    if wanted.address:
        return True
    between = (text[one.end : other.start] for one, other in pairwise(words))
    return not any(mark in QUOTED.sub("", gap) for gap in between for mark in "<>@")


def _words(text: str) -> Iterator[_Word]:
    return (_Word(*found.span(), key(found[0])) for found in WORD.finditer(text))
