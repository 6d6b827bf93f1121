"""Weeks of mail between the people of an invented school trust, each with what it should raise.

A template's first line says what is expected, `alert` or `calm`; then come its messages, each
under a line that says on which day, when, who wrote to whom: `@ +7 22:10 adult > child`. Each
answers the one before. Slots and choices are those of `letters`, the same through a thread. The
files to try rules on (`train`) and to judge them by (`test`) share no sentence; those of `blind`
were written by somebody who saw neither the rules nor the other files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from random import Random

from detectors.training.contacts import DOMAIN, WHO, filled, slots
from detectors.training.letters import PARTING
from section9 import ParsedMail, Part, Participant, PartId, PartKind

CONTACT, BULLYING = "drift", "campaign"
_MESSAGE = re.compile(r"^@ \+(\d+) (\d\d):(\d\d) (\S+) > (\S+)\n", re.MULTILINE)
_FIRST_DAY = datetime(2026, 9, 14, tzinfo=UTC)  # a Monday; UK clocks are an hour ahead
_UK = timedelta(hours=1)
PEOPLE = {
    **WHO,
    "stranger": (Participant("", "flower2011@gmail.com"),),
    "colleague": (Participant("Carys Llewelyn", f"c.llewelyn@{DOMAIN}"),),
    "p1": (Participant("", f"221@pupils.{DOMAIN}"),),
    "p2": (Participant("", f"222@pupils.{DOMAIN}"),),
}


@dataclass(frozen=True, slots=True)
class Thread:
    """Some messages, oldest first, and whether they should raise an alarm together."""

    id: str
    mails: tuple[ParsedMail, ...]
    alert: bool


def threads(subject: str, which: str, *, each: int, seed: int = 9) -> Iterator[Thread]:
    """Yield `each` threads of every template; the same seed gives the same threads."""
    for number, template in enumerate(templates(subject, which)):
        random = Random(f"{seed} {subject} {which} {number}")  # noqa: S311 - not for secrets
        for copy in range(each):
            yield _written(f"{subject}-{which}-{number}-{copy}", template, random)


def templates(subject: str, which: str) -> list[str]:
    """Return the templates of a file: `train`, `test` or `blind`."""
    folder = files("detectors.training").joinpath("templates")
    return folder.joinpath(f"{subject}-{which}.txt").read_text("utf-8").strip("\n").split(PARTING)


def _written(name: str, template: str, random: Random) -> Thread:
    """Fill one template in."""
    expected, _, text = template.partition("\n")
    values, start = slots(random), _FIRST_DAY + timedelta(days=random.randrange(14)) - _UK
    _, *pieces = _MESSAGE.split(text)
    rows = [tuple(pieces[at : at + 6]) for at in range(0, len(pieces), 6)]
    mails: list[ParsedMail] = []
    for number, (day, hour, minute, sender, reader, body) in enumerate(rows):
        sent = start + timedelta(days=int(day), hours=int(hour), minutes=int(minute))
        written = filled(body.strip("\n"), values, random)
        mails.append(
            ParsedMail(
                message_id=f"{name}-{number}",
                date=sent,
                subject="",
                from_=PEOPLE[sender],
                to=PEOPLE[reader],
                in_reply_to=(mails[-1].message_id,) if mails else (),
                parts=(Part(PartId("1"), PartKind.BODY, "text/plain", "", 0, "", written),),
            )
        )
    return Thread(name, tuple(mails), alert=expected == "alert")
