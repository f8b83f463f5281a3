from __future__ import annotations

from benchmarks.cases import CASES, Case
from benchmarks.project import Feature
from benchmarks.runner import Load, Plan, Result, run
from tests.benchmarks.support import TinySubject, make_posts

COLD, UNCHANGED, EDITED, RESTORED, SERVE = CASES


def results_of(*subjects: TinySubject, cases: tuple[Case, ...] = (COLD,)) -> list[Result]:
    plan = Plan(subjects, [Load(0, cases)], runs=2, limit=60)
    return run(plan, make_posts(4), lambda _: None)


def test_a_subject_is_measured_as_often_as_asked() -> None:
    [result] = results_of(TinySubject())
    assert (result.error, len(result.runs), result.posts, result.case) == ("", 2, 4, "cold")
    assert result.site is not None
    assert result.site.pages == 4
    assert all(run.wall > 0 and run.peak > 0 for run in result.runs)


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


def test_every_case_is_measured_with_every_load() -> None:
    loads = [Load(size, CASES[:4]) for size in (3, 7)]
    plan = Plan([TinySubject()], loads, runs=1, limit=60)
    found = [(r.posts, r.case, r.error) for r in run(plan, make_posts(3), lambda _: None)]
    assert found == [(size, case.name, "") for size in (3, 7) for case in CASES[:4]]


def test_scaled_posts_are_told_from_real_ones() -> None:
    plan = Plan([TinySubject()], [Load(0, [COLD]), Load(5, [COLD])], runs=1, limit=60)
    real, scaled = run(plan, make_posts(5), lambda _: None)
    assert (real.posts, real.scaled, scaled.posts, scaled.scaled) == (5, False, 5, True)
    assert real.corpus != scaled.corpus


def test_a_generator_that_does_not_see_an_edit_has_no_time_for_it() -> None:
    unchanged, edited, restored = results_of(
        TinySubject(mode="stale"), cases=(UNCHANGED, EDITED, RESTORED)
    )
    assert not unchanged.error
    assert "posts/post-002/ is not in its page" in edited.error
    assert not restored.error  # the old site is not in a fresh checkout


def test_cases_build_on_each_other() -> None:
    calls: list[str] = []
    results_of(TinySubject(calls=calls), cases=(COLD, UNCHANGED, EDITED, RESTORED))
    assert len(calls) == 1 + 2 * 4  # the warm-up, and a build for each case in each round


def test_a_subject_is_left_out_beyond_what_it_is_given() -> None:
    subjects = [TinySubject("slow"), TinySubject("quick")]
    loads = [Load(3, [COLD]), Load(4, [COLD])]
    plan = Plan(subjects, loads, runs=1, limit=60, largest={"slow": 3})
    found = {(r.subject, r.posts): r for r in run(plan, make_posts(3), lambda _: None)}
    assert len(found["slow", 3].runs) == 1
    assert (found["slow", 4].left_out, found["slow", 4].runs) == ("left out beyond 3 posts", [])
    assert len(found["quick", 4].runs) == 1


def test_a_load_can_be_of_some_subjects_alone() -> None:
    plan = Plan([TinySubject("a"), TinySubject("b")], [Load(0, [COLD], ["b"])], runs=1, limit=60)
    assert [r.subject for r in run(plan, make_posts(3), lambda _: None)] == ["b"]


def test_a_case_of_many_measurements_is_played_once() -> None:
    cold, serve = results_of(TinySubject(), cases=(COLD, SERVE))
    assert (serve.error, len(cold.runs), len(serve.runs)) == ("", 2, 1)
    assert len(serve.runs[0].laps) > 1


def test_progress_is_told_of_each_build() -> None:
    told: list[str] = []
    plan = Plan([TinySubject()], [Load(0, [COLD])], runs=1, limit=60)
    run(plan, make_posts(2), told.append)
    assert [line.split()[0] for line in told] == ["warm-up", "1/1"]
