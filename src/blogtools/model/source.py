"""One file of the author's, as it was read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A file's name and bytes, read once; everything later is computed from this value.

    Attributes:
        path: Relative to the project's root, with forward slashes, as diagnostics show it.
        file: Where it lies on disk.
        data: Its bytes.
    """

    path: str
    file: Path
    data: bytes

    @cached_property
    def digest(self) -> str:
        """Return the BLAKE2b digest of the bytes, in hexadecimal."""
        return hashlib.blake2b(self.data, digest_size=16).hexdigest()
