"""The SMTP listener: takes journal mail in, and says 250 once it is on disk.

aiosmtpd leads the dialogue, STARTTLS and AUTH. The three verbs that carry mail are ours, because
aiosmtpd refuses some mail with 5yz (see ingest/smtp/terms.py), reads addresses more strictly than
the world writes them, ends lines at 1,001 bytes and takes DATA line by line.
"""

# ruff: noqa: N802 -- aiosmtpd finds verbs, mechanisms and hooks by these names

import asyncio
import logging
import ssl
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from aiosmtpd import smtp

from ingest.smtp import terms
from ingest.smtp.certificates import Certificates, Proof, is_ours, proof_of
from ingest.smtp.counts import Counts
from ingest.smtp.data import Incoming, pieces
from ingest.smtp.desk import Desk
from ingest.smtp.door import Door, Guest
from ingest.smtp.setup import bind, known_users
from ingest.smtp.terms import ListenerSettings
from ingest.spool import Spool
from section9 import Envelope

log = structlog.get_logger()

PIECE = 64 * 1024
"""Bytes of DATA taken at a time; a connection buffers a few times as many."""
COMMAND = 8 * 1024
"""Bytes in a command line: real paths outgrow the 512 of RFC 5321 (4.5.3.1.4)."""
AUTH_TRIES = 3
"""Wrong passwords before a connection is closed."""


async def listen(
    settings: ListenerSettings,
    spool: Spool,
    *,
    stop: asyncio.Event,
    ready: Callable[[str, int], None],
    counts: Counts | None = None,
) -> None:
    """Take mail in until `stop` is set; `ready` is told the address once clients can connect.

    `counts` is kept up to date meanwhile. On stopping, messages under way have `settings.grace`
    seconds to end. Raises ListenerStartError or SmtpUsersError before `ready`.
    """
    _silence_aiosmtpd()
    certificates, users = Certificates(settings), known_users(settings)
    desk = Desk(settings, spool, users, counts or Counts())
    await desk.look()
    door = Door(settings)
    server = await bind(settings, lambda: _Session(settings, desk, door, certificates.context))
    async with asyncio.TaskGroup() as tasks:
        watches = [tasks.create_task(each.watch()) for each in (desk, certificates)]
        host, port, *_ = server.sockets[0].getsockname()
        log.info("listening", host=host, port=port)
        try:
            ready(host, port)
            await stop.wait()
        finally:
            server.close()
            await door.close()
            await desk.close()
            for watch in watches:
                watch.cancel()
    log.info("stopped")


def _silence_aiosmtpd() -> None:
    # It logs addresses, and at its lowest level the mail itself.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)


