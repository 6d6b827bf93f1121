"""Who is named in a sentence, by what was learnt (`training.names`).

spaCy's entity recogniser over our own tokens: small, with no word vectors, taught from nothing.
Its weights are msgpack that holds numbers and words, no code; they are read when the first
doubtful sentence asks, in a tenth of a second.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from detectors.language import tokenizer
from section9 import Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import TrainablePipe

WEIGHTS = Path(__file__).parent / "models" / "names" / "weights.msgpack"
_WIDTH, _DEPTH, _PIECES = 48, 3, 2
_ROWS = {"NORM": 3000, "PREFIX": 1000, "SUFFIX": 2000, "SHAPE": 2000}  # of the hashed tables
_NAMES = "ner"


def people(text: str) -> tuple[Span, ...]:
    """Return where people are named in a sentence or a few, in order; linear."""
    nlp = _taught()
    with nlp.memory_zone():  # words met once are forgotten again
        found = nlp(text).ents
        return tuple(Span(one.start_char, one.end_char) for one in found if one.label_ == "person")


@lru_cache(maxsize=1)
def _taught() -> "Language":
    """Return the pipeline with what it has learnt."""
    nlp = untaught()
    _component(nlp).from_bytes(WEIGHTS.read_bytes(), exclude=["vocab"])
    return nlp


def weights(nlp: "Language") -> bytes:
    """Return what a pipeline has learnt, as `WEIGHTS` holds it."""
    return bytes(_component(nlp).to_bytes(exclude=["vocab"]))


def _component(nlp: "Language") -> "TrainablePipe":
    return cast("TrainablePipe", nlp.get_pipe(_NAMES))


def untaught() -> "Language":
    """Return the pipeline before it has learnt anything."""
    import spacy  # noqa: PLC0415 - costs 0.7 s, and most mails never need it

    nlp = spacy.blank("en")
    nlp.tokenizer = tokenizer(nlp.vocab)
    nlp.add_pipe(_NAMES, config={"model": _parser()})
    return nlp


def _parser() -> dict[str, object]:
    """Describe spaCy's transition-based recogniser, as small as serves."""
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": _WIDTH,
        "maxout_pieces": _PIECES,
        "use_upper": True,
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": _WIDTH,
                "attrs": list(_ROWS),
                "rows": list(_ROWS.values()),
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": _WIDTH,
                "depth": _DEPTH,
                "window_size": 1,
                "maxout_pieces": _PIECES,
            },
        },
    }
