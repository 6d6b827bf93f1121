"""Files that hold keys and certificates of the audit: read with care, and never overwritten."""

import os
from pathlib import Path
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import Certificate, load_pem_x509_certificates

from section9 import Section9Error

PUBLIC = ".pub"


class KeyFileError(Section9Error):
    """A file with a key or certificate cannot be used."""

    exit_code: ClassVar[int] = 3

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} {what}")


def make_key(path: Path) -> bytes:
    """Make a key for anchors: the private half in `path`, for its owner alone.

    The public half lies beside it, and is returned as PEM. Raises `KeyFileError`.
    """
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    _write_new(path.with_suffix(PUBLIC), public, 0o644)
    return public


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        # Made with its mode, so that nobody else can open it for a moment.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise KeyFileError(
            path,
            "exists: a key is never overwritten. To change it, move it and its .pub away and name "
            "that in [audit] public_keys",
        ) from error
    except OSError as error:
        raise KeyFileError(path, f"cannot be made ({error.strerror}): check its folder") from error


def private_key(path: Path) -> Ed25519PrivateKey:
    """Read the key that signs. Raises `KeyFileError`, also where others may read it."""
    content = _read(path, "make one with `section9 audit keygen`")
    if path.stat().st_mode & 0o077:
        raise KeyFileError(path, "may be read by others: run `chmod 600` on it")
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(path, "is no private key in PEM: restore it, or make another") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(path, "is no Ed25519 key: make one with `section9 audit keygen`")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Read the public half of a key. Raises `KeyFileError`."""
    content = _read(path, "name the file of the public key with --key")
    try:
        key = load_pem_public_key(content)
    except ValueError as error:
        raise KeyFileError(path, "is no public key in PEM: name another with --key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError(path, "is no Ed25519 key: name another with --key")
    return key


def roots(file: Path | None) -> tuple[Certificate, ...]:
    """The authorities whose time stamps are trusted; none where none are configured."""
    if file is None:
        return ()
    try:
        return tuple(load_pem_x509_certificates(_read(file, "check [audit] tsa_ca")))
    except ValueError as error:
        raise KeyFileError(file, "holds no certificate in PEM: check [audit] tsa_ca") from error


def _read(path: Path, step: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(path, f"cannot be read ({error.strerror}): {step}") from error
