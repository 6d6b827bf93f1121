"""The script: hand-written messages in prose/*.txt, read into notes.

A message begins with `=== KEY DATE TIME` (local time). Then come `name: value` lines, an empty
line and the text; `--- attach FILE [CHARSET]` begins an attachment. The values:

    from to cc bcc   local parts or addresses that `trust.contacts` knows, with spaces between
    subject          left out in a reply, which takes "Re:" of what it answers
    re, fwd          the key of the message that this answers, or encloses whole
    quote            `none` where a reply repeats nothing of what it answers
    form             plain, both (with an HTML twin), html (HTML alone), page (HTML as typed);
                     both for the staff, plain for everybody else, unless said
    encoding         how text travels: 7bit, 8bit, base64 or quoted-printable
    charset          of the text, utf-8 unless said
    importance auto  the headers Importance and Auto-Submitted
    leak             the truth: a rule and how many different values the message holds, with
                     a comma before the next rule
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from demo.trust import HOME

SUMMER_TIME = timezone(timedelta(hours=1))  # the clocks go back after this half of the term


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to be sent, as text; its name's ending says what becomes of it."""

    name: str
    text: str
    charset: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Note:
    """One message before it is put into MIME."""

    key: str
    sent: datetime
    facts: Mapping[str, str]  # the `name: value` lines
    body: str
    attachments: tuple[Attachment, ...] = field(default=())

    def fact(self, name: str, default: str = "") -> str:
        """The value of one line, or the default."""
        return self.facts.get(name, default)

    def named(self, name: str) -> tuple[str, ...]:
        """The words of a line that lists people."""
        return tuple(self.fact(name).split())


def notes() -> Iterator[Note]:
    """Every hand-written message, in the order of the files."""
    for path in sorted((HOME / "prose").glob("*.txt")):
        for chunk in ("\n" + path.read_text(encoding="utf-8")).split("\n=== ")[1:]:
            yield _note(chunk)


def _note(chunk: str) -> Note:
    title, _, rest = chunk.partition("\n")
    key, sent = title.split(" ", 1)
    head, _, text = rest.partition("\n\n")
    body, *attached = ("\n" + text).split("\n--- attach ")
    return Note(
        key=key,
        sent=datetime.strptime(sent.strip(), "%Y-%m-%d %H:%M").replace(tzinfo=SUMMER_TIME),
        facts=dict(line.split(": ", 1) for line in head.splitlines()),
        body=body.strip("\n"),
        attachments=tuple(map(_attachment, attached)),
    )


def _attachment(chunk: str) -> Attachment:
    title, _, text = chunk.partition("\n")
    name, _, charset = title.partition(" charset=")
    return Attachment(name.strip(), text.strip("\n") + "\n", charset.strip() or "utf-8")
