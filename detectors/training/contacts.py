"""Messages between the people of an invented school trust, each with what it should raise.

A template's first line says what is expected, when it was sent, and who wrote to whom:
`alert 22:31 adult > child` must raise an alarm, `calm` must not; the subject and the text follow.
Slots and choices are those of `letters`. The two files share no sentence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from random import Random

from detectors.scan import Scanner
from detectors.training import values as v
from detectors.training.letters import PARTING
from section9 import (
    Category,
    Confidence,
    ParsedMail,
    Part,
    Participant,
    PartId,
    PartKind,
    Person,
    PersonRole,
)

DOMAIN = "larkmere.example"
_FIRST_DAY = datetime(2026, 10, 5, tzinfo=UTC)  # a Monday; UK clocks are an hour ahead
_UK = timedelta(hours=1)
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_CLASS = 8

ADULT, CHILD = "Oliver Wrenfield", "Freya Lindqvist"
PEOPLE = (
    Person(f"o.wrenfield@{DOMAIN}", ADULT, PersonRole.STAFF),
    Person("olly@homepost.example", ADULT, PersonRole.STAFF),
    Person(f"c.llewelyn@{DOMAIN}", "Carys Llewelyn", PersonRole.STAFF),
    Person("ron@homepost.example", "Ron Hesketh", PersonRole.VOLUNTEER),
    Person("mum@homepost.example", "Astrid Lindqvist", PersonRole.PARENT),
    Person(f"left@pupils.{DOMAIN}", "Jessamy Corvill", PersonRole.STUDENT,
           leaving_date=datetime(2026, 7, 17, tzinfo=UTC).date(),
           date_of_birth=datetime(2010, 6, 23, tzinfo=UTC).date()),
    Person(f"22f@pupils.{DOMAIN}", CHILD, PersonRole.STUDENT),
    Person("freya@homepost.example", CHILD, PersonRole.STUDENT),
    *(Person(f"22{n}@pupils.{DOMAIN}", f"Pupil {v.LAST[n]}", PersonRole.STUDENT) for n in range(8)),
)  # fmt: skip
_CHILD = Participant(CHILD, f"22f@pupils.{DOMAIN}")
_COLLEAGUE = Participant("Carys Llewelyn", f"c.llewelyn@{DOMAIN}")
_PARENT = Participant("Astrid Lindqvist", "mum@homepost.example")
WHO: dict[str, tuple[Participant, ...]] = {
    "adult": (Participant("Mr O Wrenfield", f"o.wrenfield@{DOMAIN}"),),
    "adult-home": (Participant("Olly", "olly@homepost.example"),),
    "adult-named": (Participant(ADULT, "ow1981@gmail.com"),),
    "volunteer": (Participant("Ron", "ron@homepost.example"),),
    "child": (_CHILD,),
    "child-home": (Participant("", "freya@homepost.example"),),
    "friend": (Participant("", f"220@pupils.{DOMAIN}"),),
    "leaver": (Participant("", f"left@pupils.{DOMAIN}"),),
    "parent": (_PARENT,),
    "children": tuple(Participant("", f"22{n}@pupils.{DOMAIN}") for n in range(_CLASS)),
    "child+parent": (_CHILD, _PARENT),
    "child+colleague": (_CHILD, _COLLEAGUE),
    "network-friend": (Participant("Facebook", "notification@facebookmail.com"),),
    "network-message": (Participant("Instagram", "no-reply@mail.instagram.com"),),
    "network-follow": (Participant("Instagram", "follow@mail.instagram.com"),),
    "network-news": (Participant("TikTok", "news@service.tiktok.com"),),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A message, and whether it should raise an alarm."""

    id: str
    mail: ParsedMail
    alert: bool


