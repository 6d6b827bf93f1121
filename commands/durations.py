"""Lengths of time as people type them: `90m`, `2h`, `3d`."""

import re
from datetime import timedelta

import click

_LENGTH = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse(text: str) -> timedelta:
    """Read a length of time. Raises ValueError."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        raise ValueError("no length of time: write it as 90m, 2h or 3d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


class LengthOption(click.ParamType[timedelta]):
    """An option that is a length of time."""

    name = "length"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read it, or say how it is written."""
        if isinstance(value, timedelta):
            return value
        try:
            return parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
