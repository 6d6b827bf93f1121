"""mbox: many messages in one file, each after a line that begins with `From `.

What it holds between two such lines is kept as it stands, its From line with it: an mbox is never
'unquoted', because only its writer knows which of `>From` it quoted (mboxo, mboxrd).
"""

import re
from collections.abc import Iterator

from ingest.formats.kinds import Content

FROM_LINE = re.compile(rb"From [^\r\n]{1,1000}\d\d:\d\d[^\r\n]{0,100}\r?\n")
"""The line before a message in an mbox (RFC 4155). Its time of day tells it from prose."""

SEPARATOR = re.compile(rb"(?P<last_line>\r?\n)\r?\n(?=" + FROM_LINE.pattern + rb")")
"""The end of a message's last line and the empty line before the next message's From line."""

END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
CONTENT_LENGTH = re.compile(rb"\nContent-Length:[ \t]*([0-9]{1,12})[ \t]*\r?\n", re.IGNORECASE)
LONGEST_HEADERS = 256 * 1024  # bytes in which Content-Length is looked for


def spans(content: Content) -> Iterator[tuple[int, int]]:
    """Yield where each message starts and ends; a file that holds only one is that one, whole."""
    start = 0
    # The cheap look first: nearly every file is one message, and the expression reads it all.
    if FROM_LINE.match(content) and content.find(b"\nFrom ") >= 0:
        while separator := SEPARATOR.search(content, _past_body(content, start)):
            yield start, separator.end("last_line")
            start = separator.end()
    yield start, len(content)


def _past_body(content: Content, start: int) -> int:
    """Where to look for the end of the message at `start`.

    An mboxcl2 quotes no From line and says in Content-Length how long the body is. It is believed
    only where it ends exactly before a From line, so that no message can hide the next.
    """
    headers = END_OF_HEADERS.search(content, start, start + LONGEST_HEADERS)
    if headers is None:
        return start
    told = CONTENT_LENGTH.search(content, start, headers.end())
    if told is None:
        return start
    end = headers.end() + int(told[1])
    for last_line in (end - 2, end - 1, end):  # the body's last line end, or the one after it
        if last_line >= headers.start() and SEPARATOR.match(content, last_line):
            return last_line
    return start
