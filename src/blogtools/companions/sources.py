"""Where a companion's modules lie: in fetched source, or in this repository."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blogtools.companions.digests import files_digest
from blogtools.companions.fetch import fetch, is_fetched
from blogtools.model.companion import Companion, FetchError, Locked

_READABLE = "Restore the file, or point `path` elsewhere"


@dataclass(frozen=True, slots=True)
class Sources:
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
            FetchError: A checkout has no such folder or module.
        """
        if locked is not None:
            return f"sha256:{locked.sha256}"
        folder = self.folder(companion, None)
        try:
            return f"tree:{files_digest(folder, _source_files(folder, companion))}"
        except OSError as unreadable:
            reason = f"{unreadable.filename or companion.path} cannot be read"
            raise FetchError(f"{companion.label}: {reason}", _READABLE) from unreadable

    def folder(self, companion: Companion, locked: Locked | None) -> Path:
        """Return the folder in which the companion's modules lie, fetching it where needed.

        Args:
            companion: The companion.
            locked: Its entry in the lock; None for a checkout.

        Raises:
            FetchError: It cannot be fetched, or a module is not in it.
        """
        tree = self.root / companion.path if locked is None else fetch(locked, self.cache_dir)
        bases = [base for base in _bases(tree) if _module(base, companion.modules[0])]
        base = bases[0] if bases else tree
        missing = [name for name in companion.modules if not _module(base, name)]
        if missing:
            raise _missing_module(companion, missing[0], base)
        return base

    def is_fetched(self, locked: Locked) -> bool:
        """Return whether a locked file's source is there, so that no network is needed."""
        return is_fetched(locked, self.cache_dir)


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
            yield from (path for path in module.rglob("*.py*") if path.suffix in (".py", ".pyi"))
        elif module is not None:
            yield module


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
