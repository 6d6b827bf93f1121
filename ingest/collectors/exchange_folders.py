"""The folders of a mailbox on Exchange, and which of them are of the deleted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import structlog
from exchangelib import Folder as EwsFolder
from exchangelib.fields import FieldPath
from exchangelib.folders import Root
from exchangelib.items import ID_ONLY
from exchangelib.items import Item as EwsItem
from exchangelib.properties import DistinguishedFolderId
from exchangelib.services import FindFolder, GetFolder

from ingest.collectors.door import Folder, FolderId, FolderKind, MailboxError
from ingest.collectors.ews import ABSENT
from ingest.collectors.paths import distinct, level

Ask = Callable[..., list[Any]]
"""Asks a service of EWS; gives what it answers, an error in the place of what it refuses."""

log = structlog.get_logger()

ROOTS = {
    "msgfolderroot": "",
    "recoverableitemsroot": "Recoverable Items/",
    "archivemsgfolderroot": "In-Place Archive/",
    "archiverecoverableitemsroot": "In-Place Archive/Recoverable Items/",
}
"""Where the trees of folders begin, and what goes before a folder's path in each."""

KINDS = {
    "deleteditems": FolderKind.TRASH,
    "recoverableitemsdeletions": FolderKind.DELETIONS,
    "recoverableitemspurges": FolderKind.PURGES,
    "recoverableitemsversions": FolderKind.VERSIONS,
    "recoverableitemsdiscoveryholds": FolderKind.HOLDS,
    "archivedeleteditems": FolderKind.TRASH,
    "archiverecoverableitemsdeletions": FolderKind.DELETIONS,
    "archiverecoverableitemspurges": FolderKind.PURGES,
    "archiverecoverableitemsversions": FolderKind.VERSIONS,
    "archiverecoverableitemsdiscoveryholds": FolderKind.HOLDS,
}
"""What lies in a folder, by the name that is the same in every language."""


def fields(model: type[EwsItem | EwsFolder], *names: str) -> list[FieldPath]:
    """Name properties as exchangelib asks for them."""
    return [FieldPath(field=model.get_field_by_fieldname(name)) for name in names]


FOLDER_FIELDS = fields(EwsFolder, "name", "parent_folder_id", "folder_class")


def list_folders(ask: Ask, root: Root, *, archive: bool) -> Sequence[Folder]:
    """List every folder, of the archive mailbox too if `archive` says so. Raises `MailboxError`."""
    known = _known(ask, root, (name for name in (*ROOTS, *KINDS) if "archive" not in name))
    if archive:
        known |= _known(ask, root, (name for name in (*ROOTS, *KINDS) if "archive" in name))
    if "msgfolderroot" not in known:
        raise MailboxError(
            "Exchange lists no folder of the mailbox: see whether it opens in Outlook"
        )
    kinds = {known[name].id: kind for name, kind in KINDS.items() if name in known}
    found: list[Folder] = []
    for name, prefix in ROOTS.items():
        if name in known:
            found += _tree(ask, known[name], prefix, kinds)
    return distinct(found)


def _known(ask: Ask, root: Root, names: Iterable[str]) -> dict[str, EwsFolder]:
    """Find folders by the names that Exchange gives them; without those it has not.

    Only what it says plainly is taken for that: mail in a folder that is left out by mistake
    would be told to have been purged.
    """
    asked = {
        name: EwsFolder(root=root, _distinguished_id=DistinguishedFolderId(id=name))
        for name in names
    }
    found = ask(GetFolder, folders=asked.values(), additional_fields=FOLDER_FIELDS, shape=ID_ONLY)
    known = dict(zip(asked, found, strict=True))
    for name, folder in known.items():
        if isinstance(folder, ABSENT):
            log.debug("folder-not-offered", folder=name, why=type(folder).__name__)
        elif isinstance(folder, Exception):
            raise folder
    return {name: one for name, one in known.items() if not isinstance(one, Exception)}


def _tree(ask: Ask, top: EwsFolder, prefix: str, kinds: dict[str, FolderKind]) -> Iterator[Folder]:
    """Yield a root and every folder below it; of Recoverable Items only what holds mail."""
    found = ask(
        FindFolder,
        folders=[top],
        additional_fields=FOLDER_FIELDS,
        restriction=None,
        shape=ID_ONLY,
        depth="Deep",
        max_items=None,
        offset=0,
    )
    for folder in found:
        if isinstance(folder, Exception):
            raise folder
    below = {folder.id: folder for folder in found}
    recoverable = prefix.endswith("Recoverable Items/")
    if not recoverable:
        yield Folder(FolderId(top.id), prefix + level(top.name))
    for folder in below.values():
        line = list(_line(folder, below))
        kind = next((kinds[one.id] for one in line if one.id in kinds), None)
        if kind or not recoverable:
            path = "/".join(level(one.name) for one in reversed(line))
            yield Folder(FolderId(folder.id), prefix + path, kind or FolderKind.ORDINARY)


def _line(folder: EwsFolder, below: dict[str, EwsFolder]) -> Iterator[EwsFolder]:
    """Yield a folder, the one it lies in, and so on up; a circle ends."""
    seen: set[str] = set()
    while folder and folder.id not in seen:
        yield folder
        seen.add(folder.id)
        parent = folder.parent_folder_id
        folder = below.get(parent.id) if parent else None
