"""One file of the site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """A path relative to the site's root, with forward slashes, and its bytes."""

    path: str
    data: bytes
