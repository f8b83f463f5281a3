"""A locked file as a folder of source: fetched once, checked, from then on without a network."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from blogtools.companions.archive import newest_day, unpack
from blogtools.companions.kept import SOURCE, is_whole, scratch_in, settle
from blogtools.companions.licences import licence_of
from blogtools.companions.pip import download_locked, download_version, upload_day
from blogtools.model.companion import IntegrityError, Locked


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


def _digest(file: Path) -> str:
    """Return the SHA-256 of a file, as indexes and pip write it."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
