"""What a reader sees of a hit: the piece of text around the first match, and marks on matches.

Marks are character spans, never markup: what shows them decides how. The work on one message is
bounded, so a match deep inside a long attachment may go unmarked; it is found all the same.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice, takewhile

from search.document import flags, is_body
from search.expressions import compiled, of_wildcards
from search.fields import BY_NAME, PROSE_COLUMNS
from search.index import Excerpt, Hit
from search.tree import All, AnyOf, Fuzzy, Near, Phrase, Prefix, Query, Wild, Word, Worded
from search.words import WORD, folded, root, stem
from section9 import Part, PartKind, Record, Span

MAX_READ = 100_000  # characters of one text
WIDTH = 200  # characters of an excerpt
LEAD = 60  # of those, before the first match
FOLDED = " […] "  # stands for a quotation
MAX_NAMES = 3
MAX_BEGINNINGS = 100  # looked for at once; where there are more, every word is looked at


@dataclass(slots=True)
class Terms:
    """What to mark in one column, gathered from a query's parts that must or may match."""

    stems: set[str] = field(default_factory=set)
    roots: set[str] = field(default_factory=set)  # how a word with one of the stems begins
    phrases: dict[str, list[Phrase | Prefix]] = field(default_factory=dict)  # by first word
    starts: list[str] = field(default_factory=list)  # prefixes of one word
    looks: list[Callable[[str], bool]] = field(default_factory=list)  # of patterns and misspellings

    def suspects(self) -> re.Pattern[str]:
        """Match the words of a folded text that may have to be marked."""
        beginnings = {*self.roots, *self.starts, *self.phrases}
        if self.looks or len(beginnings) > MAX_BEGINNINGS:
            return WORD
        # A literal first, and only then a look behind it, is what the regex engine finds fast.
        alone = (rf"{one}(?<![^\W_]{one})" for one in map(re.escape, sorted(beginnings)))
        return re.compile(rf"(?:{'|'.join(alone)})[^\W_]*" if beginnings else r"(?!)")


Marking = dict[str, Terms]


def marking(query: Query) -> Marking:
    """Gather a query's terms by column, once for all the hits of a page."""
    gathered: Marking = {}
    for leaf in _shown(query):
        for column in BY_NAME[leaf.field].columns:
            _add(gathered.setdefault(column, Terms()), leaf, column)
    return gathered


def _shown(query: Query) -> Iterator[Worded]:
    if isinstance(query, All | AnyOf):
        for part in query.parts:
            yield from _shown(part)
    elif isinstance(query, Worded):
        yield query


def _add(terms: Terms, leaf: Worded, column: str) -> None:
    match leaf:
        case Word(_, word) if column in PROSE_COLUMNS:
            terms.stems.add(stem(word))
            terms.roots.add(root(word))
        case Word(name, word):
            terms.phrases.setdefault(word, []).append(Phrase(name, (word,)))
        case Prefix(_, (start,)):
            terms.starts.append(start)
        case Phrase(_, (first, *_)) | Prefix(_, (first, *_)):
            terms.phrases.setdefault(first, []).append(leaf)
        case Near(name, near, _):
            for word in near:
                terms.phrases.setdefault(word, []).append(Phrase(name, (word,)))
        case Wild(_, pattern):
            terms.looks.append(compiled(of_wildcards(pattern)))
        case Fuzzy(_, word, edits):
            terms.looks.append(partial(_is_spelt_like, word, edits))


def _is_spelt_like(meant: str, edits: int, word: str) -> bool:
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - only a misspelt word pays for it

    return OSA.distance(meant, word, score_cutoff=edits) <= edits


def hit(record: Record, marks: Marking) -> Hit:
    """Make what a listing shows of a record."""
    parsed = record.parsed
    people = [one.name or one.address for one in (*parsed.to, *parsed.cc, *parsed.bcc)]
    named = {one.address for one in (*parsed.to, *parsed.cc, *parsed.bcc)}
    proven = {one.address for sighting in record.sightings for one in sighting.recipients}
    people += sorted(proven - named)
    return Hit(
        mail=record.mail,
        date=record.date,
        from_=next((one.name or one.address for one in parsed.from_), ""),
        to=tuple(people[:MAX_NAMES]),
        recipients=len(people),
        subject=_whole("subject", parsed.subject, marks),
        excerpt=_excerpt(record, marks),
        findings=tuple(sorted({one.rule for one in record.current if flags(one)})),
        copies=len(record.sightings),
        attachments=sum(part.kind is PartKind.ATTACHMENT for part in parsed.parts),
        deleted=any(sighting.deleted for sighting in record.sightings),
        opaque=any(defect.hides for defect in parsed.defects),
    )


def beginning(record: Record) -> Hit:
    """Make what a conversation shows of a record: its own words from the first, nothing quoted."""
    bodies = (part for part in record.parsed.parts if is_body(part))
    own = next((text for part in bodies if (text := _unquoted(part).strip())), "")
    line, _ = _on_one_line(own, (), Span(0, min(len(own), WIDTH)))
    return replace(hit(record, {}), excerpt=Excerpt("body", line))


