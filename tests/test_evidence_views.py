"""What a page says of a message is what is known of it, and on whose word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.views import MOST_LINES, Room, _role, fitting
from section9 import ParsedMail, Participant, Recipient, Role

PARSED = ParsedMail(
    message_id="",
    date=None,
    subject="",
    from_=(),
    to=(Participant("", "ada@school.example"),),
    cc=(Participant("", "ben@school.example"),),
)


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        (Recipient("ada@school.example"), "To, by the header"),
        (Recipient("ben@school.example"), "Cc, by the header"),
        (Recipient("cy@school.example"), "not in the header"),
        (Recipient("ada@school.example", Role.BCC), "Bcc"),
    ],
)
def test_a_role_is_the_server_s_word_or_else_the_header_s(
    recipient: Recipient, expected: str
) -> None:
    """Nobody is said to be missing from a header that names them."""
    assert expected == _role(recipient, PARSED)


@given(st.lists(st.tuples(st.text("a\n", max_size=9), st.booleans())), st.integers(0, 20))
def test_what_is_cut_for_paper_is_the_beginning(parted: list[tuple[str, bool]], most: int) -> None:
    """As much as there is room for, marks where they were, and nothing else."""
    whole = "".join(piece for piece, _ in parted)

    shown, left = fitting(tuple(parted), Room(15, 5), most)

    text = "".join(piece for piece, _ in shown)
    assert whole.startswith(text)
    assert len(text) <= min(most, 15)
    assert text.count("\n") <= 5
    assert (15 - len(text), 5 - text.count("\n")) == (left.characters, left.lines)


def test_a_text_of_line_ends_alone_does_not_fill_a_thousand_sheets() -> None:
    """Lines are bounded as characters are."""
    shown, _ = fitting((("\n" * 100_000, False),), Room.of(100_000), 100_000)

    assert MOST_LINES == len(shown[0][0])
