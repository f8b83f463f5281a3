from __future__ import annotations

from benchmarks.cases import CASES, Case
from benchmarks.project import Feature
from benchmarks.runner import Plan, Result, run
from tests.benchmarks.support import TinySubject, make_posts

COLD, UNCHANGED, EDITED = CASES


def results_of(*subjects: TinySubject, cases: tuple[Case, ...] = (COLD,)) -> list[Result]:
    plan = Plan(subjects, cases, sizes=[4], runs=2, limit=60)
    return run(plan, make_posts(4), lambda _: None)


def test_a_subject_is_measured_as_often_as_asked() -> None:
    [result] = results_of(TinySubject())
    assert (result.error, len(result.runs), result.posts, result.case) == ("", 2, 4, "cold")
    assert result.site is not None
    assert result.site.pages == 4
    assert all(run.wall > 0 and run.peak > 0 and run.samples > 0 for run in result.runs)


def test_subjects_take_turns() -> None:
    calls: list[str] = []
    results_of(TinySubject("a", calls=calls), TinySubject("b", calls=calls))
    assert calls == ["a", "b"] * 3  # the warm-up and two rounds


def test_a_site_with_fewer_pages_than_posts_is_an_error_and_no_time() -> None:
    bad, good = results_of(TinySubject("bad", mode="forgetful"), TinySubject("good"))
    assert bad.error.startswith("1 of 4 posts have no page")
    assert bad.runs == []
    assert len(good.runs) == 2


def test_a_site_without_a_promised_feature_is_an_error() -> None:
    [result] = results_of(TinySubject(features=(Feature("feed", "feed.xml"),)))
    assert (result.error, result.runs) == ("the site lacks: feed", [])


def test_a_subject_that_is_not_installed_is_an_error_that_says_the_way_out() -> None:
    [result] = results_of(TinySubject(installed=False))
    assert result.error == "not here. Install it."


def test_every_case_is_measured_at_every_size() -> None:
    plan = Plan([TinySubject()], CASES, sizes=[2, 3], runs=1, limit=60)
    found = [(r.posts, r.case, r.error) for r in run(plan, make_posts(3), lambda _: None)]
    assert found == [(size, case.name, "") for size in (2, 3) for case in CASES]


def test_a_generator_that_does_not_see_an_edit_has_no_time_for_it() -> None:
    unchanged, edited = results_of(TinySubject(mode="stale"), cases=(UNCHANGED, EDITED))
    assert not unchanged.error
    assert edited.error == "the edit of post-002.md is not in its page"


def test_progress_is_told_of_each_build() -> None:
    told: list[str] = []
    plan = Plan([TinySubject()], [COLD], sizes=[2], runs=1, limit=60)
    run(plan, make_posts(2), told.append)
    assert [line.split()[0] for line in told] == ["warm-up", "1/1"]
