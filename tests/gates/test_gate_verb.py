from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from blogtools.app.gate import hold as verb
from blogtools.cli import main
from blogtools.gates import GATES
from blogtools.model.gate import Broken, Finding, Judged, Level, Outcome, Scanned, Verdict
from blogtools.report import verdicts
from tests.gates.judged import hold, write
from tests.gates.schemas import must_be_code_quality

FINDING = Finding("src/a.py", 3, 1, "X1", "Wrong", "Mend it", Level.HIGH)


def verdict_of(
    judge: Callable[[], Judged], into: Path, prefix: str = "", files: tuple[str, ...] = ()
) -> Verdict:
    """Hold to a gate that says what a test wants."""
    return verb("any", judge, lambda: 0.5, verdicts.reports, into, files=files, prefix=prefix)


def test_no_verdict_can_pass_without_having_looked_at_something() -> None:
    passed = Verdict(
        "any", Outcome.PASSED, "", Scanned(1, "files"), (), (), {}, datetime.now(UTC), 1, 1, ()
    )

    with pytest.raises(ValueError, match="looked at nothing"):
        replace(passed, scanned=Scanned(0, "files"))
    with pytest.raises(ValueError, match="looked at nothing"):
        replace(passed, scanned=None)
    with pytest.raises(ValueError, match="has findings"):
        replace(passed, findings=(FINDING,))


def test_looking_at_nothing_is_broken_even_where_a_gate_is_content(tmp_path: Path) -> None:
    came = verdict_of(lambda: Judged(Scanned(0, "Python files")), tmp_path)

    assert came.outcome is Outcome.BROKEN
    assert "There was nothing to look at: 0 Python files" in came.summary


def test_what_is_accepted_does_not_fail_but_is_said_and_kept(tmp_path: Path) -> None:
    accepted = replace(FINDING, accepted="an old story")

    came = verdict_of(lambda: Judged(Scanned(2, "files"), (accepted,)), tmp_path)

    assert came.outcome is Outcome.PASSED
    assert "1 accepted or below the threshold" in came.summary
    said = "\n".join(verdicts.text(came, "any.json"))
    assert "[does not count: an old story]" in said
    kept = json.loads((tmp_path / "any.json").read_text())
    assert kept["accepted"][0]["accepted"] == "an old story"
    assert json.loads((tmp_path / "gl-code-quality-any.json").read_text()) == []


def test_a_defect_of_a_gate_is_broken_too_and_reported(tmp_path: Path) -> None:
    def judge() -> Judged:
        raise KeyError("forgotten")

    came = verdict_of(judge, tmp_path)

    assert came.outcome.exit_code == 2
    assert "KeyError: 'forgotten'" in came.summary


def test_a_broken_gate_leaves_no_report_of_an_earlier_run_and_none_that_looks_clean(
    tmp_path: Path,
) -> None:
    files = ("junit.xml",)
    verdict_of(
        lambda: Judged(Scanned(1, "files"), files={"junit.xml": b"<x/>"}), tmp_path, files=files
    )
    assert (tmp_path / "junit.xml").exists()

    def judge() -> Judged:
        raise Broken("The tool is missing", "Install it")

    verdict_of(judge, tmp_path, files=files)

    assert not (tmp_path / "junit.xml").exists()
    assert json.loads((tmp_path / "any.json").read_text())["outcome"] == "broken"
    quality = json.loads((tmp_path / "gl-code-quality-any.json").read_text())
    must_be_code_quality(quality)
    assert quality[0]["severity"] == "blocker"
    assert "The tool is missing. Install it" in quality[0]["description"]


def test_paths_begin_at_the_repository_where_the_project_is_a_folder_of_it(tmp_path: Path) -> None:
    came = verdict_of(lambda: Judged(Scanned(1, "files"), (FINDING,)), tmp_path, "packages/one")

    assert came.findings[0].path == "packages/one/src/a.py"
    outside = replace(FINDING, path="../public/index.html")
    came = verdict_of(lambda: Judged(Scanned(1, "files"), (outside,)), tmp_path, "one")
    assert came.findings[0].path == "public/index.html"


