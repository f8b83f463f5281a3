"""How the versions of a package stand beside each other: what a page of one says of the others.

The reference of a version knows no other version, no essay, and nothing of the site around it, so
that it can be kept for ever. A page is kept as its title, its description, and what stands between
masthead and footer, with marks in it, which are comments of HTML:

``<!--blogtools:versions-->``
    at the top: the version, and the ways to the same page in the others;
``<!--blogtools:note-->``
    below that: a note for readers of any other version than the latest;
``<!--blogtools:backlinks package.object-->``
    below an object's text: the essays that discuss it.

When a site is put together, they are filled, and all is put into the frame of the site, which has
marks for it: ``title``, ``description``, ``head`` (the canonical address, and that machines should
look elsewhere) and ``content``.
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
from blogtools.model.interface import Voice, voice
from blogtools.model.project import SiteFacts

from .links import way, written

_MARK = re.compile(r"<!--blogtools:(?P<what>[a-z]+)(?: (?P<symbol>[^\s>]+))?-->")
_KEPT = re.compile(
    r"\s*<!doctype html>\n<title>(?P<title>.*?)</title>\n"
    r'<meta name="description" content="(?P<description>[^"]*)">\n(?P<content>.*)',
    re.DOTALL,
)


def mark(what: str) -> str:
    """Return the mark of a frame at whose place something is put."""
    return f"<!--blogtools:{what}-->"


class Newer(Struct, frozen=True):
    """Where a reader of a version that is not the latest is led to.

    Attributes:
        stage: What is said of the version at hand: ``release``, ``pre-release``, ``development``.
        version: The latest one.
        url: The same page there, or its first page; relative to the site.
    """

    stage: str
    version: str
    url: str


class Way(Struct, frozen=True):
    """A version of a package, as the list of versions on a page has it.

    Attributes:
        version: The version.
        url: The same page in it, or its first page; relative to the site.
        is_latest: Whether readers are led to it.
        is_here: Whether it is the page's own.
    """

    version: str
    url: str
    is_latest: bool = False
    is_here: bool = False


class Position(Struct, frozen=True):
    """How a page of a reference stands among those of the other versions.

    Attributes:
        canonical: The page in the newest version that has it, relative to the site.
        newer: The way to the latest version, from any other.
        versions: All versions, the page's own among them.
    """

    canonical: str
    newer: Newer | None = None
    versions: tuple[Way, ...] = ()


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
    def _stages(self) -> Mapping[str, str]:
        return {one.version: stage(one.version) for one in self._preferred}

    def position(self, companion: Companion, page: str) -> Position:
        """Return how a page of a version stands among those of the others.

        Args:
            companion: The version.
            page: The address of the page, relative to the version's.
        """
        newest = next(c for c in self._preferred if page in self.pages[c.version])
        newer = None if companion is self.latest else self._newer(companion, page)
        versions = tuple(
            Way(one.version, self._same(one, page), one is self.latest, one is companion)
            for one in self.package.versions
        )
        return Position(f"{newest.url}{page}", newer, versions)

    def _newer(self, companion: Companion, page: str) -> Newer:
        latest = self.latest
        return Newer(self._stages[companion.version], latest.version, self._same(latest, page))

    def _same(self, companion: Companion, page: str) -> str:
        """Return the same page in a version, or else that version's first."""
        return f"{companion.url}{page if page in self.pages[companion.version] else ''}"


def page_address(path: str) -> str | None:
    """Return the address of a page by its file; None for a file that is no page."""
    if not path.endswith(".html"):
        return None
    folder, _, name = path.rpartition("/")
    return f"{folder}/".lstrip("/") if name == "index.html" else path


def fill(
    page: bytes,
    frame: str,
    url: str,
    position: Position,
    discussed: Mapping[str, Sequence[Discussion]],
    site: SiteFacts,
) -> bytes:
    """Put a page into the frame of the site, and fill the marks of both.

    Args:
        page: The page as it is kept.
        frame: The frame, as it is at the page's address.
        url: That address, relative to the site.
        position: How the page stands among the other versions.
        discussed: The essays that discuss objects of the page, by the object's dotted path.
        site: The site.

    Raises:
        ValueError: It is no page as references are kept.
    """
    kept = _KEPT.fullmatch(page.decode("utf-8"))
    if kept is None:
        raise ValueError(f"{url} is not kept as a page of a reference")
    say = voice(site.language)

    def filling(mark: re.Match[str]) -> str:
        match mark["what"]:
            case "note":
                return _note(position.newer, url, say) if position.newer else ""
            case "versions":
                return _versions(position.versions, url, say)
            case "backlinks":
                return _backlinks(discussed.get(mark["symbol"], ()), url, say)
        return ""

    parts = {
        "title": kept["title"],
        "description": kept["description"],
        "head": _head(position, site),
        "content": _MARK.sub(filling, kept["content"]),
    }
    return _MARK.sub(lambda mark: parts[mark["what"]], frame).encode()


def _head(position: Position, site: SiteFacts) -> str:
    canonical = html.escape(site.url + quote(position.canonical))
    lines = [f'<link rel="canonical" href="{canonical}">'] if site.url else []
    if position.newer is not None:
        lines.append('<meta name="robots" content="noindex">')
    return "\n".join(lines)


def _note(newer: Newer, url: str, say: Voice) -> str:
    newest = f'<a href="{_href(newer.url, url)}"><strong>{html.escape(newer.version)}</strong></a>'
    told = f"{say(f'version.{newer.stage}')} {say('version.newest', version=newest)}"
    return f'<p class="bt-newer">{told}</p>'


def _versions(versions: Sequence[Way], url: str, say: Voice) -> str:
    """Return the version, and the others in a list that opens without a script."""
    here = "".join(html.escape(one.version) for one in versions if one.is_here)
    if len(versions) < 2:
        return f'<p class="bt-version">{here}</p>'
    label = html.escape(say("version.other", version=here))
    items = "".join(f"<li>{_version(one, url, say)}</li>" for one in versions)
    return (
        f'<details class="bt-versions"><summary aria-label="{label}">{here}</summary>'
        f"<ul>{items}</ul></details>"
    )


def _version(one: Way, url: str, say: Voice) -> str:
    current = ' aria-current="true"' if one.is_here else ""
    latest = f' <span class="bt-mark">{say("latest")}</span>' if one.is_latest else ""
    return f'<a href="{_href(one.url, url)}"{current}>{html.escape(one.version)}</a>{latest}'


def _backlinks(essays: Sequence[Discussion], url: str, say: Voice) -> str:
    links = ", ".join(
        f'<a href="{_href(essay.url, url)}">{html.escape(essay.title, quote=False)}</a>'
        for essay in essays
    )
    return f'<p class="doc-discussed">{say("discussed", essays=links)}</p>' if essays else ""


def _href(there: str, here: str) -> str:
    return html.escape(written(way(there, here)))


def versions_json(package: Package) -> bytes:
    """Return the list of versions in the form of mike, for whoever reads that."""
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
