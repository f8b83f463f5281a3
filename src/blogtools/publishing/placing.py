"""Releases on the disk: one is live, the others are kept beside it, and each is whole.

Beside a folder `public` lies `.public.releases`, with a folder for each release that is kept. Live
is what `public` is: a folder, which changes places with another one in one step, or a link, which
is replaced by one that leads elsewhere. A reader meets the old site or the new one.

What a killed publish leaves behind is put in order by the next one (`recover`): a folder whose
name begins with a dot is unfinished, or to be removed; one that has another name than its manifest
says has changed places with the live one a moment before.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from blogtools.build.exchange import exchange
from blogtools.build.outputs import held, is_site
from blogtools.model.diagnostic import UsageError
from blogtools.model.release import MANIFEST, VERSION, Manifest, decoded

# Servers read what others publish.
_MODE = 0o755


class Header(Struct, frozen=True):
    """What a manifest says first; a list of releases needs no more."""

    version: int
    release: str
    created: str
    commit: str = ""


class Kept(Struct, frozen=True):
    """A release on the disk.

    Attributes:
        folder: Where it lies.
        header: What its manifest says first.
        placed: When it was put there, in nanoseconds.
        live: Whether readers are shown this one.
    """

    folder: Path
    header: Header
    placed: int
    live: bool

    @property
    def name(self) -> str:
        """Return the release's name."""
        return self.header.release

    def manifest(self) -> Manifest:
        """Read its manifest.

        Raises:
            UsageError: It cannot be read.
        """
        return read_manifest(self.folder / MANIFEST)


