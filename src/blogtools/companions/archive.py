"""Unpacking a wheel or a source archive: only Python source and metadata, and only safely."""

from __future__ import annotations

import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.parser import HeaderParser
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from msgspec import Struct

from blogtools.model.companion import IntegrityError, Locked, normal_name

#: A reference reads source and nothing else; compiled parts and data may weigh a thousandfold.
_SUFFIXES = (".py", ".pyi")
_METADATA = ("METADATA", "PKG-INFO")
#: More source than any package has, and what a machine can still bear if an archive is a trap.
_MOST_BYTES = 256 * 1024 * 1024


class _Member(Struct, frozen=True):
    """One entry of an archive: its name, what a link leads to (else empty), size, content."""

    name: str
    link: str
    regular: bool
    size: int
    open: _Opener


class _Opener(Protocol):
    def __call__(self) -> IO[bytes]: ...


def unpack(archive: Path, locked: Locked, target: Path) -> None:
    """Unpack the Python source and the metadata of an archive.

    Args:
        archive: A wheel, or a source archive, whose own top folder is left out.
        locked: The package and version that its metadata must name.
        target: A new folder.

    Raises:
        IntegrityError: The archive is damaged, unsafe, or of another package or version.
    """
    try:
        _unpack(archive, target)
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error) as damage:
        raise _refusal(locked, f"it cannot be unpacked ({damage})") from damage
    except _UnsafeArchiveError as unsafe:
        raise _refusal(locked, str(unsafe)) from unsafe
    _check_identity(target, locked)


def newest_day(archive: Path) -> date | None:
    """Return the day of the newest file in an archive, which is when it was made.

    None for an archive that cannot be read, or whose days are made up: so that archives can be made
    again to the same bytes, some tools give all files the first day that a zip file can have.
    """
    try:
        if archive.name.endswith(".tar.gz"):
            with tarfile.open(archive) as tar:
                days = [datetime.fromtimestamp(m.mtime, UTC).date() for m in tar.getmembers()]
        else:
            with zipfile.ZipFile(archive) as zipped:
                days = [date(*info.date_time[:3]) for info in zipped.infolist()]
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error, ValueError):
        return None
    newest = max(days, default=_MADE_UP)
    return newest if newest > _MADE_UP else None


_MADE_UP = date(2000, 1, 1)


def _refusal(locked: Locked, reason: str) -> IntegrityError:
    """Return the error for an archive that cannot be trusted."""
    return IntegrityError(
        f"{locked.filename} is refused: {reason}",
        "Ask its publisher, or lock another version with `blogtools reference update`",
    )


def _unpack(archive: Path, target: Path) -> None:
    """Write the wanted members, after every member was found to be safe."""
    if archive.name.endswith(".tar.gz"):
        with tarfile.open(archive) as tar:
            _write(_inner(_tar_members(tar)), target)
    else:
        with zipfile.ZipFile(archive) as zipped:
            members = _zip_members(zipped)
            _write(members if archive.suffix == ".whl" else _inner(members), target)


def _zip_members(archive: zipfile.ZipFile) -> Iterator[_Member]:
    """Yield what a zip file holds."""
    for info in archive.infolist():
        mode = info.external_attr >> 16
        link = archive.read(info).decode(errors="replace") if stat.S_ISLNK(mode) else ""
        regular = not info.is_dir() and not link
        yield _Member(info.filename, link, regular, info.file_size, partial(archive.open, info))


def _tar_members(archive: tarfile.TarFile) -> Iterator[_Member]:
    """Yield what a tar file holds."""
    for info in archive.getmembers():
        link = info.linkname if info.islnk() or info.issym() else ""
        open_member = partial(_open_tar, archive, info)
        if not (info.isfile() or info.isdir() or link):
            raise _UnsafeArchiveError(f"{info.name!r} is a device")
        yield _Member(info.name, link, info.isfile(), info.size, open_member)


def _open_tar(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    """Return the content of a regular file in a tar file."""
    stream = archive.extractfile(info)
    assert stream is not None, "asked of regular files only"  # noqa: S101
    return stream


def _inner(members: Iterator[_Member]) -> Iterator[_Member]:
    """Yield the members without the folder that a source archive wraps around everything."""
    for member in members:
        path = _safe_path(member.name)
        inner = "/".join(path.parts[1:])
        if inner:
            yield _Member(inner, member.link, member.regular, member.size, member.open)


def _write(members: Iterator[_Member], target: Path) -> None:
    """Write the members that are wanted; a single unsafe one stops it all."""
    seen: set[PurePosixPath] = set()
    room = _MOST_BYTES
    for member in members:
        path = _safe_path(member.name)
        _check_link(path, member.link)
        if not member.regular or not _wanted(path):
            continue
        if path in seen:
            raise _UnsafeArchiveError(f"it holds {member.name!r} twice")
        seen.add(path)
        room -= member.size
        if room < 0:
            raise _UnsafeArchiveError(f"it holds more than {_MOST_BYTES >> 20} MiB of source")
        _write_file(target / path, member)


def _write_file(file: Path, member: _Member) -> None:
    """Write one file; the folders above it lie in the target, for its path is safe."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with member.open() as stream:
        file.write_bytes(stream.read(member.size))


def _wanted(path: PurePosixPath) -> bool:
    """Return whether a file is of use to a reader of source."""
    return path.suffix in _SUFFIXES or path.name in _METADATA


def _safe_path(name: str) -> PurePosixPath:
    """Return a member's path if it stays inside the folder it is unpacked into, on any system."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.search(r"[\\:\0]", name):
        raise _UnsafeArchiveError(f"{name!r} would be written outside of its folder")
    return path


def _check_link(path: PurePosixPath, link: str) -> None:
    """Refuse a link that leads out; others are harmless, and left out."""
    if not link:
        return
    depth = len(path.parts) - 1
    for part in PurePosixPath(link).parts:
        depth += -1 if part == ".." else 1
        if depth < 0 or part == "/" or re.search(r"[\\:\0]", part):
            raise _UnsafeArchiveError(f"{str(path)!r} is a link that leads outside, to {link!r}")


def _check_identity(tree: Path, locked: Locked) -> None:
    """Refuse an archive that says it is something else than what the lock asks for."""
    files = sorted([*tree.glob("*.dist-info/METADATA"), *tree.glob("PKG-INFO")])
    if not files:
        raise _refusal(locked, "it has no metadata that names its package and version")
    headers = HeaderParser().parsestr(files[0].read_text(encoding="utf-8", errors="replace"))
    name, version = headers.get("Name", ""), headers.get("Version", "")
    same = normal_name(name) == normal_name(locked.name)
    if not (same and _comparable(version) == _comparable(locked.version)):
        raise _refusal(locked, f"it says that it is {name} {version}")


def _comparable(version: str) -> str:
    """Return a version without the ways of writing it that mean nothing: ``v2.2.0`` is ``2.2``."""
    plain = re.sub(r"^v|[-_]", "", version.strip().lower())
    return re.sub(r"(\.0)+(?=$|[^0-9.])", "", plain, count=1)


class _UnsafeArchiveError(Exception):
    """An archive holds something that no package needs."""
