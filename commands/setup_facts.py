"""How this installation monitors: its settings and ledger, as reports and texts tell of them."""

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from commands.app import App
from section9 import RuleState

if TYPE_CHECKING:
    from archive.events import Event
    from commands.keeping import Retention
    from evidence.board.setup import Setup


def setup(app: App) -> "Setup":
    """Gather the facts. Nobody is named in them."""
    from archive.books import Book
    from cases.rulebook import Standing, fold
    from detectors.catalogue import EVERY_RULE
    from evidence.board.setup import Setup

    settings = app.settings
    decided = tuple(app.ledger.events(Book.CASES))
    standings = fold(decided)
    states = {rule.id: standings.get(rule.id, Standing()).state for rule in EVERY_RULE}
    by_state = {
        state: tuple(sorted(r for r, s in states.items() if s is state)) for state in RuleState
    }
    held = Counter(role for one in settings.roles.values() for role in one.roles)
    return Setup(
        trust=settings.trust.name,
        domains=settings.trust.domains,
        roles=tuple(sorted(held.items())),
        periods=_periods(settings.retention),
        protected=tuple(name.replace("_", " ") for name, whose in settings.protected if whose),
        rules_on=by_state[RuleState.ON],
        rules_trial=by_state[RuleState.TRIAL],
        rules_off=by_state[RuleState.OFF],
        alerts=bool(settings.alerts.smtp_host),
        anchors=bool(settings.audit.mail_to),
        engine=app.index.description,
        pictures_read=settings.reading.ocr,
        notice=_notice(decided),
        assessments=tuple(sorted({one.dpia for one in app.casebook.cases().values() if one.dpia})),
    )


def _periods(retention: "Retention") -> tuple[tuple[str, str], ...]:
    return (
        ("ordinary mail", f"{retention.ordinary_months} months"),
        ("mail of staff", f"{retention.staff_months} months"),
        ("mail of students", f"{retention.student_months} months"),
        ("web-filter logs", f"{retention.web_log_months} months"),
        (
            "what bears on safeguarding",
            f"until {retention.safeguarding_years} years after the birth of the child",
        ),
    )


def _notice(decided: "tuple[Event, ...]") -> tuple[str, date] | None:
    from archive.case_events import NoticeGiven

    given = (one for one in decided if isinstance(one, NoticeGiven))
    latest = max(given, key=lambda one: one.given, default=None)
    return (latest.version, latest.given) if latest else None
