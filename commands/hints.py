"""What a search that found nothing may have meant: names in it that nothing goes by."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases.reviewing import Review
    from commands.app import App
    from search.tree import Exact

Known = Callable[["Review"], Iterable[str]]


def hints(app: "App", case: str, query: str) -> Iterator[str]:
    """Say of each name in a query that nothing goes by it, and which is like it. Reads no mail."""
    from search.fields import nearest

    review = app.gate.review(app.casebook.case(case).id)
    for leaf in _named(app, query):
        known = sorted(set(KNOWN[leaf.field](review)))
        if leaf.value in known:
            continue
        begun = f"{leaf.value}." if leaf.field == "clause" else leaf.value
        if any(one.startswith(begun) for one in known):
            meant: str | None = f"{leaf.field}:{begun}*"
        else:
            meant = nearest(leaf.value, known)
        question = f": did you mean {meant}?" if meant else ""
        yield f"nothing goes by {leaf.field}:{leaf.value}{question}"


def _named(app: "App", query: str) -> "list[Exact]":
    """The leaves of a query that name something whose names are known."""
    from search.tree import Exact, Leaf, Query, each_leaf

    found: list[Exact] = []

    def look(leaf: Leaf) -> Query:
        if isinstance(leaf, Exact) and leaf.field in KNOWN:
            found.append(leaf)
        return leaf

    each_leaf(app.gate.asked(query), look)
    return found


def _rules(_review: "Review") -> Iterable[str]:
    from detectors.catalogue import RULES

    return (str(rule.id) for rule in RULES)


def _clauses(_review: "Review") -> Iterable[str]:
    from detectors.catalogue import RULES

    return (rule.clause for rule in RULES)


KNOWN: dict[str, Known] = {
    "finding": _rules,
    "formerly": _rules,
    "clause": _clauses,
    "seen": lambda review: review.saved,
    "tag": lambda review: (tag for one in review.mails.values() for tag in one.tags),
    "assigned": lambda review: (one.assigned for one in review.mails.values()),
    "todo": lambda review: (name for one in review.mails.values() for name in one.waits_for),
}
"""The names that a field may hold, where they are known without any mail."""
