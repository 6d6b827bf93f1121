"""The connection to Exchange Web Services: TLS, who we are, waiting, and errors in our words.

exchangelib speaks EWS; what it says of an error may repeat what the server sent, mail and all, so
only the error's name is passed on. It waits without end where it is let, and tries a wrong
password again until the account is locked: so it fails at once here, and we wait.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from exchangelib import BASIC, IMPERSONATION, NTLM, UTC, Account, Configuration, Credentials
from exchangelib import errors as ews
from exchangelib.protocol import BaseProtocol, FaultTolerance
from exchangelib.version import EXCHANGE_2013_SP1, Version
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import SSLError

from ingest.collectors.door import MailboxError, ServerError
from ingest.collectors.patience import NETWORK, Patience, Sleep

T = TypeVar("T")

ENVELOPE = 1024 * 1024
"""Bytes of an answer that are no mail: SOAP, and the names of a page of items."""

BUSY = (
    ews.ErrorServerBusy,
    ews.ErrorExceededConnectionCount,
    ews.ErrorMailboxStoreUnavailable,
    ews.ErrorMailboxFailover,
    ews.ErrorConnectionFailedTransientError,
    ews.RateLimitError,
)
PIECE = 64 * 1024  # bytes of an answer that are read at once

ABSENT = (
    ews.ErrorFolderNotFound,
    ews.ErrorItemNotFound,
    ews.ErrorInvalidOperation,
    ews.ErrorAccessDenied,
)
"""How Exchange says that it has no such folder, or none that its owner may read."""
NOTHING_THERE = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
AUTH = {"ntlm": NTLM, "basic": BASIC}
API_VERSION = "Exchange2013_SP1"
"""The oldest dialect that knows every folder we ask for; newer servers speak it too."""

# exchangelib logs requests and answers whole, mail included, when something fails.
logging.getLogger("exchangelib").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """Where Exchange is and how it is entered. The password comes from a file or the environment.

    The account needs the role ApplicationImpersonation, in a scope of the mailboxes to collect.
    """

    url: str  # `https://mail.school.example/EWS/Exchange.asmx`
    username: str
    password: str = field(repr=False)
    auth: str = "ntlm"  # or `basic`
    ca_file: Path | None = None  # PEM; None trusts what the system trusts
    max_message_size: int = 150 * 1024 * 1024  # bytes of MIME
    archive: bool = True  # look for archive mailboxes too
    timeout: float = 120.0  # seconds without a sign of life
    patience: float = 1800.0  # seconds to wait in all for one request, when the server is busy

    @property
    def where(self) -> str:
        """Name the server in errors."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


class ExchangeSettingsError(ServerError):
    """The settings cannot be used as they stand."""

    exit_code: ClassVar[int] = 3

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: correct [collect.exchange] in section9.toml")


class AnswerTooLargeError(Exception):
    """More came than was reckoned with; for us only."""


class Connection:
    """A way to ask Exchange, as whichever mailbox."""

    def __init__(self, settings: ExchangeSettings, *, sleep: Sleep) -> None:
        _check(settings)
        self.settings = settings
        self._sleep = sleep
        # exchangelib's own way to set these is on the class, for the whole process.
        BaseProtocol.HTTP_ADAPTER_CLS = _adapter(settings)
        BaseProtocol.USERAGENT = "Section9"
        BaseProtocol.TIMEOUT = settings.timeout
        BaseProtocol.RETRY_WAIT = 0  # tells a wait that Exchange asks for from one it does not
        self._config = Configuration(
            credentials=Credentials(settings.username, settings.password),
            service_endpoint=settings.url,
            auth_type=AUTH[settings.auth],
            version=Version(build=EXCHANGE_2013_SP1, api_version=API_VERSION),
            retry_policy=_AtOnce(),
        )

    def account(self, mailbox: str) -> Account:
        """Give the account whose mailbox is to be read; nothing is sent yet."""
        return Account(
            mailbox, config=self._config, access_type=IMPERSONATION, default_timezone=UTC
        )

    def ask(self, question: Callable[[], T]) -> T:
        """Ask once, and again when Exchange was busy or away. Raises `MailboxError`, `ServerError`.

        Errors that speak of one item, folder or state (`ResponseMessageError`) are left as they
        are, for whoever asked.
        """
        busy = Patience(self.settings.patience, self._sleep)
        away = Patience(min(NETWORK, self.settings.patience), self._sleep)
        where = self.settings.where
        while True:
            try:
                with translated(where):
                    return question()
            except BUSY as error:
                if not busy.wait(_asked(error)):
                    raise MailboxError(
                        f"{where} is too busy for now: run the same command again later to go on"
                    ) from error
            except ews.ErrorTimeoutExpired as error:
                if not away.wait(None):
                    raise ServerError(
                        f"no answer from {where}: check [collect.exchange] url and the network"
                    ) from error


