"""Links as marks: converted text names no address, so that it depends on no other file."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence

from blogtools.model.rendered import Link, LinkKind

#: Stands on both sides of a link's number. A source that contains this character is refused.
MARK = "\x1d"

# Comments and scripts are matched first, and left alone, so that no tag inside them is seen.
_TAGS = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1>"
    r"|<(?P<tag>a|area|audio|embed|iframe|img|object|source|track|video)\b(?:\"[^\"]*\"|'[^']*'|[^'\">])*>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"(?<=\s)(href|src|poster|data)=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_EXTERNAL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|\?|$")
_MARKED = re.compile(f"{MARK}(\\d+){MARK}")


def mark_links(page: str) -> tuple[str, tuple[Link, ...]]:
    """Replace each internal link of a page by a mark.

    Args:
        page: HTML as Python-Markdown wrote it.

    Returns:
        The page with marks in place of addresses, and the links in the order of their marks.
    """
    links: list[Link] = []
    seen: Counter[str] = Counter()

    def attribute(match: re.Match[str], embeds: bool) -> str:
        value = html.unescape(match[2] if match[2] is not None else match[3]).strip()
        kind = _kind(value)
        if kind is None:
            return match[0]
        target = value.removeprefix("symbol:") if kind is LinkKind.SYMBOL else value
        links.append(Link(kind, target, seen[value], embeds))
        seen[value] += 1
        return f'{match[1]}="{MARK}{len(links) - 1}{MARK}"'

    def tag(match: re.Match[str]) -> str:
        name = match["tag"]
        if name is None:
            return match[0]
        embeds = name.lower() not in ("a", "area")
        return _ATTRIBUTES.sub(lambda found: attribute(found, embeds), match[0])

    return _TAGS.sub(tag, page), tuple(links)


def _kind(value: str) -> LinkKind | None:
    """Return how to read a link, or None for one that leaves the site or leads nowhere."""
    if value.startswith("symbol:"):
        return LinkKind.SYMBOL
    if _EXTERNAL.match(value) or value == "#":
        return None
    return LinkKind.FRAGMENT if value.startswith("#") else LinkKind.PATH


def fill(page: str, addresses: Sequence[str]) -> str:
    """Put addresses in place of the marks.

    Args:
        page: HTML with marks.
        addresses: The address for each mark's number, not yet escaped.

    Returns:
        HTML that a browser can follow.
    """
    return _MARKED.sub(lambda match: html.escape(addresses[int(match[1])], quote=True), page)
