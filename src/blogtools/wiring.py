"""Puts the adapters into the ports: what the command line calls.

Each verb imports what it needs when it is called; a build that finds nothing changed needs little.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from blogtools.app.build import Report, build
from blogtools.app.ports import Progress, Request, silent
from blogtools.model.diagnostic import ContentError, Diagnostic, UsageError

if TYPE_CHECKING:
    from blogtools.app.serve import BuildResult
    from blogtools.build.memory import Memory
    from blogtools.build.plan import Copy
    from blogtools.mkdocs.driver import MkDocsSite


def build_site(request: Request, progress: Progress = silent) -> Report:
    """Build a whole site; see `blogtools.app.build.build`."""
    return build(request, _open, _references, progress)


def _open(request: Request) -> MkDocsSite:
    """Open a site; imported here, since a build that finds nothing changed needs none of it."""
    from blogtools.mkdocs.driver import MkDocsSite

    return MkDocsSite(request)


def _references(
    site: MkDocsSite, memory: Memory, progress: Progress
) -> tuple[tuple[Copy, ...], tuple[Diagnostic, ...]]:
    """Build a site's references, with the companions' adapters imported only now."""
    from blogtools.wired import build_references_of

    return build_references_of(site, memory, progress)


class Rebuilder:
    """Builds the site with its drafts again and again, each time into a folder of its own.

    The last two good folders stay: readers may still be in the older one.
    """

    def __init__(self, config_file: Path) -> None:
        """Take the configuration file; nothing is built yet."""
        self._config_file = config_file
        self._scratch = tempfile.TemporaryDirectory(
            prefix="blogtools-serve-", ignore_cleanup_errors=True
        )
        self._good: list[Path] = []
        self._count = 0

    @property
    def scratch(self) -> Path:
        """Return the folder in which the sites are."""
        return Path(self._scratch.name)

    def __call__(self) -> BuildResult:
        """Build once; see `blogtools.app.serve.Rebuild`."""
        from blogtools.app.serve import BuildResult

        began = time.perf_counter()
        self._count += 1
        into = self.scratch / f"site-{self._count}"
        try:
            report = build_site(Request(self._config_file, into, drafts=True))
        except ContentError as wrong:
            return BuildResult(None, wrong.diagnostics, time.perf_counter() - began)
        except UsageError as wrong:
            return BuildResult(None, (), time.perf_counter() - began, str(wrong))
        self._keep(into)
        return BuildResult(into, report.diagnostics, report.seconds)

    def _keep(self, folder: Path) -> None:
        self._good.append(folder)
        for old in self._good[:-2]:
            shutil.rmtree(old, ignore_errors=True)
        self._good = self._good[-2:]

    def close(self) -> None:
        """Remove every folder."""
        self._scratch.cleanup()


def serve_site(
    config_file: Path,
    port: int,
    on_ready: Callable[[str], None],
    report: Callable[[BuildResult], None],
) -> None:
    """Serve a project with its drafts until it is interrupted.

    Raises:
        ContentError: The configuration has errors.
        UsageError: There is no configuration, or the port is taken.
    """
    from blogtools import server
    from blogtools.mkdocs.settings import base_path
    from blogtools.wired import LOCK_NAME, configured

    site = configured(config_file, drafts=True)
    project = site.project
    rebuild = Rebuilder(config_file)
    try:
        server.run(
            rebuild,
            watch=(*_watched(site), project.root / LOCK_NAME),
            ignore=(project.state_dir, site.site_dir, rebuild.scratch),
            port=port,
            base=base_path(project.site.url),
            on_ready=on_ready,
            report=report,
        )
    finally:
        rebuild.close()


def _watched(site: MkDocsSite) -> tuple[Path, ...]:
    """Return every file and folder of the author's that a build reads."""
    project = site.project
    overrides = site.config.theme.custom_dir
    checkouts = (c.path for c in project.options.companions if c.source == "checkout")
    return (
        project.config_file,
        project.posts_dir,
        project.docs_dir,
        *((Path(overrides),) if overrides else ()),
        *(project.root / path for path in checkouts),
    )
