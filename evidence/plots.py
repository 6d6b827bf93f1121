"""Plots, drawn as SVG with no browser and no network (altair describes, vl-convert draws).

They are given as `data:` addresses, as a page holds them: nothing in them acts or is fetched.

Colours are of the Okabe-Ito palette, which people with any colour vision tell apart; what a plot
says stands in a table beside it too.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
WIDTH, HEIGHT = 640, 220
WIDE = 920
DAY = 24 * 60 * 60 * 1000  # milliseconds
SHAPES = ("circle", "diamond", "triangle-down", "square", "triangle-up", "cross", "stroke")
PREFIX = "data:image/svg+xml;base64,"
FONT = "Liberation Sans, Arial, sans-serif"
Rows = Sequence[Mapping[str, str | float]]


def bars(rows: Rows, *, x: str, y: str, colour: str = "") -> str:
    """Upright bars, stacked where they have colours. Rows hold a value for each title."""
    import altair as alt  # noqa: PLC0415 - a second, for reports alone

    chart = alt.Chart(_data(alt, rows)).mark_bar()
    said: dict[str, Any] = {
        "x": alt.X(f"{x}:O", title=x, sort=_values(rows, x), axis=alt.Axis(labelAngle=0)),
        "y": alt.Y(f"{y}:Q", title=y, axis=alt.Axis(tickMinStep=1, format=",d")),
    }
    if colour:
        said["color"] = _colours(alt, rows, colour)
    else:
        chart = chart.mark_bar(color=PALETTE[0])
    return _drawn(chart.encode(**said).properties(width=WIDTH, height=HEIGHT))


def beside(rows: Rows, *, x: str, y: str, colour: str) -> str:
    """Bars of several colours beside one another: this year and last."""
    import altair as alt  # noqa: PLC0415 - likewise

    chart = (
        alt.Chart(_data(alt, rows))
        .mark_bar()
        .encode(
            x=alt.X(f"{x}:O", title=x, sort=_values(rows, x), axis=alt.Axis(labelAngle=0)),
            y=alt.Y(f"{y}:Q", title=y, axis=alt.Axis(tickMinStep=1, format=",d")),
            xOffset=alt.XOffset(f"{colour}:N", sort=_values(rows, colour)),
            color=_colours(alt, rows, colour),
        )
    )
    return _drawn(chart.properties(width=WIDTH, height=HEIGHT))


def ranges(rows: Rows, *, name: str, title: str) -> str:
    """A dot (`mid`) and its interval (`low` to `high`), from 0 to 1, for each name."""
    import altair as alt  # noqa: PLC0415 - likewise

    base = alt.Chart(_data(alt, rows)).encode(
        y=alt.Y(f"{name}:N", title="", sort=_values(rows, name), axis=alt.Axis(labelLimit=260))
    )
    scale = alt.Scale(domain=[0, 1])
    line = base.mark_rule(color=PALETTE[0], strokeWidth=2).encode(
        x=alt.X("low:Q", title=title, scale=scale, axis=alt.Axis(format="%")), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=70, color=PALETTE[5]).encode(x="mid:Q")
    return _drawn((line + dot).properties(width=WIDTH - 200, height=24 * max(len(rows), 1)))


def hours(rows: Rows, *, day: str, hour: str, colour: str) -> str:
    """A mark for each row: its day (as `2026-03-09`) to the right, the hour of the day upwards."""
    import altair as alt  # noqa: PLC0415 - likewise

    marks = _values(rows, colour)
    legend = alt.Legend(orient="top", title=None, labelLimit=0, columnPadding=24)
    chart = (
        alt.Chart(_data(alt, rows))
        .mark_point(filled=True, size=48, opacity=0.8)
        .encode(
            # In UTC, or the days would move with the clock of whoever draws.
            x=alt.X(
                f"{day}:T",
                title="",
                scale=alt.Scale(type="utc", padding=12),
                axis=alt.Axis(format="%d %b", labelOverlap=True, tickMinStep=DAY),
            ),
            y=alt.Y(
                f"{hour}:Q",
                title=hour,
                scale=alt.Scale(domain=[0, 24]),
                axis=alt.Axis(values=list(range(0, 25, 3)), labelExpr="datum.value + ':00'"),
            ),
            color=alt.Color(
                f"{colour}:N",
                scale=alt.Scale(domain=marks, range=list(PALETTE[: len(marks)])),
                legend=legend,
            ),
            shape=alt.Shape(
                f"{colour}:N",
                scale=alt.Scale(domain=marks, range=list(SHAPES[: len(marks)])),
                legend=legend,
            ),
        )
    )
    return _drawn(chart.properties(width=WIDE, height=HEIGHT))


def _data(alt: Any, rows: Rows) -> Any:  # noqa: ANN401 - altair is untyped here
    return alt.Data(values=[*rows])


def _colours(alt: Any, rows: Rows, colour: str) -> Any:  # noqa: ANN401 - likewise
    values = _values(rows, colour)
    scale = alt.Scale(domain=values, range=list(PALETTE[: len(values)]))
    return alt.Color(f"{colour}:N", title=colour, scale=scale, legend=alt.Legend(orient="top"))


def _values(rows: Rows, name: str) -> list[str]:
    return list(dict.fromkeys(str(row[name]) for row in rows))


def _drawn(chart: Any) -> str:  # noqa: ANN401 - likewise
    from vl_convert import vegalite_to_svg  # noqa: PLC0415 - likewise

    said = chart.configure(font=FONT).configure_view(stroke=None).to_dict()
    return f"{PREFIX}{b64encode(str(vegalite_to_svg(said)).encode()).decode()}"
