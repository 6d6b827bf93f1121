"""A report: sections of words, tables and plots, as a page that needs no network, or as PDF."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence import pages


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first column names the row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    prose: bool = False  # columns after the first hold words rather than numbers


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture, and what it says to whoever cannot see it."""

    alt: str
    source: str  # a `data:` address: see evidence/plots.py


@dataclass(frozen=True, slots=True)
class Section:
    """One subject of a report."""

    title: str
    words: tuple[str, ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    points: tuple[str, ...] = ()  # a list after the words


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    made: str  # how and when it was made, for the foot


def html(report: Report) -> str:
    """The page; alike on screen and on paper."""
    pictures = any(one.plots for one in report.sections)
    return pages.webpage("report.html", pictures=pictures, r=report)


def text(report: Report) -> str:
    """The same in plain text, without the plots."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterable[str]:
    yield from (report.title, report.subtitle, "")
    for section in report.sections:
        yield from (section.title.upper(), "", *section.words)
        yield from (f"- {point}" for point in section.points)
        for table in section.tables:
            yield from ("", table.caption, *_aligned((table.head, *table.rows)))
        yield ""
    yield report.made


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Rows in columns: the first to the left, the others to the right, the widest as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        told = (value.rjust(width) for value, width in zip(others, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *told)).rstrip()
