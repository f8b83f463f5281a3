"""What a list shows of an essay."""

from __future__ import annotations

import html
import re

from selectolax.lexbor import LexborHTMLParser

from .endless import hidden, seen

_MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)
_CLOSING = re.compile(r"</[^>]*>|<!--.*?-->", re.DOTALL)
_PARAGRAPH = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1>|<p>(?P<inside>.*?)</p>", re.DOTALL | re.IGNORECASE
)
_PARAGRAPHS = (("<p>", "</p>"),)
_TAG = re.compile(r"<[^>]*>")
_WITHOUT = "sup[id^='fnref'], .headerlink, script, style"


def excerpt(body: str, description: str) -> tuple[str, bool]:
    """Return the beginning of an essay for lists.

    The text before ``<!-- more -->`` if the author set that mark, else the description, else the
    first paragraph.

    Args:
        body: The converted essay without its title; what never ends may be hidden in it.
        description: The author's summary, plain text, may be empty.

    Returns:
        HTML, and whether the essay goes on after it.
    """
    if mark := _MORE.search(body):
        return _clean(body[: mark.start()]), bool(_CLOSING.sub("", body[mark.end() :]).strip())
    if description:
        return f"<p>{html.escape(description, quote=False)}</p>", True
    first = _first_paragraph(body)
    return _clean(first), bool(first) and first != body.strip()


def _clean(fragment: str) -> str:
    """Balance a fragment's tags, and drop what must not stand twice on a page: ids, footnotes."""
    tree = LexborHTMLParser(f"<body>{seen(fragment)}</body>")
    body = tree.body
    if body is None:
        return ""
    for node in tree.css(_WITHOUT):
        node.decompose()
    for node in tree.css("[id]"):
        del node.attrs["id"]
    return (body.inner_html or "").strip()


def _first_paragraph(body: str) -> str:
    """Return the first paragraph that says something, or nothing."""
    for match in _PARAGRAPH.finditer(hidden(body, _PARAGRAPHS)):
        if _TAG.sub("", match["inside"] or "").strip():
            return match[0]
    return ""
