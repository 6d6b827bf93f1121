"""The folders of a mailbox in Exchange Online, and which of them are of the deleted."""

from collections import deque
from collections.abc import Iterator, Sequence
from urllib.parse import quote

import structlog

from ingest.collectors.door import Folder, FolderId, FolderKind
from ingest.collectors.graph_answers import OK, FolderAnswer, FolderPage, Part
from ingest.collectors.graph_client import GraphClient
from ingest.collectors.paths import distinct, level

log = structlog.get_logger()

TRASH = "deleteditems"
RECOVERABLE = {
    "recoverableitemsdeletions": FolderKind.DELETIONS,
    "recoverableitemspurges": FolderKind.PURGES,
    "recoverableitemsversions": FolderKind.VERSIONS,
    "recoverableitemsdiscoveryholds": FolderKind.HOLDS,
}
"""Graph's own names for the folders of the deleted. Its reference knows the first alone."""

RECOVERABLE_ITEMS = "Recoverable Items/"

FOLDER_FIELDS = "id,displayName,childFolderCount"
ABSENT = frozenset({400, 404})
"""How Graph says that it has no folder of a name."""


class GraphFolders:
    """Lists the folders of one user, whose path in Graph is `user`."""

    def __init__(self, client: GraphClient, user: str) -> None:
        self._client = client
        self._user = user

    def list(self) -> Sequence[Folder]:
        """List every folder, hidden ones and those of the deleted included. Raises `GraphError`."""
        known = self._known((TRASH, *RECOVERABLE))
        places = deque([(f"{self._user}/mailFolders", "", FolderKind.ORDINARY)])
        listed = []
        for name, kind in RECOVERABLE.items():
            if found := known.get(name):
                listed.append(_folder(found, RECOVERABLE_ITEMS, kind))
                if found.child_folder_count:
                    places.append((self._children(found), f"{listed[-1].path}/", kind))
        trash = known[TRASH].id if TRASH in known else ""
        return distinct([*self._walk(places, trash), *listed])

    def _known(self, names: Sequence[str]) -> dict[str, FolderAnswer]:
        """Find folders by the names that are the same in every language."""
        asked = [f"{self._user}/mailFolders/{name}?$select={FOLDER_FIELDS}" for name in names]
        parts = dict(zip(names, self._client.batch(asked), strict=True))
        for name, part in parts.items():
            if part.status != OK:
                self._missing(name, part)
        return {name: found for name, part in parts.items() if (found := part.read(FolderAnswer))}

    def _missing(self, name: str, part: Part) -> None:
        """Pass over a folder that Graph says it does not have.

        Anything else is an error: mail in a folder that is left out by mistake would be told to
        have been purged.
        """
        if name == TRASH or part.status not in ABSENT:
            raise part.refused
        log.info("folder-not-offered", folder=name, status=part.status)

    def _walk(self, places: deque[tuple[str, str, FolderKind]], trash: str) -> Iterator[Folder]:
        """Yield the folders that lists name, and those below each of them."""
        seen: set[str] = set()
        while places:
            link, prefix, kind = places.popleft()
            for found in self._listed(link):
                if found.id in seen or found.type.endswith("mailSearchFolder"):
                    continue
                seen.add(found.id)
                place = _folder(found, prefix, FolderKind.TRASH if found.id == trash else kind)
                yield place
                if found.child_folder_count:
                    places.append((self._children(found), f"{place.path}/", place.kind))

    def _listed(self, link: str) -> Iterator[FolderAnswer]:
        link += f"?includeHiddenFolders=true&$top=100&$select={FOLDER_FIELDS}"
        while link:
            page = self._client.get(link, FolderPage)
            yield from page.value
            link = page.next

    def _children(self, folder: FolderAnswer) -> str:
        return f"{self._user}/mailFolders/{quote(folder.id, safe='')}/childFolders"


def _folder(found: FolderAnswer, prefix: str, kind: FolderKind) -> Folder:
    return Folder(FolderId(found.id), prefix + level(found.display_name), kind)
