"""The frame of the site without a page in it, for pages that are kept elsewhere: of references."""

from __future__ import annotations

from functools import cache

import jinja2
from mkdocs.commands import build as phases
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

from blogtools.content.shelf import mark

_TEMPLATE = "blogtools/reference.html"


class Shell:
    """Renders what is around a page, with marks for what the page itself brings along.

    Of an address, nothing shows in it but how deep that lies: it is rendered once for each depth.
    """

    def __init__(
        self, config: MkDocsConfig, files: Files, nav: Navigation, env: jinja2.Environment
    ) -> None:
        """Take what MkDocs knows of the site."""
        self._config = config
        self._files = files
        self._nav = nav
        self._env = env
        self._at_depth = cache(self._render)

    def __call__(self, url: str) -> str:
        """Return the frame as it is at an address, relative to the site."""
        return self._at_depth(url.count("/"))

    def _render(self, depth: int) -> str:
        config, nav = self._config, self._nav
        page = self._page(depth)
        config._current_page = page  # noqa: SLF001
        try:
            context = phases.get_context(nav, self._files, config, page)
            context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)
            return self._env.get_template(_TEMPLATE).render(context)
        finally:
            config._current_page = None  # noqa: SLF001

    def _page(self, depth: int) -> Page:
        """Return a page without an address of its own, at a depth."""
        name = "-/" * depth + "index.md"
        level = InclusionLevel.NOT_IN_NAV
        file = File.generated(self._config, name, content="", inclusion=level)
        page = Page(None, file, self._config)
        page.canonical_url = page.edit_url = None
        page.content, page.toc = mark("content"), TableOfContents([])
        page.meta = {"title": mark("title"), "description": mark("description")}
        return page
