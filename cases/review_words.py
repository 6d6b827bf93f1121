"""What a query may ask of a review: `tag:x`, `assigned:x`, `todo:x`, `seen:x`, `is:relevant`. Pure.

No index knows what reviewers say. So the gate puts the messages in the place of these words, when
it asks; what is written down of the question has the words as they were typed.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from archive.review_events import Verdict
from cases.reviewing import Review, Reviewed
from search.tree import AnyOf, Exact, Leaf, Query, StartsWith, clean, each_leaf
from section9 import MailId

Said = Callable[[Reviewed], bool]


def _stands(verdict: Verdict, one: Reviewed) -> bool:
    return one.verdict is verdict


STATES: Mapping[str, Said] = {
    **{str(verdict): partial(_stands, verdict) for verdict in Verdict},
    "reviewed": lambda one: one.decided,
    "disputed": lambda one: one.disputed,
    "noted": lambda one: bool(one.notes),
}
"""What `is:` may ask, by the word for it (`search.fields.REVIEW_STATES`)."""

NAMES: Mapping[str, Callable[[Reviewed], Iterable[str]]] = {
    "tag": lambda one: one.tags,
    "assigned": lambda one: filter(None, [one.assigned]),
    "todo": lambda one: one.waits_for,
}
"""The names that a field holds of a message, by the field."""


def tagged(review: Review, tag: str) -> frozenset[MailId]:
    """The messages that bear a tag."""
    return _those(review, lambda one: tag in one.tags)


def in_state(review: Review, state: str) -> frozenset[MailId]:
    """The messages of which one of `STATES` is true."""
    if state == "reviewed":  # of tens of thousands, and asked for with every page
        return frozenset(review.decided)
    return _those(review, STATES[state])


def withheld_from(review: Review, account: str) -> frozenset[MailId]:
    """The privileged messages that a reviewer is not to read: those they have no part in.

    Whoever said it has read it, and who is asked to check it must.
    """
    said = ((mail, review.of(mail)) for mail in review.privileged)
    return frozenset(
        mail for mail, one in said if account not in one.opinions and account not in one.awaited
    )


def expand(query: Query, review: Review) -> Query:
    """Put the messages in the place of what a query asks of a review."""

    def said(leaf: Leaf) -> Query:
        found = _asked(leaf, review)
        return leaf if found is None else AnyOf(tuple(Exact("id", mail) for mail in sorted(found)))

    return each_leaf(query, said)


def _asked(leaf: Leaf, review: Review) -> frozenset[MailId] | None:
    """The messages that a leaf stands for; None where it asks nothing of a review."""
    if not isinstance(leaf, Exact | StartsWith):
        return None
    if leaf.field == "is" and leaf.value in STATES:
        return in_state(review, leaf.value)
    fits = _fits(leaf)
    if leaf.field == "seen":
        known = (saved.known for name, saved in review.saved.items() if fits(name))
        return frozenset[MailId]().union(*known)
    if names := NAMES.get(leaf.field):
        return _those(review, lambda one: any(map(fits, names(one))))
    return None


def _fits(leaf: Exact | StartsWith) -> Callable[[str], bool]:
    if isinstance(leaf, Exact):
        return lambda name: clean(name) == leaf.value
    return lambda name: clean(name).startswith(leaf.value)


def _those(review: Review, wanted: Said) -> frozenset[MailId]:
    return frozenset(mail for mail, one in review.mails.items() if wanted(one))
