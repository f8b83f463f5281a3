"""Source that was fetched, as it is kept: whole, or not there; imports nothing that fetches."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from blogtools.companions.digests import tree_digest
from blogtools.model.companion import FetchError, Locked

_MARKER = "complete.json"
#: The folder of the source, below that of a fetched file or commit.
SOURCE = "source"
_LAYOUT = 1


def is_fetched(locked: Locked, cache_dir: Path) -> bool:
    """Return whether a locked file's source is there, so that no network is needed."""
    return is_whole(cache_dir / locked.sha256, locked)


def scratch_in(cache_dir: Path) -> tempfile.TemporaryDirectory[str]:
    """Return a folder to work in, on the same disk as the cache so that a rename is enough."""
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(
            prefix=".new-", dir=cache_dir, ignore_cleanup_errors=True
        )
    except OSError as failed:
        reason = f"{cache_dir.name} cannot be written: {failed.strerror}"
        raise FetchError(reason, "Make the folder of blogtools' state writable") from failed


def settle(draft: Path, locked: Locked, scratch: Path, home: Path) -> None:
    """Mark a draft as whole, and put it into its place.

    Raises:
        FetchError: It cannot be stored.
    """
    marker = json.dumps(_marker(draft, locked))
    (draft / _MARKER).write_text(marker, encoding="utf-8")
    _move(draft, locked, scratch, home)


def _move(draft: Path, locked: Locked, scratch: Path, home: Path) -> None:
    """Rename the draft into its place; a sound one that came first wins, a broken one yields."""
    try:
        if home.exists() and not is_whole(home, locked):
            home.rename(scratch / "broken")
        draft.rename(home)
    except OSError as failed:
        if not is_whole(home, locked):
            reason = f"The fetched source cannot be stored: {failed.strerror}"
            raise FetchError(reason, "Make the folder of blogtools' state writable") from failed


def is_whole(home: Path, locked: Locked) -> bool:
    """Return whether a folder holds what was once unpacked into it, byte for byte.

    Reading all of it costs a few milliseconds; a half-deleted cache would cost a wrong reference.
    """
    try:
        return bool(json.loads((home / _MARKER).read_bytes()) == _marker(home, locked))
    except (OSError, ValueError):
        return False


def _marker(home: Path, locked: Locked) -> dict[str, object]:
    """Return what the marker beside sound source says: whose it is, and what is in it."""
    tree = tree_digest(home / SOURCE)
    file = [locked.name, locked.version, locked.filename]
    of = [locked.commit, locked.sha256] if locked.commit else file
    return {"layout": _LAYOUT, "of": of, "tree": tree}
