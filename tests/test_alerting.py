"""Alerts as people meet them: a real service, a real mail server, and the commands."""

import re
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from loopback import free_port
from running import House, made, wait_for
from test_mailing import Inbox, receiving

from archive.alert_events import AlertPlanned, AlertSent
from archive.books import Book

ROUTES = """
[routing.alerts]
dsl = ["dsl@school.example", "deputy@school.example"]
dpo = ["dpo@school.example"]
head_teacher = ["head@school.example"]
chair = ["chair@school.example"]
"""
PUPIL, TEACHER = "p.upil@school.example", "j.doe@school.example"
SECRETS = ("kill", "zebra", PUPIL, TEACHER, "Doe")
CRY = "I want to kill myself tonight, I can't go on any more."


def mail(number: int, *, to: str = TEACHER, text: str = CRY) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = PUPIL, to
    message["Subject"], message["Date"] = f"zebra {number}", "Mon, 23 Nov 2026 09:00:00 +0000"
    message["Message-ID"] = f"<{number}@school.example>"
    message.set_content(text)
    return message.as_bytes()


def hand_over(port: int, *numbers: int) -> None:
    """As the mail server journals."""
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        for number in numbers:
            client.sendmail(PUPIL, ["archive@archive.example"], mail(number))


@contextmanager
def school(folder: Path, port: int) -> Iterator[House]:
    """A house whose alerts go to a port."""
    said = {"ALERTS__SMTP_HOST": "127.0.0.1", "ALERTS__SMTP_PORT": str(port)}
    with made(folder, **said) as house:
        file = house.home / "section9.toml"
        template = re.sub(r"(?ms)^\[routing\.alerts\].*?^\n", ROUTES, file.read_text())
        file.write_text(template)
        yield house


def ingest(house: House, *numbers: int, to: str = TEACHER) -> None:
    for number in numbers:
        path = house.home.parent / f"{number}.eml"
        path.write_bytes(mail(number, to=to))
        house.must("ingest", path)


def alerts(house: House, *options: str) -> list[dict[str, object]]:
    done = house.run("alert", "list", "--json", *options)
    return [house.read(line) for line in done.stdout.splitlines()]


def test_an_alert_follows_within_a_minute_and_holds_no_content(tmp_path: Path) -> None:
    """From 250 to the DSL's inbox, while the service runs; ids, kinds and commands alone."""
    inbox = Inbox()
    with receiving(inbox) as port, school(tmp_path / "house", port) as house:
        with house.serving() as serving:
            hand_over(serving.port, 1)
            accepted = time.monotonic()
            wait_for(lambda: inbox.messages)
            took = time.monotonic() - accepted
        [alert] = alerts(house)

    [message] = inbox.messages
    text = message_from_bytes(message, policy=policy.default).as_string()
    assert took < 60
    assert ["dsl@school.example"] == inbox.recipients
    assert [] == [word for word in SECRETS if word.lower() in text.lower()]
    assert "section9 triage show " in text
    assert "section9 alert ack A-0001" in text
    assert ("sent", True, "dsl") == (alert["state"], alert["urgent"], alert["post"])


def test_a_dead_mail_server_holds_nothing_up(tmp_path: Path) -> None:
    """Mail is archived all the same, and the alert goes when the server is back, once."""
    port = free_port()
    with socket.socket() as silent, school(tmp_path / "house", port) as house:
        silent.bind(("127.0.0.1", port))
        silent.listen()  # takes connections, and says nothing
        with house.serving(SECTION9_ALERTS__TIMEOUT="1") as serving:
            hand_over(serving.port, 1, 2, 3)
            wait_for(lambda: sum(house.archived().values()) == 3)
            planned = [one for one in house.events(Book.CASES) if isinstance(one, AlertSent)]
        silent.close()
        inbox = Inbox()
        with receiving(inbox, port=port):
            house.must("alert", "send")
            house.must("alert", "send")

    told = [line for one in inbox.messages for line in one.splitlines() if b"severity 5," in line]
    assert [] == planned
    assert 3 == len(told)


