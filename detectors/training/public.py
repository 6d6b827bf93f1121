"""Examples of every source. The public sets are read where they lie and never copied.

Each example tells of some heads only: what a set does not label is left out of that head's sum.
"""

import csv
import email
import email.policy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detectors.cues import lowered
from detectors.normalise import fold
from detectors.stance import read_passage
from detectors.suspicion import notable, passages
from detectors.training.acts import CONTACT, Line
from detectors.training.passages import ACTS, HEADS, QUESTIONS, Said

DATA = Path(__file__).parents[3] / "shared" / "data"
_YOU = re.compile(r"\b(?:you|your|you're|u|ur)\b", re.IGNORECASE)
_COARSE = frozenset({"profanity", "insult", "slur", "sexual"})


@dataclass(frozen=True, slots=True)
class Example:
    """A passage with the heads it tells of: true, false; a head that is absent is not known."""

    text: str
    truth: dict[str, bool]
    fold: int  # 0 to 9: fold 9 is kept to judge by
    source: str


def of_ours(said: Said) -> Example:
    """Make an example of a passage of ours; who abuses the reader makes them small."""
    truth = {head: head in said.heads for head in HEADS}
    if "hate" in said.heads:
        del truth["abuse"]  # whether hate of a group is abuse of a person is not the question
        truth["offensive"] = True
    if "abuse" in said.heads and _YOU.search(said.text):
        truth |= {"belittling": True} | ({"intimidation": True} if "threat" in said.heads else {})
    if not said.heads and read_passage(lowered(said.text)).has(_COARSE):
        del truth["offensive"]  # what it quotes is coarse, what it says of it is not
    return Example(said.text, truth, 0, "ours")


def of_line(line: Line) -> Example:
    """Make an example of a line about acts; only an ordinary one is said to abuse nobody."""
    truth = {act: act in line.acts for act in ACTS} | {"hate": False}
    if not line.acts or line.subject == CONTACT:
        truth |= {"abuse": False, "threat": False}
    return Example(line.text, truth, 0, "acts")


def davidson() -> Iterator[Example]:
    """Yield tweets: hate, offensive, neither. What is only offensive may hold a slur of ours."""
    for number, row in enumerate(_rows("davidson/labeled_data.csv")):
        kept = number % 10
        if row["class"] == "2":
            truth = dict.fromkeys(HEADS, False)
        else:
            truth = {"offensive": True} | ({"hate": True} if row["class"] == "0" else {})
        yield Example(_tweet(row["tweet"]), truth, kept, "davidson")


def edos() -> Iterator[Example]:
    """Yield posts: sexist or not, and of the sexist those that threaten."""
    for number, row in enumerate(_rows("edos/edos.csv")):
        sexist = row["label_sexist"] == "sexist"
        truth = {"hate": sexist}
        if sexist:
            truth |= {"threat": row["label_vector"].startswith("1.1"), "offensive": True}
        yield Example(_tweet(row["text"]), truth, number % 10, "edos")


def toxic_spans() -> Iterator[Example]:
    """Yield sentences of toxic comments: those with marked characters, and those without."""
    number = 0
    for name in ("tsd_train.csv", "tsd_trial.csv"):
        for row in _rows(f"toxic_spans/{name}"):
            number += 1
            marked = json.loads(row["spans"])
            for start, end in passages(row["text"]) if marked else ():
                toxic = any(start <= at < end for at in marked)
                truth = {"offensive": True} if toxic else dict.fromkeys(HEADS, False)
                yield Example(row["text"][start:end].strip(), truth, number % 10, "toxic_spans")


def wnut() -> Iterator[Example]:
    """Yield posts about anything; those with a coarse word are left out."""
    path = DATA / "wnut17" / "wnut17train.conll"
    posts = path.read_text("utf-8").split("\n\n")
    for number, post in enumerate(posts):
        text = _tweet(" ".join(line.split("\t")[0] for line in post.strip().splitlines()))
        if text and not read_passage(lowered(text)).has(_COARSE):
            yield Example(text, dict.fromkeys(HEADS, False), number % 10, "wnut")


def hatemoji() -> Iterator[Example]:
    """Yield adversarial posts and their perturbations; the set's own test part is fold 9."""
    for part, kept in (("train", 0), ("validation", 9), ("test", 9)):
        for row in _rows(f"hatemojibuild/HatemojiBuild/{part}.csv"):
            yield Example(row["text"], {"hate": row["label_gold"] == "1"}, kept, "hatemoji")


def convabuse() -> Iterator[Example]:
    """Yield what users said to a chatbot: abuse where most annotators of it say so."""
    for part, kept in (("train", 0), ("valid", 9)):
        for row in _rows(f"convabuse/2_splits/ConvAbuseEMNLP{part}.csv"):
            said = {key: row[key] for key in row if "_is_abuse." in key and row[key] == "1"}
            bad = sum(key.split("is_abuse.")[1].startswith("-") for key in said)
            if said and bad in (0, len(said)):
                yield Example(row["user"], {"abuse": bad > 0}, kept, "convabuse")


def ham() -> Iterator[Example]:
    """Yield passages of ordinary mail that hold a word of the lists; one folder of three."""
    for passage in _mail():
        if notable(passage):
            yield Example(passage, dict.fromkeys(QUESTIONS, False), 0, "ham")


def plain() -> Iterator[Example]:
    """Yield passages of the same mail that hold no such word."""
    for passage in _mail():
        if not notable(passage):
            yield Example(passage, dict.fromkeys(QUESTIONS, False), 0, "plain")


def _mail() -> Iterator[str]:
    """Yield every passage, in lower case."""
    for path in sorted((DATA / "mail_spamassassin" / "easy-ham-1").iterdir()):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
        content = mail.get_payload(decode=True)
        if isinstance(content, bytes):
            lower = lowered(fold(content.decode("latin-1")).text)
            yield from (lower[start:end] for start, end in passages(lower))


def public() -> Iterator[Example]:
    """Yield every public example of what is said of people."""
    yield from davidson()
    yield from edos()
    yield from hatemoji()
    yield from convabuse()
    yield from toxic_spans()
    yield from wnut()
    yield from ham()


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _tweet(text: str) -> str:
    """Take what only tweets have out: users, links, retweets."""
    words = (w for w in text.replace("&amp;", "&").replace("&#", " &#").split())
    kept = (w for w in words if not w.startswith(("@", "http", "&#")) and w not in ("RT", "!!!!!"))
    return " ".join(kept).replace("[USER]", "").replace("[URL]", "")
