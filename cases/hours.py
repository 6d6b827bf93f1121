"""Working hours: when somebody is there to read, and when a time has run out for them. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FARTHEST = 400  # days that are looked through for working time


@dataclass(frozen=True, slots=True)
class Hours:
    """The days and hours of work, by the clock on the wall."""

    zone: ZoneInfo
    days: frozenset[int]  # 0 is Monday
    first: time
    last: time
    holidays: tuple[tuple[date, date], ...] = ()  # first and last day, both free

    def is_working(self, moment: datetime) -> bool:
        """Tell whether somebody is at work."""
        opens, closes = self._day(moment.astimezone(self.zone).date())
        return opens <= moment < closes

    def after(self, moment: datetime, length: timedelta) -> datetime:
        """When that much working time has passed since a moment; in UTC, like all times.

        Where there is none within `FARTHEST` days, at their end.
        """
        left, day = length, moment.astimezone(self.zone).date()
        for _ in range(FARTHEST):
            opens, closes = self._day(day)
            begins = max(moment, opens)
            if begins < closes:
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
            day += timedelta(days=1)
        return moment + timedelta(days=FARTHEST)

    def _day(self, day: date) -> tuple[datetime, datetime]:
        """When a day's work begins and ends; the same moment on a free day."""
        opens = datetime.combine(day, self.first, self.zone).astimezone(UTC)
        if day.weekday() not in self.days or any(a <= day <= b for a, b in self.holidays):
            return opens, opens
        return opens, datetime.combine(day, self.last, self.zone).astimezone(UTC)
