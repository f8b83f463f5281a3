"""Formulas in converted Markdown: where they stand, and what is put in their place."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

# As pymdownx.arithmatex writes them.
_FORMULA = re.compile(
    r"<(?P<tag>span|div) class=\"arithmatex\">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>", re.DOTALL
)
_SPELLED = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)
_PAINTED = '<span class="katex-html"'
_SPAN = re.compile(r"<(/?)span\b[^>]*>")

#: A formula's text, and whether it stands by itself.
Found = tuple[str, bool]


def formulas(page: str) -> Iterator[Found]:
    """Yield the formulas of some HTML."""
    for match in _FORMULA.finditer(page):
        yield _found(match)


def _found(match: re.Match[str]) -> Found:
    return html.unescape(match["tex"]).strip(), match["tag"] == "div"


def replaced(page: str, shown: Callable[[Found], str]) -> str:
    """Return HTML with something else in place of its formulas."""
    return _FORMULA.sub(lambda match: shown(_found(match)), page)


def in_words(text: str) -> str:
    """Return a text with its formulas as they are typed, without what marks them."""
    return _SPELLED.sub(lambda m: " ".join((m[1] or m[2] or "").split()), text)


def for_any_reader(page: str) -> str:
    """Return HTML with its formulas as MathML alone, for readers without our stylesheet."""
    if _PAINTED not in page:
        return page
    first, *rest = page.split(_PAINTED)
    return first + "".join(_behind_span(piece) for piece in rest)


def _behind_span(piece: str) -> str:
    """Return what stands behind the end of a span that is open where a text begins."""
    depth = 1
    for match in _SPAN.finditer(piece):
        depth += -1 if match[1] else 1
        if depth == 0:
            return piece[match.end() :]
    return ""
