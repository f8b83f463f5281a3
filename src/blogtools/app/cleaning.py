"""A converted document whose author nobody knows, without anything that could act."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from msgspec.structs import replace

from blogtools.content.markdown import anchors_of
from blogtools.media.cleaning import clean
from blogtools.model.document import Document
from blogtools.model.media import Fault
from blogtools.model.rendered import Heading, Rendered

_SAFE = re.compile(r"(?:https?://|mailto:|[^:]*$)", re.IGNORECASE)
_UNFIT = re.compile(r"[\s\"'<>&]")


def cleaned(rendered: Rendered, document: Document) -> Rendered:
    """Return a conversion in which only what is allowed is left of raw HTML."""
    page = clean(rendered.html)
    faults = tuple(_dangerous_links(document))
    return replace(
        rendered,
        html=page,
        heading=clean(rendered.heading),
        excerpt=clean(rendered.excerpt),
        toc=tuple(_headings(rendered.toc)),
        anchors=anchors_of(rendered.heading + page),
        media=replace(rendered.media, faults=rendered.media.faults + faults),
    )


def _headings(headings: tuple[Heading, ...]) -> Iterator[Heading]:
    """Yield headings whose ids and titles can be nothing but that."""
    for one in headings:
        if _UNFIT.search(one.id):
            yield from _headings(one.children)
        else:
            title = html.escape(html.unescape(one.title), quote=False)
            yield Heading(one.id, title, one.level, tuple(_headings(one.children)))


def _dangerous_links(document: Document) -> Iterator[Fault]:
    """Yield an error for each link of the front matter that could do more than lead somewhere."""
    for number, link in enumerate(document.front.links):
        if not _SAFE.match(link.target.strip()):
            line, _ = document.positions.get(f"links.{number}", (1, 1))
            message = f"'{link.target}' is no address that a stranger's essay may link to"
            hint = "Link to a page, to http or to https"
            path = document.source.path
            yield Fault("", line, "link/untrusted", message, hint, path=path)
