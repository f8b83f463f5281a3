"""The verb ``pipeline init``: the pipeline for a project that is there already."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from blogtools.content.yaml import Parsed, YamlProblem, parse
from blogtools.model.diagnostic import UsageError
from blogtools.pipeline import holding

FILE = ".gitlab-ci.yml"
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "requirements.txt", "requirements/dev.txt")
_TEST_EXTRAS = ("test", "tests", "testing", "dev")
_OF_CODE = tuple(name for name in holding.GATES if name not in ("secrets", "site"))

_WORKFLOW = """# One pipeline a change: a merge request, the default branch, a tag, a schedule.
workflow:
  auto_cancel:
    on_new_commit: interruptible
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_TAG
    - if: $CI_PIPELINE_SOURCE == "schedule"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
"""


class Layout(Struct, frozen=True):
    """What a project is made of, as far as its files tell.

    Attributes:
        package: The name of the package that it builds; empty where it builds none.
        source: Where its code is: ``src``, or the folders of its packages; empty for none.
        tests: Where its tests are; empty for none.
        blog: Whether it is a blog of this engine.
        docs: Whether MkDocs builds its documentation.
        locks: The files that say which packages are installed.
        install: What makes its environment.
    """

    package: str
    source: str
    tests: str
    blog: bool
    docs: bool
    locks: tuple[str, ...]
    install: str


class Proposal(Struct, frozen=True):
    """A change of a project's pipeline that nobody has made yet.

    Attributes:
        file: The file that it is about.
        new: Whether there is no such file yet.
        text: What would be in it.
        diff: The change; empty where nothing has to change.
        reasons: What was found, and what comes of it.
    """

    file: Path
    new: bool
    text: str
    diff: str
    reasons: tuple[str, ...]


def propose(folder: Path, include: str, version: str) -> Proposal:
    """Return how a project would include the pipeline.

    Args:
        folder: The project.
        include: The project that the pipeline is included from.
        version: Its version.

    Raises:
        UsageError: The project's files cannot be read.
    """
    layout = look(folder)
    file = folder / FILE
    before = _text(file) if file.exists() else ""
    parsed = _parsed(file, before)
    inputs = dict(_inputs(layout))
    if _includes(parsed, include):
        after = before
    else:
        after = _added(before, parsed, f"$CI_SERVER_FQDN/{include}/pipeline@{version}", inputs)
    return Proposal(
        file, not file.exists(), after, _diff(before, after, file.exists()), tuple(_found(layout))
    )


def add(proposal: Proposal) -> bool:
    """Write what was proposed if there is no such file; return whether that was so.

    Args:
        proposal: The change.
    """
    if not proposal.new:
        return False
    with proposal.file.open("x", encoding="utf-8", newline="\n") as file:
        file.write(proposal.text)
    return True


def look(folder: Path) -> Layout:
    """Return what a project is made of.

    Args:
        folder: The project.

    Raises:
        UsageError: Its pyproject.toml or mkdocs.yml cannot be read.
    """
    project = _pyproject(folder / "pyproject.toml")
    package, tests = _package(folder, project), _tests(folder)
    plugins = _plugins(folder / "mkdocs.yml")
    locks = tuple(name for name in _LOCKS if (folder / name).exists())
    return Layout(
        package=package,
        source=_source(folder),
        tests=tests,
        blog="blogtools" in (plugins or ""),
        docs=plugins is not None,
        locks=locks or (("pyproject.toml",) if project else ()),
        install=" ".join(_install(project, locks, tests=bool(tests))) if package else "",
    )


def _package(folder: Path, project: Mapping[str, Any]) -> str:
    """Return the name of the package that a project builds; empty where it builds none."""
    if named := project.get("project", {}).get("name"):
        return str(named)
    old = any((folder / name).exists() for name in ("setup.py", "setup.cfg"))
    return folder.resolve().name if old else ""


def _plugins(config: Path) -> str | None:
    """Return the plugins of a site in words; None where there is no site."""
    if not config.exists():
        return None
    site = _parsed(config, _text(config)).data
    return str(site.get("plugins", "")) if isinstance(site, dict) else ""


def _pyproject(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as wrong:
        raise UsageError(f"{file} cannot be read: {wrong}") from None


def _source(folder: Path) -> str:
    if any((folder / "src").glob("*/__init__.py")):
        return "src"
    packages = sorted(file.parent.name for file in folder.glob("*/__init__.py"))
    return " ".join(name for name in packages if name not in ("tests", "test", "docs"))


def _tests(folder: Path) -> str:
    for name in ("tests", "test"):
        if any((folder / name).rglob("test_*.py")) or any((folder / name).rglob("*_test.py")):
            return name
    inside = next(iter((folder / "src").rglob("test_*.py")), None)
    return inside.parent.relative_to(folder).as_posix() if inside else ""


def _install(project: Mapping[str, Any], locks: tuple[str, ...], *, tests: bool) -> Iterator[str]:
    """Yield what `uv pip install` is given: what is locked, the group for tests, the project."""
    lock = next((name for name in locks if name.endswith(".txt")), "")
    if lock:
        yield f"-r {lock}"
    group = _for_tests(project.get("dependency-groups", {})) if tests else ""
    if group:
        yield f"--group {group}"
    extras = project.get("project", {}).get("optional-dependencies", {})
    extra = _for_tests(extras) if tests else ""
    yield f"-e .[{extra}]" if extra else "-e ."


def _for_tests(names: Mapping[str, Any]) -> str:
    return next((name for name in _TEST_EXTRAS if name in names), "")


def _found(layout: Layout) -> Iterator[str]:
    """Yield what was found, one sentence each."""
    if layout.package:
        where = layout.source or "no package folder was found"
        yield f"The package {layout.package}; its code: {where}."
    else:
        yield "No package: the gates on code are switched off."
    if layout.package:
        yield (
            f"Tests: {layout.tests}." if layout.tests else "No tests: switch the gate on with them."
        )
    if layout.blog:
        yield "A blog of this engine: it is built, checked and published."
    elif layout.docs:
        yield "Documentation for MkDocs: it is built, checked and published."
    else:
        yield "No mkdocs.yml: nothing is built or published as a site."


def _inputs(layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield the inputs that differ from the defaults, as YAML."""
    if layout.locks and layout.locks != ("pyproject.toml",):
        yield "lock-files", f"[{', '.join(layout.locks[:2])}]"
    if layout.package:
        if layout.install != "-e .":
            yield "install", f'"{layout.install}"'
        if not layout.tests:
            yield "test", "false"
    else:
        yield from ((name, "false") for name in _OF_CODE)
    if not layout.docs:
        yield "site", "false"
    elif not layout.blog:
        yield "site-build", "mkdocs build --strict --site-dir $CI_PROJECT_DIR/public"


