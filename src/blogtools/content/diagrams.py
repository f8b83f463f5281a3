"""Diagrams in Markdown: the blocks they are written in, and SVG that goes with any page.

Colours come in two, as the page may be light or dark: what is black takes the colour of the text
around it; any other gets a class, which has its lightness turned round where the page is dark.
"""

from __future__ import annotations

import colorsys
import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from blogtools.model.digest import digest

#: The names of Graphviz' language.
GRAPHVIZ = ("dot", "graphviz")
_WORDS = ("title", "desc", "caption")
_FOUND = re.compile(
    r"<figure class=\"bt-diagram\" data-title=\"(?P<title>[^\"]*)\" data-desc=\"(?P<desc>[^\"]*)\""
    r"(?: data-language=\"(?P<language>\w*)\")? data-source=\"(?P<source>[^\"]*)\">"
)
_PROLOGUE = re.compile(r"<\?.*?\?>|<!DOCTYPE.*?>|<!--.*?-->", re.DOTALL)
_TITLE = re.compile(r"<title>.*?</title>\s*", re.DOTALL)
_ID = re.compile(r"\sid=\"[^\"]*\"")
_XML = re.compile(r"\sxml:space=\"[^\"]*\"|\sxmlns:xlink=\"[^\"]*\"|\sxlink:title=\"[^\"]*\"")
_HREF = re.compile(r"\sxlink:href=\"([^\"]*)\"")
#: An address, or its beginning, that leads somewhere and does nothing else.
SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:|[^:]*$)", re.IGNORECASE)
_SIZE = re.compile(r"<svg width=\"([0-9.]+)pt\" height=\"([0-9.]+)pt\"")
_PAINT = re.compile(r"\s(fill|stroke)=\"([^\"]*)\"")
_TAG = re.compile(r"<[a-z]+(?:\s[^<>]*)?>")
_HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?:[0-9a-f]{2})?", re.IGNORECASE)
_BLACK = ("black", "#000000")
_KEPT = ("none", "transparent", "currentColor")
_POINT = 4 / 3
_NAMELESS = "Diagram"
#: What is painted in it has the colour of the page's ground.
PAPER = "paper"


class Diagram(Struct, frozen=True):
    """A diagram as its author wrote it.

    Attributes:
        source: What it is drawn from.
        title: What it shows, in a few words.
        desc: The same at length, for those who do not see it.
        language: In what language; empty for Graphviz'.
    """

    source: str
    title: str
    desc: str
    language: str = ""


def checked(
    _language: str, inputs: Mapping[str, str], options: dict[str, str], *_others: object
) -> bool:
    """Take the words of a block's first line; superfences asks."""
    options.update({name: value for name, value in inputs.items() if name in _WORDS})
    return all(name in _WORDS for name in inputs)


def fence(
    source: str,
    language: str,
    _kind: str,
    options: Mapping[str, str],
    _md: object,
    **_more: object,
) -> str:
    """Return what stands for a diagram until it is drawn; its source is no text of the page."""
    told = [_attribute(options.get(name, "")) for name in ("title", "desc")]
    caption = html.escape(options.get("caption", ""))
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    other = "" if language in GRAPHVIZ else f' data-language="{language}"'
    return (
        f'<figure class="bt-diagram" data-title="{told[0]}" data-desc="{told[1]}"{other}'
        f' data-source="{_attribute(source)}">{below}</figure>'
    )


def _attribute(value: str) -> str:
    return html.escape(value).replace("\n", "&#10;")


def diagrams(page: str) -> Iterator[Diagram]:
    """Yield the diagrams of some HTML."""
    return map(_found, _FOUND.finditer(page))


def _found(match: re.Match[str]) -> Diagram:
    words = (html.unescape(match[name] or "") for name in ("source", "title", "desc", "language"))
    return Diagram(*words)


def replaced(page: str, drawn: Callable[[Diagram], str]) -> str:
    """Return HTML with its diagrams drawn."""
    return _FOUND.sub(lambda m: f'<figure class="bt-diagram">{drawn(_found(m))}', page)


def told(svg: str, diagram: Diagram) -> str:
    """Return SVG that says what it shows."""
    label = html.escape(diagram.title or diagram.desc or _NAMELESS)
    long = f"<desc>{html.escape(diagram.desc)}</desc>" if diagram.desc else ""
    # A picture is one thing to those who do not see it; what is linked in it would be lost.
    role = "group" if "<a " in svg else "img"
    opened = f'<svg role="{role}" aria-label="{label}"'
    head, end, rest = svg.removeprefix("<svg").partition(">")
    return f"{opened}{head}{end}{long}{rest}"


