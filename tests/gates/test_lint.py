from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.judged import fake, hold, replace_tools, write
from tests.gates.schemas import must_be_code_quality

CLEAN = "def one() -> int:\n    return 1\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"src/a/__init__.py": CLEAN, "tests/test_a.py": "x = 1\n"})


def fake_ruff(
    monkeypatch: pytest.MonkeyPatch, folder: Path, code: str, *, files: str = "src/a/__init__.py"
) -> None:
    """Replace ruff by one that lists files, and does what it is told for everything else."""
    replace_tools(monkeypatch, folder)
    listing = f"if '--show-files' in sys.argv: print({files!r}); sys.exit()"
    version = "if '--version' in sys.argv: print('ruff 1'); sys.exit()"
    fake(folder, "ruff", f"{version}\n{listing}\n{code}")


def test_clean_code_passes_and_says_how_many_files_were_looked_at(project: Path) -> None:
    came = hold("lint", project)

    assert came.code == 0, came.said
    assert "lint passed: no findings in 2 Python files" in came.said
    assert came.report("gl-code-quality-lint.json") == []


def test_rules_formatting_and_broken_syntax_are_found_at_their_lines(project: Path) -> None:
    write(
        project,
        {"src/a/b.py": "import os\n", "src/a/c.py": "x=1\n", "src/a/d.py": "def f(:\n    pass\n"},
    )

    came = hold("lint", project, "--rules", "I")

    assert came.code == 1
    found = set(came.found())
    assert {("src/a/b.py", 1, "F401"), ("src/a/c.py", 1, "unformatted")} <= found
    assert ("src/a/d.py", 1, "invalid-syntax") in found
    must_be_code_quality(came.report("gl-code-quality-lint.json"))
    without = hold("lint", project, "--no-format", "--path", "src/a/c.py")
    assert without.code == 0


def test_examples_in_markdown_are_no_python_files(project: Path) -> None:
    write(project, {"README.md": "# A\n\n```python\nx=1\n```\n"})

    assert hold("lint", project).code == 0


def test_no_ruff_is_broken(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_tools(monkeypatch, tmp_path / "bin")

    hold("lint", project).must_be_broken("ruff is not installed", "blogtools[gates]")


def test_nothing_to_look_at_is_broken(tmp_path: Path) -> None:
    root = write(tmp_path / "project", {"README.md": "#\n"})

    hold("lint", root).must_be_broken("ruff looks at no Python file", "--path")


def test_a_configuration_that_leaves_everything_out_is_broken(project: Path) -> None:
    write(project, {"ruff.toml": 'exclude = ["src", "tests"]\n'})

    hold("lint", project).must_be_broken("ruff looks at no Python file")


def test_a_configuration_that_ruff_refuses_is_broken(project: Path) -> None:
    write(project, {"ruff.toml": "nonsense = 1\n"})

    hold("lint", project).must_be_broken("ruff exited with 2", "nonsense")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("pass", "ruff reported nothing at all"),
        ("print('garbage')", "The report of ruff cannot be read"),
        ("print('{}')", "The report of ruff cannot be read"),
        ("print('[]'); sys.exit(1)", "ruff contradicts itself: 0 findings, but exit code 1"),
        ("sys.exit(101)", "ruff exited with 101"),
        ("os.kill(os.getpid(), 11)", "ruff was ended by signal 11"),
    ],
)
def test_a_ruff_that_says_nothing_sensible_is_broken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    fake_ruff(monkeypatch, tmp_path / "bin", code)

    hold("lint", project).must_be_broken(said)


def test_a_ruff_that_hangs_is_broken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_ruff(monkeypatch, tmp_path / "bin", "time.sleep(60)")

    hold("lint", project, "--time-limit", "2").must_be_broken("time limit of 2 seconds")
