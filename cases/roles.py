"""Roles: what an account may do. One table; the documentation and the tests are made from it.

Clause 9.3 lets only appropriate employees monitor. Who they are stands in `[roles]` of the
settings, by operating-system account, with the addresses that are their own: nobody decides about
their own mail. Pure decisions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from archive.case_words import Act
from section9 import Section9Error


class AccountRole(StrEnum):
    """What an operating-system account is in the trust, and so what it may do here."""

    INVESTIGATOR = "investigator"
    AUTHORISER = "authoriser"
    DSL = "dsl"  # Designated Safeguarding Lead
    DPO = "dpo"  # Data Protection Officer
    HEAD_TEACHER = "head-teacher"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"


INVESTIGATOR, AUTHORISER, DSL, DPO, HEAD, TECHNICIAN, AUDITOR = AccountRole


class Deed(StrEnum):
    """Everything that a role may let somebody do."""

    APPLY = "apply for a case"
    AUTHORISE = "open, approve or extend a case for somebody else"
    READ = "search, show and thread in a case of one's own"
    TRIAGE = "decide what was flagged, in a standing programme of one's own"
    REPORT = "file an incident record"
    FOLLOW_UP = "read, amend and close the incident records of others"
    EXPORT = "export the evidence of a case of one's own"
    SEE_CASES = "list and show the cases and requests of others"
    CLOSE = "close a case"
    OPERATE = "ingest mail, import people, rebuild the index"
    HOLD = "place a hold"
    ASK = "ask for what takes two people: a release, a purge, a seal broken"
    RETAIN = "plan and run retention"
    SEAL = "seal a message"
    RELEASE = "approve the release of a hold, or the end of an incident record that holds mail"
    PURGE = "approve a purge before time"
    UNSEAL = "approve the breaking of a seal"
    UNPROTECT = "approve the opening of protected correspondence"
    EXCEPT = "agree that an adult and a student may write to each other"
    TUNE = "switch detection rules, and try them on archived mail"
    AUDIT = "read the audit log"
    ANCHOR = "sign and send away the heads of the ledger"
    NOTICE = "record a notice given to users"
    BREACH = "open a personal data breach, and answer what the ICO asks of it"
    BOARD = "make the yearly reports"
    NOTIFY = "decide whether a breach is notified, and close it"
    DISCLOSE = "answer a subject access request, and decide what is redacted"
    ALERT = "see who was alerted of what, and try the routes"
    ANSWER = "answer an alert"


ALLOWED: dict[Deed, frozenset[AccountRole]] = {
    Deed.APPLY: frozenset({INVESTIGATOR, DSL, DPO}),
    Deed.AUTHORISE: frozenset({AUTHORISER}),
    Deed.READ: frozenset({INVESTIGATOR, DSL, DPO}),
    Deed.TRIAGE: frozenset({INVESTIGATOR, DSL, DPO, HEAD}),
    Deed.REPORT: frozenset(AccountRole),
    Deed.FOLLOW_UP: frozenset({INVESTIGATOR, DSL, DPO, HEAD}),
    Deed.EXPORT: frozenset({INVESTIGATOR, DPO}),
    Deed.SEE_CASES: frozenset({AUTHORISER, DPO, HEAD, AUDITOR}),
    Deed.CLOSE: frozenset({INVESTIGATOR, AUTHORISER, DPO}),
    Deed.OPERATE: frozenset({TECHNICIAN}),
    Deed.HOLD: frozenset({INVESTIGATOR, DSL, DPO}),
    Deed.ASK: frozenset({INVESTIGATOR, AUTHORISER, DSL, DPO, HEAD}),
    Deed.RETAIN: frozenset({TECHNICIAN, DPO}),
    Deed.SEAL: frozenset({INVESTIGATOR, DSL, DPO, HEAD}),
    Deed.RELEASE: frozenset({AUTHORISER, DPO}),
    Deed.PURGE: frozenset({AUTHORISER, DPO}),
    Deed.UNSEAL: frozenset({DSL, DPO, HEAD}),
    Deed.UNPROTECT: frozenset({AUTHORISER, DPO}),
    Deed.EXCEPT: frozenset({DSL, HEAD}),
    Deed.TUNE: frozenset({DSL, DPO}),
    Deed.AUDIT: frozenset({AUTHORISER, DPO, AUDITOR}),
    Deed.ANCHOR: frozenset({TECHNICIAN, DPO, AUDITOR}),
    Deed.NOTICE: frozenset({DPO, TECHNICIAN}),
    Deed.BREACH: frozenset({INVESTIGATOR, DSL, DPO}),
    Deed.BOARD: frozenset({DPO, HEAD, AUDITOR}),
    Deed.NOTIFY: frozenset({DPO}),
    Deed.DISCLOSE: frozenset({INVESTIGATOR, DPO}),
    Deed.ALERT: frozenset({AUTHORISER, DSL, DPO, HEAD, TECHNICIAN, AUDITOR}),
    Deed.ANSWER: frozenset({INVESTIGATOR, AUTHORISER, DSL, DPO, HEAD, AUDITOR}),
}
"""Which roles may do what. `status`, `verify` and `doctor` show no content and are anybody's."""

