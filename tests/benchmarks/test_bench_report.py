from __future__ import annotations

import json
from dataclasses import replace

from benchmarks.measure import Measurement
from benchmarks.project import SiteFacts
from benchmarks.report import Run, as_json, as_markdown
from benchmarks.runner import Result


def result(name: str, *walls: float, peak: int = 100_000_000, noise: float = 0.0) -> Result:
    runs = [Measurement(wall, wall * 2, peak, peak, 10, noise) for wall in walls]
    return Result(name, name.title(), "cold", 743, runs, SiteFacts(1000, 50_000_000))


def report(*results: Result) -> Run:
    return Run(
        date="2026-11-22",
        command="python -m benchmarks",
        corpus={"posts": "743"},
        machine={"cores": "2"},
        versions={"Hugo": {"hugo": "0.168.0"}, "Zensical": {}},
        features={"Hugo": ["feed"], "Zensical": ["feed", "tags"]},
        repeats=3,
        cores=2,
        results=results,
    )


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_has_medians_and_ratios_to_blogtools_quickest_first() -> None:
    text = as_markdown(
        report(result("hugo", 9.0, 3.0, 4.0, peak=400_000_000), result("blogtools", 2.0, 2.0, 8.0))
    )
    _, _, first, second, *_ = rows(text)
    assert first == [
        "Blogtools",
        "2.00",
        "2.00 to 8.00",
        "1.00",
        "4.00",
        "100",
        "1.00",
        "1,000",
        "50",
    ]
    assert second == ["Hugo", "4.00", "3.00 to 9.00", "2.00", "8.00", "400", "4.00", "1,000", "50"]


def test_an_error_stands_in_the_table_in_place_of_a_time() -> None:
    failed = Result("zensical", "Zensical", "cold", 743, error="no | page\nat all")
    text = as_markdown(report(failed, result("hugo", 1.0)))
    assert "| Zensical | **error:** no \\| page at all |" in text


def test_without_blogtools_there_are_no_ratios() -> None:
    _, _, hugo, *_ = rows(as_markdown(report(result("hugo", 1.0))))
    assert (hugo[3], hugo[6]) == ("", "")


def test_the_report_names_versions_machine_corpus_command_and_date() -> None:
    text = as_markdown(report(result("hugo", 1.0)))
    for fact in ("hugo 0.168.0", "cores: 2", "posts: 743", "`python -m benchmarks`", "2026-11-22"):
        assert fact in text
    assert "Zensical: not installed" in text


def test_features_are_compared_side_by_side() -> None:
    text = as_markdown(report(result("hugo", 1.0)))
    assert "| tags |  | yes |" in text


def test_a_busy_machine_is_told_of_and_a_quiet_one_is_not() -> None:
    assert "not quiet" not in as_markdown(report(result("hugo", 10.0, noise=0.5)))
    assert "took 25% of its processors" in as_markdown(report(result("hugo", 10.0, noise=5.0)))


def test_cases_and_sizes_have_a_table_each() -> None:
    edited = replace(result("hugo", 1.0), case="edited")
    text = as_markdown(report(result("hugo", 1.0), edited, replace(edited, posts=10_000)))
    heads = [line for line in text.splitlines() if line.endswith(" posts")]
    assert heads == [
        "## Cold build, 743 posts",
        "## One body edited, new process, 743 posts",
        "## One body edited, new process, 10,000 posts",
    ]


def test_every_measurement_is_in_the_data() -> None:
    data = json.loads(as_json(report(result("hugo", 1.0, 2.0))))
    assert [run["wall"] for run in data["results"][0]["runs"]] == [1.0, 2.0]
