"""Settings of the collectors for Exchange and Microsoft 365, in `section9.toml`."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ByteSize, ConfigDict, Field, SecretStr

from commands.mailboxes import Address, secret

if TYPE_CHECKING:
    from ingest.collectors.exchange import Exchange
    from ingest.collectors.graph import Graph

LARGEST = ByteSize(150 * 1024 * 1024)  # as much as the journal takes


class _Collected(BaseModel):
    """What both kinds have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mailboxes: tuple[Address, ...] = ()
    mailboxes_file: Path | None = None  # CSV with a column `mailbox`
    ca_file: Path | None = None
    max_message_size: ByteSize = Field(LARGEST, gt=0)
    timeout: float = Field(120, gt=0)
    patience: float = Field(1800, ge=0)


class CollectExchange(_Collected):
    """An Exchange Server on the trust's own premises."""

    url: str = ""
    username: str = ""
    password: SecretStr | None = None  # for SECTION9_COLLECT__EXCHANGE__PASSWORD
    password_file: Path | None = None
    auth: Literal["ntlm", "basic"] = "ntlm"
    archive: bool = True


class CollectGraph(_Collected):
    """A tenant of Microsoft 365."""

    tenant: str = ""
    client_id: str = ""
    client_secret: SecretStr | None = None  # for SECTION9_COLLECT__GRAPH__CLIENT_SECRET
    client_secret_file: Path | None = None
    certificate_file: Path | None = None
    certificate_key_file: Path | None = None
    endpoint: str = "https://graph.microsoft.com"
    login_endpoint: str = "https://login.microsoftonline.com"
    proxy: str | None = None


def exchange_server(settings: CollectExchange) -> "Exchange":
    """The collector for Exchange. Raises `CollectSettingsError`, `ExchangeSettingsError`."""
    from ingest.collectors.ews import ExchangeSettings
    from ingest.collectors.exchange import Exchange

    return Exchange(
        ExchangeSettings(
            url=settings.url,
            username=settings.username,
            password=_secret(settings.password_file, settings.password) or "",
            auth=settings.auth,
            archive=settings.archive,
            ca_file=settings.ca_file,
            max_message_size=settings.max_message_size,
            timeout=settings.timeout,
            patience=settings.patience,
        )
    )


def graph_server(settings: CollectGraph) -> "Graph":
    """The collector for Microsoft Graph. Raises `CollectSettingsError`, `GraphSettingsError`."""
    from ingest.collectors.graph import Graph
    from ingest.collectors.graph_token import GraphSettings

    return Graph(
        GraphSettings(
            tenant=settings.tenant,
            client_id=settings.client_id,
            client_secret=_secret(settings.client_secret_file, settings.client_secret),
            certificate=settings.certificate_file,
            certificate_key=settings.certificate_key_file,
            endpoint=settings.endpoint.rstrip("/"),
            login_endpoint=settings.login_endpoint.rstrip("/"),
            ca_file=settings.ca_file,
            proxy=settings.proxy,
            max_message_size=settings.max_message_size,
            timeout=settings.timeout,
            patience=settings.patience,
        )
    )


def _secret(file: Path | None, given: SecretStr | None) -> str | None:
    """Read a secret from its file, else from the environment."""
    if file:
        return secret(file)
    return given.get_secret_value() if given else None
