"""A house in which a class list went to the wrong people, and what followed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from running import House, made

SENDER = "p.tutor@school.example"
PUPILS = (
    ("Wilhelmina Quagga", "2011-02-01"),
    ("Tobias Okapi", "2012-03-02"),
    ("Perpetua Ibex", "2013-04-03"),
    ("Ambrose Kudu", "2014-09-04"),
    ("Rosalind Gaur", "2015-10-05"),
    ("Cornelius Eland", "2016-11-06"),
)
PEOPLE = (
    "address,name,role,school,year_group,leaving_date,date_of_birth\n"
    f"{SENDER},Prudence Tutor-Marsh,staff,Hill School,,,\n"
    "h.ead@school.example,Hilary Headley,staff,Hill School,,,\n"
    "m.parent@home.example,Mortimer Quagga,parent,,,,\n"
    + "".join(
        f"pupil{n}@school.example,{name},student,Hill School,7,,{born}\n"
        for n, (name, born) in enumerate(PUPILS)
    )
)
ROWS = "\n".join(f"{name},7A,{born}" for name, born in PUPILS)
LIST = f"""\
Message-ID: <list@school.example>
Date: Fri, 20 Nov 2026 14:10:00 +0000
From: Prudence Tutor-Marsh <{SENDER}>
To: Carol Coachman <carol.coachman@coach.example>, m.parent@home.example
Subject: Residential: class list
Content-Type: text/plain; charset=utf-8

The list for the coach:

Pupil name,Form,Date of birth
{ROWS}

Tobias Okapi was diagnosed with epilepsy in May. NHS number 943 476 5919.

Prudence Tutor-Marsh
"""
REPLY = f"""\
Message-ID: <reply@coach.example>
Date: Fri, 20 Nov 2026 15:55:00 +0000
From: Carol Coachman <carol.coachman@coach.example>
To: {SENDER}
In-Reply-To: <list@school.example>
References: <list@school.example>
Subject: Re: Residential: class list

This was not meant for us.
"""
FORWARD = """\
Message-ID: <forward@coach.example>
Date: Fri, 20 Nov 2026 16:01:00 +0000
From: Carol Coachman <carol.coachman@coach.example>
To: office@coach.example
Cc: p.tutor@school.example
References: <list@school.example>
Subject: Fwd: Residential: class list

What is this? <script>document.title='ran'</script>
"""
RECALL = f"""\
Message-ID: <recall@school.example>
Date: Fri, 20 Nov 2026 16:07:00 +0000
From: {SENDER}
To: Carol Coachman <carol.coachman@coach.example>
Subject: Recall: Residential: class list

The sender would like to recall the message.
"""
MAILS = {"list": LIST, "reply": REPLY, "forward": FORWARD, "recall": RECALL}
AWARE = ("--aware", "2026-11-20 16:05", "--who", "the office", "--how", "a telephone call")
TRUST = {
    "SECTION9_TRUST__NAME": "Hill Learning Trust",
    "SECTION9_TRUST__DOMAINS": '["school.example"]',
}


@contextmanager
def breached(folder: Path) -> Iterator[tuple[House, str]]:
    """The house, and the id of the message that went astray; a case on its sender is open."""
    mail = folder / "mail"
    mail.mkdir()
    for name, content in MAILS.items():
        (mail / f"{name}.eml").write_bytes(content.replace("\n", "\r\n").encode())
    (folder / "people.csv").write_text(PEOPLE)
    with made(folder / "home") as plain:
        ready = House(plain.home, TRUST)
        ready.must("people", "import", folder / "people.csv")
        ready.must("ingest", mail)
        ready.open_case(SENDER)
        asked = ("search", "body:coach finding:pupil-list", "--case", "C-0001", "--json")
        yield ready, str(ready.read(ready.must(*asked).splitlines()[0])["mail"])
