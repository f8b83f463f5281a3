"""One file of the site."""

from __future__ import annotations

from msgspec import Struct


class Output(Struct, frozen=True):
    """A path relative to the site's root, with forward slashes, and its bytes."""

    path: str
    data: bytes
