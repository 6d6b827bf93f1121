"""Anchors: the heads of every book, signed, to be kept where nobody of this host can change them.

    archive/anchors/000000000007.json   the heads, when and by whom, the key, the anchor before
    archive/anchors/000000000007.sig    Ed25519 (RFC 8032) over the exact bytes of that file
    archive/anchors/000000000007.tsq    what a time-stamping authority was asked (RFC 3161)
    archive/anchors/000000000007.tsr    what it answered, its certificates included
    archive/anchors/000000000007.pem    those certificates, as openssl takes them

A chain that somebody with every right rewrites, from any segment on, still has other heads than
those that were signed and sent away. Stock tools check the files: see docs/audit.md.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from archive.books import Head
from archive.segment import ZEROS
from archive.store import FolderStore, KeyMissingError
from section9 import Section9Error

FOLDER = "anchors/"
KEY = re.compile(rf"{FOLDER}(?P<number>[0-9]{{12}})\.(?P<part>json|sig|tsq|tsr|pem)")
LARGEST = 1 << 20  # bytes of an anchor's file; ours have some hundreds

PublicKeys = Mapping[str, Ed25519PublicKey]
"""Keys by their fingerprints."""


class AnchorError(Section9Error):
    """An anchor is not one that we signed, or is gone."""

    exit_code = 20

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} {what}")
        self.name = name
        self.what = what


@dataclass(frozen=True, slots=True)
class Anchor:
    """What is signed."""

    number: int  # counted from one
    at: datetime
    by: str
    heads: tuple[Head, ...]  # of every book
    previous: str  # SHA-256 of the anchor before; 64 zeros for the first
    key: str  # fingerprint of the public key


@dataclass(frozen=True, slots=True)
class Signed:
    """An anchor's file and its signature, as they lie on disk or came by mail."""

    content: bytes
    signature: bytes

    @property
    def sha256(self) -> str:
        """The hash by which the next anchor and the ledger name it."""
        return sha256(self.content).hexdigest()


def fingerprint(key: Ed25519PublicKey) -> str:
    """The SHA-256 of a public key as DER (SubjectPublicKeyInfo, RFC 8410)."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()


def by_fingerprint(keys: Iterable[Ed25519PublicKey]) -> PublicKeys:
    """Keys, to be found by their fingerprints."""
    return {fingerprint(key): key for key in keys}


def sign(anchor: Anchor, key: Ed25519PrivateKey) -> Signed:
    """Write an anchor and sign exactly what is written."""
    content = msgspec.json.format(msgspec.json.encode(anchor), indent=1) + b"\n"
    return Signed(content, key.sign(content))


def read(signed: Signed, keys: PublicKeys, *, name: str) -> Anchor:
    """Read an anchor, once its signature is proven. Raises `AnchorError` for any other."""
    if len(signed.content) > LARGEST:
        raise AnchorError(name, "is too large to be an anchor")
    anchor = _decode(signed, name)
    key = keys.get(anchor.key)
    if key is None:
        raise AnchorError(name, "is signed with a key that is none of yours")
    try:
        key.verify(signed.signature, signed.content)
    except InvalidSignature as error:
        raise AnchorError(name, "does not bear out its signature: it was altered") from error
    return anchor


def _decode(signed: Signed, name: str) -> Anchor:
    try:
        return msgspec.json.decode(signed.content, type=Anchor)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AnchorError(name, "is not an anchor, or was altered") from error


class Anchors:
    """The anchors of one store."""

    def __init__(self, store: FolderStore) -> None:
        self._store = store

    def add(
        self, heads: tuple[Head, ...], *, at: datetime, by: str, key: Ed25519PrivateKey
    ) -> tuple[Anchor, Signed]:
        """Sign the heads and put the anchor after the last one, durably."""
        name = fingerprint(key.public_key())
        while True:
            last = max(self.numbers(), default=0)
            previous = self.signed(last).sha256 if last else ZEROS
            anchor = Anchor(max(self._taken(), default=0) + 1, at, by, heads, previous, name)
            signed = sign(anchor, key)
            parts = {"json": signed.content, "sig": signed.signature}
            if not self.put(anchor.number, parts):
                return anchor, signed

    def numbers(self) -> Iterator[int]:
        """Yield the number of every anchor that has its signature, rising.

        One without was never finished: a crash came between the two files.
        """
        signed = set(self._taken("sig"))
        return (number for number in self._taken("json") if number in signed)

    def signed(self, number: int) -> Signed:
        """An anchor as it lies on disk. Raises `AnchorError` where it is gone."""
        content, signature = self.get(number, "json"), self.get(number, "sig")
        if content is None or signature is None:
            raise AnchorError(name_of(number), "is gone")
        return Signed(content, signature)

    def last_made(self) -> datetime | None:
        """When the last anchor says that it was made; None before the first. Nothing is proven."""
        last = max(self.numbers(), default=0)
        return _decode(self.signed(last), name_of(last)).at if last else None

    def stamped(self) -> frozenset[int]:
        """The numbers of the anchors that have a time stamp."""
        return frozenset(self._taken("tsr"))

    def get(self, number: int, part: str) -> bytes | None:
        """One file of an anchor; None where it has none."""
        try:
            return self._store.get(key_of(number, part))
        except KeyMissingError:
            return None

    def put(self, number: int, parts: Mapping[str, bytes]) -> bool:
        """Put files of an anchor, durably; tell whether any of them was there before."""
        return bool(self._store.put_all_new({key_of(number, part): parts[part] for part in parts}))

    def _taken(self, part: str = "") -> Iterator[int]:
        for key in self._store.keys(FOLDER):
            match = KEY.fullmatch(key)
            if match and part in {"", match["part"]}:
                yield int(match["number"])


def key_of(number: int, part: str) -> str:
    """Say where the store keeps a file of an anchor."""
    return f"{FOLDER}{number:012d}.{part}"


def name_of(number: int) -> str:
    """Name an anchor to people."""
    return f"anchor {number}"
