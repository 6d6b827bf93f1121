"""Messages that another one says too are folded into it, and nothing else is."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from search.folding import Fold, Sketch, folded, sketch
from section9 import (
    BlobId,
    MailId,
    ParsedMail,
    Part,
    Participant,
    PartId,
    PartKind,
    Record,
    Sighting,
    SightingId,
    Source,
    Span,
)

BEGAN = datetime(2026, 9, 1, tzinfo=UTC)
ORDER = "The coach for the trip to the Roman fort leaves the north gate at half past eight"
REPLY = "Then Year 6 will have to be fed at eight and the office told of it by Friday"


def mail(name: str, own: str, quoted: str = "", answers: tuple[str, ...] = ()) -> Record:
    digest = sha256(name.encode()).hexdigest()
    text = f"{own}\n" + "".join(f"> {line}\n" for line in quoted.splitlines())
    part = Part(
        PartId("1"),
        PartKind.BODY,
        "text/plain",
        "",
        len(text),
        sha256(text.encode()).hexdigest(),
        text,
        quoted=(Span(len(own) + 1, len(text)),) if quoted else (),
    )
    parsed = ParsedMail(
        message_id=f"{name}@school.example",
        date=BEGAN,
        subject="Trip",
        from_=(Participant("", "j.doe@school.example"),),
        references=tuple(f"{one}@school.example" for one in answers),
        parts=(part,),
    )
    copy = Sighting(SightingId(digest), BlobId(digest), Source.SMTP, BEGAN)
    return Record(MailId(digest), BEGAN, parsed, (copy,))


def attached(record: Record, content: str) -> Record:
    digest = sha256(content.encode()).hexdigest()
    part = Part(PartId("2"), PartKind.ATTACHMENT, "text/plain", "a.txt", 9, digest, content)
    parsed = replace(record.parsed, parts=(*record.parsed.parts, part))
    return replace(record, parsed=parsed)


def sketches(*records: Record) -> list[Sketch]:
    return [sketch(record, slim=lambda one: one) for record in records]


FIRST = mail("first", ORDER)
SECOND = mail("second", REPLY, ORDER, ("first",))
THIRD = mail("third", "Yes", f"{REPLY}\n> {ORDER}", ("first", "second"))


def test_what_a_later_message_quotes_whole_is_folded_into_the_last() -> None:
    """Of a conversation in which each quotes all before, one message is read."""
    found = folded(sketches(THIRD, SECOND, FIRST), Fold.INCLUSIVE)

    assert {FIRST.mail: THIRD.mail, SECOND.mail: THIRD.mail} == found


@pytest.mark.parametrize(
    "later",
    [
        mail("later", REPLY, ORDER),
        mail("later", REPLY, ORDER.replace("north", "south"), ("first",)),
        mail("later", REPLY, ORDER[:40], ("first",)),
        mail("later", ORDER, "", ("first",)),
    ],
    ids=[
        "no-reference",
        "altered",
        "cut",
        "not-quoted",
    ],
)
def test_what_is_not_repeated_word_for_word_is_shown(later: Record) -> None:
    """A quotation that was altered or cut hides nothing, nor one by whom nothing is answered."""
    found = folded(sketches(later, FIRST), Fold.INCLUSIVE)

    assert {} == found


def test_an_attachment_that_is_not_passed_on_is_shown() -> None:
    """Replies quote the text and leave the attachments out."""
    whole = attached(FIRST, "list")

    assert {} == folded(sketches(SECOND, whole), Fold.INCLUSIVE)
    assert whole.mail in folded(sketches(attached(SECOND, "list"), whole), Fold.INCLUSIVE)


def test_circles_of_references_hide_nobody() -> None:
    """Two messages that quote each other, as no honest two do, are both shown."""
    one = mail("one", ORDER, REPLY, ("two",))
    two = mail("two", REPLY, ORDER, ("one",))

    assert {} == folded(sketches(one, two), Fold.INCLUSIVE)


def test_messages_that_say_nearly_the_same_are_one() -> None:
    """The first listed stands for those that differ in a few words; not for other texts."""
    long = " ".join(f"{ORDER} on day {number} of the term" for number in range(12))
    one, two = mail("one", f"{long} Dear Ann"), mail("two", f"Dear Bob {long}")
    other = mail("other", " ".join(f"{REPLY} number {number}" for number in range(12)))

    found = folded(sketches(one, other, two), Fold.NEAR)

    assert {two.mail: one.mail} == found
    assert {} == folded(sketches(one, attached(two, "list")), Fold.NEAR)


def test_few_words_are_alike_only_when_they_are_the_same() -> None:
    """`Yes` and `No` are not."""
    yes, again, no = mail("yes", "Yes"), mail("again", "YES!"), mail("no", "No")

    assert {again.mail: yes.mail} == folded(sketches(yes, again, no), Fold.NEAR)


def test_a_conversation_is_what_references_tie() -> None:
    """Also by a message that nobody has; a subject alone ties nothing."""
    cousin = mail("cousin", "Late", "", ("missing",))
    aunt = mail("aunt", "Later", "", ("missing",))
    stranger = mail("stranger", "Trip to the fort")

    found = folded(sketches(THIRD, cousin, stranger, SECOND, aunt, FIRST), Fold.THREAD)

    assert {SECOND.mail: THIRD.mail, FIRST.mail: THIRD.mail, aunt.mail: cousin.mail} == found


@pytest.mark.parametrize("by", Fold)
def test_folding_many_alike_takes_linear_time(by: Fold) -> None:
    """A thousand messages that all quote and repeat one another are folded in seconds."""
    names = [f"m{number}" for number in range(1_000)]
    records = [
        replace(
            mail(name, ORDER, ORDER, tuple(names[max(0, n - 100) : n])),
            date=BEGAN + timedelta(minutes=n),
        )
        for n, name in enumerate(names)
    ]
    began = time.process_time()

    found = folded(sketches(*records), by)

    assert len(found) == len(records) - 1
    assert time.process_time() - began < 10