class Place:
    """The place where releases go live, and those that are kept beside it."""

    def __init__(self, to: Path) -> None:
        """Take the place; nothing is made yet."""
        # Not resolved at its end: that may be the very link that is to be replaced.
        self.to = to.parent.resolve() / to.name
        self.home = self.to.with_name(f".{self.to.name}.releases")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from publishing here, and put in order what a killed one has left.

        Raises:
            UsageError: The place cannot be used, or holds something that is no site.
        """
        self._refuse()
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with held(self.home):
                self.recover()
                yield
        except OSError as refused:
            where = f" ({refused.filename})" if refused.filename else ""
            raise UsageError(
                f"the release cannot be put in {self.to}: {refused.strerror}{where}; "
                "what was live there still is"
            ) from refused

    def _refuse(self) -> None:
        if self.to.is_file():
            raise UsageError(f"{self.to} is a file; choose another folder with --to")
        site = not self.to.is_dir() or not any(self.to.iterdir()) or is_site(self.to)
        if not site and not (self.to / MANIFEST).is_file():
            raise UsageError(
                f"{self.to} is not empty and does not look like a site; "
                "empty it, or choose another folder with --to"
            )

    def recover(self) -> None:
        """Put in order what a publish has left that was killed; nothing of the live one."""
        last = self._previous
        if last.exists() and not os.path.lexists(self.to):
            last.rename(self.to)
        live = self.live
        for folder in sorted(self.home.iterdir()):
            if folder == self._spare:
                continue
            if folder.name.startswith(".") and folder != last:
                _remove(folder)
            else:
                self._name_rightly(folder, live)

    @property
    def _previous(self) -> Path:
        return self.home / ".previous"

    @property
    def _spare(self) -> Path:
        """Return the release that is no longer kept: little makes the next one of it."""
        return self.home / ".spare"

    def _put_by(self, folder: Path) -> None:
        """Let a folder be the spare, or remove it if there is one."""
        if folder.exists() and not self._spare.exists():
            # It is no release any more, wherever it is found.
            (folder / MANIFEST).unlink(missing_ok=True)
            folder.rename(self._spare)
        _remove(folder)

    def _name_rightly(self, folder: Path, live: Kept | None) -> None:
        """Give a release in the home the name that its manifest says; drop what is none."""
        header = read_header(folder)
        if header is None or (live is not None and _doubles(folder, header, live)):
            _remove(folder)
        elif folder.name != header.release:
            right = self.home / header.release
            if right.exists():
                _remove(folder)
            else:
                folder.rename(right)

    @property
    def live(self) -> Kept | None:
        """Return the release that readers are shown; None where there is none."""
        header = read_header(self.to)
        if header is None:
            return None
        folder = self.to.resolve()
        return Kept(folder, header, folder.stat().st_mtime_ns, live=True)

    def kept(self) -> tuple[Kept, ...]:
        """Return every release that is kept, the live one too, the newest first."""
        live = self.live
        found = {} if live is None else {live.folder: live}
        for folder in sorted(self.home.glob("[!.]*")):
            header = read_header(folder)
            if header is not None and folder.name == header.release and folder not in found:
                found[folder] = Kept(folder, header, folder.stat().st_mtime_ns, live=False)
        return tuple(sorted(found.values(), key=lambda one: (-one.placed, one.name)))

    def find(self, name: str) -> Kept:
        """Return the one kept release whose name begins so.

        Raises:
            UsageError: There is none, or there are several.
        """
        kept = self.kept()
        exact = [one for one in kept if one.name == name]
        found = exact or [one for one in kept if name in (one.name[: len(name)], _short(one))]
        if len(found) == 1:
            return found[0]
        known = ", ".join(one.name for one in kept) or "none at all"
        why = "several releases are" if found else "no release that is kept is"
        raise UsageError(f"{why} called {name}; there is {known}")

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a folder on the file system of the place; an old release may be in it."""
        folder = Path(tempfile.mkdtemp(prefix=".new-", dir=self.home))
        try:
            if self._spare.is_dir():
                self._spare.rename(folder)
            folder.chmod(_MODE)
            yield folder
        except BaseException:
            _remove(folder)
            raise
        self._put_by(folder)

    def put(self, staging: Path, name: str, *, link: bool = False) -> None:
        """Let a finished release go live.

        Args:
            staging: It, in a folder that `staging` gave.
            name: Its name.
            link: Whether the place becomes a link, where there is nothing yet.

        Raises:
            OSError: It cannot; what was live still is.
        """
        folder = self.home / name
        if folder.exists():
            # The same files with other evidence; nobody is shown a mix of the two.
            self._swap(staging, folder)
        else:
            staging.rename(folder)
        self.show(folder, link=link)

    def show(self, folder: Path, *, link: bool = False) -> None:
        """Let readers be shown a release in the home; see `put`."""
        if self.to.is_symlink() or (link and not self.to.exists()):
            self._lead_to(folder)
        elif not self.to.exists():
            folder.rename(self.to)
        else:
            self._swap(folder, self.to)
            self._name_rightly(folder, self.live)

    def _lead_to(self, folder: Path) -> None:
        new = self.home / ".link"
        new.unlink(missing_ok=True)
        new.symlink_to(os.path.relpath(folder, self.to.parent))
        new.replace(self.to)

    def _swap(self, one: Path, other: Path) -> None:
        """Let two folders change places: in one step, or with a moment between two renames."""
        if exchange(one, other):
            return
        previous = self._previous
        other.rename(previous)
        try:
            one.rename(other)
        except OSError:
            previous.rename(other)
            raise
        previous.rename(one)

    def prune(self, keep: int) -> tuple[str, ...]:
        """Remove the oldest releases, but never the live one; return their names.

        Args:
            keep: How many stay.
        """
        kept = self.kept()
        others = [one for one in kept if not one.live]
        surplus = others[max(0, keep - (len(kept) - len(others))) :]
        for one in surplus:
            # Out of the list before it is no longer whole.
            doomed = self.home / f".old-{one.name}"
            with suppress(OSError):
                one.folder.rename(doomed)
                self._put_by(doomed)
        return tuple(one.name for one in surplus)


def _doubles(folder: Path, header: Header, live: Kept) -> bool:
    return header.release == live.name and folder.resolve() != live.folder


def _short(one: Kept) -> str:
    return one.name.rpartition("-")[2]


def _remove(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)


def read_header(folder: Path) -> Header | None:
    """Return what the manifest in a folder says first; None where there is none to be read."""
    try:
        header = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Header)
    except (OSError, msgspec.MsgspecError):
        return None
    return header if header.version == VERSION else None


def read_manifest(file: Path) -> Manifest:
    """Read a manifest.

    Raises:
        UsageError: There is none, or it cannot be read.
    """
    try:
        return decoded(file.read_bytes())
    except OSError as refused:
        raise UsageError(f"there is no manifest {file}: {refused.strerror}") from refused
    except ValueError as wrong:
        raise UsageError(f"{file} is not the manifest of a release: {wrong}") from wrong
