"""The 72 hours of Article 33(1) UK GDPR. Pure: moments in, moments and words out.

The hours run through nights, weekends and bank holidays: the Commissioner's guidance counts them
so, and so does Regulation (EEC, Euratom) No 1182/71, whose Article 3(3) includes public holidays,
Sundays and Saturdays in a period, and whose Article 3(4), which moves an end to the next working
day, spares periods "expressed otherwise than in hours". They are hours that pass, not hours on a
clock on the wall: they are counted in UTC, so that the change to or from summer time neither
gives nor takes one.

Article 3(1) of that regulation would leave out the hour in which awareness came, and so end up to
59 minutes later; its Article 3(5) would let no period of two days or more have fewer than two
working days. We count from the moment itself and grant neither: whoever keeps this deadline has
kept it by every reading.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

WINDOW = timedelta(hours=72)
UK = ZoneInfo("Europe/London")


def notify_by(aware: datetime) -> datetime:
    """The last moment at which a notification is in time, UTC; `aware` has a time zone."""
    return aware.astimezone(UTC) + WINDOW


def is_late(aware: datetime, moment: datetime) -> bool:
    """Tell whether a moment lies beyond the 72 hours."""
    return moment > notify_by(aware)


def left(aware: datetime, now: datetime) -> timedelta:
    """What is left of the 72 hours; less than nothing once they are over."""
    return notify_by(aware) - now.astimezone(UTC)


def countdown(aware: datetime, now: datetime) -> str:
    """Say how the clock stands: `41 h 20 min left`, `overdue by 3 h 5 min`."""
    remaining = left(aware, now)
    if remaining < timedelta(0):
        return f"overdue by {spoken(-remaining)}"
    return f"{spoken(remaining)} left"


def spoken(span: timedelta) -> str:
    """Say how long something is, in whole minutes, cut off: `41 h 20 min`."""
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def at_home(moment: datetime) -> str:
    """Write a moment as a clock in the United Kingdom shows it: `Mon 26 Oct 2026 08:15 GMT`."""
    return f"{moment.astimezone(UK):%a %-d %b %Y %H:%M %Z}"


def uk_moment(naive: datetime) -> datetime:
    """The moment that somebody in the United Kingdom means by a date and time, UTC.

    Of an hour that comes twice in October it is the first, which ends the 72 hours sooner.
    """
    return naive.replace(tzinfo=UK, fold=0).astimezone(UTC)
