"""An incident on paper, for the safeguarding system: plain text, or a page that fetches nothing.

It holds what staff wrote down and ids of messages; nothing of a message is on it.
"""

from datetime import datetime

from cases.incidents import Incident
from evidence.pages import plain, webpage


def text(incident: Incident, *, printed: datetime, by: str) -> str:
    """The record as text of 80 columns."""
    return plain("incident.txt", i=incident, printed=printed, by=by)


def html(incident: Incident, *, printed: datetime, by: str) -> str:
    """The record as a page of its own."""
    return webpage("incident.html", style="incident.css", i=incident, printed=printed, by=by)
