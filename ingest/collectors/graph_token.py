"""Who we are to Microsoft Entra: the token of an application, by msal.

The client-credentials flow of OAuth 2.0 (RFC 6749, 4.4), with a secret or a certificate. msal may
speak to the sign-in host of the settings and to no other.
"""

import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msal

from ingest.collectors.door import ServerError
from ingest.collectors.patience import retry_after

BUSY = frozenset({429, 502, 503, 504, 509})

# Their addresses, which hold people's, and their reasons, which may hold more, are not logged.
for _name in ("httpx", "httpcore", "msal"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Which application we are, of which tenant, and where its mailboxes are.

    It needs the application permission Mail.Read, for the mailboxes to collect alone. Secrets
    come from files or the environment.
    """

    tenant: str  # the tenant's id or one of its domains
    client_id: str  # the application's id
    client_secret: str | None = field(default=None, repr=False)
    certificate: Path | None = None  # PEM, with its key in `certificate_key`
    certificate_key: Path | None = None  # PEM, without a passphrase
    endpoint: str = "https://graph.microsoft.com"
    login_endpoint: str = "https://login.microsoftonline.com"
    ca_file: Path | None = None  # PEM; None trusts what the system trusts
    proxy: str | None = field(default=None, repr=False)  # `http://proxy.school.example:3128`
    max_message_size: int = 150 * 1024 * 1024  # bytes of MIME
    timeout: float = 120.0  # seconds without a sign of life
    patience: float = 1800.0  # seconds to wait in all for one request, when the service is busy


class GraphSettingsError(ServerError):
    """The settings cannot be used as they stand."""

    exit_code: ClassVar[int] = 3

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: correct [collect.graph] in section9.toml")


class BusyError(Exception):
    """The sign-in host is to be left alone for some seconds; for us only."""

    def __init__(self, asked: float | None) -> None:
        super().__init__()
        self.asked = asked


REASONS = {
    "7000215": "the client secret is wrong (its value is needed, not its id): put the right one in "
    "client_secret_file",
    "7000222": "the client secret has expired: make a new one and put it in client_secret_file",
    "700016": "the tenant has no such application: check client_id and tenant",
    "90002": "there is no such tenant: check tenant",
    "900021": "there is no such tenant: check tenant",
    "700027": "the application does not know the certificate: upload it, or check the file",
    "53003": "a conditional-access policy refuses the application: except it from the policy",
}
"""What Entra's error codes (AADSTS…) mean, and what to do."""


class Tokens:
    """Gives the access token that is good now."""

    def __init__(self, settings: GraphSettings, http: httpx.Client) -> None:
        self._settings = settings
        self._http = _Login(settings.login_endpoint, http)
        self._credential = _credential(settings)
        self._app: msal.ConfidentialClientApplication | None = None

    def get(self) -> str:
        """Give a token, a new one when the last is about to expire.

        Raises `ServerError`, `BusyError`, and `httpx.TransportError` where no answer comes.
        """
        if self._app is None:
            self._app = self._application()
        try:
            answer = self._app.acquire_token_for_client([f"{self._settings.endpoint}/.default"])
        except ValueError as error:  # no JSON: a proxy's page, as likely as not
            raise ServerError(
                "the sign-in host gave an answer that was not understood: check [collect.graph] "
                "login_endpoint and proxy"
            ) from error
        token = answer.get("access_token")
        if not token:
            raise ServerError(_why(answer))
        return str(token)

    def forget(self) -> None:
        """Ask for a new token next time: the service no longer takes the one that is kept."""
        if self._app is not None:
            self._app.remove_tokens_for_client()

    def _application(self) -> msal.ConfidentialClientApplication:
        try:
            return msal.ConfidentialClientApplication(
                self._settings.client_id,
                client_credential=self._credential,
                authority=f"{self._settings.login_endpoint}/{self._settings.tenant}",
                instance_discovery=False,  # or it asks a host that is not in the settings
                http_client=self._http,
            )
        except ValueError as error:  # no such tenant; a key that is none
            raise ServerError(
                "Microsoft Entra knows no such tenant, or the certificate's key cannot be read: "
                "check [collect.graph] tenant and certificate_key_file"
            ) from error


class _Login:
    """The HTTP client that msal is lent: to one host, and no redirects."""

    def __init__(self, endpoint: str, http: httpx.Client) -> None:
        self._endpoint = endpoint
        self._http = http

    def get(self, url: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - as msal calls it
        return self._send("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - likewise
        return self._send("POST", url, **options)

    def close(self) -> None:
        """Leave the client open: it is ours."""

    def _send(self, method: str, url: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - likewise
        if not url.startswith(f"{self._endpoint}/"):
            raise ServerError(
                "Microsoft Entra names a sign-in host that is not in the settings: check "
                "[collect.graph] login_endpoint and tenant"
            )
        given = {name: value for name, value in options.items() if value}
        response = self._http.request(method, url, **given)
        if response.status_code in BUSY:
            raise BusyError(retry_after(response.headers.get("Retry-After")))
        return response


def _credential(settings: GraphSettings) -> str | dict[str, str]:
    """Give msal the secret, or the certificate and its key."""
    if settings.certificate and settings.certificate_key:
        try:
            return {
                "private_key": settings.certificate_key.read_text(),
                "public_certificate": settings.certificate.read_text(),
            }
        except (OSError, UnicodeDecodeError) as error:
            raise GraphSettingsError(
                "certificate_file or certificate_key_file cannot be read"
            ) from error
    if settings.client_secret:
        return settings.client_secret
    raise GraphSettingsError(
        "client_secret_file, or certificate_file and certificate_key_file, is missing"
    )


def _why(answer: dict[str, Any]) -> str:
    """Say why there is no token: by Entra's number, never by its text, which holds addresses."""
    numbers = re.findall(r"AADSTS(\d+)", str(answer.get("error_description", "")))
    number = numbers[0] if numbers else "?"
    reason = REASONS.get(number, "check tenant, client_id and the secret or certificate")
    return f"Microsoft Entra gives no token (AADSTS{number}): {reason}, in [collect.graph]"
