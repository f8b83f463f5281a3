"""The diagrams of a converted document, drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from blogtools.content import diagrams
from blogtools.content.diagrams import Diagram
from blogtools.media import graphs, scripts
from blogtools.model.diagnostic import Severity
from blogtools.model.digest import digest_of
from blogtools.model.media import Fault
from blogtools.model.media_options import DiagramOptions
from blogtools.model.rendered import Rendered

from .drawn import Drawn

_HINT = "Correct the diagram; graphviz.org/doc/info describes its language"
_NAMELESS = 'Say what it shows on the first line: ```dot title="..."'


def with_diagrams(rendered: Rendered, options: DiagramOptions, drawn: Drawn) -> Rendered:
    """Return a conversion with its diagrams drawn."""
    whole = (rendered.html, rendered.excerpt)
    found = list(dict.fromkeys(one for piece in whole for one in diagrams.diagrams(piece)))
    if not found:
        return rendered
    results = dict(zip(found, _draw(found, options, drawn), strict=True))
    tidy = {one: diagrams.tidied(graph.svg) for one, graph in results.items()}
    page, excerpt = (
        diagrams.replaced(piece, lambda one: diagrams.told(tidy[one][0], one)) for piece in whole
    )
    media, colours = rendered.media, {colour for _, used in tidy.values() for colour in used}
    faults = tuple(fault for one, graph in results.items() for fault in _faults(one, graph))
    # A diagram without a colour has need of the stylesheet all the same.
    media = replace(media, faults=media.faults + faults, colours=tuple(sorted({"", *colours})))
    return replace(rendered, html=page, excerpt=excerpt, media=media)


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
    if not diagram.title and not diagram.desc:
        message = "the diagram has no text for those who do not see it"
        code = "diagram/no-title"
        yield Fault(diagram.source, 0, code, message, _NAMELESS, Severity.WARNING)


def _start(source: str, line: int) -> int:
    """Return where a line of a text begins; the text's own beginning for line 0."""
    lines = source.split("\n")[: max(0, line - 1)]
    return sum(len(one) + 1 for one in lines)
