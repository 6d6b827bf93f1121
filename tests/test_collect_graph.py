"""The collector for Exchange Online: real msal and httpx against a double of Entra and Graph."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elastic_front import certificate, served
from graph_double import CLIENT, SECRET, TENANT, Letter, error, graph, throttled
from graph_double import Graph as Double
from loopback import Reply

from ingest.collectors.door import (
    Fetched,
    Folder,
    FolderKind,
    ItemId,
    MailboxError,
    NotFetched,
    ServerError,
)
from ingest.collectors.graph import Graph, GraphMailbox
from ingest.collectors.graph_token import GraphSettings, GraphSettingsError
from ingest.collectors.patience import retry_after

OWNER = "a.hall@school.example"
AT = datetime(2026, 9, 8, 10, 30, tzinfo=UTC)
Keys = tuple[Path, ssl.SSLContext]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
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
    keys: Keys,
    *,
    mailbox: str = OWNER,
    waits: list[float] | None = None,
    **changed: Any,
) -> Iterator[GraphMailbox]:
    """Open a mailbox of the double with the real clients; `waits` notes how long it waited."""
    cert, tls = keys
    with graph(double, tls) as url:
        wanted: dict[str, Any] = {"tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}
        wanted |= {"endpoint": url, "login_endpoint": url, "ca_file": cert, "timeout": 10.0}
        settings = GraphSettings(**{**wanted, "patience": 100.0, **changed})
        notes = [] if waits is None else waits
        with closing(Graph(settings, sleep=notes.append)) as server, server.open(mailbox) as found:
            yield found


def letters(count: int) -> list[Letter]:
    return [Letter(f"Subject: Note {number}\r\n\r\nTrip.\r\n".encode()) for number in range(count)]


def folder(mailbox: GraphMailbox, path: str) -> Folder:
    return next(one for one in mailbox.folders() if one.path == path)


def whole(mailbox: GraphMailbox, path: str) -> list[Fetched | NotFetched]:
    """Look at a folder for the first time, and fetch all that is in it."""
    place = folder(mailbox, path)
    return list(mailbox.fetch(place, mailbox.look(place, "").present))


# --- folders ----------------------------------------------------------------------------------


def test_every_folder_is_listed_and_told_by_its_name_in_no_language(
    double: Double, keys: Keys
) -> None:
    """Pages, children, hidden folders and those of the deleted; searches hold no mail of theirs."""
    owner = double.mailboxes[OWNER]
    owner.box("deleteditems").name = "Gelöschte Elemente"
    trips = double.folder(owner, "Trips/2026", owner.names["inbox"])
    double.folder(owner, "Deep", trips.id)
    double.folder(owner, "Old", owner.names["deleteditems"])
    double.folder(owner, "Held", owner.names["recoverableitemsdiscoveryholds"])
    double.folder(owner, "Clutter", None).hidden = True
    double.folder(owner, "Digests", None).kind = "#microsoft.graph.mailSearchFolder"

    with opened(double, keys) as mailbox:
        found = {one.path: one.kind for one in mailbox.folders()}

    expected = {
        "Inbox": FolderKind.ORDINARY,
        "Inbox/Trips_2026": FolderKind.ORDINARY,
        "Inbox/Trips_2026/Deep": FolderKind.ORDINARY,
        "Sent Items": FolderKind.ORDINARY,
        "Clutter": FolderKind.ORDINARY,
        "Gelöschte Elemente": FolderKind.TRASH,
        "Gelöschte Elemente/Old": FolderKind.TRASH,
        "Recoverable Items/Deletions": FolderKind.DELETIONS,
        "Recoverable Items/Purges": FolderKind.PURGES,
        "Recoverable Items/Versions": FolderKind.VERSIONS,
        "Recoverable Items/DiscoveryHolds": FolderKind.HOLDS,
        "Recoverable Items/DiscoveryHolds/Held": FolderKind.HOLDS,
    }
    assert expected == found


def test_folders_that_graph_does_not_offer_are_done_without(double: Double, keys: Keys) -> None:
    """Graph's reference names Deletions alone; where the others are refused the rest is read."""
    owner = double.mailboxes[OWNER]
    for name in ("recoverableitemspurges", "recoverableitemsversions"):
        del owner.names[name]

    with opened(double, keys) as mailbox:
        kinds = {one.kind for one in mailbox.folders()}

    expected = {FolderKind.ORDINARY, FolderKind.TRASH, FolderKind.DELETIONS, FolderKind.HOLDS}
    assert expected == kinds


