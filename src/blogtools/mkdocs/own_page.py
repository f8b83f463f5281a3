"""MkDocs' page, for what is composed and forgotten again: asked little, it finds out little."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from urllib.parse import urljoin, urlsplit

from mkdocs.structure.pages import Page
from mkdocs.utils import weak_property

# An address that means the same wherever it is appended.
_PLAIN = re.compile(r"(?:[\w%~-][\w%~.-]*/)*(?:[\w%~-][\w%~.-]*)?", re.ASCII)


class OwnPage(Page):
    """A page of ours: an essay's, or a list's. MkDocs' own answers are the same, and later."""

    _text: str | None = None
    _read: Callable[[], str] | None = None

    def defer(self, read: Callable[[], str]) -> None:
        """Have the Markdown read when somebody asks for it."""
        self._text, self._read = None, read

    @property
    def markdown(self) -> str | None:
        """Return the Markdown of the page."""
        if self._text is None and self._read is not None:
            self._text = self._read()
        return self._text

    @markdown.setter
    def markdown(self, text: str | None) -> None:
        self._text, self._read = text, None

    @weak_property
    def title(self) -> str | None:
        """Return the title, for which its Markdown is not needed where the metadata say it."""
        return str(self.meta["title"]) if "title" in self.meta else Page.title.func(self)

    def _set_canonical_url(self, base: str | None) -> None:
        root = _root(base) if base and _PLAIN.fullmatch(self.url) else None
        if root is None:
            super()._set_canonical_url(base)
        else:
            whole, path = root
            self.canonical_url, self.abs_url = f"{whole}{self.url}", f"{path}{self.url}"


@cache
def _root(base: str) -> tuple[str, str] | None:
    """Return a site's address, and its path, to append pages to; None if that is not enough."""
    whole, probe = base if base.endswith("/") else f"{base}/", "a/b/"
    joined = urljoin(whole, probe)
    return (whole, urlsplit(whole).path) if joined == f"{whole}{probe}" else None
