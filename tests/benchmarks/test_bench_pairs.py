from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.pairs import Convert, ResultsDifferError, compare

ROOT = Path(__file__).parents[2]


class Clock:
    """Stands still but for what conversions take."""

    def __init__(self) -> None:
        self.now = 0.0
        self.order = ""

    def __call__(self) -> float:
        return self.now

    def converter(self, name: str, takes: Callable[[int], float]) -> Convert:
        """Return what converts in as many seconds as its turn says."""
        turns = iter(range(100))

        def convert(text: str) -> str:
            self.now += takes(next(turns))
            self.order += name
            return text.upper()

        return convert


def test_the_least_of_each_text_counts() -> None:
    clock = Clock()
    old = clock.converter("o", lambda turn: (3.0, 2.0, 9.0)[turn % 3])
    new = clock.converter("n", lambda turn: (1.0, 9.0, 9.0)[turn % 3])
    assert compare(["a", "b"], old, new, 3, clock) == (4.0, 2.0)


def test_neither_always_comes_second() -> None:
    clock = Clock()
    old, new = (clock.converter(name, lambda _turn: 1.0) for name in "on")
    compare(["a", "b"], old, new, 2, clock)
    assert clock.order == "noononno"


def test_a_text_that_becomes_something_else_is_named() -> None:
    with pytest.raises(ResultsDifferError, match="text 2 becomes something else"):
        compare(["A", "b"], str.upper, str, 1)


def test_two_checkouts_convert_beside_each_other(tmp_path: Path) -> None:
    post = "---\ntitle: A\ndate: 2026-01-02\nauthors: [Ada]\n---\nOne *two* `three`.\n"
    (tmp_path / "a.md").write_text(post, encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.pairs", str(ROOT), "--corpus", str(tmp_path)]
    done = subprocess.run(
        [*command, "--size", "3", "--rounds", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"old 0\.\d+ s, new 0\.\d+ s: [01]\.\d+\n", done.stdout)
