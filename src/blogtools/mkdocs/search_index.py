"""The search index, of what each page and each essay has to say; see `blogtools.build.splicing`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from mkdocs.structure.pages import Page as MkDocsPage

from blogtools.app.blog import Page
from blogtools.build.plan import Piece, Pieces, Target
from blogtools.content.machines import search_entries
from blogtools.model.digest import digest_of
from blogtools.model.site import Post

from .addressing import address
from .search import ModelSearch

_Entries = Callable[[], list[dict[str, object]]]


def search_index(
    search: ModelSearch, pages: Iterable[tuple[MkDocsPage, Page]], posts: Iterable[Post]
) -> Target:
    """Return the index as a target in pieces.

    Args:
        search: Knows how Material wants it.
        pages: The author's pages, in MkDocs' order.
        posts: The essays.
    """
    parts = search.frame()

    def piece(shown: object, entries: _Entries) -> Piece:
        return Piece(digest_of(shown), lambda: search.piece(entries(), parts))

    texts = [piece(_page_facts(*one), partial(_page_entries, *one)) for one in pages]
    essays = [piece(_post_facts(one), partial(_post_entries, one)) for one in posts]
    pieces = Pieces(*parts, b",", (*texts, *essays))
    return Target(
        "search/search_index.json",
        {
            "the text of the pages": digest_of([one.key for one in texts]),
            "the text of the essays": digest_of([one.key for one in essays]),
        },
        pieces.whole,
        pieces=pieces,
    )


def _page_facts(page: MkDocsPage, own: Page) -> object:
    """Return everything of a page that search shows."""
    shown = bool(page.markdown), str(page.title), page.meta.get("search")
    return address(page.file), shown, own.conversion.facts.search


def _page_entries(page: MkDocsPage, own: Page) -> list[dict[str, object]]:
    options = page.meta.get("search") or {}
    if not page.markdown or options.get("exclude"):
        return []
    sections, boost = own.conversion.load().sections, options.get("boost")
    return search_entries(own.url, str(page.title), sections, (), boost)


def _post_facts(post: Post) -> object:
    """Return everything of an essay that search shows."""
    tags = [term.label for term in post.terms.get("tags", ())]
    return post.url, post.title, tags, _options(post), post.conversion.facts.search


def _post_entries(post: Post) -> list[dict[str, object]]:
    options = _options(post)
    if options.get("exclude"):
        return []
    tags = [term.label for term in post.terms.get("tags", ())]
    sections, boost = post.rendered.sections, options.get("boost")
    return search_entries(post.url, post.title, sections, tags, boost)


def _options(post: Post) -> dict[str, object]:
    return post.entry.document.front.meta.get("search") or {}  # type: ignore[return-value]
