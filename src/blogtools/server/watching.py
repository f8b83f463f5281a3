"""Notices what is saved, with the operating system's own notifications."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from pathlib import Path

from msgspec import Struct
from watchfiles import awatch

from blogtools.model.diagnostic import UsageError

DEEP_STEP = 2
"""Milliseconds between two looks at what happened in the folders; two quiet ones hand it on."""
SHALLOW_STEP = 20
"""The same for single files and for folders that come and go: rarer, so less often."""
TICK = 0.02
"""Seconds that a file system's clock may be behind."""
DEBOUNCE = 50
"""Milliseconds after which notifications that do not stop are handed on all the same."""


class Plan(Struct, frozen=True):
    """What to ask the operating system for.

    Attributes:
        deep: Folders to watch with all that is in them.
        shallow: Folders of which only the entries matter. An editor replaces a file by another
            of the same name, and a notification for the file itself would end with the old one;
            and a folder that does not exist yet can only be seen from the one above it.
    """

    deep: frozenset[Path]
    shallow: frozenset[Path]


def plan(watch: Iterable[Path]) -> Plan:
    """Return how to watch these paths as they are on disk now.

    Args:
        watch: Absolute paths of files and folders, which need not exist.
    """
    paths = list(watch)
    deep = frozenset(path for path in paths if path.is_dir())
    return Plan(deep, frozenset(map(_nearest_parent, paths)))


def _nearest_parent(path: Path) -> Path:
    """Return the nearest folder above a path that exists."""
    return next(folder for folder in path.parents if folder.is_dir())


class Watcher:
    """The port `Changes` on watchfiles."""

    def __init__(self, watch: Sequence[Path]) -> None:
        """Prepare to watch; nothing happens before the first set is asked for.

        Args:
            watch: Files and folders, which need not exist yet.
        """
        self._always = tuple(Path(os.path.abspath(path)) for path in watch)
        self._watch = self._always
        self._touched: asyncio.Queue[frozenset[Path] | Exception] = asyncio.Queue()
        self._planned: tuple[Path, ...] = ()
        self._since = 0.0

    def follow(self, besides: Collection[Path], since: float) -> None:
        """Watch other files and folders besides, in place of those that were named last time.

        Args:
            besides: What a build has read.
            since: When it began, in seconds since 1970: what was not watched yet, and was changed
                after that, counts as touched.
        """
        watch = tuple(dict.fromkeys((*self._always, *sorted(besides))))
        if watch != self._watch:
            self._watch, self._since = watch, since
            self._touched.put_nowait(frozenset())  # wakes the one that watches

    async def __aiter__(self) -> AsyncIterator[Collection[Path]]:
        """Yield an empty set once the watch stands, and then each set of touched paths.

        Raises:
            UsageError: When the operating system refuses to watch so much.
        """
        pumps = await self._start()
        try:
            yield frozenset()
            while True:
                paths = await self._touched.get()
                if isinstance(paths, Exception):
                    raise _explained(paths)
                if self._watch != self._planned or self._needs_new_plan(paths):
                    # The new watch stands before the old one goes, and before anybody builds.
                    before = self._planned
                    pumps, old = await self._start(), pumps
                    await _stop(old)
                    paths |= self._missed(before)
                yield paths
        finally:
            await _stop(pumps)

    async def _start(self) -> list[asyncio.Task[None]]:
        """Start to watch by a new plan, and return when the watch stands."""
        self._planned = self._watch
        new = plan(self._watch)
        wanted = ((new.deep, True), (new.shallow, False))
        pumps = [
            asyncio.create_task(self._pump(folders, deep)) for folders, deep in wanted if folders
        ]
        # A pump asks the operating system in its first step, before it waits for anything.
        await asyncio.sleep(0)
        return pumps

    def _missed(self, before: Collection[Path]) -> frozenset[Path]:
        """Return what is watched only now, and was changed since the build that read it began."""
        new = frozenset(self._watch) - frozenset(before)
        return frozenset(path for path in new if _changed(path) >= self._since - TICK)

    async def _pump(self, folders: frozenset[Path], deep: bool) -> None:
        """Hand on what watchfiles sees, and its failure too."""
        watching = awatch(
            *folders,
            watch_filter=None,
            debounce=DEBOUNCE,
            step=DEEP_STEP if deep else SHALLOW_STEP,
            recursive=deep,
            ignore_permission_denied=True,
        )
        try:
            async for changes in watching:
                paths = frozenset(Path(path) for _, path in changes)
                self._touched.put_nowait(paths if deep else frozenset(filter(self._matters, paths)))
        except FileNotFoundError:  # Gone since the plan was made: make another one.
            self._touched.put_nowait(frozenset(self._watch))
        except Exception as failure:  # noqa: BLE001 (it is raised again by the one who reads)
            self._touched.put_nowait(failure)

    def _matters(self, path: Path) -> bool:
        """Return whether an entry beside or above a watched path is that path, or leads to it."""
        return any(wanted.is_relative_to(path) for wanted in self._watch)

    def _needs_new_plan(self, paths: Collection[Path]) -> bool:
        """Return whether a watched path itself, or a folder above it, came, went or was replaced.

        A file is watched by its folder, so only what is, was or hides a folder matters.
        """
        return any(self._matters(path) and not path.is_file() for path in paths)


def _changed(path: Path) -> float:
    """Return when a file was changed, in seconds since 1970; 0 for what is not there."""
    try:
        return path.stat().st_ctime
    except OSError:
        return 0.0


async def _stop(pumps: Sequence[asyncio.Task[None]]) -> None:
    for pump in pumps:
        pump.cancel()
    if pumps:
        await asyncio.wait(pumps)


def _explained(failure: Exception) -> Exception:
    """Return a failure of the operating system with the way out; any other one as it is."""
    if not isinstance(failure, OSError):
        return failure
    return UsageError(
        f"the sources cannot be watched: {failure}; set the environment variable "
        "WATCHFILES_FORCE_POLLING=true to look at them in turns instead"
    )
