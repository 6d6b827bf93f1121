"""Failures of our own readers, noted as defects of a message: another reading may mend them."""

from typing import Final

from section9 import ParsedMail

DIED: Final = "reader-died"
TOO_SLOW: Final = "reader-too-slow"
SCAN_FAILED: Final = "scan-failed"
"""The defect of a message that can be searched, but that no rule has judged: a rule failed."""

UNREAD: Final = frozenset({DIED, TOO_SLOW})
"""Nothing but the header was read."""
MENDABLE: Final = UNREAD | {SCAN_FAILED}
"""No rule has judged the message."""


def is_unread(parsed: ParsedMail) -> bool:
    """Tell whether a reader failed at the message before it had any text."""
    return any(defect.code in UNREAD for defect in parsed.defects)


def is_unjudged(parsed: ParsedMail) -> bool:
    """Tell whether the rules have yet to judge the message."""
    return any(defect.code in MENDABLE for defect in parsed.defects)
