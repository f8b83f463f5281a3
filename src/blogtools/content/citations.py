"""Citations in Markdown, ``[@key, p. 3]``: where they stand, and the list that they lead to."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as etree

import markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString
from msgspec import Struct

from blogtools.model.rendered import Heading, Link, LinkKind

from .marks import MARK

_ONE = r"@[A-Za-z0-9_][\w:.+/-]*(?:,[^\[\];]*)?"
_WRITTEN = rf"\[({_ONE}(?:;\s*{_ONE})*)\](?![(\[:])"
_FOUND = re.compile(r"<span class=\"bt-cite\">\[([^<]*)\]</span>")
_PART = re.compile(r"\s*@(?P<key>[\w:.+/-]*\w)[.:]?\s*(?:,\s*(?P<where>.*?))?\s*")


class Part(Struct, frozen=True):
    """One of the works that a citation names, and where in it."""

    key: str
    where: str


class _Citation(InlineProcessor):
    """Marks citations; which works there are is not known while Markdown is read."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is Python-Markdown's
        self, m: re.Match[str], _data: str
    ) -> tuple[etree.Element, int, int]:
        mark = etree.Element("span", {"class": "bt-cite"})
        mark.text = AtomicString(f"[{m[1]}]")
        return mark, m.start(0), m.end(0)


class Citations(Extension):
    """Lets essays cite."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        """Register above links, whose brackets these are as well."""
        md.inlinePatterns.register(_Citation(_WRITTEN, md), "blogtools-citation", 168)


def makeExtension(**_options: object) -> Citations:  # noqa: N802 - Python-Markdown asks for it
    """Return the extension."""
    return Citations()


def cited(page: str) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """Yield each citation of some HTML, as it was written and in parts."""
    for match in _FOUND.finditer(page):
        yield _parts(match)


def _parts(match: re.Match[str]) -> tuple[str, tuple[Part, ...]]:
    written = html.unescape(match[1])
    found = (_PART.fullmatch(one) for one in written.split(";"))
    parts = (Part(one["key"], one["where"] or "") for one in found if one)
    return f"[{written}]", tuple(parts)


def anchor(key: str) -> str:
    """Return the id of a work in the list."""
    return f"ref-{key}"


class Numbered:
    """Numbers the works of one document in the order in which it cites them.

    Attributes:
        links: The document's links, and those of the citations.
    """

    def __init__(self, links: Sequence[Link], works: Mapping[str, str]) -> None:
        """Take the document's links, and what is known of each work, as HTML."""
        self.links = list(links)
        self._works = works
        self._numbers: dict[str, int] = {}
        self._places: dict[str, int] = {}

    def written(self, page: str) -> str:
        """Return HTML with links in place of its citations."""
        return _FOUND.sub(self._citation, page)

    def _citation(self, match: re.Match[str]) -> str:
        shown = [self._part(part) for part in _parts(match)[1] if part.key in self._works]
        return f'<span class="bt-cite">[{"; ".join(shown)}]</span>'

    def _part(self, part: Part) -> str:
        number = self._numbers.setdefault(part.key, len(self._numbers) + 1)
        if part.key not in self._places:
            self._places[part.key] = len(self.links)
            self.links.append(Link(LinkKind.FRAGMENT, f"#{anchor(part.key)}"))
        where = f", {html.escape(part.where)}" if part.where else ""
        mark = f"{MARK}{self._places[part.key]}{MARK}"
        return f'<a href="{mark}" role="doc-biblioref">{number}{where}</a>'

    def listed(self, heading: Heading) -> str:
        """Return the list of what was cited, below a heading."""
        works = "".join(
            f'<li id="{html.escape(anchor(key))}">{self._works[key]}</li>\n'
            for key in self._numbers
        )
        title = f'<h2 id="{heading.id}">{html.escape(heading.title)}</h2>'
        return f'\n<section class="bt-references">\n{title}\n<ol>\n{works}</ol>\n</section>'

    @property
    def anchors(self) -> frozenset[str]:
        """Return the ids of the list."""
        return frozenset(map(anchor, self._numbers))


def without(page: str) -> str:
    """Return HTML without its citations, for lists that show no works."""
    return re.sub(rf"\s?{_FOUND.pattern}", "", page)
