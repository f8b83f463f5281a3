"""The verb ``run``: the code of essays is run, and compared with what is recorded, or recorded."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from msgspec import Struct, structs
from msgspec.structs import replace

from blogtools.build.outputs import replace_file
from blogtools.content.cells import find_cells
from blogtools.content.comparing import difference, expects_exception
from blogtools.content.notebooks import SUFFIX
from blogtools.content.records import DamagedRecord, dump, parse, ran, requirements
from blogtools.content.weaving import nameless_figures, unexpected
from blogtools.model.diagnostic import Diagnostic, UsageError, errors
from blogtools.model.document import Document
from blogtools.model.project import Project
from blogtools.model.running import (
    LOCK,
    RECORD,
    Cell,
    Ended,
    EnvironmentFailed,
    Failure,
    Figure,
    Outcome,
    Ran,
    Record,
    Result,
    RunOptions,
    Script,
    Step,
)
from blogtools.model.site import Entry

from .ports import Progress, silent
from .reading import Manuscripts, in_files, read
from .results import data_digests, data_files, folder_of, missing_data, recorded, sha256


class Machinery(Protocol):
    """Makes environments and runs code in them."""

    @property
    def version(self) -> str:
        """Return the version of the Python that is used where an essay names none."""

    def lock(self, requirements: Sequence[str], python: str, known: str) -> str:
        """Choose the packages; see `blogtools.execution.environments.Environments.lock`."""

    def run(self, script: Script, lock: str, python: str, progress: Progress) -> Ran:
        """Run code in an environment with the packages of a lock.

        Raises:
            EnvironmentFailed: There can be no such environment.
        """


class Came(StrEnum):
    """What became of an essay."""

    SAME = "as recorded"
    RECORDED = "recorded"
    DIFFERS = "differs"
    FAILED = "failed"


class Report(Struct, frozen=True):
    """What became of an essay, as its author is told.

    Attributes:
        path: The essay.
        came: In a word.
        cells: How many cells were run.
        seconds: How long that took.
        network: How the network was kept away.
        errors: What the code wrote to its standard error.
        diagnostics: What is wrong.
    """

    path: str
    came: Came
    cells: int = 0
    seconds: float = 0.0
    network: str = ""
    errors: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()


def run(
    project: Project,
    names: Sequence[str],
    machinery: Machinery,
    *,
    update: bool = False,
    upgrade: bool = False,
    progress: Progress = silent,
) -> tuple[Report, ...]:
    """Run the code of essays.

    Args:
        project: The blog.
        names: The essays by their files, folders or slugs; nothing for all that ask for it.
        machinery: Does it.
        update: Whether to record the results, instead of comparing them with what is recorded.
        upgrade: Whether to choose all packages anew as well.
        progress: Is told how far it is.

    Raises:
        UsageError: There is no such essay, or it has no code to run.
    """
    manuscripts = read(project)
    how = _Essay.renew if upgrade else _Essay.record if update else _Essay.compare
    return tuple(
        _Essay(project, document, machinery, progress).run(how)
        if not wrong
        else Report(document.source.path, Came.FAILED, diagnostics=in_files(project, wrong))
        for document, wrong in _chosen(project, manuscripts, names)
    )


def trial(
    project: Project,
    document: Document,
    versions: Mapping[str, str],
    machinery: Machinery,
    progress: Progress = silent,
) -> Report:
    """Run an essay's code with other versions of its companions, and write nothing.

    Args:
        project: The blog.
        document: The essay.
        versions: The other versions, by the names of the packages.
        machinery: Does it.
        progress: Is told how far it is.

    Returns:
        What became of it, compared with what is recorded of the same code.
    """
    pins = {**document.front.companions, **versions}
    changed = replace(document, front=structs.replace(document.front, companions=pins))
    return _Essay(project, changed, machinery, progress).run(_Essay.attempt)


def _chosen(
    project: Project, manuscripts: Manuscripts, names: Sequence[str]
) -> Iterator[tuple[Document, tuple[Diagnostic, ...]]]:
    """Yield each essay that is to be run, with what is wrong with its front matter."""
    entries = {entry.path: entry for entry in (*manuscripts.visible, *manuscripts.hidden)}
    asking = (path for path, entry in entries.items() if entry.document.front.run)
    for path in meant(project, names, entries.values()) if names else sorted(asking):
        document = entries[path].document
        wrong = errors(tuple(w for w in manuscripts.diagnostics if w.path == path))
        if document.front.run is None and not wrong:
            raise UsageError(f"{path} runs nothing; write 'run: true' into its front matter")
        yield document, wrong


def meant(project: Project, names: Iterable[str], entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the paths of the essays that somebody means, each once.

    Args:
        project: The blog.
        names: Their files, folders or slugs.
        entries: The essays that there are.

    Raises:
        UsageError: There is no such essay.
    """
    known = {entry.path: entry.slug for entry in entries}
    return tuple(dict.fromkeys(_path(project, name, known) for name in names))


