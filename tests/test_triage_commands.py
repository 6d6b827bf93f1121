"""`section9 triage` and `section9 incident`, as the people of a trust type them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from running import House, made

from cli import cli
from section9 import Section9Error

MAIL = """\
From: Gill Starkey <g.starkey@school.example>\r
To: {to}\r
Date: Tue, {number} Sep 2026 09:00:00 +0000\r
Message-ID: <{number}@school.example>\r
Subject: the trip\r
\r
Her NHS number is 943 476 5919.\r
"""
ROLES = """\
"d.po" = { roles = ["dpo"], addresses = ["dpo@school.example"] }
"h.ead" = { roles = ["authoriser", "head-teacher"], addresses = ["head@school.example"] }
"t.ech" = { roles = ["technician"] }
"""
PROGRAMME = (
    *("case", "open", "--programme", "--investigator", "d.po", "--purpose", "b"),
    *("--reason", "the yearly programme", "--dpia", "DPIA-3", "--since", "2026-09-01"),
    *("--until", "2027-07-31", "--expires", "2098-01-01"),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A trust with three flagged messages, one of them to the DPO, whose programme it is."""
    root = tmp_path_factory.mktemp("triage")
    for number, to in enumerate(("a@home.example", "b@home.example", "dpo@school.example"), 1):
        (root / f"{number}.eml").write_text(MAIL.format(number=number, to=to))
    with made(root / "house") as house:
        settings = house.home / "section9.toml"
        text = settings.read_text().replace("domains = []", 'domains = ["school.example"]')
        settings.write_text(text.replace("[roles]\n", f"[roles]\n{ROLES}", 1))
        house.must("ingest", *(root / f"{number}.eml" for number in (1, 2, 3)))
        house.run(*PROGRAMME, SUDO_USER="h.ead")
        yield house


def typed(house: House, *arguments: str, who: str = "d.po") -> Result:
    """Run a command as somebody, in this process: there are many of them."""
    home = ("--home", os.fspath(house.home))
    return CliRunner().invoke(cli, [*home, *arguments], env={"SUDO_USER": who})


def lines(house: House, *arguments: str, who: str = "d.po") -> list[dict[str, Any]]:
    done = typed(house, *arguments, "--json", who=who)
    assert done.exception is None, done.exception
    return [House.read(line) for line in done.stdout_bytes.splitlines()]


def test_a_day_of_triage(house: House) -> None:
    """List, look, decide, take back, keep quiet, sum up: each says what it did."""
    first, second = lines(house, "triage", "list")
    item, excerpt = lines(house, "triage", "show", first["item"][:12])
    acknowledged = lines(house, "triage", "ack", first["item"])
    [confirmed] = lines(house, "triage", "confirm", first["item"], "--reason", "to a parent")
    [again] = lines(house, "triage", "confirm", first["item"])
    lesson = ("--as", "harmless", "--reason", "a lesson")
    [dismissed] = lines(house, "triage", "dismiss", second["item"], *lesson)
    figures = lines(house, "triage", "figures")
    lines(house, "triage", "undo", second["item"], "--reason", "a slip")
    [quiet] = lines(
        *(
            house,
            "triage",
            "suppress",
            second["item"],
            "--pair",
            "--days",
            "9",
            "--reason",
            "agreed",
        )
    )
    [held, waits] = lines(house, "triage", "list", "--suppressed")
    [linked] = lines(house, "triage", "link", second["item"], "C-0001")

    assert "NHS" in excerpt["text"]
    assert "943" not in excerpt["text"]
    assert "nhs-number" == item["findings"][0]["rule"]
    assert "acknowledged" == acknowledged[0]["act"]
    assert ("confirmed", "d.po", "to a parent") == tuple(
        confirmed[name] for name in ("verdict", "by", "reason")
    )
    assert confirmed == again
    assert "harmless" == dismissed["dismissal"]
    assert [1, {"harmless": 1}] == [figures[0]["confirmed"], figures[0]["dismissed"]]
    assert quiet == held
    assert second["item"] == waits["item"]
    assert "C-0001" == linked["case"]
    assert [] == lines(house, "triage", "list")
    assert 2 == len(lines(house, "triage", "list", "--all"))


def test_it_is_told_in_words_too(house: House) -> None:
    """On a pipe `triage` alone is the list; opening all of a message takes a reason."""
    told = typed(house, "triage", "list", "--all").output
    name = told.split()[0]
    shown = typed(house, "triage", "show", name).output
    refused = house.run("triage", "show", name, "--open", SUDO_USER="d.po")
    opened = typed(house, "triage", "show", name, "--open", "--reason", "risk").output

    assert "g.starkey@school.example → a@home.example" in told
    assert "trip" not in told
    assert "••• ••• ••••" in shown
    assert 11 == refused.returncode
    assert b"--reason" in refused.stderr
    assert "943 476 5919" in opened
    assert "0 waiting" in typed(house, "triage").output
    assert "precision" in typed(house, "triage", "figures").output


