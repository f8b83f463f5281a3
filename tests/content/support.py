"""Small ways to make what the content functions take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from blogtools.content.documents import read_post
from blogtools.content.entries import make_entry
from blogtools.content.index import build_index
from blogtools.content.markdown import DEFAULT_EXTENSIONS, Converter, SymbolNames
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.document import Author, Document
from blogtools.model.project import BlogOptions, MarkdownSettings
from blogtools.model.rendered import Conversion, Rendered
from blogtools.model.site import Entry, SiteIndex
from blogtools.model.source import Source

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OPTIONS = BlogOptions()

TAXONOMIES = tuple(OPTIONS.active_taxonomies)
MARKDOWN = MarkdownSettings(tuple(DEFAULT_EXTENSIONS), DEFAULT_EXTENSIONS)

_shared = Converter(MARKDOWN, SymbolNames(frozenset({"pkg"})))


def blog_options(**given: object) -> BlogOptions:
    """Return the options that an author wrote."""
    return TypeAdapter(BlogOptions).validate_python(given)


def source(data: bytes | str, path: str = "posts/a.md") -> Source:
    """Return a file that was read."""
    return Source(path, Path(), data.encode() if isinstance(data, str) else data)


def read(data: bytes | str, path: str = "posts/a.md") -> tuple[Document, list[str]]:
    """Read an essay; return it and what is wrong with it, as an author is told."""
    document, found = read_post(source(data, path), TAXONOMIES)
    return document, said(found)


def said(found: Sequence[Diagnostic]) -> list[str]:
    """Return diagnostics as an author is told them, in the order of the file."""
    return [str(one) for one in sorted(found)]


def front(yaml: str) -> tuple[Document, list[str]]:
    """Read an essay with this front matter."""
    return read(f"---\n{yaml}\n---\n\nText.\n")


def entry(
    text: str = "",
    path: str = "posts/2026-01-01-a.md",
    options: BlogOptions = OPTIONS,
    now: datetime = NOW,
) -> Entry:
    """Return an essay's identity, from its front matter (without dashes) and its path."""
    return undated(text, path, options, now)[0]


def undated(
    text: str, path: str, options: BlogOptions = OPTIONS, now: datetime = NOW
) -> tuple[Entry, list[str]]:
    """Return an essay's identity, and what is wrong with its date."""
    document, wrong = read(f"---\ntitle: A title\n{text}\n---\n\nText.\n", path)
    assert not wrong
    made, found = make_entry(document, options, now)
    return made, said(found)


def convert(text: str, description: str = "") -> Rendered:
    """Convert Markdown with what a blog is written with."""
    return _shared(text, description)


# One for all, so that essays which say just this are equal.
_TEXT = Conversion.of(convert("Text."))


def index(
    entries: Sequence[Entry],
    rendered: Mapping[str, Rendered] | None = None,
    authors: Mapping[str, Author] | None = None,
    **options: Any,
) -> SiteIndex:
    """Bring essays together; those without a conversion of their own say just "Text."."""
    own = {path: Conversion.of(page) for path, page in (rendered or {}).items()}
    pages = {one.path: own.get(one.path, _TEXT) for one in entries}
    return build_index(entries, pages, authors or {}, blog_options(**options))
