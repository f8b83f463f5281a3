"""The gate `test`: pytest and coverage are the real ones, but where they are sabotaged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import xmlschema

from blogtools.gates.reading import xml
from blogtools.gates.uncovered import Measured, Summary, too_little
from tests.gates.judged import Came, fake, hold, write
from tests.gates.schemas import must_be_code_quality, must_be_xml

CODE = """def double(x: int) -> int:
    if x == 7:
        return 14
    return x * 2
"""
GOOD = """import sys
sys.path.insert(0, "src")
from pk import double
def test_double():
    assert double(2) == 4
    assert double(7) == 14
"""
VERSIONS = '{"pytest": "9", "pytest-cov": "7", "coverage": "7"}'
TOTALS = {"num_statements": 1, "covered_lines": 1, "percent_covered": 100.0}
CASE = '<testcase classname="tests.test_a" name="test_a" file="tests/test_a.py" line="3">'
NONE = "<testsuites><testsuite/></testsuites>"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own pytest and coverage say nothing to those that the gate starts."""
    for name in ("PYTEST_ADDOPTS", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "project",
        {"src/pk/__init__.py": CODE, "tests/test_a.py": GOOD, "pyproject.toml": "[tool.pytest]\n"},
    )


def came_of(root: Path, *options: str) -> Came:
    return hold("test", root, "--python", sys.executable, *options)


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def test_good_tests_pass_with_coverage_and_reports_that_gitlab_reads(project: Path) -> None:
    came = came_of(project)

    assert came.code == 0, came.said
    figures = came.verdict["figures"]
    assert (figures["tests"], figures["coverage"], figures["branch coverage"]) == (1, 100.0, 100.0)
    junit = xml((came.reports / "junit.xml").read_bytes(), "pytest")
    [case] = junit.iter("testcase")
    assert case.get("file") == "tests/test_a.py"
    cobertura = xml((came.reports / "cobertura.xml").read_bytes(), "coverage")
    assert cobertura.tag == "coverage"
    assert {"line-rate", "branch-rate"} <= set(cobertura.attrib)
    assert [one.get("filename") for one in cobertura.iter("class")] == ["pk/__init__.py"]
    assert not (project / ".coverage").exists()
    must_be_xml(came.reports / "junit.xml", "junit")
    must_be_xml(came.reports / "cobertura.xml", "cobertura")


def test_a_failing_test_and_lost_coverage_are_found_at_their_lines(project: Path) -> None:
    bad = GOOD.replace(
        "    assert double(7) == 14\n", "def test_no():\n    assert double(1) == 3\n"
    )
    write(project, {"tests/test_a.py": bad})

    came = came_of(project, "--coverage", "90")

    assert came.code == 1
    assert came.found() == [
        ("tests/test_a.py", 6, "test/failed"),
        ("src/pk/__init__.py", 3, "test/coverage"),
    ]
    must_be_code_quality(came.report("gl-code-quality-test.json"))
    assert (came.reports / "junit.xml").exists()


def test_reports_of_every_way_that_tests_end_are_as_their_schemas_say(project: Path) -> None:
    more = """import pytest
def test_fails(): assert 1 == 2, "<&>"
@pytest.mark.skip(reason="not now")
def test_skipped(): pass
@pytest.mark.xfail
def test_expected(): assert False
@pytest.fixture
def broken(): raise OSError("gone")
def test_error(broken): pass
@pytest.fixture
def torn():
    yield
    raise OSError("torn")
def test_torn(torn): print("said"); assert False
@pytest.mark.parametrize("x", [1, 2])
def test_several(x, record_property): record_property("x", x)
"""
    write(project, {"tests/test_b.py": more, "tests/test_c.py": "import nothing_here\n"})
    write(project, {"src/pk/other.py": "def f(x):\n    return 1 if x else 2\n"})

    came = came_of(project, "--arguments", "--continue-on-collection-errors")

    assert came.code == 1, came.said
    must_be_xml(came.reports / "junit.xml", "junit")
    must_be_xml(came.reports / "cobertura.xml", "cobertura")
    must_be_code_quality(came.report("gl-code-quality-test.json"))