def _asked(error: Exception) -> float | None:
    """How long Exchange asks to wait; exchangelib puts its own 10 seconds where it does not say."""
    return error.back_off or None if isinstance(error, ews.ErrorServerBusy) else None


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the library's errors that concern the server or all of a mailbox into ours."""
    try:
        yield
    except ews.UnauthorizedError as error:
        raise ServerError(
            f"{where} refuses the name or the password: check [collect.exchange] username, "
            "password_file and auth"
        ) from error
    except (ews.RedirectError, _WrongPlaceError) as error:
        raise ServerError(
            f"{where} has no Exchange Web Services there: [collect.exchange] url ends in "
            "/EWS/Exchange.asmx"
        ) from error
    except ews.ErrorImpersonateUserDenied as error:
        raise MailboxError(
            "the account may not read this mailbox: widen the scope of its role "
            "ApplicationImpersonation (docs/collecting/exchange.md)"
        ) from error
    except (ews.ErrorNonExistentMailbox, ews.ErrorInvalidUserPrincipalName) as error:
        raise MailboxError(
            f"{where} has no such mailbox: check the address, and that it has not moved elsewhere"
        ) from error
    except ews.ErrorMailboxMoveInProgress as error:
        raise MailboxError(
            "the mailbox is being moved: run the same command again when it has arrived"
        ) from error
    except ews.ResponseMessageError:
        raise  # about an item, a folder or a state
    except BUSY:
        raise  # to be waited for
    except ews.TransportError as error:
        raise _transport(where, error) from error


def _transport(where: str, error: Exception) -> ServerError | MailboxError:
    if isinstance(error.__context__, SSLError):
        return ServerError(
            f"no trusted TLS connection to {where}: set [collect.exchange] ca_file to the "
            "authority that signed its certificate"
        )
    return MailboxError(
        f"{where} gave an answer that was not understood ({type(error).__name__}): run the same "
        "command again, and look at the server's own logs if it stays so"
    )


@contextmanager
def for_the_mailbox() -> Iterator[None]:
    """Turn what Exchange says of a folder into an error of the mailbox; the others go on."""
    try:
        yield
    except ews.ResponseMessageError as error:
        raise MailboxError(
            f"Exchange answers {type(error).__name__}: run the same command again; if it stays so, "
            "open the mailbox in Outlook on the web to see whether it is well"
        ) from error
    except AnswerTooLargeError as error:
        raise MailboxError(
            "Exchange gives longer answers than [collect.exchange] max_message_size allows: "
            "raise it"
        ) from error


# --- what exchangelib is told -----------------------------------------------------------------


class _WrongPlaceError(ews.TransportError):  # type: ignore[misc]  # exchangelib has no types
    """Nothing of Exchange is at this address."""


class _AtOnce(FaultTolerance):  # type: ignore[misc]
    """Fail at once, with what the server says of waiting; `Connection.ask` does the waiting."""

    @property
    def fail_fast(self) -> bool:
        return True

    def raise_response_errors(self, response: Response) -> bool | None:
        # Before the library looks: to it, any refusal that closes the connection means "busy".
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            raise ews.UnauthorizedError("401")
        if response.status_code in NOTHING_THERE:
            raise _WrongPlaceError(str(response.status_code))
        return super().raise_response_errors(response)  # type: ignore[no-any-return]


def _adapter(settings: ExchangeSettings) -> type[HTTPAdapter]:
    """Make the class that carries requests: our certificates, no proxy, and no endless answer."""
    verify = str(settings.ca_file) if settings.ca_file else True
    # Base64 makes four bytes of three; some servers break lines as well.
    limit = settings.max_message_size * 3 // 2 + ENVELOPE

    class Adapter(HTTPAdapter):
        def send(self, request: PreparedRequest, *_: Any, **options: Any) -> Response:  # noqa: ANN401 - as requests declares it
            options |= {"verify": verify, "proxies": {}}
            response = super().send(request, **options)
            response.iter_content = _bounded(response, limit)  # type: ignore[method-assign]
            return response

    return Adapter


def _bounded(response: Response, limit: int) -> Callable[..., Iterator[bytes]]:
    """Give an answer as requests does, ending in an error after `limit` bytes.

    By the piece, where the library asks for no size and would get it byte by byte.
    """
    unbounded = response.iter_content

    def iter_content(chunk_size: int = PIECE, *_: bool) -> Iterator[bytes]:
        left = limit
        for chunk in unbounded(chunk_size):
            left -= len(chunk)
            if left < 0:
                response.close()  # the rest of it is still on its way
                raise AnswerTooLargeError
            yield chunk

    return iter_content


def _check(settings: ExchangeSettings) -> None:
    address = urlsplit(settings.url)
    if address.scheme != "https" or not address.hostname:
        raise ExchangeSettingsError("url is not like https://mail.school.example/EWS/Exchange.asmx")
    if address.username or address.password:
        raise ExchangeSettingsError("url holds a password, which belongs into password_file")
    if settings.auth not in AUTH:
        raise ExchangeSettingsError("auth is neither ntlm nor basic")
    if not settings.username or not settings.password:
        raise ExchangeSettingsError("username or password_file is missing")
    if settings.ca_file and not settings.ca_file.is_file():
        raise ExchangeSettingsError("ca_file cannot be read")
