"""Proving that a text names nobody, before it is given to anybody outside.

The Commissioner's form forbids the personal data involved. What we count names nobody; what people
type might. So every page is held against the directory, against the people of the mail and against
all that was matched in it; and a page that fails is not written. The error says where it fails,
never what was found.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from cases.blast import matched, texts
from cases.breach_data import Data, data_of
from detectors import given_names, pupil_list, pupil_on_roll
from detectors.given_names import EVERYDAY
from detectors.names import NOT_A_NAME, agreed
from evidence import written_names
from evidence.letters import seen
from evidence.written_names import written
from people import name_key
from section9 import Finding, Participant, Person, Record, Section9Error

Scan = Callable[[str], Iterable[Finding]]
"""Runs the detectors over a text."""

ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+\.[^\W\d_]")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
TITLES = frozenset("mr mrs miss ms mx dr prof professor rev".split())  # noqa: SIM905 - words read best as words
APART = 3  # words from the first of a name to its last
SHORTEST_WORD, SHORTEST_VALUE, SHORTEST_RUN = 2, 6, 8
IDENTIFYING = frozenset(
    {
        *(Data.BASIC, Data.NUMBERS, Data.CREDENTIALS, Data.FINANCIAL),
        *(Data.DOCUMENTS, Data.LOCATION),
    }
)
"""Kinds of data whose very value tells of somebody."""
_USUAL = frozenset(
    {
        *("academy", "admin", "college", "council", "finance", "governors", "head", "high"),
        *("infant", "info", "junior", "office", "parents", "primary", "reception", "school"),
        *("secondary", "staff", "support", "team", "the", "trust"),
        *("dear", "from", "hello", "kind", "letter", "list", "notice", "regards", "report"),
        *("do", "go", "hr", "me", "my", "of", "pe", "with"),
    }
)
"""Words of shared mailboxes and of every message, which are no names of people."""
_LISTS = frozenset({pupil_list.RULE.id, pupil_on_roll.RULE.id})


class NamedError(Section9Error):
    """Something that is about to be given would name somebody. Nothing was written."""

    exit_code: ClassVar[int] = 11

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} names somebody, or repeats what the mail says of them: "
            "say it again without names, addresses and numbers; nothing was written"
        )
        self.where = where


@dataclass(frozen=True, slots=True)
class Names:
    """What may not appear: names, as `name_key` spells them, and what was matched."""

    whole: frozenset[str] = frozenset()  # first name and surname
    surnames: frozenset[str] = frozenset()  # after a title
    words: frozenset[str] = frozenset()  # of the names of people involved, alone
    values: frozenset[str] = frozenset()  # letters and digits of matches, and of names in the mail
    scan: Scan = field(default=lambda _text: ())

    def require_none(self, typed: Mapping[str, str], pages: Iterable[str]) -> None:
        """Raise `NamedError` where something that was typed, or a whole page, names somebody.

        `typed` are texts by what they are: `the answer to overview`. The pages hold them and words
        of ours, so single words are looked for in what was typed alone.
        """
        for where, text in typed.items():
            if self._names(text) or self._has_word(text) or self._finds(text) or _is_of_one(text):
                raise NamedError(where)
        for page in pages:
            if self._names(page):
                raise NamedError("the page as a whole")

    def _names(self, text: str) -> bool:
        squeezed = plain(seen(text))
        return (
            bool(ADDRESS.search(text))
            or any(value in squeezed for value in self.values)
            or any(self._is_name(one, other) for one, other in _pairs(text))
        )

    def _is_name(self, one: str, other: str) -> bool:
        titled = one in TITLES and other in self.surnames
        return titled or f"{one} {other}" in self.whole or f"{other} {one}" in self.whole

    def _has_word(self, text: str) -> bool:
        capitals = (found[0] for found in WORD.finditer(seen(text)) if found[0][0].isupper())
        return any(
            one in self.words or one in given_names.plain()
            for word in capitals
            for one in _split(_bare(_own(word)))
        )

    def _finds(self, text: str) -> bool:
        """What may be a number of somebody's is not given, however unsure."""
        found = self.scan(text)
        return any(
            one.rule == pupil_on_roll.RULE.id or data_of(one) in IDENTIFYING for one in found
        )


