from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.floor import convert_all, report
from benchmarks.measure import Measurement
from tests.benchmarks.support import make_posts


def took(wall: float) -> Measurement:
    return Measurement(wall, 2 * wall, 0, 0, 1, 0.0)


def test_hurried_or_not_each_text_becomes_the_same_html(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.md").write_text("# One\n\n!!! note\n    *Text*\n", encoding="utf-8")
    (source / "b.md").write_text("```python\nprint(1)\n```\n", encoding="utf-8")
    for name in ("usual", "hurried"):
        convert_all(source, tmp_path / name, quick=name == "hurried")
    usual, hurried = (
        {file.name: file.read_text("utf-8") for file in (tmp_path / name).iterdir()}
        for name in ("usual", "hurried")
    )
    assert usual == hurried
    assert '<div class="admonition note">' in usual["a.html"]
    assert '<span class="nb">print</span>' in usual["b.html"]


def test_the_report_divides_medians_by_those_of_the_first() -> None:
    taken = {"Hugo": [took(1), took(2), took(9)], "alone": [took(3), took(4), took(5)]}
    said = report(make_posts(2), taken)
    assert "| Hugo | 2.00 | 4.00 | 1.00 |" in said
    assert "| alone | 4.00 | 8.00 | 2.00 |" in said


def test_what_disturbed_the_measurement_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.machine.cores", lambda: 2)
    disturbed = Measurement(1.0, 1.0, 0, 0, 1, 0.5)
    assert "at worst: 25% of the processors" in report(make_posts(1), {"a": [disturbed]})
