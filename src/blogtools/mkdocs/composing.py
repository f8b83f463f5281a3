"""What a page's template is given."""

from __future__ import annotations

from urllib.parse import unquote

from mkdocs.structure.pages import Page

from blogtools.model.site import Listing, Overview

from .session import Session
from .views import ListingView, OverviewView, PostView

View = PostView | ListingView | OverviewView


def view(page: Page, session: Session) -> View | None:
    """Return what a page's template is given, or None for a page that is not ours."""
    if post := session.post(page):
        return PostView(session.edition, post)
    listed = session.listing_by_url.get(unquote(page.url))
    if isinstance(listed, Listing):
        return ListingView(session.edition, listed)
    return OverviewView(session.edition, listed) if isinstance(listed, Overview) else None
