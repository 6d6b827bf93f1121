"""The section of the settings on alerts: the mail server, how grave, how often, at what hours.

Who is alerted stands in `[routing]` (see `rights`), which is never taken from the environment.
"""

from collections.abc import Iterable
from datetime import date, time, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator

from cases.roles import AccountRole
from commands.rights import Length, Mailbox, Posts, Section
from section9 import Section9Error

if TYPE_CHECKING:
    from cases.alerting import Terms
    from cases.hours import Hours
    from cases.roles import Accounts
    from cases.routing import Holders, Routes
    from commands.settings import Settings

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Severity = Annotated[int, Field(ge=1, le=5)]


class PasswordError(Section9Error):
    """The password for the mail server cannot be read."""

    exit_code = 3


class Holiday(Section):
    """Days on which nobody is at work, both included."""

    first: date
    last: date


class WorkingHours(Section):
    """When somebody reads what is mailed to them."""

    timezone: str = "Europe/London"
    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    first: time = time(8)
    last: time = time(17)
    holidays: tuple[Holiday, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (OSError, ValueError, KeyError) as error:  # of which none says more
            raise ValueError("no such time zone: write it as Europe/London") from error

    @model_validator(mode="after")
    def _has_some(self) -> "WorkingHours":
        if not self.days or self.last <= self.first:
            raise ValueError("there are no working hours: give days, and first before last")
        return self


class Alerts(Section):
    """Through which mail server alerts go, from which severity, and when. Never any content."""

    head_teacher: Mailbox | None = None  # where [routing.alerts] names none
    sender: Mailbox = "section9@localhost"
    smtp_host: str = ""
    smtp_port: int = Field(25, ge=1, le=65535)
    tls: Literal["auto", "none", "starttls", "tls"] = "auto"  # auto: starttls, but on this machine
    ca_file: Path | None = None
    username: str = ""
    password: SecretStr | None = None  # for SECTION9_ALERTS__PASSWORD
    password_file: Path | None = None
    timeout: float = Field(15, gt=0, le=300)  # seconds for each answer of the server
    mail_from: Severity = 2  # what is less grave waits in `triage` and is not mailed
    urgent_from: Severity = 4  # from here on within a minute
    digest_every: Length = timedelta(hours=4)  # the rest, in working hours
    escalate_after: Length = timedelta(minutes=30)
    escalate_digest_after: Length = timedelta(hours=18)  # of working time: two days
    hours: WorkingHours = WorkingHours()

    @property
    def security(self) -> str:
        """How the connection is protected: `none`, `starttls` or `tls`."""
        if self.tls == "auto":
            return "none" if _is_here(self.smtp_host) else "starttls"
        return self.tls

    def secret(self) -> str | None:
        """The password; none where none is set. Raises `PasswordError`."""
        if self.password_file is None:
            return self.password.get_secret_value() if self.password else None
        try:
            return self.password_file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise PasswordError(
                "alerts.password_file cannot be read: check its path, owner and encoding"
            ) from error

    @model_validator(mode="after")
    def _keeps_the_password(self) -> "Alerts":
        has_password = bool(self.password or self.password_file)
        if has_password != bool(self.username):
            raise ValueError("username and a password go together: give both or neither")
        if has_password and self.security == "none" and not _is_here(self.smtp_host):
            raise ValueError("a password never goes in clear to another machine: set tls")
        return self


def hours(settings: WorkingHours) -> "Hours":
    """The working hours, as decisions ask for them."""
    from cases.hours import Hours

    return Hours(
        zone=ZoneInfo(settings.timezone),
        days=frozenset(map(DAYS.index, settings.days)),
        first=settings.first,
        last=settings.last,
        holidays=tuple((one.first, one.last) for one in settings.holidays),
    )


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def terms(alerts: Alerts) -> "Terms":
    """How grave is urgent, and when who is told, as decisions ask for it."""
    from cases.alerting import Terms

    return Terms(
        hours=hours(alerts.hours),
        urgent_from=alerts.urgent_from,
        digest_every=alerts.digest_every,
        escalate_after=alerts.escalate_after,
        escalate_digest_after=alerts.escalate_digest_after,
    )


def routes(settings: "Settings", accounts: "Accounts") -> "Routes":
    """Who is alerted of what: as `[routing]` says, and where it names nobody, by their roles."""
    from cases.routing import Post, Recipient, Routes

    def people(addresses: Iterable[str]) -> tuple[Recipient, ...]:
        return tuple(Recipient(one, accounts.behind(one)) for one in addresses)

    def holders(posts: Posts) -> "Holders":
        return {
            Post.DSL: people(posts.dsl),
            Post.DPO: people(posts.dpo),
            Post.HEAD: people(posts.head_teacher),
            Post.CHAIR: people(posts.chair),
        }

    routing = settings.routing
    return Routes(
        trust=holders(_with_roles(routing.alerts, settings)),
        schools={one.name.lower(): holders(one) for one in routing.school},
        out_of_hours=holders(routing.out_of_hours),
    )


def _with_roles(posts: Posts, settings: "Settings") -> Posts:
    """The posts, and for each that nobody holds the first addresses of whoever has its role."""

    def of(accounts: Iterable[str]) -> tuple[str, ...]:
        found = (settings.roles[one] for one in accounts)
        return tuple(one.addresses[0] for one in found if one.addresses)

    def having(role: AccountRole) -> tuple[str, ...]:
        return of(name for name, one in settings.roles.items() if role in one.roles)

    head = settings.alerts.head_teacher
    return Posts(
        dsl=posts.dsl or having(AccountRole.DSL),
        dpo=posts.dpo or having(AccountRole.DPO),
        head_teacher=posts.head_teacher or ((head,) if head else having(AccountRole.HEAD_TEACHER)),
        chair=posts.chair or of(settings.routing.head_teacher) or having(AccountRole.AUTHORISER),
    )
