"""Text to `Query`: Lucene syntax, parsed by luqum, in the fields of `fields.py`.

Terms side by side must all match (an investigator adds a word to narrow, not to widen). What
Lucene has and we have not (boosts) is refused by name. Every error points at its character.
Length, depth and terms are bounded.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from luqum import tree as lucene
from luqum.exceptions import ParseError
from luqum.parser import lexer as lucene_lexer
from luqum.thread import parse as parse_lucene

from search.fields import BY_NAME, DEFAULT, Field, nearest
from search.glossary import NOTHING_KNOWN, Glossary
from search.patterns import read_fuzzy, read_near, read_regex, read_wild
from search.terms import (
    FORMS,
    OPEN,
    QUOTE,
    Bound,
    Here,
    QuerySyntaxError,
    Term,
    UnknownFieldError,
    read_range,
    read_term,
)
from search.tree import (
    BARE_OPERATORS,
    STRAIGHT,
    All,
    AnyOf,
    Between,
    Everything,
    Exact,
    Fuzzy,
    Matches,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Sized,
    StartsWith,
    Wild,
    Word,
    all_of,
    any_of,
    clean,
    negate,
    render,
)

__all__ = [
    "All",
    "AnyOf",
    "Between",
    "Everything",
    "Exact",
    "Fuzzy",
    "Matches",
    "Near",
    "Not",
    "Phrase",
    "Prefix",
    "Query",
    "QuerySyntaxError",
    "Sized",
    "StartsWith",
    "UnknownFieldError",
    "Wild",
    "Word",
    "all_of",
    "any_of",
    "clean",
    "negate",
    "parse",
    "render",
]

MAX_LENGTH = 32_768  # characters
MAX_TERMS = 1_000
MAX_DEPTH = 20  # groups, fields and signs inside one another: SQLite parses no deeper than 30

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LITERAL = re.compile(r"(?:\\.|[^\\*?])*", re.DOTALL)
_UNSUPPORTED = {
    "BOOST": "boosting (^) is not supported: results are in order of date",
}
_COUNTS = {"TERM": 1, "PHRASE": 1, "COLUMN": -1}  # what stands before a colon is no term
_LUCENE_SIGNS = {"&&": "AND", "||": "OR", "!": "NOT"}


def parse(
    text: str, glossary: Glossary = NOTHING_KNOWN, fields: Mapping[str, Field] = BY_NAME
) -> Query:
    """Read a query. Raises `QuerySyntaxError`, or `UnknownFieldError` for a field that is none.

    `glossary` says what names of people, schools and days stand for; `fields` what can be asked.
    """
    straight = text.translate(STRAIGHT)
    here = Here(text, fields[DEFAULT], fields, glossary=glossary)
    _check_shape(straight, here)
    try:
        found = parse_lucene(straight)
    except ParseError as error:
        raise _translated(error, here) from error
    return _read(found, here)


# --- before parsing ---------------------------------------------------------------------------


def _check_shape(text: str, here: Here) -> None:
    """Refuse what would be slow, unbalanced or unsupported, before luqum builds its tree."""
    if not text.strip():
        raise here.error(0, "the query is empty", "write * for every message")
    if len(text) > MAX_LENGTH:
        raise here.error(MAX_LENGTH, f"longer than {MAX_LENGTH} characters", "split the query")
    open_at: list[int] = []
    terms = 0
    for kind, position in _tokens(text, here):
        terms += _COUNTS.get(kind, 0)
        if terms > MAX_TERMS:
            raise here.error(position, f"more than {MAX_TERMS} terms", "split the query")
        if kind in _UNSUPPORTED:
            raise here.error(position, _UNSUPPORTED[kind], QUOTE)
        _match_parenthesis(kind, position, open_at, here)
    if open_at:
        raise here.error(open_at[-1], "this parenthesis is never closed", "add a )")


def _tokens(text: str, here: Here) -> list[tuple[str, int]]:
    """Cut the text as luqum will; its lexer keeps state, so each query takes a copy."""
    lexer = lucene_lexer.clone()
    lexer.input(text)
    try:
        return [(token.type, token.lexpos) for token in lexer]
    except ParseError as error:
        raise _translated(error, here) from error


def _match_parenthesis(kind: str, position: int, open_at: list[int], here: Here) -> None:
    if kind == "LPAREN":
        open_at.append(position)
    elif kind == "RPAREN":
        if not open_at:
            raise here.error(position, "this parenthesis was never opened", "remove it or add a (")
        open_at.pop()


def _translated(error: ParseError, here: Here) -> QuerySyntaxError:
    """Turn luqum's error into ours; it tells the position only in its last words."""
    told = re.search(r"position (\d+)!?$", str(error))
    if told is None:
        return here.error(len(here.text), "something is missing", f"finish the query; {FORMS}")
    position = int(told[1])
    if here.text[position : position + 1] in {'"', "“", "”", "„"}:
        return here.error(position, "this quotation mark has no partner", 'add the missing "')
    return here.error(position, "this cannot stand here", QUOTE)


# --- the tree ---------------------------------------------------------------------------------


