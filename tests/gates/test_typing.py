from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.gates.judged import fake, hold, replace_tools, write
from tests.gates.schemas import must_be_code_quality

CLEAN = "def twice(number: int) -> int:\n    return number * 2\n"
WRONG = 'from a import twice\n\nX = twice("two")\n'
ISSUE = {
    "check_name": "some-rule",
    "description": "some-rule: Wrong",
    "severity": "major",
    "location": {"path": "src/a.py", "positions": {"begin": {"line": 1, "column": 1}}},
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"src/a.py": CLEAN})


def fake_checker(
    monkeypatch: pytest.MonkeyPatch, folder: Path, code: str, name: str = "ty"
) -> None:
    replace_tools(monkeypatch, folder)
    fake(folder, name, f"if '--version' in sys.argv: print('1'); sys.exit()\n{code}")


@pytest.mark.parametrize("checker", ["ty", "mypy"])
def test_a_wrong_argument_is_found_at_its_line_by_either_checker(
    project: Path, checker: str
) -> None:
    good = hold("typing", project, "--checker", checker)
    looked = good.verdict["scanned"]["number"]
    write(project, {"src/b.py": WRONG})
    came = hold("typing", project, "--checker", checker)

    assert (good.code, looked) == (0, 1), good.said
    assert came.code == 1
    [(path, line, code)] = came.found()
    assert (path, line) == ("src/b.py", 3)
    assert code == ("invalid-argument-type" if checker == "ty" else "arg-type")
    assert came.verdict["scanned"] == {"number": 2, "what": "Python files"}
    must_be_code_quality(came.report("gl-code-quality-typing.json"))


def test_packages_that_the_environment_lacks_are_findings(project: Path) -> None:
    write(project, {"src/b.py": "import nothing_that_is_here\n"})

    came = hold("typing", project)

    assert came.found() == [("src/b.py", 1, "import-not-found")]


def test_an_environment_that_is_not_there_is_broken(project: Path) -> None:
    came = hold("typing", project, "--python", "nowhere/bin/python")

    came.must_be_broken("nowhere/bin/python is not there", "--python")


def test_warnings_count_unless_they_are_said_not_to(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = json.dumps([{**ISSUE, "severity": "minor"}])
    fake_checker(
        monkeypatch, tmp_path / "bin", f"print({report!r}); sys.stderr.write('Indexed 1 file(s)')"
    )

    assert hold("typing", project).code == 1
    without = hold("typing", project, "--no-warnings")
    assert without.code == 0
    assert "does not count: a warning" in without.said


@pytest.mark.parametrize("checker", ["ty", "mypy"])
def test_no_checker_is_broken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checker: str
) -> None:
    replace_tools(monkeypatch, tmp_path / "bin")

    hold("typing", project, "--checker", checker).must_be_broken(f"{checker} is not installed")


def test_a_configuration_that_leaves_everything_out_is_broken(project: Path) -> None:
    write(project, {"ty.toml": '[src]\nexclude = ["**"]\n', "src/b.py": WRONG})

    came = hold("typing", project)

    assert came.code != 0, "ty's exclusions may not empty the gate"


def test_nothing_to_look_at_is_broken(tmp_path: Path) -> None:
    hold("typing", write(tmp_path / "empty", {"x.txt": ""})).must_be_broken("No package is in")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("pass", "ty reported nothing at all"),
        ("print('[')", "The report of ty cannot be read"),
        ("print('[]')", "ty does not say that it looked at any file"),
        ("print('[]'); sys.stderr.write('Indexed 0 file(s)')", "ty does not say that it looked"),
        ("print('[]'); sys.exit(1)", "ty contradicts itself"),
        (f"print({json.dumps([ISSUE])!r})", "ty contradicts itself"),
        ("sys.exit(2)", "ty exited with 2"),
        ("time.sleep(60)", "time limit"),
    ],
)
def test_a_ty_that_cannot_be_believed_is_broken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    fake_checker(monkeypatch, tmp_path / "bin", code)

    hold("typing", project, "--time-limit", "3").must_be_broken(said)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("pass", "mypy does not say that it looked at any file"),
        ("print('src/a.py: error')", "The report of mypy cannot be read"),
        ("sys.exit(1)", "mypy contradicts itself"),
        ("sys.exit(2)", "mypy exited with 2"),
        ("time.sleep(60)", "time limit"),
    ],
)
def test_a_mypy_that_cannot_be_believed_is_broken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    fake_checker(monkeypatch, tmp_path / "bin", code, "mypy")

    came = hold("typing", project, "--checker", "mypy", "--time-limit", "3")

    came.must_be_broken(said)
