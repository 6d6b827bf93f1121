"""How well hate is told from its mention: `make evaluate`.

Over passages by constructions that the model has not seen, function by function; over folds of
the public sets that were kept from it; and how false alarms differ between whom is spoken of.
"""

from collections import defaultdict

from detectors.linear import model
from detectors.offensive import HARASSMENT, OF_GROUP, THREAT
from detectors.scan import Scanner
from detectors.training.fit import KEPT, read_marks
from detectors.training.passages import Said, passages
from detectors.training.public import DATA, public

EACH = 20  # passages of a construction
HATE = frozenset(rule.id for rule in OF_GROUP.values())
ABUSE = frozenset({HARASSMENT.id, THREAT.id})
ROW = "{:11} {:36} {:>9} {:>6}"


def main() -> None:
    """Print every figure."""
    scanner = Scanner()
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    alarms: dict[str, list[bool]] = defaultdict(list)
    for said in passages("test", each=EACH):
        flagged = is_flagged(scanner, said)
        right[stance(said), said.function].append(flagged == bool(said.heads))
        if not said.heads:
            alarms[said.kind].append(flagged)
    print(f"\n{ROW.format('', 'unseen constructions', 'passages', 'right')}")
    for (kind, function), answers in right.items():
        print(ROW.format(kind, function, len(answers), f"{share(answers):.2f}"))
    for wanted in ("hateful", "abusive", "harmless"):
        answers = [one for (kind, _), listed in right.items() if kind == wanted for one in listed]
        print(ROW.format(wanted, "all", len(answers), f"{share(answers):.3f}"))
    every = [one for listed in right.values() for one in listed]
    print(ROW.format("all", "all", len(every), f"{share(every):.3f}"))
    print("false alarms by whom is spoken of:")
    print(", ".join(f"{kind} {share(listed):.3f}" for kind, listed in alarms.items()))
    folds()


def is_flagged(scanner: Scanner, said: Said) -> bool:
    """Tell whether a passage is flagged as hate; one about a person, as abuse of any kind."""
    asked = HATE if "individual" not in said.function else HATE | ABUSE
    return any(found.rule in asked for found in scanner.scan_text(said.text))


def stance(said: Said) -> str:
    """Name what a passage is."""
    return "hateful" if "hate" in said.heads else "abusive" if said.heads else "harmless"


def share(answers: list[bool]) -> float:
    """Return how many are true, 0 to 1."""
    return sum(answers) / max(len(answers), 1)


def folds() -> None:
    """Print the macro-F1 of the model over what was kept from it of the public sets."""
    if not DATA.exists():
        print(f"the public sets are not at hand ({DATA.name}): their folds are not measured")
        return
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one in public():
        if one.fold == KEPT:
            likely = model().judge(read_marks(one.text))
            for head, truth in one.truth.items():
                counts[one.source, head][2 * truth + (likely[head] >= 0.5)] += 1  # noqa: PLR2004 - more likely than not
    for (source, head), (correct, false, missed, met) in counts.items():
        if missed + met:
            bad = 2 * met / (2 * met + false + missed)
            good = 2 * correct / (2 * correct + false + missed)
            print(f"{source} {head}: macro-F1 {(bad + good) / 2:.3f}")


if __name__ == "__main__":
    main()
