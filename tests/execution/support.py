"""Scripts to run in the Python that runs the tests: isolation is the same in any."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from blogtools.execution.runner import run_script
from blogtools.model.running import Ran, RunOptions, Script, Step

PATH = "posts/a.md"


def run(*codes: str | Step, files: Mapping[str, bytes] | None = None, **options: float) -> Ran:
    """Run code, each piece ten lines below the one before, the first at line 10."""
    steps = tuple(
        code if isinstance(code, Step) else Step(code, number)
        for number, code in zip(range(10, 10_000, 10), codes, strict=False)
    )
    given = RunOptions(**options)  # type: ignore[arg-type]
    with TemporaryDirectory() as home:
        script = Script(PATH, steps, given, files or {})
        return run_script(script, Path(sys.executable), Path(home), lambda _: None)


def outputs(ran: Ran) -> list[str]:
    """Return what each step printed; none may have failed."""
    assert [outcome.failure for outcome in ran.outcomes] == [None] * len(ran.outcomes)
    return [outcome.output for outcome in ran.outcomes]