# --- what came and went -----------------------------------------------------------------------


@pytest.mark.parametrize("batched", ["base64", "text"])
def test_the_mime_comes_as_graph_gives_it(double: Double, keys: Keys, batched: str) -> None:
    """Not a byte is changed, however a batch carries it: what comes as text is asked for alone."""
    double.batched_mime = batched
    content = b"Subject: Caf\xe9\nFrom: a\r\n\r\n\x00\xff\r.\r\n"
    inbox = double.mailboxes[OWNER].box("inbox")
    for _ in range(9):
        double.put(inbox, Letter(content))

    with opened(double, keys) as mailbox:
        found = whole(mailbox, "Inbox")

    expected = [(content, datetime(2026, 9, 7, 8, 0, tzinfo=UTC))] * 9
    assert expected == [(one.content, one.arrived) for one in found if isinstance(one, Fetched)]
    asked = sum(path.endswith("/$value") for path in double.asked)
    assert {"base64": 9, "text": 4 + 9}[batched] == asked


def test_a_look_goes_on_from_the_last(double: Double, keys: Keys) -> None:
    """The delta link is kept; a message that is moved keeps its immutable id."""
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
    assert [(first, "A Hall", AT)] == [(one.lasting, one.by, one.at) for one in trash.present]
    assert all('IdType="ImmutableId"' in headers["Prefer"] for headers in double.headers)


def test_a_large_folder_is_read_page_by_page(double: Double, keys: Keys) -> None:
    """All pages of a delta query make one look; what is named twice counts once."""
    double.page = 3
    inbox = double.mailboxes[OWNER].box("inbox")
    names = [double.put(inbox, one) for one in letters(10)]
    inbox.log.append(("put", names[0]))

    with opened(double, keys) as mailbox:
        look = mailbox.look(folder(mailbox, "Inbox"), "")

    assert names == [one.id for one in look.present]


def test_a_state_that_graph_has_forgotten_is_begun_anew(double: Double, keys: Keys) -> None:
    """410 Gone: the folder is looked at as a whole."""
    inbox = double.mailboxes[OWNER].box("inbox")
    name = double.put(inbox, letters(1)[0])

    with opened(double, keys) as mailbox:
        place = folder(mailbox, "Inbox")
        state = mailbox.look(place, "").state
        double.forgotten = 1_000
        look = mailbox.look(place, state)

    assert (True, [name]) == (look.whole, [one.id for one in look.present])


def test_a_folder_whose_changes_graph_does_not_follow_is_listed(double: Double, keys: Keys) -> None:
    """Delta queries are not documented for Recoverable Items: a plain list does as well."""
    double.trouble = lambda path, _time: (
        error(400, "ErrorInvalidRequest") if "/delta" in path else None
    )
    purges = double.mailboxes[OWNER].box("recoverableitemspurges")
    names = [double.put(purges, one) for one in letters(5)]
    purges.letters[names[2]].by = "A Hall"

    with opened(double, keys) as mailbox:
        look = mailbox.look(folder(mailbox, "Recoverable Items/Purges"), "")

    assert (True, "", names) == (look.whole, look.state, [one.id for one in look.present])
    assert ["", "", "A Hall", "", ""] == [one.by for one in look.present]


