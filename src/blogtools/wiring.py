"""Puts the adapters into the ports: what the command line calls.

Each verb imports what it needs when it is called; a build that finds nothing changed needs little.
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

from blogtools.app import shards
from blogtools.app.build import Report, build, state_dir
from blogtools.app.ports import Progress, Request, silent
from blogtools.app.shards import Done, Share
from blogtools.build.environment import Modules
from blogtools.build.outputs import held, replace_file
from blogtools.build.recording import passed_over
from blogtools.model.diagnostic import ContentError, Diagnostic, UsageError

if TYPE_CHECKING:
    from blogtools.app.publish import Order, Published
    from blogtools.app.searching import Indexed
    from blogtools.app.serve import BuildResult
    from blogtools.build.memory import Memory
    from blogtools.build.plan import Bill
    from blogtools.mkdocs.driver import MkDocsSite
    from blogtools.model.preview import Preview


def build_site(request: Request, progress: Progress = silent) -> Report:
    """Build a whole site; see `blogtools.app.build.build`."""
    return build(request, _open, _references, progress)


def convert_share(request: Request, share: Share, progress: Progress = silent) -> Done:
    """Convert a share of the essays; see `blogtools.app.shards.convert_share`."""
    return shards.convert_share(request, share, _open, progress)


def _open(request: Request) -> MkDocsSite:
    """Open a site; imported here, since a build that finds nothing changed needs none of it."""
    from blogtools.mkdocs.driver import MkDocsSite

    return MkDocsSite(request)


def _references(
    site: MkDocsSite, memory: Memory, progress: Progress
) -> tuple[Bill, tuple[Diagnostic, ...]]:
    """Build a site's references, with the companions' adapters imported only now."""
    from blogtools.wired import build_references_of

    return build_references_of(site, memory, progress)


def index_built(config_file: Path, site: Path | None) -> Indexed:
    """Make a built site searchable; see `blogtools.app.searching.index_site`.

    Args:
        config_file: The blog's configuration.
        site: The site; the one that the configuration names, if left out.
    """
    from blogtools.app.searching import FOLDER, index_site

    if site is None:
        from blogtools.wired import configured

        site = configured(config_file).site_dir
    return index_site(site, site / FOLDER, state_dir(config_file).parent / "search")


class Rebuilder:
    """Builds the site with its drafts again and again, and shows single pages in between.

    The site is kept from one run of the server to the next, like everything that builds keep.
    """

    def __init__(self, config_file: Path) -> None:
        """Take the configuration file; nothing is built yet."""
        self._config_file = config_file
        self._hold = ExitStack()
        self._folder = self._hold.enter_context(_own_folder(config_file))
        self._hold.enter_context(passed_over(self._folder))
        self._site: MkDocsSite | None = None
        self._read = frozenset[Path]()
        self._modules = Modules(config_file.resolve().parent)

    def __call__(self) -> BuildResult:
        """Build once; see `blogtools.app.serve.Rebuild`."""
        from blogtools.mkdocs.driver import forget_hooks

        gc.enable()
        opened: list[MkDocsSite] = []
        self._site = None
        if self._modules.forget_changed():
            forget_hooks()
        began = time.time_ns()
        result = self._built(opened)
        self._modules.remember(began)
        read = self._read_by(opened)
        # A failed build has not read everything: what the last one read may be what has to change.
        self._read = read if result.site is not None else self._read | read
        return replace(result, read=self._read)

    def _built(self, opened: list[MkDocsSite]) -> BuildResult:
        from blogtools.app.serve import BuildResult

        began = time.perf_counter()
        request = Request(self._config_file, self._folder / "site", drafts=True, insist=True)
        try:
            report = build(request, partial(_remember, opened), _references)
        except ContentError as wrong:
            return BuildResult(None, wrong.diagnostics, time.perf_counter() - began)
        except UsageError as wrong:
            return BuildResult(None, (), time.perf_counter() - began, str(wrong))
        self._site = opened[-1] if report.steps is not None else None
        return BuildResult(report.site_dir, report.diagnostics, report.seconds)

    def _read_by(self, opened: Sequence[MkDocsSite]) -> frozenset[Path]:
        """Return what a build has read, without what we keep ourselves."""
        from blogtools.mkdocs.configuration import mentioned

        # A configuration that cannot be opened may be wrong in a file that it inherits from.
        read = opened[-1].read() if opened else frozenset(mentioned(self._config_file).files)
        ours = state_dir(self._config_file).parent
        return frozenset(path for path in read if not path.is_relative_to(ours))

    def quick_look(self, touched: Collection[Path]) -> BuildResult | None:
        """Show a changed essay at once; see `blogtools.app.serve.QuickLook`."""
        from blogtools.app.serve import BuildResult

        began = time.perf_counter()
        if self._site is not None and not touched:
            self._get_ready(self._site)
            return None
        if self._site is None or len(touched) != 1:
            return None
        gc.disable()  # until the next build, or the collector would run before this is shown
        made = self._site.revise(*touched)
        if made is None:
            return None
        replace_file(self._folder / "site" / made.path, made.data)
        return BuildResult(self._folder / "site", (), time.perf_counter() - began)

    @staticmethod
    def _get_ready(site: MkDocsSite) -> None:
        """Do now, while nobody waits, what would hold up the next look."""
        from blogtools.build.huge_pages import use_huge_pages

        site.rehearse()
        gc.collect(1)  # of all that the build has made
        use_huge_pages()

    def index(self, site: Path) -> Path:
        """Return the index of a site that was built; see `blogtools.app.serve.Index`."""
        from blogtools.app.searching import index_site

        return index_site(site, self._folder / "index", self._folder / "shards").folder

    def close(self) -> None:
        """Let another server have the folder."""
        gc.enable()
        self._hold.close()


def _remember(opened: list[MkDocsSite], request: Request) -> MkDocsSite:
    opened.append(_open(request))
    return opened[-1]


@contextmanager
def _own_folder(config_file: Path) -> Iterator[Path]:
    """Give a folder for the server's site: always the same, unless another server has it."""
    home = state_dir(config_file).parent / "serve"
    with ExitStack() as hold:
        try:
            home.mkdir(parents=True, exist_ok=True)
            free = hold.enter_context(held(home, wait=False))
        except OSError:
            free = False
        if not free:
            name = hold.enter_context(
                tempfile.TemporaryDirectory(prefix="blogtools-serve-", ignore_cleanup_errors=True)
            )
            home = Path(name)
        # Builds lock the folder above the site, and would wait for ever if that were this one.
        yield home / "now"


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
            ignore=(project.state_dir, site.site_dir),
            port=port,
            base=base_path(project.site.url),
            on_ready=on_ready,
            report=report,
            quick_look=rebuild.quick_look,
            index=rebuild.index,
        )
    finally:
        rebuild.close()


