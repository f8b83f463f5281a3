"""A locked file as a folder of source: fetched once, checked, from then on without a network."""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from blogtools.companions.archive import newest_day, unpack
from blogtools.companions.digests import tree_digest
from blogtools.companions.licences import licence_of
from blogtools.companions.pip import download_locked, download_version, upload_day
from blogtools.model.companion import FetchError, IntegrityError, Locked

_MARKER = "complete.json"
#: The folder of the source, below that of a fetched file or commit.
SOURCE = "source"
_LAYOUT = 1


def fetch(locked: Locked, cache_dir: Path) -> Path:
    """Return the unpacked source of a locked file, fetching it if it is not there yet.

    Two processes may do this at once: each works aside, and the first result stays.

    Args:
        locked: The file, with the digest that it must have.
        cache_dir: Where unpacked source is kept, one folder for each digest.

    Returns:
        The folder of the source.

    Raises:
        FetchError: The file cannot be had, or is not what the lock says.
    """
    home = cache_dir / locked.sha256
    if not is_whole(home, locked):
        with scratch_in(cache_dir) as scratch:
            archive = download_locked(locked, Path(scratch))
            _keep(archive, locked, Path(scratch), home)
    return home / SOURCE


def resolve(name: str, version: str, cache_dir: Path) -> Locked:
    """Ask the index for a version, and return it as a lock writes it; its source is kept.

    Args:
        name: The package.
        version: The exact version.
        cache_dir: Where unpacked source is kept.

    Returns:
        The file that pip chose, with its digest.

    Raises:
        FetchError: The index has no such version, cannot be reached, or offers something unsafe.
    """
    with scratch_in(cache_dir) as scratch:
        archive = download_version(name, version, Path(scratch))
        made = newest_day(archive)
        locked = Locked(name, version, archive.name, _digest(archive))
        _keep(archive, locked, Path(scratch), cache_dir / locked.sha256)
    return replace(locked, uploaded=_day(locked, made), licence=_licence(locked, cache_dir))


def complete(locked: Locked, cache_dir: Path) -> Locked:
    """Add the day and the licence to an entry of a lock that has none; its file stays the same.

    Raises:
        FetchError: The file cannot be had.
    """
    fetch(locked, cache_dir)
    return replace(
        locked,
        uploaded=locked.uploaded or _day(locked, None),
        licence=locked.licence or _licence(locked, cache_dir),
    )


def _day(locked: Locked, made: date | None) -> str:
    """Return when a version was uploaded; where nobody tells, when its archive was made."""
    day = upload_day(locked.name, locked.version, made) or made
    return day.isoformat() if day else ""


def _licence(locked: Locked, cache_dir: Path) -> str:
    return licence_of(cache_dir / locked.sha256 / SOURCE)


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


def _keep(archive: Path, locked: Locked, scratch: Path, home: Path) -> None:
    """Check, unpack and mark an archive, and put the result where it is looked for."""
    if _digest(archive) != locked.sha256:
        raise IntegrityError(
            f"{locked.filename} has the digest {_digest(archive)}, but {locked.sha256} is locked",
            "Find out why; if the new file is right, delete the entry and run "
            "`blogtools reference update`",
        )
    draft = scratch / "draft"
    unpack(archive, locked, draft / SOURCE)
    settle(draft, locked, scratch, home)


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


def _digest(file: Path) -> str:
    """Return the SHA-256 of a file, as indexes and pip write it."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
