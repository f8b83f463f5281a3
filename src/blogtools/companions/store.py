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
from typing import Any

from blogtools.app.reference import BuiltTree
from blogtools.companions.digests import tree_digest
from blogtools.model.companion import CompanionError, Inventory, ModulePage, Symbol
from blogtools.model.diagnostic import Diagnostic, Severity

_LAYOUT = 1
_MARKER = "complete.json"
_TREE = "site"
#: Results of each kind that are kept: more than a site shows at once, at some 5 MB a reference.
_KEPT = 40


@dataclass(frozen=True, slots=True)
class FileStore:
    """A store below the folder of blogtools' state, which may be deleted at any time.

    Attributes:
        state_dir: ``.blogtools`` beside the configuration file.
    """

    state_dir: Path

    def inventory(self, key: str) -> Inventory | None:
        """Return a kept inventory, or None."""
        try:
            file = self._inventory_file(key)
            checksum, _, text = file.read_text("utf-8").partition("\n")
            _note_use(file)
            return _to_inventory(json.loads(text)) if checksum == _checksum(text) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep_inventory(self, key: str, inventory: Inventory) -> None:
        """Keep an inventory; a disk that takes none costs time later, and nothing else."""
        text = json.dumps(asdict(inventory))
        file = self._inventory_file(key)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=file.parent) as scratch:
                draft = Path(scratch, file.name)
                draft.write_text(f"{_checksum(text)}\n{text}", encoding="utf-8")
                draft.replace(file)
        except OSError:
            return
        _forget_oldest(file.parent.glob("*.json"))

    def tree(self, key: str) -> BuiltTree | None:
        """Return a kept reference if every byte of it is still there, or None."""
        home = self._references / key
        try:
            marker = json.loads((home / _MARKER).read_bytes())
            if marker["tree"] != [_LAYOUT, tree_digest(home / _TREE)]:
                return None
            _note_use(home / _MARKER)
            return BuiltTree(home / _TREE, tuple(map(_to_diagnostic, marker["diagnostics"])))
        except (OSError, ValueError, KeyError, TypeError):
            return None

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
        _forget_oldest(self._references.glob(f"*/{_MARKER}"))
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

    def _inventory_file(self, key: str) -> Path:
        return self.state_dir / "inventories" / f"{key}.json"


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
    )


def _to_page(data: Mapping[str, Any]) -> ModulePage:
    """Return the page that JSON holds."""
    reexports = tuple((str(name), str(path)) for name, path in data["reexports"])
    return ModulePage(data["module"], data["summary"], tuple(data["members"]), reexports)


def _to_diagnostic(data: Mapping[str, Any]) -> Diagnostic:
    """Return the diagnostic that JSON holds."""
    return Diagnostic(**{**data, "severity": Severity(data["severity"])})


def _note_use(file: Path) -> None:
    """Remember that a result is of use; a disk that does not let us is no reason to stop."""
    with suppress(OSError):
        os.utime(file)


def _forget_oldest(files: Iterable[Path]) -> None:
    """Remove the results that were not used for longest: a checkout gives a new one each edit.

    Args:
        files: Inventories, or the markers of references.
    """
    with suppress(OSError):
        newest_first = sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for file in newest_first[_KEPT:]:
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
