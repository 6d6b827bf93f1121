"""Settings: `section9.toml` in the data folder, and `SECTION9_*` in the environment above it.

`SECTION9_JOURNAL__PORT=2525` sets `port` in `[journal]`. Nothing but this module reads either.
"""

import os
import tomllib
from datetime import date
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    ByteSize,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import (
    SettingsError as NotJsonError,
)

from commands.keeping import Retention
from commands.rights import FILE_ONLY, Approvals, Length, Protected, RoleHolder, Routing
from commands.rights import Section as _Section
from commands.settings_audit import Audit
from commands.settings_collect import Collect
from commands.settings_reports import Reports
from commands.settings_routing import Alerts
from section9 import Section9Error

if TYPE_CHECKING:
    from search.elastic_client import ElasticSettings

MIB = 1024 * 1024
Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(Section9Error):
    """The settings cannot be used; the message names each that is wrong, never its value."""

    exit_code: ClassVar[int] = 3


class AgreedRecipient(_Section):
    """Somebody outside whom such data is sent by agreement: the local authority, an exam board."""

    to: Annotated[str, Field(pattern=r"^[^\s@]*@?[^\s@]+\.[^\s@]+$"), AfterValidator(str.lower)]
    until: date  # the last day: an agreement is renewed, not forgotten
    why: str = Field(min_length=1)


class SchoolTerm(_Section):
    """A term, both days included, so that queries may call it by its name."""

    name: str = Field(min_length=1, max_length=100)
    first: date
    last: date

    @model_validator(mode="after")
    def _goes_forward(self) -> "SchoolTerm":
        if self.last < self.first:
            raise ValueError("a term ends before it begins")
        return self


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError) as error:
        raise ValueError("no time zone such as Europe/London") from error
    return name


TimeZone = Annotated[str, AfterValidator(_time_zone)]
Address = Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$"), AfterValidator(str.lower)]


class ContactException(_Section):
    """A member of staff and a student who may write to each other: parent and child."""

    adult: Address
    child: Address
    reviewer: str = Field(min_length=1)  # who agreed to it, and renews it
    until: date  # the last day
    why: str = Field(min_length=1)


class Trust(_Section):
    """Who the trust is, and who outside is agreed to receive personal data."""

    name: str = ""
    zone: TimeZone = "Europe/London"  # of the clocks on its walls
    domains: tuple[str, ...] = ()
    agreed: tuple[AgreedRecipient, ...] = ()
    terms: tuple[SchoolTerm, ...] = ()
    exception: tuple[ContactException, ...] = ()


class Journal(_Section):
    """How mail servers may hand us their journal."""

    host: str = "127.0.0.1"
    port: Port = 2525
    hostname: str = ""
    peers: tuple[IPvAnyNetwork, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    addresses: tuple[str, ...] = ()
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    require_tls: bool = False
    client_ca: Path | None = None
    client_certificates: tuple[str, ...] = ()
    accounts: Path | None = None
    require_auth: bool = False
    max_message_size: ByteSize = ByteSize(150 * MIB)
    max_connections: int = Field(100, ge=1)
    timeout: float = Field(300, gt=0)
    min_free_disk: ByteSize = ByteSize(1024 * MIB)
    max_spool_messages: int = Field(1_000_000, ge=1)
    max_spool_size: ByteSize = ByteSize(50 * 1024 * MIB)
    silent_after: Length | None = None


class Reading(_Section):
    """How the worker processes read mail."""

    workers: int = Field(0, ge=0)  # 0: one for each core
    seconds_per_message: float = Field(60, gt=0)
    memory: ByteSize = ByteSize(1536 * MIB)
    ocr: bool = True  # where tesseract is installed


class Metrics(_Section):
    """Numbers for Prometheus, beside `serve`; none where `listen` is empty."""

    listen: str = ""  # a loopback address and its port


class Search(_Section):
    """Where the index is: in the data folder, or on Elasticsearch when it has a `url`."""

    url: str = ""
    api_key: SecretStr | None = None  # for SECTION9_SEARCH__API_KEY; else in a file of its own
    api_key_file: Path | None = None
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    prefix: str = Field("section9", pattern=r"^[a-z][a-z0-9-]{0,40}$")
    replicas: int = Field(1, ge=0)
    timeout: float = Field(60, gt=0)


class Settings(BaseSettings):
    """Everything that `section9.toml` may say; each has a default that works."""

    model_config = SettingsConfigDict(
        env_prefix="SECTION9_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    trust: Trust = Trust()
    journal: Journal = Journal()
    reading: Reading = Reading()
    search: Search = Search()
    metrics: Metrics = Metrics()
    collect: Collect = Collect()
    roles: dict[str, RoleHolder] = Field(default_factory=dict)  # by operating-system account
    routing: Routing = Routing()
    approvals: Approvals = Approvals()
    protected: Protected = Protected()
    retention: Retention = Retention()
    alerts: Alerts = Alerts()
    audit: Audit = Audit()
    reports: Reports = Reports()

    @model_validator(mode="after")
    def _routes_to_accounts(self) -> "Settings":
        routed = {*self.routing.head_teacher, *self.routing.dsl}
        if unknown := sorted(routed - self.roles.keys()):
            raise ValueError(f"[routing] names {', '.join(unknown)}, who is not in [roles]")
        return self

    @model_validator(mode="after")
    def _mails_by_a_server(self) -> "Settings":
        if self.audit.mail_to and not self.alerts.smtp_host:
            raise ValueError("[audit] mail_to needs a mail server: name it in [alerts] smtp_host")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic passes all five
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment go before the file, which `load` passes as arguments."""
        return env_settings, init_settings


def elastic(search: Search) -> "ElasticSettings":
    """What the Elasticsearch engine needs to know. Raises `SettingsError` without the key."""
    from search.elastic_client import ElasticSettings

    return ElasticSettings(
        url=search.url,
        api_key=_api_key(search),
        ca_file=search.ca_file,
        client_certificate=search.client_certificate,
        client_key=search.client_key,
        prefix=search.prefix,
        replicas=search.replicas,
        timeout=search.timeout,
    )


def _api_key(search: Search) -> str | None:
    if search.api_key_file is None:
        return search.api_key.get_secret_value() if search.api_key else None
    try:
        return search.api_key_file.read_text().strip()
    except OSError as error:
        raise SettingsError(
            f"search.api_key_file cannot be read ({error.strerror}): check its path and owner"
        ) from error


def load(file: Path) -> Settings:
    """Read the settings in `file`. Raises `SettingsError`."""
    if given := sorted(name for name in os.environ if name.upper().startswith(FILE_ONLY)):
        raise SettingsError(f"{', '.join(given)} is set: that stands in {file} alone; unset it")
    try:
        return Settings(**tomllib.loads(file.read_text()))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file} is not UTF-8: mend it and try again") from error
    except NotJsonError as error:  # a list or a section in the environment
        raise SettingsError(f"{error}: give it as JSON and try again") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}: mend it and try again") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise SettingsError(f"{file}: {faults}: mend it and try again") from error
