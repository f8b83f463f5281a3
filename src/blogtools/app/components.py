"""The verbs on component files: lint them, and write what is made from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from blogtools.model.diagnostic import ContentError, Diagnostic, UsageError
from blogtools.pipeline import linting, reference
from blogtools.pipeline.component import Component, read

#: Says what GitLab's schema finds wrong with components.
Schema = Callable[[Sequence[Component]], Iterable[Diagnostic]]


def component_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the component files at some paths, in the order of their names.

    Args:
        paths: Files, and folders such as ``templates``.

    Raises:
        UsageError: There is none.
    """
    found: list[Path] = []
    for path in paths:
        inside = [*path.glob("*.yml"), *path.glob("*/template.yml")] if path.is_dir() else [path]
        if not inside:
            raise UsageError(f"no component is in {path}: it has no file that ends in .yml")
        found += inside
    return tuple(sorted(found))


def lint(paths: Sequence[Path], schema: Schema) -> tuple[int, tuple[Diagnostic, ...]]:
    """Return how many components were looked at, and everything that is wrong with them.

    Args:
        paths: Files and folders of components.
        schema: Knows GitLab's schema.

    Raises:
        UsageError: There is no component, or the schema cannot be asked.
    """
    files = component_files(paths)
    found: list[Diagnostic] = []
    good: list[Component] = []
    for file in files:
        try:
            component = _read(file)
        except ContentError as wrong:
            found += wrong.diagnostics
            continue
        wrongs = tuple(linting.lint(component))
        found += wrongs
        if not wrongs:
            good.append(component)
    found += linting.folder(tuple(good))
    found += schema(good)
    return len(files), tuple(sorted(set(found)))


def load(folder: Path) -> Mapping[str, Component]:
    """Return a folder's components by name.

    Args:
        folder: Such as ``templates``.

    Raises:
        UsageError: There is none.
        ContentError: One cannot be read.
    """
    return {one.name: one for one in map(_read, component_files([folder]))}


def _read(file: Path) -> Component:
    name = file.parent.name if file.name == "template.yml" else file.stem
    return read(name, file.as_posix(), file.read_text(encoding="utf-8"))


def catalogue(components: Mapping[str, Component]) -> str:
    """Return the inputs of all components as JSON, for programs.

    Args:
        components: All of them.
    """
    body = {
        name: {
            "description": one.description,
            "inputs": {
                given.name: {
                    "type": str(given.kind),
                    "default": given.default,
                    "options": list(given.options),
                }
                for given in one.inputs
            },
        }
        for name, one in sorted(components.items())
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def made(
    folder: Path, into: Path, catalogue_file: Path | None, address: str, version: str
) -> Mapping[Path, str]:
    """Return everything that is made from components, by file.

    Args:
        folder: Where the components are.
        into: Where the reference pages and the diagram belong.
        catalogue_file: Where the catalogue belongs; None for none.
        address: The project that they are included from.
        version: The version that examples name.
    """
    components = load(folder)
    pages = reference.pages(components, address, version)
    files = {into / name: text for name, text in pages.items()}
    if catalogue_file:
        files[catalogue_file] = catalogue(components)
    return files


def drifted(files: Mapping[Path, str]) -> tuple[Path, ...]:
    """Return the files that are not as they would be made, and those that nobody makes any more.

    Args:
        files: What would be made.
    """
    stale = [file for file, text in files.items() if _content(file) != text]
    folders = {file.parent for file in files if file.suffix == ".md"}
    lost = [page for folder in folders for page in folder.glob("*.md") if page not in files]
    return tuple(sorted([*stale, *lost]))


def _content(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def write(files: Mapping[Path, str]) -> tuple[Path, ...]:
    """Write what is made from components; return the files that changed.

    Args:
        files: What was made.
    """
    changed = drifted(files)
    for file in changed:
        if file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(files[file], encoding="utf-8", newline="\n")
        else:
            file.unlink()
    return changed
