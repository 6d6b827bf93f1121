"""What a file is, by its bytes. Its name is asked only where they say nothing."""

import mmap
import re
from enum import StrEnum

HEADER = re.compile(rb"^([!-9;-~]+)[ \t]*:", re.MULTILINE)
MAIL_HEADERS = frozenset(
    b"bcc cc content-transfer-encoding content-type date delivered-to from message-id "
    b"mime-version received reply-to return-path sender subject to x-mailer".split()
)
SNIFFED = 16_384  # bytes in which a mail shows a header that only mail has
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MSG_PROPERTIES = "__properties_version1.0".encode("utf-16-le")  # MS-OXMSG, 2.4
OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/")  # at the start of office documents

Content = bytes | mmap.mmap


class Kind(StrEnum):
    """How a file of mail is read."""

    MAIL = "mail"  # one message, or an mbox
    MSG = "msg"
    PST = "pst"  # .ost too
    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    OTHER = "other"


ALWAYS_MAIL = frozenset({".eml", ".mbox"})
PROMISES = {
    ".msg": "an Outlook message",
    ".pst": "an Outlook data file",
    ".ost": "an Outlook data file",
    ".zip": "a zip archive",
    ".tar": "a tar archive",
    ".tgz": "a gzip archive",
    ".gz": "a gzip archive",
}
"""What a name promises that the bytes must keep."""


def detect(content: Content, suffix: str) -> Kind:
    """Tell what a file is; `suffix` is that of its name, in lower case."""
    start = content[:512]
    if start.startswith(b"!BDN"):  # MS-PST, 2.2.2.6
        return Kind.PST
    if start.startswith(OLE):
        return Kind.MSG if content.find(MSG_PROPERTIES) >= 0 else Kind.OTHER
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.OTHER if any(mark in start for mark in OFFICE) else Kind.ZIP
    if start.startswith(b"\x1f\x8b\x08"):
        return Kind.GZIP
    if start[257:262] == b"ustar":
        return Kind.TAR
    return Kind.MAIL if suffix in ALWAYS_MAIL or looks_like_mail(content) else Kind.OTHER


def looks_like_mail(content: Content) -> bool:
    """Tell mail from anything else by a header that only mail has, near the start."""
    found = HEADER.finditer(content, 0, SNIFFED)
    return any(match[1].lower() in MAIL_HEADERS for match in found)
