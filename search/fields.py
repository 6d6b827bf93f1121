"""The one table of fields: the parser, the engines, the help and shell completion read it.

A field is what a person types before the colon. A column is where an engine keeps the words or
values of one part of a record; `document.py` fills them. A field searches one column or several.
To add a field, add a line to `FIELDS`; to add a column, add it here and in `document.py`.
"""

import difflib
from dataclasses import dataclass
from enum import StrEnum

from section9 import Category, Confidence, Direction, Role, Source

DEFAULT = "text"
"""The field of a term that names none."""

PROSE_COLUMNS = ("subject", "body", "attachment")
"""Columns of running text: a plain word also finds its English inflections here."""
PEOPLE_COLUMNS = ("from", "to", "cc", "bcc", "reply_to", "sender", "envelope", "mailbox")
"""Columns of names and addresses, kept twice: as words, and as exact addresses."""
NAME_COLUMNS = ("filename", *PEOPLE_COLUMNS)
"""Columns of names: a plain word is looked for as it stands."""
TEXT_COLUMNS = (*PROSE_COLUMNS, *NAME_COLUMNS)

REVIEW_STATES = (
    *("disputed", "not-relevant", "noted", "privileged", "relevant", "reviewed", "undecided"),
)
"""What `is:` may ask of a case's review."""
FINDING_FIELDS = ("finding", "category", "clause", "confidence", "severity")
"""Fields of what a detector found: a mail has a value of each, or of none."""

RECIPIENTS = ("to", "cc", "bcc", "envelope")
PARTICIPANTS = ("from", *RECIPIENTS, "sender", "mailbox")


class Kind(StrEnum):
    """How the terms of a field are read."""

    TEXT = "text"  # words, phrases, prefixes
    PEOPLE = "people"  # the same, and a full address is matched exactly
    VALUE = "value"  # one value as a whole, or its beginning and a *
    GRADE = "grade"  # one of `choices`, which are steps upwards, or a range of them
    SIZE = "size"  # a range of bytes
    DATE = "date"  # a day, month or year (UTC), or a range
    DIRECTORY = "directory"  # a name, for which the addresses stand that the directory has
    ID = "id"  # the first digits of a mail's id
    REVIEW = "review"  # as VALUE, of what reviewers of a case say: no index knows it


@dataclass(frozen=True, slots=True)
class Field:
    """One field: where it looks and what help says of it."""

    name: str
    kind: Kind
    about: str
    example: str
    columns: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()  # the only values there are; empty where any may be

    @property
    def exact(self) -> bool:
        """Tell whether its values are names, so that they can be counted."""
        return self.kind in {Kind.PEOPLE, Kind.VALUE, Kind.GRADE}

    @property
    def whole(self) -> bool:
        """Tell whether engines keep its values whole: exact ones, moments and sizes in a column."""
        return self.exact or (self.kind in {Kind.DATE, Kind.SIZE} and bool(self.columns))


