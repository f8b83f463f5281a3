"""The verb ``rollback``: a release that was live before goes live again, if it is still whole."""

from __future__ import annotations

from pathlib import Path

from blogtools.model.diagnostic import UsageError
from blogtools.publishing.placing import Kept, Place

from .verify import verified


def rollback(to: Path, name: str) -> Kept:
    """Let an earlier release go live again, and return it.

    Args:
        to: Where releases are live.
        name: Its name, or what tells it from others; the one before the live one, if left empty.

    Raises:
        UsageError: There is no such release, or it is no longer what was published.
    """
    place = Place(to)
    if not place.home.is_dir():
        raise UsageError(f"no release is kept beside {to}")
    with place.locked():
        chosen = place.find(name) if name else _before(place)
        if not chosen.live:
            _must_be_whole(chosen)
            place.show(chosen.folder)
        return chosen


def _before(place: Place) -> Kept:
    """Return the release that came before the live one."""
    live = place.live
    earlier = (one for one in place.kept() if live is None or one.placed < live.placed)
    found = next((one for one in earlier if not one.live), None)
    if found is None:
        raise UsageError(f"no release that was live before is kept beside {place.to}")
    return found


def _must_be_whole(chosen: Kept) -> None:
    """Refuse a release of which somebody changed a file while it was kept."""
    if found := verified(str(chosen.folder), None).differences:
        reason = f"{found[0].path} {found[0].message}"
        raise UsageError(f"{chosen.name} is not as it was published: {reason}; choose another one")
