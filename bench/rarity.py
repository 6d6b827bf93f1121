"""How likely acts seem in ordinary passages: what `detectors.acts.LIKELY` is made of.

The greater of two: among the lines of ours that were kept from training and do not do it, which
were written to look as if; and among the passages of public mail that no model was taught with.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from bench.detectors import HAM, texts
from detectors import acts
from detectors.contact.phrases import EXCHANGE, MEETING, PERSONAL
from detectors.training.acts import lines
from section9 import RuleId

EACH_MAIL = 10  # passages
HEADS: Mapping[RuleId, str] = {
    **{rule: str(rule) for rule in acts.LIKELY},
    MEETING: "meeting",
    EXCHANGE: "exchange",
    PERSONAL: "personal",
}
"""What an act is called where the lines are labelled."""


def main() -> None:
    """Print the table, and how many of the lines that do it reach each of its steps."""
    judged = [(line.acts, acts.likelihoods(line.text)) for line in lines("dev", each=1)]
    mail = [acts.likelihoods(text) for text in public()]
    print(f"{len(judged):,} lines kept apart, {len(mail):,} passages of public mail")
    print(f"of 1 in {acts.RARITY} ordinary passages as likely; found of the lines that do it")
    for rule, head in HEADS.items():
        calm = sorted(likely[rule] for labels, likely in judged if head not in labels)
        ordinary = sorted(likely[rule] for likely in mail)
        steps = tuple(max(rare(calm, one), rare(ordinary, one)) for one in acts.RARITY)
        doing = [likely[rule] for labels, likely in judged if head in labels]
        found = ", ".join(f"{share(doing, step):.2f}" for step in steps)
        print(f"  {rule:18} {', '.join(f'{step:.3f}' for step in steps)}   {found}")


def rare(ordered: Sequence[float], one: int) -> float:
    """Return what one of so many is at least; 0 where there are none."""
    return ordered[-max(1, len(ordered) // one)] if ordered else 0.0


def share(likely: Iterable[float], least: float) -> float:
    """Return which share reaches a likelihood, 0 to 1."""
    every = list(likely)
    return sum(one >= least for one in every) / max(1, len(every))


def public() -> Iterator[str]:
    """Yield passages of ordinary mail, none of which is in a training set, as acts are read."""
    for path in sorted(chain(HAM.glob("easy-ham-2/*"), HAM.glob("hard-ham-*/*"))):
        own = (
            line for text in texts(path) for line in text.split("\n") if not line.startswith(">")
        )
        body = "\n".join(own)
        if "<html" not in body.lower():
            for start, end in islice(acts.worth_reading(body), EACH_MAIL):
                yield body[start:end]


if __name__ == "__main__":
    main()
