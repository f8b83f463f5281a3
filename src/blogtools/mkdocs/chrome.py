"""What stands around every page, composed once for all pages that show the same of it.

Masthead, footer and search show the navigation, words and links. Of a page they know its address
alone, and pages of one folder are led to everything by the same ways, but to what lies below them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Set
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from jinja2.runtime import Context
from mkdocs.utils.templates import url_filter

from .own_page import OwnPage

_OURS = Path(__file__).parent / "templates"
_PARTS = "blogtools/partials/"
#: The templates of such parts, each with those that it includes.
TEMPLATES: Mapping[str, tuple[str, ...]] = {
    f"{_PARTS}masthead.html": (),
    f"{_PARTS}footer.html": ("partials/copyright.html", f"{_PARTS}release.html"),
    f"{_PARTS}search.html": (),
}
#: What they show, besides the ways from the page.
NAMES = ("config", "nav", "site", "say")
# Pages come folder by folder; more of these are forgotten.
_FOLDERS = 64

_Render = Callable[[Context], Iterator[str]]
# The addresses to which the part of now has asked the way.
_asked: ContextVar[set[str] | None] = ContextVar("asked", default=None)


def compose_once(env: jinja2.Environment) -> None:
    """Let an environment compose these parts once, as far as all that makes them is our own."""
    if env.filters.get("url") is not url_filter:
        return
    for name, parts in TEMPLATES.items():
        if all(_is_ours(env, one) for one in (name, *parts)):
            template = env.get_template(name)
            template.root_render_func = _Once(template.root_render_func)
    env.filters["url"] = _url


def _is_ours(env: jinja2.Environment, name: str) -> bool:
    try:
        file = env.get_template(name).filename
    except jinja2.TemplateNotFound:
        return False
    return file is not None and Path(file).is_relative_to(_OURS)


@jinja2.pass_context
def _url(context: Any, address: str) -> str:
    """Return the way from the page to an address, as MkDocs does."""
    asked = _asked.get()
    if asked is not None:
        asked.add(str(address))
    return url_filter(context, address)


class _Composed(NamedTuple):
    """A part, the pages for which it would be another, and what its key stands for."""

    text: str
    not_for: Set[str]
    shown: tuple[object, ...]


class _Once:
    """Renders a template once for each folder, and for each state of what it shows."""

    def __init__(self, render: _Render) -> None:
        self._render = render
        self._known: dict[tuple[object, ...], _Composed] = {}

    def __call__(self, context: Context) -> Iterator[str]:
        page = context.get("page")
        # Such a page stands nowhere in the navigation, so that none of its items is active.
        if type(page) is OwnPage and page.parent is None and page.url.endswith("/"):
            yield self._composed(page.url, context)
        else:
            yield from self._render(context)

    def _composed(self, url: str, context: Context) -> str:
        shown = tuple(map(context.get, NAMES))
        key = (posixpath.dirname(url[:-1]), *map(id, shown))
        known = self._known.get(key)
        if known is None or url in known.not_for:
            known = self._compose(url, shown, context)
            if len(self._known) >= _FOLDERS:
                self._known.clear()
            if url not in known.not_for:
                self._known[key] = known
        return known.text

    def _compose(self, url: str, shown: tuple[object, ...], context: Context) -> _Composed:
        token = _asked.set(set())
        try:
            text = "".join(self._render(context))
            asked = _asked.get() or ()
        finally:
            _asked.reset(token)
        depth = url.count("/")
        return _Composed(text, {_above(address, depth) for address in asked}, shown)


def _above(address: str, depth: int) -> str:
    """Return the address of the folder so deep in the site in which an address lies, or itself."""
    parts = posixpath.normpath(f"/{address}").split("/")[1:]
    return f"{'/'.join(parts[:depth])}/"
