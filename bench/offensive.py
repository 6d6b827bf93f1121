"""How well hate is told from its mention: `make evaluate`.

Over passages by constructions and words that the models have not seen, function by function, and
over others by another hand, which nobody tunes on; how false alarms differ between whom is spoken
of; over folds of the public sets that were kept from training, as tweets are judged (offensive or
not); and over ordinary mail.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from bench import another_hand
from detectors.offensive import HARASSMENT, OF_GROUP, THREAT
from detectors.scan import Scanner
from detectors.training.fit import KEPT
from detectors.training.passages import Said, passages
from detectors.training.public import DATA, public
from ingest.parse import parse
from section9 import Category, Finding

EACH = 20  # passages of a construction
MOST_POSTS = 1_000  # of a public set
GRAVE = 3
HATE = frozenset(rule.id for rule in OF_GROUP.values())
ABUSE = frozenset({HARASSMENT.id, THREAT.id})
ROW = "{:11} {:36} {:>9} {:>6}"

Answers = dict[tuple[str, str], list[bool]]


def main() -> None:
    """Print every figure."""
    scanner = Scanner()
    for which in ("dev", "test"):
        functions(scanner, f"unseen constructions ({which})", passages(which, each=EACH))
    functions(scanner, "by another hand", another_hand.passages())
    if not DATA.exists():
        print(f"the public sets are not at hand ({DATA.name}): posts and mail are not measured")
        return
    posts(scanner)
    ordinary(scanner)


def functions(scanner: Scanner, title: str, judged: Iterable[Said]) -> None:
    """Print how many passages of each function are judged rightly."""
    right: Answers = defaultdict(list)
    alarms: dict[str, list[bool]] = defaultdict(list)
    for said in judged:
        flagged = is_flagged(scanner, said)
        right[stance(said), said.function].append(flagged == bool(due(said)))
        if not due(said):
            alarms[said.kind or "nobody"].append(flagged)
    print(f"\n{ROW.format('', title, 'passages', 'right')}")
    for (kind, function), answers in right.items():
        print(ROW.format(kind, function, len(answers), f"{share(answers):.2f}"))
    for wanted in ("hateful", "abusive", "harmless"):
        answers = [one for (kind, _), listed in right.items() if kind == wanted for one in listed]
        print(ROW.format(wanted, "all", len(answers), f"{share(answers):.3f}"))
    every = list(chain.from_iterable(right.values()))
    print(ROW.format("all", "all", len(every), f"{share(every):.3f}"))
    print("false alarms by whom is spoken of:")
    print(", ".join(f"{kind} {share(listed):.3f}" for kind, listed in alarms.items()))


def is_flagged(scanner: Scanner, said: Said) -> bool:
    """Tell whether a passage is flagged as hate; one about a person, as abuse of any kind."""
    asked = HATE if "individual" not in said.function else HATE | ABUSE
    return any(found.rule in asked for found in scanner.scan_text(said.text))


def due(said: Said) -> frozenset[str]:
    """Return what there is to flag: insults at others and swearing are no hate."""
    return said.heads - {"offensive"}


def stance(said: Said) -> str:
    """Name what a passage is."""
    return "hateful" if "hate" in said.heads else "abusive" if due(said) else "harmless"


def share(answers: Sequence[bool]) -> float:
    """Return how many are true, 0 to 1."""
    return sum(answers) / max(len(answers), 1)


def posts(scanner: Scanner) -> None:
    """Print the macro-F1 over posts and sentences kept apart: offensive or not, by each measure."""
    measures: dict[str, Callable[[Sequence[Finding]], bool]] = {
        "any offensive finding": bool,
        "any of severity 3 or more": lambda found: any(one.severity >= GRAVE for one in found),
    }
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    read: dict[str, int] = defaultdict(int)
    for one in public():
        if one.fold != KEPT or "offensive" not in one.truth or read[one.source] >= MOST_POSTS:
            continue
        read[one.source] += 1
        found = [
            each for each in scanner.scan_text(one.text) if each.category is Category.OFFENSIVE
        ]
        for name, flags in measures.items():
            for source in (one.source, "all together"):
                counts[name, source][2 * one.truth["offensive"] + flags(found)] += 1
    print("\noffensive posts: macro-F1")
    for (name, source), cells in counts.items():
        print(f"  {source}, {name}: {macro_f1(*cells):.3f} of {sum(cells)}")


def macro_f1(correct: int, false: int, missed: int, met: int) -> float:
    """Return the mean of the F1 of what offends and of what does not."""
    bad = 2 * met / max(2 * met + false + missed, 1)
    good = 2 * correct / max(2 * correct + false + missed, 1)
    return (bad + good) / 2


def ordinary(scanner: Scanner) -> None:
    """Print how much ordinary mail is flagged, rule by rule."""
    folder = DATA / "mail_spamassassin"
    paths = sorted(chain(folder.glob("easy-ham-*/*"), folder.glob("hard-ham-*/*")))
    flagged: dict[str, int] = defaultdict(int)
    for path in paths:
        found = scanner.scan(parse(path.read_bytes()))
        grave = {
            one.rule
            for one in found
            if one.category is Category.OFFENSIVE and one.severity >= GRAVE
        }
        for rule in (*grave, *(("any",) if grave else ())):
            flagged[rule] += 1
    print(f"\nof {len(paths):,} ordinary mails with an offensive finding of severity 3 or more:")
    print(", ".join(f"{rule} {count}" for rule, count in sorted(flagged.items())))


if __name__ == "__main__":
    main()