@dataclass(frozen=True, slots=True)
class Alarms:
    """How many messages raised an alarm, and how many should have."""

    right: int
    wrong: tuple[str, ...]  # ids of those that should not have
    missed: tuple[str, ...]  # ids of those that should have

    @property
    def precision(self) -> float:
        """How many alarms are right, 0 to 1; 1 where there are none."""
        raised = self.right + len(self.wrong)
        return self.right / raised if raised else 1.0

    @property
    def recall(self) -> float:
        """How many alarms were raised of those due, 0 to 1; 1 where none is due."""
        due = self.right + len(self.missed)
        return self.right / due if due else 1.0


def messages(which: str, *, each: int, seed: int = 9) -> Iterator[Judged]:
    """Yield `each` messages of every template; the same seed gives the same messages."""
    for number, template in enumerate(templates(which)):
        random = Random(f"{seed} contact {which} {number}")  # noqa: S311 - not for secrets
        for copy in range(each):
            yield _written(f"{which}-{number}-{copy}", template, random)


def templates(which: str) -> list[str]:
    """Return the templates of a file, `train` or `test`."""
    folder = files("detectors.training").joinpath("templates")
    return folder.joinpath(f"contact-{which}.txt").read_text("utf-8").strip("\n").split(PARTING)


def scanner() -> Scanner:
    """Return a scanner that knows the people of the messages."""
    people = {person.address: person for person in PEOPLE}
    return Scanner(person=people.get, named=_named, domains=frozenset({DOMAIN}))


def judge(with_: Scanner, judged: Sequence[Judged]) -> Alarms:
    """Count the alarms: findings of student contact that are more than low."""
    raised = {one.id for one in judged if _alarms(with_, one)}
    due = {one.id for one in judged if one.alert}
    return Alarms(len(raised & due), tuple(sorted(raised - due)), tuple(sorted(due - raised)))


def _alarms(with_: Scanner, one: Judged) -> bool:
    return any(
        found.category is Category.STUDENT_CONTACT and found.confidence is not Confidence.LOW
        for found in with_.scan(one.mail)
    )


def _named(name: str) -> tuple[Person, ...]:
    return tuple(person for person in PEOPLE if person.name == name)


def _written(name: str, template: str, random: Random) -> Judged:
    """Fill one template in."""
    heading, subject, text = template.split("\n", 2)
    expected, at, sender, _, reader = heading.split()
    hour, minute = map(int, at.split(":"))
    sent = _FIRST_DAY + timedelta(days=random.randrange(14), hours=hour, minutes=minute) - _UK
    body = filled(text, slots(random), random)
    mail = ParsedMail(
        message_id=name,
        date=sent,
        subject=filled(subject, slots(random), random),
        from_=WHO[sender],
        to=WHO[reader],
        parts=(Part(PartId("1"), PartKind.BODY, "text/plain", "", len(body), "", body),),
    )
    return Judged(name, mail, alert=expected == "alert")


def filled(text: str, values: Mapping[str, str], random: Random) -> str:
    """Fill in the choices of a text and its slots."""
    chosen = _CHOICE.sub(lambda match: random.choice(match[1].split("|")), text)
    return _SLOT.sub(lambda match: values[match[1]], chosen)


def slots(random: Random) -> dict[str, str]:
    """Draw what the slots of one message, or of one thread, stand for."""
    handle = random.choice(v.FIRST).lower() + random.choice([".", "_", "", "x"])
    return {
        "first": random.choice(v.FIRST),
        "surname": random.choice(v.LAST),
        "stranger": f"{random.choice(v.FIRST)} {random.choice(v.LAST)}",
        **dict(zip(("adultfirst", "adultlast"), ADULT.split(), strict=True)),
        **dict(zip(("childfirst", "childlast"), CHILD.split(), strict=True)),
        "mobile": v.mobile(random),
        "handle": random.choice(["@", ""]) + handle + v.digits(random, 2),
        "day": random.choice(["Friday", "Saturday", "Sunday", "the weekend"]),
        "hour": random.choice(["six", "7.30", "half four", "8pm"]),
        "street": random.choice(["Mill Lane", "Station Road", "Beech Avenue"]),
    }
