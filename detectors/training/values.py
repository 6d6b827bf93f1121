"""Invented values for the slots of a letter, written as people write them.

Identifiers pass their checks, NHS numbers come from the range kept for tests (999), telephones
from Ofcom's numbers for drama, addresses on the Internet from those for documents (RFC 5737).
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from stdnum import iban as iban_
from stdnum import luhn
from stdnum.gb import nhs as nhs_
from stdnum.gb import upn as upn_
from stdnum.gb import utr as utr_

from detectors.uln import passes

Maker = Callable[[Random], str]

FIRST = [
    "Ann", "Bilal", "Ceri", "Devan", "Ewa", "Femi", "Greta", "Hamza", "Isla", "Joss", "Kofi",
    "Layla", "Marta", "Nadia", "Oskar", "Priya", "Quinn", "Rosa", "Sanjay", "Tegan", "Umar",
    "Vera", "Wren", "Xanthe", "Yusuf", "Zofia",
]  # fmt: skip
LAST = [
    "Abernew", "Bowditch", "Czerny", "Dunmore", "Eze", "Flindqvist", "Garforth", "Hollins",
    "Iqbal-Moor", "Jessop", "Kettlewell", "Lomax", "Mossgray", "Norridge", "Okonjo", "Pillai",
    "Quantock", "Rudge", "Starkey", "Thwaite", "Underhay", "Vosper", "Wrenfield", "Yardley",
    "Zielinski",
]  # fmt: skip
STREETS = "Acacia Avenue;Old Mill Road;Priory Close;Station Road;Larch Way;High Street;Quarry Lane"
TOWNS = ("Larkmere", "Hallowbeck", "Thornby", "Millbeck")
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
THIN, NONE, FULL = "\u00a0", "\u200b", str.maketrans("0123456789", "０１２３４５６７８９")
TODAY = date(2026, 11, 1)


def digits(random: Random, count: int) -> str:
    """Return so many digits, the first not 0."""
    return str(random.randrange(10 ** (count - 1), 10**count))


def grouped(random: Random, written: str, *sizes: int) -> str:
    """Part a code as people do: mostly not or by spaces, sometimes oddly."""
    groups, at = [], 0
    for size in sizes:
        groups.append(written[at : at + size])
        at += size
    joint = random.choice(["", "", " ", " ", " ", "-", THIN, NONE])
    joined = joint.join([*groups, *([written[at:]] if at < len(written) else [])])
    return joined.translate(FULL) if random.random() < 0.02 else joined  # noqa: PLR2004 - one in fifty


def until(make: Callable[[], str], good: Callable[[str], bool]) -> str:
    """Make values until one is good."""
    while not good(value := make()):
        pass
    return value


def nhs(random: Random) -> str:
    """Return an NHS number from the range for tests."""
    number = until(lambda: "999" + digits(random, 7), nhs_.is_valid)
    return grouped(random, number, 3, 3, 4)


def nino(random: Random) -> str:
    """Return a National Insurance number."""
    prefix = random.choice(["AB", "CE", "JX", "PW", "RL", "SH", "TM", "WE", "YK", "ZA"])
    number = prefix + digits(random, 6) + random.choice("ABCD")
    return grouped(random, number, 2, 2, 2, 2, 1)


def upn(random: Random) -> str:
    """Return a permanent Unique Pupil Number."""
    body = random.choice(["801", "330", "937", "210", "873"]) + digits(random, 9)
    return upn_.calc_check_digit(body) + body


def upn_temporary(random: Random) -> str:
    """Return a temporary Unique Pupil Number: a letter in the place of its last digit."""
    body = random.choice(["801", "330", "937"]) + digits(random, 8) + random.choice("ABCDEFGHJK")
    return upn_.calc_check_digit(body) + body


def uln(random: Random) -> str:
    """Return a Unique Learner Number."""
    number = until(lambda: digits(random, 10), lambda text: passes([int(char) for char in text]))
    return grouped(random, number, 10)


def utr(random: Random) -> str:
    """Return a Unique Taxpayer Reference."""
    return grouped(random, until(lambda: digits(random, 10), utr_.is_valid), 5, 5)


def passport(random: Random) -> str:
    """Return a passport number of either shape."""
    new = "".join(random.choices(LETTERS, k=2)) + digits(random, 7)
    return random.choice([digits(random, 9), new])


def licence(random: Random) -> str:
    """Return a driver number."""
    surname = random.choice(LAST).replace("-", "").upper()[:5].ljust(5, "9")
    month = random.randrange(1, 13) + random.choice([0, 50])
    day, decade, year = random.randrange(1, 29), random.randrange(4, 10), random.randrange(10)
    initials = random.choice(LETTERS) + random.choice(LETTERS + "9")
    tail = digits(random, 1) + "".join(random.choices(LETTERS, k=2))
    number = f"{surname}{decade}{month:02}{day:02}{year}{initials}{tail}"
    return grouped(random, number, 5, 6, 5) if random.random() < 0.5 else number  # noqa: PLR2004 - half of them


def vehicle(random: Random) -> str:
    """Return a registration mark of one of three styles."""
    letters = "ABCDEFGHJKLMNPRSTUVWXY"
    three = "".join(random.choices(letters, k=3))
    age = random.choice([f"{random.randrange(2, 27):02}", f"{random.randrange(51, 77)}"])
    present = "".join(random.choices(letters, k=2)) + age
    gap = random.choice([" ", " ", ""])
    older = random.choice("ABCDEFGHJKLMNPRSTVWXY") + digits(random, 3)
    mark = random.choice([present, present, present, older]) + gap + three
    return mark.lower() if random.random() < 0.1 else mark  # noqa: PLR2004 - one in ten


def card(random: Random) -> str:
    """Return a card number of one of two schemes."""
    body = random.choice(["4", "51", "55"])
    body += "".join(str(random.randrange(10)) for _ in range(15 - len(body)))
    return grouped(random, body + luhn.calc_check_digit(body), 4, 4, 4, 4)


def sort_code(random: Random) -> str:
    """Return a sort code whose middle is no month."""
    pairs = [str(random.randrange(20, 99)) for _ in range(3)]
    return random.choice(["-", "-", " ", ""]).join(pairs)


def account(random: Random) -> str:
    """Return an account number."""
    return digits(random, 8)


def iban(random: Random) -> str:
    """Return a British account number in its international form."""
    body = "WEST" + digits(random, 14)
    number = "GB" + iban_.calc_check_digits("GB00" + body) + body
    return grouped(random, number, 4, 4, 4, 4, 4) if random.random() < 0.6 else number  # noqa: PLR2004 - more than half


def day(random: Random, *, first: date, last: date) -> str:
    """Return a day, in one of the ways that the British write one."""
    chosen = first + timedelta(random.randrange((last - first).days))
    form = random.choice(["%d/%m/%Y", "%d/%m/%Y", "%d.%m.%y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y"])
    return chosen.strftime(form)


def birth(random: Random) -> str:
    """Return the birthday of somebody at school."""
    return day(random, first=date(2007, 9, 1), last=date(2021, 8, 31))


def near(random: Random) -> str:
    """Return a day about now."""
    return day(random, first=TODAY - timedelta(100), last=TODAY + timedelta(100))


def future(random: Random) -> str:
    """Return a day some years ahead."""
    return day(random, first=TODAY + timedelta(300), last=TODAY + timedelta(3000))


def postcode(random: Random) -> str:
    """Return the shape of a postcode."""
    inward = digits(random, 1) + "".join(random.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
    return random.choice(["LM", "HB", "TY"]) + digits(random, 1) + " " + inward


def address(random: Random) -> str:
    """Return a house, a street, a town and a postcode."""
    house = random.choice(["", "Flat 2, ", ""]) + str(random.randrange(1, 200))
    street = random.choice(STREETS.split(";"))
    return f"{house} {street}, {random.choice(TOWNS)}, {postcode(random)}"


def mobile(random: Random) -> str:
    """Return a mobile number from Ofcom's range for drama."""
    last = digits(random, 3)
    return random.choice([f"07700 900{last}", f"07700900{last}", f"+44 7700 900{last}"])


