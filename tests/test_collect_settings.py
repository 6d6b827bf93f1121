"""Whom the IMAP collector logs in as: from the settings, a CSV file, and files of secrets."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from commands.mailboxes import CollectSettingsError, mailboxes
from commands.settings_collect import CollectImap, imap_server
from ingest.collectors.imap import Account, ImapServer

JANE, HEAD = "j.doe@school.example", "head@school.example"


def server(settings: CollectImap) -> ImapServer:
    listed = mailboxes(settings.mailboxes, settings.mailboxes_file)
    return imap_server(settings.model_copy(update={"host": "imap.school.example"}), listed)


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_list_may_give_each_mailbox_its_own_login(tmp_path: Path) -> None:
    """A CSV file, as a spreadsheet writes it; what it leaves empty is as for all."""
    own = written(tmp_path / "own", "of jane\n")
    lines = f"Mailbox,Login,Password_File\r\nJ.Doe@school.example,jdoe,{own}\r\n{HEAD},,\r\n"
    settings = CollectImap(
        mailboxes_file=written(tmp_path / "list.csv", "\ufeff" + lines),
        password_file=written(tmp_path / "all", "of all"),
        login="{mailbox}*collector",
    )

    account = server(settings).account

    assert [JANE, HEAD] == list(mailboxes(settings.mailboxes, settings.mailboxes_file))
    assert Account("jdoe", password="of jane") == account(JANE)  # noqa: S106 - of nobody
    assert Account(f"{HEAD}*collector", password="of all") == account(HEAD)  # noqa: S106 - likewise


def test_a_token_is_read_again_at_each_login(tmp_path: Path) -> None:
    """Something else renews it while a long run goes on."""
    token = written(tmp_path / "token", "first\n")
    account = server(CollectImap(mailboxes=(JANE,), token_file=token)).account

    first, _ = account(JANE), token.write_text("second\n")
    second = account(JANE)

    assert ["first", "second"] == [first.token, second.token]


def test_no_secret_shows() -> None:
    """Neither settings nor accounts print a password."""
    settings = CollectImap(mailboxes=(JANE,), password=SecretStr("a horse"))

    account = server(settings).account(JANE)

    assert "a horse" == account.password
    assert "horse" not in f"{settings} {settings!r} {account} {account!r}"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{missing}", "cannot be read"),
        ("name\nx\n", "each line needs a mailbox"),
        ("mailbox\n\xff", "no CSV"),
    ],
)
def test_a_list_that_cannot_be_used_is_said(tmp_path: Path, given: str, expected: str) -> None:
    """The error names the file and what it lacks."""
    path = tmp_path / "list.csv"
    if given != "{missing}":
        path.write_bytes(given.encode("latin-1"))

    with pytest.raises(CollectSettingsError, match=r"list\.csv") as raised:
        mailboxes((), path)

    assert expected.replace("cannot be read", "can be read") in str(raised.value)


def test_what_is_missing_is_named() -> None:
    """No server, no password, or one login for many: each error says what to write."""
    with pytest.raises(CollectSettingsError, match="no IMAP server"):
        imap_server(CollectImap(), {})
    with pytest.raises(CollectSettingsError, match="no password for IMAP"):
        server(CollectImap(mailboxes=(JANE,))).account(JANE)
    with pytest.raises(ValidationError, match="mailbox"):
        CollectImap(mailboxes=(JANE, HEAD), login="collector")
