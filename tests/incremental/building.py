"""Builds in processes of their own, and what tells one site from another.

Each build runs in a forked child: that costs next to nothing, and what a build changes in its
process (the environment, the log, imported hooks, what it remembers) can reach neither pytest nor
another build. An incremental build that is right only because its process remembers something is
wrong; one that is wrong because its process remembers something is found by `Resident`.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import logging
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, MkDocsException

from blogtools.app import link_checks, reading
from blogtools.app.ports import Progress, Request, silent
from blogtools.build import aside, workers
from blogtools.model.diagnostic import ContentError, UsageError
from blogtools.wiring import build_site
from tests import nursery

from .site import Blog, copy_sources, files_of

#: So that a blog of this size is shared by several processes, if it asks for them.
FEW = 4
PATIENCE = 120
#: How many bytes must be free in memory before blogs are built there.
ROOM = 2**29
#: What only `blogtools build` makes: each version, the way to the latest, what names them all.
REFERENCES = re.compile(r"reference/[^/]+/((?!changes/)[^/]+/|versions\.json$)")
_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Outcome:
    """What a build came to.

    Attributes:
        failed: Why it failed, in one word; empty if it did not.
        said: Its diagnostics in their order, and what else it tells the author.
    """

    failed: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """A build to be done: of what, where to, and how.

    Attributes:
        alone: Whether one process does it all, however many it is asked for.
    """

    root: Path
    moment: int
    strict: bool = False
    drafts: bool = False
    site_dir: str | None = None
    plain: bool = False
    alone: bool = False
    templates: Path | None = None
    progress: Progress = field(default=silent, compare=False)

    @classmethod
    def of(
        cls, blog: Blog, *, drafts: bool = False, site_dir: str | None = None, plain: bool = False
    ) -> Job:
        return cls(blog.root, blog.moment, blog.strict, drafts, site_dir, plain)


def perform(job: Job) -> Outcome:
    """Build right here, which changes this process: to be called in a child."""
    os.chdir(job.root)
    os.environ["SOURCE_DATE_EPOCH"] = str(job.moment)
    share_out(sys.maxsize if job.alone else FEW)
    if job.templates is not None:
        remember_templates(job.templates)
    try:
        outcome = _plainly(job) if job.plain else _ours(job)
    except ContentError as wrong:
        outcome = Outcome("content", tuple(map(str, wrong.diagnostics)))
    except UsageError as wrong:
        outcome = Outcome("usage", (str(wrong),))
    except OSError as refused:
        outcome = Outcome("system", (str(refused.strerror or refused),))
    except Exception:  # noqa: BLE001 - whatever it is, the test is to show it
        outcome = Outcome("crash", (traceback.format_exc(),))
    # The same blog in another folder is to say the same.
    place = str(job.root.resolve())
    return replace(outcome, said=tuple(text.replace(place, "<blog>") for text in outcome.said))


def share_out(few: int) -> None:
    """Let builds of this process start others for so few items."""
    setattr(workers, "_WORTH_FORKING", few)  # noqa: B010
    setattr(aside, "MANY", few)  # noqa: B010
    setattr(link_checks, "_MANY", few)  # noqa: B010
    setattr(reading, "_MANY", few)  # noqa: B010


@cache
def templates() -> Path:
    """Return the folder of this process for what only makes its builds faster."""
    folder = tempfile.mkdtemp(prefix="blogtools-templates-")
    atexit.register(shutil.rmtree, folder)
    return Path(folder)


def remember_templates(folder: Path) -> None:
    """Let Jinja keep compiled templates, by their text: half of a clean build's time goes there."""
    original = jinja2.Environment.__init__

    def begin(environment: jinja2.Environment, *args: Any, **options: Any) -> None:
        options.setdefault("bytecode_cache", jinja2.FileSystemBytecodeCache(str(folder)))
        original(environment, *args, **options)

    setattr(jinja2.Environment, "__init__", begin)  # noqa: B010


def _ours(job: Job) -> Outcome:
    into = None if job.site_dir is None else Path(job.site_dir)
    request = Request(Path("mkdocs.yml"), into, job.strict, job.drafts)
    report = build_site(request, job.progress)
    return Outcome("", (*map(str, report.diagnostics), *report.notices))


def _plainly(job: Job) -> Outcome:
    """Build with MkDocs alone; what it says goes to a log of other words, so it is left out."""
    logging.getLogger("mkdocs").addHandler(logging.NullHandler())
    logging.getLogger("mkdocs").propagate = False
    try:
        config = load_config("mkdocs.yml", site_dir=job.site_dir, strict=job.strict or None)
        config.plugins.on_startup(command="build", dirty=False)
        mkdocs_build.build(config)
    except (MkDocsException, Abort) as failure:
        return Outcome("content", (str(failure),))
    return Outcome()


