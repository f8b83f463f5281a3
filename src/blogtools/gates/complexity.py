"""How hard code is to follow: complexity of functions, maintainability of modules, by radon."""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from blogtools.gates import reading
from blogtools.gates.checkout import Checkout
from blogtools.gates.options import option
from blogtools.model.gate import Broken, Figure, Finding, Judged, Level, Scanned

FILES = ()
# So many names of files fit into one command on every system.
_AT_ONCE = 500
_DEFINITION = re.compile(rb"^(?:async\s+def|def|class)\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    path: tuple[Path, ...] = option(
        (), "What to look at: files and folders below the root; the package, if left out."
    )
    complexity: str = option(
        "B",
        "The worst rank that a function or class may have (A: up to 5 paths through it, B: 10, "
        "C: 20, D: 30, E: 40, F: more).",
        choices="ABCDEF",
    )
    maintainability: str = option(
        "A",
        "The worst rank that a module may have (A: an index above 19, B: above 9, C: less).",
        choices="ABC",
    )


class Block(msgspec.Struct):
    """What radon says of a function or class."""

    type: str
    name: str
    rank: Literal["A", "B", "C", "D", "E", "F"]
    complexity: int
    lineno: int
    col_offset: int
    classname: str | None = None


class Unread(msgspec.Struct, forbid_unknown_fields=True):
    """What radon says of a file that it cannot read."""

    error: str


class Index(msgspec.Struct, forbid_unknown_fields=True):
    """What radon says of a module: both facts, or else why there are none."""

    mi: float = 0.0
    rank: Literal["A", "B", "C", ""] = ""
    error: str = ""


_T = TypeVar("_T")


def judge(options: Options, checkout: Checkout) -> Judged:
    """Have radon measure every file, and count what is worse than it may be."""
    radon = checkout.runner.tool("radon")
    names = checkout.python_files(checkout.package_paths(options.path))
    names = tuple(name for name in names if name.endswith(".py"))
    indexes = _measured(checkout, [radon.path, "mi", "-j"], names, dict[str, Index])
    blocks = _measured(checkout, [radon.path, "cc", "-j"], names, dict[str, list[Block] | Unread])
    _must_be_whole(checkout.root, names, indexes, blocks)
    read = {path: found for path, found in blocks.items() if isinstance(found, list)}
    return Judged(
        Scanned(len(names), "Python files"),
        tuple(sorted(_worse(indexes, read, options))),
        figures=_figures(indexes, read),
        tools=(str(radon),),
    )


def _worse(
    indexes: Mapping[str, Index], blocks: Mapping[str, list[Block]], options: Options
) -> Iterator[Finding]:
    for path, index in indexes.items():
        yield from _index(path, index, options)
    for path, found in blocks.items():
        yield from _blocks(path, found, options)


def _figures(measured: Mapping[str, Index], blocks: Mapping[str, list[Block]]) -> dict[str, Figure]:
    complexities = [one.complexity for found in blocks.values() for one in found]
    indexes = [one.mi for one in measured.values() if one.rank]
    number = len(complexities)
    return {
        "functions and classes": number,
        "mean complexity": round(sum(complexities) / number, 2) if number else None,
        "highest complexity": max(complexities, default=None),
        "lowest maintainability": round(min(indexes), 1) if indexes else None,
    }


def _measured(
    checkout: Checkout, command: list[str], names: Sequence[str], shape: type[dict[str, _T]]
) -> dict[str, _T]:
    """Return what radon reports of some files, by file."""
    found: dict[str, _T] = {}
    with tempfile.TemporaryDirectory() as nowhere:
        # From elsewhere: radon would take what it leaves out from the project's configuration.
        env = {"RADONCFG": "", "HOME": nowhere}
        for start in range(0, len(names), _AT_ONCE):
            files = [checkout.root / name for name in names[start : start + _AT_ONCE]]
            ran = checkout.runner.run([*command, *files], folder=Path(nowhere), env=env)
            report = reading.json_as(shape, ran.must_exit(0).out, "radon")
            found |= {checkout.path(path): one for path, one in report.items()}
    return found


def _must_be_whole(
    root: Path,
    names: Sequence[str],
    indexes: Mapping[str, Index],
    blocks: Mapping[str, list[Block] | Unread],
) -> None:
    """Refuse reports that leave files out: radon reports every module, and all that it defines."""
    missing = [name for name in names if name not in indexes]
    missing += [
        name for name in names if name not in blocks and _defines((root / name).read_bytes())
    ]
    if missing:
        raise Broken(f"radon says nothing of {len(missing)} files, such as {missing[0]}")


def _defines(code: bytes) -> bool:
    """Return whether a module defines anything that radon measures."""
    if not _DEFINITION.search(code):
        return False
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return False
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(one, kinds) for one in body)


def _blocks(path: str, found: list[Block], options: Options) -> Iterator[Finding]:
    for one in found:
        if one.rank > options.complexity:
            name = f"{one.classname}.{one.name}" if one.classname else one.name
            yield Finding(
                path,
                one.lineno,
                one.col_offset + 1,
                f"complexity/{'class' if one.type == 'class' else 'function'}",
                f"{name} has the complexity {one.complexity}, which is rank {one.rank}; "
                f"{options.complexity} is allowed",
                "Give parts of it names of their own",
                Level.HIGH if one.rank in "EF" else Level.MEDIUM,
            )


def _index(path: str, found: Index, options: Options) -> Iterator[Finding]:
    if not found.rank:
        message = f"radon cannot read this: {found.error or 'it does not say why'}"
        yield Finding(path, 1, 1, "complexity/unreadable", message, level=Level.HIGH)
    elif found.rank > options.maintainability:
        yield Finding(
            path,
            1,
            1,
            "complexity/module",
            f"The maintainability index is {found.mi:.1f}, which is rank {found.rank}; "
            f"{options.maintainability} is allowed",
            "Divide the module, and its longest functions",
        )
