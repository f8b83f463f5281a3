"""What search finds in a page of a finished site, and into which shards pages go.

Templates mark it with the attributes of Pagefind: what has ``data-pagefind-body`` is found, by the
values of ``data-pagefind-filter``. Only that is looked at, so a page whose frame alone has changed
is the same page to search.
"""

from __future__ import annotations

import html
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

from blogtools.model.digest import digest

#: How many essays a shard has at least, before the next year begins another one. A reader loads
#: about 30 KB of each; an edit makes one of them anew.
FULL = 1000

_BODY = "data-pagefind-body"
# What stands in a text and is none of its words, says them twice, or speaks of other pages.
_UNSAID = (
    "[data-pagefind-ignore]",
    ".headerlink",
    ".linenos",
    ".katex-html",
    ".bt-side",
    ".bt-newer",
)


class Kind(StrEnum):
    """What a page is to those who search."""

    ESSAY = "essay"
    PAGE = "page"
    REFERENCE = "reference"


class Findable(Struct, frozen=True):
    """What is to be known of a page before it is searched.

    Attributes:
        path: Its file in the site.
        date: The day of an essay; empty for other pages.
        tags: What it is filed under.
        text: The digest of all that is found in it.
        canonical: The address where the same text is at home; empty if it does not say.
    """

    path: str
    date: str
    tags: tuple[str, ...]
    text: bytes
    canonical: str = ""

    @property
    def year(self) -> str:
        """Return the year of an essay."""
        return self.date[:4]


class Version(Struct, frozen=True):
    """A version of a package whose reference is a part of the site.

    Attributes:
        folder: Where its pages are, with a slash at the end.
        label: What it is called.
        latest: Whether there is none newer.
    """

    folder: str
    label: str
    latest: bool


class Shard(Struct, frozen=True):
    """Pages that are searched by one index.

    Attributes:
        kind: What all of them are.
        pages: The pages, by their paths.
        version: The version of a package whose reference they are.
    """

    kind: Kind
    pages: tuple[Findable, ...]
    version: Version | None = None


def findable(path: str, page: str) -> tuple[Findable, str] | None:
    """Return what is found in a page.

    Args:
        path: Its file in the site.
        page: Its HTML.

    Returns:
        What is to be known of it, and a page that holds nothing but what is found; None where that
        is nothing: lists, redirects.
    """
    if _BODY not in page:
        return None
    tree = LexborHTMLParser(page)
    bodies = tree.css(f"[{_BODY}]")
    if not bodies:
        return None
    for kind in _UNSAID:
        # What stands inside of another goes with it, and must not be touched again.
        for one in tree.css(f"{kind}:not({kind} *)"):
            one.decompose()
    date = _first(tree.css('[data-pagefind-meta^="date"]'), "datetime")[:10]
    tags = tuple(dict.fromkeys(one.text(strip=True) for one in tree.css(_filter("tag"))))
    marks = (
        ("meta", "date", date),
        ("filter", "year", date[:4]),
        *(("filter", "tag", tag) for tag in tags),
    )
    language = html.escape(_first(tree.css("html"), "lang"))
    head = f'<html lang="{language}"><body><h1>{_title(tree)}</h1>'
    marked = "".join(map(_mark, marks))
    whole = "".join(one.html or "" for one in bodies)
    # The name of a file stands right before its first line.
    whole = whole.replace(f' {_BODY}=""', "").replace("<pre", " <pre")
    text = f"{head}{marked}{whole}</body></html>"
    home = _first(tree.css('link[rel="canonical"]'), "href")
    return Findable(path, date, tags, digest(text.encode()), home), text


def _filter(name: str) -> str:
    return f'[data-pagefind-filter="{name}"]'


def _first(found: Sequence[LexborNode], attribute: str) -> str:
    return (found[0].attributes.get(attribute) or "") if found else ""


def _title(tree: LexborHTMLParser) -> str:
    """Take the title out of a page, or that of its window."""
    for heading in tree.css("h1"):
        if title := " ".join(heading.text().split()):
            heading.decompose()
            return html.escape(title)
    window = tree.css_first("title")
    return html.escape(window.text(strip=True)) if window else ""


def _mark(mark: tuple[str, str, str]) -> str:
    attribute, name, value = mark
    return f'<i data-pagefind-{attribute}="{name}:{html.escape(value)}"></i>' if value else ""


def versions(lists: Mapping[str, bytes]) -> tuple[Version, ...]:
    """Return the versions of which a site has a reference.

    Args:
        lists: Each ``versions.json`` of the site by its folder, which has a slash at the end.
    """
    return tuple(
        Version(
            f"{folder}{one['version']}/",
            f"{folder.rstrip('/').rpartition('/')[2]} {one['version']}",
            "latest" in one["aliases"],
        )
        for folder, data in sorted(lists.items())
        for one in json.loads(data)
    )


def shards(pages: Iterable[Findable], known: Sequence[Version]) -> tuple[Shard, ...]:
    """Return pages in shards: first those that readers want first.

    Args:
        pages: All pages.
        known: The versions of which there are references.
    """
    folders = [one.folder for one in known]
    placed: dict[str | None, list[Findable]] = defaultdict(list)
    for page in sorted(pages, key=lambda page: page.path):
        placed[_folder(page, folders)].append(page)
    essays, others = (
        [page for page in placed[""] if bool(page.date) is dated] for dated in (True, False)
    )
    made = [
        *(Shard(Kind.ESSAY, some) for some in reversed([*_by_years(essays)])),
        Shard(Kind.PAGE, tuple(others)),
        *(Shard(Kind.REFERENCE, tuple(placed[one.folder]), one) for one in known),
    ]
    return tuple(shard for shard in made if shard.pages)


def _folder(page: Findable, folders: Sequence[str]) -> str | None:
    """Return the reference that a page is of; "" for the site itself, None where it has it, too.

    A guide that the site itself has is found there.
    """
    folder = next((at for at in folders if page.path.startswith(at)), "")
    if not folder or f"/{folder.rsplit('/', 2)[0]}/" in (page.canonical or f"/{folder}"):
        return folder
    return None


def _by_years(essays: Iterable[Findable]) -> Iterator[tuple[Findable, ...]]:
    """Yield essays from the oldest on: whole years, as many as fill a shard."""
    some: list[Findable] = []
    for _, year in groupby(sorted(essays, key=lambda one: (one.year, one.path)), _year):
        if len(some) >= FULL:
            yield tuple(some)
            some = []
        some += year
    if some:
        yield tuple(some)


def _year(page: Findable) -> str:
    return page.year
