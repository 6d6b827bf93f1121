"""Keeping a rule quiet about some people's mail, until a day; on the record, and for all to see.

It hides what the rule finds of them up to the severity it was made for, in all that is there
before its end. What comes after its end waits again, and all of it when it is taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.books import Book
from archive.events import Event
from archive.triage_events import (
    Suppressed,
    SuppressionEnded,
    SuppressionExtent,
    SuppressionId,
)
from cases.deciding import record
from cases.triage.desk import Triage, TriageRefusedError
from cases.triage.items import Item, short
from cases.triage.state import State, fold
from section9 import Finding

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Quiet:
    """What somebody wants to hear no more of, for how long and why."""

    extent: SuppressionExtent
    until: datetime
    reason: str
    rule: str = ""  # may be left out where an item has findings of one rule
    address: str = ""  # of a pair, the other one; of a list, the list


def suppress(triage: Triage, name: str, quiet: Quiet) -> Suppressed:
    """Keep a rule quiet about the people of an item. The same again changes nothing."""
    now, item = triage.gate.clock(), triage.queue.item(name).item
    _check(quiet, now)
    finding = _of_rule(item, quiet.rule)
    addresses = _addresses(item, quiet)

    def decide(events: tuple[Event, ...]) -> Sequence[Event]:
        state = fold(events)
        if _known(state, quiet, finding, addresses):
            return ()
        suppression = Suppressed(
            at=now,
            by=triage.actor,
            case=triage.case.id,
            suppression=SuppressionId(f"S-{state.made + 1:04d}"),
            rule=finding.rule,
            severity=finding.severity,
            extent=quiet.extent,
            addresses=addresses,
            until=quiet.until,
            reason=quiet.reason.strip(),
        )
        return (suppression,)

    record(triage.gate.ledger, Book.CASES, decide)
    return _known(triage.queue.state(), quiet, finding, addresses) or suppress(triage, name, quiet)


def end(triage: Triage, name: str, *, reason: str) -> Suppressed:
    """Take a suppression back before its end: what it kept quiet about waits again."""
    if not reason.strip():
        raise TriageRefusedError("taking it back takes a reason: give --reason")
    ended: list[Suppressed] = []

    def decide(events: tuple[Event, ...]) -> Sequence[Event]:
        known = {one.suppression: one for one in _visible(triage, fold(events))}
        found = known.get(SuppressionId(name.upper()))
        if found is None:
            raise TriageRefusedError(
                f"{name} keeps quiet about nothing: `section9 triage list --suppressed`"
            )
        ended.append(found)
        now = triage.gate.clock()
        return (SuppressionEnded(now, triage.actor, found.suppression, reason.strip()),)

    record(triage.gate.ledger, Book.CASES, decide)
    return ended[-1]


def suppressions(triage: Triage) -> list[Suppressed]:
    """Those that were not taken back, ended ones included; none about the reader's own mail."""
    return _visible(triage, triage.queue.state())


def _visible(triage: Triage, state: State) -> list[Suppressed]:
    accounts = triage.gate.casebook.accounts
    held = state.suppressions.values()
    return [one for one in held if not accounts.concerned(triage.actor, one.addresses)]


def _check(quiet: Quiet, now: datetime) -> None:
    if not quiet.reason.strip():
        raise TriageRefusedError("keeping a rule quiet takes a reason: give --reason")
    if not now < quiet.until <= now + LONGEST:
        raise TriageRefusedError(
            "a suppression ends within a year and not before it begins: give another --until"
        )


def _of_rule(item: Item, rule: str) -> Finding:
    """The gravest of an item's findings by a rule."""
    rules = {one.rule for one in item.findings}
    if not rule and len(rules) > 1:
        named = ", ".join(sorted(rules))
        raise TriageRefusedError(f"say which rule to keep quiet with --rule: {named}")
    found = next((one for one in item.findings if rule in {"", one.rule}), None)
    if found is None:
        raise TriageRefusedError(
            f"{rule} found nothing there: `section9 triage show {short(item.id)}` tells what did"
        )
    return found  # they are sorted


def _addresses(item: Item, quiet: Quiet) -> tuple[str, ...]:
    """Whom it is about. Raises `TriageRefusedError` where that is not clear."""
    given = quiet.address.lower()
    if quiet.extent is SuppressionExtent.SENDER:
        return (item.sender,)
    if given and given not in item.recipients:
        raise TriageRefusedError("that address did not get it: name one that did, or none")
    if quiet.extent is SuppressionExtent.LIST and not given:
        raise TriageRefusedError("say which list: give its address after --list")
    if quiet.extent is SuppressionExtent.LIST:
        return (given,)
    others = [given] if given else [one for one in item.recipients if one != item.sender]
    if len(others) != 1:
        raise TriageRefusedError(
            "it went to more than one address: give the one that is meant after --with"
        )
    return tuple(sorted((item.sender, others[0])))


def _known(
    state: State, quiet: Quiet, finding: Finding, addresses: tuple[str, ...]
) -> Suppressed | None:
    """A suppression that does already what is asked for."""
    wanted = (finding.rule, quiet.extent, addresses)
    return next(
        (
            one
            for one in state.suppressions.values()
            if (one.rule, one.extent, one.addresses) == wanted
            and one.until >= quiet.until
            and one.severity >= finding.severity
        ),
        None,
    )
