"""The collector for Exchange: the real exchangelib against a double that speaks EWS."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elastic_front import certificate, served
from ews_double import Exchange as Double
from ews_double import Letter, busy, exchange, fault, letters
from loopback import Reply

from ingest.collectors.door import (
    Fetched,
    Folder,
    FolderKind,
    MailboxError,
    NotFetched,
    ServerError,
)
from ingest.collectors.ews import ExchangeSettings, ExchangeSettingsError
from ingest.collectors.exchange import Exchange, ExchangeMailbox

OWNER = "a.hall@school.example"
AT = datetime(2026, 9, 8, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    cert, key = certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1")
    return cert, served(cert, key)


@pytest.fixture
def double() -> Double:
    double = Double()
    double.mailbox(OWNER)
    return double


@contextmanager
def opened(
    double: Double,
    keys: tuple[Path, ssl.SSLContext],
    *,
    mailbox: str = OWNER,
    waits: list[float] | None = None,
    **changed: object,
) -> Iterator[ExchangeMailbox]:
    """Open a mailbox of the double with the real client; `waits` notes how long it waited."""
    cert, tls = keys
    notes = [] if waits is None else waits
    with (
        exchange(double, tls) as url,
        Exchange(settings(double, url, cert, **changed), sleep=notes.append).open(mailbox) as found,
    ):
        yield found


def settings(double: Double, url: str, cert: Path, **changed: object) -> ExchangeSettings:
    """Say how the double is entered."""
    wanted: dict[str, object] = {"url": url, "username": double.user, "password": double.password}
    wanted |= {"auth": "basic", "ca_file": cert, "timeout": 10.0, "patience": 100.0}
    return ExchangeSettings(**{**wanted, **changed})  # type: ignore[arg-type]


def folder(mailbox: ExchangeMailbox, path: str) -> Folder:
    return next(one for one in mailbox.folders() if one.path == path)


def whole(mailbox: ExchangeMailbox, path: str) -> list[Fetched | NotFetched]:
    """Look at a folder for the first time, and fetch all that is in it."""
    place = folder(mailbox, path)
    return list(mailbox.fetch(place, mailbox.look(place, "").present))


# --- folders ----------------------------------------------------------------------------------


def test_every_folder_is_listed_and_told_by_its_name_in_no_language(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """The folders of the deleted are known by Exchange's own names, whatever they are called."""
    owner = double.mailboxes[OWNER]
    owner.box("deleteditems").name = "Gelöschte Elemente"
    double.folder(owner, "Trips/2026", owner.names["inbox"])
    one, two = (double.folder(owner, name, None).id for name in ("Trips_2026", "Trips/2026"))
    for name in (one, two):
        owner.boxes[name].parent = owner.names["msgfolderroot"]
    double.folder(owner, "Old", owner.names["deleteditems"])

    with opened(double, keys) as mailbox:
        found = {one.path: one.kind for one in mailbox.folders()}

    expected = {
        "Top of Information Store": FolderKind.ORDINARY,
        "Inbox": FolderKind.ORDINARY,
        "Inbox/Trips_2026": FolderKind.ORDINARY,
        f"Trips_2026 ({one})": FolderKind.ORDINARY,
        f"Trips_2026 ({two})": FolderKind.ORDINARY,
        "Sent Items": FolderKind.ORDINARY,
        "Gelöschte Elemente": FolderKind.TRASH,
        "Gelöschte Elemente/Old": FolderKind.TRASH,
        "Recoverable Items/Deletions": FolderKind.DELETIONS,
        "Recoverable Items/Purges": FolderKind.PURGES,
        "Recoverable Items/Versions": FolderKind.VERSIONS,
        "Recoverable Items/DiscoveryHolds": FolderKind.HOLDS,
    }
    assert expected == found


