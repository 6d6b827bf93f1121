"""What `--json` prints of a yearly report. Nobody is named in it."""

from datetime import date

from msgspec import Struct

from archive.report_events import Volumes
from cases.sampling import Estimate
from cases.triage.figures import Precision, Waited
from cases.yearly import BreachFigures, IncidentFigures, RuleChange, Year, name
from evidence.board.told import Told


class YearLine(Struct, frozen=True):
    """One year. Counts of acts are by the kinds of the ledger's events."""

    year: str
    volumes: Volumes
    acts: dict[str, int]
    opened: int  # cases
    extended: int
    closed: int
    expired: int
    live: int
    unattested: int
    refusals: dict[str, int]
    protected: int
    purged: int
    problems: int
    precision: tuple[Precision, ...]
    waited: tuple[Waited, ...]
    breaches: BreachFigures
    incidents: IncidentFigures
    rules: tuple[RuleChange, ...]
    notices: tuple[tuple[str, date], ...]


class BoardLine(Struct, frozen=True, tag_field="schema", tag="section9.board/1"):
    """The report to the Board."""

    trust: str
    this: YearLine
    last: YearLine
    recorded: bool  # last year's volumes are those that its own report counted
    missed: tuple[Estimate, ...]


def board_line(told: Told) -> BoardLine:
    """The report, as `--json` prints it."""
    return BoardLine(told.trust, _year(told.this), _year(told.last), told.recorded, told.missed)


def _year(one: Year) -> YearLine:
    acts = one.acts
    return YearLine(
        year=name(one.period),
        volumes=one.volumes,
        acts=dict(acts.acts),
        opened=len(acts.opened),
        extended=len(acts.extended),
        closed=len(acts.closed),
        expired=len(acts.expired),
        live=acts.live,
        unattested=acts.unattested,
        refusals=dict(acts.refusals),
        protected=acts.protected,
        purged=acts.purged,
        problems=acts.problems,
        precision=one.triage.rules,
        waited=one.triage.waited,
        breaches=one.breaches,
        incidents=one.incidents,
        rules=one.rules,
        notices=one.notices,
    )
