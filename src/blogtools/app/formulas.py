"""The formulas of a converted document, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from blogtools.content import formulas
from blogtools.content.formulas import Found
from blogtools.media import fonts, math, scripts
from blogtools.model.digest import digest_of
from blogtools.model.media import Fault, Media
from blogtools.model.media_options import MathOptions
from blogtools.model.rendered import Heading, Rendered

from .drawn import Drawn

_HINT = "Correct the formula; what KaTeX knows is at katex.org/docs/supported"


def with_formulas(rendered: Rendered, options: MathOptions, drawn: Drawn) -> Rendered:
    """Return a conversion with its formulas drawn, and its text with them as they are typed."""
    whole = (rendered.html, rendered.heading, rendered.excerpt)
    found = list(dict.fromkeys(one for piece in whole for one in formulas.formulas(piece)))
    if not found:
        return rendered
    results = dict(zip(found, _draw(found, options, drawn), strict=True))
    page, heading, excerpt = (
        formulas.replaced(piece, lambda one: _shown(one, results[one])) for piece in whole
    )
    return replace(
        rendered,
        html=page,
        heading=heading,
        excerpt=excerpt,
        title=formulas.in_words(rendered.title),
        toc=tuple(map(_heading, rendered.toc)),
        media=_media(rendered.media, results),
    )


def _media(media: Media, results: Mapping[Found, math.Drawn]) -> Media:
    wrong = tuple(_fault(one, result) for one, result in results.items() if result.error)
    styles = {style for result in results.values() for style in result.styles}
    shown = "".join(one.html.rpartition("</math>")[2] for one in results.values())
    # A page without a style has need of the stylesheet all the same: for the fonts.
    return replace(
        media,
        faults=media.faults + wrong,
        styles=tuple(sorted({*media.styles, "", *styles})),
        letters=fonts.letters(shown),
        faces=fonts.faces(shown),
    )


def _draw(found: Sequence[Found], options: MathOptions, drawn: Drawn) -> Sequence[math.Drawn]:
    macros = dict(options.macros)

    def draw(places: Sequence[int]) -> Sequence[math.Drawn]:
        wanted = [math.Formula(*found[place]) for place in places]
        try:
            return math.draw(wanted, macros)
        except scripts.ScriptsFailed as failed:
            return [math.Drawn("", (), f"KaTeX cannot be run ({failed})") for _ in wanted]

    keys = [digest_of("formula", math.VERSION, one, macros) for one in found]
    return drawn.several(keys, math.Drawn, draw)


def _shown(formula: Found, result: math.Drawn) -> str:
    _, display = formula
    if not display:
        return result.html
    return (
        f'<div class="bt-math" tabindex="0" role="group" aria-label="Formula">{result.html}</div>'
    )


def _fault(formula: Found, result: math.Drawn) -> Fault:
    message = f"the formula cannot be drawn: {result.error}"
    return Fault(formula[0], result.at, "math/failed", message, _HINT)


def _heading(heading: Heading) -> Heading:
    below = tuple(map(_heading, heading.children))
    return replace(heading, title=formulas.in_words(heading.title), children=below)