def serve_release(folder: Path, port: int, on_ready: Callable[[str], None]) -> None:
    """Show a release as GitLab Pages would, below the path of its own address.

    Raises:
        UsageError: The port is taken.
    """
    from blogtools import server
    from blogtools.publishing.pages import published_at

    base = urlsplit(published_at(folder)).path or "/"
    server.run_release(folder, port=port, base=base, on_ready=on_ready)


def _watched(site: MkDocsSite) -> tuple[Path, ...]:
    """Return the files and folders of the author's that every build reads, and MkDocs' `watch`.

    What else a build has read is watched after it.
    """
    project = site.project
    overrides = site.config.theme.custom_dir
    mine = (entry for entry in project.options.companions if entry.shows_working_tree)
    checkouts = (path for entry in mine for path in entry.folders)
    return (
        project.config_file,
        project.posts_dir,
        project.docs_dir,
        *((Path(overrides),) if overrides else ()),
        *(project.root / other.file for other in project.options.inventories),
        *(project.root / path for path in checkouts),
        *map(Path, site.config.watch),
    )


def publish_site(
    config_file: Path, order: Order, *, build: bool, live: str | None, progress: Progress = silent
) -> Published:
    """Publish a site; see `blogtools.app.publish.publish`.

    Args:
        config_file: The configuration file.
        order: What is to be published, and where.
        build: Whether to build the site first, where the configuration has it.
        live: The address or the manifest of what is live; None where that is at the place itself.
        progress: Is told how far it is.
    """
    from blogtools.app.publish import publish
    from blogtools.app.release_origin import origin_of
    from blogtools.app.releases import live_at
    from blogtools.wired import configured

    if build:
        report = build_site(Request(config_file, strict=True), progress)
        order = replace(order, site=report.site_dir)
    project = configured(config_file).project
    known = live_at(live) if live else None
    return publish(project, order, origin_of(project.root, os.environ), known, progress)


def preview_site(
    config_file: Path,
    order: Order,
    *,
    build: bool,
    live: str,
    base: str = "",
    progress: Progress = silent,
) -> Preview:
    """Make a preview of a site; see `blogtools.app.previewing.preview`.

    Args:
        config_file: The configuration file.
        order: What is shown, and where.
        build: Whether to build the site first, where the configuration has it.
        live: The address or the manifest of what is live; empty where nothing is.
        base: The commit that the change began at; empty where nobody knows.
        progress: Is told how far it is.
    """
    from blogtools.app.previewing import preview
    from blogtools.app.release_origin import brought_since, origin_of
    from blogtools.app.releases import live_at
    from blogtools.wired import configured, drift_posts

    if build:
        order = replace(
            order, site=build_site(Request(config_file, strict=True), progress).site_dir
        )
    project = configured(config_file).project
    found, _ = drift_posts(config_file, (), runs=False, update=False, progress=progress)
    return preview(
        project,
        replace(order, preview=True),
        origin_of(project.root, os.environ),
        live_at(live) if live else None,
        progress,
        new=brought_since(project.root, base),
        drifted=tuple(one for drift in found for one in drift.findings),
    )
