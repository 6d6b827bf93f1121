"""The story of a copy in plain words: arrived, moved, deleted, purged, restored, still there."""

from collections.abc import Iterator
from datetime import datetime

from section9 import Change, Sighting, Turn


def tale(copy: Sighting, *, looked: datetime | None) -> Iterator[str]:
    """Tell what befell a copy, a line each; `looked` is when its folder was last looked through.

    Nothing is told of a copy that no collector watches.
    """
    if copy.arrived:
        yield f"arrived {moment(copy.arrived)}"
    for turn in copy.story:
        yield step(turn)
    if copy.item and copy.place:
        seen = max(looked or copy.seen, copy.seen)
        if copy.story:
            seen = max(seen, copy.story[-1].before)
        yield f"still in {copy.place} when last looked at, {moment(seen)}"


def step(turn: Turn) -> str:
    """Tell one turn: what, where to, by whom, and between which times."""
    to = f" to {turn.folder}" if turn.folder else ""
    by = f" by {turn.by}" if turn.by else ""
    return f"{turn.change}{to}{by} {between(turn.after, turn.before)}{_reach(turn)}"


def _reach(turn: Turn) -> str:
    """Say of what was purged where that leaves it."""
    if turn.change is not Change.PURGED:
        return ""
    return (
        ", beyond its owner's reach" if turn.folder else "; it is nowhere in the mailbox any more"
    )


def between(after: datetime | None, before: datetime) -> str:
    """Say when, as exactly as is known."""
    if after is None:
        return f"before {moment(before)}"
    if after == before:
        return f"at {moment(before)}"
    return f"between {moment(after)} and {moment(before)}"


def moment(at: datetime) -> str:
    """Write a moment for a person, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S}"
