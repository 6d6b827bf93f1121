"""Every event of the ledger: one act each, with the moment and whoever did it."""

from archive.access_events import AccessEvent as ReadingEvent
from archive.alert_events import AlertEvent
from archive.breach_events import BreachEvent
from archive.case_events import CaseEvent
from archive.mail_events import MailEvent
from archive.news_events import NewsEvent
from archive.pattern_events import PatternEvent
from archive.redaction_events import RedactionEvent
from archive.report_events import ReportEvent
from archive.review_events import ReviewEvent
from archive.sampling_events import SamplingEvent
from archive.sar_events import SarEvent
from archive.triage_events import TriageEvent
from archive.web_events import WebAccessEvent, WebEvent, WebPurgeEvent

CasesEvent = (
    CaseEvent
    | PatternEvent
    | BreachEvent
    | TriageEvent
    | ReviewEvent
    | AlertEvent
    | NewsEvent
    | ReportEvent
    | RedactionEvent
    | SamplingEvent
    | SarEvent
    | WebPurgeEvent
)
"""Every event of the `cases` book: each subject's union joins it here."""
AccessEvent = ReadingEvent | WebAccessEvent
"""Every event of the `access` book."""
Event = MailEvent | CasesEvent | AccessEvent | WebEvent
