from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.judged import fake, hold, replace_tools, write
from tests.gates.schemas import must_be_code_quality

GOOD = '''"""A module."""


class Public:
    """A class."""

    def __init__(self) -> None:
        self.x = 1

    def method(self) -> int:
        """Return one."""

        def inner() -> int:
            return 1

        return inner()

    def _private(self) -> None:
        pass
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"src/a/__init__.py": "", "src/a/b.py": GOOD})


def test_what_is_public_is_counted_and_nothing_else(project: Path) -> None:
    came = hold("docstrings", project)

    assert came.code == 0, came.said
    assert came.verdict["figures"] == {"objects": 3, "documented": 100.0}
    assert "3 public objects of 2 Python files" in came.said


FORMLESS = '"""D."""\n\n\ndef f(x):\n    """Do.\n\n    Args:\n        y: No.\n    """\n'


def test_missing_docstrings_and_wrong_form_are_found_at_their_lines(project: Path) -> None:
    write(
        project,
        {
            "src/a/c.py": '"""C."""\n\n\ndef bare(x):\n    return x\n',
            "src/a/d.py": FORMLESS,
        },
    )

    came = hold("docstrings", project)

    assert came.code == 1
    assert ("src/a/c.py", 4, "docstrings/missing") in came.found()
    assert ("src/a/d.py", 4, "D417") in came.found()
    must_be_code_quality(came.report("gl-code-quality-docstrings.json"))


def test_the_share_and_the_form_are_options(project: Path) -> None:
    write(project, {"src/a/c.py": '"""C\nand more."""\n\n\ndef bare(x):\n    return x\n'})

    assert hold("docstrings", project, "--coverage", "75").code == 1
    came = hold("docstrings", project, "--coverage", "75", "--no-form")
    assert came.code == 0, came.said
    assert "80.0 % are documented, 75 % are asked for" in came.said
    assert hold("docstrings", project, "--coverage", "81", "--no-form").code == 1


def test_the_projects_own_configuration_hides_nothing(project: Path) -> None:
    write(
        project,
        {
            "ruff.toml": 'exclude = ["*"]\n[lint]\nignore = ["ALL"]\n',
            "src/a/c.py": '"""no stop and small"""\n',
        },
    )

    assert hold("docstrings", project).code == 1


def test_overloads_setters_and_overrides_leave_it_to_another(project: Path) -> None:
    code = '''"""E."""

from typing import overload, override


@overload
def f(x: int) -> int: ...
@overload
def f(x: str) -> str: ...
def f(x: object) -> object:
    """Return it."""
    return x


class C(Exception):
    """A class."""

    @property
    def p(self) -> int:
        """Return one."""
        return 1

    @p.setter
    def p(self, x: int) -> None:
        pass

    @override
    def add_note(self, note: str) -> None:
        pass
'''
    write(project, {"src/a/e.py": code})

    assert hold("docstrings", project, "--no-form").code == 0


def test_what_is_no_python_is_a_finding(project: Path) -> None:
    write(project, {"src/a/c.py": "def (:\n"})

    assert ("src/a/c.py", 1, "docstrings/unreadable") in hold("docstrings", project).found()


def test_nothing_public_is_broken(tmp_path: Path) -> None:
    root = write(tmp_path / "project", {"src/_a.py": "X = 1\n"})

    hold("docstrings", root).must_be_broken("There was nothing to look at: 0 public objects")


def test_no_ruff_is_broken(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_tools(monkeypatch, tmp_path / "bin")

    hold("docstrings", project).must_be_broken("ruff is not installed")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("pass", "ruff reported nothing at all"),
        ("print('garbage')", "The report of ruff cannot be read"),
        ("print('[]'); sys.exit(1)", "ruff contradicts itself"),
        ("time.sleep(60)", "time limit"),
    ],
)
def test_a_ruff_that_cannot_be_believed_is_broken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    replace_tools(monkeypatch, tmp_path / "bin")
    fake(
        tmp_path / "bin", "ruff", f"if '--version' in sys.argv: print('ruff 1'); sys.exit()\n{code}"
    )

    hold("docstrings", project, "--time-limit", "3").must_be_broken(said)
