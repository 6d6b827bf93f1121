"""Draw the picture of `docs/reviewing.md`: the review screen over a few invented messages.

python -P -m demo.review_picture    writes docs/reviewing.svg
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from commands.app import App
from commands.reviewing import screen

PICTURE = Path(__file__).parents[1] / "docs" / "reviewing.svg"
SECTION9 = Path(sys.executable).with_name("section9")
CASE = ("--case", "C-0001")
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # they would be fetched from elsewhere
KEYS = ("j", "enter")
FORM = """\
Message-ID: <{number}@school.example>
Date: {day} Sep 2026 {time}:00 +0100
From: {sender}
To: {to}
Subject: {subject}
{references}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{body}
"""
JO, SAM, HEAD = (
    "Jo Doe <j.doe@school.example>",
    "Sam Parent <sam.parent@home.example>",
    "Ann Head <a.head@school.example>",
)
FIRM = "Quarry Coaches <office@coaches.example>"
OLDER = """

On 16 Sep 2026, Sam Parent wrote:
> When does the coach leave?
> Ada looks forward to it.
"""
MAILS = (
    (4, "08:15", JO, HEAD, "Coaches for the quarry trip", "", "Two firms have answered."),
    (7, "11:40", FIRM, JO, "Our offer: 49 seats", "", "We can do it for 640 pounds, all in."),
    (9, "16:02", JO, FIRM, "Re: Our offer: 49 seats", "2", "Agreed. Nine at the north gate."),
    (11, "09:30", HEAD, JO, "Risk assessment", "", "Please send it before Friday."),
    (14, "12:21", JO, HEAD, "Re: Risk assessment", "4", "Attached to the usual folder."),
    (15, "17:48", JO, "Union <rep@union.example>", "Overtime on trips", "", "Can we talk?"),
    (16, "21:40", SAM, JO, "the trip to the quarry", "", "When does the coach leave?"),
    (
        *(17, "10:12", JO, SAM, "Re: the trip to the quarry: forms and a note", "7"),
        "Dear Sam,\n\nthank you for the form. For the nurse I note Ada's NHS number\n"
        "943 476 5919, and that she carries an inhaler; her date of\nbirth is 4 March 2014.\n\n"
        f"The coach leaves at nine from the north gate. Bring boots.\n\nJo{OLDER}",
    ),
    (18, "07:55", SAM, JO, "Re: the trip to the quarry: forms and a note", "8", "Thank you!"),
)


def main() -> None:
    """Make an archive, review some of it, and draw what the next reviewer sees."""
    os.environ["SUDO_USER"] = "i.nspector"  # whose screen it is
    os.environ["SECTION9_TRUST__DOMAINS"] = '["school.example"]'
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        made(Path(folder), home)
        PICTURE.write_text(FONTS.sub("", asyncio.run(drawn(home))))


def made(folder: Path, home: Path) -> None:
    """A data folder with a case that two accounts have begun to review."""
    mail = folder / "mail"
    mail.mkdir()
    for number, (day, time, sender, to, subject, answers, body) in enumerate(MAILS, start=1):
        references = f"References: <{answers}@school.example>\n" if answers else ""
        text = FORM.format(
            number=number,
            day=day,
            time=time,
            sender=sender,
            to=to,
            subject=subject,
            references=references,
            body=body,
        )
        (mail / f"{number}.eml").write_text(text)
    for words in (
        ("init",),
        ("ingest", str(mail)),
        *(("case", "open", "--purpose", "a", "--authoriser", "h.ead", *opened()),),
        ("review", "admit", "s.econd", *CASE, "--reason", "two pairs of eyes"),
        ("review", "mark", "--query", "coaches.example", *CASE, "--as", "relevant"),
        ("review", "mark", "--query", "risk", *CASE, "--as", "not-relevant"),
        ("review", "mark", "--query", "union", *CASE, "--as", "privileged", "--reason", "union"),
        ("review", "tag", "--query", "seats", *CASE, "--add", "coach-firm"),
        ("review", "assign", "--query", "from:home.example", *CASE, "--to", "s.econd"),
    ):
        subprocess.run(  # noqa: S603 - our own program
            [SECTION9, "--home", home, *words], check=True, capture_output=True
        )


def opened() -> tuple[str, ...]:
    """The rest of the case."""
    dates = ("--since", "2026-09-01", "--until", "2026-10-31", "--expires", "2099-12-31")
    return ("--reason", "HR referral 17", "--person", "j.doe@school.example", *dates)


async def drawn(home: Path) -> str:
    """The screen after some keys, as SVG."""
    app = screen(App(home), "C-0001")
    async with app.run_test(size=(124, 34)) as pilot:
        await pilot.press(*KEYS)
        await pilot.pause()
        return app.export_screenshot(title="section9 review --case C-0001")


if __name__ == "__main__":
    main()