FIELDS = (
    Field(
        DEFAULT,
        Kind.TEXT,
        "anything a reader would see: subject, body, attachments and their names, people. "
        "A term without a field means this one",
        "grievance",
        (*PROSE_COLUMNS, "filename", "from", *RECIPIENTS),
    ),
    Field("subject", Kind.TEXT, "the subject line", "subject:trip", ("subject",)),
    Field(
        "body",
        Kind.TEXT,
        "the text of the message, and the headers of messages enclosed in it",
        'body:"keep this between us"',
        ("body",),
    ),
    Field(
        "attachment", Kind.TEXT, "the text inside attachments", "attachment:budget", ("attachment",)
    ),
    Field(
        "filename",
        Kind.TEXT,
        "the names of attached files",
        "filename:register.xlsx",
        ("filename",),
    ),
    Field("from", Kind.PEOPLE, "who wrote it, by name or address", "from:j.doe", ("from",)),
    Field("to", Kind.PEOPLE, "people on the To line", 'to:"jane doe"', ("to",)),
    Field("cc", Kind.PEOPLE, "people on the Cc line", "cc:head@school.example", ("cc",)),
    Field(
        "bcc",
        Kind.PEOPLE,
        "people on the Bcc line where a copy kept it, and those a journal report names as Bcc",
        "bcc:j.doe",
        ("bcc",),
    ),
    Field(
        "rcpt",
        Kind.PEOPLE,
        "anybody it was sent to: To, Cc, Bcc, and those that only the envelope names",
        "rcpt:j.doe@home.example",
        RECIPIENTS,
    ),
    Field(
        "reply-to", Kind.PEOPLE, "where replies are asked to go", "reply-to:j.doe", ("reply_to",)
    ),
    Field(
        "sender", Kind.PEOPLE, "the envelope's sender (MAIL FROM)", "sender:bounces*", ("sender",)
    ),
    Field("mailbox", Kind.PEOPLE, "whose mailbox a copy lay in", "mailbox:j.doe", ("mailbox",)),
    Field(
        "participant",
        Kind.PEOPLE,
        "anybody who wrote it, was sent it or had it: from, rcpt, sender and mailbox together",
        "participant:j.doe@school.example",
        PARTICIPANTS,
    ),
    Field(
        "person",
        Kind.DIRECTORY,
        "somebody of the directory as a participant, by any of their addresses",
        'person:"Jane Doe"',
    ),
    Field(
        "school",
        Kind.DIRECTORY,
        "anybody of a school of the directory as a participant",
        'school:"North Primary"',
    ),
    Field(
        "domain",
        Kind.VALUE,
        "the domain of any participant's address",
        "domain:home.example",
        ("domain",),
    ),
    Field(
        "folder",
        Kind.VALUE,
        "the folder or file a copy was read from, and any folder it was in since: its whole path, "
        "or the end of it",
        'folder:"deleted items"',
        ("folder",),
    ),
    Field(
        "message-id",
        Kind.VALUE,
        "the Message-ID header",
        'message-id:"a1@school.example"',
        ("message_id",),
    ),
    Field(
        "references",
        Kind.VALUE,
        "a Message-ID that it says it answers: References and In-Reply-To",
        'references:"a1@school.example"',
        ("references",),
    ),
    Field(
        "thread",
        Kind.VALUE,
        "the message with this Message-ID and all that refer to it; `section9 thread` follows a "
        "conversation further",
        'thread:"a1@school.example"',
        ("message_id", "references"),
    ),
    Field(
        "date",
        Kind.DATE,
        "when it was sent (UTC): a day, a week, a month, a year or a range; or in words, also the "
        "names of terms ([[trust.terms]])",
        "date:2026-03",
    ),
    Field("id", Kind.ID, "a mail's id, or how it begins", "id:3fa9c1"),
    Field("has", Kind.VALUE, "what it carries", "has:attachment", ("has",), ("attachment",)),
    Field(
        "type",
        Kind.VALUE,
        "what an attachment is, by its media type or the end of its name",
        "type:pdf",
        ("type",),
    ),
    Field(
        "size",
        Kind.SIZE,
        "how large it is, attachments and all: bytes, or K, M, G of them",
        "size:>1M",
        ("size",),
    ),
    Field(
        "is",
        Kind.VALUE,
        "deleted: a copy is deleted or purged in its mailbox; "
        "flagged: a detector found something, and is more than barely sure; "
        "opaque: part of it could not be read, so no search sees that part; encrypted: that part "
        "is; sealed: nobody may see it; "
        "external: it came from outside the trust or went there; "
        "forged: a journal report that was not believed; held: a hold keeps it; "
        "relevant, not-relevant, privileged, undecided: the verdict of the case's review; "
        "reviewed, disputed, noted: where that stands",
        "is:deleted",
        ("is",),
        (
            *("deleted", "encrypted", "external", "flagged", "forged", "held", "opaque", "sealed"),
            *REVIEW_STATES,
        ),
    ),
    Field("tag", Kind.REVIEW, "a tag that reviewers of the case put on it", "tag:hr/grievance"),
    Field("assigned", Kind.REVIEW, "to whom of its reviewers it was given", "assigned:i.nspector"),
    Field(
        "todo",
        Kind.REVIEW,
        "what waits for this reviewer's word: given to them, or theirs to check",
        "todo:i.nspector",
    ),
    Field("seen", Kind.REVIEW, "found by this saved search when it last ran", "seen:coach-firms"),
    Field(
        "deleted",
        Kind.DATE,
        "by when a copy was found deleted or purged from its mailbox",
        "deleted:[2026-01-01 TO *]",
        ("deleted",),
    ),
    Field(
        "role",
        Kind.VALUE,
        "in which role the mail server says that somebody was sent it",
        "role:bcc",
        ("role",),
        tuple(Role),
    ),
    Field(
        "direction",
        Kind.VALUE,
        "which way it crossed the trust's border, by its own domains ([trust] domains) and by who "
        "really sent and got it; unknown where they are not configured",
        "direction:outbound",
        ("direction",),
        tuple(Direction),
    ),
    Field(
        "list",
        Kind.VALUE,
        "a mailing list that the mail server expanded",
        "list:all-staff@school.example",
        ("list",),
    ),
    Field(
        "obo",
        Kind.VALUE,
        "on whose behalf the mail server says it was sent",
        "obo:head@school.example",
        ("obo",),
    ),
    Field(
        "finding",
        Kind.VALUE,
        "the detection rule that found something",
        "finding:nhs-number",
        ("finding",),
    ),
    Field(
        "formerly",
        Kind.VALUE,
        "the detection rule of which an earlier version found something where the latest that read "
        "the message finds nothing",
        "formerly:nhs-number",
        ("formerly",),
    ),
    Field(
        "category",
        Kind.VALUE,
        "the kind of trouble found",
        "category:financial",
        ("category",),
        tuple(Category),
    ),
    Field(
        "clause",
        Kind.VALUE,
        "the policy clause of a finding, or clause:4.* for a section",
        "clause:4.5",
        ("clause",),
    ),
    Field(
        "confidence",
        Kind.GRADE,
        "how sure the detector was",
        "confidence:high",
        ("confidence",),
        tuple(Confidence),
    ),
    Field(
        "severity",
        Kind.GRADE,
        "of any finding, from 1 (note) to 5 (act now)",
        "severity:>=4",
        ("severity",),
        ("1", "2", "3", "4", "5"),
    ),
    Field(
        "source",
        Kind.VALUE,
        "the road a copy came in by",
        "source:file",
        ("source",),
        tuple(Source),
    ),
)

