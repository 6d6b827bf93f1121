"""Reading the mail of a breach: through the gate, which records every look."""

from collections.abc import Iterator

from cases.blast import Read
from cases.breaches import Breach
from cases.gate import Gate
from search.tree import clean
from search.words import words
from section9 import MailId, Record

WHOLE = "text"
REASON = "personal data breach"
MOST_RECALLS = 20
FIRST_WORDS = 12  # of a subject, that tell it from others


def read(gate: Gate, breach: Breach) -> Read:
    """Read a breach's messages, what followed in their conversations, and attempts to recall them.

    Raises `NoAuthorityError` where the case opens them no more.
    """
    opened = [
        gate.show(breach.case, mail, view=WHOLE, reason=f"{REASON} {breach.id}")
        for mail in breach.mails
    ]
    records = tuple(one.record for one in opened)
    after: dict[MailId, Record] = {}
    missing = 0
    for record in records:
        talk = gate.thread(breach.case, record.mail)
        missing = max(missing, talk.thread.missing)
        after |= {one.record.mail: one.record for one in talk.thread.replies}
    return Read(
        records=records,
        after=tuple(_later(records, after)),
        recalls=sum(_recalls(gate, breach, record) for record in records),
        closed=sum(one.view != WHOLE for one in opened),
        missing=missing,
        behind=talk.answer.behind,
    )


def _later(records: tuple[Record, ...], found: dict[MailId, Record]) -> Iterator[Record]:
    """Those of a conversation that came after the first of the breach's messages."""
    own = {record.mail for record in records}
    dates = [record.date for record in records if record.date]
    for record in found.values():
        late = not dates or record.date is None or record.date >= min(dates)
        if record.mail not in own and late:
            yield record


def _recalls(gate: Gate, breach: Breach, record: Record) -> int:
    """Count what Outlook sends to call a message back: `Recall: SUBJECT`."""
    subject = words(record.parsed.subject)[:FIRST_WORDS]
    if not subject:
        return 0
    phrase = " ".join(("recall", *subject))
    hits = gate.search(breach.case, f'subject:"{phrase}"', limit=MOST_RECALLS).page.hits
    return sum(clean(hit.subject.text).startswith("recall:") for hit in hits)
