"""What `status` and `doctor` say of monitoring itself: what waits, who answered, what was sampled.

Counts alone: neither shows whom anything is about.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from section9 import Section9Error

if TYPE_CHECKING:
    from cases.sampling_due import DueSample
    from commands.app import App
    from ingest.health import Check


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What there is to be looked at."""

    patterns: int  # that stand
    triage_waiting: int  # flagged messages and patterns of which something is undecided
    triage_gravest: int  # severity of the gravest of these; 0 where there is none
    alerts_unanswered: int  # that somebody was sent, and nobody answered
    alerts_unsent: int  # that the mail server has not taken
    sample_month: str  # the last that was drawn; empty where none was
    sample_drawn: datetime | None
    samples_unjudged: int  # messages of all samples that nobody has judged
    samples_due: tuple[str, ...]  # months that are over, of which none was drawn


def state(app: "App") -> Monitoring:
    """Count: of triage from the index, of the rest from the ledger."""
    from archive.books import Book
    from cases import patterns, sampling
    from commands.alerting import book_of

    events = tuple(app.ledger.events(Book.CASES))
    severities = _waiting(app)
    alerts = list(book_of(app).alerts.values())
    samples = sampling.fold(events).values()
    last = max((one.drawn for one in samples), key=lambda drawn: drawn.month, default=None)
    return Monitoring(
        patterns=len(patterns.fold(events)),
        triage_waiting=len(severities),
        triage_gravest=max(severities, default=0),
        alerts_unanswered=sum(one.state == "sent" for one in alerts),
        alerts_unsent=sum(one.to_send for one in alerts),
        sample_month=last.month if last else "",
        sample_drawn=last.at if last else None,
        samples_unjudged=sum(len(one.left) for one in samples),
        samples_due=tuple(one.month.name for one in samples_due(app)),
    )


def samples_due(app: "App") -> "list[DueSample]":
    """The months of which a sample has to be drawn."""
    from archive.books import Book
    from cases import sampling
    from cases.sampling_due import due

    samples = sampling.fold(app.ledger.events(Book.CASES))
    return due(app.casebook.cases().values(), samples, app.accounts, app.case_clock())


def _waiting(app: "App") -> list[int]:
    """The severity of each item of triage of which something waits for a decision."""
    from archive.books import Book
    from cases.sight import FLAGGED
    from cases.triage.items import of_record
    from cases.triage.state import fold

    now = fold(app.ledger.events(Book.CASES))
    flagged = (of_record(record, now.rules) for record in app.index.records(FLAGGED))
    items = [*now.patterns.values(), *(item for item in flagged if item)]
    return [left.severity for item in items if (left := now.waiting(item))]


def print_state(found: Monitoring) -> None:
    """Tell it as `status` does."""
    gravest = f", the gravest of severity {found.triage_gravest}" if found.triage_gravest else ""
    click.echo(
        f"triage   {found.triage_waiting:,} wait{gravest}; {found.patterns:,} patterns stand"
    )
    click.echo(
        f"alerts   {found.alerts_unanswered:,} without an answer, {found.alerts_unsent:,} not sent"
    )
    drawn = f"{found.sample_drawn:%Y-%m-%d}, of {found.sample_month}" if found.sample_drawn else ""
    click.echo(f"samples  last drawn {drawn or 'never'}; {found.samples_unjudged:,} to be judged")
    if found.samples_due:
        click.secho(f"warning  samples: none of {', '.join(found.samples_due)}", fg="yellow")


def check_triage(app: "App") -> "Check":
    """Whether there is anybody to decide what was flagged."""
    from cases.sight import FLAGGED
    from ingest import health

    try:
        flagged = app.index.count(FLAGGED)
    except Section9Error as error:  # its own check says more
        return health.Check("triage", health.Level.WARN, str(error))
    return health.triage(flagged, programmes=len(_programmes(app)))


def check_routing(app: "App") -> "Check":
    """Whether whoever `[routing]` names may decide what they are told of."""
    from cases.triage.routes import cannot_decide
    from commands.settings_routing import routes
    from ingest import health

    found = cannot_decide(app.accounts, routes(app.settings, app.accounts))
    return health.routing([(name, post.value) for name, post in found])


def _programmes(app: "App") -> list[str]:
    """The standing programmes that are open."""
    from archive.case_words import Extent

    now, cases = app.case_clock(), app.casebook.cases().values()
    return [one.id for one in cases if one.extent is Extent.FLAGGED and one.state(now) == "open"]


def check_samples(app: "App") -> "Check":
    """Whether what was not flagged is sampled, month by month (clause 9.5)."""
    from archive.books import Book
    from cases import sampling
    from ingest import health

    drawn = [one.drawn for one in sampling.fold(app.ledger.events(Book.CASES)).values()]
    last = max(drawn, key=lambda one: one.month, default=None)
    late = [one.month for one in samples_due(app)]
    return health.samples(
        last.month if last else "",
        last.at if last else None,
        overdue=tuple(one.name for one in late if app.case_clock() - one.ends > health.SAMPLED),
    )
