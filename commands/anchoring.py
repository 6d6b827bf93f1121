"""Making anchors and getting them out of the house: signed, stamped, mailed, each on record."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from section9 import Section9Error

if TYPE_CHECKING:
    from email.message import EmailMessage

    from archive.anchors import Anchor, Anchors, PublicKeys, Signed
    from archive.events import Event
    from commands.app import App

KEY_FILE = "audit.key"  # in the data folder, unless the settings say otherwise
WAITING = 31  # anchors that are sent or stamped later: a month of days. Each names the one before

CHECK = """\
Keep this message. The file names the last entry of every book of the ledger; whoever rewrites
anything that was there by then cannot make it agree with this file again.

With your own copy of the public key, audit.pub:

  openssl pkeyutl -verify -pubin -inkey audit.pub -rawin -in {name}.json -sigfile {name}.sig
  section9 audit verify --key audit.pub --anchor {name}.json
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A new anchor, and what became of it and of those that waited."""

    anchor: "Anchor"
    signed: "Signed"
    mailed: int  # messages that went
    stamped: int  # anchors that were stamped
    troubles: tuple[str, ...]  # why some still wait


def key_path(app: "App") -> Path:
    """Where the key lies that signs anchors."""
    return app.settings.audit.key or app.data / KEY_FILE


def keys(app: "App", files: tuple[Path, ...]) -> "PublicKeys":
    """The public keys that count: those in the files, or else those of the settings."""
    from archive.anchors import by_fingerprint
    from commands.keys import PUBLIC, public_key

    if not files:
        ours = key_path(app).with_suffix(PUBLIC)
        files = (*((ours,) if ours.exists() else ()), *app.settings.audit.public_keys)
    return by_fingerprint(map(public_key, files))


def make(app: "App") -> Made:
    """Sign the heads as they are now; stamp and mail this anchor and those that wait.

    What cannot be stamped or mailed now waits for the next time.
    """
    from archive.anchors import Anchors
    from archive.books import Book
    from archive.case_events import Anchored
    from commands.keys import private_key

    anchors, key = Anchors(app.store), private_key(key_path(app))
    heads = tuple(map(app.ledger.head, Book))
    anchor, signed = anchors.add(heads, at=app.clock(), by=app.actor, key=key)
    _record(app, Anchored(app.clock(), app.actor, anchor.number, signed.sha256, heads, anchor.key))
    stamped, unstamped = _stamp(app, anchors)
    mailed, unmailed = _mail(app, anchors)
    return Made(anchor, signed, mailed, stamped, (*unstamped, *unmailed))


def _stamp(app: "App", anchors: "Anchors") -> tuple[int, list[str]]:
    """Stamp what waits, oldest first; the first that fails ends it."""
    from hashlib import sha256

    from archive.case_events import Stamped
    from commands.stamping import stamp

    settings, done = app.settings.audit, 0
    if not settings.tsa_url:
        return 0, []
    has = anchors.stamped()
    for number in [one for one in list(anchors.numbers())[-WAITING:] if one not in has]:
        try:
            proven, response = stamp(anchors, number, settings)
        except Section9Error as error:
            return done, [str(error)]
        digest = sha256(response).hexdigest()
        _record(app, Stamped(app.clock(), app.actor, number, digest, proven.at))
        done += 1
    return done, []


def _mail(app: "App", anchors: "Anchors") -> tuple[int, list[str]]:
    """Mail to each address what it has not had, in one message."""
    from archive.case_events import Reported
    from commands.mailing import send

    done, troubles = 0, []
    for to in app.settings.audit.mail_to:
        if waiting := list(_unsent(app, anchors, to)):
            try:
                send(app.settings.alerts, _letter(app, anchors, waiting, to))
            except Section9Error as error:
                troubles.append(str(error))
                continue
            now = app.clock()
            _record(app, *(Reported(now, app.actor, f"anchor {n}", to) for n in waiting))
            done += 1
    return done, troubles


def _unsent(app: "App", anchors: "Anchors", to: str) -> Iterator[int]:
    from archive.anchors import name_of
    from archive.books import Book
    from archive.case_events import Reported

    events = (one for one in app.ledger.events(Book.CASES) if isinstance(one, Reported))
    sent = {one.what for one in events if one.to == to}
    recent = list(anchors.numbers())[-WAITING:]
    return (number for number in recent if name_of(number) not in sent)


def _letter(app: "App", anchors: "Anchors", waiting: list[int], to: str) -> "EmailMessage":
    from commands.mailing import letter

    last = anchors.signed(waiting[-1])
    named = f"anchor {waiting[-1]}" if len(waiting) == 1 else f"anchors up to {waiting[-1]}"
    text = (
        f"The ledger of Section 9 was anchored: {named}.\nSHA-256 of the last file: {last.sha256}"
        f"\n\n{CHECK.format(name=file_of(waiting[-1]))}"
    )
    message = letter(app.settings.alerts, to, f"Section 9: {named}", text, at=app.clock())
    for number in waiting:
        for part, kind in (("json", "json"), ("sig", "octet-stream"), ("tsr", "timestamp-reply")):
            if content := anchors.get(number, part):
                message.add_attachment(
                    content,
                    maintype="application",
                    subtype=kind,
                    filename=f"{file_of(number)}.{part}",
                )
    return message


def file_of(number: int) -> str:
    """Name an anchor's files outside the archive."""
    return f"anchor-{number:06d}"


def _record(app: "App", *events: "Event") -> None:
    from archive.books import Book

    app.ledger.append(Book.CASES, events)
