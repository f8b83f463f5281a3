"""Results kept by key: inventories as JSON, references as folders. Damaged means absent.

A reference has a manifest beside it, with the digest of each file. All files are read when it is
first used after it was made, or brought here; later, sizes and times are a shortcut to that.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct, to_builtins

from blogtools.app.reference import BuiltTree, Keys
from blogtools.build.files import NO_STAMP, Stamp, settled, walk
from blogtools.model.changes import Changes
from blogtools.model.companion import CompanionError, Inventory
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.digest import digest

_MARKER = "complete.json"
#: The stamps of a reference's files when they were last read, on this machine.
_LOOKED = "looked.json"
_TREE = "site"
#: Results of each kind that are kept beyond those that are wanted now, at some 5 MB a reference.
_KEPT = 40
#: What is handed to another machine.
_INVENTORY = "inventory.json"
_KEYS = "keys.json"

T = TypeVar("T")


class _Manifest(Struct, frozen=True):
    """What a reference consists of.

    Attributes:
        files: The digest of each file, in hexadecimal digits.
        diagnostics: What its build complained of.
    """

    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


_INVENTORIES = msgspec.json.Decoder(Inventory)
_CHANGES = msgspec.json.Decoder(Changes)
_MANIFESTS = msgspec.json.Decoder(_Manifest)
_STAMPS = msgspec.json.Decoder(dict[str, Stamp])


class FileStore(Struct, frozen=True):
    """A store below the folder of blogtools' state, which may be deleted at any time.

    Attributes:
        state_dir: ``.blogtools`` beside the configuration file.
        wanted: How many results of each kind the blog shows at once.
        verify: Whether to read every file instead of trusting sizes and times.
    """

    state_dir: Path
    wanted: int = 0
    verify: bool = False

    def inventory(self, key: str) -> Inventory | None:
        """Return a kept inventory, or None."""
        return _value(self._file("inventories", key), _INVENTORIES)

    def keep_inventory(self, key: str, inventory: Inventory) -> None:
        """Keep an inventory; a disk that takes none costs time later, and nothing else."""
        self._keep(self._file("inventories", key), inventory)

    def changes(self, key: str) -> Changes | None:
        """Return kept changes between two versions, or None."""
        return _value(self._file("changes", key), _CHANGES)

    def keep_changes(self, key: str, changes: Changes) -> None:
        """Keep the changes between two versions, as `keep_inventory` does."""
        self._keep(self._file("changes", key), changes)

    def _keep(self, file: Path, value: Inventory | Changes) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=file.parent) as scratch:
                draft = Path(scratch, file.name)
                draft.write_bytes(_sealed(value))
                draft.replace(file)
        except OSError:
            return
        _forget_oldest(file.parent.glob("*.json"), self.wanted)

    def tree(self, key: str) -> BuiltTree | None:
        """Return a kept reference if it is still as it was made, or None."""
        found = _whole(self._references / key, verify=self.verify)
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
            manifest = _Manifest(_digests(draft / _TREE), diagnostics)
            (draft / _MARKER).write_bytes(_sealed(manifest))
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
                shutil.copytree(kept.folder, draft / _TREE)
                shutil.copyfile(kept.folder.parent / _MARKER, draft / _MARKER)
                shutil.copyfile(self._file("inventories", keys.inventory), draft / _INVENTORY)
                (draft / _KEYS).write_text(json.dumps(to_builtins(keys)), encoding="utf-8")
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
            inventory = _checked((folder / _INVENTORY).read_bytes(), _INVENTORIES)
        except (OSError, ValueError, msgspec.MsgspecError):
            return False
        links = any(path.is_symlink() for path in folder.rglob("*"))
        if given != to_builtins(keys) or inventory is None or links:
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


def _value(file: Path, decoder: msgspec.json.Decoder[T]) -> T | None:
    """Return a value that was kept in a file, or None."""
    try:
        found = _checked(file.read_bytes(), decoder)
        _note_use(file)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    return found


def _sealed(value: object) -> bytes:
    """Return a value as `_checked` reads it."""
    text = msgspec.json.encode(value)
    return _checksum(text).encode() + b"\n" + text


def _checked(data: bytes, decoder: msgspec.json.Decoder[T]) -> T | None:
    """Return the value that was kept, or None if it is damaged."""
    checksum, _, text = data.partition(b"\n")
    return decoder.decode(text) if checksum.decode() == _checksum(text) else None


def _digests(tree: Path) -> dict[str, str]:
    """Return the digest of each file below a folder, in the order of their paths."""
    paths = sorted(path for path, _ in walk(str(tree)))
    return {path: digest((tree / path).read_bytes()).hex() for path in paths}


def _whole(home: Path, *, verify: bool = True) -> BuiltTree | None:
    """Return the reference in a folder if every file of it is as its marker says, or None.

    Args:
        home: The folder.
        verify: Whether to read every file, instead of trusting sizes and times.
    """
    try:
        manifest = _checked((home / _MARKER).read_bytes(), _MANIFESTS)
        if manifest is None:
            return None
        files = {path: bytes.fromhex(each) for path, each in manifest.files.items()}
        if not _stand(home, files, {} if verify else _looked(home)):
            return None
        return BuiltTree(home / _TREE, manifest.diagnostics, files)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def _stand(home: Path, digests: Mapping[str, bytes], looked: Mapping[str, Stamp]) -> bool:
    """Return whether a reference consists of these files; remember what they looked like."""
    moment = time.time_ns()
    stamps = dict(walk(str(home / _TREE), follow=False))
    if stamps.keys() != digests.keys() or NO_STAMP in stamps.values():
        return False
    strange = [path for path, stamp in stamps.items() if looked.get(path) != stamp]
    if any(digest((home / _TREE / path).read_bytes()) != digests[path] for path in strange):
        return False
    if strange:
        _note_look(home, {path: settled(stamp, moment) for path, stamp in stamps.items()})
    return True


def _looked(home: Path) -> Mapping[str, Stamp]:
    """Return what the files of a reference looked like when they were read."""
    try:
        return _STAMPS.decode((home / _LOOKED).read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}


def _note_look(home: Path, stamps: Mapping[str, Stamp]) -> None:
    """Spare the next build the reading; a disk that does not let us is no reason to stop."""
    with suppress(OSError), tempfile.TemporaryDirectory(prefix=".new-", dir=home) as scratch:
        draft = Path(scratch, _LOOKED)
        draft.write_bytes(msgspec.json.encode(stamps))
        draft.replace(home / _LOOKED)


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


def _checksum(text: bytes) -> str:
    """Return a digest of a text."""
    return digest(text).hex()


def _unwritable(failed: OSError) -> CompanionError:
    """Return the error for a store that cannot be written."""
    reason = failed.strerror or str(failed)
    return CompanionError(
        f"The reference cannot be stored: {reason}", "Make the folder .blogtools writable"
    )
