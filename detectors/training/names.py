"""Learns names: `make train-names WNUT=FOLDER` writes the weights that `detectors.names` reads.

From two sources: the posts of WNUT 17 (Derczynski et al. 2017, CC BY 4.0), read from the folder
given and copied nowhere, and letters of our own invention (`named`). Starts from nothing, takes
minutes on one core, and learns the same each time on the same machine.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from random import Random

from spacy.language import Language
from spacy.training import Example
from spacy.util import fix_random_seed  # type: ignore[attr-defined]  # it is thinc's

from detectors.evaluate import Label, Labelled
from detectors.recogniser import WEIGHTS, untaught, weights
from detectors.training.named import ORGANISATION, PERSON, PLACE, named, renamed

SEED = 9
EACH = 16  # letters from a template
SWAPS = 3  # copies of each post that names somebody, about others
EPOCHS = 8
BATCH = 32
DROP = 0.25
TRAIN, DEV = "wnut17train.conll", "emerging.dev.conll"
MARKS = {"person": PERSON, "location": PLACE, "corporation": ORGANISATION, "group": ORGANISATION}


def main() -> None:
    """Learn from the folder named on the command line, and write the weights."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one argument
        sys.exit("which folder? make train-names WNUT=../shared/data/wnut17")
    WEIGHTS.write_bytes(learnt(lessons(Path(sys.argv[1]))))


def lessons(folder: Path) -> list[Labelled]:
    """Return everything to learn from: posts as they are, posts about others, and letters."""
    real, random = list(posts(folder / TRAIN)), Random(SEED)  # noqa: S311 - not for secrets
    naming = [post for post in real if any(label.rule == PERSON for label in post.spans)]
    about_others = (renamed(post, random) for _ in range(SWAPS) for post in naming)
    return [*real, *about_others, *named("train", each=EACH)]


def learnt(texts: Sequence[Labelled], *, epochs: int = EPOCHS) -> bytes:
    """Return the weights learnt from labelled texts, each the average over its steps."""
    fix_random_seed(SEED)
    nlp, random = untaught(), Random(SEED)  # noqa: S311 - not for secrets
    examples = [_example(nlp, text) for text in texts]
    nlp.config["training"]["optimizer"]["use_averages"] = True
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(epochs):
        random.shuffle(examples)
        for at in range(0, len(examples), BATCH):
            nlp.update(examples[at : at + BATCH], sgd=optimizer, drop=DROP)
    with nlp.use_params(optimizer.averages):
        return weights(nlp)


def posts(path: Path) -> Iterator[Labelled]:
    """Yield the posts of a file in CoNLL's columns: a word, a tab, its tag."""
    lines = path.read_text("utf-8").split("\n")
    for number, (full, rows) in enumerate(groupby(lines, key=lambda line: bool(line.strip()))):
        if full:
            yield _post(f"{path.stem}-{number}", (row.split("\t")[:2] for row in rows))


def _post(name: str, rows: Iterable[list[str]]) -> Labelled:
    """Join the words of a post, and mark whom it names; a handle (`@joe`) is not marked."""
    text, labels = "", list[Label]()
    for word, tag in rows:
        start, end, mark = len(text), len(text) + len(word), MARKS.get(tag[2:])
        if mark and tag.startswith("B-"):
            labels.append(Label(mark, start, end))
        elif mark and labels:
            labels[-1] = Label(mark, labels[-1].start, end)
        text += word + " "
    return Labelled(name, text.rstrip(), tuple(one for one in labels if text[one.start] != "@"))


def _example(nlp: Language, text: Labelled) -> Example:
    """Make the truth of a text; a label that parts a token is left out."""
    doc = nlp.make_doc(text.text)
    spans = (doc.char_span(one.start, one.end, label=one.rule) for one in text.spans)
    doc.set_ents([span for span in spans if span is not None])
    return Example(nlp.make_doc(text.text), doc)


if __name__ == "__main__":
    main()