def test_moving_a_finding_keeps_its_fingerprint_and_equal_ones_have_their_own(
    tmp_path: Path,
) -> None:
    def prints(*findings: Finding) -> list[str]:
        verdict_of(lambda: Judged(Scanned(1, "files"), findings), tmp_path)
        report = json.loads((tmp_path / "gl-code-quality-any.json").read_text())
        must_be_code_quality(report)
        return [one["fingerprint"] for one in report]

    first = prints(FINDING, replace(FINDING, line=9))

    assert len(set(first)) == 2
    assert prints(replace(FINDING, line=30), replace(FINDING, line=31)) == first


def test_many_findings_are_all_in_the_report_and_the_first_are_printed(tmp_path: Path) -> None:
    found = tuple(replace(FINDING, line=line) for line in range(1, 151))
    came = verdict_of(lambda: Judged(Scanned(1, "files"), found), tmp_path)

    said = list(verdicts.text(came, "any.json"))

    assert "... and 50 more: any.json" in said
    assert len(json.loads((tmp_path / "any.json").read_text())["findings"]) == 150


def test_unknown_counts_as_the_worst() -> None:
    assert Level.UNKNOWN.reaches(Level.CRITICAL)
    assert Level.HIGH.reaches(Level.MEDIUM)
    assert not Level.LOW.reaches(Level.MEDIUM)


def test_every_gate_has_a_command_with_described_options() -> None:
    listed = CliRunner().invoke(main, ["gate", "--help"]).output

    for name in GATES:
        assert f"\n  {name} " in listed
        command = main.commands["gate"].get_command(None, name)  # type: ignore[attr-defined]
        assert all(option.help for option in command.params), name
        assert {"--root", "--report-dir", "--time-limit"} <= {
            flag for option in command.params for flag in option.opts
        }


@pytest.mark.parametrize("name", GATES)
def test_the_guide_names_every_option_of_a_gate(name: str) -> None:
    guide = Path(__file__).parents[2] / "docs" / "guide"
    pages = [(guide / file).read_text("utf-8") for file in ("gates.md", "gates-security.md")]
    command = main.commands["gate"].get_command(None, name)  # type: ignore[attr-defined]

    flags = {
        flag
        for option in command.params
        for flag in (option.secondary_opts if option.default is True else option.opts)
    }

    assert [flag for flag in sorted(flags) if not any(flag in page for page in pages)] == []


def test_the_command_line_starts_without_the_gates() -> None:
    code = "import sys, blogtools.cli; print([m for m in sys.modules if 'gates.' in m])"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"


def test_an_empty_value_of_an_option_is_as_good_as_none(tmp_path: Path) -> None:
    root = write(tmp_path / "project", {"a.py": "x = 1\n"})

    came = hold("lint", root, "--rules", "", "--path", "", "--time-limit", "")

    assert (came.code, came.verdict["scanned"]["number"]) == (0, 1), came.said


def test_the_folder_of_reports_is_kept_out_of_git(tmp_path: Path) -> None:
    came = hold("lint", write(tmp_path / "project", {"a.py": "x = 1\n"}))

    assert (came.reports / ".gitignore").read_text() == "*\n"


def test_a_root_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["gate", "lint", "--root", str(tmp_path / "none")])

    assert result.exit_code == 2
    assert "does not exist" in result.output


def test_a_pyproject_that_cannot_be_read_breaks_gates_that_need_it(tmp_path: Path) -> None:
    files: Mapping[str, str] = {"a.py": '"""A."""\n', "pyproject.toml": "[tool\n"}

    came = hold("docstrings", write(tmp_path / "project", files))

    came.must_be_broken("pyproject.toml cannot be read")
