"""Hold a folder to a gate as the command line does it; fake tools, and read what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from blogtools.cli_gates import gate
from blogtools.gates import running


@dataclass(frozen=True)
class Came:
    """What came of a gate.

    Attributes:
        code: The exit code.
        said: What it printed.
        reports: The folder of its reports.
        name: The gate.
    """

    code: int
    said: str
    reports: Path
    name: str

    @property
    def verdict(self) -> dict[str, Any]:
        found: dict[str, Any] = self.report(f"{self.name}.json")
        return found

    def report(self, name: str) -> Any:
        return json.loads((self.reports / name).read_text(encoding="utf-8"))

    def found(self) -> list[tuple[str, int, str]]:
        """Return what counts: file, line and code."""
        return [(one["path"], one["line"], one["code"]) for one in self.verdict["findings"]]

    def must_be_broken(self, *words: str) -> None:
        """Fail unless the gate is broken, says why, and nothing looks like a clean report."""
        assert self.code == 2, self.said
        assert self.verdict["outcome"] == "broken"
        for word in words:
            assert word in self.said
        assert len(self.report(f"gl-code-quality-{self.name}.json")) == 1
        others = {file.name for file in self.reports.iterdir()} - {".gitignore"}
        assert others == {f"{self.name}.json", f"gl-code-quality-{self.name}.json"}


def hold(name: str, root: Path, *options: str) -> Came:
    """Hold a project to a gate."""
    reports = root.parent / f"{root.name}-reports"
    command = [name, "--root", str(root), "--report-dir", str(reports), *options]
    result = CliRunner().invoke(gate, command)
    assert isinstance(result.exception, SystemExit | None), result.output
    return Came(result.exit_code, result.output, reports, name)


def jar() -> Path:
    """Return the Nu checker; without it the test fails, and is not skipped in silence."""
    found = Path(sys.prefix, "node", "node_modules", "vnu-jar", "build", "dist", "vnu.jar")
    if not found.is_file():
        pytest.fail(f"The tests of the Nu checker need {found}: run `make {sys.prefix}/.pipeline`")
    return found


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write files, and return the folder."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def fake(folder: Path, name: str, code: str) -> Path:
    """Write a program in Python, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!{sys.executable} -IS\nimport sys, time, os\n{code}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def replace_tools(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have gates find the tools of a folder, and no others but git."""
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(running, "_beside", lambda: str(folder))
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
