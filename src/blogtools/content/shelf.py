"""How the versions of a package stand beside each other: what a page of one says of the others.

The reference of a version knows no other version, and no essay, so that it can be kept for ever. It
holds marks instead, which are comments of HTML; they are filled when a site is put together:

``<!--blogtools:head-->``
    at the end of the head: the canonical address, and that machines should look elsewhere;
``<!--blogtools:version-->``
    at the top: a note for readers of any other version than the latest;
``<!--blogtools:selector-->``
    at the end of the JSON that Material's script reads: that there are other versions;
``<!--blogtools:backlinks package.object-->``
    below an object's text: the essays that discuss it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from urllib.parse import quote

from msgspec import Struct

from blogtools.model.companion import Companion, Package, stage
from blogtools.model.discussion import Discussion
from blogtools.model.project import SiteFacts

from .links import way, written

_MARK = re.compile(r"<!--blogtools:(?P<what>[a-z]+)(?: (?P<symbol>[^\s>]+))?-->")
# As Material's own template has it, which looks for versions.json beside the versions.
_SELECTOR = ', "version": {"alias": true, "provider": "mike"}'
_NOTE = (
    '<div data-md-color-scheme="default"><aside class="md-banner md-banner--warning">'
    '<div class="md-banner__inner md-grid md-typeset">{words} '
    'The newest is <a href="{way}"><strong>{version}</strong></a>.</div></aside></div>'
)
_WORDS = {
    "release": "This is an old version.",
    "pre-release": "This is a pre-release.",
    "development": "This is a development version.",
}


class Newer(Struct, frozen=True):
    """Where a reader of a version that is not the latest is led to.

    Attributes:
        words: What is said of the version at hand.
        version: The latest one.
        url: The same page there, or its first page; relative to the site.
    """

    words: str
    version: str
    url: str


class Position(Struct, frozen=True):
    """How a page of a reference stands among those of the other versions.

    Attributes:
        canonical: The page in the newest version that has it, relative to the site.
        newer: The way to the latest version, from any other.
        selector: Whether there is another version to choose.
    """

    canonical: str
    newer: Newer | None = None
    selector: bool = False


class Shelf(Struct, frozen=True, dict=True):
    """The versions of a package whose references are in the site.

    Attributes:
        package: The package, with these versions only.
        pages: The addresses of the pages of each, relative to the address of the version.
    """

    package: Package
    pages: Mapping[str, frozenset[str]]

    # Asked for by every page.

    @cached_property
    def _preferred(self) -> tuple[Companion, ...]:
        return self.package.preferred

    @cached_property
    def latest(self) -> Companion:
        """Return the version that readers are led to."""
        return self._preferred[0]

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return {one.version: _WORDS[stage(one.version)] for one in self._preferred}

    def position(self, companion: Companion, page: str) -> Position:
        """Return how a page of a version stands among those of the others.

        Args:
            companion: The version.
            page: The address of the page, relative to the version's.
        """
        newest = next(c for c in self._preferred if page in self.pages[c.version])
        newer = None if companion is self.latest else self._newer(companion, page)
        return Position(f"{newest.url}{page}", newer, len(self._preferred) > 1)

    def _newer(self, companion: Companion, page: str) -> Newer:
        there = page if page in self.pages[self.latest.version] else ""
        return Newer(
            self._words[companion.version], self.latest.version, f"{self.latest.url}{there}"
        )


def page_address(path: str) -> str | None:
    """Return the address of a page by its file; None for a file that is no page."""
    if not path.endswith(".html"):
        return None
    folder, _, name = path.rpartition("/")
    return f"{folder}/".lstrip("/") if name == "index.html" else path


def fill(
    page: bytes,
    url: str,
    position: Position,
    discussed: Mapping[str, Sequence[Discussion]],
    site: SiteFacts,
) -> bytes:
    """Fill the marks of a page; one for which there is nothing to say vanishes.

    Args:
        page: The page as it is kept.
        url: Its address, relative to the site.
        position: How it stands among the other versions.
        discussed: The essays that discuss objects of the page, by the object's dotted path.
        site: The site.
    """

    def filling(mark: re.Match[str]) -> str:
        match mark["what"]:
            case "head":
                return _head(position, site)
            case "version":
                return _note(position.newer, url) if position.newer else ""
            case "selector":
                return _SELECTOR if position.selector else ""
            case "backlinks":
                return _backlinks(discussed.get(mark["symbol"], ()), url)
        return ""

    return _MARK.sub(filling, page.decode("utf-8")).encode()


def _head(position: Position, site: SiteFacts) -> str:
    canonical = html.escape(site.url + quote(position.canonical))
    lines = [f'<link rel="canonical" href="{canonical}">'] if site.url else []
    if position.newer is not None:
        lines.append('<meta name="robots" content="noindex">')
    return "\n".join(lines)


def _note(newer: Newer, url: str) -> str:
    return _NOTE.format(
        words=newer.words,
        way=_href(newer.url, url),
        version=html.escape(newer.version),
    )


def _backlinks(essays: Sequence[Discussion], url: str) -> str:
    links = (
        f'<a href="{_href(essay.url, url)}">{html.escape(essay.title, quote=False)}</a>'
        for essay in essays
    )
    return f'<p class="doc-discussed">Discussed in: {", ".join(links)}</p>' if essays else ""


def _href(there: str, here: str) -> str:
    return html.escape(written(way(there, here)))


def versions_json(package: Package) -> bytes:
    """Return the list of versions that Material's selector reads, as mike writes it."""
    latest = package.latest
    listed = [
        {
            "version": companion.version,
            "title": companion.version,
            "aliases": ["latest"] if companion is latest else [],
        }
        for companion in package.versions
    ]
    return (json.dumps(listed, indent=2) + "\n").encode()
