"""Moments as people in the United Kingdom type them."""

from datetime import UTC, date, datetime

import click


class Moment(click.ParamType[datetime]):
    """`2026-11-20 16:05` by the clock in the United Kingdom, or with an offset: `…16:05Z`."""

    name = "WHEN"

    def convert(
        self,
        value: str | datetime,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Give the moment in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            return _read(value)
        except ValueError:
            self.fail("not a moment such as '2026-11-20 16:05' or 2026-11-20T16:05Z", param, ctx)


def _read(value: str) -> datetime:
    from cases.deadlines import uk_moment

    found = datetime.fromisoformat(value)
    return found.astimezone(UTC) if found.tzinfo else uk_moment(found)


class Day(click.ParamType[date]):
    """`2026-11-20`."""

    name = "DAY"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Give the day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("not a day such as 2026-11-20", param, ctx)