def test_a_folder_that_is_refused_for_now_is_not_taken_for_absent(
    double: Double, keys: Keys
) -> None:
    """What lies in it would be told to have been purged: the mailbox waits for the next run."""
    double.trouble = lambda path, _time: (
        error(500, "InternalServerError") if "recoverableitemspurges?" in path else None
    )

    with opened(double, keys) as mailbox, pytest.raises(MailboxError, match="InternalServerError"):
        mailbox.folders()


# --- what cannot be fetched -------------------------------------------------------------------


@pytest.mark.parametrize("batched", ["base64", "text"])
def test_each_message_is_answered_for(double: Double, keys: Keys, batched: str) -> None:
    """One that vanished, one too large, one that Graph cannot give: the others come anyway."""
    double.batched_mime = batched
    inbox = double.mailboxes[OWNER].box("inbox")
    good, gone, large, corrupt, also = (double.put(inbox, one) for one in letters(5))
    inbox.letters[large].content = b"x" * 1_000_001
    double.trouble = lambda path, _time: (
        error(500, "ErrorMimeContentConversionFailed")
        if corrupt.rstrip("=") in path and "$value" in path
        else None
    )

    with opened(double, keys, max_message_size=1_000_000) as mailbox:
        place = folder(mailbox, "Inbox")
        items = mailbox.look(place, "").present
        double.take(inbox, gone)
        found = {one.id: one for one in mailbox.fetch(place, items)}

    refused = [one for one in found.values() if isinstance(one, NotFetched)]
    expected = [
        NotFetched(ItemId(gone), vanished=True),
        NotFetched(ItemId(large), "larger than max_message_size"),
        NotFetched(ItemId(corrupt), "ErrorMimeContentConversionFailed"),
    ]
    assert expected == refused
    assert {good, gone, large, corrupt, also} == set(found)


def test_messages_that_are_large_together_are_fetched_alone(double: Double, keys: Keys) -> None:
    """However much a batch holds, no more of it is read than the limit allows."""
    inbox = double.mailboxes[OWNER].box("inbox")
    for _ in range(4):
        double.put(inbox, Letter(b"Subject: x\r\n\r\n" + b"x" * 900_000))

    with opened(double, keys, max_message_size=1_000_000) as mailbox:
        found = whole(mailbox, "Inbox")

    assert [900_014] * 4 == [len(one.content) for one in found if isinstance(one, Fetched)]


# --- a service that is busy, or refuses -------------------------------------------------------


def test_graph_is_left_alone_for_as_long_as_it_asks(double: Double, keys: Keys) -> None:
    """429 with Retry-After; where nothing is asked, the waits grow."""
    replies = [throttled(7), throttled(0), throttled(None), Reply(503), Reply(504)]
    double.trouble = lambda path, _time: replies.pop(0) if replies and "delta" in path else None
    double.put(double.mailboxes[OWNER].box("inbox"), letters(1)[0])
    waits: list[float] = []

    with opened(double, keys, waits=waits) as mailbox:
        found = whole(mailbox, "Inbox")

    assert (1, [7.0, 0.0, 1.0, 2.0, 4.0]) == (len(found), waits)


def test_in_a_batch_only_those_that_were_throttled_are_asked_for_again(
    double: Double, keys: Keys
) -> None:
    """Each answer of a batch has its own status and its own Retry-After."""
    inbox = double.mailboxes[OWNER].box("inbox")
    names = [double.put(inbox, one) for one in letters(4)]
    double.trouble = lambda path, time: (
        throttled(3)
        if time == 1 and "$value" in path and names[1].rstrip("=") in path
        else throttled(5)
        if time == 1 and "$value" in path and names[3].rstrip("=") in path
        else None
    )
    waits: list[float] = []

    with opened(double, keys, waits=waits) as mailbox:
        found = whole(mailbox, "Inbox")

    assert (4, [5.0]) == (len([one for one in found if isinstance(one, Fetched)]), waits)
    assert 4 + 2 == sum(path.endswith("/$value") for path in double.asked)