def _path(project: Project, name: str, known: Mapping[str, str]) -> str:
    """Return the essay that a name means, of those that are known with their slugs."""
    file = project.relative(Path(name).absolute())
    slugs = {slug: path for path, slug in known.items()}
    folder = (f"{file}/index{suffix}" for suffix in (".md", SUFFIX))
    for path in (file, *folder, f"{file}.md", f"{file}{SUFFIX}", slugs.get(name, "")):
        if path in known:
            return path
    raise UsageError(f"there is no essay {name}; name its file, such as posts/on-naming.md")


class _Essay:
    """One essay while it is run."""

    def __init__(
        self, project: Project, document: Document, machinery: Machinery, progress: Progress
    ) -> None:
        self._project = project
        self._document = document
        self._machinery = machinery
        self._progress = progress
        self._path = document.source.path
        self._options = document.front.run or RunOptions()
        self._folder = project.root / folder_of(project, document)
        found = find_cells(document.body, document.body_line, self._path)
        self._found, self._cells = found, ran(found.cells)

    def run(self, how: Callable[[_Essay], Report]) -> Report:
        """Run the code in one of the ways below."""
        began = time.perf_counter()
        wrong = (*self._found.diagnostics, *missing_data(self._project.root, self._document))
        if wrong:
            return self._report(Came.FAILED, wrong)
        try:
            report = how(self)
        except EnvironmentFailed as failed:
            line, column = self._document.positions.get("run", (1, 1))
            found = Diagnostic(
                self._path, line, column, "run/environment", str(failed), failed.hint
            )
            return self._report(Came.FAILED, (found,))
        return replace(report, seconds=time.perf_counter() - began)

    def _report(self, came: Came, wrong: Iterable[Diagnostic], ran: Ran | None = None) -> Report:
        found = in_files(self._project, wrong)
        if ran is None:
            return Report(self._path, came, diagnostics=found)
        return Report(self._path, came, len(self._cells), 0.0, ran.network, ran.errors, found)

    # -- with what is recorded -------------------------------------------------------------

    def compare(self) -> Report:
        """Run what was recorded, in the environment of then."""
        record, stale = recorded(self._project, self._document, self._found.cells)
        known = self._known()
        lock = self._lock_file()
        if known is None or known.requirements != requirements(self._document.front):
            return self._report(Came.DIFFERS, stale)
        return self._judged(self._run(lock, self._python(known)), record, stale)

    def attempt(self) -> Report:
        """Run the code with packages of its own, chosen for this once."""
        known = self._known()
        python = self._python(known)
        return self._judged(self._run(self._lock(python, self._lock_file()), python), known)

    def _judged(
        self, ran: Ran, record: Record | None, stale: tuple[Diagnostic, ...] = ()
    ) -> Report:
        """Return what became of the code, compared with what is recorded."""
        came = _Came(self._path, self._cells, ran)
        changed = self._changed(record, came) if record else ()
        wrong = (*stale, *came.wrong(self._options.tolerance), *changed)
        if not errors(wrong):
            return self._report(Came.SAME, wrong, ran)
        return self._report(Came.FAILED if came.failed else Came.DIFFERS, wrong, ran)

    def _changed(self, record: Record, came: _Came) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each cell whose results are not those that are recorded."""
        for cell, old, new in zip(self._cells, record.cells, came.results, strict=False):
            same = old.digest == new.digest
            if same and (found := next(self._differences(old, new, came), "")):
                hint = f"Find out why, or record them: `blogtools run {self._path} --update`"
                message = f"its results are not those that are recorded: {found}"
                column = len(cell.indent) + 1
                yield Diagnostic(self._path, cell.line, column, "run/changed", message, hint)

    def _differences(self, old: Result, new: Result, came: _Came) -> Iterator[str]:
        tolerance = self._options.tolerance
        pairs = [*zip(old.outputs, new.outputs, strict=False), (old.value, new.value)]
        for before, now in pairs:
            if found := difference(before, now, tolerance, literal=True):
                yield str(found)
        if len(old.figures) != len(new.figures):
            yield f"{len(new.figures)} figures instead of {len(old.figures)}"
        for was, drawing in zip(old.figures, new.figures, strict=False):
            for name, drawn in ((was.light, drawing.light), (was.dark, drawing.dark)):
                with suppress(OSError):
                    written = (self._folder / name).read_text("utf-8")
                    if difference(written, came.figures[drawn], tolerance, literal=True):
                        yield f"'{name}' is drawn in another way"

    # -- recording -------------------------------------------------------------------------

    def record(self) -> Report:
        """Record what comes of the code, with the packages of before where they are still meant."""
        known = self._known()
        python, wanted = self._python(known), requirements(self._document.front)
        lock = self._lock_file()
        kept = known and known.requirements == wanted and known.lock == sha256(self._folder / LOCK)
        return self._record(lock if kept else self._lock(python, lock), python)

    def renew(self) -> Report:
        """Record what comes of the code, with packages chosen anew."""
        python = self._python(None)
        return self._record(self._lock(python, ""), python)

    def _record(self, lock: str, python: str) -> Report:
        ran = self._run(lock, python)
        came = _Came(self._path, self._cells, ran)
        wrong = tuple(came.wrong(self._options.tolerance))
        if came.failed:
            return self._report(Came.FAILED, wrong, ran)
        record = Record(
            python=python,
            requirements=requirements(self._document.front),
            lock=hashlib.sha256(lock.encode()).hexdigest() if lock else "",
            network=self._options.network,
            data=data_digests(self._project.root, self._document),
            cells=came.results,
        )
        self._write(record, lock, came.figures)
        return self._report(Came.DIFFERS if errors(wrong) else Came.RECORDED, wrong, ran)

    def _lock(self, python: str, before: str) -> str:
        """Return the packages to use; versions of before stay where they can."""
        self._progress(f"Choosing the packages of {self._path}", 0, 0)
        return self._machinery.lock(requirements(self._document.front), python, before)

    def _write(self, record: Record, lock: str, figures: Mapping[str, str]) -> None:
        """Write the results, and nothing that is there already; drop figures of before."""
        files = {RECORD: dump(record), **figures}
        if lock:
            files[LOCK] = lock
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            file, data = self._folder / name, text.encode()
            if not file.is_file() or file.read_bytes() != data:
                replace_file(file, data)
        for file in (self._folder / LOCK, *self._folder.glob("figure-*.svg")):
            if file.name not in files:
                file.unlink(missing_ok=True)

    # -- either way ------------------------------------------------------------------------

    def _known(self) -> Record | None:
        """Return what is recorded, whatever it was recorded of."""
        try:
            return parse((self._folder / RECORD).read_bytes())
        except (OSError, DamagedRecord):
            return None

    def _lock_file(self) -> str:
        try:
            return (self._folder / LOCK).read_text("utf-8")
        except OSError:
            return ""

    def _python(self, known: Record | None) -> str:
        return self._options.python or (known.python if known else self._machinery.version)

    def _run(self, lock: str, python: str) -> Ran:
        files = data_files(self._project.root, self._document)
        script = Script(
            self._path,
            tuple(step for cell in self._cells for step in _steps(cell)),
            self._options,
            {name: file.read_bytes() for name, file in files.items()},
        )
        return self._machinery.run(script, lock, python, self._progress)


def _steps(cell: Cell) -> Iterator[Step]:
    """Yield what of a cell is run at once."""
    if not cell.statements:
        yield Step(cell.code, cell.first, keep=cell.mode.shows_results, may_raise=bool(cell.raises))
    for one in cell.statements:
        may_raise = bool(cell.raises) or expects_exception(one.written)
        keep = cell.mode.shows_results
        yield Step(one.code, one.line, interactive=True, keep=keep, may_raise=may_raise)


class _Came:
    """What came of an essay's cells.

    Attributes:
        results: Those of each cell, up to the first that failed.
        figures: The pictures, by the names of their files.
        failed: What failed.
    """

    def __init__(self, path: str, cells: Sequence[Cell], ran: Ran) -> None:
        self._path = path
        self._cells = cells
        self.figures: dict[str, str] = {}
        self.failed: list[Diagnostic] = []
        self.results = tuple(self._results(list(ran.outcomes)))

    def wrong(self, tolerance: float) -> Iterator[Diagnostic]:
        """Yield everything that is wrong, whatever is recorded."""
        yield from self.failed
        yield from unexpected(self._path, self._cells, self.results, tolerance)
        if not self.failed:
            yield from nameless_figures(self._path, self._cells, self.results)

    def _results(self, outcomes: list[Outcome]) -> Iterator[Result]:
        for cell in self._cells:
            steps = list(_steps(cell))
            own, outcomes = outcomes[: len(steps)], outcomes[len(steps) :]
            if wrong := self._failure(cell, steps, own):
                self.failed.append(wrong)
                if len(own) < len(steps) or not outcomes:
                    return
            yield Result(
                cell.digest,
                tuple(_output(cell, outcome) for outcome in own),
                own[0].value,
                own[0].table,
                tuple(self._figure(*drawn) for outcome in own for drawn in outcome.figures),
            )

    def _figure(self, light: str, dark: str) -> Figure:
        number = len(self.figures) // 2 + 1
        names = (f"figure-{number}.svg", f"figure-{number}-dark.svg")
        self.figures.update(zip(names, (light, dark), strict=True))
        return Figure(*names, *(hashlib.sha256(one.encode()).hexdigest() for one in (light, dark)))

    def _failure(
        self, cell: Cell, steps: Sequence[Step], outcomes: Sequence[Outcome]
    ) -> Diagnostic | None:
        """Return why a cell did not do as it should, at the line where it did not."""
        raised = False
        for step, outcome in zip(steps, outcomes, strict=False):
            failure = outcome.failure
            if failure is None:
                continue
            if not step.may_raise or failure.how is not Ended.RAISED:
                return _explained(self._path, failure, step)
            raised = True
            if cell.raises and cell.raises not in failure.names:
                message = f"this raises another exception than {cell.raises}: {failure.said}"
                hint = "Mend the code, or name the exception that it raises"
                line = failure.line or step.line
                return Diagnostic(self._path, line, 1, "run/raises", message, hint)
        if cell.raises and not raised:
            message = f"this is to raise {cell.raises}, and raises nothing"
            hint = f"Mend the code, or take out raises={cell.raises}"
            column = len(cell.indent) + 1
            return Diagnostic(self._path, cell.line, column, "run/raises", message, hint)
        return None


def _output(cell: Cell, outcome: Outcome) -> str:
    """Return what a step printed, with the exception that it was to raise."""
    if outcome.failure is None:
        return outcome.output
    head = ("Traceback (most recent call last):",) if cell.statements else ()
    return "\n".join((*filter(None, [outcome.output]), *head, outcome.failure.said))


_STOPPED: Mapping[Ended, tuple[str, str]] = {
    Ended.EXITED: ("the code ended its own process", "Take out what does that"),
    Ended.CRASHED: ("Python crashed in this code", "Find out which library does that"),
    Ended.TIMEOUT: (
        "the code was stopped here, because its time was up",
        "Let it do less, or allow more seconds: 'run: {timeout: 120}'",
    ),
    Ended.MEMORY: (
        "the code was stopped here, because it took too much memory",
        "Let it do less, or allow more: 'run: {memory: 4 GiB}'",
    ),
    Ended.PROCESSES: (
        "the code was stopped here, because it had too many processes",
        "Let it begin fewer",
    ),
    Ended.FIGURE: ("a figure of this code is not drawn", "Mend it, or what draws it"),
    Ended.OUTPUT: (
        "the code was stopped here, because it printed more than anybody reads",
        "Let it print less",
    ),
}


def _explained(path: str, failure: Failure, step: Step) -> Diagnostic:
    line = failure.line or step.line
    if failure.how is Ended.RAISED:
        hint = 'Mend the code, or say that it is to raise this: raises="..." after the language'
        return Diagnostic(path, line, 1, "run/failed", failure.said, hint)
    message, hint = _STOPPED[failure.how]
    if failure.said:
        message = f"{message}: {failure.said}"
    return Diagnostic(path, line, 1, "run/stopped", message, hint)


def summary(reports: Sequence[Report]) -> str:
    """Return in a line what became of all essays."""
    if not reports:
        return "No essay has code to run: 'run: true' in its front matter asks for that."
    counts = [(came, sum(report.came is came for report in reports)) for came in Came]
    parts = [f"{count} {came}" for came, count in counts if count]
    essays = f"{len(reports)} essay{'' if len(reports) == 1 else 's'}"
    return f"Ran the code of {essays}: {', '.join(parts)}."