def test_whoever_it_concerns_is_not_told(tmp_path: Path) -> None:
    """A message to the DSL goes to the deputy."""
    inbox = Inbox()
    with receiving(inbox) as port, school(tmp_path / "house", port) as house:
        ingest(house, 1, to="dsl@school.example")

    assert ["deputy@school.example"] == inbox.recipients


def test_an_alert_is_answered_once_and_for_all(tmp_path: Path) -> None:
    """`alert ack` is recorded, and `alert list --open` shows it no more."""
    inbox = Inbox()
    with receiving(inbox) as port, school(tmp_path / "house", port) as house:
        ingest(house, 1)
        house.must("alert", "ack", "a-0001")
        again = house.must("alert", "ack", "A-0001")
        opened, [answered] = alerts(house, "--open"), alerts(house)
        unknown = house.run("alert", "ack", "A-0009")

    assert b"was answered by" in again
    assert ([], "answered") == (opened, answered["state"])
    assert (2, True) == (unknown.returncode, b"alert list" in unknown.stderr)


def test_status_counts_what_waits(tmp_path: Path) -> None:
    """Items of triage, alerts without an answer or not sent; `doctor` misses who triages them."""
    with receiving(Inbox()) as port, school(tmp_path / "house", port) as house:
        ingest(house, 1)
        before, told = house.json("status"), house.must("status").decode()
        house.must("alert", "ack", "A-0001")
        after = house.json("status")
        looked = house.run("doctor").stdout.decode()

    names = ("triage_waiting", "triage_gravest", "alerts_unanswered", "alerts_unsent", "patterns")
    assert (1, 5, 1, 0, 0) == tuple(before[name] for name in names)
    assert "triage   1 wait, the gravest of severity 5; 0 patterns stand" in told
    assert 0 == after["alerts_unanswered"]
    assert "nobody has a programme to triage them in" in looked


def test_doctor_is_loud_where_nobody_can_be_told(tmp_path: Path) -> None:
    """Something is flagged, and no mail server, or no post, is named."""
    (tmp_path / "1.eml").write_bytes(mail(1))
    with made(tmp_path / "house") as house:
        house.must("ingest", tmp_path / "1.eml")
        unsent = house.run("doctor").stdout.decode()
        warned = house.must("status").decode()
    with receiving(Inbox()) as port, school(tmp_path / "other", port) as house:
        file = house.home / "section9.toml"
        file.write_text(file.read_text().replace(ROUTES, ""))
        vacant = house.run("doctor").stdout.decode()
        ingest(house, 2)
        nobody = house.run("doctor").stdout.decode()

    assert "nobody has been told of 1 flagged messages" in unsent
    assert "warning  alerts: nobody has been told" in warned
    assert "nobody is named for dsl, dpo, head-teacher, chair" in vacant
    assert "FAIL  alerts" in nobody


def test_nobody_is_shown_an_alert_about_themselves(tmp_path: Path) -> None:
    """They would learn that they are watched."""
    with receiving(Inbox()) as port, school(tmp_path / "house", port) as house:
        ingest(house, 1)
        file = house.home / "section9.toml"
        file.write_text(file.read_text().replace("domains = []", 'domains = ["school.example"]'))
        theirs = house.run("alert", "list", SUDO_USER="j.doe")
        others = house.run("alert", "list", SUDO_USER="d.sl")
        answered = house.run("alert", "ack", "A-0001", SUDO_USER="j.doe")

    assert (4, 0, 2) == (theirs.returncode, others.returncode, answered.returncode)


def test_every_route_can_be_tried(tmp_path: Path) -> None:
    """A message to each address, once; one that is refused is told, and the code says so."""
    inbox = Inbox("250 OK", "550 5.1.1 unknown")
    with receiving(inbox) as port, school(tmp_path / "house", port) as house:
        done = house.run("alert", "test", "--json")

    tried = {line["to"]: line["sent"] for line in map(house.read, done.stdout.splitlines())}
    assert 44 == done.returncode
    assert [True, False, True, True, True] == list(tried.values())
    assert "dsl@school.example" in tried