@pytest.mark.parametrize(
    ("who", "arguments", "code", "message"),
    [
        ("t.ech", ("triage", "list"), 10, "case open --programme"),
        ("h.ead", ("triage", "list"), 10, "case open --programme"),
        ("t.ech", ("triage", "figures"), 10, "may not"),
        ("d.po", ("triage", "show", "ffff"), 10, "no item of yours"),
        ("d.po", ("triage", "list", "--case", "C-0009"), 10, "no case"),
        ("d.po", ("incident", "show", "I-0099"), 10, "incident list"),
    ],
)
def test_who_may_not_is_told_so(
    house: House, who: str, arguments: tuple[str, ...], code: int, message: str
) -> None:
    """Without the role, without a programme, or for what is not theirs: with the next step."""
    done = typed(house, *arguments, who=who)

    assert isinstance(done.exception, Section9Error)
    assert code == done.exception.exit_code
    assert message in str(done.exception)


def test_whom_to_be_quiet_about_must_be_said(house: House) -> None:
    """Options that say nothing, or the same twice, are the command's mistake."""
    for options in ((), ("--sender", "--days", "3", "--until", "2026-12-01")):
        done = typed(house, "triage", "suppress", "ab", *options, "--reason", "x")

        assert 2 == done.exit_code


def test_an_incident_from_report_to_paper(house: House, tmp_path: Path) -> None:
    """Filed by anybody, followed up by who may, printed without a word of any message."""
    mail = lines(house, "triage", "list", "--all")[0]["item"]
    what = ("--what", "threats <b>in</b> class", "--when", "2026-09-03 14:10")
    linked = ("--mail", mail[:12], "--about", "j.doe@school.example")
    filed = typed(house, "incident", "file", *what, *linked, who="t.ech")
    [held] = lines(house, "hold", "list", who="h.ead")
    told = typed(house, "hold", "list", who="h.ead").output
    [amended] = lines(house, "incident", "amend", "I-0001", "--done", "parents called")
    end = ("incident", "close", "I-0001", "--outcome", "warned")
    asked = typed(house, *end).output
    alone = [typed(house, *end), typed(house, "approve", "R-0001")]
    [approved] = lines(house, "approve", "R-0001", who="h.ead")
    [closed] = lines(house, *end)
    paper = typed(house, "incident", "show", "I-0001").output
    page = tmp_path / "record.html"
    typed(house, "incident", "show", "I-0001", "--html", os.fspath(page))

    assert "I-0001" in filed.output
    assert "H-0001 keeps 1 message until two people close the record" in filed.output
    assert ("", "I-0001", [mail], 1) == tuple(
        held[name] for name in ("case", "incident", "mails", "messages")
    )
    assert "H-0001  incident I-0001  holds" in told
    assert [] == lines(house, "hold", "list", who="h.ead")
    assert "R-0001 asks for it: have somebody else run `section9 approve R-0001`" in asked
    assert [12, 12] == [getattr(done.exception, "exit_code", 0) for done in alone]
    assert ["I-0001", "H-0001"] == approved["subject"]
    assert [mail] == amended["mails"]
    assert "2026-09-03T13:10:00Z" == amended["happened"]
    assert ("warned", "h.ead") == (closed["outcome"], closed["agreed_by"])
    assert "AGREED BY h.ead\nwarned" in paper
    assert "parents called" in paper
    assert "the trip" not in paper
    assert "threats &lt;b&gt;in&lt;/b&gt; class" in page.read_text()
    assert "I-0001" in typed(house, "incident", "list", who="t.ech").output
    assert [] == lines(house, "incident", "list", "--open")


def test_each_look_at_a_masked_excerpt_is_in_the_audit_log(house: House) -> None:
    """It shows words around what was matched, before anybody gave a reason."""
    item = lines(house, "triage", "list", "--all")[0]["item"]
    asked = ("audit", "log", "--kind", "viewed", "--mail", item)
    before = len(lines(house, *asked))

    typed(house, "triage", "show", item)
    *_, last = seen = lines(house, *asked)

    assert (1, "d.po") == (len(seen) - before, last["by"])
    assert "masked" in str(last["facts"])


def test_the_audit_log_has_no_word_of_an_incident(house: House) -> None:
    """Who filed which, and when: what happened is for those who may read the record."""
    typed(house, "incident", "file", "--what", "threats in class", who="t.ech")

    told = typed(house, "audit", "log", "--by", "t.ech").output

    assert "incident-filed" in told
    assert "threats" not in told
