"""The patterns that stand: a fold over the `cases` book. Pure."""

from collections.abc import Iterable

from archive.events import Event
from archive.pattern_events import PatternFound, PatternId, PatternLapsed

Patterns = dict[PatternId, PatternFound]


def fold(events: Iterable[Event]) -> Patterns:
    """Every pattern as it was last found, by its id; none that has lapsed since."""
    patterns: Patterns = {}
    for event in events:
        match event:
            case PatternFound():
                patterns[event.pattern] = event
            case PatternLapsed():
                patterns.pop(event.pattern, None)
            case _:  # cases, holds and requests stand in the same book
                pass
    return patterns


def gravest_first(patterns: Patterns) -> list[PatternFound]:
    """List patterns for whoever weighs them: the gravest first, then the newest."""
    return sorted(patterns.values(), key=lambda one: (-one.severity, -one.until.timestamp()))
