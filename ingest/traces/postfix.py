"""The log of Postfix: `cleanup` tells a message's id, `smtp`, `lmtp`, `local` … its deliveries.

Both name the queue file, which is forgotten when the message leaves the queue (`qmgr: removed`).
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from ingest.traces.claim import Entry, Skipped, claimed

QUEUED = 200_000  # messages in the queue whose ids are kept; the oldest goes first

LINE = re.compile(
    r"(?P<at>\S+(?: +\d{1,2} [\d:]{8})?) .{0,300}?postfix[\w/.-]{0,60}\[\d{1,9}\]: "
    r"(?:\[ID [^]]{1,40}\] )?(?P<queue>[0-9A-Za-z]{5,20}): (?P<said>.*)"
)
"""`Nov 23 10:00:01 mail postfix/smtp[12]: 4F3A9C: …`, or the moment as in RFC 3339."""
_ID = re.compile(r"message-id=<?([^>\s]*)")
_TO = re.compile(r"(?:^|, )to=<([^>]{0,1000})>")
_GIVEN = re.compile(r", orig_to=<([^>]{0,1000})>")  # before aliases, as the journal's copy has it
_SENT = re.compile(r", status=sent\b")


def is_log(line: str) -> bool:
    """Tell a line of a log of Postfix by its look."""
    return LINE.match(line) is not None


def entries(
    lines: Iterable[str], *, after: int = 0, journal: frozenset[str] = frozenset()
) -> Iterator[Entry]:
    """Yield what each line says; `after` lines have been read."""
    ids: OrderedDict[str, str] = OrderedDict()
    for number, line in enumerate(lines, after + 1):
        found = LINE.match(line)
        yield _entry(found, ids, number, journal) if found else Skipped.OTHER_STEP


def _entry(
    found: re.Match[str], ids: OrderedDict[str, str], number: int, journal: frozenset[str]
) -> Entry:
    queue, said = found["queue"], found["said"]
    to, sent = _TO.search(said), _SENT.search(said)
    if to and sent:
        person = (_GIVEN.search(said) or to)[1].lower()
        return claimed(number, found["at"], ids.get(queue, ""), (person,), journal)
    if named := _ID.match(said):
        ids[queue] = named[1]
        if len(ids) > QUEUED:
            ids.popitem(last=False)
    elif said.startswith("removed"):
        ids.pop(queue, None)
    return Skipped.OTHER_STEP
