"""Data folders whose index is on Elasticsearch, the mail for them, and what is in them."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from itertools import count, islice
from pathlib import Path

from running import House

from archive.books import Book
from archive.mail_events import Sighted
from demo.mailbox import Delivery, messages
from search.elastic import open_elastic
from search.elastic_client import ElasticSettings
from search.query import parse
from search.tree import Everything
from section9 import MailId, Record


def mailbox(size: int) -> list[tuple[Delivery, bytes]]:
    """The demo's mail, over and over under other Message-IDs."""
    mails = list(messages())
    again = (
        (to, raw.replace(b"Message-ID: <", b"Message-ID: <%d-" % turn, 1))
        for turn in count()
        for to, raw in mails
    )
    return list(islice(again, size))


def laid_out(folder: Path, mails: list[tuple[Delivery, bytes]]) -> Path:
    """A folder of files, one a message."""
    folder.mkdir()
    for number, (_, raw) in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(raw)
    return folder


def environment(settings: ElasticSettings) -> dict[str, str]:
    """What has a command run on Elasticsearch."""
    return {"SECTION9_SEARCH__URL": settings.url, "SECTION9_SEARCH__PREFIX": settings.prefix}


def settings_of(variables: Mapping[str, str]) -> ElasticSettings:
    """What such a command runs on."""
    return ElasticSettings(
        variables["SECTION9_SEARCH__URL"], prefix=variables["SECTION9_SEARCH__PREFIX"]
    )


def archived(house: House) -> Counter[MailId]:
    """How often the ledger speaks of each message."""
    return Counter(event.mail for event in house.events(Book.MAIL) if isinstance(event, Sighted))


def indexed(settings: ElasticSettings) -> Counter[MailId]:
    """How often the index holds each message."""
    with closing(open_elastic(settings, mode="read")) as index:
        return Counter(index.ids(Everything()))


def records(settings: ElasticSettings, query: str) -> list[Record]:
    """What a query finds."""
    with closing(open_elastic(settings, mode="read")) as index:
        return [record for mail in index.ids(parse(query)) if (record := index.get(mail))]
