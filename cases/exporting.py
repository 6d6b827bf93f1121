"""What of a case may leave the archive, and how an export may fail.

An export is an entry of the `access` book before it is anything else: what it holds, in which
order and as of when is decided once, and written down before the first byte is given.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from archive import segment
from archive.access_events import Exported, ExportFinished, ExportResumed
from archive.books import Book
from archive.case_words import Case, Extent
from cases.casebook import fold
from cases.gate import OPAQUE, Gate
from cases.roles import Deed, NoAuthorityError
from cases.sight import Sight, in_scope, participant
from cases.veil import NOTHING
from search.tree import All, Everything, Not, Query, render
from section9 import BlobId, CaseId, MailId, Record, Section9Error


class ExtentError(NoAuthorityError):
    """The case does not open whole messages, and nothing less is evidence."""

    def __init__(self, case: CaseId, extent: Extent) -> None:
        super().__init__(
            f"case {case} opens {extent} only, and an export gives whole messages: "
            "a case on content is another `section9 case open`"
        )


class ExportUnknownError(Section9Error):
    """The case has no such export."""

    exit_code: ClassVar[int] = 2

    def __init__(self, case: CaseId, export: int) -> None:
        super().__init__(
            f"entry {export} of the access book is no export of case {case}: "
            "the manifest of an export names its entry; without --again a new one is made"
        )


class ExportChangedError(Section9Error):
    """Something that an export was to give has since been withheld, sealed or purged."""

    exit_code: ClassVar[int] = 11

    def __init__(self, case: CaseId, export: int, gone: int) -> None:
        super().__init__(
            f"{gone} of the messages of export {export} of case {case} may not be given any more: "
            "delete what was begun and export anew, which lists them as withheld"
        )


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it was decided and recorded."""

    number: int  # of its segment in the access book
    case: Case
    event: Exported


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One message of an export, with the way to the exact bytes of its copies."""

    record: Record
    read: Callable[[BlobId], bytes]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants exported."""

    query: str
    limit: int | None = None  # the newest so many; None for all that are found
    forms: tuple[str, ...] = ()
    program: str = ""


@dataclass(frozen=True, slots=True)
class Exports:
    """Gives evidence to whom the gate lets through, and writes that down first."""

    gate: Gate

    def begin(self, case: str, wish: Wish) -> Export:
        """Decide what an export gives, and record it before any of it is given."""
        sight, asked = self._sight(case), self.gate.asked(wish.query)
        privileged = self._privileged(sight)
        found = [mail for mail in self.gate.index.ids(sight.open(asked)) if mail not in privileged]
        closed = self._closed(sight, asked, found)
        own = All((in_scope(sight.authority.scope), participant(sight.authority.own)))
        mail_head = self.gate.ledger.head(Book.MAIL)
        event = Exported(
            at=self.gate.clock(),
            by=self.gate.actor,
            case=sight.authority.case,
            query=wish.query,
            ran=render(_told(sight, asked)),
            engine=self.gate.index.description,
            program=wish.program,
            heads=(mail_head, *map(self.gate.ledger.head, (Book.CASES, Book.WEB))),
            behind=mail_head.number - sum(map(len, self.gate.index.applied())),
            total=len(found) + len(closed),
            mails=tuple(found[: wish.limit][::-1]),
            withheld=closed[::-1],
            sealed=tuple(mail for mail in closed[::-1] if mail in sight.sealed),
            unsearchable=tuple(self.gate.index.ids(sight.open(OPAQUE)))[::-1],
            own=self.gate.index.count(own) if sight.authority.own else 0,
            forms=wish.forms,
            privileged=tuple(mail for mail in closed[::-1] if mail in privileged),
        )
        number = self.gate.ledger.append(Book.ACCESS, (event,)).number
        return Export(number, self._case(event), event)

    def again(self, case: str, number: int) -> Export:
        """Go on with an export of a case, or make it again; that is recorded too.

        Raises `ExportUnknownError`, and `ExportChangedError` where not all of it may be given now.
        """
        found = self._sight(case).authority.case
        event = self._recorded(number)
        if event is None or event.case != found:
            raise ExportUnknownError(found, number)
        export = Export(number, self._case(event), event)
        self._require_open(export)
        resumed = ExportResumed(self.gate.clock(), self.gate.actor, found, number)
        self.gate.ledger.append(Book.ACCESS, (resumed,))
        return export

    def exhibits(self, export: Export, *, start: int = 0) -> Iterator[Exhibit]:
        """Give the messages of an export in its order, from number `start` on.

        A seal, a hold or an approval moves the cases book: then all is judged again.
        """
        judged = None
        for mail in islice(export.event.mails, start, None):
            if (head := self.gate.ledger.head(Book.CASES)) != judged:
                self._require_open(export)
                judged = head
            record = self.gate.index.get(mail)
            if record is None:
                raise ExportChangedError(export.case.id, export.number, 1)
            yield Exhibit(record, self.gate.blobs.get)

    def finished(self, export: Export, *, files: int, sha256: str) -> None:
        """Record what an export came to."""
        case, number = export.case.id, export.number
        event = ExportFinished(self.gate.clock(), self.gate.actor, case, number, files, sha256)
        self.gate.ledger.append(Book.ACCESS, (event,))

    def _sight(self, case: str) -> Sight:
        """What a case lets be exported; a refusal is recorded."""
        sight = self.gate.sight(case, "export")
        try:
            self.gate.casebook.accounts.require(self.gate.actor, Deed.EXPORT)
            if sight.authority.extent is not Extent.CONTENT:
                raise ExtentError(sight.authority.case, sight.authority.extent)
        except NoAuthorityError as error:
            self.gate.refuse(error, case, "export")
            raise
        return sight

    def _privileged(self, sight: Sight) -> frozenset[MailId]:
        """What reviewers of the case say is privileged: that leaves with nobody."""
        return frozenset(self.gate.review(sight.authority.case).privileged)

    def _closed(self, sight: Sight, asked: Query, found: Sequence[MailId]) -> tuple[MailId, ...]:
        """What is found and not given, newest first."""
        given = frozenset(found)
        everything = self.gate.index.ids(sight.narrow(asked))
        return tuple(mail for mail in everything if mail not in given)

    def _recorded(self, number: int) -> Exported | None:
        if not 0 < number <= self.gate.ledger.head(Book.ACCESS).number:
            return None
        content = self.gate.ledger.raw(Book.ACCESS, number)
        first = segment.decode(Book.ACCESS, number, content).events[0]
        return first if isinstance(first, Exported) else None

    def _case(self, event: Exported) -> Case:
        """The case as it stood when the export was decided."""
        last = next(head.number for head in event.heads if head.book is Book.CASES)
        segments = self.gate.ledger.segments(Book.CASES)
        then = (one for this in islice(segments, last) for one in this.events)
        return fold(then)[event.case]

    def _require_open(self, export: Export) -> None:
        sight = self._sight(export.case.id)
        open_ = frozenset(self.gate.index.ids(sight.open(Everything()))) - self._privileged(sight)
        if gone := len(set(export.event.mails) - open_):
            raise ExportChangedError(export.case.id, export.number, gone)


def _told(sight: Sight, asked: Query) -> Query:
    """What was asked for, as it is written down: what is withheld was not."""
    told = sight.told(asked)
    return told if sight.veil == NOTHING else All((told, Not(sight.veil)))
