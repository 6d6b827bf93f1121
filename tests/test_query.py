"""Text becomes a query, or an error that helps."""

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.fields import DEFAULT, FIELDS, SYNTAX, TEXT_COLUMNS, Field, Kind
from search.glossary import Glossary
from search.query import MAX_DEPTH, MAX_LENGTH, MAX_TERMS, parse
from search.terms import QuerySyntaxError, UnknownFieldError
from search.tree import (
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
    StartsWith,
    Wild,
    Word,
    all_of,
    any_of,
    clean,
    negate,
    render,
)
from search.words import WORD, fold, folded, root, stem, words


def text(word: str) -> Word:
    return Word(DEFAULT, word)


def day(year: int, month: int = 1, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


KNOWN = Glossary(
    today=date(2026, 11, 23),
    addresses=dict.fromkeys(("person", "school"), lambda _: ("j.doe@school.example",)),
)
A, B, C, D = text("a"), text("b"), text("c"), text("d")

READINGS: list[tuple[str, Query]] = [
    # words and phrases
    ("meeting", text("meeting")),
    ("Straße", text("strasse")),
    ("CAFÉ", text("cafe")),
    ('"meeting"', Phrase(DEFAULT, ("meeting",))),
    ("“annual review”", Phrase(DEFAULT, ("annual", "review"))),
    ("O'Brien", Phrase(DEFAULT, ("o", "brien"))),
    ("O’Brien", Phrase(DEFAULT, ("o", "brien"))),
    ("well-being", Phrase(DEFAULT, ("well", "being"))),
    ("and/or", Phrase(DEFAULT, ("and", "or"))),
    ("#year7", text("year7")),
    ("why?", text("why")),
    ("safeg*", Prefix(DEFAULT, ("safeg",))),
    ('"safeg*"', Phrase(DEFAULT, ("safeg",))),
    ("日本", Phrase(DEFAULT, ("日", "本"))),
    (r"a\:b", Phrase(DEFAULT, ("a", "b"))),
    # patterns
    ("sch*l", Wild(DEFAULT, "sch*l")),
    ("*burger", Wild(DEFAULT, "*burger")),
    ("Ca**F\u00c9 -m?et?", All((Wild(DEFAULT, "ca*fe"), Not(Wild(DEFAULT, "m?et"))))),
    ("from:j*ne", Wild("from", "j*ne")),
    ("meeting~", Fuzzy(DEFAULT, "meeting", 2)),
    ("meet~", Fuzzy(DEFAULT, "meet", 1)),
    ("subject:meet~2", Fuzzy("subject", "meet", 2)),
    ('"Pay review"~10', Near(DEFAULT, ("pay", "review"), 10)),
    ('body:"a b a"~0', Near("body", ("a", "b"), 0)),
    ("from:/J.*@(home|school)\\.example/", Matches("from", r"j.*\@(home|school)\.example")),
    ("from:/^a\\/b$/", Matches("from", r"a\/b")),
    ("domain:*.example", Matches("domain", r".*\.example")),
    ("to:j*@home.example", Matches("to", r"j.*\@home\.example")),
    ("confidence:>low", AnyOf((Exact("confidence", "medium"), Exact("confidence", "high")))),
    # operators
    ("a b", All((A, B))),
    ("a AND b", All((A, B))),
    ("a OR b", AnyOf((A, B))),
    ("a b OR c d", All((A, AnyOf((B, C)), D))),
    ("a AND b OR c", AnyOf((All((A, B)), C))),
    ("(a b) OR c", AnyOf((All((A, B)), C))),
    ("a -b", All((A, Not(B)))),
    ("a NOT b", All((A, Not(B)))),
    ("a AND NOT (b OR c)", All((A, Not(AnyOf((B, C)))))),
    ("+a b", All((A, B))),
    ("NOT NOT a", A),
    ("*", Everything()),
    ("-*", Not(Everything())),
    ("text:or", text("or")),
    ("TO", text("to")),
    # people
    ("from:J.Doe@School.example", Exact("from", "j.doe@school.example")),
    ('rcpt:"j.doe@school.example"', Exact("rcpt", "j.doe@school.example")),
    ("from:j.doe", Phrase("from", ("j", "doe"))),
    ('from:"Jane Doe"', Phrase("from", ("jane", "doe"))),
    ("from:jane", Word("from", "jane")),
    ("from:j.d*", Prefix("from", ("j", "d"))),
    ("from:jane@*", Word("from", "jane")),
    ("from:@school.example", Phrase("from", ("school", "example"))),
    ("j.doe@school.example", Phrase(DEFAULT, ("j", "doe", "school", "example"))),
    ("From:jane", Word("from", "jane")),
    ("from: jane", Word("from", "jane")),
    ("to:(a OR b@c.example)", AnyOf((Word("to", "a"), Exact("to", "b@c.example")))),
    ("to:(a -b)", All((Word("to", "a"), Not(Word("to", "b"))))),
    # values
    ("finding:nhs-number", Exact("finding", "nhs-number")),
    ("finding:*", StartsWith("finding", "")),
    ("finding:nhs*", StartsWith("finding", "nhs")),
    ('folder:"Deleted  Items"', Exact("folder", "deleted items")),
    (r"folder:deleted\ it*", StartsWith("folder", "deleted it")),
    ("clause:4.5", Exact("clause", "4.5")),
    ("IS:Deleted", Exact("is", "deleted")),
    ("id:3FA9", StartsWith("id", "3fa9")),
    ("severity:5", Exact("severity", "5")),
    ("severity:>=4", AnyOf((Exact("severity", "4"), Exact("severity", "5")))),
    ("severity:<2", Exact("severity", "1")),
    ("severity:{2 TO 4]", AnyOf((Exact("severity", "3"), Exact("severity", "4")))),
    # dates
    ("date:2026", Between("date", day(2026), day(2027))),
    ("date:2026-03", Between("date", day(2026, 3), day(2026, 4))),
    ("date:2026-12", Between("date", day(2026, 12), day(2027))),
    ('date:"2026-03-09"', Between("date", day(2026, 3, 9), day(2026, 3, 10))),
    (
        "date:2026-03-09T10:30",
        Between(
            "date",
            datetime(2026, 3, 9, 10, 30, tzinfo=UTC),
            datetime(2026, 3, 9, 10, 31, tzinfo=UTC),
        ),
    ),
    ("date:[2026-01-01 TO 2026-03-31]", Between("date", day(2026), day(2026, 4))),
    ("date:{2026-01-01 TO 2026-03-31}", Between("date", day(2026, 1, 2), day(2026, 3, 31))),
    ("date:[2026-01 TO *]", Between("date", day(2026), None)),
    ("date:[* TO 2026-01]", Between("date", None, day(2026, 2))),
    ("date:>=2026-02", Between("date", day(2026, 2), None)),
    ("date:>2026-02", Between("date", day(2026, 3), None)),
    ("date:<2026-02", Between("date", None, day(2026, 2))),
    ("date:<=2026-02", Between("date", None, day(2026, 3))),
]


@pytest.mark.parametrize(("typed", "expected"), READINGS)
def test_a_query_is_read_as_help_says(typed: str, expected: Query) -> None:
    """Each form has one meaning, and rendering it keeps that meaning."""
    actual = parse(typed)

    assert expected == actual
    assert expected == parse(render(actual))


MISTAKES = [
    # typed, position from 0, a piece of the message
    ("", 0, "write *"),
    ("   ", 0, "write *"),
    ("form:jane", 0, "did you mean `from:`?"),
    ("meet subjet:x", 5, "did you mean `subject:`?"),
    ("zzzz:x", 0, "The fields are"),
    ("cats or dogs", 5, "write OR in capitals"),
    ("cats and dogs", 5, "write AND in capitals"),
    ("subject:(cats or dogs)", 14, "write OR in capitals"),
    ("a && b", 2, "write AND"),
    ("a || b", 2, "write OR"),
    ("!a", 0, "write NOT"),
    ("a AND", 5, "finish the query"),
    ("AND a", 0, "cannot stand here"),
    ("(a", 0, "add a )"),
    ("a)", 1, "never opened"),
    ('say "hello', 4, "no partner"),
    ("'hi'", 0, "double quotes"),
    ("year 7 - trip", 7, "double quotes"),
    ("meet~3", 0, "write ~1, or ~2"),
    ("met~2", 0, "of 4 letters"),
    ("me~", 0, "3 to 50 letters"),
    ("from:(ok me~)", 9, "3 to 50 letters"),
    ("date:meet~", 5, "only a word can be misspelt"),
    ("m*t~", 0, "leave out the ~"),
    ('"a a"~3', 0, "different words"),
    ('a "a b"~101', 2, "up to ~100"),
    ("meet^2", 4, "boosting"),
    ("/me+t/", 0, "write from:/…/"),
    ("from:/(j.doe/", 6, "never closed"),
    ("from:/a**/", 8, "nothing stands before"),
    ("from:/(a|)/", 9, "nothing stands here"),
    ("from:/a{31}/", 7, "more than 30 times"),
    (r"from:/\w/", 6, "no meaning"),
    ("from:/((a{30}){30}){30}/", 6, "too much is repeated"),
    ("from:/[z-a]/", 6, "runs backwards"),
    ("m?e", 0, "at least 3 letters"),
    ("*ee*", 0, "at least 3 letters"),
    ("trip *@home.example", 6, "participant:*@home.example"),
    ("well-b*ng", 0, "write the words apart"),
    ("is:del*ted", 3, "takes no wildcard"),
    ("a*", 0, "at least 2 letters"),
    ("subject:*", 8, "has:attachment"),
    ("a & b", 2, "no letter or digit"),
    ('subject:""', 8, "no letter or digit"),
    ("from:(subject:a)", 6, "a field inside a field"),
    ("is:delted", 3, "did you mean deleted?"),
    ("severity:9", 9, "takes 1, 2, 3, 4, 5"),
    ("severity:>5", 9, "nothing lies in this range"),
    ("severity:>high", 10, "takes 1, 2, 3, 4, 5"),
    ("severity:[-1 TO 3]", 10, "no sign"),
    ("date:2026-02-30", 5, "no such date"),
    ("date:01/02/2026", 5, "write 2026"),
    ("date:2026*", 5, "no *"),
    ("date:[2026-02 TO 2026-01-01]", 5, "swap the two dates"),
    ("subject:>a", 8, "severity: or size:"),
    ("[a TO b]", 0, "severity: or size:"),
    ("id:xyz", 3, "copy it from a search result"),
    ('folder:""', 7, "an empty value"),
    ("foo\\", 3, "cannot stand here"),
]


@pytest.mark.parametrize(("typed", "position", "piece"), MISTAKES)
def test_a_mistake_is_pointed_at_and_explained(typed: str, position: int, piece: str) -> None:
    """An error shows the query with a caret under the mistake, and says what to write."""
    with pytest.raises(QuerySyntaxError) as raised:
        parse(typed)

    _, _, caret, *_ = str(raised.value).split("\n")
    assert position == raised.value.position == caret.index("^") - 2
    assert piece in str(raised.value)
    assert raised.value.exit_code == 2


def test_an_unknown_field_has_an_error_of_its_own() -> None:
    """A mistyped field is never taken for text: that would silently find less."""
    with pytest.raises(UnknownFieldError):
        parse("form:jane")


@pytest.mark.parametrize(
    "typed",
    [
        "a" * (MAX_LENGTH + 1),
        "a " * (MAX_TERMS + 1),
        "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1),
        "NOT " * (MAX_DEPTH + 2) + "a",
        "(" * 16_000 + "a" + ")" * 16_000,
        "-" * 32_000 + "a",
        '"' * 32_767,
        "\\" * 32_767,
        "a:" * 16_000,
        "a:" * 16_000 + "a",
        "from:" * 6_000 + "a",
        "*" * 32_000 + "a",
        "[" * 32_000,
        "/" * 32_767,
    ],
)
def test_a_hostile_query_is_refused_quickly(typed: str) -> None:
    """Length, depth and number of terms are bounded, and the refusal costs little."""
    started = time.process_time()

    with pytest.raises(QuerySyntaxError):
        parse(typed)

    assert time.process_time() - started < 3


def test_a_long_list_of_addresses_is_a_query() -> None:
    """An investigator may paste a list, up to the bound."""
    typed = " OR ".join(f"p{number}@school.example" for number in range(MAX_TERMS))

    query = parse(f"from:({typed})")

    assert isinstance(query, AnyOf)
    assert MAX_TERMS == len(query.parts)


@given(
    st.text(max_size=60) | st.text(alphabet='ab:*?()[]{}"\\-+~^/<>=!&| \nTOANDRfrom', max_size=40)
)
@example("a\x00b")
@example("\ud800")
@example("date:[\x85 TO *]")
def test_no_text_breaks_the_parser(typed: str) -> None:
    """Whatever is typed, it is read or refused with our own error; what is read renders stably."""
    try:
        query = parse(typed)
    except QuerySyntaxError:
        return

    assert query == parse(render(query))


# --- generated queries ------------------------------------------------------------------------

_words = st.text(min_size=1, max_size=6).map(words).filter(bool).map(lambda found: found[0])
_phrases = st.lists(_words, min_size=1, max_size=3).map(tuple)
_prefixes = st.lists(_words, min_size=1, max_size=3).map(tuple).filter(lambda w: len(w[-1]) > 1)
_values = st.text(min_size=1, max_size=8).map(clean).filter(bool)
_moments = st.datetimes(
    min_value=datetime(1, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


def _named(*kinds: Kind) -> st.SearchStrategy[str]:
    return st.sampled_from([field.name for field in FIELDS if field.kind in kinds])


def _free_values() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [field.name for field in FIELDS if field.kind is Kind.VALUE and not field.choices]
    )


def _between(ends: tuple[datetime | None, datetime | None]) -> Between:
    low, high = ends
    if low and high and low >= high:
        low, high = None, low
    return Between("date", low, high)


_leaves: st.SearchStrategy[Query] = st.one_of(
    st.just(Everything()),
    st.builds(Word, _named(Kind.TEXT, Kind.PEOPLE), _words),
    st.builds(Phrase, _named(Kind.TEXT, Kind.PEOPLE), _phrases),
    st.builds(Prefix, _named(Kind.TEXT, Kind.PEOPLE), _prefixes),
    st.builds(Exact, _free_values(), _values),
    st.builds(Exact, _named(Kind.PEOPLE), st.just("j.o'doe+x@school.example")),
    st.builds(StartsWith, _named(Kind.VALUE), _values | st.just("")),
    st.tuples(st.none() | _moments, st.none() | _moments).map(_between),
)
_queries = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(all_of),
        st.lists(inner, min_size=2, max_size=4).map(any_of),
        inner.map(negate),
    ),
    max_leaves=8,
)


