"""The verb ``serve``: keep the last good site up, and build again whenever a source changes.

Knows neither the network nor how changes are noticed. Three ports: `Rebuild` builds, `Changes`
says what was touched, and a `Stage` holds what readers are shown until the next result.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import multiprocessing
import os
import threading
import time
from collections.abc import AsyncIterable, Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from blogtools.model.diagnostic import ContentError, Diagnostic, UsageError, errors

T = TypeVar("T")
Log = logging.getLogger(__name__)

PATIENCE = 0.25
"""Seconds after which a burst that does not end is built all the same."""
SOON = 0.25
"""Seconds that a reader who asks during a quick look is kept waiting for what comes of it."""
IDLE = 1.0
"""Seconds without a change after which what a quick look has left over is built."""
GRACE = 1.0
"""Seconds that a running build is given to end by itself when the server stops."""

IGNORED_NAMES = (".git", ".hg", ".svn", ".blogtools", "__pycache__", ".DS_Store", "node_modules")
SWAP_FILES = ("*~", "*.sw?", "4913", ".#*", "#*#", "*.kate-swp", ".goutputstream-*", "___jb_*")


class BuildResult(Struct, frozen=True):
    """What one build came to.

    Attributes:
        site: The folder of the new good site; None where the build failed.
        diagnostics: Everything found in the content, warnings too.
        seconds: How long it took.
        error: A failure that has no place in a source file, such as an invalid ``mkdocs.yml``.
        read: The files and folders that it came from, as far as they are known; None for the same
            as before.
    """

    site: Path | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    seconds: float = 0.0
    error: str = ""
    read: frozenset[Path] | None = None


Rebuild = Callable[[], BuildResult]
"""Builds the whole site once; always called from one and the same thread, never twice at once.

The folder it returns must stay as it is until the second good build after it has been returned:
readers are still being served from the last one while the next one is written.
"""

QuickLook = Callable[[Collection[Path]], BuildResult | None]
"""Brings just the page of a changed file up to date, in the site that is shown; called from the
thread that rebuilds. Returns None where that is not enough, and the whole has to be looked at.
After each build it is called with nothing touched, to get ready for the next change.
"""

Index = Callable[[Path], Path]
"""Makes a site searchable, and returns the folder of its index; called when somebody searches."""

Changes = AsyncIterable[Collection[Path]]
"""Hands out sets of touched absolute paths, for as long as they are watched.

The first set comes as soon as the watch stands, and may be empty. It starts the first build, so
that nothing saved while that build runs is missed.
"""

Report = Callable[[BuildResult], None]
"""Tells the author about a result, in the terminal."""


class State(Struct, frozen=True):
    """What readers are shown.

    Attributes:
        version: Counts results, good and bad; 0 before the first.
        generation: Counts good sites; 0 before the first.
        site: The folder of the last good site.
        problems: What stops the latest build; empty when it is good.
        error: The latest build's failure that has no place in a source file.
    """

    version: int = 0
    generation: int = 0
    site: Path | None = None
    problems: tuple[Diagnostic, ...] = ()
    error: str = ""

    def after(self, result: BuildResult) -> State:
        """Return the state that follows a result: a failure keeps the last good site.

        Args:
            result: What the build came to.

        Returns:
            A new state; its generation is higher only when there is a new good site.
        """
        said = replace(self, version=self.version + 1, problems=errors(result.diagnostics))
        if result.site is not None:
            return replace(
                said, generation=said.generation + 1, site=result.site, error=result.error
            )
        return replace(said, problems=said.problems or result.diagnostics, error=_reason(result))


def _reason(result: BuildResult) -> str:
    """Return why a build failed, and never nothing where no diagnostic says it."""
    silent = "" if result.diagnostics else "The build failed without giving a reason"
    return result.error or silent


class Stage:
    """Holds the state that is shown, and wakes those who wait for the next one.

    Belongs to one event loop; only `serve` puts results on it.

    Attributes:
        state: What is shown now.
        closed: Whether everything has been shown that will be.
    """

    def __init__(self) -> None:
        """Begin with nothing to show."""
        self.state = State()
        self.closed = False
        self._turn = asyncio.Event()
        self._looked = asyncio.Event()
        self._looked.set()

    def show(self, result: BuildResult) -> None:
        """Make a result the current one.

        Args:
            result: What the latest build came to.
        """
        self.state = self.state.after(result)
        self._wake()

    def close(self) -> None:
        """Send everybody who waits, or will wait, away."""
        self.closed = True
        self._wake()

    async def news(self, after: int) -> State | None:
        """Wait for a state newer than the one that is known.

        Args:
            after: The version that is known; 0 waits only for the first result.

        Returns:
            The newest state, or None once the stage is closed.
        """
        while not self.closed and self.state.version <= after:
            await self._turn.wait()
        return None if self.closed else self.state

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Keep those who ask meanwhile for a moment: what is shown is about to be the past."""
        self._looked.clear()
        try:
            yield
        finally:
            self._looked.set()

    async def settled(self) -> State | None:
        """Wait for the first result, and for what a quick look under way comes to, if that is soon.

        Returns:
            The newest state, or None once the stage is closed.
        """
        if not self._looked.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._looked.wait(), SOON)
        return await self.news(0)

    def _wake(self) -> None:
        """End the waiting of today's waiters; tomorrow's get an event of their own."""
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()


