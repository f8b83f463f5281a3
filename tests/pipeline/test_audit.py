"""`blogtools pipeline audit`: how projects include the pipeline, and what they hold back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from blogtools.app.pipeline_audit import audit
from blogtools.cli import main
from blogtools.pipeline.holding import GATES

WHOLE = "include:\n  - component: $CI_SERVER_FQDN/blogtools/blogtools/pipeline@1.2.0\n"


def project(folder: Path, text: str, **more: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitlab-ci.yml").write_text(text)
    for name, content in more.items():
        (folder / f"{name}.yml").write_text(content)
    return folder


def test_a_project_with_the_whole_pipeline_holds_itself_to_all_of_it(tmp_path: Path) -> None:
    found = audit(project(tmp_path, WHOLE))
    assert found.versions == {"1.2.0": ("pipeline",)}
    assert found.holds


@pytest.mark.parametrize(
    ("given", "weaker"),
    [
        ("test-coverage: 50", "test: coverage 50 (default 80.0)"),
        ("complexity-complexity: F", "complexity: complexity F (default B)"),
        ("docstrings-coverage: 0", "docstrings: coverage 0 (default 100.0)"),
        ("sast-severity: high", "sast: severity high (default medium)"),
        ("audit-max-age: 90", "audit: max-age 90 (default 7.0)"),
        ("typing-warnings: false", "typing: warnings false (default true)"),
        ("sast-comments: true", "sast: comments true (default false)"),
        ("test-coverage: $FLOOR", "test: coverage $FLOOR (default 80.0)"),
        ("site-accessibility-pages: 1", "site: accessibility-pages 1 (default 10)"),
        ("site-accessibility-pages: 0", None),
        ("site-page-kilobytes: 9000", "site: page-kilobytes 9000 (default 2000)"),
        ("site-impact: critical", "site: impact critical (default serious)"),
        ("test-coverage: 95", None),
        ("complexity-complexity: A", None),
        ("sast-severity: low", None),
        ("sast-semgrep: true", None),
    ],
)
def test_lower_thresholds_are_told_and_higher_ones_are_not(
    tmp_path: Path, given: str, weaker: str | None
) -> None:
    found = audit(project(tmp_path, f"{WHOLE}    inputs:\n      {given}\n"))
    assert [str(one) for one in found.weaker] == ([weaker] if weaker else [])
    assert found.holds is (weaker is None)


@pytest.mark.parametrize(
    ("more", "off", "unseen"),
    [
        ("    inputs: {sast: false, site: false}\n", ("sast", "site"), ()),
        ("sast: {rules: [{when: never}]}\n", ("sast",), ()),
        ("sast: {rules: [{when: manual}]}\n", ("sast",), ()),
        ("sast: {allow_failure: true}\n", (), ("sast",)),
        ("sast: {allow_failure: {exit_codes: 2}}\n", (), ("sast",)),
        ("sast: {variables: {A: b}}\n", (), ()),
    ],
)
def test_gates_that_are_switched_off_or_may_fail_are_told(
    tmp_path: Path, more: str, off: tuple[str, ...], unseen: tuple[str, ...]
) -> None:
    found = audit(project(tmp_path, WHOLE + more))
    assert (found.off, found.unseen) == (off, unseen)
    assert found.holds is not bool(off or unseen)


def test_components_that_are_included_one_by_one_are_told_with_the_gates_that_are_not(
    tmp_path: Path,
) -> None:
    text = (
        "include:\n"
        "  - local: /ci/more.yml\n"
        "  - component: gitlab.example/blogtools/blogtools/lint@1\n"
        "    inputs: {job: style}\n"
        "style: {allow_failure: true}\n"
    )
    folder = project(tmp_path, text)
    project(tmp_path / "ci", "")
    (tmp_path / "ci" / "more.yml").write_text(
        "include:\n  component: gitlab.example/blogtools/blogtools/test@~latest\n"
        "  inputs: {coverage: 1}\n"
    )
    found = audit(folder)
    assert found.versions == {"1": ("lint",), "~latest": ("test",)}
    assert set(found.off) == set(GATES) - {"lint", "test"}
    assert found.unseen == ("lint",)
    assert [one.given for one in found.weaker] == [1]


def test_several_projects_make_a_table_and_json(tmp_path: Path) -> None:
    good = project(tmp_path / "good", WHOLE)
    none = project(tmp_path / "none", "job: {script: [make]}\n")
    poor = project(tmp_path / "poor", f"{WHOLE}    inputs: {{test-coverage: 1, sbom: false}}\n")
    folders = [str(folder) for folder in (good, none, poor)]
    shown = CliRunner().invoke(main, ["pipeline", "audit", *folders])
    assert shown.exit_code == 1
    lines = shown.output.splitlines()
    assert lines[0].split()[:2] == ["project", "version"]
    assert "not included" in lines[2]
    assert "sbom" in lines[3]
    assert "coverage 1" in lines[3]
    said: Any = json.loads(
        CliRunner().invoke(main, ["pipeline", "audit", "--format", "json", *folders]).output
    )
    assert [one["holds"] for one in said["projects"]] == [True, False, False]
    assert CliRunner().invoke(main, ["pipeline", "audit", str(good)]).exit_code == 0


def test_a_pipeline_that_cannot_be_read_is_no_good_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["pipeline", "audit", str(project(tmp_path, "a: [\n"))])
    assert done.exit_code == 2