def names(people: Iterable[Person], records: Iterable[Record], *, scan: Scan) -> Names:
    """Gather what may not appear: everybody of the directory, and all that some mail gives away."""
    everybody, mails = [*people], [*records]
    by_address = {one.address: one for one in everybody}
    in_directory = frozenset(name_key(one.name) for one in everybody) - {""}
    involved = {one for record in mails for one in _participants(record)}
    known = {
        name_key(by_address[one.address].name) for one in involved if one.address in by_address
    }
    strangers = {name_key(one.name) for one in involved} - {""}
    wrote = {" ".join(_bare_words(one)) for record in mails for one in written(record)}
    read = {key for record in mails for text in texts(record) for key in _keys(text)}
    listed = {key for record in mails for text in _listed(record) for key in _rows(text)}
    met = known | listed | (read & in_directory)
    schools = {_bare(word) for one in everybody for word in one.school.split()}
    usual = _USUAL | EVERYDAY | NOT_A_NAME | schools
    doubtful = {one for one in strangers | wrote if not usual.issuperset(one.split())}
    runs = {plain(run) for one in met | doubtful for run in _orders(one)}
    values = {value for record in mails for value in _values(record)}
    ends = {" ".join(_ends(one)) for one in wrote & doubtful}
    return Names(
        whole=in_directory | strangers | listed | ends,
        surnames=frozenset(key.rpartition(" ")[2] for key in in_directory),
        words=_words(met) | (_words(strangers | wrote) - usual),
        values=frozenset(values | {run for run in runs if len(run) >= SHORTEST_RUN}),
        scan=scan,
    )


def plain(text: str) -> str:
    """The letters and digits of a text, in one case."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _participants(record: Record) -> Iterator[Participant]:
    parsed = record.parsed
    yield from (*parsed.from_, *parsed.to, *parsed.cc, *parsed.bcc, *parsed.reply_to)


def _words(keys: Iterable[str]) -> frozenset[str]:
    """The words of whole names, apart from initials; both halves of `ibex-kudu` too."""
    halves = (half for key in keys for word in key.split() for half in _split(word))
    return frozenset(half for half in halves if len(half) >= SHORTEST_WORD) - _USUAL


def _split(word: str) -> tuple[str, ...]:
    """A word and, where it has hyphens, what they join."""
    return (word, *word.split("-")) if "-" in word else (word,)


def _bare_words(name: str) -> Iterator[str]:
    return (_bare(_own(found[0])) for found in WORD.finditer(seen(name)))


def _ends(key: str) -> tuple[str, ...]:
    """The first and the last of a name's words."""
    words = key.split()
    return (words[0], words[-1]) if len(words) > 1 else ()


def _orders(key: str) -> Iterator[str]:
    """A whole name run together, in either order."""
    if ends := _ends(key):
        yield "".join(ends)
        yield "".join(ends[::-1])


def _is_of_one(text: str) -> bool:
    """Tell whether a text speaks of somebody by a name that nobody knows: it is read as one."""
    return any(agreed(written_names.parted(text))) or any(agreed(text))


def _keys(text: str) -> Iterator[str]:
    """What of a text may be a whole name, in either order."""
    for one, other in _pairs(text):
        yield f"{one} {other}"
        yield f"{other} {one}"


def _listed(record: Record) -> Iterator[str]:
    """What lists of pupils, and mentions of pupils on the roll, cover."""
    return (matched(record, one) for one in record.current if one.rule in _LISTS)


def _rows(listed: str) -> Iterator[str]:
    """The names that the rows of a list begin with; of the only line where there is one."""
    lines = listed.splitlines()
    for line in lines[1:] or lines:
        if first := next(_pairs(line), None):
            yield " ".join(first)


def _values(record: Record) -> Iterator[str]:
    for one in record.current:
        if data_of(one) in IDENTIFYING and one.rule not in _LISTS:
            value = plain(matched(record, one))
            if len(value) >= SHORTEST_VALUE:
                yield value


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Words with a capital, each with those that follow it closely."""
    capitals = [
        (place, _bare(_own(found[0])))
        for place, found in enumerate(WORD.finditer(seen(text)))
        if found[0][0].isupper()
    ]
    for index, (place, word) in enumerate(capitals):
        for further, other in capitals[index + 1 : index + 1 + APART]:
            if further - place <= APART:
                yield word, other


def _own(word: str) -> str:
    """A word without what says that something is somebody's."""
    return word.removesuffix("'s").removesuffix("’s")


def _bare(word: str) -> str:
    """A word as `name_key` spells it."""
    apart = unicodedata.normalize("NFKD", word).casefold()
    return "".join(char for char in apart if char.isalpha() or char == "-")
