"""All messages in one file for a mail program: an mbox (RFC 4155), From lines quoted as mboxrd.

Lines end in LF and a line that begins with `From `, however often quoted already, gets a `>`: so
this is a copy to read. The exact bytes are in `originals/`.
"""

import re
from datetime import UTC, datetime

FROM = re.compile(rb"^(>*From )", re.MULTILINE)
NOBODY = "MAILER-DAEMON"
UNFIT = re.compile(r"[^\x21-\x7e]")


def separated(content: bytes, *, sender: str, at: datetime) -> bytes:
    """One message with its From line, ready to follow the one before."""
    text = FROM.sub(rb">\1", content.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n")
    who = UNFIT.sub("", sender) or NOBODY
    return f"From {who} {at.astimezone(UTC):%a %b %e %H:%M:%S %Y}\n".encode() + text + b"\n"
