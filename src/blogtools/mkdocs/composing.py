"""What a page's template is given."""

from __future__ import annotations

from collections.abc import Iterator

from mkdocs.structure.pages import Page

from blogtools.content.links import written
from blogtools.content.markdown import reading_text
from blogtools.content.structured import Step, json_ld_of_page
from blogtools.model.interface import Voice, voice
from blogtools.model.site import (
    ChangesList,
    ChangesPage,
    EvidencePage,
    Listing,
    Overview,
    PackagePage,
    ReferenceList,
)

from .addressing import address
from .changes_views import ChangesListView, ChangesView
from .companion_views import PackageView, ReferencesView
from .frame import Frame
from .list_views import EvidenceView, ListingView, OverviewView
from .session import Session
from .views import PostView

View = (
    PostView
    | ListingView
    | OverviewView
    | ReferencesView
    | PackageView
    | ChangesView
    | ChangesListView
    | EvidenceView
)


def view(page: Page, session: Session) -> View | None:
    """Return what a page's template is given, or None for a page that is not ours."""
    if post := session.post(page):
        return PostView(session.edition, post)
    match session.edition.generated.get(address(page.file)):
        case Listing() as listing:
            return ListingView(session.edition, listing)
        case Overview() as overview:
            return OverviewView(session.edition, overview)
        case ReferenceList() as references:
            return ReferencesView(references)
        case ChangesPage() as page_of_changes:
            return ChangesView(page_of_changes)
        case ChangesList() as listed:
            return ChangesListView(listed)
        case PackagePage() as package:
            return PackageView(package)
        case EvidencePage() as evidence:
            return EvidenceView(evidence.title)
        case None:
            return None


def voice_of(view: View | None, frame: Frame) -> Voice:
    """Return the words of a page: in an essay's own language, else in the site's."""
    if isinstance(view, PostView) and (view.language or view.direction):
        return voice(view.language or frame.say.language, view.direction)
    return frame.say


def title_of(page: Page, session: Session) -> str:
    """Return what a page is called, as plain text: the home page as the site is."""
    named = page.meta.get("title") or ("" if page.is_homepage else page.title)
    return reading_text(str(named)) if named else session.project.site.name


def structured(page: Page, view: View | None, session: Session) -> str:
    """Return the structured data of a page that is no essay, where the site has an address."""
    site, url = session.project.site, address(page.file)
    if not site.url or isinstance(view, PostView):
        return ""
    above = tuple(_above(view, session))
    kind = "WebPage" if view is None else "CollectionPage"
    return json_ld_of_page(kind, title_of(page, session), url, site, above)


def _above(view: View | None, session: Session) -> Iterator[Step]:
    """Yield the pages between the home page and a list."""
    if isinstance(view, ListingView) and (overview := session.edition.overview(view.kind)):
        yield overview.title, f"{session.project.site.url}{written(overview.url)}"