def test_the_archive_mailbox_is_read_where_there_is_one(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """A second mailbox that Exchange keeps for somebody holds mail as well."""
    owner = double.mailboxes[OWNER]
    root = double.folder(owner, "Top of Information Store", None)
    owner.names |= {"archivemsgfolderroot": root.id}
    double.put(double.folder(owner, "Inbox", root.id), letters(1)[0])

    with opened(double, keys) as mailbox:
        found = whole(mailbox, "In-Place Archive/Inbox")

    assert 1 == len(found)


def test_a_folder_that_may_not_be_read_is_passed_over(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """Where the owner has no access to what a hold keeps, the rest is read."""
    double.unwell = {"recoverableitemsdiscoveryholds": "ErrorAccessDenied"}

    with opened(double, keys) as mailbox:
        kinds = {one.kind for one in mailbox.folders()}

    assert set(FolderKind) - {FolderKind.HOLDS} == kinds


@pytest.mark.parametrize(
    "name", ["recoverableitemspurges", "msgfolderroot", "archiverecoverableitemspurges"]
)
def test_a_folder_that_is_unwell_is_not_taken_for_absent(
    double: Double, keys: tuple[Path, ssl.SSLContext], name: str
) -> None:
    """What lies in it would be told to have been purged: the mailbox waits for the next run."""
    double.unwell = {name: "ErrorInternalServerError"}

    with (
        opened(double, keys) as mailbox,
        pytest.raises(MailboxError, match="ErrorInternalServerError: run the same command again"),
    ):
        mailbox.folders()


# --- what came and went -----------------------------------------------------------------------


def test_the_mime_comes_as_exchange_gives_it(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """Not a byte is changed on the way: bare line feeds and eight-bit bytes stay."""
    content = b"Subject: Caf\xe9\nFrom: a\r\n\r\n\x00\xff\r.\r\n"
    double.put(double.mailboxes[OWNER].box("inbox"), Letter(content))

    with opened(double, keys) as mailbox:
        [found] = whole(mailbox, "Inbox")

    assert isinstance(found, Fetched)
    assert (content, datetime(2026, 9, 7, 8, 0, tzinfo=UTC)) == (found.content, found.arrived)


def test_a_look_goes_on_from_the_last(double: Double, keys: tuple[Path, ssl.SSLContext]) -> None:
    """The state of the synchronisation is kept: only what came and went since is told."""
    owner = double.mailboxes[OWNER]
    first, second = (double.put(owner.box("inbox"), one) for one in letters(2))

    with opened(double, keys) as mailbox:
        inbox = folder(mailbox, "Inbox")
        before = mailbox.look(inbox, "")
        double.move(owner.box("inbox"), first, owner.box("deleteditems"), by="A Hall", at=AT)
        third = double.put(owner.box("inbox"), letters(3)[2])
        after = mailbox.look(inbox, before.state)
        trash = mailbox.look(folder(mailbox, "Deleted Items"), "")

    assert (True, [first, second]) == (before.whole, [one.id for one in before.present])
    assert (False, [third], (first,)) == (
        after.whole,
        [one.id for one in after.present],
        after.gone,
    )
    assert [("A Hall", AT)] == [(one.by, one.at) for one in trash.present]


def test_a_large_folder_is_read_page_by_page(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """Exchange gives at most 512 changes at once; all pages make one look."""
    double.page = 7
    inbox = double.mailboxes[OWNER].box("inbox")
    names = [double.put(inbox, one) for one in letters(20)]
    inbox.log.append(("ReadFlagChange", names[0]))

    with opened(double, keys) as mailbox:
        look = mailbox.look(folder(mailbox, "Inbox"), "")

    assert names == [one.id for one in look.present]


def test_a_state_that_exchange_refuses_is_begun_anew(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """ErrorInvalidSyncStateData: the folder is looked at as a whole."""
    name = double.put(double.mailboxes[OWNER].box("inbox"), letters(1)[0])

    with opened(double, keys) as mailbox:
        look = mailbox.look(folder(mailbox, "Inbox"), "bm8gc3VjaCBzdGF0ZQ==")

    assert (True, [name]) == (look.whole, [one.id for one in look.present])


def test_what_is_no_mail_is_not_collected(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """Appointments, contacts and tasks are passed over; meeting requests are mail."""
    inbox = double.mailboxes[OWNER].box("inbox")
    for tag in ("CalendarItem", "Contact", "DistributionList", "Task"):
        double.put(inbox, Letter(b"BEGIN:VCALENDAR", tag=tag))
    asked = [
        double.put(inbox, Letter(b"Subject: meet\r\n\r\n", tag=tag))
        for tag in ("Message", "MeetingRequest", "MeetingCancellation", "PostItem")
    ]

    with opened(double, keys) as mailbox:
        look = mailbox.look(folder(mailbox, "Inbox"), "")

    assert asked == [one.id for one in look.present]


# --- what cannot be fetched -------------------------------------------------------------------


def test_each_item_is_answered_for(double: Double, keys: tuple[Path, ssl.SSLContext]) -> None:
    """One that vanished, one too large, one that is corrupt: the others come all the same."""
    inbox = double.mailboxes[OWNER].box("inbox")
    good, gone, large, corrupt, denied, grown, also = (double.put(inbox, one) for one in letters(7))
    inbox.letters[large].size = 5_000_000
    inbox.letters[corrupt].error = "ErrorMimeContentConversionFailed"
    inbox.letters[denied].error = "ErrorAccessDenied"  # the library gives up the whole answer
    inbox.letters[grown].size = 10
    inbox.letters[grown].content = b"x" * 1_000_001

    with opened(double, keys, max_message_size=1_000_000) as mailbox:
        place = folder(mailbox, "Inbox")
        items = mailbox.look(place, "").present
        double.take(inbox, gone)
        found = {one.id: one for one in mailbox.fetch(place, items)}

    expected = {
        gone: NotFetched(gone, vanished=True),  # type: ignore[arg-type]
        large: NotFetched(large, "larger than max_message_size"),  # type: ignore[arg-type]
        corrupt: NotFetched(corrupt, "ErrorMimeContentConversionFailed"),  # type: ignore[arg-type]
        denied: NotFetched(denied, "ErrorAccessDenied"),  # type: ignore[arg-type]
        grown: NotFetched(grown, "larger than max_message_size"),  # type: ignore[arg-type]
    }
    refused = {name: one for name, one in found.items() if isinstance(one, NotFetched)}
    assert expected == refused
    assert {good, also} == set(found) - set(expected)


def test_an_answer_without_end_is_cut_off(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """However small Exchange says an item is, no more is read than the limit allows."""
    inbox = double.mailboxes[OWNER].box("inbox")
    name = double.put(inbox, Letter(b"x" * 6_000_000, size=10))

    with opened(double, keys, max_message_size=100_000) as mailbox:
        found = whole(mailbox, "Inbox")

    assert [NotFetched(name, "larger than max_message_size")] == found  # type: ignore[arg-type]


# --- a server that is busy, or refuses --------------------------------------------------------


def test_exchange_is_left_alone_for_as_long_as_it_asks(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """ErrorServerBusy names milliseconds, HTTP 503 seconds; where neither does, waits grow."""
    replies = [busy(2_500), Reply(503, headers={"Retry-After": "7"}), Reply(503), Reply(503)]
    double.trouble = lambda operation, time: (
        replies[time - 1] if operation == "SyncFolderItems" and time <= len(replies) else None
    )
    double.put(double.mailboxes[OWNER].box("inbox"), letters(1)[0])
    waits: list[float] = []

    with opened(double, keys, waits=waits) as mailbox:
        found = whole(mailbox, "Inbox")

    assert (1, [2.5, 7.0, 1.0, 2.0]) == (len(found), waits)


@pytest.mark.parametrize("reply", [busy(200_000), busy(0), Reply(503), fault("ErrorServerBusy")])
def test_patience_ends(double: Double, keys: tuple[Path, ssl.SSLContext], reply: Reply) -> None:
    """A server that stays busy, or asks for more time than there is, ends in a clear error."""
    double.trouble = lambda operation, _time: reply if operation == "SyncFolderItems" else None

    with opened(double, keys, patience=10.0) as mailbox:
        place = folder(mailbox, "Inbox")

        with pytest.raises(MailboxError, match="too busy for now: run the same command again"):
            mailbox.look(place, "")


def test_a_connection_that_is_cut_is_tried_again(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """A network that fails once costs a wait, not the mailbox."""
    double.trouble = lambda operation, time: (
        Reply(0) if operation == "GetItem" and time == 2 else None
    )
    double.put(double.mailboxes[OWNER].box("inbox"), letters(1)[0])
    waits: list[float] = []

    with opened(double, keys, waits=waits) as mailbox:
        found = whole(mailbox, "Inbox")

    assert (1, [1.0]) == (len(found), waits)


def test_a_wrong_password_is_tried_once(double: Double, keys: tuple[Path, ssl.SSLContext]) -> None:
    """Trying again would lock the account; the error says what to check and holds no password."""
    waits: list[float] = []

    with (
        opened(double, keys, waits=waits, password="wrong") as mailbox,  # noqa: S106 - of nobody
        pytest.raises(ServerError, match="refuses the name or the password: check") as caught,
    ):
        mailbox.folders()

    assert ([], []) == (waits, double.asked)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(("password", "works"), [("correct horse", True), ("wrong", False)])
def test_ntlm_is_bound_to_the_certificate(  # noqa: PLR0913 - fixtures
    double: Double,
    keys: tuple[Path, ssl.SSLContext],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    password: str,
    works: bool,
) -> None:
    """Exchange 2019 refuses NTLM that does not prove which TLS connection it is meant for."""
    bind(double, keys[0], tmp_path / "users", monkeypatch)

    with opened(double, keys, auth="ntlm", password=password) as mailbox:
        if works:
            assert 8 == len(mailbox.folders())
        else:
            with pytest.raises(ServerError, match="refuses the name or the password"):
                mailbox.folders()


def test_another_way_to_log_in_takes_effect_at_once(
    double: Double,
    keys: tuple[Path, ssl.SSLContext],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The library keeps connections by address and name; ours end with the mailbox."""
    cert, tls = keys
    with exchange(double, tls) as url:
        with Exchange(settings(double, url, cert)).open(OWNER) as mailbox:
            assert 8 == len(mailbox.folders())
        bind(double, cert, tmp_path / "users", monkeypatch)

        with Exchange(settings(double, url, cert, auth="ntlm")).open(OWNER) as mailbox:
            assert 8 == len(mailbox.folders())


def bind(double: Double, cert: Path, users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the double ask for NTLM from now on."""
    users.write_text("TRUST:archive:correct horse\n")
    monkeypatch.setenv("NTLM_USER_FILE", str(users))
    double.ntlm = cert


@pytest.mark.parametrize(
    ("denied", "mailbox", "says"),
    [
        ({OWNER}, OWNER, "widen the scope of its role ApplicationImpersonation"),
        (set(), "nobody@school.example", "has no such mailbox: check the address"),
        (set(), "nobody", "not an e-mail address"),
    ],
)
def test_a_mailbox_that_cannot_be_read_says_why(
    double: Double, keys: tuple[Path, ssl.SSLContext], denied: set[str], mailbox: str, says: str
) -> None:
    """Not allowed, not there, no address: an error of that mailbox alone, without its address."""
    double.denied = frozenset(denied)

    with (
        pytest.raises(MailboxError, match=says) as caught,
        opened(double, keys, mailbox=mailbox) as found,
    ):
        found.folders()

    assert mailbox not in str(caught.value)


def test_only_a_trusted_certificate_is_spoken_to(
    double: Double, keys: tuple[Path, ssl.SSLContext]
) -> None:
    """Without the authority's file a certificate of one's own making is refused."""
    with (
        opened(double, keys, ca_file=None) as mailbox,
        pytest.raises(ServerError, match=r"no trusted TLS connection .* ca_file"),
    ):
        mailbox.folders()

    assert [] == double.asked


@pytest.mark.parametrize(
    "reply", [Reply(302, headers={"Location": "https://127.0.0.2/owa"}), Reply(404), Reply(403)]
)
def test_what_is_no_exchange_is_named(
    double: Double, keys: tuple[Path, ssl.SSLContext], reply: Reply
) -> None:
    """A redirect is not followed; the password goes nowhere else."""
    double.trouble = lambda _operation, _time: reply

    with (
        opened(double, keys) as mailbox,
        pytest.raises(ServerError, match="no Exchange Web Services there"),
    ):
        mailbox.folders()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"url": "http://mail.school.example/EWS/Exchange.asmx"}, "url is not like https"),
        ({"url": "https://a:b@mail.school.example/"}, "url holds a password"),
        ({"auth": "kerberos"}, "auth is neither"),
        ({"password": ""}, "password_file is missing"),
        ({"ca_file": Path("/nowhere.pem")}, "ca_file cannot be read"),
    ],
)
def test_settings_that_cannot_work_are_named(changed: dict[str, object], says: str) -> None:
    """Before anything is sent, each fault is told with where to correct it."""
    wanted: dict[str, object] = {"url": "https://mail.school.example/EWS/Exchange.asmx"}
    wanted |= {"username": "archive", "password": "secret"}

    with pytest.raises(ExchangeSettingsError, match=says):
        Exchange(ExchangeSettings(**{**wanted, **changed}))  # type: ignore[arg-type]


def test_settings_do_not_show_the_password() -> None:
    """A traceback or a log that prints the settings gives nothing away."""
    settings = ExchangeSettings("https://mail.school.example/", "archive", "secret")

    assert "secret" not in repr(settings)