def _unquoted(part: Part) -> str:
    """The first of a part's text that is not quoted."""
    pieces, end, text = [], 0, part.text[:MAX_READ]
    for quoted in sorted(part.quoted, key=lambda span: span.start):
        pieces.append(text[end : quoted.start])
        end = max(end, quoted.end)
    return "".join((*pieces, text[end:]))


def _folded_quotes(part: Part) -> str:
    """A part's text with a sign in the place of each quotation."""
    pieces, end, text = [], 0, part.text[:MAX_READ]
    for quoted in sorted(part.quoted, key=lambda span: span.start):
        if quoted.start >= end:
            pieces += [text[end : quoted.start], FOLDED]
        end = max(end, quoted.end)
    return "".join((*pieces, text[end:]))


def _whole(column: str, text: str, marks: Marking) -> Excerpt:
    text = text[:MAX_READ]
    found = _find(text, marks.get(column, Terms()))
    return Excerpt(column, *_on_one_line(text, found, Span(0, len(text))))


def _excerpt(record: Record, marks: Marking) -> Excerpt:
    """Cut around the first match in what a message says itself, then in what else it has.

    That is what it quotes, an attachment or its name; without a match, how it begins.
    """
    texts = list(_texts(record))
    for column, text in texts:
        found = _find(text, marks.get(column, Terms()))
        first = next(found, None)
        if first:
            start = max(0, first.start - LEAD)
            window = _of_whole_words(text, Span(start, min(len(text), start + WIDTH)), first)
            near = takewhile(lambda mark: mark.start < window.end, found)  # noqa: B023 - read here
            return Excerpt(column, *_on_one_line(text, [first, *near], window))
    column, text = texts[0] if texts else ("body", "")
    window = _of_whole_words(text, Span(0, min(len(text), WIDTH)), Span(0, 0))
    return Excerpt(column, *_on_one_line(text, [], window))


def _of_whole_words(text: str, window: Span, shown: Span) -> Span:
    """A window without the words that its ends cut, as far as what is to be shown lets it."""
    start, end = window.start, window.end
    if start and not text[start - 1].isspace():
        spaces = (place for place in range(start, shown.start) if text[place].isspace())
        start = next(spaces, start - 1) + 1
    if end < len(text) and not text[end].isspace():
        end = next((p for p in range(end - 1, shown.end, -1) if text[p].isspace()), end)
    return Span(start, end)


def _texts(record: Record) -> Iterator[tuple[str, str]]:
    parts = record.parsed.parts
    bodies = [part for part in parts if is_body(part) and part.text]
    yield from (("body", _folded_quotes(part)) for part in bodies if part.quoted)
    yield from (("body", part.text[:MAX_READ]) for part in bodies)
    for part in parts:
        if not is_body(part):
            yield "attachment", part.text[:MAX_READ]
        if part.filename:
            yield "filename", part.filename


def _find(text: str, terms: Terms) -> Iterator[Span]:
    """Yield what to mark in a text, in order."""
    if terms == Terms():
        return
    seen = folded(text)
    for suspect in terms.suspects().finditer(seen.text):
        if end := _end(suspect, terms):
            yield Span(seen.places[suspect.start()], seen.places[end - 1] + 1)


def _end(suspect: re.Match[str], terms: Terms) -> int:
    """Give the end of what is to be marked from this word on; 0 where nothing is."""
    word = suspect[0]
    ends = [0]
    if word.startswith((*terms.starts,)) or (
        word.startswith((*terms.roots,)) and stem(word) in terms.stems
    ):
        ends.append(suspect.end())
    ends += (suspect.end() for looks in terms.looks if looks(word))
    ends += (_phrase_end(suspect, phrase) for phrase in terms.phrases.get(word, ()))
    return max(ends)


def _phrase_end(suspect: re.Match[str], phrase: Phrase | Prefix) -> int:
    """Give the end of a phrase if it begins with this word, else 0."""
    following = WORD.finditer(suspect.string, suspect.start())
    found = list(islice(following, len(phrase.words)))
    here = [match[0] for match in found]
    if isinstance(phrase, Prefix) and len(here) == len(phrase.words):
        here[-1] = here[-1][: len(phrase.words[-1])]
    return found[-1].end() if here == list(phrase.words) else 0


def _on_one_line(text: str, marks: Iterable[Span], window: Span) -> tuple[str, tuple[Span, ...]]:
    """Cut a window out of a text, each run of white space made one space, and move the marks."""
    kept = [
        place
        for place in range(window.start, window.end)
        if not (text[place].isspace() and place > window.start and text[place - 1].isspace())
    ]
    line = "".join(" " if text[place].isspace() else text[place] for place in kept)
    moved = {place: new for new, place in enumerate(kept)}
    spans = (
        Span(moved[mark.start], moved[mark.end - 1] + 1)
        for mark in marks
        if window.start <= mark.start and mark.end <= window.end
    )
    return line, tuple(spans)