@given(_queries)
@example(Exact("domain", clean("“")))
def test_what_is_rendered_reads_back_as_the_same_query(query: Query) -> None:
    """The ledger keeps the rendered text as what ran, so it must say all of it."""
    assert query == parse(render(query))


def test_a_scope_of_nobody_renders_as_nothing_at_all() -> None:
    """An empty choice matches nothing, on the ledger too."""
    assert render(AnyOf(())) == "NOT *"


# --- the table and the words ------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_has_an_example_that_is_a_query(field: Field) -> None:
    """Help shows nothing that does not work, and every field is explained."""
    parse(field.example, KNOWN)

    assert field.about
    bare = {Kind.DATE, Kind.DIRECTORY, Kind.ID, Kind.REVIEW}
    assert field.kind in bare or field.columns
    assert field.kind not in {Kind.TEXT, Kind.PEOPLE} or set(field.columns) <= set(TEXT_COLUMNS)


@pytest.mark.parametrize(("form", "meaning"), SYNTAX)
def test_every_form_in_help_is_a_query(form: str, meaning: str) -> None:
    """The forms of the help text can be typed as they stand there."""
    parse(form, KNOWN)

    assert meaning


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Meet me at 10.30!", ["meet", "me", "at", "10", "30"]),
        ("Café ﬁne ＦＵＬＬ Straße", ["cafe", "fine", "full", "strasse"]),
        ("bul\u200bly bul\u00adly", ["bully", "bully"]),
        ("𝓫𝓾𝓵𝓵𝔂", ["bully"]),
        ("report_final.pdf", ["report", "final", "pdf"]),
        ("“they’re” £5—ok", ["they", "re", "5", "ok"]),
        ("東京に行く", ["東", "京", "に", "行", "く"]),
        ("\ud800a\x00b", ["a", "b"]),
    ],
)
def test_words_are_folded_runs_of_letters_and_digits(written: str, expected: list[str]) -> None:
    """Case, accents, look-alike forms and invisible characters do not hide a word."""
    assert expected == words(written)


@given(st.text())
def test_a_word_keeps_its_place(written: str) -> None:
    """The words with places are the words; folding twice is folding once."""
    seen = folded(written)

    assert words(written) == WORD.findall(seen.text) == words(fold(written))
    assert len(seen.text) == len(seen.places)
    assert sorted(seen.places) == list(seen.places)
    assert all(0 <= place < len(written) for place in seen.places)


@pytest.mark.parametrize(
    ("word", "form"),
    [("meet", "meetings"), ("happy", "happiness"), ("use", "using"), ("bully", "bullying")],
)
def test_inflections_share_a_stem_and_a_beginning(word: str, form: str) -> None:
    """What an index scans for a word's inflections holds them all."""
    assert stem(word) == stem(form)
    assert form.startswith(root(word))
