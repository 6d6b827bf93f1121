"""Telling a person about mail in plain words: who was sent it, and the story of each copy.

Mail is hostile: what is shown of it is made safe first.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from section9 import Change, Participant, Record, Role, Sighting, Trust, Turn

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, escape among them; tab and newline stay
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of writing
    "\ud800-\udfff]"  # halves of a character that never was one
)


def safe(text: str) -> str:
    """Replace what a terminal would obey, or a reader be misled by, with a visible mark."""
    return UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def names(people: Iterable[Participant]) -> str:
    """Write people down in a line."""
    return ", ".join(f"{p.name} <{p.address}>" if p.name else p.address for p in people)


def deliveries(record: Record) -> Iterator[str]:
    """Say whom it was really sent to, in which role, and on whose word."""
    for copy in record.sightings:
        for one in copy.recipients:
            role = "" if one.role is Role.UNVERIFIED else f" as {one.role.capitalize()}"
            listed = f", expanded from {one.expanded_from}" if one.expanded_from else ""
            forwarded = f", forwarded from {one.forwarded_from}" if one.forwarded_from else ""
            yield f"{one.address}{role}{listed}{forwarded} ({WORD[copy.trust]})"


WORD = {
    Trust.NONE: "by the SMTP envelope",
    Trust.REPORT: "by the mail server's journal report",
    Trust.COPY: "by the mail server's note on its copy",
    Trust.SUSPECT: "by the SMTP envelope",
}


def origin(copy: Sighting) -> str:
    """Tell where and when a copy came from, and why its journal report was not believed."""
    sender = f", from {copy.sender}" if copy.sender else ""
    principal = f" on behalf of {copy.on_behalf_of}" if copy.on_behalf_of else ""
    forged = (
        f"; suspected forgery: {', '.join(copy.reasons)}" if copy.trust is Trust.SUSPECT else ""
    )
    where = " ".join(filter(None, (copy.folder, copy.item))) or copy.id
    made = ""
    if copy.rebuilt:
        kind = copy.rebuilt.way.partition("/")[0]
        made = f"; rebuilt from a .{kind} file, not the original bytes: {copy.rebuilt.sha256}"
    return f"{copy.source} {copy.seen:%Y-%m-%d %H:%M:%S} {where}{sender}{principal}{forged}{made}"


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
