"""Digests of folders: content decides, never the time of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def tree_digest(folder: Path) -> str:
    """Return a digest of the names and contents of all files below a folder.

    Raises:
        OSError: A file cannot be read.
    """
    return files_digest(folder, (path for path in folder.rglob("*") if path.is_file()))


def files_digest(folder: Path, files: Iterable[Path]) -> str:
    """Return a digest of the contents of files, and of their names below a folder.

    Raises:
        OSError: A file cannot be read.
    """
    whole = hashlib.blake2b(digest_size=16)
    for file in sorted(set(files)):
        content = hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()
        whole.update(f"{file.relative_to(folder).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()


def source_digest(folder: Path) -> str:
    """Return the SHA-256 of the Python files below a folder: of their names and digests, in order.

    Raises:
        OSError: A file cannot be read.
    """
    whole = hashlib.sha256()
    files = (file for file in folder.rglob("*.py*") if file.suffix in (".py", ".pyi"))
    for file in sorted(files, key=lambda file: file.relative_to(folder).as_posix()):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        whole.update(f"{content}  {file.relative_to(folder).as_posix()}\n".encode())
    return whole.hexdigest()
