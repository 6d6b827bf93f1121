"""Letters of an invented school trust, with every identifier in them marked.

A template is a text with slots, `{nhs}`, choices, `[Hi|Dear]`, and rows, lines that begin with
`* ` and are repeated. Templates part with a line `===`. Those to tune on and those to be judged
on are in files of their own, so that no sentence of one is in the other.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.resources import files
from random import Random

from detectors.evaluate import Label, Labelled
from detectors.training import values as v
from section9 import RuleId

LABELLED: dict[str, tuple[str, v.Maker]] = {
    "nhs": ("nhs-number", v.nhs),
    "nino": ("nino", v.nino),
    "upn": ("upn", v.upn),
    "upntemp": ("upn", v.upn_temporary),
    "uln": ("uln", v.uln),
    "utr": ("utr", v.utr),
    "passport": ("passport", v.passport),
    "licence": ("driving-licence", v.licence),
    "vrm": ("vehicle-registration", v.vehicle),
    "card": ("payment-card", v.card),
    "sortcode": ("bank-account", v.sort_code),
    "accountno": ("bank-account", v.account),
    "accountpair": (
        "bank-account",
        lambda random: f"Sort code {v.sort_code(random)}, account no. {v.account(random)}",
    ),
    "account2cells": ("bank-account", lambda random: f"{v.sort_code(random)}\t{v.account(random)}"),
    "iban": ("iban", v.iban),
    "dob": ("date-of-birth", v.birth),
    "address": ("home-address", v.address),
    "postcode": ("home-address", v.postcode),
    "mobile": ("telephone", v.mobile),
    "landline": ("telephone", v.landline),
    "homeemail": ("personal-email", v.home_email),
    "ip": ("ip-address", v.internet_address),
    "password": ("password", v.password),
    "apikey": ("secret-key", v.api_key),
    "sharelink": ("share-link", v.share_link),
}
"""Slots that a rule should find: its name, and what makes a value."""

PLAIN: dict[str, v.Maker] = {
    "first": lambda random: random.choice(v.FIRST),
    "surname": lambda random: random.choice(v.LAST),
    "child": v.name,
    "parent": v.name,
    "staff": v.name,
    "letter": lambda random: random.choice("ABCDEFG"),
    "relative": lambda random: random.choice(["gran", "aunt", "father"]),
    "date": v.near,
    "futuredate": v.future,
    "amount": lambda random: f"£{random.randrange(2, 900)}.{random.randrange(100):02}",
    "ordernumber": lambda random: v.digits(random, random.choice([6, 8, 9, 10, 10, 12])),
    "ponumber": lambda random: f"PO{v.digits(random, 7)}",
    "smallnumber": lambda random: str(random.randrange(1, 9)),
    "isbn": lambda random: random.choice(["978", "979"]) + v.digits(random, 10),
    "ean": lambda random: v.digits(random, 13),
    "meetingid": lambda random: v.grouped(random, v.digits(random, 10), 3, 3, 4),
    "charityno": lambda random: v.digits(random, 7),
    "companyno": lambda random: f"0{v.digits(random, 7)}",
    "version": lambda random: f"{random.randrange(9)}.{random.randrange(30)}.{random.randrange(9)}",
    "cardexpiry": lambda random: f"{random.randrange(1, 13):02}/{random.randrange(27, 31)}",
    "username": lambda random: random.choice(v.FIRST).lower() + v.digits(random, 2),
    "officesignature": lambda random: (
        f"{v.name(random)}\nSchool Office, Larkmere Learning Trust\nwww.larkmere.example"
    ),
}
"""Slots that no rule should find."""

Slots = Mapping[str, tuple[RuleId | None, v.Maker]]
"""By the name of a slot: the rule that should find it, if any, and what makes a value."""

SLOTS: Slots = {
    **{slot: (RuleId(rule), make) for slot, (rule, make) in LABELLED.items()},
    **{slot: (None, make) for slot, make in PLAIN.items()},
}

PARTING = "\n===\n"
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_MOST_ROWS = 6


def templates(which: str) -> list[str]:
    """Return the templates of a file, `train` or `test`."""
    text = files("detectors.training").joinpath("templates", f"{which}.txt").read_text("utf-8")
    return text.strip("\n").split(PARTING)


def letters(which: str, *, each: int, seed: int = 9) -> Iterator[Labelled]:
    """Yield `each` letters from every template; the same seed gives the same letters."""
    for number, template in enumerate(templates(which)):
        random = Random(f"{seed} {which} {number}")  # noqa: S311 - not for secrets
        for copy in range(each):
            yield filled(f"{which}-{number}-{copy}", template, random)


def filled(name: str, template: str, random: Random, *, slots: Slots = SLOTS) -> Labelled:
    """Fill one template, and label what was put into the slots that a rule should find."""
    laid = _CHOICE.sub(
        lambda match: random.choice(match[1].split("|")), _with_rows(template, random)
    )
    text, labels = "", []
    for piece, slot in _pieces(laid):
        text += piece
        rule, make = slots[slot] if slot else (None, None)
        value = make(random) if make else ""
        if rule:
            labels.append(Label(rule, len(text), len(text) + len(value)))
        text += value
    return Labelled(name, text, tuple(labels))


def _pieces(template: str) -> Iterator[tuple[str, str]]:
    """Yield each stretch of plain text with the slot behind it; the last has none."""
    split = _SLOT.split(template)
    yield from zip(split[::2], [*split[1::2], ""], strict=True)


def _with_rows(template: str, random: Random) -> str:
    """Repeat the lines that are rows."""
    repeat: Callable[[str], str] = partial(_row, random=random)
    return "\n".join(map(repeat, template.split("\n")))


def _row(line: str, *, random: Random) -> str:
    if not line.startswith("* "):
        return line
    return "\n".join([line.removeprefix("* ")] * random.randrange(1, _MOST_ROWS))
