"""Results kept by key: inventories as JSON, references as folders. Damaged means absent."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from blogtools.app.reference import BuiltTree, Keys
from blogtools.companions.digests import tree_digest
from blogtools.model.changes import (
    Breaking,
    Changes,
    DefaultChange,
    Deprecation,
    Removal,
    Renaming,
    SignatureChange,
)
from blogtools.model.companion import CompanionError, Inventory, ModulePage, ObjectPage, Symbol
from blogtools.model.diagnostic import Diagnostic, Severity

T = TypeVar("T")

_LAYOUT = 1
_MARKER = "complete.json"
_TREE = "site"
#: Results of each kind that are kept beyond those that are wanted now, at some 5 MB a reference.
_KEPT = 40
#: What is handed to another machine.
_INVENTORY = "inventory.json"
_KEYS = "keys.json"


@dataclass(frozen=True, slots=True)
class FileStore:
    """A store below the folder of blogtools' state, which may be deleted at any time.

    Attributes:
        state_dir: ``.blogtools`` beside the configuration file.
        wanted: How many results of each kind the blog shows at once.
    """

    state_dir: Path
    wanted: int = 0

    def inventory(self, key: str) -> Inventory | None:
        """Return a kept inventory, or None."""
        return self._value(self._file("inventories", key), _to_inventory)

    def keep_inventory(self, key: str, inventory: Inventory) -> None:
        """Keep an inventory; a disk that takes none costs time later, and nothing else."""
        self._keep(self._file("inventories", key), inventory)

    def changes(self, key: str) -> Changes | None:
        """Return kept changes between two versions, or None."""
        return self._value(self._file("changes", key), _to_changes)

    def keep_changes(self, key: str, changes: Changes) -> None:
        """Keep the changes between two versions, as `keep_inventory` does."""
        self._keep(self._file("changes", key), changes)

    def _value(self, file: Path, read: Callable[[Mapping[str, Any]], T]) -> T | None:
        """Return a value that was kept as JSON, or None."""
        try:
            found = _checked(file.read_text("utf-8"), read)
            _note_use(file)
            return found
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _keep(self, file: Path, value: Inventory | Changes) -> None:
        text = json.dumps(asdict(value))
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=file.parent) as scratch:
                draft = Path(scratch, file.name)
                draft.write_text(f"{_checksum(text)}\n{text}", encoding="utf-8")
                draft.replace(file)
        except OSError:
            return
        _forget_oldest(file.parent.glob("*.json"), self.wanted)

    def tree(self, key: str) -> BuiltTree | None:
        """Return a kept reference if every byte of it is still there, or None."""
        found = _whole(self._references / key)
        if found is not None:
            _note_use(self._references / key / _MARKER)
        return found

    def keep_tree(self, key: str, make: Callable[[Path], tuple[Diagnostic, ...]]) -> BuiltTree:
        """Make a reference and keep it, as a whole or not at all; two processes may do so at once.

        Raises:
            CompanionError: It cannot be made, or not be stored.
        """
        with self._scratch() as scratch:
            draft = scratch / "draft"
            draft.mkdir()
            diagnostics = make(draft / _TREE)
            marker = {
                "tree": [_LAYOUT, tree_digest(draft / _TREE)],
                "diagnostics": [asdict(found) for found in diagnostics],
            }
            (draft / _MARKER).write_text(json.dumps(marker), encoding="utf-8")
            return self._move(draft, key, scratch)

    def hand_out(self, keys: Keys, folder: Path) -> None:
        """Copy a kept reference and its inventory into a folder, as a whole or not at all.

        Raises:
            CompanionError: The reference is not there any more, or the folder cannot be written.
        """
        kept, inventory = self.tree(keys.tree), self.inventory(keys.inventory)
        if kept is None or inventory is None:
            raise CompanionError("The reference is not in the store any more", "Build it again")
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as scratch:
                draft = Path(scratch, "draft")
                shutil.copytree(kept.folder.parent, draft)
                shutil.copyfile(self._file("inventories", keys.inventory), draft / _INVENTORY)
                (draft / _KEYS).write_text(json.dumps(asdict(keys)), encoding="utf-8")
                if folder.exists():
                    folder.rename(Path(scratch, "before"))
                draft.rename(folder)
        except OSError as failed:
            reason = f"{folder} cannot be written: {failed.strerror}"
            raise CompanionError(reason, "Name another folder with --to") from failed

    def take_in(self, keys: Keys, folder: Path) -> bool:
        """Keep what `hand_out` wrote into a folder, if it is whole and of these keys.

        Args:
            keys: What is wanted here; they hold everything that the results are made of.
            folder: The folder, from wherever it comes.

        Returns:
            Whether it is.

        Raises:
            CompanionError: It cannot be stored.
        """
        try:
            given = json.loads((folder / _KEYS).read_bytes())
            inventory = _checked((folder / _INVENTORY).read_text("utf-8"), _to_inventory)
        except (OSError, ValueError, KeyError, TypeError):
            return False
        links = any(path.is_symlink() for path in folder.rglob("*"))
        if given != asdict(keys) or inventory is None or links:
            return False
        with self._scratch() as scratch:
            draft = scratch / "draft"
            try:
                shutil.copytree(folder / _TREE, draft / _TREE)
                shutil.copyfile(folder / _MARKER, draft / _MARKER)
            except (OSError, shutil.Error):
                return False
            if _whole(draft) is None:
                return False
            self._move(draft, keys.tree, scratch)
        self.keep_inventory(keys.inventory, inventory)
        return True

    def _move(self, draft: Path, key: str, scratch: Path) -> BuiltTree:
        """Put a finished reference in its place; an equal one that came first stays."""
        home = self._references / key
        try:
            if home.exists() and self.tree(key) is None:
                home.rename(scratch / "broken")
            draft.rename(home)
        except OSError as failed:
            if self.tree(key) is None:
                raise _unwritable(failed) from failed
        kept = self.tree(key)
        if kept is None:
            raise _unwritable(OSError("it changed while it was stored"))
        _forget_oldest(self._references.glob(f"*/{_MARKER}"), self.wanted)
        return kept

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """Give a folder to work in, on the same disk as the store."""
        try:
            self._references.mkdir(parents=True, exist_ok=True)
            folder = tempfile.TemporaryDirectory(
                prefix=".new-", dir=self._references, ignore_cleanup_errors=True
            )
        except OSError as failed:
            raise _unwritable(failed) from failed
        with folder as name:
            yield Path(name)

    @property
    def _references(self) -> Path:
        return self.state_dir / "references"

    def _file(self, kind: str, key: str) -> Path:
        return self.state_dir / kind / f"{key}.json"


def _whole(home: Path) -> BuiltTree | None:
    """Return the reference in a folder if every byte of it is as its marker says, or None."""
    try:
        marker = json.loads((home / _MARKER).read_bytes())
        if marker["tree"] != [_LAYOUT, tree_digest(home / _TREE)]:
            return None
        return BuiltTree(home / _TREE, tuple(map(_to_diagnostic, marker["diagnostics"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _checked(text: str, read: Callable[[Mapping[str, Any]], T]) -> T | None:
    """Return the value that a kept text holds, or None if it is damaged."""
    checksum, _, data = text.partition("\n")
    return read(json.loads(data)) if checksum == _checksum(data) else None


def _to_inventory(data: Mapping[str, Any]) -> Inventory:
    """Return the inventory that JSON holds."""
    return Inventory(
        name=str(data["name"]),
        version=str(data["version"]),
        url=str(data["url"]),
        symbols={str(path): str(url) for path, url in data["symbols"].items()},
        roots=tuple(data["roots"]),
        objects=tuple(Symbol(**found) for found in data["objects"]),
        pages=tuple(_to_page(page) for page in data["pages"]),
        inherited={str(path): dict(names) for path, names in data["inherited"].items()},
    )


def _to_page(data: Mapping[str, Any]) -> ModulePage:
    """Return the page that JSON holds."""
    reexports = tuple((str(name), str(path)) for name, path in data["reexports"])
    apart = tuple(ObjectPage(**found) for found in data["apart"])
    return ModulePage(data["module"], data["summary"], tuple(data["members"]), reexports, apart)


def _to_changes(data: Mapping[str, Any]) -> Changes:
    """Return the changes that JSON holds."""
    lists = {name: tuple(kind(one) for one in data[name]) for name, kind in _LISTS.items()}
    names, gone = dict(data["names"]), tuple(data["gone"])
    return Changes(data["name"], data["old"], data["new"], **lists, gone=gone, names=names)


def _with_symbols(kind: Callable[..., T]) -> Callable[[Mapping[str, Any]], T]:
    """Return what reads a value of which the mappings are symbols."""

    def read(data: Mapping[str, Any]) -> T:
        return kind(**{k: Symbol(**v) if isinstance(v, dict) else v for k, v in data.items()})

    return read


_LISTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "breaking": _with_symbols(Breaking),
    "removed": _with_symbols(Removal),
    "added": lambda data: Symbol(**data),
    "signatures": _with_symbols(SignatureChange),
    "defaults": _with_symbols(DefaultChange),
    "deprecated": _with_symbols(Deprecation),
    "renamed": _with_symbols(Renaming),
}


def _to_diagnostic(data: Mapping[str, Any]) -> Diagnostic:
    """Return the diagnostic that JSON holds."""
    return Diagnostic(**{**data, "severity": Severity(data["severity"])})


def _note_use(file: Path) -> None:
    """Remember that a result is of use; a disk that does not let us is no reason to stop."""
    with suppress(OSError):
        os.utime(file)


def _forget_oldest(files: Iterable[Path], wanted: int) -> None:
    """Remove the results that were not used for longest: a checkout gives a new one each edit.

    Args:
        files: Inventories, or the markers of references.
        wanted: How many of them the blog shows.
    """
    with suppress(OSError):
        newest_first = sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for file in newest_first[_KEPT + wanted :]:
            # The marker goes first: what is left of a reference is then no reference.
            file.unlink(missing_ok=True)
            if file.name == _MARKER:
                shutil.rmtree(file.parent, ignore_errors=True)


def _checksum(text: str) -> str:
    """Return a digest of a text."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _unwritable(failed: OSError) -> CompanionError:
    """Return the error for a store that cannot be written."""
    reason = failed.strerror or str(failed)
    return CompanionError(
        f"The reference cannot be stored: {reason}", "Make the folder .blogtools writable"
    )
