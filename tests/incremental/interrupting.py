"""Builds that are killed, or run out of room, at a chosen moment.

A moment is one of the build's own changes to files, which Python announces before it makes them:
so each of them can be hit for certain, those that are over in a microsecond too.
"""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .building import Child, Job, Outcome

_CHANGES = frozenset("os.rename os.remove os.rmdir os.mkdir os.link os.symlink os.truncate".split())
#: What a full disk refuses: what needs room.
_NEEDS_ROOM = frozenset("open os.mkdir os.link os.symlink".split())
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FORK = multiprocessing.get_context("fork")


@dataclass
class Moments:
    """Counts the changes that a build and its workers make below a folder.

    Attributes:
        root: The folder.
        only: The one kind of change to count; empty for every kind.
        counted: How many there were; shared with the child.
    """

    root: Path
    only: str = ""
    counted: Any = field(default_factory=lambda: _FORK.Value(ctypes.c_int, 0))

    def watch(self, act: Callable[[int, str], None]) -> Callable[[], None]:
        """Return what to do in a child so that ``act`` is called before each change."""

        def hear(event: str, args: tuple[Any, ...]) -> None:
            if self._counts(event, args):
                with self.counted.get_lock():
                    self.counted.value += 1
                    number = self.counted.value
                act(number, event)

        return lambda: sys.addaudithook(hear)

    def _counts(self, event: str, args: tuple[Any, ...]) -> bool:
        if event == "open":
            path, mode, flags = args
            writing = any(sign in (mode or "") for sign in "wax+") or (flags or 0) & _WRITING
            changes = bool(writing)
        else:
            path, changes = args[0] if args else None, event in _CHANGES
        return changes and self.only in ("", event) and self._below(path)

    def _below(self, path: object) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        # Relative to a folder that is open, or to the current one: both are the build's.
        name = os.fsdecode(path)
        return not Path(name).is_absolute() or name.startswith(str(self.root))


def count(job: Job, only: str = "") -> int:
    """Build, and return how many changes that took."""
    moments = Moments(job.root, only)
    outcome = Child(job, moments.watch(lambda _number, _event: None)).end()
    assert not outcome.failed, outcome.said
    changes: int = moments.counted.value
    return changes


def kill_at(job: Job, moment: int, only: str = "") -> Outcome:
    """Build, and kill the build with its workers just before one of its changes."""

    def act(number: int, _event: str) -> None:
        if number == moment:
            os.killpg(0, signal.SIGKILL)

    return Child(job, Moments(job.root, only).watch(act)).end()


def needs_room(event: str) -> bool:
    """Return whether a full disk refuses a change."""
    return event in _NEEDS_ROOM


def fill_at(job: Job, moment: int) -> Outcome:
    """Build, and let there be no room left from one of its changes on."""

    def act(number: int, event: str) -> None:
        if number >= moment and needs_room(event):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return Child(job, Moments(job.root).watch(act)).end()


def kill_after(job: Job, seconds: float) -> Outcome:
    """Build, and kill the build with its workers after a while."""
    child = Child(job)
    child.process.join(seconds)
    return child.kill()
