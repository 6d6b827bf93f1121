"""Every event of the ledger: one act each, with the moment and whoever did it."""

from archive.access_events import AccessEvent
from archive.breach_events import BreachEvent
from archive.case_events import CaseEvent
from archive.mail_events import MailEvent
from archive.pattern_events import PatternEvent
from archive.review_events import ReviewEvent
from archive.triage_events import TriageEvent

CasesEvent = CaseEvent | PatternEvent | BreachEvent | TriageEvent | ReviewEvent
"""Every event of the `cases` book: each subject's union joins it here."""
Event = MailEvent | CasesEvent | AccessEvent
