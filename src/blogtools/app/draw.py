"""The verb ``draw``: diagrams of Mermaid are drawn in a browser, and recorded for builds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from blogtools.build.outputs import replace_file
from blogtools.content import diagrams, drawings
from blogtools.content.documents import read_page_front
from blogtools.content.drawings import Drawing, Wrong
from blogtools.content.markdown import Converter, convert_document
from blogtools.content.records import DamagedRecord
from blogtools.model.diagnostic import Diagnostic, UsageError, errors
from blogtools.model.document import Document
from blogtools.model.project import Project
from blogtools.model.site import Entry
from blogtools.model.source import Source

from .diagrams import record_of, recorded, undrawable, undrawn
from .enriching import told
from .ports import Progress, silent
from .reading import in_files, read
from .run import meant

#: Draws some sources: a drawing of each, or what is wrong with it.
Draw = Callable[[Sequence[str]], Sequence[Drawing | Wrong]]
# Other texts have no diagrams of Mermaid: they have none, and include no file that could.
_SIGNS = (drawings.LANGUAGE, "-8<-")


class Report(Struct, frozen=True):
    """What became of the diagrams of an essay or a page.

    Attributes:
        path: Its file.
        drawn: How many were drawn now.
        kept: How many were recorded before.
        diagnostics: What is wrong.
    """

    path: str
    drawn: int = 0
    kept: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()


class _Sheet(Struct, frozen=True):
    """A document with its diagrams.

    Attributes:
        document: The document.
        sources: What its diagrams are drawn from, each once.
        known: What is recorded, by its key.
        found: What is wrong with the document.
    """

    document: Document
    sources: tuple[str, ...]
    known: Mapping[str, Drawing]
    found: tuple[Diagnostic, ...] = ()

    @property
    def path(self) -> str:
        """Return the document's file."""
        return self.document.source.path

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the sources of the diagrams that are not recorded."""
        return tuple(one for one in self.sources if drawings.key(one) not in self.known)


def draw(
    project: Project,
    names: Sequence[str],
    artist: Draw,
    *,
    check: bool = False,
    progress: Progress = silent,
) -> tuple[Report, ...]:
    """Draw the diagrams of essays and pages that are not recorded, and record them.

    Args:
        project: The blog.
        names: Essays by their files, folders or slugs, or pages by their files; nothing for all.
        artist: Draws; it is asked once for all, and not at all where nothing is to be drawn.
        check: Whether to draw and write nothing, and only say what is not recorded.
        progress: Is told how far it is.

    Returns:
        What became of each document that has diagrams.

    Raises:
        UsageError: There is no such essay, or the blog has no diagrams of Mermaid.
    """
    _refuse_without(project)
    sheets = [_sheet(project, one) for one in _documents(project, names)]
    results = {} if check else _results(sheets, artist, progress)
    close = _looked_at if check else _written
    reports = (close(project, sheet, results) for sheet in sheets)
    return tuple(one for one in reports if one.drawn or one.kept or one.diagnostics)


def _refuse_without(project: Project) -> None:
    options = project.options.diagrams
    if options is None or not options.mermaid:
        name = project.config_file.name
        raise UsageError(f"{name} asks for none; write 'diagrams: {{mermaid: true}}' into it")


def _results(
    sheets: Sequence[_Sheet], artist: Draw, progress: Progress
) -> Mapping[str, Drawing | Wrong]:
    """Draw what is missing, all at once; return what came of each source."""
    wanted = tuple(dict.fromkeys(source for sheet in sheets for source in sheet.missing))
    if not wanted:
        return {}
    progress("Drawing diagrams", 0, 0)
    return dict(zip(wanted, artist(wanted), strict=True))


# -- what there is to draw -------------------------------------------------------------------


def _documents(project: Project, names: Sequence[str]) -> Iterator[Document]:
    """Yield the essays and pages that are meant."""
    manuscripts = read(project)
    entries = {one.path: one for one in (*manuscripts.visible, *manuscripts.hidden)}
    pages = dict(_pages(project))
    for path in _meant(project, names, entries, pages) if names else sorted({*entries, *pages}):
        yield entries[path].document if path in entries else pages[path]


def _meant(
    project: Project,
    names: Sequence[str],
    entries: Mapping[str, Entry],
    pages: Mapping[str, Document],
) -> Iterator[str]:
    for name in names:
        file = project.relative(Path(name).absolute())
        yield from (file,) if file in pages else meant(project, (name,), entries.values())


def _pages(project: Project) -> Iterator[tuple[str, Document]]:
    """Yield each page that is no essay, by its path."""
    for file in sorted(project.docs_dir.rglob("*.md")):
        if not file.is_relative_to(project.posts_dir):
            path = project.relative(file)
            document, _ = read_page_front(Source(path, project.root, file.read_bytes()))
            yield path, document


def _sheet(project: Project, document: Document) -> _Sheet:
    """Look for the diagrams of a document where a build finds them: in what it is converted to."""
    if not any(sign in document.body for sign in _SIGNS):
        return _Sheet(document, (), _known(project, document))
    rendered = convert_document(Converter(project.markdown), document)
    if isinstance(rendered, Diagnostic):
        return _Sheet(document, (), {}, (rendered,))
    found = (one for page in (rendered.html, rendered.excerpt) for one in diagrams.diagrams(page))
    ours = (one.source for one in found if one.language == drawings.LANGUAGE)
    return _Sheet(document, tuple(dict.fromkeys(ours)), _known(project, document))


def _known(project: Project, document: Document) -> Mapping[str, Drawing]:
    try:
        return recorded(project, document)
    except DamagedRecord:
        return {}


# -- what becomes of it ----------------------------------------------------------------------


def _looked_at(project: Project, sheet: _Sheet, _results: Mapping[str, Drawing | Wrong]) -> Report:
    """Say what is not recorded."""
    faults = [undrawn(source, sheet.path, sheet.known) for source in sheet.missing]
    found = (*sheet.found, *told(sheet.document, faults))
    kept = len(sheet.sources) - len(faults)
    return Report(sheet.path, kept=kept, diagnostics=in_files(project, found))


def _written(project: Project, sheet: _Sheet, results: Mapping[str, Drawing | Wrong]) -> Report:
    """Record what was drawn, and forget what the document has no more."""
    drawn, faults = dict[str, Drawing](), []
    for source in sheet.sources:
        one = sheet.known.get(drawings.key(source)) or results[source]
        if isinstance(one, Wrong):
            faults.append(undrawable(source, one))
        else:
            drawn[drawings.key(source)] = one
    found = in_files(project, (*sheet.found, *told(sheet.document, faults)))
    if not errors(sheet.found):
        _record(project.root / record_of(project, sheet.document), drawn)
    fresh = len(drawn.keys() - sheet.known.keys())
    return Report(sheet.path, fresh, len(drawn) - fresh, found)


def _record(file: Path, drawn: Mapping[str, Drawing]) -> None:
    """Write a record, unless it is there; take away that of a document without diagrams."""
    if not drawn:
        file.unlink(missing_ok=True)
        return
    data = drawings.dump(drawn).encode()
    if not file.is_file() or file.read_bytes() != data:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, data)


def summary(reports: Sequence[Report], *, check: bool = False) -> str:
    """Return in a line what became of all diagrams."""
    drawn, kept = (sum(getattr(one, name) for one in reports) for name in ("drawn", "kept"))
    wrong = sum(len(errors(one.diagnostics)) for one in reports)
    if check:
        return f"Diagrams: {kept} recorded, {wrong} not."
    return f"Diagrams: {drawn} drawn, {kept} recorded already, {wrong} mistakes."
