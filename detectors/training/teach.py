"""Teach the small transformer: the second half of `make train-offensive`.

It reads passages as the detector will give them to it, in batches of about one length, in four
courses: first everything that is said of people, ours and the public sets; then, more slowly,
harder passages of ours; then how people talk to each other and what they do to whom they talk to;
last what those three left weak, with many words misspelt; each beside those before. Fixed seeds,
one thread: on the same machine the same weights. How far it got is written down every hundred
steps, so that it may be stopped and started again. Needs what `requirements-train.txt` lists.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import torch
from torch import Tensor, nn

from detectors.cues import lowered
from detectors.judge import MODEL
from detectors.normalise import fold
from detectors.pieces import numbers
from detectors.stance import read_passage
from detectors.training.acts import lines
from detectors.training.net import Judge, export, started
from detectors.training.passages import FINER, QUESTIONS, passages, vocabulary
from detectors.training.public import Example, of_line, of_ours, plain, public
from detectors.training.rough import misspelt, rough

SEED = 9
OURS = 36  # passages of a construction
HARDER = 48  # of a construction of the second course
TALK = 24  # of a construction of the third
ACTS = 4  # fillings of a line about acts, at most, in the third
READINGS = 2  # of each, written roughly in other places
REHEARSED = 0.2  # of the first course is read again in the second
AGAIN = (0.15, 1.0)  # of the first and of what the second added, in the third
FINE = 36  # of a construction of the fourth
FRESH = {"train": 10, "more": 16, "talk": 16}
"""Passages of a construction that the fourth course fills anew."""
PUBLIC = 0.3  # of what is read of the public sets is read again in the fourth
ROUGH = 0.15  # of ours are written roughly
MISSPELT = 0.25  # of ours in the fourth are misspelt, hateful and harmless alike
PASSES = (2, 1, 2, 1)  # through each course
BATCH = 48
RATES = (1.5e-4, 7e-5, 5e-5, 7e-5)
SITTING = 100  # steps between two notes of how far it got
WARM = 0.06  # of the steps, while the rate rises
DECAY = 0.01
KEPT = 9  # the fold to judge by
SHARE = {"davidson": 0.45, "edos": 0.6, "toxic_spans": 0.8}
"""How much of a large set is read; what is true of hate, always."""
WEIGHTS = {
    "ours": 1.0, "hatemoji": 1.0, "davidson": 0.5, "edos": 0.4, "convabuse": 0.7,
    "toxic_spans": 0.5, "wnut": 0.7, "ham": 1.0, "acts": 1.0, "plain": 0.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """An example as the transformer reads it."""

    pieces: list[int]
    truth: list[float]  # by head
    weight: list[float]  # by head; 0 where the truth is not known


def main() -> None:
    """Teach, and write the model where the detectors look for it."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    random = Random(SEED)  # noqa: S311 - not for secrets
    judge, folder = started(len(QUESTIONS)), Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, course in enumerate(courses(random)):
        memory = folder / f"course-{number + 1}.pt"
        teach(judge, course, memory, rate=RATES[number], passes=PASSES[number])
    export(judge, Path(__file__).parents[1] / "models" / MODEL)


def courses(random: Random) -> tuple[Sequence[Row], ...]:
    """Return what is read in each course."""
    first = [row(one) for one in (*ours("train", OURS, random), *theirs(random))]
    harder = [row(one) for one in ours("more", HARDER, random)]
    talk = [row(one) for one in (*ours("talk", TALK, random), *acts(random), *plain())]
    second = [*harder, *random.sample(first, int(len(first) * REHEARSED))]
    again = [
        one
        for listed, part in zip((first, harder), AGAIN, strict=True)
        for one in random.sample(listed, int(len(listed) * part))
    ]
    return first, second, [*talk, *again], fourth()


def fourth() -> Sequence[Row]:
    """Return what is read in the last course: what is new, and some of everything before."""
    random = Random(SEED + 1)  # noqa: S311 - not for secrets
    each = {**dict.fromkeys(FINER, FINE), **FRESH}
    said = (one for which in each for one in slipping(which, each[which], random))
    sampled = (one for one in theirs(random) if random.random() < PUBLIC)
    return [row(one) for one in (*said, *sampled, *acts(random), *plain())]


def ours(which: str, each: int, random: Random) -> Iterator[Example]:
    """Yield passages of ours, some of them written roughly."""
    for said in passages(which, each=each):
        written = rough(said.text, random) if random.random() < ROUGH else said.text
        yield of_ours(replace(said, text=written))


