"""What every page has around it, and the policy under which browsers show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation, Section
from msgspec import Struct

from blogtools.app.blog import Edition
from blogtools.model.interface import Voice, voice

#: What a page may load, by directive; everything else it may not.
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'",),
    "media-src": ("'self'",),
    "connect-src": ("'self'",),
    "manifest-src": ("'self'",),
    "base-uri": ("'none'",),
    "form-action": ("'self'",),
}


def entrance(item: Any) -> Any:
    """Return where an item of the navigation leads: itself, or the first page of a section."""
    while item.children and not item.is_page:
        item = item.children[0]
    return item


class Frame(Struct, frozen=True):
    """What the frame of all pages shows.

    Attributes:
        policy: The Content-Security-Policy.
        scheme: ``light`` or ``dark`` where the blog has chosen; empty to let readers' machines.
        archive: The address of the archive, relative to the site; empty if there is none.
        feeds: Whether the blog has feeds.
        me: Who else is whoever writes here: addresses.
        webmention: Where mentions of a page are to be told, or nothing.
        say: The words of the interface in the site's language.
    """

    policy: str
    scheme: str
    archive: str
    feeds: bool
    me: tuple[str, ...]
    webmention: str
    say: Voice

    def section(self, nav: Navigation) -> Section | None:
        """Return the part of the navigation in which the current page stands, if it is one."""
        return next((i for i in nav.items if isinstance(i, Section) and i.active), None)


def frame(config: MkDocsConfig, edition: Edition) -> Frame:
    """Return the frame of a site's pages."""
    archive = edition.overview("archive")
    return Frame(
        policy=policy(config, formulas=edition.project.options.math is not None),
        scheme=_scheme(config.theme.get("palette")),
        archive=archive.url if archive else "",
        feeds=bool(edition.project.site.url),
        me=edition.project.options.me,
        webmention=edition.project.options.webmention or "",
        say=site_voice(config),
    )


def site_voice(config: MkDocsConfig) -> Voice:
    """Return the interface in the site's language."""
    return voice(str(config.theme["language"] or "en"), str(config.theme.get("direction") or ""))


def policy(config: MkDocsConfig, *, formulas: bool = False) -> str:
    """Return the policy; what the blog's own configuration loads from elsewhere is allowed.

    Args:
        config: The configuration.
        formulas: Whether there are formulas, whose style sheet holds its fonts.
    """
    more = {
        "script-src": _origins(map(str, config.extra_javascript)),
        "style-src": _origins(config.extra_css),
        "font-src": ("data:",) if formulas else (),
    }
    return "; ".join(
        " ".join((name, *allowed, *more.get(name, ()))) for name, allowed in _ALLOWED.items()
    )


def _origins(addresses: Iterable[str]) -> Iterator[str]:
    parts = [urlsplit(address) for address in addresses]
    yield from dict.fromkeys(f"{p.scheme or 'https'}://{p.netloc}" for p in parts if p.netloc)


def _scheme(palette: Any) -> str:
    """Return the one scheme that the blog has, or nothing where it has several or names none."""
    if isinstance(palette, list):
        palette = palette[0] if len(palette) == 1 else {}
    if not isinstance(palette, Mapping) or "scheme" not in palette or palette.get("media"):
        return ""
    return "dark" if palette["scheme"] == "slate" else "light"
