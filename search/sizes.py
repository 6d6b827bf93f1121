"""Sizes: how large a message is, how a query writes it, and how an index keeps it."""

import re

from section9 import Record

_SHAPE = re.compile(r"(\d{1,20})|(\d{1,9})([kmg])(?:i?b)?", re.ASCII | re.IGNORECASE)
_UNITS = {"k": 10, "m": 20, "g": 30}  # bits


def size_of(record: Record) -> int:
    """Bytes of a message's parts, after transfer decoding."""
    return sum(part.size for part in record.parsed.parts)


def read_size(text: str) -> int:
    """Read `500`, `300K`, `1M` or `2G`, in bytes; the units are of 1,024. Raises `ValueError`."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    plain, number, unit = match.groups()
    return int(plain) if plain else int(number) << _UNITS[unit.lower()]


def figure(size: int) -> str:
    """Write a size as a value: such values are in the order of size."""
    return f"{size:024d}"
