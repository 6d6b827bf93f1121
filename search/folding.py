"""Which of many messages need not be read one by one: a later one quotes them, or says the same.

Only what was compared as a whole is folded: no message of more than `READ` characters, none with
an attachment that the shown one has not, and none without words. The work is linear in the text;
`cases.grouping` bounds the number of messages. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from search.document import is_body
from search.threads import adopted, base_subject, references
from search.tree import clean
from search.words import words
from section9 import MailId, PartKind, Record

READ = 20_000  # characters of a message
SHINGLE = 5  # words in a row, which few texts share by chance
ALIKE = 0.8  # of the shingles of two messages are in both
BANDS = 16
ROWS = 2  # smallest hashes in a band


class Fold(StrEnum):
    """By what messages are folded into one that stands for them."""

    INCLUSIVE = "inclusive"  # what a later message quotes whole
    NEAR = "near"  # what says all but the same
    THREAD = "thread"  # a conversation


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of a message is compared."""

    mail: MailId
    name: str  # its Message-ID, as `tree.clean` writes it
    answers: tuple[str, ...]  # the Message-IDs that it refers to, the nearest last
    subject: str
    own: tuple[str, ...]  # the words that it does not quote
    shingles: frozenset[int]  # of those; none where it is too long to be compared
    quoted: frozenset[int]
    quotation: str  # the words that it quotes, with blanks around each
    attached: frozenset[str]
    record: Record  # without its parts: what `threads.adopted` asks


Folded = Mapping[MailId, MailId]
"""What is folded, and the message that stands for it."""


def sketch(record: Record, *, slim: Callable[[Record], Record]) -> Sketch:
    """Take out of a record what is compared; `slim` takes its text from what is kept of it."""
    own, quoted = _texts(record)
    whole = len(own) + len(quoted) <= READ
    said, repeated = tuple(words(own[:READ])), tuple(words(quoted[:READ]))
    return Sketch(
        mail=record.mail,
        name=clean(record.parsed.message_id),
        answers=references(record),
        subject=base_subject(record.parsed.subject)[0],
        own=said,
        shingles=frozenset(_shingles(said)) if whole else frozenset(),
        quoted=frozenset(_shingles(repeated)),
        quotation=f" {' '.join(repeated)} ",
        attached=frozenset(p.sha256 for p in record.parsed.parts if p.kind is PartKind.ATTACHMENT),
        record=slim(record),
    )


def folded(sketches: Sequence[Sketch], by: Fold) -> Folded:
    """Say what is folded into what, among messages in the order that they are listed in."""
    match by:
        case Fold.INCLUSIVE:
            return _roots(_quoted_whole(sketches))
        case Fold.NEAR:
            return _near(sketches)
        case Fold.THREAD:
            return _conversations(sketches)


def own_text(record: Record) -> str:
    """The text that a message says itself, as much of it as is read."""
    return _texts(record)[0][:READ]


def _texts(record: Record) -> tuple[str, str]:
    """The text that a message says itself, and the text that it quotes."""
    own, quoted = list[str](), list[str]()
    for part in record.parsed.parts:
        if not is_body(part) or part.repeats:
            continue
        end = 0
        for span in sorted(part.quoted, key=lambda span: span.start):
            own.append(part.text[end : span.start])
            quoted.append(part.text[max(end, span.start) : span.end])
            end = max(end, span.end)
        own.append(part.text[end:])
    return "\n".join(own), "\n".join(quoted)


def _shingles(said: Sequence[str]) -> Iterator[int]:
    """Hash each run of words; of fewer words than that, all of them."""
    for start in range(max(len(said) - SHINGLE + 1, min(len(said), 1))):
        run = " ".join(said[start : start + SHINGLE]).encode()
        yield int.from_bytes(blake2b(run, digest_size=8).digest())


# --- quoted whole -----------------------------------------------------------------------------


