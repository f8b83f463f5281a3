from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.gates.judged import fake, hold, replace_tools, write
from tests.gates.schemas import must_be_code_quality

BRANCHES = "".join(f"    if x == {n}:\n        return {n}\n" for n in range(45))
TANGLED = f"def plain():\n    return 1\n\n\ndef tangled(x):\n{BRANCHES}    return 0\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "project", {"src/a.py": "def one():\n    return 1\n", "src/b.py": "X = 1\n"}
    )


def fake_radon(monkeypatch: pytest.MonkeyPatch, folder: Path, index: str, blocks: str) -> None:
    """Replace radon by one that prints what it is told, with the names of its files put in."""
    replace_tools(monkeypatch, folder)
    code = f"""
if '--version' in sys.argv: print('1'); sys.exit()
files = sys.argv[3:]
if sys.argv[1] == 'mi':
    {index}
else:
    {blocks}
"""
    fake(folder, "radon", code)


GOOD_INDEX = "import json; print(json.dumps({f: {'mi': 90.0, 'rank': 'A'} for f in files}))"
GOOD_BLOCKS = "import json; print(json.dumps({f: [] for f in files}))"


def test_simple_code_passes_with_its_figures(project: Path) -> None:
    came = hold("complexity", project)

    assert came.code == 0, came.said
    assert came.verdict["scanned"] == {"number": 2, "what": "Python files"}
    assert came.verdict["figures"]["highest complexity"] == 1


def test_a_tangled_function_is_found_at_its_line_and_the_floor_is_an_option(project: Path) -> None:
    write(project, {"src/a.py": TANGLED})

    came = hold("complexity", project)

    assert came.code == 1
    assert came.found() == [("src/a.py", 5, "complexity/function")]
    assert "tangled has the complexity 46, which is rank F; B is allowed" in came.said
    must_be_code_quality(came.report("gl-code-quality-complexity.json"))
    assert hold("complexity", project, "--complexity", "F").code == 0


def test_neither_the_projects_configuration_nor_syntax_that_is_none_hides_anything(
    project: Path,
) -> None:
    write(project, {"src/a.py": TANGLED, "radon.cfg": "[radon]\nexclude = *\ncc_min = F\n"})
    write(project, {"setup.cfg": "[radon]\nexclude = *\n", "src/c.py": "def (:\n"})

    came = hold("complexity", project)

    assert came.found() == [
        ("src/a.py", 5, "complexity/function"),
        ("src/c.py", 1, "complexity/unreadable"),
    ]


def test_flat_layouts_leave_tests_and_scripts_aside(tmp_path: Path) -> None:
    files = {"pk/__init__.py": "", "pk/m.py": "X = 1\n", "tests/__init__.py": "", "setup.py": ""}

    came = hold("complexity", write(tmp_path / "flat", files))
    single = hold("complexity", write(tmp_path / "single", {"one.py": "X = 1\n", "setup.py": ""}))

    assert came.verdict["scanned"]["number"] == 2
    assert single.verdict["scanned"]["number"] == 1


def test_nothing_to_look_at_is_broken(tmp_path: Path, project: Path) -> None:
    empty = write(tmp_path / "empty", {"README.md": "#\n"})

    hold("complexity", empty).must_be_broken("No package is in")
    hold("complexity", project, "--path", "none").must_be_broken("none is not there")
    write(project, {"data/x.txt": ""})
    hold("complexity", project, "--path", "data").must_be_broken("There is no Python file in data")


def test_no_radon_is_broken(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_tools(monkeypatch, tmp_path / "bin")

    hold("complexity", project).must_be_broken("radon is not installed")


@pytest.mark.parametrize(
    ("index", "blocks", "said"),
    [
        ("pass", "pass", "radon reported nothing at all"),
        ("print('{}')", GOOD_BLOCKS, "radon says nothing of 2 files"),
        (GOOD_INDEX, "print('{}')", "radon says nothing of 1 files, such as src/a.py"),
        (GOOD_INDEX, "print('garbage')", "The report of radon cannot be read"),
        (GOOD_INDEX.replace("'A'", "'Z'"), GOOD_BLOCKS, "The report of radon cannot be read"),
        (GOOD_INDEX, "sys.exit(1)", "radon exited with 1"),
        ("time.sleep(60)", GOOD_BLOCKS, "time limit"),
    ],
)
def test_a_radon_that_cannot_be_believed_is_broken(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    index: str,
    blocks: str,
    said: str,
) -> None:
    fake_radon(monkeypatch, tmp_path / "bin", index, blocks)

    hold("complexity", project, "--time-limit", "4").must_be_broken(said)


def test_a_radon_that_gives_no_index_is_a_finding_not_a_pass(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = "import json; print(json.dumps({f: {} for f in files}))"
    fake_radon(monkeypatch, tmp_path / "bin", empty, GOOD_BLOCKS)

    came = hold("complexity", project)

    assert came.code == 1
    assert json.dumps(came.verdict).count("complexity/unreadable") == 2
