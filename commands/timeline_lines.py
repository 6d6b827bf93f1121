"""What `section9 timeline --json` prints. See `lines.py` for the contract."""

from datetime import datetime

from msgspec import Struct

from cases.timeline import Moment


class MomentLine(Struct, frozen=True, tag_field="schema", tag="section9.moment/1"):
    """One thing that happened: mail, a finding in it, a deletion, a web visit or a blocked one."""

    at: datetime
    kind: str
    who: str
    what: str  # empty where it is withheld
    id: str  # of the message or the visit
    withheld: bool


def moment_line(one: Moment) -> MomentLine:
    """A moment, as `--json` prints it."""
    return MomentLine(one.at, one.kind, one.who, one.what, one.id, one.withheld)
