"""Links as marks: converted text names no address, so that it depends on no other file."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from blogtools.model.rendered import Link, LinkKind

from .endless import seen

#: Stands on both sides of a link's number. A source that contains this character is refused.
MARK = "\x1d"

# The same character by its number, which an HTML parser turns into the character itself.
_FOREIGN = re.compile(rf"{MARK}|&#(?:0*29(?![0-9])|[xX]0*1[dD](?![0-9a-fA-F]));?")
# Comments and scripts are matched first, and left alone, so that no tag inside them is seen.
_TAGS = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1>"
    r"|<(?P<tag>a|area|audio|embed|iframe|img|object|source|track|video)(?=[\s/>])"
    r"(?P<inside>[^'\"<>]*(?:(?:\"[^\"]*\"|'[^']*')[^'\"<>]*)*)>",
    re.DOTALL | re.IGNORECASE,
)
# Every attribute is matched whole, so that nothing in the value of one is taken for another.
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s=\"'/]+)"
    r"(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']+)))?"
)
_LEADING: Mapping[str, tuple[str, ...]] = {
    "a": ("href",),
    "area": ("href",),
    "object": ("data",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
}
_CANDIDATE = re.compile(r"(?P<url>[^\s,]\S*[^\s,]|[^\s,])(?P<size>\s+[^\s,]+)?")
_EXTERNAL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|\?|$")
_MARKED = re.compile(f"{MARK}(\\d+){MARK}")


def mark_links(page: str) -> tuple[str, tuple[Link, ...]]:
    """Replace each internal link of a page by a mark.

    Args:
        page: HTML as Python-Markdown wrote it, in which what never ends may be hidden.

    Returns:
        The page with marks in place of addresses, and the links in the order of their marks.
    """
    marker = _Marker()
    # Hardly any page has such a character, and looking for it in vain takes as long as all tags.
    own = _FOREIGN.sub("", page) if MARK in page or "&#" in page else page
    return _TAGS.sub(marker.tag, own), tuple(marker.links)


class _Marker:
    """Takes the links out of one page, tag by tag."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        self._seen: Counter[str] = Counter()

    def tag(self, match: re.Match[str]) -> str:
        """Return a tag with marks in place of its internal links."""
        if match["tag"] is None:
            return match[0]
        name = match["tag"].lower()
        leading, embeds = _LEADING.get(name, ("src",)), name not in ("a", "area")

        def attribute(found: re.Match[str]) -> str:
            key = found["name"].lower()
            return self._attribute(found, key, embeds) if key in leading else found[0]

        return f"<{match['tag']}{_ATTRIBUTE.sub(attribute, match['inside'])}>"

    def _attribute(self, found: re.Match[str], key: str, embeds: bool) -> str:
        value = found["double"] or found["single"] or found["bare"] or ""
        plain = html.unescape(seen(value)).strip()
        marked = self._several(plain) if key == "srcset" else self._one(plain, embeds)
        return found[0] if marked == plain else f'{found["name"]}="{marked}"'

    def _several(self, value: str) -> str:
        """Return the pictures of a ``srcset`` with marks in place of their addresses."""
        whole = _CANDIDATE.sub(lambda m: self._one(m["url"], True) + (m["size"] or ""), value)
        return html.escape(whole) if MARK in whole else value

    def _one(self, value: str, embeds: bool) -> str:
        link = internal(value, self._seen[value], embeds=embeds)
        if link is None:
            return value
        self.links.append(link)
        self._seen[value] += 1
        return f"{MARK}{len(self.links) - 1}{MARK}"


def internal(value: str, nth: int = 0, *, embeds: bool = False) -> Link | None:
    """Return a link as it is to be followed, or None for one that leaves the site.

    Args:
        value: The address as an author wrote it.
        nth: The how-manieth of this very address it is.
        embeds: Whether it shows its target.
    """
    if not value:
        return None
    kind = _kind(value)
    target = value.rpartition(":")[2] if kind in (LinkKind.SYMBOL, LinkKind.CODE) else value
    return Link(kind, target, nth, embeds) if kind else None


def _kind(value: str) -> LinkKind | None:
    """Return how to read a link, or None for one that leaves the site or leads nowhere."""
    if value.startswith("symbol:"):
        return LinkKind.CODE if value.startswith("symbol:code:") else LinkKind.SYMBOL
    if _EXTERNAL.match(value) or value == "#":
        return None
    return LinkKind.FRAGMENT if value.startswith("#") else LinkKind.PATH


def marked(page: str) -> frozenset[int]:
    """Return the numbers of the links that stand in some HTML as marks."""
    return frozenset(map(int, _MARKED.findall(page)))


def fill(page: str, addresses: Sequence[str] | Mapping[int, str]) -> str:
    """Put addresses in place of the marks.

    Args:
        page: HTML with marks.
        addresses: The address for each mark's number, not yet escaped.

    Returns:
        HTML that a browser can follow.
    """
    return _MARKED.sub(lambda match: html.escape(addresses[int(match[1])], quote=True), page)
