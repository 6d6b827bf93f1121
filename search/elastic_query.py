"""`Query` to a clause of Elasticsearch's query language, one `match` over the tree.

Everything is a filter: nothing is scored, for pages are in order of date.
"""

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from search import tree
from search.dates import stamp
from search.elastic_document import fitting, name_form, prose_form
from search.fields import BY_NAME, FINDING_FIELDS, PROSE_COLUMNS
from search.order import ranks
from search.sizes import figure

Clause = dict[str, Any]

NESTING = 16
"""Clauses inside one another before the rest is wrapped: a server parses no more than 30."""
EXPANSIONS = 2**31 - 1
"""Words that the end of a phrase may begin: all of them, or a search would miss mail silently."""


def clause(query: tree.Query, *, depth: int = 0) -> Clause:
    """Translate a query."""
    if depth == NESTING:
        return _wrapped(query)
    match query:
        case tree.AnyOf(()):
            return {"match_none": {}}
        case tree.All(parts):
            return _all(parts, depth + 1)
        case tree.AnyOf(parts):
            return _any(parts, depth + 1)
        case tree.Not():
            return _all((query,), depth + 1)
    return _leaf(query)


def _leaf(leaf: tree.Leaf) -> Clause:  # noqa: PLR0911 - one branch a form
    if isinstance(leaf, tree.Worded):
        return _worded(leaf)
    match leaf:
        case tree.Everything():
            return {"match_all": {}}
        case tree.Exact(field, value):
            return _exactly(field, [value])
        case tree.Matches(field, expression):
            asked = {"value": expression, "flags": "NONE"}
            return _valued(field, {"regexp": {path(field): asked}})
        case tree.StartsWith(field, value):
            return _starting(field, value)
        case tree.Between("date", low, high):
            return _between(low, high)
        case tree.Between(field, low, high):
            return _ordered(field, stamp(low) if low else None, stamp(high) if high else None)
        case tree.Sized(field, low, high):
            return _ordered(field, *(None if end is None else figure(end) for end in (low, high)))


def _worded(leaf: tree.Worded) -> Clause:  # noqa: PLR0911 - one branch a form
    match leaf:
        case tree.Word(field, word):
            return _words(field, [word])
        case tree.Phrase(field, words):
            return _phrase(field, words, {"type": "phrase"})
        case tree.Prefix(field, (start,)):
            return _begun(field, start)
        case tree.Prefix(field, words):
            return _phrase(field, words, {"type": "phrase_prefix", "max_expansions": EXPANSIONS})
        case tree.Near(field, words, distance):
            return _near(field, words, distance)
        case tree.Wild(field, pattern):
            return _looking(field, "wildcard", {"value": pattern})
        case tree.Fuzzy(field, word, edits):
            # Every word within reach, not the likeliest few.
            asked = {"value": word, "fuzziness": edits, "rewrite": "constant_score"}
            return _looking(field, "fuzzy", asked)


def _wrapped(query: tree.Query) -> Clause:
    """Hide a clause from the parser's count of depth: it is parsed afresh when it runs."""
    inner = msgspec.json.encode(clause(query))
    return {"wrapper": {"query": base64.b64encode(inner).decode()}}


def _all(parts: Iterable[tree.Query], depth: int) -> Clause:
    wanted = [clause(part, depth=depth) for part in parts if not isinstance(part, tree.Not)]
    unwanted = [clause(part.part, depth=depth) for part in parts if isinstance(part, tree.Not)]
    return {"bool": {"filter": wanted, "must_not": unwanted}}


def _any(parts: Iterable[tree.Query], depth: int) -> Clause:
    """Translate the parts, any of several values or words of a field as one."""
    values: dict[str, list[str]] = {}
    words: dict[str, list[str]] = {}
    others: list[Clause] = []
    for part in parts:
        match part:
            case tree.Exact(field, value):
                values.setdefault(field, []).append(value)
            case tree.Word(field, word):
                words.setdefault(field, []).append(word)
            case _:
                others.append(clause(part, depth=depth))
    grouped = [_exactly(field, found) for field, found in values.items()]
    grouped += [_words(field, found) for field, found in words.items()]
    return _either(grouped + others)


def _either(clauses: Iterable[Clause]) -> Clause:
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


# --- words ------------------------------------------------------------------------------------


def _begun(field: str, start: str) -> Clause:
    columns = BY_NAME[field].columns
    return _either({"prefix": {f"words.{column}": fitting(start)}} for column in columns)


def _words(field: str, found: Iterable[str]) -> Clause:
    """Look for any of some words: by their stems in prose, as they stand among names."""
    columns = set(BY_NAME[field].columns)
    forms = set[str]()
    for word in map(fitting, found):
        if not columns.isdisjoint(PROSE_COLUMNS):
            forms.add(prose_form(word))
        if not columns.issubset(PROSE_COLUMNS):
            forms.add(name_form(word))
    return {"terms": {f"forms.{field}": sorted(forms)}}


def _looking(field: str, kind: str, asked: Clause) -> Clause:
    """Look for any word of a kind."""
    return _either({kind: {f"words.{column}": asked}} for column in BY_NAME[field].columns)


def _near(field: str, words: Iterable[str], distance: int) -> Clause:
    each = [{"match": {"query": fitting(word)}} for word in words]
    wanted = {"all_of": {"intervals": each, "max_gaps": distance, "ordered": False}}
    return _either({"intervals": {f"words.{column}": wanted}} for column in BY_NAME[field].columns)


def _phrase(field: str, words: Iterable[str], kind: Clause) -> Clause:
    columns = [f"words.{column}" for column in BY_NAME[field].columns]
    text = " ".join(map(fitting, words))
    return {"multi_match": {"query": text, "fields": columns, **kind}}


# --- values and dates -------------------------------------------------------------------------


def _between(low: datetime | None, high: datetime | None) -> Clause:
    newest, oldest = ranks(low, high)
    return {"range": {"rank": {"gt": newest, "lte": oldest}}}


def _ordered(field: str, low: str | None, high: str | None) -> Clause:
    """Compare moments and sizes, kept as values in order, of which a mail may have several."""
    bounds = {"gte": low, "lt": high}
    return _valued(field, {"range": {path(field): {k: v for k, v in bounds.items() if v}}})


def _exactly(field: str, values: list[str]) -> Clause:
    return _valued(field, {"terms": {path(field): values}})


def _starting(field: str, value: str) -> Clause:
    if not value:
        return _valued(field, {"exists": {"field": path(field)}})
    return _valued(field, {"prefix": {path(field): value}})


def path(field: str) -> str:
    """Say where a document keeps a field's exact values."""
    if field == "id":
        return "id"
    return f"findings.{field}" if field in FINDING_FIELDS else f"values.{field}"


def _valued(field: str, inner: Clause) -> Clause:
    if field in FINDING_FIELDS:
        return {"nested": {"path": "findings", "query": inner}}
    return inner
