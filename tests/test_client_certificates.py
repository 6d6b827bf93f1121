"""A mail server that proves itself by a certificate: real ones, made here, over real TLS."""

import ipaddress
import os
import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from support_smtp import SETTINGS, listening

from ingest.smtp.certificates import LOOK, Certificates, Proof, is_ours
from ingest.smtp.setup import ListenerStartError, tls_context
from ingest.spool import Spool

MAIL = "Subject: hello\r\n\r\nhello\r\n"
NAME = "mail.school.example"


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, also as files."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    cert_file: Path
    key_file: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as it is kept with a message."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def issued(folder: Path, name: str, by: Pair | None = None, *, days: int = 2) -> Pair:
    """Make a certificate for a name, signed by `by`, or by itself as an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} (test)")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=5))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if by:
        names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        both = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage(both), critical=False)
    certificate = builder.sign(by.key if by else key, hashes.SHA256())
    pair = Pair(certificate, key, folder / f"{name}.pem", folder / f"{name}.key")
    pair.cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    pair.key_file.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    return pair


@pytest.fixture
def authority(tmp_path: Path) -> Pair:
    return issued(tmp_path, "authority")


@pytest.fixture
def server(tmp_path: Path, authority: Pair) -> Pair:
    return issued(tmp_path, "archive.school.example", authority)


def deliver(address: tuple[str, int], authority: Pair, shown: Pair | None) -> None:
    """Hand a message over, showing a certificate. Raises what the client sees."""
    trust = ssl.create_default_context(cafile=authority.cert_file)
    if shown:
        trust.load_cert_chain(shown.cert_file, shown.key_file)
    with smtplib.SMTP(*address, "client.example", timeout=20) as client:
        client.starttls(context=trust)
        client.sendmail("a@x.example", ["journal@archive.example"], MAIL)


def test_a_known_certificate_lets_mail_in_and_stands_in_its_envelope(
    tmp_path: Path, authority: Pair, server: Pair
) -> None:
    """By its DNS name or its fingerprint; the print is kept with the message, as the proof."""
    spool = Spool(tmp_path / "home", run="r1")
    mail = issued(tmp_path, NAME, authority)
    tls = {"tls_cert": server.cert_file, "tls_key": server.key_file}
    colons = ":".join(mail.fingerprint[n : n + 2] for n in range(0, 64, 2)).upper()

    for known in ((), (NAME.upper(),), (colons,)):
        changed = {**tls, "client_ca": authority.cert_file, "client_certificates": known}
        with listening(spool, **changed) as listener:
            deliver(listener.address, authority, mail)

    proven = {spool.read(entry).envelope.certificate for entry in spool.pending(limit=9)}
    assert {mail.fingerprint} == proven
    assert 3 == spool.size().messages


def test_no_other_certificate_lets_mail_in(tmp_path: Path, authority: Pair, server: Pair) -> None:
    """None, another name, another authority's, one that has run out: nothing is spooled."""
    spool = Spool(tmp_path / "home", run="r1")
    changed = {
        "tls_cert": server.cert_file,
        "tls_key": server.key_file,
        "client_ca": authority.cert_file,
        "client_certificates": (NAME,),
    }
    (tmp_path / "else").mkdir()
    stranger = issued(tmp_path / "else", NAME, issued(tmp_path / "else", "authority"))
    (tmp_path / "old").mkdir()
    expired = issued(tmp_path / "old", NAME, authority, days=-1)
    other = issued(tmp_path, "other.school.example", authority)

    with listening(spool, **changed) as listener:
        refused = [
            _outcome(partial(deliver, listener.address, authority, shown))
            for shown in (None, other, stranger, expired)
        ]
        with smtplib.SMTP(*listener.address, "client.example", timeout=20) as clear:
            clear.ehlo()
            in_clear = clear.mail("a@x.example")

    assert ["451", "451", "cut", "cut"] == refused
    assert 451 == in_clear[0]
    assert 0 == spool.size().messages


def _outcome(act: Callable[[], None]) -> str:
    """What a client is told: the code of a temporary refusal, or that the line was cut."""
    try:
        act()
    except smtplib.SMTPSenderRefused as error:
        return str(error.smtp_code)
    except (OSError, smtplib.SMTPServerDisconnected):
        return "cut"
    return "250"


def test_a_renewed_certificate_is_taken_up_without_a_restart(
    tmp_path: Path, authority: Pair, server: Pair
) -> None:
    """New connections see it; while file and key do not fit together, the old one serves on."""
    (tmp_path / "new").mkdir()
    renewed = issued(tmp_path / "new", "archive.school.example", authority)
    spool = Spool(tmp_path / "home", run="r1")

    with listening(spool, tls_cert=server.cert_file, tls_key=server.key_file) as listener:
        first = _shown(listener.address)
        _replace(server.cert_file, renewed.cert_file)
        time.sleep(1.5 * LOOK)
        between = _shown(listener.address)
        _replace(server.key_file, renewed.key_file)
        give_up = time.monotonic() + 20
        while _shown(listener.address) == first and time.monotonic() < give_up:
            time.sleep(0.05)
        after = _shown(listener.address)

    assert [server.fingerprint, server.fingerprint, renewed.fingerprint] == [first, between, after]


def _replace(old: Path, new: Path) -> None:
    """As a renewal does: the new file takes the old one's name."""
    os.replace(new, old)  # noqa: PTH105 - the act is what matters here


def _shown(address: tuple[str, int]) -> str:
    """The fingerprint of the certificate that the listener shows."""
    blind = ssl.create_default_context()
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP(*address, "client.example", timeout=20) as client:
        client.starttls(context=blind)
        assert isinstance(client.sock, ssl.SSLSocket)
        der = client.sock.getpeercert(binary_form=True)
    assert der
    return x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256()).hex()


def test_settings_that_cannot_hold_are_refused_at_the_start(tmp_path: Path, server: Pair) -> None:
    """An authority that is no certificate, and one without TLS of our own."""
    from dataclasses import replace  # noqa: PLC0415 - beside its one use

    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    own = {"tls_cert": server.cert_file, "tls_key": server.key_file}

    with pytest.raises(ListenerStartError, match="client_ca"):
        tls_context(replace(SETTINGS, **own, client_ca=bad))  # type: ignore[arg-type]
    with pytest.raises(ListenerStartError, match="tls_certificate"):
        Certificates(replace(SETTINGS, client_ca=server.cert_file))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ((), True),
        (("mail.school.example",), True),
        (("AB:CD",), True),
        (("abcd",), True),
        (("school.example",), False),
        (("*.school.example",), False),
        (("ab",), False),
    ],
)
def test_a_certificate_is_known_by_a_whole_name_or_print(
    known: tuple[str, ...],
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """No part of a name and no pattern will do; no certificate never does."""
    proof = Proof("abcd", frozenset({"mail.school.example"}))

    assert expected == is_ours(proof, known)
    assert not is_ours(None, known)
