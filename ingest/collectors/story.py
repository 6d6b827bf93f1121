"""The story of a copy: what it means that a message was found elsewhere, or nowhere. Pure."""

from dataclasses import replace
from datetime import datetime

from ingest.collectors.door import Folder, FolderKind, Item
from section9 import Change, Sighting, Turn

OUT_OF_REACH = frozenset({FolderKind.PURGES, FolderKind.HOLDS})
DELETED = frozenset({FolderKind.TRASH, FolderKind.DELETIONS})


def begun(folder: Folder, item: Item, *, arrived: datetime | None, seen: datetime) -> list[Turn]:
    """Tell of a copy that is first seen among the deleted: that it was deleted before that."""
    change = _change(folder)
    if change is None:
        return []
    sure = arrived if arrived and arrived <= seen else None  # the server's clock may be ahead
    after, before = _between(item, sure, seen)
    return [Turn(change, folder.path, after, before, item.by, item.id)]


def moved(
    sighting: Sighting, folder: Folder, item: Item, *, after: datetime, before: datetime
) -> Sighting:
    """Go on with the story of a copy that is found in another folder."""
    since, until = _between(item, after, before)
    change = _step(sighting, folder)
    return _told(sighting, Turn(change, folder.path, since, until, item.by, item.id))


def gone(sighting: Sighting, *, after: datetime, before: datetime) -> Sighting:
    """Go on with the story of a copy that is found nowhere any more."""
    return _told(sighting, Turn(Change.PURGED, "", after, before))


def _step(sighting: Sighting, folder: Folder) -> Change:
    change = _change(folder)
    purged = bool(sighting.story) and sighting.story[-1].change is Change.PURGED
    if folder.kind is FolderKind.VERSIONS:
        return Change.MOVED
    if folder.kind is FolderKind.TRASH and sighting.deleted and not purged:
        return Change.MOVED  # from one folder of the trash to another
    return change or (Change.RESTORED if sighting.deleted else Change.MOVED)


def _change(folder: Folder) -> Change | None:
    """What has happened to a message that lies in a folder of the deleted."""
    if folder.kind in OUT_OF_REACH:
        return Change.PURGED
    return Change.DELETED if folder.kind in DELETED else None


def _between(
    item: Item, after: datetime | None, before: datetime
) -> tuple[datetime | None, datetime]:
    """Narrow the time to the moment that the server tells, if that fits what was seen."""
    fits = item.at is not None and (after is None or after <= item.at) and item.at <= before
    return (item.at, item.at) if fits and item.at else (after, before)


def _told(sighting: Sighting, turn: Turn) -> Sighting:
    return replace(sighting, story=(*sighting.story, turn))