def landline(random: Random) -> str:
    """Return a telephone number from Ofcom's ranges for drama."""
    last = digits(random, 3)
    return random.choice([f"01632 960{last}", f"020 7946 0{last}", f"(01632) 960 {last}"])


def internet_address(random: Random) -> str:
    """Return an address for documents (RFC 5737)."""
    return f"{random.choice(['203.0.113', '198.51.100', '192.0.2'])}.{random.randrange(1, 255)}"


def password(random: Random) -> str:
    """Return a password as schools give them out."""
    word = random.choice(["Maple", "tiger", "Larkmere", "bluebell", "Rocket"])
    return word + random.choice(["", "-", "_", "!"]) + digits(random, random.choice([2, 3, 4]))


def api_key(random: Random) -> str:
    """Return a key with a maker's mark."""
    letters = [*LETTERS, *LETTERS.lower(), *"23456789"]
    code = "".join(random.choices(letters, k=36))
    upper = "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
    return random.choice(["ghp_" + code, "AKIA" + upper, "xoxb-" + code])


def share_link(random: Random) -> str:
    """Return a link that opens a shared file."""
    code = "".join(random.choices(LETTERS + LETTERS.lower(), k=14))
    return random.choice(
        [
            f"https://1drv.ms/f/s!{code}",
            f"https://larkmere.sharepoint.com/:f:/g/{code}?e=1",
            f"https://drive.google.com/drive/folders/{code}",
            f"https://www.dropbox.com/scl/fo/{code}",
        ]
    )


def home_email(random: Random) -> str:
    """Return an address at a household's provider."""
    provider = random.choice(["gmail.com", "hotmail.co.uk", "btinternet.com", "icloud.com"])
    local = f"{random.choice(FIRST)}.{random.choice(LAST)}{random.randrange(99)}".lower()
    return f"{local.replace('-', '')}@{provider}"


def name(random: Random) -> str:
    """Return a whole name."""
    return f"{random.choice(FIRST)} {random.choice(LAST)}"
