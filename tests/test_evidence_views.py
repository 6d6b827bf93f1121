"""What a page says of a message is what is known of it, and on whose word."""

import pytest

from evidence.views import _role
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
