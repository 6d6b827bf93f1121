"""What must be right before the listener starts: its certificate, its users and its port."""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

from ingest.smtp.terms import ListenerSettings
from ingest.smtp.users import Users, load_users
from section9 import Section9Error


class ListenerStartError(Section9Error):
    """The listener cannot start with these settings."""

    def __init__(self, trouble: str) -> None:
        super().__init__(f"the listener cannot start: {trouble}")


def tls_context(settings: ListenerSettings) -> ssl.SSLContext | None:
    """Load the certificate, if there is one; TLS 1.2 and later. Raises ListenerStartError."""
    if settings.tls_cert is None:
        if settings.require_tls or settings.client_ca:
            raise ListenerStartError("TLS is required but has no certificate: set tls_certificate")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as error:  # ssl.SSLError is one
        raise ListenerStartError(
            f"its certificate or key cannot be used ({type(error).__name__}): "
            "check tls_certificate and tls_key"
        ) from error
    if settings.client_ca is not None:
        _ask_for_certificates(context, settings.client_ca)
    return context


def _ask_for_certificates(context: ssl.SSLContext, authority: Path) -> None:
    """Ask each client for a certificate; one that does not verify ends the handshake."""
    try:
        context.load_verify_locations(authority)
    except OSError as error:
        raise ListenerStartError(
            f"the authority of client certificates cannot be used ({type(error).__name__}): "
            "check client_ca"
        ) from error
    # Without a certificate the handshake ends well, and the refusal is a reply that says why.
    context.verify_mode = ssl.CERT_OPTIONAL


def known_users(settings: ListenerSettings) -> Users | None:
    """Load the users, if there are any. Raises ListenerStartError or SmtpUsersError."""
    if settings.users is None:
        if settings.require_auth:
            raise ListenerStartError("AUTH is required but nobody can: set users")
        return None
    return Users(load_users(settings.users))


async def bind(
    settings: ListenerSettings, session: Callable[[], asyncio.BaseProtocol]
) -> asyncio.Server:
    """Open the port. Raises ListenerStartError."""
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(
            session, settings.host, settings.port, backlog=settings.max_connections
        )
    except OSError as error:
        raise ListenerStartError(
            f"{settings.host} port {settings.port} cannot be had ({error.strerror}): "
            "free it or set another"
        ) from error
