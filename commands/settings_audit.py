"""The section of the settings on the audit: the key, who gets the anchors, who stamps them."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from commands.rights import Address, Section


class Audit(Section):
    """Anchors and digests: where they go. The mail server stands in `[alerts]`."""

    key: Path | None = None  # signs the anchors; for the account of the service alone
    public_keys: tuple[Path, ...] = ()  # of earlier keys, whose anchors still count
    mail_to: tuple[Address, ...] = ()  # the Data Protection Officer, the chair of governors …
    tsa_url: str = Field("", pattern=r"^(https?://\S+)?$")
    tsa_ca: Path | None = None  # PEM: the roots that the authority's certificate leads to

    @field_validator("tsa_url")
    @classmethod
    def _names_a_host(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (not parts.hostname or parts.username or parts.password):
            raise ValueError("names no host, or holds a password")
        return url

    @model_validator(mode="after")
    def _can_be_checked(self) -> "Audit":
        if self.tsa_url and not self.tsa_ca:
            raise ValueError("tsa_url needs tsa_ca: a stamp that cannot be checked proves nothing")
        return self