def _includes(parsed: Parsed, include: str) -> bool:
    entries = parsed.data.get("include", []) if isinstance(parsed.data, dict) else []
    found = entries if isinstance(entries, list) else [entries]
    named = [str(one.get("component")) for one in found if isinstance(one, dict)]
    return any(f"/{include}/pipeline@" in one for one in named)


def _added(before: str, parsed: Parsed, component: str, inputs: Mapping[str, str]) -> str:
    """Return the file's text with the include, and as little else changed as there can be."""
    if not before.strip():
        return f"{_WORKFLOW}\ninclude:\n{_entry(component, inputs)}"
    lines = [line if line.endswith("\n") else f"{line}\n" for line in before.splitlines(True)]
    top = {path[0]: place[0] for path, place in parsed.keys.items() if len(path) == 1}
    given = dict(inputs)
    if "stages" in top:
        given |= _stages(parsed.data["stages"])
        block = _block(top, "stages", len(lines))
        lines[block] = [""] * (block.stop - block.start)
    text = _entry(component, given)
    if "include" not in top:
        return "".join([*lines, "\ninclude:\n", text])
    line, margin = _first_include(lines, parsed)
    shifted = [" " * margin + one[2:] for one in text.splitlines(keepends=True)]
    lines.insert(line - 1, "".join(shifted))
    return "".join(lines)


def _block(top: Mapping[Any, int], name: str, number: int) -> slice:
    """Return which of the file's lines belong to one of its keys."""
    begin = top[name]
    end = min((line for line in top.values() if line > begin), default=number + 1)
    return slice(begin - 1, end - 1)


def _stages(own: object) -> dict[str, str]:
    """Return the input for stages of the project's own: its list would replace the component's."""
    known = (*holding.STAGES, ".pre", ".post")
    missing = [str(one) for one in own if one not in known] if isinstance(own, list) else []
    return {"stages": f"[{', '.join([*missing, *holding.STAGES])}]"} if missing else {}


def _first_include(lines: list[str], parsed: Parsed) -> tuple[int, int]:
    """Return the line of a list's first include, and how far its dash is from the margin."""
    entries = parsed.data.get("include")
    if not isinstance(entries, list) or not entries:
        raise UsageError("`include` is no list in .gitlab-ci.yml; make it one, and try again")
    line, column = parsed.values["include", 0]
    margin = lines[line - 1][: column - 1].rfind("-")
    if margin < 0:
        raise UsageError("`include` is written on one line in .gitlab-ci.yml; write it as a list")
    return line, margin


def _entry(component: str, inputs: Mapping[str, str]) -> str:
    given = "".join(f"      {name}: {value}\n" for name, value in inputs.items())
    return f"  - component: {component}\n" + (f"    inputs:\n{given}" if given else "")


def _diff(before: str, after: str, exists: bool) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{FILE}" if exists else "/dev/null",
        f"b/{FILE}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8") from None


def _parsed(file: Path, text: str) -> Parsed:
    try:
        return parse(text, tolerant=True)
    except YamlProblem as wrong:
        raise UsageError(f"{file}:{wrong.line}:{wrong.column}: {wrong.message}") from None
