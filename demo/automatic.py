"""The mail that machines write: cover sheets, reminders, tickets. The seed deals who and what."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from demo.script import SUMMER_TIME, Note
from demo.trust import contacts

FIRST_DAY: Final = date(2026, 9, 3)
LAST_DAY: Final = date(2026, 10, 23)

TEACHERS: Final = (
    "Mossop", "Penhallow", "Treharne", "Zielińska", "Garside", "Tibbs-Achebe", "Kariuki-Bell",
    "El-Nouri", "Llewelyn-Obi", "Thistlewood", "Nwachuku-Dale", "Ramanathan-Hill",
    "Wrenfield", "McCorran",
)  # fmt: skip
CLASSES: Final = (
    "7B", "7E", "8L", "8R", "9A", "9C", "9M", "10X", "10Y", "11P", "11Q", "12H",
)  # fmt: skip
ROOMS: Final = (
    "A2", "A6", "S3", "S4", "S5", "T1", "L2", "M2", "M3", "M4", "Art1", "Art2", "Gym",
    "Lib",
)  # fmt: skip
REMARKS: Final = (
    "Work is on the desk in the yellow folder.",
    "Please send somebody for the register if it has not come by ten past.",
    "9C have been told. 9C have heard it before.",
    "If you have a free and are not on this sheet, enjoy it quietly.",
    "Student teachers may not cover alone, however keen they look.",
    "Wet break is likely. Bring a coat to duty and a book to the hall.",
)
BORROWERS: Final = ("year7", "year8", "year9", "year10", "year11")
BOOKS: Final = (
    "The Salt Ledger",
    "Harbour of Small Lights",
    "Knots, and How to Leave Them",
    "A Short History of Fog",
    "The Boy Who Kept Tuesday",
    "Bats of the North",
)
PAYERS: Final = ("high-parents", "hallowbeck-parents", "tarnlane-parents")
HOMEWORK: Final = (
    "Maths: sheet 4, odd questions; question 7 has been withdrawn",
    "English: read to the end of chapter six and bring one sentence you would steal",
    "Science: label the cell. Both cells. The back of the sheet as well",
    "History: three causes, one that nobody at the time noticed",
    "Geography: finish the volcano",
    "French: learn the bakery dialogue with a partner or a patient relative",
    "Art: ten minutes' drawing of a hand that is not yours",
    "DT: bring the measurements, in millimetres, of something you own",
)


def notices(seed: int, written: Iterable[Note]) -> Iterator[Note]:
    """The machines' messages, those to the help desk's writers among them."""
    deal = Random(seed)  # noqa: S311 - deals a story, guards nothing
    for day in _school_days():
        yield _cover(day, deal)
        if day.weekday() == 0:
            yield from _mondays(day, deal)
    tickets = (note for note in written if "it.help" in note.named("to") and not note.fact("fwd"))
    for number, note in enumerate(tickets, start=1417):
        yield _ticket(number, note)


def _school_days() -> Iterator[date]:
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(offset)
        if day.weekday() < 5:  # noqa: PLR2004 - Saturday
            yield day


def _cover(day: date, deal: Random) -> Note:
    rows = [f"{'P':<3}{'Class':<7}{'Room':<7}{'For':<18}By"]
    periods = sorted(deal.choices(range(1, 7), k=deal.randint(2, 6)))
    rows += [_covered(period, deal) for period in periods]
    table = "\n".join(rows)
    facts = _facts("cover", "high-staff", f"Cover for {day:%d/%m/%Y}")
    body = f"{table}\n\n{deal.choice(REMARKS)}\n\nCover Desk"
    return Note(f"cover-{day}", _at(day, 7, deal.randint(2, 17)), facts, body)


def _covered(period: int, deal: Random) -> str:
    away, by = deal.sample(TEACHERS, 2)
    return f"{period:<3}{deal.choice(CLASSES):<7}{deal.choice(ROOMS):<7}{away:<18}{by}"


def _mondays(day: date, deal: Random) -> Iterator[Note]:
    children, parents = _members(BORROWERS), _members(PAYERS)
    for child in deal.sample(children, 2):
        yield _overdue(day, child, deal)
    for child in deal.sample(children, 2):
        yield _homework(day, child, deal)
    yield _balance(day, deal.choice(parents), deal)


def _overdue(day: date, child: str, deal: Random) -> Note:
    body = (
        f'Our records say that you have "{deal.choice(BOOKS)}",\n'
        f"due {deal.randint(4, 40)} days ago. Our records have been wrong before.\n\n"
        "If it is under your bed, bring it back; if it is not, come and tell us.\n"
        "There are no fines, only sighs.\n\nLarkmere High Library"
    )
    facts = _facts("library", child, "Overdue book")
    return Note(f"library-{day}-{child}", _at(day, 8, 30), facts, body)


def _homework(day: date, child: str, deal: Random) -> Note:
    tasks = "\n".join(f"- {task}" for task in deal.sample(HOMEWORK, deal.randint(2, 4)))
    facts = _facts("no-reply@hutch.example", child, "Your week")
    body = f"Set this week:\n\n{tasks}\n\nHomework Hutch. You cannot reply to a hutch."
    return Note(f"hutch-{day}-{child}", _at(day, 16, deal.randint(0, 9)), facts, body)


def _balance(day: date, parent: str, deal: Random) -> Note:
    pounds, pence = deal.randint(0, 3), deal.randint(5, 95)
    body = (
        f"Your child's dinner account stands at £{pounds}.{pence:02d}.\n\n"
        "Top up at https://larkpay.example/top-up. A child is never refused a meal for\n"
        "want of credit: if things are hard, tell the school office, who will keep it to\n"
        f"themselves.\n\nReference LP-{deal.randint(100000, 999999)}"
    )
    facts = _facts("no-reply@larkpay.example", parent, "Low dinner balance")
    return Note(f"larkpay-{day}-{parent}", _at(day, 18, deal.randint(0, 40)), facts, body)


def _ticket(number: int, note: Note) -> Note:
    body = (
        f"We have your message. It is ticket LLT-26-{number:05d} and a person will read it.\n"
        "If it is on fire, do not wait for the ticket."
    )
    facts = _facts("it.help", note.fact("from"), "", auto="auto-replied")
    reply = facts | {"re": note.key, "quote": "none"}
    return Note(f"ticket-{note.key}", note.sent + timedelta(minutes=1), reply, body)


def _facts(sender: str, to: str, subject: str, *, auto: str = "auto-generated") -> dict[str, str]:
    return {"from": sender, "to": to, "subject": subject, "form": "plain", "auto": auto}


def _members(lists: Iterable[str]) -> tuple[str, ...]:
    """The addresses on all of these mailing lists."""
    return tuple(address for name in lists for address in contacts()[name].members)


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), SUMMER_TIME)
