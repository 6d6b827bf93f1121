"""What triage leaves: suppressions with an end, figures by rule, and records of incidents."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from triage_house import ACCOUNTS, DEPUTY, DPO, HEAD, NOW, House, record_of, triage_house

from archive.books import Book
from archive.triage_events import Dismissal, ItemId, SuppressionExtent, Triaged
from cases.desk import Desk
from cases.incidents import IncidentRefusedError, Incidents, IncidentUnknownError, Report
from cases.proportions import wilson
from cases.roles import RoleMissingError
from cases.triage.desk import Choice, TriageRefusedError
from cases.triage.figures import figures
from cases.triage.suppressing import Quiet, end, suppress, suppressions
from section9 import RuleId, RuleVersion

SENDER, PAIR, LIST = (SuppressionExtent(name) for name in ("sender", "pair", "list"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with triage_house(tmp_path) as made:
        yield made


def quiet(extent: SuppressionExtent, *, days: int = 30, rule: str = "", address: str = "") -> Quiet:
    return Quiet(extent, NOW + timedelta(days), "an agreed report", rule, address)


@pytest.mark.parametrize(
    ("extent", "address", "left"),
    [
        (SENDER, "", [2]),  # of all from there, but nothing graver
        (PAIR, "", [2, 4]),  # it was sent to another
        (LIST, "a@home.example", [2, 4]),
    ],
)
def test_a_suppression_hides_what_it_says(
    house: House, extent: SuppressionExtent, address: str, left: list[int]
) -> None:
    """Its rule, its people, up to the severity it was made for; nothing else."""
    desk = house.desk(DPO)

    made = suppress(desk, house.mails[1], quiet(extent, address=address))

    assert left == [number for number, _ in house.listed(DPO)]
    assert made == suppress(desk, house.mails[1], quiet(extent, address=address))
    assert [made] == suppressions(desk)
    assert house.mails[1] in {one.item.mails[0] for one in desk.queue.suppressed()}


def test_a_suppression_ends(house: House) -> None:
    """What comes after its end waits; what came before stays quiet, until it is taken back."""
    desk = house.desk(DPO)
    made = suppress(desk, house.mails[1], quiet(SENDER, days=1))
    late = record_of(7)
    [copy] = late.sightings
    house.file(replace(late, sightings=(replace(copy, seen=NOW + timedelta(days=2)),)))
    numbers = {house.mails[2], late.mail}

    after = {one.item.mails[0] for one in desk.queue.waiting()}
    end(desk, made.suppression.lower(), reason="the agreement ran out")

    assert numbers == after
    assert numbers | {house.mails[1], house.mails[4]} == {
        one.item.mails[0] for one in desk.queue.waiting()
    }
    assert [] == suppressions(desk)


def test_a_suppression_is_clear_about_whom_and_how_long(house: House) -> None:
    """Which rule, which list, which end, and why: else it is refused with what to give."""
    for asked, message in (
        (quiet(LIST), "--list"),
        (quiet(PAIR, address="x@x.example"), "did not get it"),
        (quiet(SENDER, days=400), "within a year"),
        (quiet(SENDER, days=-1), "within a year"),
        (quiet(SENDER, rule="upn"), "found nothing"),
        (replace(quiet(SENDER), reason=" "), "--reason"),
    ):
        with pytest.raises(TriageRefusedError, match=message):
            suppress(house.desk(DPO), house.mails[1], asked)
    with pytest.raises(TriageRefusedError, match="--rule: insult, nhs-number"):
        suppress(house.desk(DEPUTY), house.mails[2], quiet(SENDER))
    with pytest.raises(TriageRefusedError, match="--suppressed"):
        end(house.desk(DPO), "S-0009", reason="none")


def test_precision_is_by_rule_and_version(house: House) -> None:
    """Confirmed among what was judged; what was known already, or undone, counts for nothing."""
    desk = house.desk(DEPUTY)
    desk.confirm(house.mails[2], Choice(rule="nhs-number"))
    desk.dismiss(
        house.mails[2], Choice(rule="insult"), dismissal=Dismissal.HARMLESS, reason="a joke"
    )
    desk.dismiss(house.mails[4], dismissal=Dismissal.KNOWN, reason="seen last week")
    desk.confirm(house.mails[1])
    desk.undo(house.mails[1], reason="a slip")

    made = figures(house.ledger.events(Book.CASES))

    assert [
        (RuleVersion(RuleId("insult"), 3), 0, ((Dismissal.HARMLESS, 1), (Dismissal.KNOWN, 1))),
        (RuleVersion(RuleId("nhs-number"), 3), 0, ((Dismissal.KNOWN, 1),)),
        (RuleVersion(RuleId("nhs-number"), 4), 1, ()),
    ] == [(one.rule, one.confirmed, one.dismissed) for one in made.rules]
    assert [0.0, None, 1.0] == [one.precision and one.precision.share for one in made.rules]
    assert [(4, 1, timedelta(days=10, hours=2))] == [
        (one.severity, one.items, one.median) for one in made.waited if one.severity == 4
    ]


def test_waiting_times_are_medians_and_nine_in_ten(house: House) -> None:
    """Ten items that waited one to ten hours: half within five, nine in ten within nine."""
    [decided] = [house.desk(DPO).confirm(house.mails[1])]
    events = [
        replace(decided, item=ItemId(str(hours)), since=decided.at - timedelta(hours=hours))
        for hours in range(1, 11)
    ]

    [waited] = figures(events).waited

    assert (10, timedelta(hours=5), timedelta(hours=9)) == (waited.items, waited.median, waited.p90)
    assert () == figures(events, until=decided.at).waited


def test_wilson_is_honest_about_few() -> None:
    """One of one is no certainty; the figures are those of the published formula."""
    [one, many] = [wilson(1, 1), wilson(81, 263)]

    assert one
    assert many
    assert (0.207, 1.0) == (round(one.low, 3), one.high)
    assert (0.255, 0.366) == (round(many.low, 3), round(many.high, 3))
    assert wilson(0, 0) is None


def desk_of(house: House, actor: str) -> Incidents:
    return Incidents(house.ledger, actor, lambda: NOW, ACCOUNTS)


REPORT = Report(
    happened=NOW - timedelta(days=1),
    reporter="a cover teacher",
    what="a page of insults was on the screen",
    done="screen locked, pupils told",
    concerns=("J.Doe@school.example",),
)


def test_an_incident_is_filed_followed_up_and_closed(house: House) -> None:
    """Who, when, what, what was done, and to which mail it belongs; nothing of it is rewritten."""
    desk = desk_of(house, HEAD)
    filed = desk.file(replace(REPORT, mails=(house.mails[2],)))

    desk.amend("i-0001", "parents told", mails=(house.mails[1],))
    asked = desk.closing("I-0001", "a warning was given")
    assert asked
    request = Desk(house.ledger, HEAD, lambda: NOW, ACCOUNTS).ask(asked)
    Desk(house.ledger, DPO, lambda: NOW, ACCOUNTS).approve(request.id)
    closed = desk.close("I-0001", "a warning was given")

    assert "I-0001" == filed.id
    assert ("a cover teacher", HEAD) == (closed.filed.reporter, closed.filed.by)
    assert (house.mails[2], house.mails[1]) == closed.mails
    assert ["parents told"] == [one.words for one in closed.amendments]
    assert closed.closed
    with pytest.raises(IncidentRefusedError, match="file another"):
        desk.amend("I-0001", "one thing more")


def test_whom_an_incident_concerns_does_not_learn_of_it(house: House) -> None:
    """Nor does somebody without the role, but for what they filed themselves."""
    desk_of(house, DEPUTY).file(replace(REPORT, concerns=("h.ead@school.example",)))

    assert [] == desk_of(house, HEAD).visible()
    with pytest.raises(IncidentUnknownError):
        desk_of(house, HEAD).amend("I-0001", "it was nothing")
    assert 1 == len(desk_of(house, DPO).visible())
    with pytest.raises(RoleMissingError):
        desk_of(house, "n.obody").file(REPORT)


@pytest.mark.parametrize(
    ("report", "message"),
    [
        (replace(REPORT, what=" "), "--what"),
        (replace(REPORT, happened=NOW + timedelta(hours=1)), "--when"),
        (replace(REPORT, concerns=("Jo",)), "--about"),
    ],
)
def test_a_record_says_enough(house: House, report: Report, message: str) -> None:
    """What is missing is asked for."""
    with pytest.raises(IncidentRefusedError, match=message):
        desk_of(house, HEAD).file(report)


def test_a_verdict_is_a_word_of_ours(house: House) -> None:
    """What stands on the ledger can be read without us."""
    house.desk(DPO).confirm(house.mails[1])

    raw = house.ledger.raw(Book.CASES, house.ledger.head(Book.CASES).number)

    assert b'"verdict":"confirmed"' in raw
    assert b'"kind":"triaged"' in raw
    assert isinstance(list(house.ledger.events(Book.CASES))[-1], Triaged)
