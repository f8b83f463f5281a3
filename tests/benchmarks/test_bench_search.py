"""The report on search."""

from __future__ import annotations

from pathlib import Path

from benchmarks.search import Visit, report
from blogtools.app.searching import Indexed


def test_the_report_has_what_a_reader_loads_and_what_an_index_takes() -> None:
    visits = {"two words": Visit(0.25, 180_000, 1.5, 470_000, 1200)}
    indexed = [("the first time", Indexed(Path(), 10_000, 7, 7), 60.0)]
    text = "\n".join(report(10_000, 5, indexed, visits.items()))
    assert "# Search among 10,000 essays" in text
    assert "Medians of 5 runs" in text.replace("\n", " ")
    assert "| two words | 1,200 | 0.25 s | 180 kB | 1.50 s | 470 kB |" in text
    assert "| the first time | 10,000 | 7 | 7 | 60.0 s |" in text
