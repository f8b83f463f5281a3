"""A figure over the releases, drawn as a line: SVG without a style of its own."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from itertools import groupby

_WIDTH, _HEIGHT, _EDGE = 240, 72, 8
_RADIUS = 3

Point = tuple[float, float]


def plot(values: Sequence[float | None], title: str) -> str:
    """Return a drawing as HTML: a dot for each release, joined where none is missing between them.

    Its colours are those of the classes ``bt-line`` and ``bt-dot``.

    Args:
        values: The figure in each release, the oldest first; None where it was not measured.
        title: What people are told who cannot see it.
    """
    runs = [list(run) for run in _runs(values)]
    lines = "".join(_line(run) for run in runs if len(run) > 1)
    dots = "".join(_dot(point) for run in runs for point in run)
    ground = f'<path class="bt-ground" d="M0 {_HEIGHT - 0.5}H{_WIDTH}"/>'
    return (
        f'<svg class="bt-plot" role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'aria-label="{html.escape(title)}">{ground}{lines}{dots}</svg>'
    )


def _runs(values: Sequence[float | None]) -> Iterator[Iterator[Point]]:
    """Yield the points of each stretch in which the figure is known."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    step = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)
    for missing, stretch in groupby(enumerate(values), key=lambda item: item[1] is None):
        if not missing:
            yield ((_EDGE + at * step, _up(value, low, high)) for at, value in stretch)


def _up(value: float | None, low: float, high: float) -> float:
    """Return how far down a value stands; one that never changes stands in the middle."""
    share = 0.5 if high == low or value is None else (value - low) / (high - low)
    return _HEIGHT - _EDGE - share * (_HEIGHT - 2 * _EDGE)


def _line(points: Sequence[Point]) -> str:
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline class="bt-line" points="{way}"/>'


def _dot(point: Point) -> str:
    x, y = point
    return f'<circle class="bt-dot" cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}"/>'
