"""Who may do what, written down: the settings say it, and the ledger when they changed.

Whoever can write `section9.toml` can give themselves a role, or take an address out of it. They
cannot do so unseen: the next act that needs a role records what the settings say by then. Nor can
they go back to the time without roles, when one account could open a case alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from archive.books import Book
from archive.case_events import RightsChanged
from archive.events import Event
from archive.ledger import Ledger
from cases.deciding import record
from cases.roles import Accounts


def noted(
    ledger: Ledger,
    accounts: Accounts,
    *,
    sha256: str,
    actor: str,
    clock: Callable[[], datetime],
) -> Accounts:
    """Record the rights where they changed, and give the accounts as they are enforced.

    `sha256` is of everything in the settings that says who may do what. A folder that never had a
    role has none to record.
    """

    def decide(events: tuple[Event, ...]) -> Sequence[Event]:
        last = _last(events)
        if last and last.sha256 == sha256:
            return ()
        return (RightsChanged(clock(), actor, sha256, _told(accounts)),)

    events = tuple(ledger.events(Book.CASES))
    if not (_last(events) or accounts.known):
        return accounts
    record(ledger, Book.CASES, decide)
    return replace(accounts, enforced=True)


def _last(events: Sequence[Event]) -> RightsChanged | None:
    return next((one for one in reversed(events) if isinstance(one, RightsChanged)), None)


def _told(accounts: Accounts) -> tuple[str, ...]:
    return tuple(f"{one.name}: {', '.join(sorted(one.roles))}" for one in accounts.known)
