"""The verb ``verify``: a site, on the disk or where it is served, against its manifest."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from urllib.parse import quote

from blogtools.build.files import walk
from blogtools.model.diagnostic import UsageError
from blogtools.model.release import MANIFEST
from blogtools.publishing.signing import public_key
from blogtools.publishing.verifying import Verified, verify

from .releases import fetch, is_url


def verified(place: str, key: Path | None) -> Verified:
    """Compare a site with its manifest and its signature.

    Args:
        place: Its address, or its folder.
        key: The file of the public key whose signature it has to have; None to ask for none.

    Raises:
        UsageError: There is no site with a manifest, or no such key.
    """
    known = public_key(key) if key else None
    try:
        if is_url(place):
            return verify(partial(_fetched, place.removesuffix(MANIFEST).rstrip("/")), None, known)
        folder = Path(place)
        return verify(partial(_read, folder), partial(_listed, folder), known)
    except ValueError as wrong:
        raise UsageError(f"{place} has no manifest of a release ({MANIFEST}): {wrong}") from wrong


def _fetched(site: str, path: str) -> bytes | None:
    return fetch(f"{site}/{quote(path)}")


def _read(folder: Path, path: str) -> bytes | None:
    file = folder / path
    # A manifest may be anybody's, and name any file of this machine.
    inside = Path(os.path.normpath(file)).is_relative_to(os.path.normpath(folder))
    return file.read_bytes() if inside and file.is_file() else None


def _listed(folder: Path) -> frozenset[str]:
    return frozenset(path for path, _ in walk(str(folder)))
