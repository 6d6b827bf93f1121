"""The rules over their tables: what is marked is found as sure as it says, and nothing else is.

A row holds the expected confidence of each marked span (L, M, H) and a text with «marks».
"""

import pytest
import rows_bank_account
import rows_birth_date
import rows_driving_licence
import rows_home_address
import rows_iban
import rows_ip_address
import rows_nhs_number
import rows_nino
import rows_passport
import rows_password
import rows_payment_card
import rows_personal_email
import rows_secret_key
import rows_share_link
import rows_telephone
import rows_uln
import rows_upn
import rows_utr
import rows_vehicle_registration

from detectors.evaluate import unmarked
from detectors.scan import Scanner

TABLES = {
    "bank-account": rows_bank_account.ROWS,
    "date-of-birth": rows_birth_date.ROWS,
    "driving-licence": rows_driving_licence.ROWS,
    "home-address": rows_home_address.ROWS,
    "iban": rows_iban.ROWS,
    "ip-address": rows_ip_address.ROWS,
    "nhs-number": rows_nhs_number.ROWS,
    "nino": rows_nino.ROWS,
    "passport": rows_passport.ROWS,
    "password": rows_password.ROWS,
    "payment-card": rows_payment_card.ROWS,
    "personal-email": rows_personal_email.ROWS,
    "secret-key": rows_secret_key.ROWS,
    "share-link": rows_share_link.ROWS,
    "telephone": rows_telephone.ROWS,
    "uln": rows_uln.ROWS,
    "upn": rows_upn.ROWS,
    "utr": rows_utr.ROWS,
    "vehicle-registration": rows_vehicle_registration.ROWS,
}
ROWS = [(rule, *row) for rule, rows in TABLES.items() for row in rows]


@pytest.mark.parametrize(("rule", "levels", "marked"), ROWS)
def test_found_where_marked_and_nowhere_else(rule: str, levels: str, marked: str) -> None:
    """Every marked span is found with its confidence, and nothing else of this rule is."""
    text, spans = unmarked(marked)

    findings = Scanner().scan_text(text)

    found = [each for each in findings if each.rule == rule]
    expected = [(s.start, s.end, level) for s, level in zip(spans, levels, strict=True)]
    assert expected == [(f.start, f.end, f.confidence[0].upper()) for f in found]


@pytest.mark.parametrize(("rule", "levels", "marked"), [row for row in ROWS if row[1]])
def test_why_never_repeats_the_number(rule: str, levels: str, marked: str) -> None:
    """A reader of a finding learns what spoke for it, and no part of the number."""
    text, spans = unmarked(marked)

    findings = [each for each in Scanner().scan_text(text) if each.rule == rule]

    assert len(levels) == len(findings)
    values = [text[s.start : s.end].lower() for s in spans]
    assert not [f.rule for f in findings for value in values if value in f.why.lower()]