def test_without_a_mail_server_it_says_what_to_set(tmp_path: Path) -> None:
    """And nothing else fails for it."""
    with made(tmp_path / "house") as house:
        done = house.run("alert", "send")
        listed = house.run("alert", "list")

    assert (3, 4) == (done.returncode, listed.returncode)
    assert b"smtp_host" in done.stderr


def test_no_variable_sends_alerts_elsewhere(tmp_path: Path) -> None:
    """Whoever runs a command sets its environment; the routes are in the file alone."""
    with school(tmp_path / "house", 25) as house:
        done = house.run("status", SECTION9_ROUTING__ALERTS__DSL='["me@home.example"]')

    assert 3 == done.returncode


class Killer(Inbox):
    """Takes a message, and kills who sent it before it hears so."""

    def __init__(self) -> None:
        super().__init__()
        self.victims: list[Popen[bytes]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Take a message, once at the price of a process."""
        self.messages.append(envelope.content)
        if self.victims:
            self.victims.pop().kill()
        return "250 OK"


def test_who_is_killed_while_sending_sends_it_again_under_the_same_name(tmp_path: Path) -> None:
    """At least once: the server had it, we did not hear so; whoever reads it can tell."""
    killer = Killer()
    with receiving(killer) as port, school(tmp_path / "house", port) as house:
        path = tmp_path / "1.eml"
        path.write_bytes(mail(1))
        house.run("ingest", path, SECTION9_ALERTS__SMTP_PORT=str(free_port()))
        process = house.start("alert", "send", log=tmp_path / "log")
        killer.victims.append(process)
        process.wait(60)
        house.must("alert", "send")
        house.must("alert", "send")

    first, again = (message_from_bytes(one) for one in killer.messages)
    assert (first["Message-ID"], first.get_payload()) == (again["Message-ID"], again.get_payload())


@pytest.mark.parametrize("when", ["planned", "sent"])
def test_a_crash_at_any_step_tells_at_least_once(tmp_path: Path, when: str) -> None:
    """Under one Message-ID, so that a second copy is known for one."""
    inbox = Inbox()
    with receiving(inbox) as port, school(tmp_path / "house", port) as house:
        if when == "planned":  # the server is away: planned, and not sent
            path = tmp_path / "1.eml"
            path.write_bytes(mail(1))
            house.run("ingest", path, SECTION9_ALERTS__SMTP_PORT=str(free_port()))
        else:
            ingest(house, 1)
        house.must("alert", "send")
        events = house.events(Book.CASES)

    ids = {message_from_bytes(one)["Message-ID"] for one in inbox.messages}
    assert 1 == len(ids) == len(inbox.messages)
    assert 1 == sum(isinstance(one, AlertPlanned) for one in events)


STAND_INS = """
[roles.'d.sl']
roles = ["dsl"]
addresses = ["dsl@school.example", "d.sl@school.example"]

[roles.'d.eputy']
roles = ["investigator"]
addresses = ["deputy@school.example"]

[roles.'a.udit']
roles = ["auditor"]
addresses = ["a.udit@school.example"]
"""


def test_doctor_names_whoever_is_told_and_may_not_decide(tmp_path: Path) -> None:
    """An auditor in the head's place, a DPO on duty for the DSL; with a role that triages, no."""
    with made(tmp_path / "house") as house:
        file = house.home / "section9.toml"
        routed = file.read_text().replace("head_teacher = []  ", 'head_teacher = ["a.udit"]  ', 1)
        on_duty = '\n[routing.out_of_hours]\ndsl = ["a.udit@school.example"]\n'
        file.write_text(routed + STAND_INS + on_duty)
        warned, said = house.run("doctor"), house.must("status").decode()
        file.write_text(file.read_text().replace('["auditor"]', '["auditor", "investigator"]'))
        mended = house.run("doctor").stdout.decode()

    [line] = [one for one in warned.stdout.decode().splitlines() if "routing" in one]
    assert 40 == warned.returncode
    assert "a.udit of what is for the dsl, a.udit of what is for the head-teacher" in line
    assert "under [roles]" in line
    assert "warning  routing: told, and may not decide: a.udit" in said
    assert "OK    routing" in mended
