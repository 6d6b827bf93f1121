"""Opens what running rules on archived mail takes; the composition root's part for clause 12."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from commands.app import App
from section9 import MailId, RuleId, RuleState

if TYPE_CHECKING:
    from cases.custody import Custody
    from cases.rulebook import Standing, Switches
    from detectors.contract import Rule
    from ingest.pipeline import Pipeline
    from ingest.rescan import History
    from ingest.trial import Trial
    from search.index import Index
    from search.tree import Query


def rules(app: App) -> "dict[RuleId, tuple[Rule, Standing]]":
    """Every rule of this program, those of patterns too, and where it stands, by name."""
    from archive.books import Book
    from cases.rulebook import Standing, fold
    from detectors.catalogue import EVERY_RULE

    standings = fold(app.ledger.events(Book.CASES))
    return {rule.id: (rule, standings.get(rule.id, Standing())) for rule in EVERY_RULE}


def reading(app: App) -> "dict[RuleId, tuple[Rule, Standing]]":
    """Those that read a message by itself, likewise."""
    from detectors.catalogue import RULES

    every = rules(app)
    return {rule.id: every[rule.id] for rule in RULES}


def rules_on(app: App) -> dict[RuleId, int]:
    """The version of each rule that is on and reads a message by itself."""
    every = reading(app).values()
    return {rule.id: rule.version for rule, now in every if now.state is RuleState.ON}


def switches(app: App) -> "Switches":
    """What switches rules, as this person may."""
    from cases.rulebook import Switches

    return Switches(app.ledger, app.actor, app.case_clock, app.accounts)


@contextmanager
def rescanning(app: App) -> "Iterator[tuple[Pipeline, History]]":
    """The conductor, up to date, and what was read by which rules; one process at a time."""
    from ingest.rescan import History, alone

    with alone(app.data / "rescan.lock"), app.pipeline() as pipeline:
        pipeline.catch_up()
        with closing(History(app.ledger)) as history:
            yield pipeline, history


@contextmanager
def trying(
    app: App, asked: Sequence[RuleId], *, since: datetime | None, last: int | None
) -> "Iterator[Trial]":
    """Rules over archived mail, for somebody who may tune them; recorded when it ends."""
    from archive.access_events import RulesTried
    from archive.books import Book
    from cases.roles import Deed
    from detectors.changes import Change, Changes
    from ingest.trial import Trial

    app.accounts.require(app.actor, Deed.TUNE)
    every = reading(app)
    run = [rule for rule, (_, now) in every.items() if now.state is not RuleState.OFF]
    run += [rule for rule in asked if rule not in run]
    changes = Changes({rule: Change() for rule in asked or run})
    with app.custody() as custody, app.pool() as pool:
        mails = islice(open_mails(app.index, since, custody), last)
        expected = app.index.count(_since(since))
        trial = Trial(pool, app.index, mails, run, changes, min(expected, last or expected))
        yield trial
    shown = dict.fromkeys(mail for one in changes.rules.values() for mail in one.named)
    versions = " ".join(f"{rule}/{every[rule][0].version}" for rule in sorted(run))
    tried = RulesTried(app.clock(), app.actor, versions, changes.messages, tuple(shown))
    app.ledger.append(Book.ACCESS, (tried,))


def open_mails(index: "Index", since: datetime | None, custody: "Custody") -> Iterator[MailId]:
    """Every message that was sent since a day and is not sealed, newest first."""
    custody.refresh()
    sealed = custody.sealed
    return (mail for mail in index.ids(_since(since)) if mail not in sealed)


def _since(day: datetime | None) -> "Query":
    from search.tree import Between, Everything

    return Between("date", day.replace(tzinfo=UTC), None) if day else Everything()
