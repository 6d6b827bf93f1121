"""Routing: who is told of what, who instead when it concerns them, and in which hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.hours import Hours
from cases.routing import POSTS, Concern, Post, Recipient, Routes, kind_of, line
from section9 import Category

DSL, DEPUTY, DPO, HEAD, CHAIR, DUTY, NORTH = (
    Recipient(f"{name}@school.example")
    for name in ("dsl", "deputy", "dpo", "head", "chair", "duty", "north")
)
ROUTES = Routes(
    trust={
        Post.DSL: (DSL, DEPUTY),
        Post.DPO: (DPO,),
        Post.HEAD: (HEAD,),
        Post.CHAIR: (CHAIR,),
    },
    schools={"north primary": {Post.HEAD: (NORTH,)}},
    out_of_hours={Post.DSL: (DUTY,)},
)
HOURS = Hours(
    ZoneInfo("Europe/London"),
    frozenset(range(5)),
    time(8),
    time(17),
    ((date(2026, 12, 21), date(2027, 1, 1)),),
)


def names(found: tuple[Recipient, ...]) -> list[str]:
    return [one.address.partition("@")[0] for one in found]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("student-contact", ["dsl"]),
        ("welfare", ["dsl"]),
        ("bullying", ["dsl"]),
        ("personal-data", ["dpo"]),
        ("financial", ["dpo"]),
        ("credentials", ["dpo"]),
        ("special-category", ["dpo"]),
        ("offensive", ["head"]),
        ("criminal", ["dsl", "head"]),
        ("sealed", ["head"]),
    ],
)
def test_each_kind_has_its_post(what: str, expected: list[str]) -> None:
    """As the policy and the safeguarding guidance say."""
    first = [line(Concern(what), post, ROUTES)[0] for post in POSTS[what]]

    assert expected == names(tuple(first))


def test_every_category_has_a_post() -> None:
    """A new one cannot be forgotten; clause 8 makes bullying of any of them."""
    assert set(Category) <= POSTS.keys()
    assert ["bullying"] * len(Category) == [kind_of(one, "8") for one in Category]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ((), ["dsl", "deputy", "duty", "head", "chair"]),
        ((DSL,), ["deputy", "duty", "head", "chair"]),
        ((DSL, DEPUTY, DUTY), ["head", "chair"]),
        ((DSL, DEPUTY, DUTY, HEAD), ["chair"]),
        ((DSL, DEPUTY, DUTY, HEAD, CHAIR), []),
    ],
)
def test_nobody_is_told_of_what_concerns_them(
    people: tuple[Recipient, ...], expected: list[str]
) -> None:
    """The next in line is; at last the chair."""
    concern = Concern("welfare", frozenset(one.address for one in people))

    assert expected == names(line(concern, Post.DSL, ROUTES))


def test_somebody_is_known_by_all_their_addresses() -> None:
    """Writing from another one does not make it somebody else's affair."""
    known = Recipient("head@school.example", frozenset({"h.ead@private.example"}))
    routes = Routes(trust={Post.HEAD: (known,), Post.CHAIR: (CHAIR,)})

    found = line(Concern("offensive", frozenset({"h.ead@private.example"})), Post.HEAD, routes)

    assert ["chair"] == names(found)


def test_a_school_has_its_own_head() -> None:
    """Known by the name in the directory; any other school has the trust's."""
    north = line(Concern("offensive", school="North Primary"), Post.HEAD, ROUTES)
    south = line(Concern("offensive", school="South Primary"), Post.HEAD, ROUTES)

    assert (["north", "head", "chair"], ["head", "chair"]) == (names(north), names(south))


def test_somebody_on_duty_is_told_first_when_nobody_is_at_work() -> None:
    """And never twice in one line."""
    found = line(Concern("welfare"), Post.DSL, ROUTES, at_work=False)

    assert ["duty", "dsl", "deputy", "head", "chair"] == names(found)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 6, 7, 0, tzinfo=UTC), True),  # summer time
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), False),  # a Sunday
        (datetime(2026, 12, 23, 12, 0, tzinfo=UTC), False),  # a holiday
    ],
)
def test_hours_go_by_the_clock_on_the_wall(moment: datetime, *, expected: bool) -> None:
    """With days off, holidays and summer time."""
    assert expected == HOURS.is_working(moment)


@pytest.mark.parametrize(
    ("since", "minutes", "expected"),
    [
        ("2026-11-23T09:00", 30, "2026-11-23T09:30"),
        ("2026-11-23T16:50", 30, "2026-11-24T08:20"),
        ("2026-11-20T16:50", 30, "2026-11-23T08:20"),  # over a weekend
        ("2026-11-22T03:00", 30, "2026-11-23T08:30"),
        ("2026-12-18T16:50", 30, "2027-01-04T08:20"),  # over the holidays
        ("2026-11-23T08:00", 18 * 60, "2026-11-24T17:00"),
    ],
)
def test_working_time_stands_still_at_night(since: str, minutes: int, expected: str) -> None:
    """Over weekends and holidays too."""
    began = datetime.fromisoformat(f"{since}+00:00")

    found = HOURS.after(began, timedelta(minutes=minutes))

    assert datetime.fromisoformat(f"{expected}+00:00") == found


def test_where_nobody_ever_works_time_runs_out_all_the_same() -> None:
    """Bounded: holidays without end hang nothing."""
    never = Hours(ZoneInfo("UTC"), frozenset(), time(8), time(17))

    assert never.after(datetime(2026, 1, 1, tzinfo=UTC), timedelta(1)).year == 2027
