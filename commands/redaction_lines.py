"""What `--json` prints of mail of a case that is given redacted."""

from dataclasses import asdict

from msgspec import Struct

from archive.redaction_events import Proposed
from cases.disclosing import Disclosure
from commands.sar_lines import ProposalLine, proposal_lines
from evidence.disclosure import Bundle
from section9 import CaseId, MailId


class RedactionLine(Struct, frozen=True, tag_field="schema", tag="section9.redaction/1"):
    """One message, and what is proposed to be taken out of it."""

    case: CaseId
    mail: MailId
    decided: bool
    proposals: tuple[ProposalLine, ...]


class DisclosureLine(Struct, frozen=True, tag_field="schema", tag="section9.disclosure/1"):
    """What was given of a case, redacted."""

    case: CaseId
    found: int
    given: int
    redacted: int  # places
    closed: int  # found besides, protected or sealed, and not given
    own: int  # messages in scope that are the reader's own
    files: int
    sha256: str  # of SHA256SUMS


def redaction_line(
    matter: Disclosure, mail: MailId, proposed: tuple[Proposed, ...]
) -> RedactionLine:
    """A message, as `--json` prints it."""
    return RedactionLine(matter.case, mail, mail in matter.decided, proposal_lines(proposed))


def disclosure_line(matter: Disclosure, made: Bundle) -> DisclosureLine:
    """What was given, as `--json` prints it."""
    return DisclosureLine(case=matter.case, **asdict(made))
