"""The guide of one version, beside its API: Markdown pages that its author wrote, and their images.

The pages were written for another site. Links among them hold; a link that leads to what is not
here leads to the source, or becomes plain text. What would run, or ask a third party for something
while it is read, is left out.
"""

from __future__ import annotations

import json
import posixpath
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from selectolax.lexbor import LexborHTMLParser, LexborNode

from blogtools.content.markdown import DEFAULT_EXTENSIONS
from blogtools.model.companion import GUIDE_PAGES, Guide
from blogtools.model.interface import Voice

_HOME = "guide"
_FACTS = "guide.json"
#: As essays are read. On pages of the API, a line that begins with # is no heading.
_EXTENSIONS = DEFAULT_EXTENSIONS
#: Runs, loads, or would change the page around it.
_UNWANTED = "script, iframe, object, embed, link, meta, base, style, form, audio, video, source"
#: What a page may say of itself; a template, say, would be one that is not here.
_META = ("title", "description")


def write(folder: Path, guide: Guide, say: Voice) -> list[Any]:
    """Write the pages and pictures of a guide where MkDocs reads them.

    Args:
        folder: The folder of the build.
        guide: The guide.
        say: The words of the interface.

    Returns:
        Its navigation.
    """
    for path in guide.files:
        target = folder / "docs" / _HOME / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(guide.folder / path, target)
    (folder / _FACTS).write_text(json.dumps(dict(guide.beyond)), encoding="utf-8")
    pages = [path for path in guide.files if path.endswith(GUIDE_PAGES)]
    entries = _section("", sorted(pages, key=_order))
    return [{say("guide"): entries}] if entries else []


def _section(folder: str, pages: list[str]) -> list[Any]:
    """Return the navigation of pages: folders as sections, the first page of each at its head."""
    entries: list[Any] = []
    for page in pages:
        inner, _, rest = page.removeprefix(folder).partition("/")
        if not rest:
            entries.append(f"{_HOME}/{page}")
        elif not any(isinstance(e, dict) and inner in e for e in entries):
            below = f"{folder}{inner}/"
            entries.append({inner: _section(below, [p for p in pages if p.startswith(below)])})
    return [_titled(entry) if isinstance(entry, dict) else entry for entry in entries]


def _titled(section: dict[str, Any]) -> dict[str, Any]:
    """Return a section with its folder's name as people write it."""
    return {name.replace("-", " ").replace("_", " ").capitalize(): v for name, v in section.items()}


def _order(page: str) -> tuple[tuple[bool, bool, str], ...]:
    """Return what sorts pages: the first page of a folder, its other pages, the folders in it."""
    *folders, name = page.split("/")
    first = name.rpartition(".")[0].lower() in ("index", "readme")
    return (*((True, True, folder) for folder in folders), (False, not first, name))


def install(config: MkDocsConfig, folder: Path) -> None:
    """Have the pages of a guide treated as what they are, if the folder of a build has one."""
    if (folder / _FACTS).is_file():
        beyond = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        config.plugins["blogtools-guide"] = GuidePlugin(beyond)


class _NoOptions(Config):  # type: ignore[no-untyped-call]
    """Takes no options."""


class GuidePlugin(BasePlugin[_NoOptions]):  # type: ignore[no-untyped-call]
    """Renders the pages of the guide with other extensions, and mends what they contain."""

    def __init__(self, beyond: Mapping[str, str]) -> None:
        """Take the addresses of files around the guide."""
        self._beyond = beyond
        self._api: tuple[Any, Any] | None = None

    def on_page_markdown(
        self, markdown: str, /, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Choose the extensions for the page that is rendered next."""
        if self._api is None:
            self._api = (config.markdown_extensions, config.mdx_configs)
        names, options = self._api
        ours = _is_guide(page)
        # No heading of a guide takes the place of an object of the API: `Fold` is not `fold`.
        config.plugins["autorefs"].scan_toc = not ours  # type: ignore[attr-defined]
        if ours:
            page.meta = {key: page.meta[key] for key in _META if key in page.meta}
            references = [e for e in names if type(e).__name__ == "AutorefsExtension"]
            names, options = [*_EXTENSIONS, *references], dict(_EXTENSIONS)
        config.markdown_extensions, config.mdx_configs = names, options
        return markdown

    def on_page_content(
        self, html: str, /, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Mend the links and images of a page, and leave out what runs."""
        return _Mender(page, files, self._beyond).mend(html) if _is_guide(page) else html


def _is_guide(page: Page) -> bool:
    return page.file.src_uri.startswith(f"{_HOME}/")


class _Mender:
    """Makes the HTML of one page right for where it is shown now."""

    def __init__(self, page: Page, files: Files, beyond: Mapping[str, str]) -> None:
        self._page = page
        self._files = files
        self._beyond = beyond
        self._outputs = {file.dest_uri for file in files}

    def mend(self, html: str) -> str:
        """Return the HTML of the page, mended."""
        tree = LexborHTMLParser(html)
        body = tree.body
        if body is None:
            return html
        for node in tree.css(_UNWANTED):
            node.decompose()
        for node in body.css("*"):
            _disarm(node)
        for image in body.css("img"):
            self._image(image)
        for link in body.css("a[href]"):
            self._link(link)
        return body.inner_html or ""

    def _image(self, image: LexborNode) -> None:
        """Keep an image that is here; of another its description is left."""
        target = image.attributes.get("src") or ""
        found = self._lead(target)
        if found is not None and not urlsplit(found).netloc:
            image.attrs["src"] = found
            return
        image.replace_with(image.attributes.get("alt") or "")

    def _link(self, link: LexborNode) -> None:
        """Keep a link that leads somewhere; of another its text is left."""
        found = self._lead(link.attributes.get("href") or "")
        if found is None:
            link.unwrap()
        else:
            link.attrs["href"] = found

    def _lead(self, target: str) -> str | None:
        """Return the address that a link leads to, or None if that is nowhere."""
        try:
            parts = urlsplit(target)
        except ValueError:
            return None
        if parts.scheme or parts.netloc:
            return target if parts.scheme in ("http", "https", "mailto", "") else None
        if not parts.path:
            return target
        if self._is_there(parts.path):
            return target
        return self._from_source(
            unquote(parts.path), f"#{parts.fragment}" if parts.fragment else ""
        )

    def _is_there(self, path: str) -> bool:
        """Return whether an address, as browsers read it on this page, is one of this site."""
        there = posixpath.normpath(posixpath.join("/", self._page.url, unquote(path))).lstrip("/")
        return there in self._outputs or posixpath.join(there, "index.html") in self._outputs

    def _from_source(self, path: str, anchor: str) -> str | None:
        """Return the address of what a path leads to from the page's own file, or None."""
        folder = posixpath.dirname(self._page.file.src_uri)
        source = posixpath.normpath(posixpath.join(folder, path))
        file = self._files.get_file_from_path(source)
        if file is not None:
            return file.url_relative_to(self._page.file) + anchor
        return self._beyond.get(posixpath.relpath(source, _HOME))


def _disarm(node: LexborNode) -> None:
    """Take away the attributes that run, or load something."""
    for name, value in list(node.attributes.items()):
        style = name == "style" and "url(" in (value or "").lower()
        if name.startswith("on") or style or name in ("srcset", "background", "ping"):
            del node.attrs[name]
