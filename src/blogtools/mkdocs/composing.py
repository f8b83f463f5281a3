"""Which template shows a page, and what it is given."""

from __future__ import annotations

import html
from urllib.parse import unquote

from mkdocs.structure.pages import Page

from blogtools.model.site import Entry, Listing, Overview

from .session import Session
from .views import ListingView, OverviewView, PostView, heading

View = PostView | ListingView | OverviewView


def set_meta(page: Page, session: Session) -> None:
    """Set the metadata that Material's templates read: title, description, template."""
    if (entry := session.entries.get(page.file.src_uri)) is not None:
        page.meta.update(_post_meta(entry, session))
    elif (listed := session.listing_by_url.get(unquote(page.url))) is not None:
        template = "listing" if isinstance(listed, Listing) else "overview"
        page.meta.setdefault("template", f"blogtools/{template}.html")
        if page.file.generated_by is not None:
            page.meta["title"] = html.escape(_title(listed), quote=False)


def _post_meta(entry: Entry, session: Session) -> dict[str, object]:
    front = entry.document.front
    title = front.title or session.rendered[entry.path].title or entry.slug
    meta: dict[str, object] = {"template": "blogtools/post.html", **front.meta}
    meta["title"] = html.escape(title, quote=False)
    if front.description:
        meta["description"] = html.escape(front.description)
    if front.comments is not None:
        meta["comments"] = front.comments
    return meta


def _title(listed: Listing | Overview) -> str:
    return heading(listed) if isinstance(listed, Listing) else listed.title


def view(page: Page, session: Session) -> View | None:
    """Return what a page's template is given, or None for a page that is not ours."""
    if post := session.post(page):
        return PostView(session.edition, post)
    listed = session.listing_by_url.get(unquote(page.url))
    if isinstance(listed, Listing):
        return ListingView(session.edition, listed)
    return OverviewView(session.edition, listed) if isinstance(listed, Overview) else None
