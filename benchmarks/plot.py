"""Time by number of posts, both logarithmic, as an SVG that needs nothing else to be shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 760, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 560, 30, 390
_COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#a16207", "#be123c")
_DASHES = ("", "6 4", "2 3", "8 3 2 3", "1 5")


@dataclass(frozen=True)
class Series:
    """One line of the plot.

    Attributes:
        colour: What has one colour; a name that the key shows.
        dash: What has one kind of line; a name that the key shows.
        points: Numbers of posts with seconds, the least first.
    """

    colour: str
    dash: str
    points: Sequence[tuple[int, float]]


@dataclass(frozen=True)
class _Axis:
    """A logarithmic axis of whole powers of ten.

    Attributes:
        low: The exponent at its start.
        high: The exponent at its end.
        start: Where it starts, in the units of the picture.
        end: Where it ends.
    """

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        """Place a value."""
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> Iterator[float]:
        """List the powers of ten."""
        yield from (10.0**exponent for exponent in range(self.low, self.high + 1))


def as_svg(series: Sequence[Series]) -> str:
    """Draw lines.

    Args:
        series: The lines.

    Returns:
        SVG text, the same for the same lines; nothing if there is no point to draw.
    """
    points = [point for line in series for point in line.points]
    if not points:
        return ""
    across = _axis([posts for posts, _ in points], _LEFT, _RIGHT)
    up = _axis([seconds for _, seconds in points], _BOTTOM, _TOP)
    colours = dict(zip(dict.fromkeys(line.colour for line in series), _COLOURS * 9, strict=False))
    dashes = dict(zip(dict.fromkeys(line.dash for line in series), _DASHES * 9, strict=False))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13">',
        "<title>Seconds by number of posts</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        *_grid(across, up),
        *(_line(line, across, up, colours[line.colour], dashes[line.dash]) for line in series),
        *_key(colours, dashes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axis(values: Sequence[float], start: float, end: float) -> _Axis:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return _Axis(low, max(high, low + 1), start, end)


def _grid(across: _Axis, up: _Axis) -> Iterator[str]:
    for posts in across.ticks():
        x = across.at(posts)
        yield _rule(x, _TOP, x, _BOTTOM)
        yield _label(x, _BOTTOM + 18, f"{posts:,.0f}", "middle")
    for seconds in up.ticks():
        y = up.at(seconds)
        yield _rule(_LEFT, y, _RIGHT, y)
        yield _label(_LEFT - 8, y + 4, f"{seconds:,g}", "end")
    yield _label((_LEFT + _RIGHT) / 2, _BOTTOM + 40, "posts", "middle")
    yield _label(_LEFT - 8, _TOP - 12, "seconds", "end")


def _line(line: Series, across: _Axis, up: _Axis, colour: str, dash: str) -> str:
    places = [(across.at(posts), up.at(seconds)) for posts, seconds in line.points]
    path = " ".join(f"{x},{y}" for x, y in places)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places)
    name = escape(f"{line.colour}, {line.dash}")
    return f"<g><title>{name}</title>{_stroke(path, colour, dash)}{dots}</g>"


def _key(colours: dict[str, str], dashes: dict[str, str]) -> Iterator[str]:
    styles = [(name, colour, "") for name, colour in colours.items()]
    styles += [(name, "#333333", dash) for name, dash in dashes.items()]
    for row, (name, colour, dash) in enumerate(styles):
        y = _TOP + 8 + 22 * row
        yield _stroke(f"{_RIGHT + 15},{y} {_RIGHT + 45},{y}", colour, dash)
        yield _label(_RIGHT + 52, y + 4, name, "start")


def _stroke(points: str, colour: str, dash: str) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#dddddd"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#333333">{escape(text)}</text>'
