"""Whether a journal report may be believed: a pure decision, with its reasons.

A report says who was sent a message, and nothing in it proves that. Any user who can mail the
journal address can write one, and controls every byte of it, the message inside included. So:

- the first proof is the road. `trusted` must say that the peer is a configured mail server, on
  the secret address, and the server must let nobody but itself mail that address
  (docs/journaling has the setting for each server);
- the second is the form. Exchange writes one grammar; what departs from it, Exchange did not
  write, or something on the way has changed it;
- the third is agreement. Message-ID, Subject and Sender are said twice, in the envelope part and
  in the original. They differ when a sender has smuggled lines into the envelope through a
  header, when the pair was put together by hand, or when a part was mangled. What the format
  cannot carry faithfully (folds, charsets, a subject cut short, the two senders of a mail sent on
  somebody's behalf) counts as agreement.

What is not believed is archived whole, as the ordinary mail that it may be, flagged with the
reasons, and credited to nobody whom it names.
"""

import re
import unicodedata
from dataclasses import dataclass

from ingest.journal import FAULTS, Kind, Report
from ingest.mime import addresses, charsets, words
from ingest.reports import envelope, parts

LONGEST_SUBJECT = 250  # characters, blanks apart; mail stores cut subjects at 255

REASONS = {
    **FAULTS,
    "untrusted-road": "it came from no configured mail server",
    "bounced-elsewhere": "the bounce is about another address than the journal's",
    "message-id-mismatch": "the envelope and the original name different Message-IDs",
    "subject-mismatch": "the envelope and the original have different subjects",
    "sender-mismatch": "the envelope's sender is no sender of the original",
    "on-behalf-of-mismatch": "the envelope's principal is not the author of the original",
}
"""Every reason for disbelief."""

_AUTHORS = (b"from", b"resent-from")
_SENDERS = (*_AUTHORS, b"sender", b"resent-sender", b"return-path")
_DIRECTORY_NAME = "[ex:"
_FIELD_LIKE = re.compile(
    r"(?:sender|on-behalf-of|message-id|to|cc|bcc|recipient|expanded|forwarded):", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a report is believed, and the codes of REASONS if it is not."""

    reasons: tuple[str, ...]

    @property
    def believed(self) -> bool:
        """Whether its people and its original may be taken as the mail server's word."""
        return not self.reasons


def judge(
    report: Report, *, trusted: bool, journal_addresses: frozenset[str] = frozenset()
) -> Verdict:
    """Decide whether to believe a report.

    `trusted` is the listener's knowledge of the road, or that of whoever took in a file. Where
    `journal_addresses` (lower case) are given, a bounce must be about one of them: anybody can
    make a server bounce a mail of his own to a forged sender.
    """
    reasons = [] if trusted else ["untrusted-road"]
    if report.kind is Kind.BOUNCED and journal_addresses.isdisjoint(report.undelivered_to):
        reasons += ["bounced-elsewhere"] if journal_addresses else []
    reasons += report.faults
    for original in report.originals:
        reasons += _disagreements(report, original)
    return Verdict(tuple(dict.fromkeys(reasons)))


def _disagreements(report: Report, original: bytes) -> list[str]:
    mail = parts.message(original)
    agreements = {
        "message-id-mismatch": _same_id(report, mail),
        "subject-mismatch": report.kind is Kind.OLD_REPORT or _same_subject(report, mail),
        "sender-mismatch": _same_sender(report, mail),
        "on-behalf-of-mismatch": _same_principal(report, mail),
    }
    return [code for code, agrees in agreements.items() if not agrees]


def _same_id(report: Report, mail: parts.Piece) -> bool:
    """A mail without a Message-ID cannot disagree: Exchange gives it one in the report."""
    ids = {envelope.message_id(text) for text in mail.texts(b"message-id")} - {""}
    return report.message_id in ids or not ids


def _same_subject(report: Report, mail: parts.Piece) -> bool:
    subjects = mail.fields.values.get(b"subject", (b"",))
    return any(_tells(report.subject, raw) for raw in subjects)


def _tells(said: str, raw: bytes) -> bool:
    """Whether an envelope's subject is that of a header field, as far as it could be carried."""
    literal = charsets.decode(raw, "")[0]
    decoded, defect = words.decode_text(literal)
    said, decoded = _letters(words.decode_text(said)[0]), _letters(decoded)
    if said in {decoded, _letters(literal)}:
        return True
    if len(said) >= LONGEST_SUBJECT and decoded.startswith(said):
        return not _FIELD_LIKE.search(decoded, len(said))  # a line smuggled in is not cut off
    lossy = defect is not None or not raw.isascii() or bool({"?", "\ufffd"} & set(said))
    return lossy and not decoded.isascii() and _ascii(said) == _ascii(decoded)


def _letters(text: str) -> str:
    """Without blanks, which folding changes, and in one form of Unicode."""
    return "".join(unicodedata.normalize("NFC", text).split())


def _ascii(text: str) -> str:
    """What every charset can carry; `?` stands where one could not."""
    return text.encode("ascii", "ignore").decode("ascii").replace("?", "")


def _same_sender(report: Report, mail: parts.Piece) -> bool:
    """The sender is the header's author or agent, or the envelope's: servers report either.

    A directory name claims nobody whom the header could deny.
    """
    if report.sender.startswith(_DIRECTORY_NAME):
        return True
    senders = _people(mail, *_SENDERS)
    if report.sender in senders or not senders:
        return True
    if not report.sender:
        return _has_null_sender(mail)
    # A mail on somebody's behalf may carry the principal alone, and the report both.
    return report.on_behalf_of in _people(mail, *_AUTHORS) and not mail.named(b"sender")


def _has_null_sender(mail: parts.Piece) -> bool:
    """Bounces and receipts are sent in nobody's name (RFC 5321, 4.5.5), but have a From."""
    return mail.media.name == "multipart/report" or "<>" in mail.texts(b"return-path")


def _same_principal(report: Report, mail: parts.Piece) -> bool:
    principal = report.on_behalf_of
    if not principal or principal.startswith(_DIRECTORY_NAME):
        return True
    authors = _people(mail, *_AUTHORS)
    return principal in authors or not authors


def _people(mail: parts.Piece, *names: bytes) -> frozenset[str]:
    """The addresses in header fields of these names, lower case."""
    found = addresses.read(",".join(mail.texts(*names)))[0]
    return frozenset(person.address for person in found if person.address)
