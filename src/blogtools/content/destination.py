"""What a link leads to."""

from __future__ import annotations

from msgspec import Struct

from blogtools.model.discussion import Use


class Destination(Struct, frozen=True):
    """What a link resolves to.

    Attributes:
        url: Relative to the site's root, without the fragment; None where nothing is there.
        fragment: With its ``#``, or empty.
        source: The source path of the file it leads to, or empty.
        verbatim: The address to write as it is (an absolute path, or one of another site); None
            for site-relative ones.
        query: With its ``?``, or empty.
        use: The object of a companion that it leads to, if it is one.
    """

    url: str | None
    fragment: str = ""
    source: str = ""
    verbatim: str | None = None
    query: str = ""
    use: Use | None = None


def to_use(use: Use) -> Destination:
    """Return the way to an object of a companion."""
    page, _, fragment = use.url.partition("#")
    return Destination(page, f"#{fragment}" if fragment else "", use=use)
