"""Which published essays discuss which objects of companions: what references show of essays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from blogtools.build.ledger import LinksChecked
from blogtools.model.discussion import Discussion, Discussions
from blogtools.model.site import Post, Status


def discussions(posts: Iterable[Post], links: Mapping[str, LinksChecked]) -> Discussions:
    """Return the essays that discuss each object, in the version that each of them speaks of.

    Args:
        posts: The essays, in the order in which they are to be listed.
        links: What came of the links of each, by its path.
    """
    found: dict[tuple[str, str], dict[str, list[Discussion]]] = {}
    for post in posts:
        if (uses := links[post.path].uses) and post.entry.status is Status.PUBLISHED:
            essay = Discussion(post.title, post.url)
            for use in uses:
                objects = found.setdefault((use.package, use.version), {})
                objects.setdefault(use.object, []).append(essay)
    return {
        version: {name: tuple(essays) for name, essays in objects.items()}
        for version, objects in found.items()
    }
