"""What a message says: its own words, its signature, and how its writer's program quotes.

Staff write in a desktop client, which signs new messages, repeats the old one under a rule, and
sends HTML beside the text. Everybody else's program marks quoted lines with `>`.
"""

import html
import re
from collections.abc import Mapping
from textwrap import fill

from demo.script import Note
from demo.trust import DOMAIN, HOME, Contact, contacts

Notes = Mapping[str, Note]

SHORT = 46  # characters; a paragraph of shorter lines is an address or a signature
WIDTH = 76  # columns
LISTED = re.compile(r"[-#\s]|\d+\.?\s")  # a line that stands on its own
RULE = "_" * 32
FOOTER = (
    "\n\n--\nLarkmere Learning Trust is an exempt charity and a company limited by guarantee.\n"
    "This e-mail is meant for the people named in it. If it has reached you by mistake,\n"
    "please tell the sender, then delete it. E-mail on our systems may be monitored under\n"
    "the Trust's Acceptable Use Policy."
)


def sender(note: Note) -> Contact:
    """Who wrote it."""
    return contacts()[note.fact("from")]


def addressed(note: Note, *lines: str) -> tuple[Contact, ...]:
    """Who stands on the named lines: to, cc, bcc."""
    return tuple(contacts()[word] for line in lines for word in note.named(line))


def subject(note: Note, notes: Notes) -> str:
    """The subject, which a reply takes over from what it answers."""
    if said := note.fact("subject"):
        return said
    before = subject(notes[note.fact("re")], notes)
    return before if before.startswith("Re: ") else f"Re: {before}"


def as_text(note: Note, notes: Notes) -> str:
    """All that the plain text says: the new words, then what they answer."""
    return f"{_said(note)}\n\n{_quoted(note, notes)}" if _quotes(note) else _said(note)


def as_html(note: Note, notes: Notes) -> str:
    """The same as a page."""
    page = _blocks(_said(note))
    if _quotes(note):
        page += f'\n<blockquote type="cite">\n{_blocks(_quoted(note, notes))}\n</blockquote>'
    return f'<html><body style="font-family:Calibri,sans-serif">\n{page}\n</body></html>\n'


def at_a_desk(note: Note) -> bool:
    """Whether the writer uses the staff's desktop client."""
    return sender(note).address.endswith(f"@{DOMAIN}")


def _said(note: Note) -> str:
    body = "\n\n".join(map(_filled, note.body.split("\n\n")))
    signed = body if note.fact("re") else body + _signature(sender(note))
    return signed + FOOTER if _leaves_the_trust(note) else signed


def _filled(paragraph: str) -> str:
    """Prose wrapped as mail programs wrap it; lists, tables and addresses as they were typed."""
    lines = paragraph.splitlines()
    if all(len(line) < SHORT for line in lines) or any(map(LISTED.match, lines)):
        return paragraph
    return fill(paragraph, width=WIDTH, break_on_hyphens=False, break_long_words=False)


def _leaves_the_trust(note: Note) -> bool:
    return _inside(sender(note)) and not all(map(_inside, addressed(note, "to", "cc")))


def _inside(contact: Contact) -> bool:
    return contact.address.endswith(DOMAIN)


def _signature(contact: Contact) -> str:
    local_part, domain = contact.address.rsplit("@", 1)
    path = HOME / "signatures" / f"{local_part}.txt"
    if domain != DOMAIN or not path.exists():
        return ""
    return "\n\n" + path.read_text(encoding="utf-8").strip("\n")


def _quotes(note: Note) -> bool:
    return bool(note.fact("re")) and note.fact("quote") != "none"


def _quoted(note: Note, notes: Notes) -> str:
    before = notes[note.fact("re")]
    said = as_text(before, notes)
    if at_a_desk(note):
        return f"{RULE}\n{_heading(before, notes)}\n\n{said}"
    marked = "\n".join(f"> {line}".rstrip() for line in said.splitlines())
    return f"On {before.sent:%d/%m/%Y at %H:%M}, {sender(before).name} wrote:\n{marked}"


def _heading(before: Note, notes: Notes) -> str:
    people = "; ".join(contact.name for contact in addressed(before, "to"))
    return (
        f"From: {sender(before).name}\nSent: {before.sent:%d/%m/%Y %H:%M}\n"
        f"To: {people}\nSubject: {subject(before, notes)}"
    )


def _blocks(text: str) -> str:
    return "\n".join(map(_block, text.split("\n\n")))


def _block(paragraph: str) -> str:
    lines = [html.escape(line, quote=False) for line in paragraph.splitlines()]
    if len(lines) == 1 and lines[0].startswith("# "):
        return f"<h2>{lines[0][2:]}</h2>"
    if lines and all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"\n<li>{line[2:]}</li>" for line in lines) + "</ul>"
    if all(len(line) < SHORT or line.startswith("&gt;") for line in lines):
        return "<p>" + "<br>\n".join(lines) + "</p>"
    return "<p>" + "\n".join(lines) + "</p>"
