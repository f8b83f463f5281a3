from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.publish import Measured, main, measure, report


def test_a_release_is_published_and_copied_in_turn(tmp_path: Path) -> None:
    measured = measure(tmp_path, posts=3, versions=1, rounds=2)
    assert len(measured.again) == len(measured.copy) == len(measured.anew) == 2
    # The page that was edited, by both codings.
    assert measured.compressed == (2, 2)
    # Of pages and the style sheet there are three of each; the name of the release has no siblings.
    assert measured.files >= 3 * (3 + 60)


def test_the_report_says_whether_the_target_was_reached() -> None:
    quick = Measured(1, 1, 9, 9000, 5.0, (1.0, 1.2, 9.0), (2.0,), (1.0,), (2,), 0.0)
    slow = Measured(1, 1, 9, 9000, 5.0, (1.6,), (2.0,), (1.0,), (2,), 0.5)
    assert "| a publish, in copies | under 1.5 | 1.20 | yes |" in report(quick)
    assert "| a publish, in copies | under 1.5 | 1.60 | **no** |" in report(slow)


def test_the_command_writes_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--posts", "2", "--versions", "1", "--rounds", "1", "--to", str(tmp_path / "r.md")]
    assert main(words) in (0, 1)
    assert (tmp_path / "r.md").read_text() == capsys.readouterr().out
