"""How MkDocs' pages are read and converted by us: their own methods, replaced page by page."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import partial
from typing import TypeGuard

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from blogtools.model.interface import voice
from blogtools.model.site import (
    ChangesList,
    ChangesPage,
    Entry,
    EvidencePage,
    Generated,
    Listing,
    Overview,
    PackagePage,
    ReferenceList,
)

from .addressing import address
from .own_page import OwnPage
from .session import Session


def take_over(page: Page, session: Session) -> None:
    """Make a page read and convert itself through the session.

    Only an ordinary page is still read by MkDocs, which knows its front matter: an essay's body
    would lose a first line such as ``Note: ...``, which MkDocs takes for metadata.
    """
    read, text = page.read_source, ""
    entry = session.entries.get(page.file.src_uri)

    def read_source(config: MkDocsConfig) -> None:
        nonlocal text
        if entry is not None:
            page.markdown = text = "" if _is_unheard(page, config) else session.text(entry)
            page.meta = _post_meta(entry, session)
        else:
            read(config)
            _set_list_meta(page, session)

    def render(config: MkDocsConfig, files: Files) -> None:
        session.render(page, text)
        if entry is not None and _is_unheard(page, config):
            page.defer(partial(session.text, entry))

    vars(page).update(read_source=read_source, render=render)


def _is_unheard(page: Page, config: MkDocsConfig) -> TypeGuard[OwnPage]:
    """Return whether no plugin is given a page's Markdown, which was converted long ago."""
    return isinstance(page, OwnPage) and not config.plugins.events["page_markdown"]


_TEMPLATES: Mapping[type[Generated], str] = {
    Listing: "blogtools/listing.html",
    Overview: "blogtools/overview.html",
    ReferenceList: "blogtools/references.html",
    PackagePage: "blogtools/package.html",
    ChangesPage: "blogtools/changes.html",
    ChangesList: "blogtools/changes_list.html",
    EvidencePage: "blogtools/evidence.html",
}


def _set_list_meta(page: Page, session: Session) -> None:
    """Give a page of ours its template, and its title unless the author wrote the page."""
    if (listed := session.edition.generated.get(address(page.file))) is not None:
        page.meta.setdefault("template", _template(listed))
        if page.file.generated_by is not None and not page.is_homepage:
            page.meta["title"] = html.escape(_title(listed, session), quote=False)


def _template(listed: Generated) -> str:
    is_home = isinstance(listed, Listing) and listed.term is None and listed.number == 1
    return "blogtools/home.html" if is_home else _TEMPLATES[type(listed)]


def _title(listed: Generated, session: Session) -> str:
    if not isinstance(listed, Listing) or listed.number == 1:
        return listed.title
    say = voice(session.project.site.language)
    return say("page.of", title=listed.title, number=listed.number)


def _post_meta(entry: Entry, session: Session) -> dict[str, object]:
    """Return the metadata that Material's templates read; they do not escape, so it is HTML."""
    front = entry.document.front
    title = front.title or session.converted[entry.path].facts.title or entry.slug
    meta: dict[str, object] = {"template": "blogtools/post.html", **front.meta}
    meta["title"] = html.escape(title, quote=False)
    if front.description:
        meta["description"] = html.escape(front.description)
    if front.comments is not None:
        meta["comments"] = front.comments
    return meta
