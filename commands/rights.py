"""The sections of the settings that say who may do what: roles, routing, approvals, protected.

They come from `section9.toml` alone, whose owner is not whoever runs a command.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from archive.case_words import Act
from cases.roles import AccountRole
from commands.durations import parse

if TYPE_CHECKING:
    from cases.approvals import Terms
    from cases.roles import Accounts
    from cases.veil import Protected as Correspondence

FILE_ONLY = tuple(
    f"SECTION9_{name}"
    for name in ("ROLES", "ROUTING", "APPROVALS", "PROTECTED", "RETENTION", "AUDIT")
)
"""Who may do what, how long mail is kept and where anchors go is never taken from the environment,
which whoever runs a command sets."""


class Section(BaseModel):
    """A section that takes no more than it names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _length(said: object) -> object:
    return parse(said) if isinstance(said, str) else said


Length = Annotated[timedelta, BeforeValidator(_length)]  # `90m`, `2h`, `3d`

Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$"), AfterValidator(str.lower)]

Mailbox = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$",
        max_length=254,
    ),
    AfterValidator(str.lower),
]
"""An address that we write to: nothing in it that a header reads as more than one address."""

Correspondent = Annotated[str, Field(pattern=r"^[^@\s]+(@[^@\s]+)?$"), AfterValidator(str.lower)]


class RoleHolder(Section):
    """What one operating-system account is in the trust, and the addresses of its person."""

    roles: tuple[AccountRole, ...] = Field(min_length=1)
    addresses: tuple[Address, ...] = ()

    @model_validator(mode="after")
    def _can_be_judged(self) -> "RoleHolder":
        if AccountRole.TECHNICIAN in self.roles:
            if len(set(self.roles)) > 1:
                raise ValueError("a technician sees no content and has no other role")
        elif not self.addresses:
            raise ValueError("without addresses nobody can tell whether a case is about them")
        return self


class Posts(Section):
    """Whom alerts go to, by post: the holder first, then the deputies in their order."""

    dsl: tuple[Mailbox, ...] = ()
    dpo: tuple[Mailbox, ...] = ()
    head_teacher: tuple[Mailbox, ...] = ()
    chair: tuple[Mailbox, ...] = ()  # of governors: who is told when all others are concerned


class School(Posts):
    """Whom alerts go to that concern one school, before those of the whole trust."""

    name: str = Field(min_length=1)  # as in the directory of people


class Routing(Section):
    """Who decides, and who is alerted, in place of somebody whom it concerns."""

    head_teacher: tuple[str, ...] = ()  # accounts that authorise a case about a head teacher
    dsl: tuple[str, ...] = ()  # and one about the DSL
    alerts: Posts = Posts()
    out_of_hours: Posts = Posts()  # who is told first, of what is urgent, when nobody is at work
    school: tuple[School, ...] = ()


class ApprovalTerms(Section):
    """How long an approval waits before it may be used, and how long it then lasts."""

    cooling_off_days: float = Field(0, ge=0, le=365)
    valid_days: float = Field(14, gt=0, le=365)


class Approvals(Section):
    """The terms of each act that takes two people."""

    release_hold: ApprovalTerms = ApprovalTerms(cooling_off_days=7)
    purge_early: ApprovalTerms = ApprovalTerms()
    break_seal: ApprovalTerms = ApprovalTerms(valid_days=2)
    open_protected: ApprovalTerms = ApprovalTerms(valid_days=30)


class Protected(Section):
    """Whose correspondence opens only when a second person agrees: addresses, or whole domains."""

    union: tuple[Correspondent, ...] = ()
    occupational_health: tuple[Correspondent, ...] = ()
    counselling: tuple[Correspondent, ...] = ()
    legal: tuple[Correspondent, ...] = ()
    whistleblowing: tuple[Correspondent, ...] = ()
    dpo: tuple[Correspondent, ...] = ()


def accounts(
    roles: Mapping[str, RoleHolder], routing: Routing, *, domains: tuple[str, ...]
) -> "Accounts":
    """Who may do what, as the cases ask it."""
    from cases.roles import Account, Accounts

    return Accounts(
        known=tuple(
            Account(name, frozenset(holder.roles), frozenset(holder.addresses))
            for name, holder in roles.items()
        ),
        domains=domains,
        routing={
            AccountRole.HEAD_TEACHER: routing.head_teacher,
            AccountRole.DSL: routing.dsl,
        },
    )


def fingerprint(settings: BaseModel) -> str:
    """The SHA-256 of all that the settings say of who may do what."""
    rights = settings.model_dump_json(include={"roles", "routing", "approvals", "protected"})
    return hashlib.sha256(rights.encode()).hexdigest()


def protected(section: Protected) -> "Correspondence":
    """Whose correspondence is protected, as the gate asks it."""
    from cases.veil import Protected as Correspondence

    named = [entry for name in type(section).model_fields for entry in getattr(section, name)]
    return Correspondence(
        addresses=tuple(entry for entry in named if "@" in entry),
        domains=tuple(entry for entry in named if "@" not in entry),
    )


def terms(approvals: Approvals) -> "dict[Act, Terms]":
    """How long the approvals of each act wait and last."""
    from cases.approvals import Terms

    by_act = {
        Act.RELEASE_HOLD: approvals.release_hold,
        Act.PURGE_EARLY: approvals.purge_early,
        Act.BREAK_SEAL: approvals.break_seal,
        Act.OPEN_PROTECTED: approvals.open_protected,
    }
    return {
        act: Terms(timedelta(days=each.cooling_off_days), timedelta(days=each.valid_days))
        for act, each in by_act.items()
    }