BY_NAME = {field.name: field for field in FIELDS}
FACETS = tuple(field.name for field in FIELDS if field.name == "date" or field.exact)
"""Fields whose values can be counted; of the date, the months."""

SYNTAX = (
    ("meeting", "the word or an inflection of it: meet, meets"),
    ('"meeting"', "exactly this word, but for case and accents"),
    ('"annual pay review"', "these words in this order"),
    ("safeg*", "words that begin so"),
    ("sch*l", "words that look so: * is any letters or none, ? is one; *burger too"),
    ("meeting~", "the word with one letter wrong, or two of a long word; ~1 and ~2 say how many"),
    ('"pay review"~10', "both words in any order, with at most ten others among them"),
    ("from:*@home.example", "a whole address, or another value, with wildcards"),
    (r"from:/j\.d.*@(home|mail)\.example/", "a whole address by a regular expression"),
    ("grievance pay", "both: terms side by side narrow the search"),
    ("grievance OR appeal", "either; capitals matter"),
    ("grievance -pay", "the first without the second; NOT pay says the same"),
    ("a OR b c", "(a OR b) AND c: use parentheses to be sure"),
    ("from:(j.doe OR head)", "a field for a whole group"),
    ("date:[2026-01-01 TO 2026-03-31]", "from day to day, both included; * leaves an end open"),
    ("date:>=2026-01", "from a day, month or year on; also > < <="),
    ("date:2026-W12", "a week, from Monday on"),
    (
        'date:"last month"',
        "today, yesterday, last 7 days; this or last week, month, year, term; or a term by name",
    ),
    ("size:>1M", "larger than that; K, M and G are 1,024 of the one before"),
    ('person:"Jane Doe" type:pdf', "PDFs from or to any of her addresses"),
    (
        "tag:hr/* -is:privileged",
        "what reviewers of the case said: tags, and where a verdict stands",
    ),
    ("todo:i.nspector OR is:disputed", "what waits for a reviewer, and what two judged otherwise"),
    ("*", "every message"),
)
"""How terms combine: example and meaning, for help."""


def nearest(word: str, known: list[str]) -> str | None:
    """Give the known word that a mistyped one was probably meant to be."""
    return next(iter(difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)), None)
