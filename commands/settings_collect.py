"""Settings of the collectors: `[collect.imap]` and its kin in `section9.toml`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from commands.mailboxes import Address, CollectSettingsError, Listed, secret
from commands.settings_clouds import CollectExchange, CollectGraph

if TYPE_CHECKING:
    from ingest.collectors.imap import Account, ImapServer


class CollectImap(BaseModel):
    """One IMAP server, and whose mailboxes are collected from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = ""
    port: int = Field(0, ge=0, le=65535)  # 0: 993 with `tls`, else 143
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: Path | None = None
    timeout: float = Field(120, gt=0)
    mailboxes: tuple[Address, ...] = ()
    mailboxes_file: Path | None = None  # CSV: mailbox, and login, password_file where they differ
    login: str = "{mailbox}"  # `{mailbox}*collector` for a Dovecot master user
    password: SecretStr | None = None  # for SECTION9_COLLECT__IMAP__PASSWORD
    password_file: Path | None = None
    token_file: Path | None = None  # an OAuth 2 access token, read again at each login
    trash: tuple[str, ...] = ("Trash", "Deleted Items", "Deleted Messages", "Bin")
    expunged: tuple[str, ...] = ()  # `.EXPUNGED/` where Dovecot's lazy_expunge keeps them

    @model_validator(mode="after")
    def _names_each(self) -> "CollectImap":
        if "{mailbox}" not in self.login and len(self.mailboxes) > 1:
            raise ValueError("login needs {mailbox} in it where there are several mailboxes")
        return self


class Collect(BaseModel):
    """Where mailboxes are collected from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    imap: CollectImap = CollectImap()
    exchange: CollectExchange = CollectExchange()
    graph: CollectGraph = CollectGraph()


def imap_server(settings: CollectImap, listed: Mapping[str, Listed]) -> "ImapServer":
    """What the collector needs to know. Raises `CollectSettingsError` where no server is named."""
    from ingest.collectors.imap import ImapServer, ImapSettings

    if not settings.host:
        raise CollectSettingsError("no IMAP server: name its host under [collect.imap]")
    return ImapServer(
        ImapSettings(
            host=settings.host,
            port=settings.port or (993 if settings.security == "tls" else 143),
            security=settings.security,
            ca_file=settings.ca_file,
            timeout=settings.timeout,
            trash=settings.trash,
            expunged=settings.expunged,
        ),
        _accounts(settings, listed),
    )


def _accounts(settings: CollectImap, listed: Mapping[str, Listed]) -> "Callable[[str], Account]":
    from ingest.collectors.imap import Account

    def account(mailbox: str) -> Account:
        own = listed.get(mailbox, Listed(mailbox))
        login = own.login or settings.login.replace("{mailbox}", mailbox)
        if own.password_file:
            return Account(login, password=secret(Path(own.password_file)))
        if settings.token_file:
            return Account(login, token=secret(settings.token_file))
        if settings.password_file:
            return Account(login, password=secret(settings.password_file))
        if settings.password:
            return Account(login, password=settings.password.get_secret_value())
        raise CollectSettingsError(
            "no password for IMAP: name a password_file or token_file under [collect.imap], "
            "or set SECTION9_COLLECT__IMAP__PASSWORD"
        )

    return account
