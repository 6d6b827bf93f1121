"""What `--json` prints of conversations and facets. See `lines.py` for the contract."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct, field

from cases.answers import Conversation
from section9 import MailId, RuleId


class ThreadLine(Struct, frozen=True, tag_field="schema", tag="section9.thread/1"):
    """One message of a conversation, at its place in it."""

    mail: MailId
    parent: MailId | None  # the nearest message above it that the case sees
    depth: int
    missing: int  # between the two, or before it: not in scope or not archived
    date: datetime | None
    from_: str = field(name="from")
    to: tuple[str, ...]
    recipients: int
    subject: str
    excerpt: str  # how its own words begin, without what it quotes
    findings: tuple[RuleId, ...]
    copies: int
    attachments: int
    deleted: bool
    opaque: bool
    withheld: int | None  # bytes, where only the metadata may be given


class FacetLine(Struct, frozen=True, tag_field="schema", tag="section9.facet/1"):
    """In how many of the messages found a field has a value: one of its most frequent."""

    field: str
    value: str
    count: int


def thread_lines(conversation: Conversation) -> Iterator[ThreadLine]:
    """The messages of a conversation."""
    answer = conversation.answer
    for reply, hit in zip(conversation.thread.replies, answer.page.hits, strict=True):
        yield ThreadLine(
            mail=hit.mail,
            parent=reply.parent,
            depth=reply.depth,
            missing=reply.missing,
            date=hit.date,
            from_=hit.from_,
            to=hit.to,
            recipients=hit.recipients,
            subject=hit.subject.text,
            excerpt=hit.excerpt.text,
            findings=hit.findings,
            copies=hit.copies,
            attachments=hit.attachments,
            deleted=hit.deleted,
            opaque=hit.opaque,
            withheld=answer.sizes.get(hit.mail),
        )
