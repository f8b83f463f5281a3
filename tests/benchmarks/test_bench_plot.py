from __future__ import annotations

import re
from xml.etree import ElementTree

from benchmarks.plot import Series, as_svg

LINES = [
    Series("A & B", "cold", [(100, 1.0), (1_000, 10.0), (10_000, 100.0)]),
    Series("A & B", "edited", [(100, 0.1), (10_000, 0.1)]),
    Series("other", "cold", [(100, 5.0)]),
]


def test_the_plot_is_the_same_each_time_and_well_formed() -> None:
    plot = as_svg(LINES)
    assert plot == as_svg(LINES)
    texts = [element.text for element in ElementTree.fromstring(plot).iter()]  # noqa: S314
    for shown in ("A & B", "other", "cold", "edited", "posts", "seconds", "10,000", "0.1"):
        assert shown in texts


def test_what_grows_in_proportion_is_a_straight_line() -> None:
    [path] = re.findall(r'points="([\d.,]+ [\d.,]+ [\d.,]+)"', as_svg(LINES))
    (x1, y1), (x2, y2), (x3, y3) = [map(float, point.split(",")) for point in path.split()]
    assert x2 - x1 == x3 - x2 > 0
    assert y1 - y2 == y2 - y3 > 0


def test_nothing_is_drawn_of_nothing() -> None:
    assert as_svg([]) == ""


def test_a_single_value_has_axes_too() -> None:
    assert "<circle" in as_svg([Series("a", "cold", [(100, 1.0)])])