@pytest.mark.parametrize("reply", [throttled(500), throttled(0), throttled(None)])
def test_patience_ends(double: Double, keys: Keys, reply: Reply) -> None:
    """A service that stays busy, or asks for more time than there is, ends in a clear error."""
    double.trouble = lambda path, _time: reply if "delta" in path else None

    with opened(double, keys, patience=10.0) as mailbox:
        place = folder(mailbox, "Inbox")

        with pytest.raises(MailboxError, match="too busy for now: run the same command again"):
            mailbox.look(place, "")


def test_a_token_that_ends_in_the_middle_is_renewed(double: Double, keys: Keys) -> None:
    """401 while collecting: a new token is asked for once, and the work goes on."""
    double.put(double.mailboxes[OWNER].box("inbox"), letters(1)[0])

    with opened(double, keys) as mailbox:
        place = folder(mailbox, "Inbox")
        double.tokens.clear()
        look = mailbox.look(place, "")
        found = list(mailbox.fetch(place, look.present))

    assert (1, 2) == (len(found), double.asked.count("token"))


def test_a_connection_that_is_cut_is_tried_again(double: Double, keys: Keys) -> None:
    """A network that fails once costs a wait; one that stays away is told as such."""
    replies = [Reply(0), Reply(0)]
    double.trouble = lambda path, _time: replies.pop(0) if replies and "delta" in path else None
    waits: list[float] = []

    with opened(double, keys, waits=waits) as mailbox:
        place = folder(mailbox, "Inbox")
        mailbox.look(place, "")
        replies.extend([Reply(0)] * 20)
        with pytest.raises(ServerError, match="no answer from Microsoft Graph or its sign-in host"):
            mailbox.look(place, "")

    assert [1.0, 2.0, 1.0, 2.0, 4.0, 8.0, 16.0] == waits


def test_signing_in_waits_too(double: Double, keys: Keys) -> None:
    """The sign-in host may be busy as well."""
    double.trouble = lambda path, time: throttled(9) if path == "token" and time == 1 else None
    waits: list[float] = []

    with opened(double, keys, waits=waits) as mailbox:
        mailbox.folders()

    assert [9.0] == waits


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"client_secret": "wrong"}, "AADSTS7000215.: the client secret is wrong"),
        ({"client_id": "other"}, "AADSTS700016.: the tenant has no such application"),
        ({"tenant": "none"}, "knows no such tenant"),
    ],
)
def test_a_sign_in_that_fails_says_what_to_do(
    double: Double, keys: Keys, changed: dict[str, Any], says: str
) -> None:
    """Entra's number is told, and its meaning; never its text, which may hold an address."""
    waits: list[float] = []

    with (
        opened(double, keys, waits=waits, **changed) as mailbox,
        pytest.raises(ServerError, match=says) as caught,
    ):
        mailbox.folders()

    assert [] == waits
    assert OWNER not in str(caught.value)


def test_a_certificate_signs_in_without_a_secret(
    double: Double, keys: Keys, tmp_path: Path
) -> None:
    """The application proves who it is by a signed assertion."""
    double.assertion = True
    ours, key = tmp_path / "section9.pem", tmp_path / "section9.key"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=section9 -out"
    subprocess.run([*command.split(), ours, "-keyout", key], check=True, capture_output=True)
    with_key: dict[str, Any] = {"client_secret": None, "certificate": ours, "certificate_key": key}

    with opened(double, keys, **with_key) as mailbox:
        found = mailbox.folders()

    assert len(found) > 0


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (403, "ErrorAccessDenied", "ErrorAccessDenied.: give the application Mail.Read"),
        (404, "ResourceNotFound", "ResourceNotFound.: check the address"),
        (404, "MailboxNotEnabledForRESTAPI", "no mailbox in Exchange Online: check its licence"),
        (400, "address a.hall@school.example", "HTTP 400.: run the same command again"),
    ],
)
def test_a_mailbox_that_is_refused_says_why(
    double: Double, keys: Keys, status: int, code: str, says: str
) -> None:
    """An error of that mailbox alone, with what to do, and without its address."""
    double.refused[OWNER] = (status, code)

    with opened(double, keys) as mailbox, pytest.raises(MailboxError, match=says) as caught:
        mailbox.folders()

    assert OWNER not in str(caught.value)


