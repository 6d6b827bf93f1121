"""Certificates: ours, which is taken up anew when it is renewed, and those of mail servers.

A client's certificate counts once its chain ends at the authority that the settings name; among
those, the settings may name the few that are ours, by a name in them or by their fingerprint.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from ingest.smtp.setup import ListenerStartError, tls_context
from ingest.smtp.terms import ListenerSettings

log = structlog.get_logger()

LOOK = 1.0
"""Seconds between two looks whether a file of ours has been replaced."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A client's certificate, whose chain was verified."""

    fingerprint: str  # SHA-256 of the certificate (DER), 64 hexadecimal digits
    names: frozenset[str]  # its DNS names, addresses and common names, in lower case


def proof_of(tls: ssl.SSLObject | None) -> Proof | None:
    """Read the certificate that a client proved in the handshake, if it did."""
    der = tls.getpeercert(binary_form=True) if tls else None
    said = tls.getpeercert() if tls else None
    if not der or not said:  # without a chain to our authority nothing is said of it
        return None
    return Proof(hashlib.sha256(der).hexdigest(), frozenset(_names(said)))


def _names(said: Mapping[str, Any]) -> Iterator[str]:
    for _, name in said.get("subjectAltName", ()):
        yield name.lower()
    for rdn in said.get("subject", ()):
        for key, value in rdn:
            if key == "commonName":
                yield value.lower()


def is_ours(proof: Proof | None, known: Iterable[str]) -> bool:
    """Decide whether a certificate is that of a mail server of ours; any is, where none is named.

    `known` has names, or fingerprints as `openssl x509 -fingerprint -sha256` prints them.
    """
    if proof is None:
        return False
    wanted = {one.lower() for one in known}
    prints = {one.replace(":", "") for one in wanted}
    return not wanted or bool(proof.names & wanted) or proof.fingerprint in prints


class Certificates:
    """The listener's TLS context; a new one when a file of it changes. For one event loop."""

    def __init__(self, settings: ListenerSettings) -> None:
        self._settings = settings
        self._stamps = self._stamp()
        self.context = tls_context(settings)

    async def watch(self) -> None:
        """Look for ever whether the files were replaced. What is connected stays as it is."""
        while self.context is not None:
            await asyncio.sleep(LOOK)
            self.refresh()

    def refresh(self) -> None:
        """Take up files that were replaced; while they do not fit together, the old ones stay."""
        stamps = self._stamp()
        if stamps == self._stamps:
            return
        try:
            self.context = tls_context(self._settings)
        except ListenerStartError as error:
            log.error("certificate-unusable", error=type(error.__cause__).__name__)  # noqa: TRY400 -- said until it is mended
            return
        self._stamps = stamps
        log.info("certificate-renewed")

    def _stamp(self) -> tuple[int, ...]:
        settings = self._settings
        files = (settings.tls_cert, settings.tls_key, settings.client_ca)
        return tuple(_changed(file) for file in files if file)


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
