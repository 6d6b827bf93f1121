"""The reading pane of the triage screen: one item as text. Mail is hostile: it is made safe."""

from datetime import datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from cases.answers import Opened
from cases.telling import safe
from cases.triage.queue import Entry
from commands import triage_words as words
from commands.triage_desk import name
from commands.triage_pages import grouped, texts
from section9 import Span

LONGEST = 20_000  # characters of a part that are shown


def page(entry: Entry, opened: tuple[Opened, ...], *, rule: str, now: datetime) -> Group:
    """Everything about an item that may be seen now."""
    head, unseen = _head(entry, rule=rule, now=now), len(entry.item.mails) - len(opened)
    parts: list[Text | Table] = [head, _findings(entry), *map(_message, opened)]
    if entry.item.is_pattern and opened and unseen:
        parts.append(Text(f"\n{unseen} of its messages were not flagged by themselves.", "dim"))
    return Group(*parts)


def _head(entry: Entry, *, rule: str, now: datetime) -> Text:
    item = entry.item
    text = Text()
    text.append(f"{words.severity(item)}   {words.kinds(item)}\n", "bold")
    text.append(f"{name(item.id)}   waits {words.age(item.since, now)}\n", "dim")
    text.append(f"{words.people(item)}\n")
    for phrase in words.standing(entry):
        text.append(f"{phrase}\n", "italic")
    text.append("\nWhy it is here", "bold")
    return text.append(f"   acts are about {rule} alone" if rule else "", "italic")


def _findings(entry: Entry) -> Table:
    """Each finding and why, its number hanging before it."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim", min_width=3)
    table.add_column()
    for numbers, said in grouped(entry):
        table.add_row(numbers, Text(said))
    return table


def _message(opened: Opened) -> Text:
    """What was opened of one message."""
    text = Text()
    record = opened.record
    said = "all of it, on the record" if opened.view == "text" else "what was matched is masked"
    sent = f"{record.date:%A %d %B %Y, %H:%M} UTC" if record.date else "without a date"
    text.append(f"\n{sent}", "bold").append(f"   {said}\n", "italic dim")
    text.append("Subject  ", "dim").append(f"{safe(record.parsed.subject)}\n")
    for part, content, spans in texts(record):
        text.append(f"\n─ part {part}\n", "dim")
        text.append(_marked(content[:LONGEST], spans)).append("\n")
        if len(content) > LONGEST:
            text.append("… cut here: `section9 show` gives the rest\n", "dim")
    return text


def _marked(content: str, spans: list[Span]) -> Text:
    marked = Text(safe(content))
    for span in spans:
        marked.stylize("bold underline", span.start, span.end)
    return marked


def welcome() -> Text:
    """What stands there when nothing waits."""
    return Text("Nothing waits for you.\n\nNew items come by themselves; q leaves.", "dim")