# --- nowhere else -----------------------------------------------------------------------------


def test_only_the_hosts_of_the_settings_are_called(double: Double, keys: Keys) -> None:
    """A link to another host and a redirect are not followed: the token stays where it belongs."""
    double.trouble = lambda path, _time: (
        Reply(302, headers={"Location": "https://127.0.0.2/"}) if "delta" in path else None
    )

    with opened(double, keys) as mailbox:
        place = folder(mailbox, "Inbox")
        with pytest.raises(MailboxError, match="HTTP 302"):
            mailbox.look(place, "")
        with pytest.raises(ServerError, match="a link to another host, which is not followed"):
            mailbox.look(place, "https://graph.microsoft.example/v1.0/me")
        with pytest.raises(ServerError, match="a link to another host"):
            mailbox.look(place, f"{double.url}.example/v1.0/me")


def test_a_sign_in_host_of_another_name_is_refused(double: Double, keys: Keys) -> None:
    """What the tenant's own configuration names is called only if the settings name it too."""
    with opened(double, keys) as mailbox:
        double.url = "https://login.elsewhere.example"
        with pytest.raises(ServerError, match="a sign-in host that is not in the settings"):
            mailbox.folders()

    assert [] == double.asked


def test_only_a_trusted_certificate_is_spoken_to(double: Double, keys: Keys) -> None:
    """Without the authority's file a certificate of one's own making is refused."""
    with (
        opened(double, keys, ca_file=None) as mailbox,
        pytest.raises(ServerError, match=r"no trusted TLS connection .* ca_file"),
    ):
        mailbox.folders()

    assert [] == double.asked


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"endpoint": "http://graph.microsoft.com"}, "endpoint is not like https"),
        ({"login_endpoint": "https://login.example/x"}, "login_endpoint is not like https"),
        ({"tenant": ""}, "tenant is missing"),
        ({"client_id": ""}, "client_id is missing"),
        ({"client_secret": None}, "client_secret_file, or certificate_file"),
        ({"certificate": Path("/no"), "certificate_key": Path("/no")}, "cannot be read"),
        ({"ca_file": Path("/nowhere.pem")}, "ca_file cannot be read"),
    ],
)
def test_settings_that_cannot_work_are_named(changed: dict[str, object], says: str) -> None:
    """Before anything is sent, each fault is told with where to correct it."""
    wanted = {"tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}

    with pytest.raises(GraphSettingsError, match=says):
        Graph(GraphSettings(**{**wanted, **changed}))  # type: ignore[arg-type]


def test_settings_do_not_show_the_secret() -> None:
    """A traceback or a log that prints the settings gives nothing away."""
    settings = GraphSettings(TENANT, CLIENT, SECRET, proxy="http://me:secret@proxy.example")

    assert SECRET not in repr(settings)
    assert "secret" not in repr(settings).replace("client_secret", "")


def test_retry_after_may_be_a_date() -> None:
    """RFC 9110, 10.2.3: seconds or a date; nonsense counts as nothing said."""
    now = datetime(2026, 9, 8, 10, 0, tzinfo=UTC)
    later = f"{now + timedelta(seconds=90):%a, %d %b %Y %H:%M:%S} GMT"

    found = [retry_after(value, now=now) for value in ("120", later, "soon", "", None, "-5")]

    assert [120.0, 90.0, None, None, None, None] == found
