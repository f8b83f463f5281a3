"""What language models are told of a site: `llms.txt`, and the newest essays in one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from blogtools.model.project import SiteFacts
from blogtools.model.site import Overview, Post

INDEX, FULL = "llms.txt", "llms-full.txt"


class Entry(Struct, frozen=True):
    """A line of the index: a title with its full address, and a sentence about it."""

    title: str
    url: str
    about: str = ""

    def __str__(self) -> str:
        """Return the line."""
        title = self.title.replace("[", "\\[").replace("]", "\\]")
        about = " ".join(self.about.split())
        return f"- [{title}]({self.url}){f': {about}' if about else ''}"


def index(site: SiteFacts, sections: Iterable[tuple[str, Sequence[Entry]]]) -> bytes:
    """Return an `llms.txt`.

    Args:
        site: The site.
        sections: The title of each section and what it names; empty ones are left out.
    """
    return "\n".join((*_head(site), *_sections(sections), "")).encode()


def _head(site: SiteFacts) -> Iterator[str]:
    yield f"# {site.name}"
    if site.description:
        yield ""
        yield f"> {' '.join(site.description.split())}"


def _sections(sections: Iterable[tuple[str, Sequence[Entry]]]) -> Iterator[str]:
    for title, entries in sections:
        if entries:
            yield from ("", f"## {title}", "", *map(str, entries))


def years(archive: Overview | None, site: SiteFacts) -> list[Entry]:
    """Return the pages that name all essays of a year."""
    counts = archive.counts if archive else ()
    return [
        Entry(term.label, f"{site.url}{term.url}", f"{count} essays" if count else "")
        for term, count in counts
    ]


def newest(posts: Iterable[Post]) -> list[Post]:
    """Return essays, the newest first."""
    return sorted(posts, key=lambda post: (post.date, post.path), reverse=True)


def within(posts: Sequence[Post], words: int) -> Sequence[Post]:
    """Return the first of some essays, as many as together have no more than so many words."""
    sums = accumulate(post.conversion.facts.words for post in posts)
    return posts[: sum(1 for total in sums if total <= words)]


def full(site: SiteFacts, copies: Iterable[str], left_out: int) -> bytes:
    """Return the text of several essays in one file.

    Args:
        site: The site.
        copies: The copy of each.
        left_out: How many essays are not among them.
    """
    note = f"{left_out} older essays are not in this file: {INDEX} leads to them."
    more = ("", note) if left_out else ()
    return "\n".join((*_head(site), *more, "", "\n".join(copies))).encode()
