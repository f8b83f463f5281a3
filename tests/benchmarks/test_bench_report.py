from __future__ import annotations

import json
from dataclasses import replace

import pytest

from benchmarks.measure import Measurement
from benchmarks.project import SiteFacts
from benchmarks.report import Run, as_json, as_markdown, as_plot
from benchmarks.runner import Result
from benchmarks.targets import Target, targets

LABELS = {"blogtools": "blogtools", "hugo": "Hugo", "zensical": "Zensical"}


def result(
    name: str,
    *walls: float,
    peak: int = 100_000_000,
    noise: float = 0.0,
    case: str = "cold",
    posts: int = 743,
    laps: tuple[float, ...] = (),
) -> Result:
    runs = [Measurement(wall, wall * 2, peak, peak, 10, noise, laps) for wall in walls]
    return Result(
        subject=name,
        label=LABELS[name],
        case=case,
        posts=posts,
        scaled=posts != 743,
        corpus=f"digest of {posts}",
        runs=runs,
        site=SiteFacts(1000, 50_000_000),
    )


def report(*results: Result) -> Run:
    return Run(
        date="2026-11-22",
        command="python -m benchmarks",
        corpus={"743 real posts": "6 MB"},
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


def row(text: str, *start: str) -> list[str]:
    [found] = [cells for cells in rows(text) if cells[: len(start)] == [*start]]
    return found


def test_the_table_has_medians_quickest_first() -> None:
    text = as_markdown(
        report(result("hugo", 9.0, 3.0, 4.0, peak=400_000_000), result("blogtools", 2.0, 0.5, 8.0))
    )
    _, _, first, second, *_ = rows(text)
    assert first[:7] == ["blogtools", "2.00", "0.500 to 8.00", "4.00", "100", "1,000", "50"]
    assert second[:7] == ["Hugo", "4.00", "3.00 to 9.00", "8.00", "400", "1,000", "50"]


def test_the_table_has_ratios_to_hugo_and_to_zensical_in_the_same_case() -> None:
    text = as_markdown(
        report(
            result("hugo", 4.0, peak=400_000_000),
            result("zensical", 10.0, peak=800_000_000),
            result("blogtools", 0.1, peak=200_000_000),
        )
    )
    heads, _, own, hugo, zensical, *_ = rows(text)
    assert heads[7:] == ["wall / Hugo", "wall / Zensical", "memory / Hugo", "memory / Zensical"]
    assert own[7:] == ["0.025", "0.010", "0.50", "0.25"]
    assert hugo[7:] == ["1.00", "0.40", "1.00", "0.50"]
    assert zensical[7:] == ["2.50", "1.00", "2.00", "1.00"]


def test_a_peer_without_a_time_has_no_column() -> None:
    failed = replace(result("zensical"), error="no")
    heads, *_ = rows(as_markdown(report(result("hugo", 1.0), failed)))
    assert [head for head in heads if "/" in head] == ["wall / Hugo", "memory / Hugo"]


def test_an_error_stands_in_the_table_in_place_of_a_time() -> None:
    failed = replace(result("zensical"), error="no | page\nat all")
    text = as_markdown(report(failed, result("hugo", 1.0)))
    assert "| Zensical | **error:** no \\| page at all |" in text
    long = replace(failed, error="word " * 1000)
    assert len(row(as_markdown(report(long, result("hugo", 1.0))), "Zensical")[1]) < 300


def test_what_was_left_out_says_so() -> None:
    left_out = replace(result("zensical", posts=10_000), left_out="left out beyond 1,000 posts")
    text = as_markdown(report(left_out, result("hugo", 1.0, posts=10_000)))
    assert "| Zensical | left out beyond 1,000 posts |" in text


def test_a_server_is_reported_in_milliseconds_over_all_edits() -> None:
    served = result("blogtools", 0.03, case="serve", laps=(0.02, 0.03, 0.4))
    text = as_markdown(report(served, result("hugo", 0.06, case="serve", laps=(0.06,))))
    assert row(text, "blogtools")[:5] == ["blogtools", "30", "20 to 400", "3", "100"]
    assert row(text, "blogtools")[5] == "0.50"


def test_the_report_names_versions_machine_corpus_command_and_date() -> None:
    text = as_markdown(report(result("hugo", 1.0), result("hugo", 1.0, posts=1_000)))
    for fact in ("hugo 0.168.0", "cores: 2", "743 real posts: 6 MB", "`python -m benchmarks`"):
        assert fact in text
    assert "2026-11-22" in text
    assert "1,000 made of them: digest of 1000" in text
    assert "Zensical: not installed" in text


def test_features_are_compared_side_by_side() -> None:
    text = as_markdown(report(result("hugo", 1.0)))
    assert "| tags |  | yes |" in text


def test_a_busy_machine_is_told_of_and_a_quiet_one_is_not() -> None:
    quiet = as_markdown(report(result("hugo", 10.0, noise=0.5)))
    assert "not quiet" not in quiet
    assert "Noise: other programs took 2% of the processors" in quiet
    busy = as_markdown(report(result("hugo", 10.0, noise=5.0), result("blogtools", 10.0)))
    assert "not quiet:** other programs took 25% of the processors" in busy
    assert "12% in the median" in busy
    short = as_markdown(report(result("hugo", 10.0), result("blogtools", 0.05, noise=0.02)))
    assert "not quiet" not in short


def test_cases_and_loads_have_a_table_each() -> None:
    edited = result("hugo", 1.0, case="edited")
    text = as_markdown(
        report(result("hugo", 1.0), edited, result("hugo", 1.0, case="edited", posts=1_000))
    )
    heads = [line for line in text.splitlines() if line.endswith(" posts")]
    assert heads == [
        "## Cold build, 743 real posts",
        "## One body edited, new process, 743 real posts",
        "## One body edited, new process, 1,000 scaled posts",
    ]


def test_every_measurement_is_in_the_data() -> None:
    data = json.loads(as_json(report(result("hugo", 1.0, 2.0))))
    assert [run["wall"] for run in data["results"][0]["runs"]] == [1.0, 2.0]
    assert {target["verdict"] for target in data["targets"]} == {"not measured"}


def both(case: str, posts: int, own: float, hugo: float) -> list[Result]:
    return [result(n, w, case=case, posts=posts) for n, w in (("blogtools", own), ("hugo", hugo))]


@pytest.mark.parametrize(
    ("case", "posts", "own", "verdict"),
    [
        ("cold", 1_000, 2.0, "met"),
        ("cold", 1_000, 2.1, "missed"),
        ("unchanged", 1_000, 0.1, "met"),
        ("unchanged", 10_000, 0.1, "missed"),
        ("edited", 1_000, 0.26, "missed"),
        ("edited", 10_000, 0.05, "met"),
        ("restored", 1_000, 0.35, "met"),
        ("restored", 10_000, 0.11, "missed"),
        ("serve", 1_000, 0.050, "met"),
        ("serve", 1_000, 0.051, "missed"),
        ("serve", 10_000, 0.099, "met"),
    ],
)
def test_a_target_is_met_or_missed(case: str, posts: int, own: float, verdict: str) -> None:
    [target] = [
        t
        for t in targets(both(case, posts, own, 1.0))
        if (t.case, t.posts) == (case, posts) and t.reached is not None
    ]
    assert target.verdict == verdict


def of_growth(results: list[Result]) -> Target:
    [target] = [t for t in targets(results) if "a post takes" in t.asked]
    return target


def test_growth_is_the_time_of_a_post_against_that_at_a_thousand() -> None:
    results = [*both("cold", 1_000, 3.0, 1.0), *both("cold", 10_000, 36.0, 9.0)]
    assert of_growth(results).reached == pytest.approx(1.2)
    assert of_growth(results[:2]).verdict == "not measured"


def test_memory_is_the_highest_of_all_cases_and_runs() -> None:
    low = result("blogtools", 1.0, posts=1_000, peak=100_000_000)
    high = result("blogtools", 1.0, posts=1_000, peak=401_000_000, case="edited")
    [target] = [t for t in targets([low, high]) if not t.case and t.posts == 1_000]
    assert (target.reached, target.verdict) == (401.0, "missed")


def test_real_posts_count_for_no_target_of_scaled_ones() -> None:
    real = [replace(r, scaled=False) for r in both("cold", 1_000, 1.0, 1.0)]
    assert {t.verdict for t in targets(real)} == {"not measured"}


def test_the_targets_are_in_the_report() -> None:
    text = as_markdown(report(*both("cold", 1_000, 2.5, 1.0), *both("unchanged", 1_000, 0.05, 1.0)))
    assert row(text, "Cold build", "1,000", "at most 2.00 × Hugo")[3:] == [
        "2.50 × Hugo",
        "**missed**",
    ]
    assert row(text, "Nothing changed, new process", "1,000")[3:] == ["0.050 × Hugo", "met"]
    assert row(text, "Nothing changed, new process", "10,000")[3:] == ["", "not measured"]


def test_growth_is_drawn_and_told_by_post() -> None:
    run = report(*both("cold", 1_000, 3.0, 1.0), *both("cold", 10_000, 36.0, 9.0))
    text, plot = as_markdown(run), as_plot(run)
    assert "](growth.svg)" in text
    assert row(text, "blogtools", "cold")[2:] == ["3.00", "3.60"]
    assert plot == as_plot(run)
    assert plot.count("<circle") == 4


def test_nothing_is_drawn_of_one_size() -> None:
    run = report(*both("cold", 1_000, 3.0, 1.0))
    assert as_plot(run) == ""
    assert "growth.svg" not in as_markdown(run)