@pytest.mark.parametrize(
    ("kind", "report"),
    [
        ("junit", "<testsuites><testcase/></testsuites>"),
        ("junit", '<testsuites><testsuite name="a"/></testsuites>'),
        ("cobertura", "<coverage/>"),
        ("cobertura", "<testsuites/>"),
    ],
)
def test_the_schemas_refuse_what_is_no_such_report(tmp_path: Path, kind: str, report: str) -> None:
    write(tmp_path, {"report.xml": report})
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        must_be_xml(tmp_path / "report.xml", kind)


def test_too_little_coverage_names_the_files_and_lines_that_miss_most(project: Path) -> None:
    maze = (
        "def maze(x: int) -> int:\n" + "    if x == 1:\n        return 1\n\n" * 9 + "    return x\n"
    )
    half = "def half(x: int) -> int:\n    if x == 1:\n        x = 2\n    return x\n"
    imported = "import pk.maze\nfrom pk.half import half\n"
    tested = f"{GOOD}\n{imported}def test_half():\n    assert half(1) == 2\n"
    write(project, {"src/pk/maze.py": maze, "src/pk/half.py": half, "tests/test_a.py": tested})

    came = came_of(project, "--coverage", "90")

    assert came.found() == [
        ("src/pk/maze.py", 2, "test/coverage"),
        # All its lines run, but never without the one that is under the condition.
        ("src/pk/half.py", 2, "test/coverage"),
    ]
    first, second = (one["message"] for one in came.verdict["findings"])
    assert first == "No test runs these lines, or not in every way: 2-29"
    assert second == "No test runs these lines, or not in every way: 2"
    assert "and 90 % are asked for" in came.said


def test_coverage_that_is_too_low_without_saying_where_is_no_success() -> None:
    low = Summary(10, 10, 60.0, 10, 0)
    measured = {"b.py": Measured([1], [], low), "a.py": Measured([1], [], low)}

    [found] = too_little(low, measured, 80)

    assert (found.path, found.line) == ("a.py", 1)
    assert [*too_little(low, measured, 60)] == []


def test_of_many_files_those_that_miss_most_are_named() -> None:
    low = Summary(10, 0, 0.0)
    measured = {f"{n}.py": Measured([], [*range(3, 4 + n)], low) for n in range(9)}

    found = [*too_little(low, measured, 80)]

    assert [one.path for one in found] == ["8.py", "7.py", "6.py", "5.py", "4.py", "3.py"]
    assert found[0].message.endswith(": 3-11")
    assert "in 4 files, as in this one" in found[-1].message


def test_only_the_lines_that_a_change_brings_count_for_its_floor(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "One")
    git(project, "switch", "-qc", "change")
    more = "\n\ndef triple(x: int) -> int:\n    y = 3\n    return x * y\n"
    write(project, {"src/pk/__init__.py": CODE + more})
    git(project, "commit", "-qam", "Two")

    came = came_of(project, "--compare", "main", "--coverage", "0")

    assert came.found() == [("src/pk/__init__.py", 8, "test/change-not-covered")]
    assert "Lines 8 to 9 were changed, and no test runs them" in came.said
    assert came.verdict["figures"]["coverage of changed lines"] == pytest.approx(33.33)
    less = ("--compare", "main", "--coverage", "0", "--changed-coverage", "30")
    assert came_of(project, *less).code == 0


def test_a_commit_that_is_not_there_is_broken_before_any_test_runs(project: Path) -> None:
    git(project, "init", "-q")

    came = came_of(project, "--compare", "origin/none")

    came.must_be_broken("git cannot say where this parted from origin/none", "GIT_DEPTH")


