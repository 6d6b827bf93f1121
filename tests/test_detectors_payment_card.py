"""Payment cards: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All numbers are invented.
"""

import pytest

from detectors.evaluate import unmarked
from detectors.scan import Scanner

ROWS = [
    ("H", "My card number is «4111 1111 1111 1111»"),
    ("H", "Visa «4111111111111111» exp 12/27 cvv 123"),
    ("H", "Mastercard: «5105-1051-0510-5100»"),
    ("H", "amex «3782 822463 10005», valid thru 01/28"),
    ("H", "AMEX «378282246310005»"),
    ("H", "credit card «2221 0000 0000 0009»"),
    ("H", "debit card no. «6011000990139424»"),
    ("H", "«3530111333300000» is the JCB card"),
    ("H", "Long number: «4242 4242 4242 4242»\nExpiry: 01/29\nCVV: 123"),
    ("H", "Card number\n«4242 4242 4242 4242»\nExpiry 01/29"),
    ("H", "Name,Card,Expiry\nAnn Example,«4242424242424242»,01/29\n"),
    ("H", "card «4111 1111 1111 1111» 12/26 123"),
    ("H", "card «4111 1111 1111 1111» 123"),
    ("M", "card «4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1»"),
    ("M", "card «4111.1111.1111.1111»"),
    ("M", "card «4111  1111  1111  1111»"),
    ("H", "card «4111\u00a01111\u00a01111\u00a01111»"),
    ("H", "card «4111–1111–1111–1111»"),
    ("H", "card «4111\u200b111111111111»"),
    ("H", "please charge «5105105105105100» for the trip"),
    ("H", "«5105105105105100», expiry 02/28, security code 321"),
    ("H", "paid with 4242: «4242 4242 4242 4242»"),
    ("M", "«4111 1111 1111 1111»"),
    ("M", "Ann Example «5105105105105100»"),
    ("MM", "«4111111111111111», «4242424242424242»"),
    ("L", "order number «4111111111111111»"),
    ("L", "tracking: «4242 4242 4242 4242»"),
    ("L", "library card no «4242424242424242»"),
    ("L", "Ref,Item\n«4242424242424242»,Chairs\n"),
    ("", "card number 4111 1111 1111 1112"),
    ("", "card 1111 1111 1111 1111, 4444 4444 4444 4445"),
    ("", "card ending 1111, **** **** **** 1111, 4111 11XX XXXX 1111"),
    ("", "IMEI 490154203237518"),
    ("", "ISBN 9780306406157 and 978-0-306-40615-7"),
    ("", "barcode 4006381333931 and 4006381333932"),
    ("", "DE91 1000 0000 0123 4567 89 is an IBAN"),
    ("", "4111 1111 1111 1111 1111 1111"),
    ("", "4111111111111111111111"),
    ("", "0.4111111111111111 and 4111111111111111.25"),
    ("", "deadbeef4111111111111111 and 4111111111111111a"),
    ("", "1-4111-1111-1111-1111"),
    ("", "https://shop.example/o/4111111111111111"),
    ("", "gift ideas 07700 900123 020 7946 0000"),
    ("", "20240312103059123 and 1718000000000"),
    ("", "ICCID 8944100000000000004"),
    ("", "uuid 41111111-1111-4111-8111-111111111111"),
    ("M", "card «4111 1111\n1111 1111»"),
    ("", "Years 2001 2002 2003 2004 2005"),
    ("", "card 100000000000017 is an airline's"),
    ("L", "The product key is «4111-1111-1111-1111»"),
    ("M", "card «4242424242424242»/0927/123"),
    ("L", "Parcel «4242 4242 4242 4242» arrives Monday"),
]


@pytest.mark.parametrize(("levels", "marked"), ROWS)
def test_found_where_marked_and_nowhere_else(levels: str, marked: str) -> None:
    """Every marked span is found with its confidence, and nothing else of this rule is."""
    text, spans = unmarked(marked)

    findings = Scanner().scan_text(text)

    found = [each for each in findings if each.rule == "payment-card"]
    expected = [(s.start, s.end, level) for s, level in zip(spans, levels, strict=True)]
    assert expected == [(f.start, f.end, f.confidence[0].upper()) for f in found]


@pytest.mark.parametrize(("levels", "marked"), [row for row in ROWS if row[0]])
def test_why_never_repeats_the_number(levels: str, marked: str) -> None:
    """A reader of a finding learns what spoke for it, and no part of the number."""
    text, spans = unmarked(marked)

    findings = Scanner().scan_text(text)

    assert len(levels) <= len(findings)
    values = [text[s.start : s.end].lower() for s in spans]
    assert not [f.rule for f in findings for value in values if value in f.why.lower()]
