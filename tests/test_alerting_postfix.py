"""Alerts by a real Postfix: STARTTLS that is verified, and a mail server that was away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from loopback import free_port
from running import House, wait_for
from support_smtp import certificate
from test_alerting import SECRETS, alerts, hand_over, school
from test_mailing import Inbox, receiving
from test_postfix import answers, configure, control, require

RELAY = """\
always_bcc =
default_transport = smtp:[127.0.0.1]:{inbox}
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
"""


@pytest.fixture(scope="module", autouse=True)
def needed() -> None:
    """Skip where there is no Postfix to try, unless it was promised."""
    require()


@contextmanager
def relaying(base: Path, *, port: int) -> Iterator[None]:
    """Run the Postfix of a folder for as long as the block lasts."""
    control("start", base)
    try:
        wait_for(lambda: answers(port))
        yield
    finally:
        control("stop", base)


@contextmanager
def trusting(folder: Path, *, port: int, ca: Path) -> Iterator[House]:
    """A school that sends its alerts by STARTTLS to a server of this certificate."""
    with school(folder, port) as house:
        tls = {"SECTION9_ALERTS__TLS": "starttls", "SECTION9_ALERTS__CA_FILE": str(ca)}
        yield replace(house, settings={**house.settings, **tls})


def test_an_alert_goes_by_postfix_over_tls_though_it_was_away(tmp_path: Path) -> None:
    """Mail is archived meanwhile; the alert comes once, encrypted on the way, without content."""
    cert, key = certificate(tmp_path)
    port, base, inbox = free_port(), tmp_path / "postfix", Inbox()
    with receiving(inbox) as behind, trusting(tmp_path / "house", port=port, ca=cert) as house:
        configure(base, port=port, archive=behind)
        with (base / "etc" / "main.cf").open("a") as main:
            main.write(RELAY.format(inbox=behind, cert=cert, key=key))
        with house.serving() as serving:
            hand_over(serving.port, 1)
            wait_for(lambda: b"alerts_wait" in serving.log.read_bytes())
            filed = house.archived().total()
            with relaying(base, port=port):
                wait_for(lambda: inbox.messages)
                wait_for(lambda: alerts(house)[0]["state"] == "sent")

    [message] = inbox.messages
    text = message_from_bytes(message, policy=policy.default).as_string()
    assert (1, ["dsl@school.example"]) == (filed, inbox.recipients)
    assert "with ESMTPS" in text
    assert "section9 triage show " in text
    assert [] == [word for word in SECRETS if word.lower() in text.lower()]


def test_a_postfix_of_another_certificate_is_told_nothing(tmp_path: Path) -> None:
    """Whoever stands in for the mail server hears no alert; it waits."""
    for name in ("its", "other"):
        (tmp_path / name).mkdir()
    (cert, key), (other, _) = certificate(tmp_path / "its"), certificate(tmp_path / "other")
    port, base, inbox = free_port(), tmp_path / "postfix", Inbox()
    with receiving(inbox) as behind, trusting(tmp_path / "house", port=port, ca=other) as house:
        configure(base, port=port, archive=behind)
        with (base / "etc" / "main.cf").open("a") as main:
            main.write(RELAY.format(inbox=behind, cert=cert, key=key))
        with relaying(base, port=port):
            tried = house.run("alert", "test")

    assert (44, []) == (tried.returncode, inbox.messages)
