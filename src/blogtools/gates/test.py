"""The tests, by pytest, and how much of the code they run, by coverage: in all, and of changes.

Runs in the project's own environment, which has to have pytest and pytest-cov. Tests that are all
skipped, and coverage of no code at all, are no success.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from blogtools.gates import reading
from blogtools.gates.changes import changed_lines
from blogtools.gates.checkout import Checkout
from blogtools.gates.options import option
from blogtools.gates.running import Ran
from blogtools.gates.uncovered import Coverage, Measured, Summary, runs, too_little
from blogtools.model.gate import Broken, Figure, Finding, Judged, Level, Scanned

JUNIT = "junit.xml"
COBERTURA = "cobertura.xml"
FILES = (JUNIT, COBERTURA)

_VERSIONS = """
import json
from importlib import metadata
versions = {}
for name in ("pytest", "pytest-cov", "coverage"):
    try:
        versions[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        versions[name] = ""
print(json.dumps(versions))
"""
_NO_TESTS = 5


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    path: tuple[Path, ...] = option(
        (), "Tests to run: files and folders below the root; what pytest finds, if left out."
    )
    source: tuple[Path, ...] = option(
        (), "The code whose coverage is measured; the package, if left out."
    )
    python: Path | None = option(
        None,
        "The Python of the environment that the project, its dependencies, pytest and pytest-cov "
        "are in; its .venv, if left out and there, or else the gate's own.",
    )
    coverage: float = option(
        80.0,
        "How many percent of the lines and branches the tests have to run.",
        at_least=0,
        at_most=100,
    )
    changed_coverage: float = option(
        80.0,
        "How many percent of the lines that were changed since --compare.",
        at_least=0,
        at_most=100,
    )
    compare: str | None = option(
        None, "The commit or branch that changes are counted from; no matter, if left out."
    )
    arguments: str = option("", "Further arguments for pytest, such as '-n auto -m \"not slow\"'.")


@dataclass(frozen=True, slots=True)
class Tests:
    """What pytest reports.

    Attributes:
        ran: How many tests ran to an end, good or bad.
        skipped: How many did not.
        findings: Those that failed.
    """

    ran: int
    skipped: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Changes:
    """The changed lines that coverage knows, by file: those that ran, and those that did not."""

    ran: Mapping[str, frozenset[int]]
    missed: Mapping[str, frozenset[int]]

    @property
    def number(self) -> int:
        """Return how many there are."""
        return sum(map(len, (*self.ran.values(), *self.missed.values())))

    @property
    def percent(self) -> float | None:
        """Return how many percent of them ran; None where there are none."""
        return 100.0 * sum(map(len, self.ran.values())) / self.number if self.number else None


def judge(options: Options, checkout: Checkout) -> Judged:
    """Run the tests, and judge what failed and what did not run."""
    python = checkout.python(options.python)
    tools = _tools(python, checkout)
    # Before the tests: a comparison that cannot be made is not worth their time.
    changed = changed_lines(checkout, options.compare) if options.compare else None
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder)
        ran = checkout.runner.run(
            _command(python, into, options, checkout),
            name="pytest",
            env={"COVERAGE_FILE": str(into / "coverage")},
        )
        tests, junit = _tests(ran, into / JUNIT, checkout)
        files = {JUNIT: junit}
        coverage = _coverage(into, ran, tests)
        if coverage is not None:
            files[COBERTURA] = reading.file(into / COBERTURA, "coverage")
            reading.xml(files[COBERTURA], "coverage")
    measured = {
        checkout.path(path): one for path, one in (coverage.files if coverage else {}).items()
    }
    changes = None if changed is None else _changes(changed, measured)
    totals = coverage.totals if coverage else None
    return Judged(
        Scanned(tests.ran, "tests"),
        (
            *tests.findings,
            *too_little(totals, measured, options.coverage),
            *_untested(changes, options.changed_coverage),
        ),
        figures=_figures(tests, totals, changes),
        files=files,
        tools=tools,
    )


def _tools(python: str, checkout: Checkout) -> tuple[str, ...]:
    """Return what tests there, each with its version.

    Raises:
        Broken: Something is missing.
    """
    ran = checkout.runner.run([python, "-c", _VERSIONS]).must_exit(0)
    versions = reading.json_as(dict[str, str], ran.out, python)
    missing = [name for name, version in versions.items() if not version]
    if missing:
        raise Broken(
            f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} not installed in the "
            f"environment of {python}",
            "Install pytest and pytest-cov there, or name the project's environment with --python",
        )
    return tuple(f"{name} {version}" for name, version in versions.items())


def _command(python: str, into: Path, options: Options, checkout: Checkout) -> list[str]:
    source = checkout.package_paths(options.source)
    # The floor is judged here: a lower one of the project's own, or a higher, would only confuse.
    return [
        *(python, "-m", "pytest", f"--junitxml={into / JUNIT}", "-o", "junit_family=xunit1"),
        *(f"--cov={path.as_posix()}" for path in source),
        *("--cov-branch", "--cov-fail-under=0"),
        *(f"--cov-report=json:{into / 'coverage.json'}", f"--cov-report=xml:{into / COBERTURA}"),
        *shlex.split(options.arguments),
        *map(str, options.path),
    ]


# -- the tests -------------------------------------------------------------------------------


def _tests(ran: Ran, junit: Path, checkout: Checkout) -> tuple[Tests, bytes]:
    """Return what the tests came to, and the report.

    Raises:
        Broken: pytest could not do its work, contradicts itself, or ran nothing.
    """
    if ran.code == _NO_TESTS:
        raise Broken("pytest found no tests", "Write one, or say with --path where they are")
    # 2: among other things, a file of tests that cannot be imported; its report says so.
    ran.must_exit(0, 1, 2)
    if not junit.exists():
        raise Broken(f"pytest wrote no report, and exited with {ran.code}", ran.said())
    report = reading.file(junit, "pytest")
    tests = read_junit(reading.xml(report, "pytest"), checkout)
    if bool(tests.findings) != bool(ran.code):
        raise Broken(
            f"pytest contradicts itself: {len(tests.findings)} tests failed, but its exit code is "
            f"{ran.code}",
            ran.said(),
        )
    if not tests.ran:
        raise Broken(f"No test ran: {tests.skipped} were skipped", "See why with `pytest -rs`")
    return tests, report


def read_junit(root: Element, checkout: Checkout) -> Tests:
    """Return what a JUnit report says.

    Args:
        root: The report's root.
        checkout: The project.

    Raises:
        Broken: It is none.
    """
    if root.tag not in ("testsuites", "testsuite"):
        raise Broken(f"The report of pytest is no JUnit: its root is <{root.tag}>")
    cases = list(root.iter("testcase"))
    skipped = sum(case.find("skipped") is not None for case in cases)
    findings = [_failure(case, checkout) for case in cases if _wrong(case) is not None]
    return Tests(len(cases) - skipped, skipped, tuple(sorted(findings)))


def _wrong(case: Element) -> Element | None:
    failure = case.find("failure")
    return failure if failure is not None else case.find("error")


def _failure(case: Element, checkout: Checkout) -> Finding:
    wrong = _wrong(case)
    said = "" if wrong is None else wrong.get("message") or wrong.text or ""
    name = case.get("name", "?")
    path = case.get("file") or _file_of(case.get("classname", ""), name, checkout.root)
    return Finding(
        checkout.path(path),
        # pytest counts lines from 0.
        int(case.get("line", "0")) + 1,
        1,
        "test/failed" if case.find("failure") is not None else "test/error",
        f"{name} failed: {_short(said)}",
        level=Level.HIGH,
    )


def _file_of(classname: str, name: str, root: Path) -> str:
    """Return the file of tests that could not even be collected; the report names a module."""
    dotted = classname or name
    guess = dotted.replace(".", "/") + ".py"
    return guess if (root / guess).is_file() else "."


def _short(said: str) -> str:
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    return re.sub(r"\s+", " ", lines[0])[:300] if lines else "it does not say why"


# -- the coverage ----------------------------------------------------------------------------


def _coverage(into: Path, ran: Ran, tests: Tests) -> Coverage | None:
    """Return what was measured; None where that came to nothing because of tests that failed.

    Raises:
        Broken: No code was measured.
    """
    file = into / "coverage.json"
    if not file.exists():
        if tests.findings:
            return None
        raise Broken(
            "No code was measured: coverage wrote no report",
            "Install the project in editable form, so that the tests import the code at --source. "
            f"pytest said:\n{ran.said()}",
        )
    found = reading.json_as(Coverage, reading.file(file, "coverage"), "coverage")
    if found.totals.num_statements < 1:
        raise Broken("No code was measured: there are no statements in it", "Name it with --source")
    return found


def _changes(changed: Mapping[str, frozenset[int]], measured: Mapping[str, Measured]) -> _Changes:
    known = {path: one for path, one in measured.items() if path in changed}
    return _Changes(
        {path: changed[path] & frozenset(one.executed_lines) for path, one in known.items()},
        {path: changed[path] & frozenset(one.missing_lines) for path, one in known.items()},
    )


def _untested(changes: _Changes | None, floor: float) -> Iterator[Finding]:
    """Yield the changed lines that do not run, if they are too many."""
    percent = changes.percent if changes else None
    if changes is None or percent is None or percent >= floor:
        return
    hint = f"{percent:.1f} % of the changed lines run, and {floor:g} % are asked for"
    for path, lines in changes.missed.items():
        for first, last in runs(lines):
            what = f"Lines {first} to {last} were changed, and no test runs them"
            if first == last:
                what = f"Line {first} was changed, and no test runs it"
            yield Finding(path, first, 1, "test/change-not-covered", what, hint)


def _figures(tests: Tests, totals: Summary | None, changes: _Changes | None) -> dict[str, Figure]:
    figures: dict[str, Figure] = {
        "tests": tests.ran,
        "failed": len(tests.findings),
        "skipped": tests.skipped,
    }
    if totals is not None:
        figures["coverage"] = round(totals.percent_covered, 2)
        figures["line coverage"] = _percent(totals.covered_lines, totals.num_statements)
        figures["branch coverage"] = _percent(totals.covered_branches, totals.num_branches)
    if changes is not None:
        figures["changed lines"] = changes.number
        percent = changes.percent
        figures["coverage of changed lines"] = None if percent is None else round(percent, 2)
    return figures


def _percent(part: int, whole: int) -> float | None:
    return round(100.0 * part / whole, 2) if whole else None
