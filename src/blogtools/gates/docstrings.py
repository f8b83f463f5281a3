"""Docstrings: that what is public has one, and that they have the form of a convention."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blogtools.gates import lint
from blogtools.gates.checkout import Checkout
from blogtools.gates.options import option
from blogtools.gates.running import Tool
from blogtools.model.gate import Finding, Judged, Level, Scanned

FILES = ()
# ruff's rules on docstrings that are not there: those are counted here, against all there could be.
_MISSING = "D100,D101,D102,D103,D104,D105,D106,D107"
# The newest Python that ruff can be told of.
_NEWEST = 15
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    path: tuple[Path, ...] = option(
        (), "What to look at: files and folders below the root; the package, if left out."
    )
    convention: str = option(
        "google", "The form that docstrings have.", choices=("google", "numpy", "pep257")
    )
    coverage: float = option(
        100.0,
        "How many percent of the public modules, classes, functions and methods have a docstring.",
        at_least=0,
        at_most=100,
    )
    form: bool = option(True, "Whether the form counts, not only the presence.")


@dataclass(frozen=True, slots=True)
class _Object:
    """Something public that has a docstring, or should have one."""

    path: str
    line: int
    column: int
    what: str
    documented: bool


def judge(options: Options, checkout: Checkout) -> Judged:
    """Count what has a docstring, and have ruff look at the form of those that are there."""
    ruff = checkout.runner.tool("ruff")
    names = checkout.python_files(checkout.package_paths(options.path))
    names = tuple(name for name in names if name.endswith(".py"))
    found, unread = _everything(checkout.root, names)
    missing = [one for one in found if not one.documented]
    share = 100.0 * (len(found) - len(missing)) / len(found) if found else 0.0
    enough = f"allowed: {share:.1f} % have one, and {options.coverage:g} % are asked for"
    accepted = enough if share >= options.coverage else ""
    wrong = [*unread, *(_absent(one, accepted) for one in missing)]
    if options.form:
        wrong += _form(options, checkout, ruff, names)
    return Judged(
        Scanned(len(found), f"public objects of {len(names)} Python files"),
        tuple(sorted(wrong)),
        summary=f"{share:.1f} % are documented, {options.coverage:g} % are asked for",
        figures={"objects": len(found), "documented": round(share, 2)},
        tools=(str(ruff),),
    )


def _everything(root: Path, names: tuple[str, ...]) -> tuple[list[_Object], list[Finding]]:
    """Return everything public, and the files that are no Python."""
    found: list[_Object] = []
    unread: list[Finding] = []
    for name in names:
        try:
            tree = ast.parse((root / name).read_bytes())
        except (SyntaxError, ValueError) as wrong:
            message = f"This is no Python: {wrong}"
            line = getattr(wrong, "lineno", 1) or 1
            unread.append(
                Finding(name, line, 1, "docstrings/unreadable", message, level=Level.HIGH)
            )
            continue
        if all(map(_is_public, Path(name).with_suffix("").parts)):
            found += _inside(tree, name, "")
    return found, unread


def _inside(node: _Documented, path: str, prefix: str) -> Iterator[_Object]:
    """Yield an object, and the public ones in it; functions hide what is in them."""
    name = getattr(node, "name", "")
    what = f"{prefix}{name}" if name else "The module"
    documented = ast.get_docstring(node, clean=False) is not None
    # An empty __init__.py has nothing to say.
    if node.body:
        line = getattr(node, "lineno", 1)
        yield _Object(path, line, getattr(node, "col_offset", 0) + 1, what, documented)
    if isinstance(node, ast.Module | ast.ClassDef):
        for inner in _definitions(node.body):
            if _is_public(inner.name) and not _is_repetition(inner):
                yield from _inside(inner, path, f"{what}." if name else "")


def _definitions(
    body: list[ast.stmt],
) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield what is defined in a body, also where it depends on a condition."""
    for one in body:
        if isinstance(one, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield one
        elif isinstance(one, ast.If | ast.Try):
            yield from _definitions([*one.body, *one.orelse])


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name in ("__init__", "__main__")


def _is_repetition(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether another definition has the docstring, or the class's own has it."""
    if node.name == "__init__":
        return True
    # The last name of each, where it is a name: `overload`, `typing.overload`, `size.setter`.
    marks = {getattr(one, "attr", getattr(one, "id", "")) for one in node.decorator_list}
    return bool(marks & {"overload", "override", "setter", "deleter"})


def _absent(one: _Object, accepted: str) -> Finding:
    return Finding(
        one.path,
        one.line,
        one.column,
        "docstrings/missing",
        f"{one.what} has no docstring",
        "Say what it is for",
        Level.LOW,
        accepted=accepted,
    )


def _form(
    options: Options, checkout: Checkout, ruff: Tool, names: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return what ruff says of the form, whatever the project's own configuration leaves out."""
    convention = f"lint.pydocstyle.convention = '{options.convention}'"
    command = [
        *(ruff.path, "check", "--isolated", "--no-fix", "--output-format", "json"),
        *("--select", "D", "--ignore", _MISSING, "--config", convention),
        *_target(checkout.pyproject),
    ]
    ran = checkout.runner.run([*command, *names])
    return lint.findings(ran, checkout)


def _target(pyproject: Mapping[str, Any]) -> tuple[str, ...]:
    """Return how ruff is told which Python the project is for, which decides what is its syntax."""
    project = pyproject.get("project", {})
    wanted = project.get("requires-python", "") if isinstance(project, dict) else ""
    lowest = re.search(r">=?\s*3\.(\d+)", str(wanted))
    minor = min(int(lowest[1]), _NEWEST) if lowest else _NEWEST
    return ("--target-version", f"py3{max(minor, 7)}")
