"""The verbs ``releases`` and ``diff``: what is kept, and what was published."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

from blogtools.model.diagnostic import UsageError
from blogtools.model.evidence import HISTORY
from blogtools.model.release import MANIFEST, Manifest, decoded
from blogtools.publishing.placing import Place, read_manifest

from .publish import Live

# Seconds that a server has to answer.
_PATIENCE = 30.0
_NOT_FOUND, _GONE = 404, 410
# No manifest is larger: a server may answer without end.
_MOST = 256 * 1024**2


def listing(to: Path) -> tuple[tuple[str, ...], ...]:
    """Return a row for each release that is kept: name, moment, commit, whether it is live."""
    return tuple(
        (one.name, one.header.created, one.header.commit[:8], "live" if one.live else "")
        for one in Place(to).kept()
    )


def manifest_of(to: Path, named: str) -> Manifest:
    """Return the manifest of a release.

    Args:
        to: Where releases are live.
        named: A release that is kept, by its name; or a folder, a manifest or an address.

    Raises:
        UsageError: There is none.
    """
    if is_url(named) or Path(named).exists():
        found = live_manifest(named)
        if found is None:
            raise UsageError(f"{named} has no {MANIFEST}")
        return found
    return Place(to).find(named).manifest()


def is_url(place: str) -> bool:
    """Return whether a place is an address, and no path."""
    return place.startswith(("http://", "https://"))


def live_at(place: str) -> Live:
    """Return what is live at an address or in a folder; see `live_manifest`."""
    manifest = live_manifest(place)
    if not is_url(place):
        file = Path(place) / HISTORY
        return Live(manifest, file.read_bytes() if file.is_file() else b"")
    site = place.removesuffix(MANIFEST).rstrip("/")
    return Live(manifest, (fetch(f"{site}/{HISTORY}") or b"") if manifest else b"")


def live_manifest(place: str) -> Manifest | None:
    """Return the manifest of what is live.

    Args:
        place: The address of the site or of its manifest, or a folder, or a file.

    Returns:
        It; None of a site that has none, as an answer of 404 says and nothing else.

    Raises:
        UsageError: Nobody knows what is live.
    """
    if not is_url(place):
        file = Path(place)
        return read_manifest(file / MANIFEST if file.is_dir() else file)
    url = place if place.endswith(".json") else f"{place.rstrip('/')}/{MANIFEST}"
    try:
        data = fetch(url)
        return None if data is None else decoded(data)
    except UsageError as failed:
        raise UsageError(f"{failed}; nobody knows what is live") from failed
    except ValueError as wrong:
        raise UsageError(f"{url} is not the manifest of a release: {wrong}") from wrong


def fetch(url: str) -> bytes | None:
    """Return what a server answers with; None for a 404.

    Raises:
        UsageError: It answers otherwise, or not at all.
    """
    # Only http and https come here; see `is_url`.
    request = urllib.request.Request(url, headers={"User-Agent": "blogtools"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            data: bytes = answer.read(_MOST)
            return data
    except urllib.error.HTTPError as refused:
        if refused.code == _GONE:
            # The page that says why is one of the site's too.
            body: bytes = refused.read(_MOST)
            return body
        if refused.code == _NOT_FOUND:
            return None
        raise UsageError(f"{url} answers {refused.code}") from refused
    except OSError as failed:
        raise UsageError(f"{url} cannot be read: {failed}") from failed
