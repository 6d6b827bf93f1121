"""Invented journal reports for the tests, put together piece by piece."""

from dataclasses import dataclass

from ingest.journal import Report, unwrap
from ingest.reports.envelope import Addressee
from ingest.reports.trust import Verdict, judge
from section9 import Role

MARK = "X-MS-Journal-Report:"

INNER = """\
Received: from a.school.example by b.school.example; Mon, 4 Mar 2024 09:00:00 +0000
From: Ada Lyle <ada@school.example>
To: Ben Moss <ben@school.example>
Subject: Trip to the coast
Message-ID: <m1@school.example>
Content-Type: text/plain

Bring boots.
.
..two dots
""".replace("\n", "\r\n").encode()

ENVELOPE = """\
Sender: ada@school.example
Subject: Trip to the coast
Message-Id: <m1@school.example>
To: ben@school.example
Cc: cara@school.example, Expanded: staff@school.example
Bcc: dan@school.example
Recipient: eve@other.example, Forwarded: finn@school.example
"""

PEOPLE = (
    Addressee("ben@school.example", Role.TO),
    Addressee("cara@school.example", Role.CC, expanded_from="staff@school.example"),
    Addressee("dan@school.example", Role.BCC),
    Addressee("eve@other.example", Role.UNVERIFIED, forwarded_from="finn@school.example"),
)


@dataclass(frozen=True)
class Made:
    """The pieces of an invented report; `build` puts them together."""

    envelope: str | bytes = ENVELOPE
    inner: bytes = INNER
    mark: str = MARK
    outer: str = ""  # more header lines
    envelope_type: str = 'text/plain; charset="us-ascii"'
    encoding: str = "7bit"
    inner_header: str = "Content-Type: message/rfc822"
    more: bytes = b""  # further parts, delimiters included
    media: str = "multipart/mixed"
    end: bytes = b"\r\n--b0--\r\n"

    def build(self) -> bytes:
        """The bytes of the report."""
        outer = f"From: ada@school.example\n{self.mark}\n{self.outer}MIME-Version: 1.0\n"
        outer += f'Content-Type: {self.media}; boundary="b0"\n\n--b0\n'
        outer += f"Content-Type: {self.envelope_type}\n"
        outer += f"Content-Transfer-Encoding: {self.encoding}\n\n"
        between = f"\n--b0\n{self.inner_header}\n\n"
        text = self.envelope if isinstance(self.envelope, bytes) else crlf(self.envelope).encode()
        return crlf(outer).encode() + text + crlf(between).encode() + self.inner + self.rest

    @property
    def rest(self) -> bytes:
        """What follows the original."""
        return self.more + self.end


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def read(made: Made) -> Report:
    report = unwrap(made.build())
    assert report is not None
    return report


def verdict(made: Made) -> Verdict:
    return judge(read(made), trusted=True)


def enveloped(old: str, new: str) -> Made:
    assert old in ENVELOPE
    return Made(envelope=ENVELOPE.replace(old, new))


def inner(old: str, new: str) -> bytes:
    assert crlf(old).encode() in INNER
    return INNER.replace(crlf(old).encode(), crlf(new).encode())


def bounce(report: bytes, to: str = "journal@archive.example") -> bytes:
    head = (
        "From: postmaster@school.example\nSubject: Undeliverable\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="n0"\n\n'
        "--n0\nContent-Type: text/plain\n\nIt failed.\n"
        "--n0\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;b.school.example\n\n"
        f"Final-Recipient: rfc822;{to}\nAction: failed\nStatus: 5.7.1\n\n"
        "--n0\nContent-Type: message/rfc822\n\n"
    )
    return crlf(head).encode() + report + b"\r\n--n0--\r\n"