class Ignored(Struct, frozen=True):
    """Which touched paths are no reason to build.

    Attributes:
        roots: What is watched. Names are judged below these only: a project may well live in a
            folder that is itself called ``.git``.
        folders: Folders to ignore wholly, such as the one that the site is built into.
    """

    roots: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()

    @classmethod
    def of(cls, watch: Sequence[Path], ignore: Sequence[Path]) -> Ignored:
        """Return the rule for these folders, however they were spelled.

        Args:
            watch: Watched files and folders.
            ignore: Folders to ignore.
        """
        return cls(_spellings(watch), _spellings(ignore))

    def covers(self, path: Path) -> bool:
        """Return whether a touched path is to be ignored.

        Args:
            path: An absolute path, which need not exist (any more).
        """
        if any(
            real.is_relative_to(folder) for real in _spellings([path]) for folder in self.folders
        ):
            return True
        return any(map(_is_noise, self._below_root(path)))

    def _below_root(self, path: Path) -> tuple[str, ...]:
        """Return the names that lead from the nearest watched root to the path."""
        inside = [path.relative_to(root).parts for root in self.roots if path.is_relative_to(root)]
        return min(inside, key=len, default=(path.name,))


def _spellings(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the paths as they are and with links resolved, all absolute."""
    texts = [os.fspath(path) for path in paths]
    both = [*map(os.path.abspath, texts), *map(os.path.realpath, texts)]
    return tuple(map(Path, dict.fromkeys(both)))


def _is_noise(name: str) -> bool:
    """Return whether a file's or folder's name is one that no author writes."""
    return name in IGNORED_NAMES or any(fnmatch(name, pattern) for pattern in SWAP_FILES)


class Contents:
    """Remembers what touched files held, so that only a difference is a reason to build.

    Without it a build that writes one of its own inputs (a hook that generates a page) would
    start the next build, for ever. When unsure, it says changed.
    """

    def __init__(self) -> None:
        """Begin with no memory: everything touched for the first time counts as changed."""
        self._seen: dict[Path, str] = {}

    def changed(self, paths: Iterable[Path]) -> bool:
        """Look at touched paths, remember them, and say whether any differs.

        Args:
            paths: Files or folders, which may be gone.

        Returns:
            Whether a build now could come to something else.
        """
        # A list, for each path is to be remembered, also after the first that differs.
        return bool([path for path in _topmost(paths) if self._differs(path)])

    def _differs(self, path: Path) -> bool:
        """Compare one path, and forget what its change makes doubtful: all above and below."""
        digest = _digest(path)
        if self._seen.get(path) == digest:
            return False
        kin = [p for p in self._seen if p.is_relative_to(path) or path.is_relative_to(p)]
        for other in kin:
            del self._seen[other]
        self._seen[path] = digest
        return True


def _topmost(paths: Iterable[Path]) -> list[Path]:
    """Return the paths without those below another one, whose digest covers them."""
    kept: list[Path] = []
    for path in sorted(paths):
        if not kept or not path.is_relative_to(kept[-1]):
            kept.append(path)
    return kept


def _digest(path: Path) -> str:
    """Return a digest of a file or of all files of a folder; of what cannot be read, a new one."""
    hasher = hashlib.blake2b(digest_size=16)
    try:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            data = file.read_bytes() if file.is_file() else b""
            hasher.update(f"{file}\0{file.exists()}\0{len(data)}\0".encode(errors="surrogatepass"))
            hasher.update(data)
    except OSError:
        return f"unreadable at {time.monotonic_ns()}"
    return hasher.hexdigest()


async def serve(
    rebuild: Rebuild,
    changes: Changes,
    stage: Stage,
    *,
    report: Report,
    ignored: Ignored | None = None,
    quick_look: QuickLook | None = None,
    idle: float = IDLE,
) -> None:
    """Build, then build again after each burst of changes, until they end or the stage closes.

    Builds run one after the other in a thread of their own. Whatever is touched while one runs
    makes exactly one more. An author who only writes on sees each change by a quick look, and the
    rest of the site (lists, feeds, search) follows in the first pause.

    Args:
        rebuild: Builds the site.
        changes: Says what was touched.
        stage: Where results are shown.
        report: Told about each result, after it is shown.
        ignored: What is no reason to build.
        quick_look: Shows a changed file without a build, where it can.
        idle: Seconds without a change after which what it left over is built.

    Raises:
        Exception: What the source of changes or the report raises; a failing build raises nothing.
    """
    touched: asyncio.Queue[Collection[Path] | None] = asyncio.Queue()
    collector = asyncio.create_task(_collect(changes, ignored or Ignored(), touched))
    worker = _Worker()
    shows = _Showing(rebuild, quick_look, stage, worker)
    try:
        bursts = _Bursts(touched)
        while (burst := await bursts.next(idle if shows.owed else None)) is not None:
            result = await shows(burst)
            if stage.closed:  # Ctrl-C also ends a build's processes: its failure is no news.
                return
            if result is not None:
                stage.show(result)
                report(result)
                await shows.get_ready()
        await collector
    finally:
        collector.cancel()
        await asyncio.wait([collector])
        worker.stop(GRACE)


class _Showing:
    """Answers bursts of changes, each by a quick look where that will do, or by a build.

    Attributes:
        owed: Whether quick looks have left something over for a build.
    """

    def __init__(
        self, rebuild: Rebuild, quick_look: QuickLook | None, stage: Stage, worker: _Worker
    ) -> None:
        self._rebuild, self._quick_look = rebuild, quick_look
        self._stage, self._worker = stage, worker
        self._contents = Contents()
        self.owed = False

    async def __call__(self, burst: frozenset[Path]) -> BuildResult | None:
        """Return what came of a burst; None if there was nothing to do."""
        good = _is_good(self._stage.state)
        with self._stage.looking():
            differs, result = await self._worker.do(partial(self._look, burst, good))
        if not (differs or self.owed or _must_build(self._stage.state)):
            return None
        self.owed = result is not None
        return result or await self._worker.do(partial(_attempt, self._rebuild))

    def _look(self, burst: frozenset[Path], good: bool) -> tuple[bool, BuildResult | None]:
        """Return whether what was touched differs, and what a quick look at that came to."""
        differs, look = self._contents.changed(burst), self._quick_look
        if differs and good and look is not None:
            return differs, _attempt_quick(look, burst)
        return differs, None

    async def get_ready(self) -> None:
        """Let the next quick look find what it needs, once a build has made everything anew."""
        if self._quick_look is not None and not self.owed and _is_good(self._stage.state):
            await self._worker.do(partial(_attempt_quick, self._quick_look, frozenset()))


def _must_build(state: State) -> bool:
    """Return whether even an unchanged source is a reason: saving again is how one tries again."""
    return state.version == 0 or bool(state.error)


async def _collect(
    changes: Changes, ignored: Ignored, touched: asyncio.Queue[Collection[Path] | None]
) -> None:
    """Pass on the paths that matter, the first set in any case, and None at the end."""
    first = True
    try:
        async for paths in changes:
            kept = frozenset(path for path in paths if not ignored.covers(path))
            if kept or first:
                touched.put_nowait(kept)
            first = False
    finally:
        touched.put_nowait(None)


class _Bursts:
    """Joins sets that come at once, or came while nobody was listening."""

    def __init__(self, touched: asyncio.Queue[Collection[Path] | None]) -> None:
        self._touched = touched

    async def next(self, idle: float | None) -> frozenset[Path] | None:
        """Wait for the next burst.

        Args:
            idle: Seconds after which an empty one will do; None to wait for ever.

        Returns:
            What was touched, or None at the end.
        """
        try:
            paths = await asyncio.wait_for(self._touched.get(), idle)
        except TimeoutError:
            return frozenset()
        return None if paths is None else await self._joined(paths)

    async def _joined(self, paths: Collection[Path]) -> frozenset[Path]:
        burst, deadline = set(paths), time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            await asyncio.sleep(0)  # What is ready to be handed on comes meanwhile, and no more.
            if not (more := list(self._at_hand())):
                break
            burst.update(*more)
        return frozenset(burst)

    def _at_hand(self) -> Iterator[Collection[Path]]:
        while not self._touched.empty():
            paths = self._touched.get_nowait()
            if paths is None:
                self._touched.put_nowait(None)  # the end comes after what was joined
                return
            yield paths


def _is_good(state: State) -> bool:
    """Return whether what is shown is all that there is to say."""
    return state.site is not None and not state.problems and not state.error


def _attempt_quick(quick_look: QuickLook, burst: frozenset[Path]) -> BuildResult | None:
    """Take a quick look; if anything is wrong with that, the build will find out what."""
    try:
        return quick_look(burst)
    except Exception:  # noqa: BLE001 - whatever extensions raise, the build says it better
        Log.debug("The quick look failed", exc_info=True)
        return None


def _attempt(rebuild: Rebuild) -> BuildResult:
    """Build, and turn whatever goes wrong into a result: the server outlives every build."""
    started = time.perf_counter()
    try:
        return rebuild()
    except ContentError as failure:
        result = BuildResult(diagnostics=failure.diagnostics)
    except UsageError as failure:
        result = BuildResult(error=str(failure))
    # MkDocs aborts with a SystemExit, which must not end a thread in silence.
    except BaseException as failure:  # noqa: BLE001
        Log.debug("The build failed", exc_info=True)
        result = BuildResult(error=f"{type(failure).__name__}: {failure}")
    return replace(result, seconds=time.perf_counter() - started)


class _Worker:
    """One daemon thread that does jobs in turn: a build under way does not hold up Ctrl-C.

    Always the same thread, because a build may keep a database connection from one to the next.
    """

    def __init__(self) -> None:
        """Start the thread."""
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="blogtools-rebuild", daemon=True)
        self._thread.start()

    def do(self, job: Callable[[], T]) -> asyncio.Future[T]:
        """Queue a job; the future ends with what it returns or raises."""
        future: Future[T] = Future()
        self._jobs.put(partial(_fulfil, future, job))
        return asyncio.wrap_future(future)

    def stop(self, grace: float) -> None:
        """Take no more jobs, and wait this many seconds at most for the one under way.

        What it has started is ended then: at its exit, Python would wait for a pool's processes.
        """
        self._jobs.put(None)
        self._thread.join(grace)
        if self._thread.is_alive() and (children := multiprocessing.active_children()):
            for child in children:
                child.kill()
            self._thread.join(grace)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _fulfil(future: Future[T], job: Callable[[], T]) -> None:
    """Do a job unless nobody wants it any more."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(job())
    except BaseException as failure:  # noqa: BLE001 (it is raised again where it is awaited)
        future.set_exception(failure)
