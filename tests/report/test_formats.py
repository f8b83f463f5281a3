"""Diagnostics for people, for programs, and for GitLab."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogtools.model.diagnostic import ContentError, Diagnostic, Severity, errors
from blogtools.report.formats import FORMATS, as_json, gitlab, summary, table, text

BROKEN = Diagnostic(
    "posts/a.md", 4, 13, "link/not-found", "'b.md' leads to nothing", "Did you mean 'c.md'?"
)
LOOSE = Diagnostic(
    "posts/a.md", 9, 1, "link/no-anchor", "this page has no anchor '#x'", "", Severity.WARNING
)

diagnostics = st.lists(
    st.builds(
        Diagnostic,
        path=st.sampled_from(["posts/a.md", "posts/Größe.md", 'posts/"q".md']),
        line=st.integers(1, 3),
        column=st.integers(1, 3),
        code=st.sampled_from(["link/not-found", "file/empty"]),
        message=st.text(min_size=1, max_size=5),
        hint=st.text(max_size=5),
        severity=st.sampled_from(list(Severity)),
    ),
    max_size=8,
)


def issues(found: list[Diagnostic]) -> list[dict[str, Any]]:
    """Return GitLab's report, read back."""
    report: list[dict[str, Any]] = json.loads(gitlab(found))
    return report


def test_a_finding_is_one_line_with_its_place_and_the_way_out() -> None:
    assert str(BROKEN) == "posts/a.md:4:13: 'b.md' leads to nothing. Did you mean 'c.md'?"


def test_a_warning_says_that_it_is_one() -> None:
    assert str(LOOSE) == "posts/a.md:9:1: warning: this page has no anchor '#x'"


def test_the_text_ends_with_how_many_there_are() -> None:
    assert text([BROKEN, LOOSE]).splitlines()[-1] == "1 error and 1 warning."


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "No errors, no warnings."),
        ([BROKEN], "1 error."),
        ([BROKEN, BROKEN], "2 errors."),
        ([LOOSE, LOOSE], "2 warnings."),
        ([BROKEN, LOOSE, LOOSE], "1 error and 2 warnings."),
    ],
)
def test_the_summary_counts_in_words(found: list[Diagnostic], said: str) -> None:
    assert summary(found) == said


def test_json_has_every_field_of_every_finding() -> None:
    assert json.loads(as_json([BROKEN])) == {
        "version": 1,
        "diagnostics": [
            {
                "path": "posts/a.md",
                "line": 4,
                "column": 13,
                "severity": "error",
                "code": "link/not-found",
                "message": "'b.md' leads to nothing",
                "hint": "Did you mean 'c.md'?",
            }
        ],
    }


def test_gitlab_gets_what_its_code_quality_report_asks_for() -> None:
    first, second = issues([BROKEN, LOOSE])
    assert first == {
        "description": "'b.md' leads to nothing. Did you mean 'c.md'?",
        "check_name": "link/not-found",
        "fingerprint": first["fingerprint"],
        "severity": "major",
        "location": {"path": "posts/a.md", "lines": {"begin": 4}},
    }
    assert second["severity"] == "minor"
    assert second["description"] == "this page has no anchor '#x'"


def test_no_finding_is_an_empty_gitlab_report() -> None:
    assert issues([]) == []


@given(diagnostics)
def test_every_gitlab_report_keeps_to_the_schema(found: list[Diagnostic]) -> None:
    report = issues(found)
    assert len(report) == len(found)
    for issue in report:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["description"]
        assert issue["check_name"]
        assert isinstance(issue["location"]["lines"]["begin"], int)
        assert not issue["location"]["path"].startswith(("/", "./"))


@given(diagnostics)
def test_every_fingerprint_is_unique(found: list[Diagnostic]) -> None:
    prints = [issue["fingerprint"] for issue in issues(found)]
    assert len(set(prints)) == len(prints)


def test_a_finding_that_only_moves_keeps_its_fingerprint() -> None:
    moved = Diagnostic(BROKEN.path, 40, 2, BROKEN.code, BROKEN.message, BROKEN.hint)
    assert issues([BROKEN])[0]["fingerprint"] == issues([moved])[0]["fingerprint"]


@given(diagnostics)
def test_json_gives_back_what_went_in(found: list[Diagnostic]) -> None:
    read = json.loads(as_json(found))["diagnostics"]
    assert [Diagnostic(**{**one, "severity": Severity(one["severity"])}) for one in read] == found


@pytest.mark.parametrize("style", list(FORMATS))
def test_equal_findings_give_an_equal_report(style: str) -> None:
    assert FORMATS[style]([BROKEN, LOOSE]) == FORMATS[style]([BROKEN, LOOSE])


def test_the_reasons_of_a_failure_are_sorted_by_file_line_and_column() -> None:
    places = [("b.md", 1, 1), ("a.md", 10, 1), ("a.md", 2, 9), ("a.md", 2, 1)]
    failure = ContentError(tuple(Diagnostic(*place, "code", "wrong") for place in places))
    found = [(one.path, one.line, one.column) for one in failure.diagnostics]
    assert found == sorted(places)
    assert str(failure).count("\n") == 3


def test_only_errors_stop_a_build() -> None:
    assert errors((BROKEN, LOOSE)) == (BROKEN,)


def test_a_table_is_aligned_and_leaves_no_spaces_at_the_end() -> None:
    lines = list(table(("name", "state"), [("a", "built"), ("longer", "")]))
    assert lines == ["name    state", "a       built", "longer"]


def test_a_table_of_nothing_has_no_head() -> None:
    assert list(table(("name", "state"), [])) == []
