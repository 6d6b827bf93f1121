"""Who may authenticate to the listener: a file of names and salted scrypt hashes (RFC 7914).

One entry a line, `name:scrypt$n$r$p$salt$hash`, salt and hash in base64; `#` begins a comment.
`user_line` makes one. The file holds no password and no way back to one.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from section9 import Section9Error

MAX_MEMORY = 256 * 1024 * 1024
"""Bytes that one hash may take; an entry that asks for more is refused by scrypt itself."""


class SmtpUsersError(Section9Error):
    """The file of users cannot be used."""

    def __init__(self, path: Path, trouble: str) -> None:
        super().__init__(
            f"users file {path} {trouble}: write name:scrypt$n$r$p$salt$hash, one user a line"
        )


@dataclass(frozen=True, slots=True)
class ScryptHash:
    """A password's hash and what it was made with."""

    n: int  # cost; memory is 128 * n * r bytes
    r: int
    p: int
    salt: bytes
    digest: bytes


def hash_password(password: bytes, *, n: int = 2**15, r: int = 8, p: int = 1) -> ScryptHash:
    """Hash a password under a fresh salt: about 0.1 s and 32 MiB at the default cost."""
    salt = secrets.token_bytes(16)
    return ScryptHash(n, r, p, salt, _scrypt(password, n=n, r=r, p=p, salt=salt))


def user_line(name: str, password: str) -> str:
    """Make a line of the file of users; the name holds no colon and no `#`."""
    made = hash_password(password.encode())
    salt, digest = (base64.b64encode(part).decode() for part in (made.salt, made.digest))
    return f"{name}:scrypt${made.n}${made.r}${made.p}${salt}${digest}"


def load_users(path: Path) -> Mapping[str, ScryptHash]:
    """Read the file of users. Raises SmtpUsersError with the number of a bad line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SmtpUsersError(path, f"cannot be read ({type(error).__name__})") from error
    users = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            try:
                name, made = _parse(line.strip())
            except (ValueError, binascii.Error) as error:
                raise SmtpUsersError(path, f"holds no entry in line {number}") from error
            users[name] = made
    return users


def _parse(line: str) -> tuple[str, ScryptHash]:
    name, _, entry = line.partition(":")
    scheme, n, r, p, salt, digest = entry.split("$")
    if scheme != "scrypt" or not name:
        raise ValueError
    return name, ScryptHash(
        int(n), int(r), int(p), base64.b64decode(salt), base64.b64decode(digest)
    )


class Users:
    """The users of one listener. `proves` takes 0.1 s at first: call it off the event loop."""

    def __init__(self, hashes: Mapping[str, ScryptHash]) -> None:
        self._hashes = hashes
        # An unknown name costs as much time as a known one.
        self._nobody = hash_password(secrets.token_bytes(16))
        # A mail server may authenticate for every message. What scrypt once proved is kept for
        # this process only, under a key that never leaves it, and costs microseconds again.
        self._key = secrets.token_bytes(32)
        self._proved: dict[str, bytes] = {}

    def proves(self, name: str, password: bytes) -> bool:
        """Say whether the password is that user's; every comparison takes constant time."""
        quick = hmac.digest(self._key, password, "sha256")
        if hmac.compare_digest(self._proved.get(name, b""), quick):
            return True
        known = self._hashes.get(name, self._nobody)
        made = _scrypt(password, n=known.n, r=known.r, p=known.p, salt=known.salt)
        proved = hmac.compare_digest(made, known.digest) and name in self._hashes
        if proved:
            self._proved[name] = quick
        return proved


def _scrypt(password: bytes, *, n: int, r: int, p: int, salt: bytes) -> bytes:
    return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=MAX_MEMORY, dklen=32)
