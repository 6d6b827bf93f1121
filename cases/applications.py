"""What somebody asks for when they ask for a case, and what no case may be. Pure decisions.

Clause 9.2 (purpose, scope, end) and 9.3 (appropriate employees); the ICO's *Monitoring workers*
for the impact assessment of standing monitoring.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from archive.case_words import Case, CaseKind, Extent, Purpose, Scope
from cases.roles import Accounts
from section9 import CaseId, Section9Error

YEAR = timedelta(days=366)


class CaseRefusedError(Section9Error):
    """A case cannot be opened or changed as asked; the message says what is wrong with it."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody asks for when they ask for a case."""

    purpose: Purpose
    reason: str
    authoriser: str
    investigator: str
    scope: Scope
    expires: datetime
    kind: CaseKind = CaseKind.INVESTIGATION
    extent: Extent = Extent.CONTENT
    dpia: str = ""

    @classmethod
    def of(cls, case: Case) -> "Application":
        """What would have to be asked for to get this case."""
        return cls(
            purpose=case.purpose,
            reason=case.reason,
            authoriser=case.authoriser,
            investigator=case.investigator,
            scope=case.scope,
            expires=case.expires,
            kind=case.kind,
            extent=case.extent,
            dpia=case.dpia,
        )

    def case(self, number: int, *, at: datetime) -> Case:
        """The case that this makes; `number` counts cases from one."""
        return Case(
            id=CaseId(f"C-{number:04d}"),
            purpose=self.purpose,
            reason=self.reason,
            authoriser=self.authoriser,
            investigator=self.investigator,
            scope=self.scope,
            opened=at,
            expires=self.expires,
            kind=self.kind,
            extent=self.extent,
            dpia=self.dpia,
        )


def check(application: Application, *, now: datetime, accounts: Accounts) -> None:
    """Refuse what no case may be. Raises `CaseRefusedError` with the first fault."""
    for fault in (
        *_faults_of_people(application, accounts),
        *_faults_of_scope(application.scope, application.extent),
        *_faults_of_time(application, now),
    ):
        raise CaseRefusedError(fault)


def _faults_of_people(application: Application, accounts: Accounts) -> Iterator[str]:
    if application.authoriser == application.investigator:
        yield "the authoriser is the investigator: have somebody else authorise the case"
    if not (accounts.configured or application.authoriser.strip()):
        yield "nobody authorises the case: name who does with --authoriser"
    if not application.reason.strip():
        yield "no reason is given: say why with --reason"
    for account in (application.investigator, application.authoriser):
        if accounts.concerned(account, application.scope.concerned):
            yield f"the case concerns {account}: have somebody else investigate and authorise it"
    if application.extent is Extent.FLAGGED and not application.dpia.strip():
        yield "a standing programme needs an impact assessment: name it with --dpia"


def _faults_of_scope(scope: Scope, extent: Extent) -> Iterator[str]:
    if scope.domains and extent is not Extent.FLAGGED:
        yield "only the standing programme covers everybody: name whose mail with --person"
    if not (scope.people or scope.mailboxes or scope.domains):
        yield "nobody is in scope: name whose mail with --person or --mailbox"
    if not all("@" in address for address in scope.concerned):
        yield "a person in scope is no address: give name@domain with --person"
    if scope.since > scope.until:
        yield "the scope ends before it begins: exchange --since and --until"
    if extent is Extent.FLAGGED and scope.until - scope.since > YEAR:
        yield "the standing programme is for a year: give a nearer --until, and renew it then"


def _faults_of_time(application: Application, now: datetime) -> Iterator[str]:
    if application.expires <= now:
        yield "the case would have expired already: give a later --expires"
