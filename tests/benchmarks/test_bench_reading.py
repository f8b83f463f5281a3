"""The benchmark of reading: what it takes from Lighthouse's reports, and what it asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from benchmarks.reading import Row, Visit, median, reached, table

GOOD = Visit(99, 100, 100, 100, 0.9, 1.2, 0.0, 0, 11, 120_000)


def report(**scores: float) -> dict[str, Any]:
    audits = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
    sent = [{"url": "https://a.example/", "transferSize": 1000}]
    sent += [{"url": "https://a.example/a.css", "transferSize": 500}, {"url": "https://b.example/"}]
    sent += [{"url": "data:font/woff2;base64,AA==", "transferSize": 100}]
    return {
        "categories": {name.replace("_", "-"): {"score": score} for name, score in scores.items()},
        "audits": {
            **{name: {"numericValue": 1500.0} for name in audits},
            "cumulative-layout-shift": {"numericValue": 0.25},
            "network-requests": {"details": {"items": sent}},
        },
    }


def test_a_report_becomes_scores_of_a_hundred_seconds_and_bytes() -> None:
    visit = Visit.of(report(performance=0.985, accessibility=1, best_practices=0.5, seo=0))
    assert visit == Visit(98, 100, 50, 0, 1.5, 1.5, 1.5, 0.25, 3, 1500)


def test_the_median_is_of_each_figure() -> None:
    visits = [GOOD, replace(GOOD, performance=90, shift=0.5), replace(GOOD, performance=100)]
    assert median(visits) == GOOD


def test_each_figure_that_is_missed_counts() -> None:
    assert reached(Row("ours", GOOD, 30_000))
    assert not reached(Row("ours", GOOD, 30_001))
    missed = ({"seo": 99}, {"performance": 97}, {"requests": 13}, {"weight": 150_001}, {"shift": 1})
    assert not any(reached(Row("ours", replace(GOOD, **one), 0)) for one in missed)


def test_the_table_has_a_cell_for_each_column() -> None:
    head, line, row = table([Row("ours", GOOD, 6_000)])
    assert head.count("|") == line.count("|") == row.count("|")
    assert row.startswith("| ours | 99 | 100 | 100 | 100 |")
    assert row.endswith("| 11 | 120.0 | 6.0 |")