def tidied(svg: str) -> tuple[str, tuple[str, ...]]:
    """Return Graphviz' SVG as part of a page, and the colours that its classes stand for."""
    bare = _TITLE.sub("", _PROLOGUE.sub("", svg)).strip()
    bare = _XML.sub("", _ID.sub("", bare))
    bare = _HREF.sub(_link, bare)
    bare = _SIZE.sub(_in_pixels, bare)
    page, colours = painted(bare)
    return "".join(line.strip() + "\n" for line in page.splitlines() if line.strip()), colours


def _link(match: re.Match[str]) -> str:
    return f' href="{match[1]}"' if SAFE_ADDRESS.match(html.unescape(match[1])) else ""


def painted(svg: str) -> tuple[str, tuple[str, ...]]:
    """Return SVG whose colours suit light and dark pages, and what its classes stand for."""
    colours: dict[str, None] = {}
    page = _TAG.sub(lambda match: _painted(match[0], colours), svg)
    return page, tuple(colours)


def _in_pixels(match: re.Match[str]) -> str:
    width, height = (round(float(match[place]) * _POINT) for place in (1, 2))
    return f'<svg width="{width}" height="{height}"'


def _painted(tag: str, colours: dict[str, None]) -> str:
    """Return a tag whose colours suit light and dark pages."""
    classes = []

    def marked(style: str) -> None:
        colours[style] = None
        classes.append(class_of(style))

    def paint(match: re.Match[str]) -> str:
        what, colour = match[1], match[2]
        if colour in _BLACK:
            return f' {what}="currentColor"'
        if colour == PAPER:
            marked(f"{what}:var(--paper)")
            return f' {what}="#ffffff"'
        if colour not in _KEPT and (dark := turned(colour)) is not None:
            marked(f"{what}:light-dark({colour},{dark})")
        return match[0]

    tag = _PAINT.sub(paint, tag)
    if tag.startswith("<text") and " fill=" not in tag:
        tag = f'<text fill="currentColor"{tag.removeprefix("<text")}'
    if classes:
        name, _, rest = tag.partition(" ")
        return f'{name} class="{" ".join(classes)}" {rest}'
    return tag


def turned(colour: str) -> str | None:
    """Return a colour with its lightness turned round; None for one whose name says nothing."""
    value = _NAMED.get(colour.lower(), colour)
    if (match := _HEX.fullmatch(value)) is None:
        return None
    red, green, blue = (int(match[place], 16) / 255 for place in (1, 2, 3))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    # Not to black itself, which dark pages hardly are; and strong colours stay what they are.
    other = 0.1 + 0.88 * (1 - lightness)
    if saturation > 0.5 and 0.25 < lightness < 0.75:
        other = max(lightness, 0.6)
    parts = colorsys.hls_to_rgb(hue, other, saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def class_of(style: str) -> str:
    """Return the class that stands for a colour."""
    return f"d-{digest(style.encode()).hex()[:10]}"


def stylesheet(colours: Iterable[str]) -> bytes:
    """Return the rules of all diagrams of a site."""
    rules = [f".bt-diagram .{class_of(one)}{{{one}}}" for one in sorted(set(colours))]
    return "\n".join((_OWN, *rules, "")).encode()


_OWN = """\
.bt-diagram{margin-inline:0;overflow-x:auto;text-align:center}
.bt-diagram svg{max-width:100%;height:auto}
.bt-diagram>.bt-scroll{margin:0}
.bt-diagram>.bt-scroll>svg{max-width:max(100%,38rem)}
.bt-diagram text{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}"""

# The names of colours that people use in diagrams; others are left as they are.
_NAMED = {
    "white": "#ffffff",
    "red": "#ff0000",
    "green": "#00ff00",
    "blue": "#0000ff",
    "yellow": "#ffff00",
    "orange": "#ffa500",
    "purple": "#a020f0",
    "brown": "#a52a2a",
    "pink": "#ffc0cb",
    "gold": "#ffd700",
    "navy": "#000080",
    "gray": "#c0c0c0",
    "grey": "#c0c0c0",
    "lightgray": "#d3d3d3",
    "lightgrey": "#d3d3d3",
    "lightblue": "#add8e6",
    "lightyellow": "#ffffe0",
    "lightgreen": "#90ee90",
    "lightpink": "#ffb6c1",
    "darkgreen": "#006400",
    "darkblue": "#00008b",
    "darkred": "#8b0000",
    "steelblue": "#4682b4",
    "tomato": "#ff6347",
    "beige": "#f5f5dc",
}
