"""The development server: the last good site on a local port, reloading as sources change.

Importing this package is cheap; what serves is imported by `run`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blogtools.app.serve import BuildResult, Index, QuickLook, Rebuild, Report

__all__ = ["run", "run_release"]


def run(
    rebuild: Rebuild,
    *,
    watch: Sequence[Path],
    ignore: Sequence[Path],
    host: str = "127.0.0.1",
    port: int = 8000,
    base: str = "/",
    on_ready: Callable[[str], None],
    report: Report,
    quick_look: QuickLook | None = None,
    index: Index | None = None,
) -> None:
    """Build and serve a site until Ctrl-C or SIGTERM, after either of which this returns.

    Args:
        rebuild: Builds the site; see `blogtools.app.serve.Rebuild`.
        watch: The files and folders whose changes start a build; they need not exist yet. What a
            build says that it read is watched besides.
        ignore: Folders below these whose changes do not.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        base: The path at which the site begins, such as ``/blog/``.
        on_ready: Told the site's URL once, after the first build has been reported.
        report: Told about each build.
        quick_look: Shows a changed file without a build; see `blogtools.app.serve.QuickLook`.
        index: Makes the site searchable; see `blogtools.app.serve.Index`.

    Raises:
        UsageError: When the port cannot be had, or the sources cannot be watched.
    """
    from .running import run_until_stopped
    from .watching import Watcher

    watcher = Watcher(watch)

    def told(result: BuildResult) -> None:
        if result.read is not None:
            watcher.follow(result.read, time.time() - result.seconds)
        report(result)

    run_until_stopped(
        rebuild,
        watcher,
        watch=watch,
        ignore=ignore,
        address=(host, port),
        base=base,
        on_ready=on_ready,
        report=told,
        quick_look=quick_look,
        index=index,
    )


def run_release(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    base: str = "/",
    on_ready: Callable[[str], None],
) -> None:
    """Show a release as GitLab Pages would, until Ctrl-C or SIGTERM.

    Args:
        folder: The release, which may be replaced while it is shown.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        base: The path at which the site begins, such as ``/blog/``.
        on_ready: Told the site's URL once.

    Raises:
        UsageError: When the port cannot be had.
    """
    from .release import run_release as run_until_stopped

    run_until_stopped(folder, host=host, port=port, base=base, on_ready=on_ready)
