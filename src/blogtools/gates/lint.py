"""Formatting and rules, by ruff, as the project's own configuration asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from blogtools.gates import reading
from blogtools.gates.checkout import Checkout
from blogtools.gates.options import option
from blogtools.gates.running import Ran
from blogtools.model.gate import Broken, Finding, Judged, Level, Scanned

FILES = ()
_PYTHON = (".py", ".pyi", ".ipynb")
_SYNTAX = "invalid-syntax"


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    path: tuple[Path, ...] = option(
        (Path(),), "What to look at: files and folders below the root; everything, if left out."
    )
    rules: str = option(
        "", "Rules to ask for on top of the project's own, such as B,S (comma-separated)."
    )
    format: bool = option(True, "Whether the formatting counts.")


class _Place(msgspec.Struct):
    row: int
    column: int


class Found(msgspec.Struct):
    """One of ruff's findings."""

    filename: str
    location: _Place
    message: str
    code: str | None = None
    url: str | None = None


def judge(options: Options, checkout: Checkout) -> Judged:
    """Have ruff look at the project, and count everything that it finds."""
    ruff = checkout.runner.tool("ruff")
    paths = [str(path) for path in options.path]
    listed = checkout.runner.run([ruff.path, "check", "--show-files", *paths]).must_exit(0)
    files = python_files(listed)
    rules = ["--extend-select", options.rules] if options.rules else []
    check = [ruff.path, "check", "--no-fix", "--output-format", "json", *rules, *paths]
    found = list(findings(checkout.runner.run(check), checkout))
    if options.format:
        form = [ruff.path, "format", "--check", "--output-format", "json", *paths]
        # ruff formats the examples in Markdown too; the gate is about Python files.
        formed = findings(checkout.runner.run(form), checkout)
        found += (one for one in formed if one.path.endswith(_PYTHON))
    return Judged(
        Scanned(files, "Python files"),
        # Both say of the same file that it is no Python.
        tuple(sorted(set(found))),
        figures={"files": files, "findings": len(set(found))},
        tools=(str(ruff),),
    )


def python_files(listed: Ran) -> int:
    """Return how many files ruff will look at.

    Args:
        listed: What ``ruff check --show-files`` came to.

    Raises:
        Broken: None.
    """
    names = [name for name in listed.out.decode(errors="replace").splitlines() if name.strip()]
    files = [name for name in names if name.endswith(_PYTHON)]
    if not files:
        raise Broken(
            "ruff looks at no Python file",
            "Name the code with --path, and see what the configuration of ruff excludes",
        )
    return len(files)


def findings(ran: Ran, checkout: Checkout) -> tuple[Finding, ...]:
    """Return what ruff reports.

    Args:
        ran: What it came to: 0 for nothing, 1 for findings, 2 for files that are no Python, or
            for a failure of its own.
        checkout: The project.

    Raises:
        Broken: It failed, or its report and its exit code contradict each other.
    """
    if ran.code not in (0, 1) and not ran.out.strip():
        ran.must_exit(0, 1)
    found = reading.json_as(list[Found], ran.out, "ruff")
    if bool(found) != bool(ran.code):
        raise Broken(f"ruff contradicts itself: {len(found)} findings, but exit code {ran.code}")
    return tuple(_finding(one, checkout) for one in found)


def _finding(one: Found, checkout: Checkout) -> Finding:
    code = one.code or _SYNTAX
    hint = ""
    if code == "unformatted":
        hint = "Let `ruff format` do it"
    elif one.url:
        hint = f"See {one.url}"
    return Finding(
        checkout.path(one.filename),
        one.location.row,
        one.location.column,
        code,
        one.message,
        hint,
        Level.HIGH if code == _SYNTAX else Level.LOW if code == "unformatted" else Level.MEDIUM,
    )