def slipping(which: str, each: int, random: Random) -> Iterator[Example]:
    """Yield passages of ours, filled in other ways, many of them misspelt or rough."""
    for said in passages(which, each=each, seed=SEED + 1):
        drawn = random.random()
        write = misspelt if drawn < MISSPELT else rough if drawn < MISSPELT + ROUGH else _as_it_is
        yield of_ours(replace(said, text=write(said.text, random)))


def _as_it_is(text: str, _random: Random) -> str:
    return text


def acts(random: Random) -> Iterator[Example]:
    """Yield lines about acts, some of them written roughly."""
    for line in [*lines("train", each=ACTS)] * READINGS:
        written = rough(line.text, random) if random.random() < ROUGH else line.text
        yield of_line(replace(line, text=written))


def theirs(random: Random) -> Iterator[Example]:
    """Yield what is read of the public sets; HatemojiBuild's also with other people in it."""
    for one in public():
        grave = one.truth.get("hate") or one.truth.get("abuse")
        if one.fold != KEPT and (grave or random.random() < SHARE.get(one.source, 1)):
            yield one
            if one.source == "hatemoji":
                yield replace(one, text=about_others(one.text, random))


def about_others(text: str, random: Random) -> str:
    """Return a text that says the same of other people."""
    lower = lowered(fold(text).text)
    words = vocabulary("train")
    listed = [many for kind in words.groups.values() for many, *_ in kind]
    other = random.choice(listed)
    named = [many for many in {*listed, "blacks", "women", "men", "whites"} if f" {many} " in lower]
    for many in named:
        lower = lower.replace(f" {many} ", f" {other} ")
    return lower


def row(one: Example) -> Row:
    """Read an example as the detector would give it."""
    passage = read_passage(lowered(fold(one.text).text))
    weight = WEIGHTS[one.source]
    return Row(
        numbers(passage.meant),
        [float(one.truth.get(head, False)) for head in QUESTIONS],
        [weight * (head in one.truth) for head in QUESTIONS],
    )


def teach(judge: Judge, rows: Sequence[Row], memory: Path, *, rate: float, passes: int = 1) -> None:
    """Let the judge learn from every row, some times; go on from `memory` where it is there."""
    learning = [one for one in judge.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(learning, rate, weight_decay=DECAY, fused=True)
    random = Random(SEED)  # noqa: S311 - not for secrets
    steps = [batch for _ in range(passes) for batch in batches(rows, random)]
    done = _recalled(judge, optimizer, memory)
    began, total = time.monotonic(), 0.0
    judge.train()
    for number, batch in enumerate(steps[done:], done + 1):
        optimizer.param_groups[0]["lr"] = rate * pace(number / len(steps))
        total += step(judge, batch)
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if number % SITTING == 0 or number == len(steps):
            torch.save((number, judge.state_dict(), optimizer.state_dict()), memory)
            seconds = time.monotonic() - began
            print(f"{number}/{len(steps)} in {seconds:.0f} s: {total / SITTING:.4f}", flush=True)  # noqa: T201 - a command that a person runs
            total = 0.0


def _recalled(judge: Judge, optimizer: torch.optim.Optimizer, memory: Path) -> int:
    """Take up where an earlier run was stopped; return how many steps it had done."""
    if not memory.exists():
        return 0
    done, learnt, moments = torch.load(memory, weights_only=True)
    judge.load_state_dict(learnt)
    optimizer.load_state_dict(moments)
    return int(done)


def pace(share: float) -> float:
    """Return how fast to learn, 0 to 1, with this share of the steps behind: up, then down."""
    return share / WARM if share < WARM else (1 - share) / (1 - WARM)


def step(judge: Judge, batch: Sequence[Row]) -> float:
    """Learn from one batch; return how wrong the judge was."""
    longest = max(len(one.pieces) for one in batch)
    seen = torch.tensor([one.pieces + [0] * (longest - len(one.pieces)) for one in batch])
    truth, weight = (
        torch.tensor([getattr(one, name) for one in batch]) for name in ("truth", "weight")
    )
    with torch.autocast("cpu", torch.bfloat16):
        logits: Tensor = judge(seen)
    wrong = nn.functional.binary_cross_entropy_with_logits(logits.float(), truth, weight)
    wrong.backward()
    return float(wrong.detach())


def batches(rows: Sequence[Row], random: Random) -> list[list[Row]]:
    """Return batches of rows of about one length, in chance order."""
    order = sorted(rows, key=lambda one: (len(one.pieces) // 3, random.random()))
    parted = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    random.shuffle(parted)
    return parted


if __name__ == "__main__":
    main()
