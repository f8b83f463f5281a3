"""The diagrams of a converted document: drawn by Graphviz now, or by Mermaid when it was asked."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from blogtools.content import diagrams, drawings
from blogtools.content.diagrams import Diagram
from blogtools.content.drawings import Drawing, Wrong
from blogtools.content.records import DamagedRecord
from blogtools.media import graphs, scripts
from blogtools.model.diagnostic import Severity
from blogtools.model.digest import digest_of
from blogtools.model.document import Document
from blogtools.model.media import DIAGRAMS, Fault, Media
from blogtools.model.media_options import DiagramOptions
from blogtools.model.project import Project
from blogtools.model.rendered import Rendered

from .drawn import Drawn
from .results import folder_of

_HINT = "Correct the diagram; graphviz.org/doc/info describes its language"
_MERMAID = "Correct the diagram; mermaid.js.org describes its language"
_NAMELESS = 'Say what it shows on the first line: ```{} title="..."'


class _Shown(Struct, frozen=True):
    """What stands for a diagram in a page.

    Attributes:
        html: The picture.
        colours: What its classes stand for.
        faults: What is wrong with it.
    """

    html: str
    colours: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def with_diagrams(
    rendered: Rendered,
    options: DiagramOptions,
    drawn: Drawn,
    project: Project,
    document: Document,
) -> Rendered:
    """Return a conversion with its diagrams drawn."""
    whole = (rendered.html, rendered.excerpt)
    found = list(dict.fromkeys(one for piece in whole for one in diagrams.diagrams(piece)))
    if not found:
        return rendered
    ours = [one for one in found if one.language == drawings.LANGUAGE]
    theirs = [one for one in found if one.language != drawings.LANGUAGE]
    shown = {**_by_graphviz(theirs, options, drawn), **_recorded(ours, drawn, project, document)}
    page, excerpt = (diagrams.replaced(piece, lambda one: shown[one].html) for piece in whole)
    media = _with(rendered.media, [shown[one] for one in found])
    return replace(rendered, html=page, excerpt=excerpt, media=media)


def _with(media: Media, shown: Sequence[_Shown]) -> Media:
    """Return what is drawn in a document, with its diagrams."""
    colours = {colour for one in shown for colour in one.colours}
    # Of a damaged record each diagram would tell.
    faults = tuple(dict.fromkeys(fault for one in shown for fault in one.faults))
    # A diagram without a colour has need of the stylesheet all the same.
    return replace(media, faults=media.faults + faults, colours=tuple(sorted({"", *colours})))


def _nameless(diagram: Diagram) -> Iterator[Fault]:
    if not diagram.title and not diagram.desc:
        message = "the diagram has no text for those who do not see it"
        hint = _NAMELESS.format(diagram.language or diagrams.GRAPHVIZ[0])
        yield Fault(diagram.source, 0, "diagram/no-title", message, hint, Severity.WARNING)


def _start(source: str, line: int) -> int:
    """Return where a line of a text begins; the text's own beginning for line 0."""
    lines = source.split("\n")[: max(0, line - 1)]
    return sum(len(one) + 1 for one in lines)


# -- Graphviz --------------------------------------------------------------------------------


def _by_graphviz(
    found: Sequence[Diagram], options: DiagramOptions, drawn: Drawn
) -> Mapping[Diagram, _Shown]:
    shown = {}
    for one, graph in zip(found, _draw(found, options, drawn), strict=True):
        svg, colours = diagrams.tidied(graph.svg)
        faults = (*_faults(one, graph), *_nameless(one))
        shown[one] = _Shown(diagrams.told(svg, one), colours, faults)
    return shown


def _draw(
    found: Sequence[Diagram], options: DiagramOptions, drawn: Drawn
) -> Sequence[graphs.Graph]:
    def draw(places: Sequence[int]) -> Sequence[graphs.Graph]:
        try:
            return graphs.draw([found[place].source for place in places], options.engine)
        except scripts.ScriptsFailed as failed:
            said = graphs.Said(f"Graphviz cannot be run ({failed})", 0, True)
            return [graphs.Graph("", (said,)) for _ in places]

    keys = [digest_of("graph", graphs.VERSION, one.source, options.engine) for one in found]
    return drawn.several(keys, graphs.Graph, draw)


def _faults(diagram: Diagram, graph: graphs.Graph) -> Iterator[Fault]:
    for said in graph.said:
        severity = Severity.ERROR if said.fatal else Severity.WARNING
        verb = "the diagram cannot be drawn" if said.fatal else "Graphviz says of the diagram"
        message, at = f"{verb}: {said.message}", _start(diagram.source, said.line)
        yield Fault(diagram.source, at, "diagram/failed", message, _HINT, severity)


# -- Mermaid ---------------------------------------------------------------------------------


def record_of(project: Project, document: Document) -> str:
    """Return the file of a document's recorded diagrams, relative to the project."""
    return f"{folder_of(project, document)}/{DIAGRAMS}"


def undrawable(source: str, wrong: Wrong) -> Fault:
    """Return what is told of a diagram that Mermaid cannot draw."""
    message = f"the diagram cannot be drawn: {wrong.message}"
    return Fault(source, _start(source, wrong.line), "diagram/failed", message, _MERMAID)


def undrawn(source: str, path: str, known: Mapping[str, Drawing]) -> Fault:
    """Return what is told of a diagram that is not among those which are recorded."""
    if not known:
        return Fault(source, 0, "diagram/missing", "the diagram is not recorded", _again(path))
    message = "the recorded diagrams are others, or of another version of blogtools"
    return Fault(source, 0, "diagram/stale", message, _again(path))


def _again(path: str) -> str:
    return f"Run `blogtools draw {path}`"


def recorded(project: Project, document: Document) -> Mapping[str, Drawing]:
    """Return the recorded diagrams of a document; none where nothing is recorded.

    Raises:
        DamagedRecord: The file is none that was written here.
    """
    try:
        return drawings.parse((project.root / record_of(project, document)).read_bytes())
    except OSError:
        return {}


def _recorded(
    found: Sequence[Diagram], drawn: Drawn, project: Project, document: Document
) -> Mapping[Diagram, _Shown]:
    """Return the diagrams of Mermaid as they were drawn; nothing is drawn here."""
    if not found:
        return {}
    name, path = record_of(project, document), document.source.path
    drawn.digest(name)
    try:
        known = recorded(project, document)
    except DamagedRecord as wrong:
        message = f"the recorded diagrams are damaged: {wrong}"
        fault = Fault("", 1, "diagram/record", message, _again(path), path=name)
        return {one: _Shown(_as_code(one), faults=(fault,)) for one in found}
    return {one: _as_recorded(one, known, path) for one in found}


def _as_recorded(diagram: Diagram, known: Mapping[str, Drawing], path: str) -> _Shown:
    drawing = known.get(drawings.key(diagram.source))
    if drawing is None:
        return _Shown(_as_code(diagram), faults=(undrawn(diagram.source, path, known),))
    svg, colours = diagrams.painted(drawing.svg)
    named = replace(
        diagram, title=diagram.title or drawing.title, desc=diagram.desc or drawing.desc
    )
    return _Shown(diagrams.told(svg, named), colours, tuple(_nameless(named)))


def _as_code(diagram: Diagram) -> str:
    return f"<pre><code>{html.escape(diagram.source, quote=False)}</code></pre>"
