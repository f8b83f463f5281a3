"""Where a companion's modules lie: in fetched source, or in this repository."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from blogtools.build.files import NO_FILE, walk
from blogtools.companions import git, guides, kept
from blogtools.companions.digests import files_digest, source_digest
from blogtools.model.companion import Companion, FetchError, Guide, Locked

#: Where the source of a version lies in what is handed to another machine.
_FETCHED = "fetched"
_READABLE = "Restore the file, or point `path` elsewhere"


class Sources(Struct, frozen=True):
    """The source of companions, for one project.

    Attributes:
        root: The folder of the configuration file.
        cache_dir: Where fetched source is kept.
    """

    root: Path
    cache_dir: Path

    def digest(self, companion: Companion, locked: Locked | None) -> str:
        """Return a digest that changes whenever the companion's source does; needs no network.

        Raises:
            FetchError: A working tree has no such folder or module.
        """
        if locked is not None and locked.commit:
            return f"commit:{locked.commit}:{locked.sha256}:{self._inside(companion)}"
        if locked is not None:
            return f"sha256:{locked.sha256}"
        try:
            return f"tree:{self._working_digest(companion)}"
        except OSError as unreadable:
            reason = f"{unreadable.filename or companion.path} cannot be read"
            raise FetchError(f"{companion.label}: {reason}", _READABLE) from unreadable

    def _working_digest(self, companion: Companion) -> str:
        folder = self.folder(companion, None)
        digest = files_digest(folder, _source_files(folder, companion))
        if not companion.guide:
            return digest
        guide = _existing(self.root / companion.guide, companion)
        shown = (file for file in guide.rglob("*") if file.is_file())
        return f"{digest}:{files_digest(guide, shown)}"

    def folder(self, companion: Companion, locked: Locked | None) -> Path:
        """Return the folder in which the companion's modules lie, fetching it where needed.

        Args:
            companion: The companion.
            locked: Its entry in the lock; None for a working tree.

        Raises:
            FetchError: It cannot be fetched, or a module is not in it.
        """
        tree = self._tree(companion, locked)
        if locked is None or locked.commit:
            tree /= companion.path
        bases = [base for base in _bases(tree) if _module(base, companion.modules[0])]
        base = bases[0] if bases else tree
        missing = [name for name in companion.modules if not _module(base, name)]
        if missing:
            raise _missing_module(companion, missing[0], base)
        return base

    def guide(self, companion: Companion, locked: Locked | None) -> Guide | None:
        """Return the pages to show beside the API, or None if there are to be none.

        Args:
            companion: The companion.
            locked: Its entry in the lock; None for a working tree.

        Raises:
            FetchError: It cannot be fetched, or has no such folder.
        """
        if not companion.guide:
            return None
        folder = _existing(self._tree(companion, locked) / companion.guide, companion)
        known: Mapping[str, str] = {}
        if locked is not None and companion.source_url:
            source = git.fetch(locked, self.repository(companion), self.cache_dir)
            base = self.folder(companion, locked).relative_to(source).as_posix()
            inside = folder.relative_to(source).as_posix()
            known = dict(_addresses(companion, git.names(source), base, inside))
        return Guide(folder, known, tuple(guides.shown(folder)))

    def _tree(self, companion: Companion, locked: Locked | None) -> Path:
        """Return the folder that ``path`` and ``guide`` are relative to."""
        if locked is None:
            return self.root
        if not locked.commit:
            # pip, archives, licences: hardly any build has a file to fetch.
            from blogtools.companions.fetch import fetch

            return fetch(locked, self.cache_dir)
        source = git.fetch(locked, self.repository(companion), self.cache_dir)
        return source / self._inside(companion)

    def _inside(self, companion: Companion) -> str:
        """Return the folder of the configuration in this repository; of another one, its top."""
        if companion.source != "checkout":
            return "."
        return self.root.relative_to(git.top(self.root)).as_posix()

    def repository(self, companion: Companion) -> str:
        """Return where a companion's tags are: an address, or a folder of this machine."""
        if companion.source == "checkout":
            return str(git.top(self.root))
        here = self.root / companion.repository
        return str(here) if here.is_dir() else companion.repository

    def is_fetched(self, locked: Locked) -> bool:
        """Return whether a locked version's source is there, so that no network is needed."""
        known = git.is_fetched if locked.commit else kept.is_fetched
        return known(locked, self.cache_dir)

    def hand_out(self, locked: Locked, folder: Path) -> None:
        """Copy a version's source, if it is there, to where `take_in` looks for it.

        Raises:
            FetchError: The folder cannot be written.
        """
        if self.is_fetched(locked):
            try:
                shutil.copytree(self._home(locked), folder / _FETCHED)
            except (OSError, shutil.Error) as failed:
                reason = f"{folder} cannot be written"
                raise FetchError(reason, "Name another folder with --to") from failed

    def take_in(self, locked: Locked, folder: Path) -> None:
        """Keep what `hand_out` wrote, if it is whole and of this version.

        Raises:
            FetchError: It cannot be stored.
        """
        given = folder / _FETCHED
        if self.is_fetched(locked) or not kept.is_whole(given, locked):
            return
        if locked.commit and source_digest(given / kept.SOURCE) != locked.sha256:
            return
        with kept.scratch_in(self.cache_dir) as scratch:
            draft = Path(scratch, "draft")
            shutil.copytree(given, draft)
            kept.settle(draft, locked, Path(scratch), self._home(locked))

    def _home(self, locked: Locked) -> Path:
        return (
            git.home_of(locked, self.cache_dir) if locked.commit else self.cache_dir / locked.sha256
        )