def _read(node: lucene.Item, here: Here) -> Query:  # noqa: PLR0911 - one return a form
    """Read one node of luqum's tree and all below it."""
    if here.depth > MAX_DEPTH:
        raise here.error(node.pos, f"nested deeper than {MAX_DEPTH}", "use fewer parentheses")
    inner = replace(here, depth=here.depth + 1)
    match node:
        case lucene.BaseGroup(expr=expression):
            return _read(expression, inner)
        case lucene.SearchField(name=name, expr=expression):
            return _read_field(node, name, expression, inner)
        case lucene.AndOperation() | lucene.UnknownOperation():
            return all_of([_read(operand, inner) for operand in node.operands])
        case lucene.OrOperation():
            return any_of([_read(operand, inner) for operand in node.operands])
        case lucene.UnaryOperator(a=operand):
            return _read_sign(node, operand, inner)
        case lucene.Range() | lucene.OpenRange():
            return _read_bounds(node, here)
        case lucene.Word(value=raw):
            return _read_word(raw, node.pos, here)
        case lucene.Phrase(value=raw):
            return read_term(Term(_ESCAPED.sub(r"\1", raw[1:-1]), node.pos, quoted=True), here)
    return _read_pattern(node, here)


def _read_pattern(node: lucene.Item, here: Here) -> Query:
    """Read what stands for more words or values than it says."""
    match node:
        case lucene.Fuzzy(term=lucene.Word(value=raw), degree=degree):
            return read_fuzzy(_plain(raw, node.pos, here), degree, node.pos, here)
        case lucene.Proximity(term=lucene.Phrase(value=raw), degree=degree):
            return read_near(raw[1:-1], degree, node.pos, here)
        case lucene.Regex(value=raw):
            return read_regex(raw, node.pos, here)
    raise here.error(node.pos, "this form is not supported", QUOTE)


def _plain(raw: str, position: int, here: Here) -> str:
    """Take a word's escapes out; it has no wildcards."""
    if _LITERAL.fullmatch(raw) is None:
        raise here.error(position, "a wildcard in a misspelt word", "leave out the ~ or the * or ?")
    return _ESCAPED.sub(r"\1", raw)


def _read_field(node: lucene.Item, name: str, expression: lucene.Item, here: Here) -> Query:
    if here.field.name != DEFAULT:
        raise here.error(node.pos, "a field inside a field", f"close the group first, or {QUOTE}")
    field = here.fields.get(name.lower())
    if field is None:
        raise _unknown_field(node.pos, name, here)
    inside = replace(here, field=field)
    if isinstance(expression, lucene.Word):
        return _read_starred(expression.value, expression.pos, inside)
    return _read(expression, inside)


def _unknown_field(position: int, name: str, here: Here) -> UnknownFieldError:
    meant = nearest(name, list(here.fields))
    known = f"did you mean `{meant}:`? " if meant else f"The fields are {', '.join(here.fields)}. "
    advice = f"{known}If the colon is part of the text, put it in double quotes; {FORMS}"
    return UnknownFieldError(here.text, position, "this is no field", advice)


def _read_sign(node: lucene.Item, operand: lucene.Item, here: Here) -> Query:
    """Read +, - or NOT. A sign with a space after it is a dash of somebody's text."""
    if not isinstance(node, lucene.Not) and operand.head:
        raise here.error(node.pos, "a sign with nothing right after it", QUOTE)
    part = _read(operand, here)
    return part if isinstance(node, lucene.Plus) else negate(part)


def _read_word(raw: str, position: int, here: Here) -> Query:
    """Read a bare word, unless it looks like an operator that was meant and would be missed."""
    if raw in BARE_OPERATORS:
        advice = f'write {raw.upper()} in capitals, or "{raw}" for the word'
        raise here.error(position, "operators are in capitals", advice)
    for sign, operator in _LUCENE_SIGNS.items():
        if raw == sign or (sign == "!" and raw.startswith(sign)):
            raise here.error(position, f"{sign} is not an operator here", f"write {operator}")
    return _read_starred(raw, position, here)


def _read_starred(raw: str, position: int, here: Here) -> Query:
    """Read a word: `word*` is a beginning, `word?` a question, and any other wildcard a pattern."""
    literal = _LITERAL.match(raw)
    written = literal[0] if literal else ""
    wildcards = raw[len(written) :]
    if wildcards.strip("*?"):
        return read_wild(raw.rstrip("?"), position, here)
    term = Term(_ESCAPED.sub(r"\1", written), position, starred="*" in wildcards)
    return read_term(term, here)


def _read_bounds(node: lucene.Item, here: Here) -> Query:
    low, high = _bounds(node, here)
    return read_range(low, high, node.pos, here)


def _bounds(node: lucene.Item, here: Here) -> tuple[Bound, Bound]:
    match node:
        case lucene.From(a=term, include=included):
            return _bound(term, here, included=included), OPEN
        case lucene.To(a=term, include=included):
            return OPEN, _bound(term, here, included=included)
    low = _bound(node.low, here, included=node.include_low)
    return low, _bound(node.high, here, included=node.include_high)


def _bound(node: lucene.Item, here: Here, *, included: bool) -> Bound:
    if not isinstance(node, lucene.Term):
        raise here.error(node.pos, "a range takes no sign", "write it without the -")
    if node.is_wildcard():
        return OPEN
    text = node.value.strip('"')
    return Bound(Term(_ESCAPED.sub(r"\1", text), node.pos), included=included)
