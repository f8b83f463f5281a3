"""One file of the author's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from .diagnostic import Disturbed
from .digest import digest


class Source(Struct, frozen=True, dict=True):
    """A file's name and content; everything later is computed from this value.

    Attributes:
        path: Relative to the project's root, with forward slashes, as diagnostics show it.
        root: The project's root, or whatever folder the path is to be read from.
        held: Its bytes; None for a file that is known by its digest, and read only if need be.
        known: The digest, where it is known without the bytes.
        reading: Makes Markdown of a file that is something else.
    """

    path: str
    root: Path
    held: bytes | None = None
    known: bytes = b""
    reading: Callable[[str], str] | None = None

    @property
    def file(self) -> Path:
        """Return where it lies on disk."""
        return self.root / self.path

    @property
    def data(self) -> bytes:
        """Return the bytes.

        Raises:
            Disturbed: The file is not the one any more that is known by its digest.
        """
        if self.held is not None:
            return self.held
        try:
            data = self.file.read_bytes()
        except OSError as gone:
            if self.known:
                raise Disturbed(self.path) from gone
            raise
        if self.known and digest(data) != self.known:
            raise Disturbed(self.path)
        return data

    @cached_property
    def digest(self) -> bytes:
        """Return the digest of the bytes."""
        return self.known or digest(self.data)

    @property
    def text(self) -> str:
        """Return the Markdown with plain line ends; what is not UTF-8 is replaced."""
        text = plain_line_ends(self.data.decode("utf-8-sig", "replace")).replace("\x0c", " ")
        return self.reading(text) if self.reading else text


def plain_line_ends(text: str) -> str:
    """Return a text in which every line ends as on Unix."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
