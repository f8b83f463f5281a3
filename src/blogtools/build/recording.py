"""Which files a piece of work reads, or looks for in vain, and what they looked like then."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .environment import is_of_a_package
from .files import Stamp, stamp_of

#: What files looked like when they were first opened, by their absolute paths.
Opened = Mapping[str, Stamp]

_recordings: list[dict[str, Stamp]] = []
_passed_over: tuple[str, ...] = ()
_hooked = False
_WRITING = os.O_WRONLY | os.O_RDWR


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _recordings:
        file, _, flags = arguments
        if isinstance(file, str | os.PathLike) and not (
            isinstance(flags, int) and flags & _WRITING
        ):
            _note(os.path.abspath(os.fspath(file)))


def _note(path: str | bytes) -> None:
    name = os.fsdecode(path)
    # What belongs to the interpreter and to installed packages is known by their versions.
    if (
        not name.endswith(".pyc")
        and not name.startswith(_passed_over)
        and not is_of_a_package(name)
    ):
        stamp = stamp_of(name)
        for recording in _recordings:
            recording.setdefault(name, stamp)


# What other processes read, this one cannot be told; they record for themselves.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_recordings.clear)


@contextmanager
def recorded() -> Iterator[Opened]:
    """Record every file that the block opens to read it, whoever does it.

    Yields:
        The files so far by their absolute paths, each with its stamp when it was first opened;
        `looked_for` adds more.
    """
    global _hooked
    if not _hooked:
        # It can never be taken out again, and costs next to nothing while nobody records.
        sys.addaudithook(_hook)
        _hooked = True
    opened: dict[str, Stamp] = {}
    _recordings.append(opened)
    try:
        yield opened
    finally:
        if _recordings and _recordings[-1] is opened:  # not in a process that began within
            _recordings.pop()


@contextmanager
def passed_over(folder: Path) -> Iterator[None]:
    """Record nothing that is opened below a folder: a server's site, which its readers open.

    They do so from other threads while a build runs, and no build reads there.
    """
    global _passed_over
    mine = tuple(f"{spell(folder)}{os.sep}" for spell in (os.path.abspath, os.path.realpath))
    _passed_over += mine
    try:
        yield
    finally:
        _passed_over = tuple(other for other in _passed_over if other not in mine)


def looked_for(path: str) -> None:
    """Add a file that was looked for without being opened, since it may not be there."""
    if _recordings:
        _note(os.path.abspath(path))