class Resident:
    """A process that builds again and again, as the development server does."""

    def __init__(self) -> None:
        warm_up()
        self._here, there = _FORK.Pipe()
        self._process = _FORK.Process(target=_serve, args=(there,))
        self._process.start()
        there.close()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def begin(self, job: Job) -> None:
        self._here.send(job)

    def end(self) -> Outcome:
        assert self._here.poll(PATIENCE), "the build does not end"
        try:
            outcome: Outcome = self._here.recv()
        except EOFError:
            return Outcome("crash", ("the process has ended",))
        return outcome

    def build(self, job: Job) -> Outcome:
        self.begin(job)
        return self.end()

    def close(self) -> None:
        self._here.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(connection: Connection) -> None:
    with contextlib.suppress(EOFError):
        while True:
            connection.send(perform(connection.recv()))


class Child:
    """One build in a process of its own."""

    def __init__(self, job: Job, prepare: Callable[[], None] | None = None) -> None:
        """Begin to build.

        Args:
            job: What to build.
            prepare: Is called in the child before it builds.
        """
        warm_up()
        self._here, there = _FORK.Pipe(duplex=False)
        self.process = _FORK.Process(target=_once, args=(there, job, prepare))
        self.process.start()
        there.close()
        # Here as well: who kills the group may come before the child has made it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(self.process.pid or 0, self.process.pid or 0)

    def end(self) -> Outcome:
        try:
            assert self._here.poll(PATIENCE), "the build does not end"
            outcome: Outcome = self._here.recv()
        except EOFError:
            outcome = Outcome("killed")
        finally:
            self._here.close()
            self.process.join(PATIENCE)
        return outcome

    def kill(self) -> Outcome:
        """Kill the build and its workers, unless it has ended."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        return self.end()


def _once(connection: Connection, job: Job, prepare: Callable[[], None] | None) -> None:
    # A group of its own: whoever kills it takes its workers along.
    os.setpgid(0, 0)
    if prepare is not None:
        prepare()
    connection.send(perform(job))


def build(job: Job) -> Outcome:
    """Build in a process of its own."""
    return Child(job).end()


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder, in memory where that is roomy: builds write hundreds of small files.

    Yields:
        The folder, which goes with all that is in it.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder with a name of its own is made there
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="blogtools-oracle-", dir=memory if roomy else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def warm_up() -> None:
    """Import what builds import, so that children need not."""
    nursery.warm_up()
    importlib.import_module("material.templates")
    templates()


class Oracle:
    """Says what a build must come to: by a clean build elsewhere, in one process.

    The references of companions are kept in a store of their own, which is not on trial here;
    the oracle has one too, never the blog's, or each step would take seconds.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self, blog: Blog, *, drafts: bool = False) -> Child:
        """Begin a clean build."""
        job = Job.of(self._copy(blog), drafts=drafts)
        return Child(replace(job, alone=True, templates=templates()))

    def end(self, child: Child) -> tuple[Outcome, Mapping[str, bytes]]:
        """Return what the clean build came to, and the files of its site."""
        return child.end(), files_of(self.root / "site") or {}

    def ask(self, blog: Blog, *, drafts: bool = False) -> tuple[Outcome, Mapping[str, bytes]]:
        return self.end(self.begin(blog, drafts=drafts))

    def ask_mkdocs(self, blog: Blog) -> tuple[Outcome, Mapping[str, bytes]]:
        """Return what plain MkDocs makes of the same sources."""
        outcome = build(replace(Job.of(self._copy(blog), plain=True), templates=templates()))
        return outcome, files_of(self.root / "site") or {}

    def _copy(self, blog: Blog) -> Blog:
        kept = self.root.with_name(f"{self.root.name}-references")
        caches = self.root / ".blogtools"
        shutil.rmtree(kept, ignore_errors=True)
        if caches.is_dir():
            shutil.rmtree(caches / "build", ignore_errors=True)
            caches.rename(kept)
        shutil.rmtree(self.root, ignore_errors=True)
        copy = copy_sources(blog, self.root)
        if kept.is_dir():
            kept.rename(caches)
        return copy


def without_references(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if not REFERENCES.match(name)}


def difference(found: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> str:
    """Return in a few lines how a site differs from what it should be; nothing if it does not."""
    kinds = {
        "missing": sorted(wanted.keys() - found.keys()),
        "left over": sorted(found.keys() - wanted.keys()),
        "differs": sorted(n for n in found.keys() & wanted.keys() if found[n] != wanted[n]),
    }
    lines = [f"  {kind}: {name}" for kind, names in kinds.items() for name in names[:8]]
    lines += [
        f"  ... and {len(names) - 8} more: {kind}" for kind, names in kinds.items() if names[8:]
    ]
    for name in kinds["differs"][:3]:
        lines += [f"  {name}:", *_first_difference(found[name], wanted[name])]
    return "\n".join(lines)


def _first_difference(found: bytes, wanted: bytes) -> list[str]:
    """Return where two files begin to differ: the line, and what stands there from that place."""
    pairs = enumerate(zip(found, wanted, strict=False))
    place = next((at for at, (one, other) in pairs if one != other), min(len(found), len(wanted)))
    line = wanted.count(b"\n", 0, place) + 1
    begin = max(wanted.rfind(b"\n", 0, place) + 1, place - 60)
    return [
        f"    line {line}, built: {_shown(found[begin:])}",
        f"    line {line}, clean: {_shown(wanted[begin:])}",
    ]


def _shown(data: bytes) -> str:
    return repr(data.partition(b"\n")[0][:160].decode("utf-8", "replace"))