APPROVED_BY: dict[Act, Deed] = {
    Act.RELEASE_HOLD: Deed.RELEASE,
    Act.PURGE_EARLY: Deed.PURGE,
    Act.BREAK_SEAL: Deed.UNSEAL,
    Act.OPEN_PROTECTED: Deed.UNPROTECT,
    Act.EXCEPT_CONTACT: Deed.EXCEPT,
    Act.CLOSE_INCIDENT: Deed.RELEASE,
    Act.OPEN_CASE: Deed.AUTHORISE,
    Act.EXTEND_CASE: Deed.AUTHORISE,
}
"""What somebody must be allowed to do, to be the second person of an act."""


class NoAuthorityError(Section9Error):
    """Mail, or an act on it, was asked for by somebody whom nothing lets do it."""

    exit_code: ClassVar[int] = 10


class RoleMissingError(NoAuthorityError):
    """No role of this account allows what it asked for."""

    def __init__(self, account: str, deed: Deed) -> None:
        roles = ", ".join(sorted(ALLOWED[deed]))
        super().__init__(
            f"{account or 'nobody'} may not {deed}: [roles] in section9.toml gives that account "
            f"none of {roles}; have whoever keeps the settings add it, or somebody else do this"
        )


class ConflictError(NoAuthorityError):
    """Somebody would decide about, or read, their own mail; or that of a superior."""


@dataclass(frozen=True, slots=True)
class Account:
    """One operating-system account: its roles, and the addresses of the person behind it."""

    name: str
    roles: frozenset[AccountRole] = frozenset()
    addresses: frozenset[str] = frozenset()  # lower case


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every account that has a role. Without any, roles are not checked, and that is said."""

    known: tuple[Account, ...] = ()
    domains: tuple[str, ...] = field(default=(), kw_only=True)  # the trust's own
    routing: Mapping[AccountRole, tuple[str, ...]] = field(default_factory=dict, kw_only=True)
    enforced: bool = field(default=False, kw_only=True)  # roles have been configured before

    @property
    def configured(self) -> bool:
        """Tell whether roles are checked at all."""
        return self.enforced or bool(self.known)

    def account(self, name: str) -> Account:
        """An account by its name; one that the settings do not name has no roles."""
        return next((one for one in self.known if one.name == name), Account(name))

    def may(self, name: str, deed: Deed) -> bool:
        """Tell whether an account's roles allow a deed."""
        return not self.configured or bool(self.account(name).roles & ALLOWED[deed])

    def require(self, name: str, deed: Deed) -> None:
        """Raise `RoleMissingError` where no role of the account allows the deed."""
        if not self.may(name, deed):
            raise RoleMissingError(name, deed)

    def oversees(self, name: str) -> bool:
        """Tell whether an account may know of the cases and requests of others."""
        routed = any(name in names for names in self.routing.values())
        return routed or self.may(name, Deed.SEE_CASES)

    def addresses(self, name: str) -> frozenset[str]:
        """The account's own addresses: those in `[roles]`, and its name at the trust's domains."""
        named = (f"{name}@{domain}".lower() for domain in self.domains)
        return self.account(name).addresses.union(named)

    def behind(self, address: str) -> frozenset[str]:
        """All addresses of whoever has this one."""
        whose = (self.addresses(one.name) for one in self.known)
        return frozenset({address}).union(*(has for has in whose if address in has))

    def concerned(self, name: str, addresses: Iterable[str]) -> bool:
        """Tell whether any of these addresses is the account's own."""
        return not self.addresses(name).isdisjoint(map(str.lower, addresses))

    def require_authoriser(self, name: str, people: Iterable[str]) -> None:
        """Refuse whoever may not authorise a case about these people.

        Never whom it concerns. A case about a head teacher or the DSL is authorised by the
        accounts that `[routing]` names for it and by nobody else; any other by an authoriser.
        Raises `ConflictError` or `RoleMissingError`.
        """
        about = tuple(people)
        if self.concerned(name, about):
            raise ConflictError(
                f"the case concerns {name}, who cannot authorise it: have somebody else do it"
            )
        routed = [role for role in (HEAD, DSL) if self._about(role, about)]
        if not routed:
            self.require(name, Deed.AUTHORISE)
        for role in routed:
            if name not in self.routing.get(role, ()):
                others = ", ".join(self.routing.get(role, ())) or f"nobody yet: name them in {role}"
                raise ConflictError(
                    f"a case about somebody with the role {role} is authorised by whom [routing] "
                    f"in section9.toml names ({others}): have them do it"
                )

    def _about(self, role: AccountRole, people: tuple[str, ...]) -> bool:
        return any(role in one.roles and self.concerned(one.name, people) for one in self.known)
