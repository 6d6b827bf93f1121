"""A record as Elasticsearch takes it in, and the mapping that says so.

Our own Python cuts and stems the words, so that every engine indexes the very same ones, and
Elasticsearch only takes them in (docs/decisions/0009-words-are-cut-once.md):

- `words.COLUMN`: the words as they stand, for phrases and beginnings;
- `forms.FIELD`: what a plain word is looked for by: stems in prose, the word itself in names;
- `values.FIELD`: exact values and addresses;
- `findings`: nested, so that what one finding says stays together;
- `record`: the record itself, stored and not searched.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from search.document import SEAM, Document, document
from search.fields import FIELDS, FINDING_FIELDS, PROSE_COLUMNS, TEXT_COLUMNS, Kind
from search.order import rank
from search.tree import clean
from search.words import MIN_ROOT, root, stem, words
from section9 import Finding, Record

FORMAT = f"9/{unicodedata.unidata_version}"
"""Changes with the mapping, with `document.py`, and with Python's idea of a letter."""

VALUE_FIELDS = tuple(f.name for f in FIELDS if f.whole and f.name not in FINDING_FIELDS)
WORD_FIELDS = tuple(f.name for f in FIELDS if f.kind in {Kind.TEXT, Kind.PEOPLE})

LONGEST = 32_765
"""Bytes of a word: Lucene takes no term beyond 32,766, and a form has one character more."""
_SURELY_FITS = LONGEST // 4  # characters; UTF-8 makes four bytes of one at most

Json = dict[str, Any]


# --- words ------------------------------------------------------------------------------------


def fitting(word: str) -> str:
    """Cut a word to what Lucene takes; in a text and in a query alike."""
    if len(word) <= _SURELY_FITS:
        return word
    return word.encode()[:LONGEST].decode(errors="ignore")


@lru_cache(maxsize=100_000)
def prose_form(word: str) -> str:
    """Give what a word of running text is looked for by: its stem, if English inflects it."""
    return stem(word) if len(root(word)) >= MIN_ROOT else name_form(word)


def name_form(word: str) -> str:
    """Give what a word of a name is looked for by: itself, marked so that it is no stem."""
    return f"={word}"


# --- documents --------------------------------------------------------------------------------


def body(record: Record) -> Json:
    """Write the document of a record."""
    seen = document(record)
    texts = {
        column: list(_cut(text)) for column, text in zip(TEXT_COLUMNS, seen.texts, strict=True)
    }
    return {
        "id": record.mail,
        "rank": rank(record.date),
        "month": month(record.date) if record.date else None,
        "words": {column: " ".join(text) for column, text in texts.items() if text},
        "forms": _forms(texts),
        "values": _values(seen),
        "sightings": [sighting.id for sighting in record.sightings],
        "findings": list(_findings(record.current)),
        "record": record,
    }


def month(date: datetime) -> str:
    """Name the month of a moment, in UTC: `2026-03`."""
    return date.astimezone(UTC).isoformat()[:7]


def _cut(text: str) -> Iterator[str]:
    """Yield the words of a text, with a seam between its pieces."""
    for number, piece in enumerate(text.split(SEAM)):
        if number:
            yield SEAM
        found = words(piece)
        longest = max(found, key=len, default="")
        yield from found if len(longest) <= _SURELY_FITS else map(fitting, found)


def _forms(texts: dict[str, list[str]]) -> dict[str, list[str]]:
    by_column = {
        column: {
            prose_form(word) if column in PROSE_COLUMNS else name_form(word)
            for word in set(text) - {SEAM}
        }
        for column, text in texts.items()
    }
    gathered = {
        f.name: set().union(*(by_column[column] for column in f.columns))
        for f in FIELDS
        if f.name in WORD_FIELDS
    }
    return {name: sorted(forms) for name, forms in gathered.items() if forms}


def _values(seen: Document) -> dict[str, list[str]]:
    gathered: dict[str, list[str]] = {}
    for field in FIELDS:
        if field.name in VALUE_FIELDS:
            found = {value for column, value in seen.values if column in field.columns}
            gathered[field.name] = sorted(found)
    return {name: values for name, values in gathered.items() if values}


def _findings(findings: Iterable[Finding]) -> Iterator[Json]:
    """Yield what the findings say, each once: where they stand is for the record to tell."""
    said = {
        (clean(f.rule), f.category, clean(f.clause), f.confidence, str(f.severity))
        for f in findings
    }
    for one in sorted(said):
        yield dict(zip(FINDING_FIELDS, one, strict=True))


# --- the mapping ------------------------------------------------------------------------------


def mapping() -> Json:
    """Say what each part of a document is. Nothing else is let in."""
    term = {"type": "keyword", "doc_values": False, "norms": False}
    value = {"type": "keyword"}
    # Every beginning of one or two letters is indexed: too many words have it to be listed.
    text = {
        "type": "text",
        "analyzer": "words",
        "norms": False,
        "index_prefixes": {"min_chars": 1, "max_chars": 2},
    }
    return {
        "dynamic": "strict",
        "_source": {"includes": ["record"]},
        "properties": {
            "id": value,
            "rank": {"type": "long"},
            "month": value,
            "words": _all(dict.fromkeys(TEXT_COLUMNS, text)),
            "forms": _all(dict.fromkeys(WORD_FIELDS, term)),
            "values": _all(dict.fromkeys(VALUE_FIELDS, value)),
            "sightings": value,
            "findings": {"type": "nested", **_all(dict.fromkeys(FINDING_FIELDS, value))},
            "record": {"type": "object", "enabled": False},
        },
    }


def _all(properties: Json) -> Json:
    return {"dynamic": "strict", "properties": properties}


def analysis() -> Json:
    """Split between blanks and leave the words alone: they are folded already."""
    return {
        "analyzer": {"words": {"type": "custom", "tokenizer": "blanks"}},
        "tokenizer": {"blanks": {"type": "whitespace", "max_token_length": LONGEST}},
    }
