"""Which files a piece of work opens, or looks for in vain."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# What belongs to the interpreter and to installed packages is known by their versions.
_KNOWN = tuple({f"{os.path.abspath(p)}{os.sep}" for p in (sys.prefix, sys.base_prefix)})
_recordings: list[set[str]] = []
_hooked = False


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _recordings:
        file = arguments[0]
        if isinstance(file, str | os.PathLike):
            _note(os.path.abspath(os.fspath(file)))


def _note(path: str | bytes) -> None:
    name = os.fsdecode(path)
    if not name.startswith(_KNOWN) and "site-packages" not in name and not name.endswith(".pyc"):
        _recordings[-1].add(name)


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Record the absolute path of every file that the block opens, whoever does it.

    Yields:
        The paths so far; `looked_for` adds more.
    """
    global _hooked
    if not _hooked:
        # It can never be taken out again, and costs next to nothing while nobody records.
        sys.addaudithook(_hook)
        _hooked = True
    _recordings.append(set())
    try:
        yield _recordings[-1]
    finally:
        _recordings.pop()


def looked_for(path: str) -> None:
    """Add a file that was looked for without being opened, since it may not be there."""
    if _recordings:
        _note(os.path.abspath(path))