def test_tests_that_cannot_be_collected_are_findings(project: Path) -> None:
    write(project, {"tests/test_b.py": "import nothing_that_is_here\n"})

    assert ("tests/test_b.py", 1, "test/error") in came_of(project).found()


def test_no_tests_and_none_that_ran_are_broken(project: Path) -> None:
    skipped = "import pytest\n@pytest.mark.skip\ndef test_a():\n    pass\n"
    write(project, {"tests/test_a.py": skipped})
    came_of(project).must_be_broken("No test ran: 1 were skipped")

    write(project, {"tests/test_a.py": "x = 1\n"})
    came_of(project).must_be_broken("pytest found no tests")


def test_code_that_no_test_imports_from_here_is_broken(project: Path) -> None:
    write(project, {"tests/test_a.py": "def test_a():\n    pass\n"})
    write(project, {"other/__init__.py": ""})

    came = came_of(project, "--source", "other")

    came.must_be_broken("No code was measured")


def test_an_environment_without_pytest_is_broken(project: Path, tmp_path: Path) -> None:
    bare = fake(tmp_path / "env", "python", 'print(\'{"pytest": "", "pytest-cov": ""}\')')

    came = hold("test", project, "--python", str(bare))

    came.must_be_broken("pytest and pytest-cov are not installed", "--python")


def sabotaged(project: Path, folder: Path, code: str, *options: str) -> Came:
    """Hold to the gate with an interpreter that answers for pytest."""
    written = (
        "import json\n"
        f"if sys.argv[1] == '-c': print({VERSIONS!r}); sys.exit()\n"
        "junit = next(a[11:] for a in sys.argv if a.startswith('--junitxml='))\n"
        "reports = dict(a[13:].split(':', 1) for a in sys.argv if a.startswith('--cov-report='))\n"
        f"{code}"
    )
    python = fake(folder / "env", "python", written)
    return hold("test", project, "--python", str(python), *options)


def wrote(junit: str, coverage: object = None) -> str:
    """Return code that writes reports."""
    lines = [f"open(junit, 'w').write({junit!r})"]
    if coverage is not None:
        lines.append(f"open(reports['json'], 'w').write({json.dumps(coverage)!r})")
        lines.append("open(reports['xml'], 'w').write('<coverage/>')")
    return "\n".join(lines)


WHOLE = {"files": {}, "totals": TOTALS}
RAN = f"<testsuites><testsuite>{CASE}</testcase></testsuite></testsuites>"
FAILED = RAN.replace("</testcase>", '<failure message="no"/></testcase>')


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("pass", "pytest wrote no report"),
        (wrote("garbage"), "The report of pytest cannot be read"),
        (wrote("<html/>"), "is no JUnit"),
        (wrote(NONE, WHOLE), "No test ran"),
        (wrote(RAN), "No code was measured"),
        (wrote(RAN, "garbage"), "The report of coverage cannot be read"),
        (wrote(RAN, {"files": {}}), "The report of coverage cannot be read"),
        (wrote(RAN, {"files": {}, "totals": {**TOTALS, "num_statements": 0}}), "No code was"),
        (f"{wrote(RAN, WHOLE)}\nsys.exit(1)", "pytest contradicts itself: 0 tests failed"),
        (wrote(FAILED, WHOLE), "pytest contradicts itself: 1 tests failed"),
        ("sys.exit(3)", "pytest exited with 3"),
        ("sys.exit(5)", "pytest found no tests"),
        ("os.kill(os.getpid(), 9)", "pytest was ended by signal 9"),
        ("time.sleep(60)", "time limit"),
    ],
)
def test_a_pytest_that_cannot_be_believed_is_broken(
    project: Path, tmp_path: Path, code: str, said: str
) -> None:
    sabotaged(project, tmp_path, code, "--time-limit", "4").must_be_broken(said)


def test_the_sabotage_itself_would_pass_if_its_reports_were_right(
    project: Path, tmp_path: Path
) -> None:
    assert sabotaged(project, tmp_path, wrote(RAN, WHOLE)).code == 0
