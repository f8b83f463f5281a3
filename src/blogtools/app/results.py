"""Recorded results put into the essays that they came from. Nothing is run here.

The record, its lock, its figures and the files that code may read count as read by the build.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from blogtools.build.memory import Memory
from blogtools.content.cells import find_cells
from blogtools.content.notebooks import SUFFIX
from blogtools.content.records import (
    DamagedRecord,
    outdated,
    parse,
    ran,
    results_folder,
)
from blogtools.content.weaving import nameless_figures, unexpected, weave
from blogtools.model.diagnostic import Diagnostic, errors
from blogtools.model.digest import digest_of
from blogtools.model.document import Document
from blogtools.model.drift import RECORD as DRIFT
from blogtools.model.media import DIAGRAMS
from blogtools.model.project import Project
from blogtools.model.running import LOCK, RECORD, Cell, Record, RunOptions
from blogtools.model.site import Entry


class Woven(Struct, frozen=True):
    """An essay's Markdown with its results, and what is wrong with them."""

    text: str
    diagnostics: tuple[Diagnostic, ...] = ()


class Results:
    """Puts recorded results into essays.

    Attributes:
        texts: The Markdown of each essay whose code is run, by its path.
        diagnostics: What is wrong with the results of all essays.
    """

    def __init__(self, project: Project, memory: Memory, entries: Iterable[Entry]) -> None:
        """Weave every essay that asks for it."""
        self._project = project
        self._memory = memory
        woven = {one.path: self.weave(one.document) for one in entries if has_cells(one)}
        self.texts: dict[str, str] = {path: one.text for path, one in woven.items()}
        self.diagnostics = tuple(wrong for one in woven.values() for wrong in one.diagnostics)

    def text(self, document: Document) -> str:
        """Return what of an essay becomes a page."""
        return self.texts.get(document.source.path, document.body)

    def weave(self, document: Document) -> Woven:
        """Return an essay with its results; without any where they are not its own."""
        memory, path = self._memory, document.source.path
        surroundings = self._surroundings(document)
        key = digest_of(
            *("woven", memory.environment, path, document.source.digest, document.front),
            *(surroundings, _has_snippets(self._project)),
        )
        return memory.value(key, Woven, lambda: _woven(self._project, document))

    def _surroundings(self, document: Document) -> Mapping[str, bytes]:
        """Return the digest of every file besides the essay that its results depend on."""
        files, root = self._memory.files, self._project.root
        folder = folder_of(self._project, document)
        data = (files.name(file) for file in data_files(root, document).values())
        return {name: files.digest(name) for name in (*files.tree(root / folder), *data)}


def has_cells(entry: Entry) -> bool:
    """Return whether an essay's Python is more than text: a notebook's is that also if not run."""
    return entry.document.front.run is not None or entry.path.endswith(SUFFIX)


def data_files(root: Path, document: Document) -> dict[str, Path]:
    """Return the files that an essay's code may read, by the paths that it has for them."""
    options = document.front.run
    home = root / posixpath.dirname(document.source.path)
    return {name: home / name for name in (options.data if options else ())}


def is_result(project: Project, document: Document, path: str) -> bool:
    """Return whether a file is a record: of an essay's code, of its standing, of its diagrams."""
    folder = folder_of(project, document)
    if path in (f"{folder}/{DRIFT}", f"{folder}/{DIAGRAMS}"):
        return True
    return document.front.run is not None and path.startswith(f"{folder}/")


def is_drawing(path: str) -> bool:
    """Return whether a file beside pages is the record of the diagrams of one of them."""
    folder, name = posixpath.split(path)
    return name == DIAGRAMS and f".{posixpath.basename(folder)}".endswith(".run")


def folder_of(project: Project, document: Document) -> str:
    """Return the folder of what is recorded of an essay, relative to the project."""
    return results_folder(document.source.path, project.relative(project.posts_dir))


