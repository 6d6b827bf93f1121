"""Who reviews a case beside its investigator. Pure decisions.

Clause 9.3 lets only appropriate employees monitor, so an authoriser lets each one in, and nobody
themselves. What they may then do in it is what its investigator may, but for an end of the case.
"""

from collections.abc import Iterator
from dataclasses import replace

from archive.case_words import Case
from archive.review_events import ReviewerAdmitted, ReviewerDismissed
from cases.applications import CaseRefusedError
from cases.roles import Accounts, Deed


def with_reviewer(case: Case, event: ReviewerAdmitted | ReviewerDismissed) -> Case:
    """The case after somebody was let in or out."""
    others = tuple(one for one in case.reviewers if one != event.reviewer)
    came = (event.reviewer,) if isinstance(event, ReviewerAdmitted) else ()
    return replace(case, reviewers=others + came)


def check_admission(case: Case, reviewer: str, *, by: str, reason: str, accounts: Accounts) -> None:
    """Refuse whom a case may not let in.

    Raises `CaseRefusedError`, or a `NoAuthorityError` where `by` is not who may decide it.
    """
    if accounts.configured:
        accounts.require_authoriser(by, case.scope.concerned)
        accounts.require(reviewer, Deed.READ)
    for fault in _faults(case, reviewer, by, reason, accounts):
        raise CaseRefusedError(fault)


def check_dismissal(case: Case, reviewer: str, *, by: str, accounts: Accounts) -> None:
    """Refuse to dismiss whom the case never let in, or by whom has no say in it."""
    if by not in {case.investigator, reviewer}:
        accounts.require(by, Deed.AUTHORISE)
    if reviewer not in case.reviewers:
        raise CaseRefusedError(
            f"{reviewer} does not review case {case.id}: `section9 case show {case.id}` tells who"
        )


def _faults(case: Case, reviewer: str, by: str, reason: str, accounts: Accounts) -> Iterator[str]:
    if not reviewer.strip():
        yield "nobody is named: name the account that is to review"
    if not reason.strip():
        yield "no reason is given: say why with --reason"
    if reviewer == by:
        yield f"{by} would let themselves in: have an authoriser do it"
    if reviewer == case.authoriser:
        yield f"{reviewer} authorised the case: let somebody else review it"
    if reviewer in case.readers:
        yield f"{reviewer} reviews case {case.id} already: see `section9 case show {case.id}`"
    if accounts.concerned(reviewer, case.scope.concerned):
        yield f"the case concerns {reviewer}: let somebody else review it"
