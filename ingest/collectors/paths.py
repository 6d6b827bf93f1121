"""Paths of folders that a server knows by ids: made so that no two folders share one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.collectors.door import Folder

TAIL = 8  # characters of an id that tell two folders of one path apart


def level(name: str | None) -> str:
    """Give a folder's name as one level of a path."""
    return (name or "").replace("/", "_")


def distinct(folders: Sequence[Folder]) -> list[Folder]:
    """Tell folders of the same path apart: what lies in one would seem gone from the other."""
    often = Counter(folder.path for folder in folders)
    return [
        replace(folder, path=f"{folder.path} ({folder.id[-TAIL:]})")
        if often[folder.path] > 1
        else folder
        for folder in folders
    ]
