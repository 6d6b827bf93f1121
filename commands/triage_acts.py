"""The acts of the triage screen: the key of each, what it asks for, and what it does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from archive.triage_events import Dismissal, SuppressionExtent
from cases.incidents import Incidents, Report
from cases.triage.desk import Choice
from cases.triage.suppressing import Quiet, suppress
from commands.triage_desk import name
from commands.triage_form import Answers, Form, Line

if TYPE_CHECKING:
    from commands.triage_screen import TriageScreen

DISMISSALS = (
    ("mistaken", "what the rule says is not there"),
    ("harmless", "there, but no harm: a lesson, a quotation"),
    ("permitted", "it is agreed, or an exception is declared"),
    ("known", "it is dealt with already"),
    ("other", "the words below say why"),
)
EXTENTS = (
    ("pair", "what these two write to each other"),
    ("sender", "all that this sender writes"),
    ("list", "all that is sent to one address"),
)


class NothingChosenError(Exception):
    """No item is under the cursor."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its key, its name, and what it does; it says what it did, or nothing."""

    key: str
    name: str
    about: str  # what it does, for the help
    do: "Callable[[TriageScreen], Awaitable[str]]"
    decides: bool = True  # the queue is another one afterwards


async def _ask(screen: "TriageScreen", title: str, *lines: Line) -> Answers | None:
    return await screen.push_screen_wait(Form(title, lines))


async def _confirm(screen: "TriageScreen") -> str:
    item = screen.chosen.item
    answers = await _ask(screen, f"Confirm {_about(screen)}", Line("A word on it (may be empty)"))
    if answers is None:
        return ""
    made = screen.triage.confirm(item.id, Choice(rule=screen.rule), reason=answers[0])
    screen.last = item.id
    return f"{name(item.id)} {made.verdict} by {made.by}"


async def _dismiss(screen: "TriageScreen") -> str:
    item = screen.chosen.item
    answers = await _ask(
        screen,
        f"Dismiss {_about(screen)}",
        Line("Why it is no matter", options=DISMISSALS),
        Line("In words", needed=True),
    )
    if answers is None:
        return ""
    made = screen.triage.dismiss(
        item.id, Choice(rule=screen.rule), dismissal=Dismissal(answers[0]), reason=answers[1]
    )
    screen.last = item.id
    return f"{name(item.id)} {made.verdict} as {made.dismissal} by {made.by}"


async def _suppress(screen: "TriageScreen") -> str:
    item = screen.chosen.item
    rules = tuple(dict.fromkeys(one.rule for one in item.findings))
    rule = screen.rule or rules[0]
    answers = await _ask(
        screen,
        f"Keep {rule} quiet" + ("" if len(rules) == 1 else "   (f chooses another rule)"),
        Line("About whom", options=EXTENTS),
        Line("The other address or the list, where several got it"),
        Line("For how many days", value="30", needed=True),
        Line("Why", needed=True),
    )
    if answers is None:
        return ""
    extent, address, days, reason = answers
    until = screen.triage.gate.clock() + timedelta(int(days) if days.isdecimal() else 0)
    quiet = Quiet(SuppressionExtent(extent), until, reason, rule, address.strip())
    held = suppress(screen.triage, item.id, quiet)
    return f"{held.suppression}: {held.rule} keeps quiet until {held.until:%Y-%m-%d}"


async def _link(screen: "TriageScreen") -> str:
    item = screen.chosen.item
    answers = await _ask(
        screen, f"Make {name(item.id)} part of a case", Line("Which case (C-0001)", needed=True)
    )
    if answers is None:
        return ""
    screen.last = item.id
    return f"{name(item.id)} is part of {screen.triage.link(item.id, answers[0].strip()).into}"


async def _incident(screen: "TriageScreen") -> str:
    item = screen.chosen.item
    answers = await _ask(
        screen,
        f"Record an incident about {name(item.id)}",
        Line("What happened, in a few words", needed=True),
        Line("What was done about it"),
        Line("Who reported it (empty: you)"),
        Line("Whom it concerns: addresses", value=item.sender),
    )
    if answers is None:
        return ""
    what, done, reporter, concerns = answers
    gate = screen.triage.gate
    filed = Incidents(gate.ledger, gate.actor, gate.clock, gate.casebook.accounts).file(
        Report(
            happened=item.sent or item.since,
            reporter=reporter,
            what=what,
            done=done,
            concerns=tuple(concerns.replace(",", " ").split()),
            mails=item.mails,
            pattern=item.id if item.is_pattern else "",
        )
    )
    return f"{filed.id} is filed: `section9 incident show {filed.id}` prints it"


async def _open(screen: "TriageScreen") -> str:
    item = screen.chosen.item
    answers = await _ask(
        screen,
        f"Open all of {name(item.id)}",
        Line("Why it has to be read; written to the ledger", needed=True),
    )
    if answers is None:
        return ""
    from commands.triage_pages import looks

    found = looks(screen.triage, item, reason=answers[0])
    screen.show_opened(tuple(look.opened for look in found if look.opened))
    return "Opened; the look and its reason are on the ledger."


async def _acknowledge(screen: "TriageScreen") -> str:
    made = screen.triage.acknowledge(screen.chosen.item.id)
    return f"{made.by} sees to {name(made.item)}"


async def _undo(screen: "TriageScreen") -> str:
    if screen.last is None:
        return ""
    title = f"Take back what you decided on {name(screen.last)}"
    answers = await _ask(screen, title, Line("Why", value="a slip", needed=True))
    if answers is None:
        return ""
    item = screen.triage.undo(screen.last, reason=answers[0])
    screen.last = None
    return f"{name(item.id)} waits again"


def _about(screen: "TriageScreen") -> str:
    """What an act is about: an item, or one rule's findings in it."""
    item = screen.chosen.item
    return f"{screen.rule} in {name(item.id)}" if screen.rule else f"all of {name(item.id)}"


ACTS = (
    Act("c", "confirm", "confirm: it is what the rule says", _confirm),
    Act("d", "dismiss", "dismiss, with a reason", _dismiss),
    Act("a", "ack", "acknowledge: you see to it, nobody is alerted again", _acknowledge),
    Act("o", "open", "open all of the message; asks why", _open, decides=False),
    Act("s", "quiet", "keep the rule quiet about these people, until a day", _suppress),
    Act("l", "link", "make it part of a case", _link),
    Act("i", "record", "file an incident record about it", _incident, decides=False),
    Act("u", "undo", "take back what you last decided here", _undo),
)