def _quoted_whole(sketches: Iterable[Sketch]) -> dict[MailId, MailId]:
    """Say which messages another one that refers to them repeats, word for word."""
    by_name = {one.name: one for one in sketches if one.name}
    found: dict[MailId, MailId] = {}
    for later in by_name.values():
        for name in later.answers:
            earlier = by_name.get(name)
            if earlier and earlier.mail not in found and _repeats(later, earlier):
                found[earlier.mail] = later.mail
    return found


def _repeats(later: Sketch, earlier: Sketch) -> bool:
    if later.mail == earlier.mail or not earlier.attached <= later.attached:
        return False
    if len(earlier.own) < SHINGLE:  # few words are found everywhere: only an answer repeats them
        said = " ".join(earlier.own)
        return bool(said) and later.answers[-1] == earlier.name and f" {said} " in later.quotation
    return bool(earlier.shingles) and earlier.shingles <= later.quoted


def _roots(found: dict[MailId, MailId]) -> Folded:
    """Fold into what is shown: not into what is itself folded. Circles are shown whole."""
    roots: dict[MailId, MailId] = {}
    for mail, above in found.items():
        path, here = [mail], above
        while here in found and here not in roots and here not in path:
            path.append(here)
            here = found[here]
        root = roots.get(here, here)
        roots |= {one: root for one in path if one != root and root not in path}
    return roots


# --- alike ------------------------------------------------------------------------------------


def _near(sketches: Iterable[Sketch]) -> Folded:
    """Fold into the first that is listed of those that are alike."""
    first: dict[tuple[int, ...], Sketch] = {}
    found: dict[MailId, MailId] = {}
    for one in sketches:
        bands = list(_bands(one)) if one.shingles else []
        known = {first[band].mail: first[band] for band in bands if band in first}
        shown = next((other for other in known.values() if _are_alike(one, other)), None)
        if shown:
            found[one.mail] = shown.mail
            continue
        for band in bands:
            first.setdefault(band, one)
    return found


def _bands(one: Sketch) -> Iterator[tuple[int, ...]]:
    """Give what two texts that are alike probably have in common (MinHash, in bands)."""
    slots: dict[int, int] = {}
    for hashed in one.shingles:
        slot = hashed % (BANDS * ROWS)
        slots[slot] = min(hashed, slots.get(slot, hashed))
    for band in range(BANDS):
        rows = tuple(slots.get(band * ROWS + row, 0) for row in range(ROWS))
        if any(rows):
            yield (band, *rows)


def _are_alike(one: Sketch, other: Sketch) -> bool:
    if one.attached != other.attached:
        return False
    if len(one.own) < SHINGLE:
        return (one.own, one.subject) == (other.own, other.subject)
    both = len(one.shingles & other.shingles)
    return both >= ALIKE * len(one.shingles | other.shingles)


# --- conversations ----------------------------------------------------------------------------


def _conversations(sketches: Sequence[Sketch]) -> Folded:
    """Fold each conversation into the first of it that is listed: References, then subjects."""
    parents: dict[str, str] = {}
    for one in sketches:
        for name in (one.name, *one.answers):
            _join(parents, one.mail, name)
    alike: dict[str, list[Record]] = {}
    for one in sketches:
        alike.setdefault(one.subject, []).append(one.record)
    for subject, records in alike.items():
        if subject:
            for child, parent in adopted(records).items():
                _join(parents, child, parent)
    shown: dict[str, MailId] = {}
    found: dict[MailId, MailId] = {}
    for one in sketches:
        first = shown.setdefault(_top(parents, one.mail), one.mail)
        if first != one.mail:
            found[one.mail] = first
    return found


def _join(parents: dict[str, str], one: str, other: str) -> None:
    """Put two names into one set; no name is in none."""
    if other:
        parents[_top(parents, one)] = _top(parents, other)


def _top(parents: dict[str, str], name: str) -> str:
    """The name that stands for a set; the way there is halved as it is gone."""
    while parents.get(name, name) != name:
        parents[name] = parents.get(parents[name], parents[name])
        name = parents[name]
    return name
