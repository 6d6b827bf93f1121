"""The listener's terms: its settings, its replies, and the decisions that need no socket.

Every refusal of mail is temporary (4yz, RFC 5321, 4.2.1). The sender is a mail server with a
journal copy: it keeps what is refused so and tries again, while a 5yz makes it bounce the user's
own message. A wrong setting here must never do that.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path

from ingest.spool import SpoolSize

MIB = 1024 * 1024
GIB = 1024 * MIB

MAX_RECIPIENTS = 10_000
"""A hundred times what RFC 5321 (4.5.3.1.8) asks for; a bound on memory only."""

NOT_ALLOWED = "421 4.7.1 this address may not deliver here; the administrator must allow it"
CROWDED = "421 4.3.2 too many connections, try again later"
STOPPING = "421 4.3.2 stopping, try again later"
FAILED = "451 4.3.0 not accepted, try again later"
OUT_OF_ORDER = "451 4.5.1 command out of order"
UNREADABLE = "451 4.5.2 command not understood"
NEEDS_TLS = "451 4.7.0 issue STARTTLS first"
NEEDS_AUTH = "451 4.7.0 authenticate first"
NEEDS_CERTIFICATE = "451 4.7.0 this needs a client certificate that is known here"
NO_ROOM = "452 4.3.1 no room for mail at present, try again later"
BUSY = "452 4.3.1 too much mail at once, try again later"
TOO_LARGE = "452 4.3.4 larger than max_message_size; the administrator must raise it"
TOO_MANY = "452 4.5.3 too many recipients in one transaction"
UNSUPPORTED = "455 4.5.4 parameter not supported"

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerSettings:
    """All that a listener is told. Sizes in bytes, times in seconds."""

    allowed: tuple[Network, ...]  # who may deliver, by address
    hostname: str  # what the listener calls itself
    host: str = "127.0.0.1"
    port: int = 2525  # 0 takes any free port
    max_message_bytes: int = 150 * MIB
    tls_cert: Path | None = None  # PEM, with the chain
    tls_key: Path | None = None
    require_tls: bool = False
    client_ca: Path | None = None  # PEM; with it, mail needs a client certificate
    client_certificates: tuple[str, ...] = ()  # names or SHA-256 prints; empty: any of that CA
    users: Path | None = None  # see ingest/smtp/users.py
    require_auth: bool = False
    max_connections: int = 100
    timeout: float = 300.0  # without a command or a piece of DATA (RFC 5321, 4.5.3.2)
    grace: float = 30.0  # for messages under way when the listener stops
    min_free_bytes: int = GIB  # on the spool's disk
    max_spool_messages: int = 1_000_000
    max_spool_bytes: int = 100 * GIB
    max_held_bytes: int = 512 * MIB  # of messages in memory, all connections together


# --- who may deliver --------------------------------------------------------------------------


def peer_address(peername: tuple[str, int] | tuple[str, int, int, int] | None) -> Address | None:
    """Read a socket's peer; an IPv4 address seen through an IPv6 socket is IPv4."""
    if not peername:  # the client left before it was asked
        return None
    address = ip_address(peername[0])
    return getattr(address, "ipv4_mapped", None) or address


def is_allowed(address: Address | None, allowed: tuple[Network, ...]) -> bool:
    """Say whether a peer may deliver."""
    return address is not None and any(address in network for network in allowed)


# --- what MAIL and RCPT say -------------------------------------------------------------------

# A quoted local part may hold `>`. Possessive repeats, so that hostile input costs linear time.
_PATH = re.compile(r'\s*(?:<((?:"(?:[^"\\]|\\.)*+"|[^">])*+)>|<([^>]*+)>|([^\s<]\S*+))')
_SIZE = re.compile(r"SIZE=(\d{1,20})")
_HARMLESS = re.compile(r"BODY=(?:7BIT|8BITMIME)|SMTPUTF8|AUTH=\S+")


@dataclass(frozen=True, slots=True)
class Said:
    """An address as MAIL or RCPT gave it, and the parameters behind it."""

    address: str  # empty for the null sender
    parameters: tuple[str, ...]  # upper case


def parse_path(arg: str | None, keyword: str) -> Said | None:
    r"""Read `FROM:<address> PARAMETERS`; None when there is no address to be seen.

    Any address will do: real ones break RFC 5321 (two dots in a row, no domain), and their mail
    is to be archived too. Bytes that are no UTF-8 are written `\xNN`.
    """
    if arg is None or not arg.upper().startswith(keyword):
        return None
    found = _PATH.match(arg, len(keyword))
    if found is None:
        return None
    given = next(group for group in found.groups() if group is not None)
    address = given.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return Said(address, tuple(arg[found.end() :].upper().split()))


def parameters_refusal(parameters: tuple[str, ...], *, limit: int) -> str | None:
    """Say why MAIL's parameters cannot be met: SIZE above `limit` bytes, or one never offered."""
    for parameter in parameters:
        size = _SIZE.fullmatch(parameter)
        if size and int(size[1]) > limit:
            return TOO_LARGE
        if not size and not _HARMLESS.fullmatch(parameter):
            return UNSUPPORTED
    return None


# --- whether there is room --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Room:
    """What the spool and its disk held when they were last asked."""

    free: int  # bytes on the disk
    spool: SpoolSize


def is_short(room: Room, settings: ListenerSettings) -> bool:
    """Say whether mail must wait with its sender."""
    return (
        room.free < settings.min_free_bytes
        or room.spool.messages >= settings.max_spool_messages
        or room.spool.bytes >= settings.max_spool_bytes
    )
