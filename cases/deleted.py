"""What was deleted in a case's scope: asked through the gate, and recorded as a search."""

from collections.abc import Mapping
from datetime import datetime

from archive.books import Book
from archive.case_events import HoldPlaced
from archive.case_words import Case
from cases.answers import Deletions
from cases.deletions import deletions, with_beginnings, with_bursts
from cases.gate import Gate
from cases.veil import NOTHING
from search.index import Page
from search.tree import Between, render


def deleted(gate: Gate, case: str, *, since: datetime | None) -> Deletions:
    """List what was deleted from the mailboxes of a case's scope, newest first.

    A subject is told only where the case opens the message.
    """
    sight, asked = gate.sight(case, "deletions"), Between("deleted", since, None)
    mails = list(gate.index.ids(sight.narrow(asked)))
    open_ = frozenset(mails if sight.veil == NOTHING else gate.index.ids(sight.open(asked)))
    records = (record for mail in mails if (record := gate.index.get(mail)))
    found = deletions(records, sight.authority.scope, since=since, open_=open_)
    shown = tuple(dict.fromkeys(one.mail for one in found))
    page = Page(hits=(), total=len(mails), next=None)
    answer = gate.given(sight, render(asked), asked, page, shown)
    began = _began(gate, gate.casebook.case(case))
    return Deletions(answer, tuple(with_beginnings(with_bursts(found), began)))


def _began(gate: Gate, case: Case) -> Mapping[str, datetime]:
    """When the case and its holds began."""
    placed = (one for one in gate.ledger.events(Book.CASES) if isinstance(one, HoldPlaced))
    holds = {f"hold {one.hold.id}": one.at for one in placed if one.hold.case == case.id}
    return {f"case {case.id}": case.opened, **holds}
