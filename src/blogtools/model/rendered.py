"""What converting one document yields. Facts are returned here, never reported sideways."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from .digest import digest_of
from .media import NO_MEDIA, Media


class LinkKind(StrEnum):
    """How a link's target is to be read."""

    PATH = "path"
    """A path to a page or a file, relative to the document or absolute in the site."""
    FRAGMENT = "fragment"
    """An anchor on the same page."""
    SYMBOL = "symbol"
    """A dotted Python name, answered by a companion's reference."""
    CODE = "code"
    """The same, where the name stands as inline code and nothing marks it as a link."""


class Link(Struct, frozen=True):
    """An internal link of a document, in the order of the text.

    Attributes:
        kind: How the target is to be read.
        target: As the author wrote it, with character references decoded.
        nth: The how-manieth link with this very target this is, from 0: finds its line.
        embeds: Whether it shows the target (an image) and does not only lead there.
        variant: What the address ends in behind that of the target, for what is made from that.
    """

    kind: LinkKind
    target: str
    nth: int = 0
    embeds: bool = False
    variant: str = ""


class Heading(Struct, frozen=True):
    """One heading of the table of contents, with the headings below it."""

    id: str
    title: str
    level: int
    children: tuple[Heading, ...] = ()


class Brief(Struct, frozen=True):
    """What other pages than its own ask of a document; see `Rendered`."""

    excerpt: str
    truncated: bool
    anchors: frozenset[str]
    links: tuple[Link, ...]


class Rendered(Struct, frozen=True):
    """A document as HTML with placeholders for its links, and the facts others may ask for.

    Attributes:
        html: The body without a leading first-level heading; ``links[n]`` stands as a mark.
        heading: The inner HTML of a leading first-level heading, or empty.
        title: The plain text of that heading, or empty.
        excerpt: What listings show, as HTML with the same marks.
        truncated: Whether the essay goes on after the excerpt.
        toc: The headings, nested.
        words: How many words a reader reads (code counts too).
        anchors: Every id on the page.
        links: Every internal link, in the order of its mark.
        media: What is drawn in it.
        hero: The picture above the text as HTML with the same marks, where its size is known.
    """

    html: str
    heading: str
    title: str
    excerpt: str
    truncated: bool
    toc: tuple[Heading, ...]
    words: int
    anchors: frozenset[str]
    links: tuple[Link, ...]
    media: Media = NO_MEDIA
    hero: str = ""

    @classmethod
    def nothing(cls) -> Rendered:
        """Return what stands for a document that could not be converted."""
        return cls("", "", "", "", False, (), 0, frozenset(), ())

    @property
    def brief(self) -> Brief:
        """Return what other pages ask of it."""
        return Brief(self.excerpt, self.truncated, self.anchors, self.links)


class Facts(Struct, frozen=True, array_like=True, gc=False):
    """What a site asks of each conversion in every build: little, and the digests of the rest.

    Attributes:
        title: The plain text of a leading first-level heading, or empty.
        words: How many words a reader reads.
        text: The digest of what the document's own page and the feeds show.
        excerpt: The digest of what listings show.
        anchors: The digest of every id on the page.
        links: The digest of every internal link.
        media: What is drawn in it.
    """

    title: str
    words: int
    text: bytes
    excerpt: bytes
    anchors: bytes
    links: bytes
    media: Media = NO_MEDIA

    @classmethod
    def of(cls, rendered: Rendered) -> Facts:
        """Return the facts of a conversion."""
        return cls(
            rendered.title,
            rendered.words,
            text=digest_of(rendered.heading, rendered.html, rendered.toc, rendered.hero),
            excerpt=digest_of(rendered.excerpt, rendered.truncated),
            anchors=digest_of(rendered.anchors),
            links=digest_of(rendered.links),
            media=rendered.media,
        )


class Conversion(Struct, frozen=True):
    """A converted document: its facts at hand, the rest wherever it is kept.

    Attributes:
        facts: What is asked for often.
        load: Returns all of it, each time the same.
        brief: Returns what other pages ask of it, which may be quicker.
    """

    facts: Facts
    load: Callable[[], Rendered]
    brief: Callable[[], Brief]

    @classmethod
    def of(cls, rendered: Rendered) -> Conversion:
        """Return a conversion that is kept in memory."""
        return cls(Facts.of(rendered), lambda: rendered, lambda: rendered.brief)
