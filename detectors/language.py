"""spaCy, and what we ask of it: tokens, and which of them speak of what.

A tokenizer of our own over a vocabulary that starts empty; no model is loaded, none downloaded.
spaCy is imported when the first text needs it, which costs the better part of a second.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from detectors.vocabulary import PHRASES, spellings

if TYPE_CHECKING:
    from spacy.matcher import PhraseMatcher
    from spacy.tokenizer import Tokenizer
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

_MARK = r"[^\w\s]"

JOINED = "joined"
"""The key in `doc.user_data` of the text with its underscores; the words are read without."""
PLAIN = "plain"
"""The key of the text as its words are read; `Doc.text` would join the tokens each time anew."""
CLUES = "clues"
"""The span group of a `Doc` that holds the phrases of our vocabulary, labelled by topic."""


def warm() -> None:
    """Load spaCy and the vocabulary now, so that the first mail does not wait for them."""
    _matcher()


@contextmanager
def brief_memory() -> Iterator[None]:
    """Forget at the end the words that were met for the first time meanwhile.

    A vocabulary that kept every word would grow for as long as the process lives. A `Doc` that is
    read within must not be used after.
    """
    warm()  # what the matcher knows stays known
    with _tokens().vocab.memory_zone():
        yield


def read(text: str) -> "Doc":
    """Make a `Doc` of a folded excerpt, its known phrases in `doc.spans["clues"]`, in order."""
    from spacy.util import filter_spans  # noqa: PLC0415 - spaCy is imported only when needed

    plain = text.replace("_", " ")
    doc: Doc = _tokens()(plain)
    doc.user_data[JOINED], doc.user_data[PLAIN] = text, plain
    doc.spans[CLUES] = sorted(filter_spans(_matcher()(doc, as_spans=True)))
    return doc


@lru_cache(maxsize=1)
def _tokens() -> "Tokenizer":
    """Return what parts texts into tokens. Of a word it learns the small letters and no more.

    The English vocabulary would ask a dozen questions about each new word that nobody here needs.
    """
    from spacy.attrs import LOWER  # noqa: PLC0415 - spaCy is imported only when needed
    from spacy.vocab import Vocab  # noqa: PLC0415 - likewise; it costs 0.4 s

    return tokenizer(Vocab(lex_attr_getters={LOWER: str.lower}))


def tokenizer(vocab: "Vocab") -> "Tokenizer":
    """Return our tokenizer: words are runs of letters and digits, every mark stands alone.

    spaCy's own rules keep `NHS-999` and `a/c` in one piece, and context must see the words.
    """
    from spacy.tokenizer import Tokenizer  # noqa: PLC0415 - spaCy is imported only when needed

    return Tokenizer(
        vocab,
        prefix_search=re.compile(rf"\A{_MARK}").search,
        suffix_search=re.compile(rf"{_MARK}\Z").search,
        infix_finditer=re.compile(_MARK).finditer,
    )


@lru_cache(maxsize=1)
def _matcher() -> "PhraseMatcher":
    """Return the matcher over every spelling of every phrase, blind to case."""
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415 - spaCy is imported only when needed

    tokens = _tokens()
    matcher = PhraseMatcher(tokens.vocab, attr="LOWER")
    for topic, phrases in PHRASES.items():
        texts = {text for phrase in phrases for text in spellings(phrase)}
        matcher.add(topic.value, [tokens(text) for text in sorted(texts)])
    return matcher
