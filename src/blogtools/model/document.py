"""A source split into typed front matter and a Markdown body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import msgspec
from msgspec import Struct, field

from .running import RunOptions
from .source import Source

#: The key of front matter under which versions of packages stand.
COMPANIONS = "companions"


class Author(Struct, frozen=True):
    """Someone who writes: an entry of ``.authors.yml``, or just the name as it was written."""

    name: str
    description: str = ""
    avatar: str = ""
    url: str = ""
    slug: str = ""


@dataclass(frozen=True, slots=True)  # for pydantic, which knows no structs
class NamedLink:
    """An entry of the front matter's ``links``: a title (may be empty) and a target."""

    title: str
    target: str


class FrontMatter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an author says about an essay, after validation; every field has its final type.

    A struct, since a build reads one of each essay from the store.

    Attributes:
        title: As written; empty where the first heading names the essay.
        date: When it is published; None where the file's name says so.
        updated: When it was last changed in substance.
        description: One or two sentences for listings, feeds and search engines.
        terms: For each taxonomy (``tags``, ``authors`` ...), the labels in the order written.
        slug: The last part of the URL; empty to take it from the file's name.
        draft: Kept out of everything that is published.
        pin: Shown first on the home page.
        image: A picture for cards and previews: a path beside the essay, or a URL.
        aliases: Earlier addresses, each of which becomes a redirect.
        links: Further reading, shown beside the essay.
        readtime: Minutes; None to count the words.
        comments: Whether readers are led to where essays are discussed; None for the blog's way.
        companions: The version of each companion that the essay speaks of, by the package's name
            as indexes compare them.
        meta: Page options of Material that pass through unchanged (``hide``, ``icon`` ...).
        run: How the essay's code is run; None where it is not.
        lang: Its language, where that is not the site's.
        dir: The direction of its text, where that is not its language's.
        translation_of: The file of the essay that it is a translation of, or empty.
        hero: A picture above the text: a path beside the essay, or a URL.
        hero_alt: What stands in for that picture; empty where it is decoration.
        discuss: Where it is discussed: a title (may be empty) and an address each.
    """

    title: str = ""
    date: datetime | None = None
    updated: datetime | None = None
    description: str = ""
    terms: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    slug: str = ""
    draft: bool = False
    pin: bool = False
    image: str = ""
    aliases: tuple[str, ...] = ()
    links: tuple[NamedLink, ...] = ()
    readtime: int | None = None
    comments: bool | None = None
    companions: Mapping[str, str] = msgspec.field(default_factory=dict)
    meta: Mapping[str, object] = msgspec.field(default_factory=dict)
    run: RunOptions | None = None
    lang: str = ""
    dir: str = ""
    translation_of: str = ""
    hero: str = ""
    hero_alt: str = ""
    discuss: tuple[NamedLink, ...] = ()


class Positions(Mapping[str, tuple[int, int]]):
    """Where the values of front matter stand, of which hardly ever anybody asks."""

    def __init__(self, packed: bytes | msgspec.Raw) -> None:
        """Take them in MessagePack, as a ledger keeps them."""
        self._packed = packed

    @cached_property
    def _known(self) -> dict[str, tuple[int, int]]:
        return _POSITIONS.decode(self._packed)

    def __getitem__(self, key: str) -> tuple[int, int]:
        """Return the line and column of a value."""
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        """Yield each key."""
        return iter(self._known)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._known)


_POSITIONS = msgspec.msgpack.Decoder(dict[str, tuple[int, int]])


class Document(Struct, frozen=True):
    """One Markdown file: what its front matter says, and where its body begins.

    Attributes:
        source: The file it came from.
        front: The typed front matter.
        body_line: The line of the file on which the body begins, counted from 1.
        positions: The (line, column) of each value of the front matter, by its key; by the names
            on the way to it (``aliases.0``) if it lies deeper.
        understood: Whether the file could be read; if not, what it does not say means nothing.
        head: The digest of its front matter as it is written; empty where that was not come to.
    """

    source: Source
    front: FrontMatter
    body_line: int = 1
    positions: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    understood: bool = True
    head: bytes = b""

    @property
    def body(self) -> str:
        """Return the Markdown after the front matter; nothing of a file that is not understood."""
        if not self.understood and self.body_line == 1:
            return ""
        lines = self.source.text.split("\n", self.body_line - 1)
        return lines[-1] if len(lines) == self.body_line else ""
