"""What every file of the repository promises: no machine, no index, two commands."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:work|farm|root|tmp)/[\w.-]+")
INDEX_ADDRESS = re.compile(
    r"https?://[^\s\"']*(?:/simple\b|/packages/[0-9a-f]{2}/|/-/[^/\s]+\.tgz)"
    r"|\b(?:pypi|pythonhosted|npmjs)\.(?:org|com)\b"
    r"|--(?:extra-)?index-url\s+\S*:"
)


def _texts() -> Iterator[tuple[str, str]]:
    """Yield every text file that git tracks, or would with the next `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    for name in sorted(set(listed.decode().split("\0")) - {""}):
        file = ROOT / name
        if name.startswith("tests/fixtures/") or not file.is_file():
            continue
        content = file.read_bytes()
        if b"\0" not in content:
            yield name, content.decode(errors="replace")


def _findings(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {found[0]}"
        for name, text in _texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := pattern.search(line))
    ]


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert _findings(MACHINE_PATH) == []


def test_no_file_names_the_address_of_a_package_index() -> None:
    assert _findings(INDEX_ADDRESS) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATH, "cd " + "/".join(["", "work", "main"])),
        (MACHINE_PATH, '"' + "/".join(["", "tmp", "x.html"]) + '"'),
        (INDEX_ADDRESS, "--index-url " + "https" + "://mirror.example/simple/"),
        (INDEX_ADDRESS, "resolved: https://mirror.example/x" + "/-/x-1.0.0.tgz"),
    ],
)
def test_the_two_checks_above_can_fail(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make test" in readme
    assert "make site" in readme


def test_ci_runs_exactly_what_a_developer_runs() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[0] == "set -euo pipefail"
    assert commands[-1] == "make test"
    assert len(commands) == 3


def test_a_git_checkout_keeps_the_whole_package(tmp_path: Path) -> None:
    # In a repository of its own: that which a checkout lies in may ignore all of it.
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    packages = sorted((ROOT / "src" / "blogtools").glob("*/__init__.py"))
    names = [path.relative_to(ROOT).as_posix() for path in packages]
    assert [name for name in names if not _ignored(name, tmp_path)] == names
    assert _ignored("site/index.html", tmp_path)
    assert _ignored(".venv/pyvenv.cfg", tmp_path)


def _ignored(path: str, repository: Path) -> bool:
    command = ["git", "check-ignore", "--quiet", "--no-index", path]
    return subprocess.run(command, cwd=repository).returncode == 0
