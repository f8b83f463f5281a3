"""A finished folder of HTML: its pages, what they link to and load, and whether that is there."""

from __future__ import annotations

import html
import os
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from blogtools.model.gate import Broken, Finding, Level

from . import rules
from .rules import Rule

# Where addresses stand, by attribute, and whether the page needs what is there to be shown.
_ADDRESSES = (("href", False), ("src", True), ("poster", True), ("data", True))
_LOADED_LINKS = frozenset({"stylesheet", "icon", "preload", "modulepreload"})
# Links that name a host, and no page.
_HINTS = frozenset({"preconnect", "dns-prefetch"})
_ANYWHERE = frozenset({"", "top"})
# What is not simply relative: from the root or another host, with a scheme, with what belongs in no
# address, or with a way through nothing.
_FAR = re.compile(r"/|[^/?#]*:|.*[^!$-;=?-Z_a-z~#]|[^?#]*//")
_FOLDERS = ("/", "/.", "/..")
# What ends an address in markup.
_VALUE = re.compile(r"""["'\s>]""")
_LOC = re.compile(r"<loc>\s*(.*?)\s*</loc>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reference:
    """An address in a page.

    Attributes:
        address: As it stands there.
        loaded: Whether the page loads it by itself.
    """

    address: str
    loaded: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says.

    Attributes:
        path: Its file, relative to the site.
        text: Its HTML.
        anchors: What fragments may name; each as often as it is there.
        references: Every address in it.
        base: What addresses in it are relative to, where it says so.
        canonical: Where it says that it is published.
        lacks: What every page should have, and this one has not.
        leads_on: Whether it only leads on to another page.
    """

    path: str
    text: str
    anchors: Mapping[str, int]
    references: tuple[Reference, ...]
    base: str
    canonical: str
    lacks: tuple[str, ...]
    leads_on: bool = False

    def place(self, needle: str) -> tuple[int, int]:
        """Return the line and column of the first of some attributes' value; 1 if it is nowhere.

        Args:
            needle: The value, without the markup's escapes.
        """
        for written in (needle, html.escape(needle), needle.replace("&", "&amp;")):
            for quote in ('"', "'", ""):
                at = self.text.find(f"={quote}{written}{quote}")
                if at >= 0:
                    return self._position(at + 1 + len(quote))
        # It is a part of a value, such as of a srcset.
        return self._position(max(0, self.text.find(needle)))

    def address(self, line: int, column: int) -> str:
        """Return the address that stands at a place, as `place` tells it.

        Args:
            line: The line, counted from 1.
            column: The column, likewise.
        """
        rest = "".join(self.text.splitlines(keepends=True)[line - 1 : line])[column - 1 :]
        return html.unescape(_VALUE.split(rest, maxsplit=1)[0])

    def _position(self, at: int) -> tuple[int, int]:
        return self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)


@dataclass(frozen=True)
class Folder:
    """A site as it lies in a folder.

    Attributes:
        root: The folder.
        sizes: The bytes of each file, by its path in the site.
        url: Where it is published; empty where nobody knows.
        rules: What leads on where there is no file.
    """

    root: Path
    sizes: Mapping[str, int]
    url: str
    rules: tuple[Rule, ...] = ()

    @classmethod
    def at(cls, root: Path, url: str) -> Folder:
        """Return the site in a folder.

        Args:
            root: The folder.
            url: Where it is published; what its first page says, if left empty.

        Raises:
            Broken: There is none.
        """
        if not root.is_dir():
            raise Broken(f"There is no folder {root}", "Build the site first, or name it: --site")
        sizes = {}
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in sorted(files):
                file = Path(folder, name)
                sizes[file.relative_to(root).as_posix()] = file.stat().st_size
        if not any(name.endswith(".html") for name in sizes):
            raise Broken(f"There is no page in {root}", "Build the site first, or name it: --site")
        return cls(root, sizes, url or published_at(root), _rules(root / rules.FILE))

    @cached_property
    def pages(self) -> Mapping[str, Page]:
        """Return every page by its file."""
        names = [name for name in self.sizes if name.endswith(".html")]
        return {name: read(name, (self.root / name).read_bytes()) for name in names}

    def resolved(self, page: Page, address: str) -> tuple[str, str] | None:
        """Return the path in the site and the fragment that an address means; None for elsewhere.

        Args:
            page: Where it stands.
            address: The address.
        """
        near = None if page.base or _FAR.match(address) else _near(page.path, address)
        return near or self._joined(page, address)

    def _joined(self, page: Page, address: str) -> tuple[str, str] | None:
        """Return the same, as the standard of addresses has it."""
        published = self.url or "http://site.invalid/"
        here = urljoin(published, page.path)
        base = urljoin(here, page.base) if page.base else here
        try:
            whole = urlsplit(urljoin(base, address.strip()))
        except ValueError:
            return None
        own = urlsplit(published)
        if whole.scheme not in ("http", "https") or whole.netloc != own.netloc:
            return None
        if not whole.path.startswith(own.path):
            # The same host, but another site of it; without a known address there is but one.
            return None
        return unquote(whole.path[len(own.path) :]), unquote(whole.fragment)

    def file(self, path: str) -> str:
        """Return the file that a server answers a path with; empty if there is none.

        Args:
            path: The path in the site.
        """
        if path in self.sizes:
            return path
        index = posixpath.join(path, "index.html") if path else "index.html"
        if index in self.sizes:
            return index
        # Rules have the host's paths.
        whole = f"{urlsplit(self.url).path or '/'}{path}"
        return rules.FILE if rules.first(self.rules, whole) else ""


def _near(path: str, address: str) -> tuple[str, str] | None:
    """Return what a relative address without anything unusual means, which nearly all are.

    To join addresses in full takes far longer. None: it is unusual after all.
    """
    way, _, fragment = address.partition("#")
    way = way.partition("?")[0]
    parts = path.split("/")
    if way:
        del parts[-1]
    for part in filter(None, way.split("/")):
        if part not in (".", ".."):
            parts.append(part)
        elif part == "..":
            if not parts:
                return None
            del parts[-1]
    end = "/" if parts and way and f"/{way}".endswith(_FOLDERS) else ""
    return unquote("/".join(parts)) + end, unquote(fragment)


def read(path: str, content: bytes) -> Page:
    """Return what a page says.

    Args:
        path: Its file.
        content: Its bytes.
    """
    text = content.decode("utf-8", errors="replace")
    tree = LexborHTMLParser(text)
    anchors: Counter[str] = Counter()
    for node in tree.css("[id]"):
        anchors[node.attributes.get("id") or ""] += 1
    for node in tree.css("a[name]"):
        name = node.attributes.get("name") or ""
        anchors[name] = max(1, anchors[name])
    base = tree.css_first("base[href]")
    canonical = tree.css_first("link[rel=canonical]")
    return Page(
        path,
        text,
        anchors,
        tuple(_references(tree)),
        (base.attributes.get("href") or "") if base else "",
        (canonical.attributes.get("href") or "") if canonical else "",
        tuple(_lacks(tree)),
        tree.css_first("meta[http-equiv=refresh i]") is not None,
    )


def _references(tree: LexborHTMLParser) -> Iterator[Reference]:
    for name, loaded in _ADDRESSES:
        for node in tree.css(f"[{name}]"):
            address = node.attributes.get(name)
            if address is not None and node.tag not in ("base", "link"):
                yield Reference(address, loaded)
    for node in tree.css("[srcset]"):
        yield from _of_set(node.attributes.get("srcset") or "")
    yield from _links_of_head(tree)


def _links_of_head(tree: LexborHTMLParser) -> Iterator[Reference]:
    for node in tree.css("link[href]"):
        kinds = set((node.attributes.get("rel") or "").lower().split())
        if not kinds & _HINTS:
            yield Reference(node.attributes.get("href") or "", bool(kinds & _LOADED_LINKS))


def _of_set(pictures: str) -> Iterator[Reference]:
    """Yield the addresses of a srcset, each of which may have a size behind it."""
    for part in pictures.split(","):
        if part.split():
            yield Reference(part.split()[0], True)


def _lacks(tree: LexborHTMLParser) -> Iterator[str]:
    root = tree.css_first("html")
    title = tree.css_first("head > title")
    if root is None or not (root.attributes.get("lang") or "").strip():
        yield "the language of the page: <html lang>"
    if title is None or not title.text().strip():
        yield "a title: <title>"
    for node in tree.css("img:not([alt])"):
        yield f"what stands for the picture {node.attributes.get('src') or ''}: alt"


def broken_links(folder: Folder) -> Iterator[Finding]:
    """Yield every link that leads nowhere, in pages and in sitemaps.

    Args:
        folder: The site.
    """
    for page in folder.pages.values():
        for address in sorted({one.address for one in page.references}):
            message = _wrong(folder, page, address)
            if message:
                line, column = page.place(address)
                yield Finding(page.path, line, column, "site/link", message, level=Level.HIGH)
    for name in folder.sizes:
        if posixpath.basename(name).startswith("sitemap") and name.endswith(".xml"):
            text = (folder.root / name).read_text(encoding="utf-8", errors="replace")
            yield from broken_entries(folder, name, text, _anchors_of(folder))


def _wrong(folder: Folder, page: Page, address: str) -> str:
    meant = folder.resolved(page, address)
    return wrong(folder, address, *meant, _anchors_of(folder)) if meant else ""


def _anchors_of(folder: Folder) -> Callable[[str], Container[str] | None]:
    return lambda file: folder.pages[file].anchors if file in folder.pages else None


def wrong(
    folder: Folder,
    address: str,
    path: str,
    fragment: str,
    anchors: Callable[[str], Container[str] | None],
) -> str:
    """Return what is wrong with an address inside the site; nothing if it leads somewhere.

    Args:
        folder: The site.
        address: The address, as it is written.
        path: The path in the site that it means.
        fragment: The fragment, likewise.
        anchors: Returns what fragments may name in a file; None of a file that is no page.
    """
    file = folder.file(path)
    if not file:
        return f"The link to {address} leads to nothing: there is no {path or 'first page'}"
    fragment = fragment.partition(":~:")[0]
    known = anchors(file)
    if known is None or fragment in _ANYWHERE or fragment in known:
        return ""
    # Addresses made for scripts, such as #/search?q=.
    if "=" in fragment or fragment.startswith(("/", "!")):
        return ""
    return f"The link to {address} leads to no place on its page: {file} has no #{fragment}"


def broken_entries(
    folder: Folder, name: str, text: str, anchors: Callable[[str], Container[str] | None]
) -> Iterator[Finding]:
    """Yield every address in a sitemap that leads nowhere.

    Args:
        folder: The site.
        name: The sitemap's file.
        text: What is in it.
        anchors: Returns what fragments may name in a file; see `wrong`.
    """
    page = Page(name, text, {}, (), "", "", ())
    for found in _LOC.finditer(text):
        address = html.unescape(found[1])
        meant = folder.resolved(page, address)
        if meant and wrong(folder, address, *meant, anchors):
            line = text.count("\n", 0, found.start()) + 1
            yield Finding(name, line, 1, "site/link", f"{address} is listed, and is not there")


def invalid(folder: Folder) -> Iterator[Finding]:
    """Yield what is wrong with pages as documents, besides their syntax.

    Args:
        folder: The site.
    """
    for page in folder.pages.values():
        for name, number in page.anchors.items():
            if number > 1:
                line, column = page.place(name)
                message = f"{number} elements have the id {name}"
                yield Finding(page.path, line, column, "site/duplicate-id", message)
        for what in page.lacks:
            yield Finding(page.path, 1, 1, "site/missing", f"The page lacks {what}")


def weights(folder: Folder) -> Mapping[str, int]:
    """Return how many bytes each page has with everything of the site that it loads by itself.

    Args:
        folder: The site.
    """
    return {page.path: _weight(folder, page) for page in folder.pages.values()}


def _weight(folder: Folder, page: Page) -> int:
    meant = (folder.resolved(page, one.address) for one in page.references if one.loaded)
    return weight(folder, page.path, (one[0] for one in meant if one))


def weight(folder: Folder, path: str, loads: Iterable[str]) -> int:
    """Return how many bytes a page has with what it loads.

    Args:
        folder: The site.
        path: The page's file.
        loads: The paths in the site of what it loads.
    """
    return sum(folder.sizes.get(name, 0) for name in {path, *map(folder.file, loads)})


def elsewhere(folder: Folder) -> int:
    """Return how many different addresses lead out of the site; nobody asks them.

    Args:
        folder: The site.
    """
    found = {one.address for page in folder.pages.values() for one in page.references}
    page = next(iter(folder.pages.values()))
    return sum(
        one.startswith(("http://", "https://", "//")) and folder.resolved(page, one) is None
        for one in found
    )


def published_at(root: Path) -> str:
    """Return where the site in a folder is published, as its first page says; it may be empty."""
    file = root / "index.html"
    address = read("index.html", file.read_bytes()).canonical if file.is_file() else ""
    return address.removesuffix("index.html") if address.startswith(("http:", "https:")) else ""


def _rules(file: Path) -> tuple[Rule, ...]:
    return rules.parse(file.read_text(encoding="utf-8")) if file.is_file() else ()
