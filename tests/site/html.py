"""Reading a built site as a browser would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

_ADDRESSES = ("href", "src", "poster", "data", "action")


@dataclass(frozen=True)
class Page:
    """One page of a site, by its path below the site's folder, such as ``posts/one/``."""

    site: Path
    url: str

    @property
    def file(self) -> Path:
        return self.site / f"{self.url}index.html" if _is_folder(self.url) else self.site / self.url

    @cached_property
    def source(self) -> str:
        return self.file.read_text("utf-8")

    @cached_property
    def tree(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.source)

    @cached_property
    def anchors(self) -> frozenset[str]:
        named = [node.attributes.get("name") for node in self.tree.css("a[name]")]
        return frozenset(filter(None, [*(n.id for n in self.tree.css("[id]")), *named]))

    def all(self, selector: str) -> list[LexborNode]:
        return self.tree.css(selector)

    def one(self, selector: str) -> LexborNode:
        (node,) = self.tree.css(selector)
        return node

    def texts(self, selector: str) -> list[str]:
        """Return the text of each matching element, with single spaces."""
        return [" ".join(node.text().split()) for node in self.tree.css(selector)]

    def values(self, selector: str, attribute: str) -> list[str]:
        return [node.attributes.get(attribute) or "" for node in self.tree.css(selector)]

    def links(self) -> Iterator[str]:
        """Yield every address that the page names."""
        for attribute in _ADDRESSES:
            for node in self.tree.css(f"[{attribute}]"):
                yield node.attributes.get(attribute) or ""
        for node in self.tree.css("meta[http-equiv=refresh]"):
            yield (node.attributes.get("content") or "").partition("url=")[2]


def _is_folder(url: str) -> bool:
    return url == "" or url.endswith("/")


def pages(site: Path) -> list[Page]:
    """Return every page of a site, redirects included."""
    files = (file.relative_to(site).as_posix() for file in sorted(site.rglob("*.html")))
    return [Page(site, re.sub(r"(^|/)index\.html$", r"\1", file)) for file in files]


@dataclass(frozen=True)
class Links:
    """Says which addresses of a site lead nowhere."""

    site: Path
    address: str

    @cached_property
    def _pages(self) -> dict[str, Page]:
        return {page.url: page for page in pages(self.site)}

    def broken(self, page: Page) -> list[str]:
        """Return what a page names and is not there."""
        return [link for link in page.links() if self.leads_nowhere(link, page.url)]

    def path(self, link: str, url: str = "") -> str:
        """Return the path below the site's folder of an address on the page at ``url``."""
        path = urlsplit(urljoin(self.address + url, link)).path
        return unquote(path.removeprefix(urlsplit(self.address).path))

    def leads_nowhere(self, link: str, url: str = "") -> bool:
        """Return whether an address, on the page at ``url``, is one of this site and not there."""
        target, fragment = urldefrag(urljoin(self.address + url, link))
        if not target.startswith(self.address):
            # Another host is not our business; another folder of this one would be a mistake.
            return urlsplit(target).netloc == urlsplit(self.address).netloc
        path = self.path(link, url)
        other = self._pages.get(path)
        if other is None:
            return not (self.site / path).is_file()
        return bool(fragment) and unquote(fragment) not in other.anchors