class _Session(smtp.SMTP):
    """One connection."""

    line_length_limit = PIECE  # of the reader; DATA needs no line to fit into it
    command_size_limit = COMMAND
    # aiosmtpd declares these optional; they are there before any verb is.
    session: smtp.Session
    envelope: smtp.Envelope
    _handler_coroutine: asyncio.Task[None]

    def __init__(
        self, settings: ListenerSettings, desk: Desk, door: Door, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(
            _GREETING,
            data_size_limit=settings.max_message_bytes,
            enable_SMTPUTF8=True,
            hostname=settings.hostname,
            ident="ESMTP",
            tls_context=tls,
            timeout=settings.timeout,
            authenticator=_unproved,
            auth_exclude_mechanism=() if settings.users else ("LOGIN", "PLAIN"),
            loop=asyncio.get_running_loop(),
        )
        # aiosmtpd keeps these limits on the class, where sessions change each other's.
        self.command_size_limits = defaultdict(lambda: COMMAND)
        self._settings = settings
        self._desk = desk
        self._door = door
        self._in_data = False
        self._wrong = 0  # passwords
        self._address: terms.Address | None = None

    # --- coming and going ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._address = terms.peer_address(transport.get_extra_info("peername"))
        # A password in clear is for nobody else to see on the loopback interface.
        self._auth_require_tls = not (self._address and self._address.is_loopback)

    async def _handle_client(self) -> None:
        with suppress(ConnectionError):  # the client went away; aiosmtpd has closed our side
            refusal = self._door.refusal(self._address)
            if refusal:
                await self._answer(refusal)
                self._cut()
                return
            task = self._handler_coroutine
            self._door.enter(Guest(task, str(self._address), self._leave_if_idle, self._cut))
            await super()._handle_client()

    def _leave_if_idle(self) -> None:
        """Send the client away unless it is handing a message over."""
        if not self._in_data and not self._writer.is_closing():
            self._writer.write(terms.STOPPING.encode() + b"\r\n")
            self._cut()

    def _cut(self) -> None:
        """Close the connection once what was written is sent."""
        # A TLS transport must not be closed again, or written to, once it is closing.
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()

    async def _answer(self, reply: str) -> None:
        if not reply.startswith("2"):
            self._desk.counts.refused[reply[:3]] += 1
            log.warning("refused", peer=str(self._address), reply=reply)
        await self.push(reply)

    # --- mail ---

    async def smtp_MAIL(self, arg: str | None) -> None:
        """Begin a message."""
        await self._answer(self._refusal() or self._mail(arg))

    async def smtp_RCPT(self, arg: str | None) -> None:
        """Add a recipient."""
        await self._answer(self._rcpt(arg))

    async def smtp_DATA(self, arg: str | None) -> None:
        """Take the message, and promise to keep it once it is kept."""
        if arg or not self.envelope.rcpt_tos:
            await self._answer(terms.OUT_OF_ORDER)
            return
        self._in_data = True
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            await self._answer(await self._data())
        except Exception as error:
            await self._answer(await self.handle_exception(error))
            # What is left of the message must not be taken for commands: aiosmtpd hangs up.
            raise ConnectionResetError from error
        self.envelope = self._create_envelope()
        self._in_data = False
        if self._door.closing:
            self._leave_if_idle()

    def _refusal(self) -> str | None:
        """Say why no message may begin; the reasons that hold whatever the message is."""
        settings = self._settings
        if not self.session.host_name:
            return terms.OUT_OF_ORDER
        if (settings.require_tls or settings.client_ca) and not self.session.ssl:
            return terms.NEEDS_TLS
        if settings.client_ca and not is_ours(self._proof(), settings.client_certificates):
            return terms.NEEDS_CERTIFICATE
        if settings.require_auth and not self.session.authenticated:
            return terms.NEEDS_AUTH
        return None if self._desk.has_room() else terms.NO_ROOM

    def _mail(self, arg: str | None) -> str:
        said = terms.parse_path(arg, "FROM:")
        if said is None:
            return terms.UNREADABLE
        if self.envelope.mail_from is not None:
            return terms.OUT_OF_ORDER
        refusal = terms.parameters_refusal(said.parameters, limit=self._settings.max_message_bytes)
        if refusal is None:
            self.envelope.mail_from = said.address
        return refusal or "250 2.1.0 OK"

    def _rcpt(self, arg: str | None) -> str:
        if self.envelope.mail_from is None:
            return terms.OUT_OF_ORDER
        said = terms.parse_path(arg, "TO:")
        if said is None or not said.address:
            return terms.UNREADABLE
        if len(self.envelope.rcpt_tos) >= terms.MAX_RECIPIENTS:
            return terms.TOO_MANY
        if said.parameters:
            return terms.UNSUPPORTED
        self.envelope.rcpt_tos.append(said.address)
        return "250 2.1.5 OK"

    async def _data(self) -> str:
        """Take what follows DATA, and give the reply to it."""
        incoming = Incoming(self._desk, limit=self._settings.max_message_bytes)
        try:
            async for piece in pieces(self._reader):
                self._reset_timeout()  # a large message on a slow line may take its time
                incoming.add(piece)
            content = incoming.message()
            if incoming.refusal:
                return incoming.refusal
            if not self._desk.has_room():
                return terms.NO_ROOM
            return await self._desk.keep(self._said(), content)
        finally:
            incoming.release()

    def _said(self) -> Envelope:
        tls, proof = self.session.ssl, self._proof()
        return Envelope(
            mail_from=self.envelope.mail_from or "",
            rcpt_to=tuple(self.envelope.rcpt_tos),
            peer=str(self._address),
            tls=tls["ssl_object"].version() if tls else None,
            user=self.session.auth_data if self.session.authenticated else None,
            received=datetime.now(UTC),
            certificate=proof.fingerprint if proof else None,
        )

    def _proof(self) -> Proof | None:
        return proof_of(self.session.ssl["ssl_object"]) if self.session.ssl else None

    # --- passwords ---

    async def smtp_AUTH(self, arg: str) -> None:
        """Authenticate; too many wrong passwords end the connection."""
        await super().smtp_AUTH(arg)
        if self._wrong >= AUTH_TRIES:
            self._cut()

    async def auth_PLAIN(self, _: object, args: list[str]) -> smtp.AuthResult:
        """Check a name and password sent at once (RFC 4616)."""
        return await self._checked(await super().auth_PLAIN(_, args))

    async def auth_LOGIN(self, _: object, args: list[str]) -> smtp.AuthResult:
        """Check a name and password sent one after the other."""
        return await self._checked(await super().auth_LOGIN(_, args))

    async def _checked(self, said: smtp.AuthResult) -> smtp.AuthResult:
        if said.auth_data is None:  # nothing to be read; aiosmtpd has answered
            return said
        name = said.auth_data.login.decode("utf-8", "replace")
        if await self._desk.proves(name, said.auth_data.password):
            return smtp.AuthResult(success=True, auth_data=name)
        self._wrong += 1
        self._desk.counts.auth_failed += 1
        log.warning("auth-failed", peer=str(self._address))
        return smtp.AuthResult(success=False, handled=False)

    # --- trouble ---

    async def handle_exception(self, error: Exception) -> str:
        """Answer a fault of ours, or of the client's TLS, with a reply that bounces no mail."""
        log.error("session-failed", error=type(error).__name__, peer=str(self._address))
        return terms.FAILED


def _unproved(*said: object) -> smtp.AuthResult:
    """Carry a name and password from aiosmtpd to `_Session._checked`; prove nothing.

    aiosmtpd asks in the event loop, which may not wait for scrypt.
    """
    return smtp.AuthResult(success=False, handled=False, auth_data=said[-1])


class _Greeting:
    """What EHLO offers, beyond what aiosmtpd says by itself."""

    async def handle_EHLO(
        self,
        _server: smtp.SMTP,
        session: smtp.Session,
        _envelope: smtp.Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Add PIPELINING (RFC 2920), and drop AUTH where there is nothing to choose from.

        SIZE is offered without our limit (RFC 1870, 4): Postfix bounces what is over a limit that
        it knows of, and keeps what is answered with 452.
        """
        session.host_name = hostname
        offered = [
            "250-SIZE" if line.startswith("250-SIZE") else line
            for line in responses
            if line != "250-AUTH "
        ]
        return [*offered[:-1], "250-PIPELINING", offered[-1]]


_GREETING = _Greeting()
