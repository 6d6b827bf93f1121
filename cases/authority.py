"""Authority: what a case grants one person now. Pure decisions: values and a clock reading in.

Clause 9.2 of the policy lets mail be opened only for the investigation of alleged wrongful acts
or for a legal obligation; clause 9.3 only by the people appropriate to it. So content opens to an
`Authority` and to nothing else, and this is the only place where one is made.
"""

from dataclasses import dataclass
from datetime import datetime

from archive.case_words import Case, Extent, Scope
from cases.roles import Accounts, ConflictError, Deed, NoAuthorityError
from section9 import CaseId, RequestId


@dataclass(frozen=True, slots=True)
class Authority:
    """What a live case grants one person at one moment. Only `cases.authority` makes one."""

    case: CaseId
    actor: str
    scope: Scope
    extent: Extent = Extent.CONTENT
    own: tuple[str, ...] = ()  # addresses of the actor, whose own mail is somebody else's to read


class CaseUnknownError(NoAuthorityError):
    """No case has this name."""

    def __init__(self, case: str) -> None:
        super().__init__(f"no case {case!r}: `section9 case list` shows the open ones")


class CaseAwaitsError(NoAuthorityError):
    """The case was applied for, and nobody has authorised it yet."""

    def __init__(self, case: CaseId, request: RequestId) -> None:
        super().__init__(
            f"case {case} is applied for and not authorised: "
            f"have an authoriser run `section9 approve {request}`"
        )


class CaseUnattestedError(NoAuthorityError):
    """The case was opened before roles were configured; its authoriser was only named."""

    def __init__(self, case: CaseId) -> None:
        super().__init__(
            f"case {case} dates from before [roles] was configured, its authoriser never acted: "
            "open a new one with `section9 case open`"
        )


class CaseClosedError(NoAuthorityError):
    """The case has been closed."""

    def __init__(self, case: CaseId, closed: datetime) -> None:
        super().__init__(
            f"case {case} was closed on {closed:%Y-%m-%d}: open a new one with `section9 case open`"
        )


class CaseExpiredError(NoAuthorityError):
    """The case has run past its end."""

    def __init__(self, case: CaseId, expires: datetime) -> None:
        super().__init__(
            f"case {case} expired on {expires:%Y-%m-%d %H:%M} UTC: "
            f"have it extended with `section9 case extend {case}`"
        )


class NotInvestigatorError(NoAuthorityError):
    """The case is somebody else's."""

    def __init__(self, case: CaseId, actor: str) -> None:
        super().__init__(
            f"{actor} is not the investigator of case {case}: "
            "ask its authoriser for a case of your own, or to be let in: "
            f"`section9 review admit {actor} --case {case} --reason WHY`"
        )


def reading(extent: Extent) -> Deed:
    """What somebody must be allowed to do, to read in a case of this extent."""
    return Deed.TRIAGE if extent is Extent.FLAGGED else Deed.READ


def grant(
    case: Case,
    *,
    actor: str,
    now: datetime,
    accounts: Accounts = Accounts(),  # noqa: B008 - frozen, and means that no role is checked
) -> Authority:
    """What `case` lets `actor` open at `now`. Raises a `NoAuthorityError` where that is nothing."""
    accounts.require(actor, reading(case.extent))
    if case.closed is not None:
        raise CaseClosedError(case.id, case.closed)
    if case.awaiting is not None:
        raise CaseAwaitsError(case.id, case.awaiting)
    if now >= case.expires:
        raise CaseExpiredError(case.id, case.expires)
    if actor not in case.readers:
        raise NotInvestigatorError(case.id, actor)
    if accounts.configured and not case.attested:
        raise CaseUnattestedError(case.id)
    if accounts.concerned(actor, case.scope.concerned):
        raise ConflictError(
            f"case {case.id} concerns {actor}, who cannot read in it: "
            "have somebody else investigate"
        )
    own = tuple(sorted(accounts.addresses(actor)))
    return Authority(case.id, actor, case.scope, case.extent, own)