def _woven(project: Project, document: Document) -> Woven:
    """Look at an essay's code and at its results, and put the two together."""
    body, path = document.body, document.source.path
    found = find_cells(body, document.body_line, path)
    folder = folder_of(project, document)
    if document.front.run is None:
        return Woven(weave(body, document.body_line, found.cells, None, ""), found.diagnostics)
    record, wrong = recorded(project, document, found.cells)
    if record is not None:
        wrong = tuple(_wrong(project, document, ran(found.cells), record))
    wrong = (*found.diagnostics, *wrong)
    # What else is wrong with the essay is told as well, and not that our words are strange.
    shown = None if errors(wrong) else record
    way = posixpath.relpath(folder, posixpath.dirname(path))
    snippets = _has_snippets(project)
    text = weave(body, document.body_line, found.cells, shown, way, snippets=snippets)
    return Woven(text, wrong)


def _has_snippets(project: Project) -> bool:
    """Return whether a line of an essay can include a file."""
    return "pymdownx.snippets" in map(str, project.markdown.extensions)


def _wrong(
    project: Project, document: Document, cells: tuple[Cell, ...], record: Record
) -> Iterator[Diagnostic]:
    """Yield everything that is wrong with results that are an essay's own."""
    path, options = document.source.path, document.front.run or RunOptions()
    yield from unexpected(path, cells, record.cells, options.tolerance)
    yield from nameless_figures(path, cells, record.cells)
    yield from _spoiled_figures(project.root / folder_of(project, document), path, cells, record)


def recorded(
    project: Project, document: Document, cells: tuple[Cell, ...]
) -> tuple[Record | None, tuple[Diagnostic, ...]]:
    """Return an essay's results if they are its own; else why they are not."""
    path, folder = document.source.path, folder_of(project, document)
    again = f"Run `blogtools run {path} --update`"
    first = next((cell.line for cell in ran(cells)), document.positions.get("run", (1, 1))[0])
    missing = tuple(missing_data(project.root, document))
    if missing:
        return None, missing
    try:
        record = parse((project.root / folder / RECORD).read_bytes())
    except OSError:
        message = "what its code comes to is not recorded"
        return None, (Diagnostic(path, first, 1, "run/missing", message, again),)
    except DamagedRecord as wrong:
        message = f"the recorded results are damaged: {wrong}"
        return None, (Diagnostic(f"{folder}/{RECORD}", 1, 1, "run/record", message, again),)
    lock, data = sha256(project.root / folder / LOCK), data_digests(project.root, document)
    line, what = outdated(record, cells, document.front, lock, data)
    if not what:
        return record, ()
    message = f"its recorded results are of {what}"
    return None, (Diagnostic(path, line or first, 1, "run/stale", message, again),)


def missing_data(root: Path, document: Document) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each file that code may read, and that is not there."""
    for number, (name, file) in enumerate(data_files(root, document).items()):
        if not file.is_file():
            line, column = document.positions.get(f"run.data.{number}", (1, 1))
            path = document.source.path
            hint = "Put it there, or correct its path"
            message = f"there is no file '{name}' beside the essay"
            yield Diagnostic(path, line, column, "run/data", message, hint)


def data_digests(root: Path, document: Document) -> dict[str, str]:
    """Return the sha256 of each file that an essay's code may read."""
    return {name: sha256(file) for name, file in data_files(root, document).items()}


def sha256(file: Path) -> str:
    """Return the sha256 of a file; nothing for one that is not there."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _spoiled_figures(
    folder: Path, path: str, cells: tuple[Cell, ...], record: Record
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each cell whose figures are not those that were recorded."""
    for cell, result in zip(cells, record.cells, strict=True):
        files = [(figure.light, figure.light_sha256) for figure in result.figures]
        files += [(figure.dark, figure.dark_sha256) for figure in result.figures]
        for name, digest in files:
            if sha256(folder / name) != digest:
                message = f"'{name}' is not the figure that was recorded, or is missing"
                hint = f"Run `blogtools run {path} --update`, or take it from the repository"
                yield Diagnostic(path, cell.line, 1, "run/record", message, hint)
                break
