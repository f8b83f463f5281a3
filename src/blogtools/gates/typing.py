"""The types, by ty, or by mypy, with the packages that the project's environment has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from blogtools.gates import reading
from blogtools.gates.checkout import Checkout
from blogtools.gates.options import option
from blogtools.model.gate import Broken, Finding, Judged, Level, Scanned

FILES = ()
_INDEXED = re.compile(r"Indexed (\d+) file\(s\)")
_SOURCE = re.compile(r"^LOG:  Found source:", re.MULTILINE)
_LEVELS = {"info": Level.INFO, "minor": Level.LOW, "major": Level.MEDIUM}
_WARNING = "a warning, and --no-warnings is given"


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    path: tuple[Path, ...] = option(
        (), "What to look at: files and folders below the root; the package, if left out."
    )
    checker: str = option("ty", "Who checks.", choices=("ty", "mypy"))
    python: Path | None = option(
        None,
        "The Python of the environment that the project's dependencies are in; its .venv, if left "
        "out and there, or else the gate's own.",
    )
    warnings: bool = option(True, "Whether warnings count.")


class _At(msgspec.Struct):
    line: int
    column: int


class _Positions(msgspec.Struct):
    begin: _At


class _Location(msgspec.Struct):
    path: str
    positions: _Positions


class Issue(msgspec.Struct):
    """What ty reports, in the format for GitLab."""

    check_name: str
    description: str
    severity: str
    location: _Location


class Message(msgspec.Struct):
    """What mypy reports, one on each line."""

    file: str
    line: int
    column: int
    message: str
    severity: str
    code: str | None = None
    hint: str | None = None


def judge(options: Options, checkout: Checkout) -> Judged:
    """Have the checker look at the project's code, and count what it finds."""
    run = _ty if options.checker == "ty" else _mypy
    files, findings, tool = run(options, checkout)
    counted = sum(not found.accepted for found in findings)
    return Judged(
        Scanned(files, "Python files"),
        tuple(sorted(findings)),
        figures={"files": files, "errors": counted, "checker": options.checker},
        tools=(tool,),
    )


def _ty(options: Options, checkout: Checkout) -> tuple[int, list[Finding], str]:
    ty = checkout.runner.tool("ty")
    paths = map(str, checkout.package_paths(options.path))
    python = checkout.python(options.python)
    # -v, because only then does it say how many files it looked at.
    command = [ty.path, "check", "-v", "--output-format", "gitlab", "--python", python, *paths]
    # ty's paths begin where GitLab says that the project is, and that is the whole repository.
    env = {"CI_PROJECT_DIR": str(checkout.root)}
    ran = checkout.runner.run(command, env=env).must_exit(0, 1)
    found = reading.json_as(list[Issue], ran.out, "ty")
    serious = any(one.severity not in ("info", "minor") for one in found)
    if serious != bool(ran.code):
        raise Broken(f"ty contradicts itself: {len(found)} findings, but exit code {ran.code}")
    findings = [_issue(one, options, checkout) for one in found]
    indexed = _INDEXED.search(ran.err.decode(errors="replace"))
    return _must_look(int(indexed[1]) if indexed else 0, "ty"), findings, str(ty)


def _issue(one: Issue, options: Options, checkout: Checkout) -> Finding:
    begin = one.location.positions.begin
    level = _LEVELS.get(one.severity, Level.HIGH)
    mild = one.severity in ("info", "minor") and not options.warnings
    return Finding(
        checkout.path(one.location.path),
        begin.line,
        begin.column,
        one.check_name,
        one.description.removeprefix(f"{one.check_name}: "),
        level=level,
        accepted=_WARNING if mild else "",
    )


def _mypy(options: Options, checkout: Checkout) -> tuple[int, list[Finding], str]:
    mypy = checkout.runner.tool("mypy")
    paths = map(str, checkout.package_paths(options.path))
    python = checkout.python(options.python)
    # -v, because its report in JSON does not say how many files it looked at.
    asked = ["-v", "--output", "json", "--python-executable", python]
    ran = checkout.runner.run([mypy.path, *asked, *paths]).must_exit(0, 1)
    said = [reading.json_as(Message, line, "mypy") for line in ran.out.splitlines() if line.strip()]
    errors = [one for one in said if one.severity == "error"]
    if bool(errors) != bool(ran.code):
        raise Broken(f"mypy contradicts itself: {len(errors)} errors, but exit code {ran.code}")
    files = len(_SOURCE.findall(ran.err.decode(errors="replace")))
    return _must_look(files, "mypy"), list(_messages(errors, checkout)), str(mypy)


def _messages(errors: list[Message], checkout: Checkout) -> Iterator[Finding]:
    for one in errors:
        hint = " ".join((one.hint or "").split())
        yield Finding(
            checkout.path(one.file),
            max(1, one.line),
            one.column + 1,
            one.code or "mypy",
            one.message,
            hint,
        )


def _must_look(files: int, whose: str) -> int:
    """Return how many files the checker says that it looked at.

    Raises:
        Broken: It says of none.
    """
    if files < 1:
        hint = f"See what the configuration of {whose} leaves out, or name the code with --path"
        raise Broken(f"{whose} does not say that it looked at any file", hint)
    return files