def _existing(folder: Path, companion: Companion) -> Path:
    """Return the folder of a guide, which must be there."""
    if not folder.is_dir():
        reason = f"{companion.label} has no folder {companion.guide!r} for its guide"
        raise FetchError(reason, "Set `guide` to the folder of its pages, or leave it out")
    return folder


def _addresses(
    companion: Companion, files: frozenset[str], base: str, guide: str
) -> Iterator[tuple[str, str]]:
    """Yield where links from a guide to the files around it may lead.

    Args:
        companion: Its ``source_url`` is an address for each file in the folder of modules.
        files: All files of the commit.
        base: The folder of the modules, below the commit's top.
        guide: The folder of the guide, likewise.
    """
    template = companion.source_url.replace("{version}", companion.version).split("#")[0]
    before, _, after = template.partition("{path}")
    inside = "" if base == "." else f"{base}/"
    # An address that ends in the folder of modules tells that of the whole repository, too.
    whole = before.removesuffix(inside) if before.endswith(f"/{inside}") or not inside else None
    for file in files:
        path = posixpath.relpath(file, guide)
        if not path.startswith("../") or "{line}" in template:
            continue
        if whole is not None:
            yield path, f"{whole}{file}{after}"
        elif file.startswith(inside):
            yield path, f"{before}{file.removeprefix(inside)}{after}"


def _bases(tree: Path) -> Iterator[Path]:
    """Yield the folders of a checkout, a wheel or a source archive that may hold modules."""
    yield tree
    yield tree / "src"
    yield from sorted(tree.glob("*.data/purelib"))
    yield from sorted(tree.glob("*.data/platlib"))


def _module(base: Path, dotted: str) -> Path | None:
    """Return the folder or the file of a module, or None if there is none."""
    path = base.joinpath(*dotted.split("."))
    if path.is_dir():
        return path
    files = (path.with_name(f"{path.name}{suffix}") for suffix in (".py", ".pyi"))
    return next((file for file in files if file.is_file()), None)


def _source_files(folder: Path, companion: Companion) -> Iterator[Path]:
    """Yield the Python files of a companion's modules."""
    for dotted in companion.modules:
        module = _module(folder, dotted)
        if module is not None and module.is_dir():
            yield from _python_files(module, companion)
        elif module is not None:
            yield module


def _python_files(module: Path, companion: Companion) -> Iterator[Path]:
    """Yield the Python files below a folder; what reads them follows links to folders, too.

    Raises:
        FetchError: One is no regular file: reading it might never end.
    """
    for path, stamp in walk(str(module)):
        if not path.endswith((".py", ".pyi")):
            continue
        if stamp is NO_FILE:
            reason = f"{module / path} is a pipe, a socket or a device, and no file"
            raise FetchError(f"{companion.label}: {reason}", "Remove it, or keep it elsewhere")
        yield module / path


def _missing_module(companion: Companion, module: str, base: Path) -> FetchError:
    """Return the error for a module that is not where it should be."""
    if not base.is_dir():
        reason = f"The folder {companion.path or '.'!r} of companion {companion.name} is missing"
        return FetchError(reason, "Set its `path` to the folder that holds its modules")
    there = sorted(path.stem for path in base.iterdir() if _is_module(path))
    hint = f"There are: {', '.join(there[:8])}" if there else "Set `path` and `modules` to match"
    return FetchError(f"{companion.label} has no module {module!r}", hint)


def _is_module(path: Path) -> bool:
    """Return whether a path looks like something that can be imported."""
    return path.suffix == ".py" or (path / "__init__.py").is_file()
