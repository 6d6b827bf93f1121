"""The yearly report to the Trust Board, in words, tables and plots (clauses 4.10, 9.5, 10, 11).

It names nobody. Counts below five that are broken down by school are given as `1 to 4`, because
somebody who knows the school might know the pupil.
"""

from collections.abc import Sequence
from datetime import datetime

from cases.sampling import Estimate
from cases.yearly import name
from evidence.board import acts, mail
from evidence.board.told import Told
from evidence.board.wording import FEW, change, share
from evidence.reports import Report, Section


def board(told: Told, *, now: datetime) -> Report:
    """Write the report."""
    this = told.this.period
    partial = "" if now >= this.end else f" The year is not over: it counts until {now:%d %B %Y}."
    return Report(
        title=f"Monitoring of e-mail, {name(this)}",
        subtitle=f"{told.trust or 'The Trust'}: report to the Board under section 9 of the "
        f"acceptable-use policy, {this.first:%d %B %Y} to {this.last:%d %B %Y}.{partial}",
        sections=(
            _summary(told),
            mail.volumes(told),
            mail.findings(told),
            mail.schools(told.this.volumes),
            mail.triage(told),
            mail.missed(told.missed),
            acts.breaches(told),
            acts.cases(told),
            acts.incidents(told),
            acts.keeping(told),
            acts.rules(told),
            _method(told),
        ),
        made=f"Made by Section 9 on {now:%d %B %Y at %H:%M} UTC. It names nobody.",
    )


def _summary(told: Told) -> Section:
    this, last = told.this, told.last
    volumes, breaches = this.volumes, this.breaches
    return Section(
        "In short",
        points=(
            f"Messages of the year in the archive: {volumes.total:,}"
            f"{change(volumes.total, last.volumes.total)}. Flagged: {volumes.flagged:,}"
            f" ({share(volumes.flagged, volumes.total)}).",
            f"Cases opened: {len(this.acts.opened):,}"
            f"{change(len(this.acts.opened), len(last.acts.opened))}. Attempts to look without "
            f"authority, refused and recorded: {sum(dict(this.acts.refusals).values()):,}.",
            f"Personal data breaches that came to light: {breaches.opened:,}. Reported to the "
            f"Information Commissioner: {breaches.notified:,}; later than 72 hours after "
            f"awareness: {breaches.late:,}.",
            _missed_in_short(told.missed),
            f"Messages purged under the retention rules: {this.acts.purged:,}.",
        ),
    )


def _missed_in_short(samples: Sequence[Estimate]) -> str:
    judged, wrong = sum(one.judged for one in samples), sum(one.missed for one in samples)
    if not judged:
        return "How much was missed is not known: no sample of unflagged mail was judged."
    return (
        f"Unflagged messages drawn by lot and read: {judged:,}. Of these should have been "
        f"flagged: {wrong:,}."
    )


def _method(told: Told) -> Section:
    return Section(
        "How this was counted",
        points=(
            "Mail: messages by their own date, as the index of the archive has them on the day of "
            "this report. What retention purged before that day is counted no more.",
            "Decisions, cases, breaches, looks: acts on the ledger, by the moment they were done. "
            "The ledger is a chain of hashes that anybody may check: `section9 audit verify`.",
            "Shares of confirmed findings: Wilson's interval, 95 %.",
            f"Counts under {FEW} by school are given as 1 to {FEW - 1}.",
            "What this report counted is on the ledger too, so that next year's is held against it."
            if not told.recorded
            else "Last year's mail is given as its own report counted it.",
        ),
    )
