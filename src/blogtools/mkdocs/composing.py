"""What a page's template is given."""

from __future__ import annotations

from mkdocs.structure.pages import Page

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
