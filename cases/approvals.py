"""Two people: what one asks for, another approves; then it may be done once, within a time.

Requests are a fold over the `cases` book. What is decided here is pure: values and a clock
reading in; `desk` is where it meets the ledger. A deed that needs approval asks `granted`, and
writes `RequestUsed` in one segment with what it did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from archive.case_events import Approved, Declined, Requested, RequestUsed
from archive.case_words import Act, Case
from archive.events import Event
from cases.roles import APPROVED_BY, Accounts
from section9 import CaseId, RequestId, Section9Error

CASE_ACTS = frozenset({Act.OPEN_CASE, Act.EXTEND_CASE})
"""Acts that are done by being approved."""


class ApprovalMissingError(Section9Error):
    """It takes two people, and a second one has not agreed, or not yet, or no longer."""

    exit_code: ClassVar[int] = 12


class ApprovalRefusedError(Section9Error):
    """A request cannot be approved, declined or made as asked."""

    exit_code: ClassVar[int] = 12


@dataclass(frozen=True, slots=True)
class Terms:
    """How long an approval waits before it may be used, and how long it then lasts."""

    cooling_off: timedelta = timedelta()
    valid: timedelta = timedelta(days=14)  # also how long a request waits to be approved


DEFAULT_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for."""

    act: Act
    subject: tuple[str, ...]  # ids of what it is to be done to
    reason: str
    case: CaseId | None = None
    concerns: tuple[str, ...] = ()  # addresses of the people whose mail it touches


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it stands, folded from its events."""

    id: RequestId
    asked: Asked
    by: str
    at: datetime
    lapses: datetime  # until when it may be approved; once approved, until when it may be used
    approved: Approved | None = None
    declined: Declined | None = None
    used: RequestUsed | None = None

    def state(self, now: datetime) -> str:
        """Say in a word where it stands: used, declined, lapsed, waiting, cooling, approved."""
        if self.used or self.declined:
            return "used" if self.used else "declined"
        if now >= self.lapses:
            return "lapsed"
        if self.approved is None:
            return "waiting"
        return "cooling" if now < self.approved.usable else "approved"


Requests = Mapping[RequestId, Request]


def granted(
    requests: Requests,
    act: Act,
    subject: Iterable[str],
    now: datetime,
    *,
    case: CaseId | None = None,
) -> Request:
    """The approved request that lets `act` be done to exactly `subject` now.

    Raises `ApprovalMissingError`, which says what is missing: the request itself, the second
    person, or the end of the cooling-off time.
    """
    wanted = frozenset(subject)
    alike = [
        request
        for request in requests.values()
        if (request.asked.act, request.asked.case) == (act, case)
        and frozenset(request.asked.subject) == wanted
    ]
    states = {request.state(now): request for request in alike}
    if "approved" in states:
        return states["approved"]
    raise ApprovalMissingError(_missing(act, states))


def _missing(act: Act, states: Mapping[str, Request]) -> str:
    if cooling := states.get("cooling"):
        usable = cooling.approved.usable if cooling.approved else cooling.at
        return (
            f"{act} is approved by {cooling.id}, but cools off until {usable:%Y-%m-%d %H:%M} UTC: "
            "do it then"
        )
    if waiting := states.get("waiting"):
        return (
            f"{act} takes two people: have somebody else run `section9 approve {waiting.id}` "
            f"before {waiting.lapses:%Y-%m-%d %H:%M} UTC"
        )
    return f"{act} takes two people, and nobody has asked yet: `section9 request --help`"


def check_approver(request: Request, *, actor: str, case: Case | None, accounts: Accounts) -> None:
    """Refuse who may not be the second person.

    Never who asked, who investigates the case, or whom it concerns; and only an account whose
    role approves such an act (clause 9.3). Raises `ApprovalRefusedError` or `RoleMissingError`.
    """
    if actor == request.by:
        raise ApprovalRefusedError(
            f"{actor} asked for {request.id} and cannot approve it: have somebody else do it"
        )
    if case is not None and actor == case.investigator:
        raise ApprovalRefusedError(
            f"{actor} investigates case {case.id} and cannot approve {request.id}: "
            "have somebody else do it"
        )
    concerned = (*request.asked.concerns, *(case.scope.concerned if case else ()))
    if accounts.concerned(actor, concerned):
        raise ApprovalRefusedError(
            f"{request.id} concerns {actor}, who cannot approve it: have somebody else do it"
        )
    if request.asked.act in CASE_ACTS:
        accounts.require_authoriser(actor, concerned)
    else:
        accounts.require(actor, APPROVED_BY[request.asked.act])


def check_open(request: Request, *, now: datetime) -> None:
    """Refuse to change a request whose time is over. Raises `ApprovalRefusedError`."""
    state = request.state(now)
    if state in {"used", "declined", "lapsed"}:
        raise ApprovalRefusedError(
            f"{request.id} is {state}: ask again, and have the new request approved"
        )


def fold(events: Iterable[Event]) -> dict[RequestId, Request]:
    """Requests from the events of the `cases` book, in its order."""
    requests: dict[RequestId, Request] = {}
    for event in events:
        match event:
            case Requested():
                requests[event.request] = _request(event)
            case Approved():
                found = requests[event.request]
                requests[event.request] = replace(found, approved=event, lapses=event.lapses)
            case Declined():
                requests[event.request] = replace(requests[event.request], declined=event)
            case RequestUsed():
                requests[event.request] = replace(requests[event.request], used=event)
            case _:  # cases, holds and notices stand in the same book
                pass
    return requests


def _request(event: Requested) -> Request:
    asked = Asked(event.act, event.subject, event.reason, event.case, event.concerns)
    return Request(event.request, asked, event.by, event.at, event.lapses)


def requested(
    asked: Asked, *, number: int, by: str, now: datetime, terms: Terms = DEFAULT_TERMS
) -> Requested:
    """The event of asking; `number` counts requests from one."""
    return Requested(
        at=now,
        by=by,
        request=RequestId(f"R-{number:04d}"),
        act=asked.act,
        subject=asked.subject,
        case=asked.case,
        concerns=asked.concerns,
        reason=asked.reason,
        lapses=now + terms.valid,
    )


def find(requests: Requests, name: str) -> Request:
    """One request by its name. Raises `ApprovalRefusedError` where there is none."""
    found = requests.get(RequestId(name.upper()))
    if found is None:
        raise ApprovalRefusedError(f"no request {name!r}: `section9 request list` shows them")
    return found


def pending(requests: Requests, asked: Asked, now: datetime) -> Request | None:
    """The live request for the same, whatever its reason; None where there is none."""
    return next((one for one in requests.values() if _is_pending(one, asked, now)), None)


def _is_pending(request: Request, asked: Asked, now: datetime) -> bool:
    live = request.state(now) in {"waiting", "cooling", "approved"}
    return live and replace(request.asked, reason=asked.reason) == asked
