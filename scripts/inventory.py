#!/usr/bin/env python3
"""Makes the files in inventories/ from what projects hand out; its README has the commands.

It keeps the Python objects of an inventory that Sphinx wrote (strip), or takes what the source of a
documentation lists (lists), or what modules export, which are not imported for that (names).
"""

from __future__ import annotations

import argparse
import ast
import posixpath
import re
import zlib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

# The name of an object, what it is, and where it is documented.
Entry = tuple[str, str, str]

_DIRECTIVE = re.compile(
    r"(?P<indent>\s*)\.\. (?:py:)?(?P<name>currentmodule|module|automodule|autosummary"
    r"|auto(?:class|function|data|exception|method|attribute))::\s*(?P<argument>\S*)"
)
_TOCTREE = re.compile(r"\s+:toctree:\s*(\S*)")
_NAME = re.compile(r"~?([A-Za-z_]\w*(?:\.\w+)*)(?:\s.*)?")


def stripped(data: bytes) -> tuple[str, str, list[Entry]]:
    """Return the project, the version and the Python objects of an inventory."""
    *head, body = data.split(b"\n", 4)
    project, version = (line.partition(b": ")[2].decode() for line in head[1:3])
    lines = zlib.decompress(body).decode().splitlines()
    entries = (re.fullmatch(r"(\S+) py:(\w+) -?\d+ (\S*) .*", line) for line in lines)
    return project, version, [(m[1], m[2], m[3]) for m in entries if m]


def listed(folder: Path, below: str, code: Path) -> Iterator[Entry]:
    """Yield what the reStructuredText below a folder documents, and the modules that it shows."""
    for file in sorted(folder.rglob("*.rst")):
        page = posixpath.join(below, file.relative_to(folder).with_suffix("").as_posix())
        lines = file.read_text("utf-8").splitlines()
        yield from _page(lines, page, "")
        for line in lines:
            if shown := re.match(r"\s*\.\. automodule:: (\S+)", line):
                yield from _page(_docstring(code, shown[1]), page, shown[1])


def _docstring(code: Path, module: str) -> list[str]:
    path = code / module.replace(".", "/")
    files = (path / "__init__.py", path.with_suffix(".py"))
    texts = (ast.get_docstring(ast.parse(file.read_bytes())) for file in files if file.is_file())
    return (next(texts, "") or "").splitlines()


def _page(lines: list[str], page: str, module: str) -> Iterator[Entry]:
    summary, pages = -1, ""
    for line in lines:
        directive = _DIRECTIVE.match(line)
        if directive is None:
            inside = len(line) - len(line.lstrip()) > summary >= 0
            summary = summary if inside or not line.strip() else -1
            if toctree := _TOCTREE.fullmatch(line):
                pages = posixpath.normpath(posixpath.join(posixpath.dirname(page), toctree[1]))
            elif summary >= 0 and pages and (name := _NAME.fullmatch(line.strip())):
                yield _full(name[1], module), "obj", f"{pages}/$.html#$"
            continue
        kind, argument = directive["name"], directive["argument"]
        summary, pages = (len(directive["indent"]) if kind == "autosummary" else -1), ""
        if kind.endswith("module"):
            module = argument
            if kind != "currentmodule":
                yield module, "module", f"{page}.html#module-$"
        elif kind != "autosummary" and _NAME.fullmatch(argument):
            yield _full(argument, module), kind.removeprefix("auto"), f"{page}.html#$"


def _full(name: str, module: str) -> str:
    top = module.partition(".")[0]
    return name if not top or name.startswith(f"{top}.") else f"{module}.{name}"


def exported(folder: Path, modules: Iterable[str]) -> Iterator[Entry]:
    """Yield what modules export, at the pages that Sphinx's autosummary makes for it."""
    for asked in modules:
        module, _, page = asked.partition("@")
        path = folder / module.replace(".", "/")
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        yield module, "module", f"{page or module}.html#module-$"
        for name in _exports(ast.parse(file.read_bytes())):
            if not (path / name).is_dir() and not (path / f"{name}.py").is_file():
                yield f"{module}.{name}", "obj", "_autosummary/$.html#$"


def _exports(tree: ast.Module) -> Iterator[str]:
    """Yield the public names that a module defines, or imports under a name of its own."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from (a.asname for a in node.names if a.asname and a.asname[0] != "_")
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_":
            yield node.name


def packed(project: str, version: str, entries: Iterable[Entry]) -> bytes:
    """Return an inventory; each name once, in order, so that equal entries give equal bytes."""
    by_name: dict[str, Entry] = {}
    for entry in entries:
        by_name.setdefault(entry[0], entry)
    ordered = sorted(by_name.values())
    body = "".join(f"{name} py:{kind} 1 {_short(name, place)} -\n" for name, kind, place in ordered)
    head = (
        f"# Sphinx inventory version 2\n# Project: {project}\n# Version: {version}\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    return head.encode() + zlib.compress(body.encode(), 9)


def _short(name: str, place: str) -> str:
    place = place.replace("$", name)
    return f"{place[: -len(name)]}$" if place.endswith(name) else place


def main() -> None:
    """Make an inventory."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0], fromfile_prefix_chars="@"
    )
    parser.add_argument("verb", choices=("strip", "lists", "names"))
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "names", nargs="*", help="module, module@page or !left.out; @file for lines of that"
    )
    parser.add_argument("--project", default="")
    parser.add_argument("--version", default="")
    parser.add_argument("--below", default="", help="where the folder is in the documentation")
    parser.add_argument("--code", type=Path, default=Path(), help="where the modules are")
    asked = parser.parse_intermixed_args()
    project, version = asked.project, asked.version
    if asked.verb == "strip":
        project, version, entries = stripped(asked.source.read_bytes())
    elif asked.verb == "lists":
        entries = list(listed(asked.source, asked.below, asked.code))
    else:
        modules = [name for name in asked.names if name[0] != "!"]
        left_out = [name[1:] for name in asked.names if name[0] == "!"]
        entries = [
            entry
            for entry in exported(asked.source, modules)
            if not any(fnmatchcase(entry[0], pattern) for pattern in left_out)
        ]
    asked.out.write_bytes(packed(project, version, entries))
    print(f"{asked.out}: {len(entries)} objects of {project} {version}")


if __name__ == "__main__":
    main()
