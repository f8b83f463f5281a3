"""``blogtools build`` as a driver of MkDocs: the phases of its own build, in the same order.

What differs from ``mkdocs.commands.build.build`` is only where things happen, and how many of them:
a page is composed when somebody asks for its bytes, perhaps in another process, and perhaps never.
Warnings are values. The bytes are the same, which tests hold.
"""

from __future__ import annotations

import os

# Both announce the future of MkDocs on every start; our answer to it is in docs/decisions.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
os.environ.setdefault("DISABLE_MKDOCS_2_WARNING", "true")
# Else pydantic looks through every installed package for its plugins, on each start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jinja2
from mkdocs.commands import build as phases
from mkdocs.config import load_config
from mkdocs.config.config_options import Hooks
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError, MkDocsException
from mkdocs.structure.files import Files, get_files, set_exclusions
from mkdocs.structure.nav import Navigation, get_navigation
from mkdocs.structure.pages import Page

from blogtools.app.build import state_dir
from blogtools.app.ports import Progress, Request
from blogtools.app.sharing import convert_some
from blogtools.build.environment import is_of_a_package, loaded_from_elsewhere
from blogtools.build.inputs import Outside
from blogtools.build.memory import Memory
from blogtools.build.plan import Bill
from blogtools.content.documents import decode
from blogtools.content.entries import waiting, window
from blogtools.content.options import read_config
from blogtools.model.diagnostic import ContentError, Diagnostic, UsageError
from blogtools.model.output import Output
from blogtools.model.project import Project
from blogtools.model.source import Source

from . import configuration, logs, overrides, theme
from .adapters import Adapted, files_of
from .composer import Composer
from .foreign import foreign_failure, option_of, unreadable
from .frame import site_voice
from .plugin import BlogPlugin, ContentFailure
from .shell import Shell
from .template_problems import templates_explained

# What MkDocs lets through of a configuration that is wrong.
_CARELESS = (TypeError, ValueError, KeyError, OSError, RecursionError, SystemExit, re.error)
# Needs no adapter. Any other plugin that has none makes the build whole and serial.
_OURS = "blogtools"


class MkDocsSite:
    """One site, built by MkDocs in phases."""

    def __init__(self, request: Request) -> None:
        """Read the configuration file.

        Raises:
            ContentError: It has errors.
            UsageError: There is none.
        """
        if request.config_file.is_dir():
            raise UsageError(
                f"{request.config_file} is a folder; name a file, such as "
                f"{request.config_file / 'mkdocs.yml'}"
            )
        if not request.config_file.is_file():
            raise UsageError(
                f"there is no {request.config_file}; name one with --config-file, "
                "or make a new blog with 'blogtools init'"
            )
        _refuse_unreadable(request.config_file)
        self._request = request
        self._logs = logs.Recorder(request.config_file)
        self._docs = _Docs(request.config_file)
        with self._explained():
            self._config = _load(request, self._docs)
        self._plugin = _plugin(self._config, request.config_file)
        self._mentioned = configuration.mentioned(request.config_file)
        if halves := tuple(logs.halves(self._mentioned.files, request.config_file)):
            raise ContentError(halves)
        self._site_dir = Path(self._config.site_dir)
        self._shell: Shell | None = None

    @property
    def site_dir(self) -> Path:
        """Return where the site is to appear."""
        return self._site_dir

    @property
    def project(self) -> Project:
        """Return the typed configuration."""
        return self._plugin.project

    @property
    def sources(self) -> tuple[Path, ...]:
        """Return the folders that the author writes in: essays, pages, and own templates."""
        templates = self._config.theme.custom_dir
        own = (Path(templates),) if templates else ()
        return (self.project.posts_dir, self.project.docs_dir, *own)

    @property
    def plugin(self) -> BlogPlugin:
        """Return the plugin of this build, which knows the session."""
        return self._plugin

    @property
    def config(self) -> MkDocsConfig:
        """Return MkDocs' configuration."""
        return self._config

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn MkDocs' ways to give up into diagnostics."""
        try:
            with self._logs:
                yield
        except UsageError:
            raise
        except ContentFailure as failure:
            raise ContentError((*failure.diagnostics, *self._plugin.warnings())) from None
        except (MkDocsException, Abort) as failure:
            raise ContentError(self._logs.errors(failure)) from None
        except Exception as failure:
            # Plugins, hooks and extensions of others raise whatever they like; our own faults,
            # and a full disk, are told by the command.
            if (found := foreign_failure(failure, self._request.config_file)) is None:
                raise
            raise ContentError((found,)) from failure

    @contextmanager
    def _rendering(self) -> Iterator[None]:
        """Turn what templates get wrong into diagnostics as well."""
        with self._explained(), templates_explained(self._config):
            yield

    def configure(self, memory: Memory | None = None) -> None:
        """Run the configuration events; afterwards the project is known."""
        with self._explained():
            config = self._config
            config.plugins.on_startup(command="build", dirty=False)
            self._plugin.drafts = self._request.drafts
            self._plugin.docs_dir = self._docs.wanted
            self._plugin.collected = []
            self._plugin.memory = memory
            self._config = config.plugins.on_config(config)
            self._adapted = Adapted(self._config, (_OURS, *map(str, config.hooks)))
            self._overrides = overrides.look(self._config)

    def whole_because(self) -> tuple[str, ...]:
        """Return what makes it impossible to build only what changed, by name."""
        # Pages are compared by the configuration's files and variables, not by what it came to.
        return (*self._curious, *self._mentioned.unknown)

    @property
    def _curious(self) -> tuple[str, ...]:
        """Return what of others may look at the whole site."""
        hooks = map(str, self._config.hooks)
        return (*self._adapted.unknown, *hooks, *self._overrides.curious)

    def gather(self, into: Path, memory: Memory, progress: Progress) -> tuple[Diagnostic, ...]:
        """Read, convert and check everything; write nothing."""
        progress("Reading", 0, 0)
        self._config.site_dir = str(into)
        self._memory, self._plugin.memory = memory, memory
        whole = bool(self.whole_because())
        self._plugin.sparse = not whole and not self._adapted.every_page
        self._plugin.wanted = self._adapted.wanted
        memory.repeatable = memory.repeatable and self._adapted.timeless
        with self._rendering():
            self._config.plugins.on_pre_build(config=self._config)
            self._files, self._nav, env = self._collect(progress)
            for page in self._pages():
                phases._populate_page(page, self._config, self._files)  # noqa: SLF001
            self._env = self._config.plugins.on_env(env, config=self._config, files=self._files)
            theme.compile_once(self._env, site_voice(self._config).language)
            if not whole:
                self._adapted.rehearse(self._config)
        return tuple(sorted({*self._logs.warnings(), *self._plugin.warnings()}))

    def _collect(self, progress: Progress) -> tuple[Files, Navigation, jinja2.Environment]:
        config = self._config
        self._memory.files.tree(self.project.docs_dir)  # MkDocs looks for itself
        files = get_files(config)
        env = config.theme.get_env()
        theme.add_files(files, config, self._memory)
        self._plugin.progress = progress
        files = config.plugins.on_files(files, config=config)
        set_exclusions(files, config)
        nav = get_navigation(files, config)
        return files, config.plugins.on_nav(nav, config=config, files=files), env

    def _pages(self) -> Iterator[Page]:
        """Yield the page of each file, as MkDocs' own build finds or makes it."""
        for file in self._files.documentation_pages():
            yield file.page or Page(None, file, self._config)

    def write(self, progress: Progress) -> int:
        """Write the whole of what was gathered, one page after the other."""
        with self._rendering():
            self._files.copy_static_files()
            for name in self._config.theme.static_templates:
                phases._build_theme_template(name, self._env, self._files, self._config, self._nav)  # noqa: SLF001
            for name in self._config.extra_templates:
                self._write_extra(str(name))
            files = self._files.documentation_pages()
            pages = [file.page for file in files if file.page is not None]
            for done, page in enumerate(pages, start=1):
                phases._build_page(page, self._config, files, self._nav, self._env)  # noqa: SLF001
                progress("Writing pages", done, len(pages))
            self._config.plugins.on_post_build(config=self._config)
        return len(pages)

    def _write_extra(self, name: str) -> None:
        """Write one of `extra_templates`; MkDocs would leave out one that it cannot read."""
        with templates_explained(self._config, name):
            if (file := self._files.get_file_from_path(name)) is not None:
                jinja2.Template(file.content_string)
            phases._build_extra_template(name, self._files, self._config, self._nav)  # noqa: SLF001

    def bill(self) -> Bill:
        """Return everything that the site consists of."""
        with self._rendering():
            self._composer = Composer(
                self._config,
                self._plugin,
                self._files,
                self._nav,
                self._env,
                self._memory,
                self._adapted,
                self._overrides,
                self._mentioned,
            )
            return self._composer.bill()

    def frame(self, url: str) -> str:
        """Return what is around every page, as it is at an address, with marks for the rest."""
        if self._shell is None:
            self._shell = Shell(self._config, self._files, self._nav, self._env)
        with templates_explained(self._config):
            return self._shell(url)

    def read(self) -> frozenset[Path]:
        """Return what was read by now, or is to be watched: files, and folders with all in them.

        What is installed is not among them, nor the folder that stands in for one of pages: every
        build has another.
        """
        memory = self._plugin.memory or Memory.of_nothing(self._request.config_file.parent)
        asked, named = memory.files, set(files_of(self._config))
        folders = {*map(asked.path, asked.trees), *self._config.watch, *filter(_is_folder, named)}
        inside = tuple(f"{folder}{os.sep}" for folder in folders)
        loaded = (*map(str, self._mentioned.files), *loaded_from_elsewhere())
        files = {*map(asked.path, asked.seen), *named, *loaded}
        single = (file for file in files if not file.startswith(inside) and not _is_folder(file))
        found = (*folders, *single)
        return frozenset(
            Path(path)
            for path in found
            if path != self._docs.stand_in and not is_of_a_package(path)
        )

    def revise(self, file: Path) -> Output | None:
        """Return the page of an essay of which only the text has changed, of a site that is built.

        Args:
            file: The essay.

        Returns:
            The page; None where more has changed, or something is wrong.
        """
        if self._adapted.changes_texts:
            return None
        session = self._plugin.session
        post = session.revise(self.project.relative(file))
        return self._composer.page(post.url) if post else None

    def rehearse(self) -> None:
        """Load what it takes to revise an essay; of a build, only its workers have done that."""
        newest = next(iter(self._plugin.session.edition.index.posts), None)
        if newest is not None and not self._adapted.changes_texts:
            self._plugin.session.conversions.rehearse(newest.entry.document)
            self._composer.page(newest.url)

    def convert(
        self, wanted: Callable[[str], bool], memory: Memory, progress: Progress
    ) -> tuple[int, int]:
        """Convert some essays, and do nothing else."""
        with self._explained():
            return convert_some(
                self.project, self._plugin.symbols(self.project), wanted, memory, progress
            )

    def outside(self) -> Outside:
        """Return what the site depends on besides files and packages."""
        session = self._plugin.session
        entries = (*session.manuscripts.visible, *session.manuscripts.hidden)
        since, until = window(entries, self.project.now, drafts=self.project.drafts)
        variables = self._mentioned.variables
        return Outside(self.project.options.timezone, since, until, variables)

    @property
    def workers(self) -> int:
        """Return how many processes to use."""
        return self._plugin.session.workers

    @property
    def strict(self) -> bool:
        """Return whether warnings stop the build: by the request, or by the configuration."""
        return self._request.strict or bool(self._config.strict)

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what an author should know of how the site was built."""
        left_out = waiting(self._plugin.session.manuscripts.hidden)
        names = ", ".join(self._curious)
        whole = f"The whole site is built, page by page: {names} may look at all of it."
        called = ", ".join(self._mentioned.unknown)
        anyhow = f"The whole site is built, page by page: {called} may come to anything."
        unknown = ", ".join(self._plugin.session.conversions.unknown)
        anew = f"Every text is converted in each build: {unknown} may depend on anything."
        search = "The plugin 'search' does nothing here: 'blogtools index' makes a site searchable."
        said = (
            left_out,
            whole if names else "",
            anyhow if called else "",
            anew if unknown else "",
            search if self._plugin.without_search else "",
        )
        return tuple(notice for notice in said if notice)


def forget_hooks() -> None:
    """Have MkDocs load hooks anew, which it does but once in a process."""
    Hooks._load_hook.cache_clear()  # noqa: SLF001


def _is_folder(path: str) -> bool:
    return Path(path).is_dir()


def _refuse_unreadable(file: Path) -> None:
    """Refuse a configuration of which MkDocs could not even say what is wrong with it."""
    found = decode(Source(file.name, file.parent, file.read_bytes())).diagnostics
    if not isinstance(read_config(file).data, dict | None):
        message = "the configuration is not a set of key: value lines"
        hint = "Write for example 'site_name: My blog' on a line of its own"
        found = (Diagnostic(file.name, 1, 1, "config/not-a-mapping", message, hint),)
    if found:
        raise ContentError(found)


class _Docs:
    """The folder of ordinary pages: MkDocs wants one, a blog need not have it.

    Attributes:
        wanted: The blog's, if it is not there.
        stand_in: What MkDocs gets for it then: an empty folder that no build has to remove.
    """

    def __init__(self, config_file: Path) -> None:
        self.wanted: Path | None = None
        self.stand_in: str | None = None
        folder = config_file.resolve().parent / logs.written(config_file, "docs_dir", "docs")
        if not folder.exists():
            ours = state_dir(config_file) / "no-docs"
            self.wanted, self.stand_in = folder, str(ours) if _make_empty(ours) else self._another()

    def _another(self) -> str:
        """Return a folder of this build's own, which goes with it."""
        folder = tempfile.mkdtemp(prefix="blogtools-docs-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder


def _make_empty(folder: Path) -> bool:
    """Make a folder, unless it is there; return whether it is, with nothing in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return not any(folder.iterdir())
    except OSError:
        return False


def _load(request: Request, docs: _Docs) -> MkDocsConfig:
    # MkDocs resolves paths against the file's name as it is given.
    file = str(request.config_file.resolve())
    where = None if request.site_dir is None else str(request.site_dir.resolve())
    try:
        return load_config(file, site_dir=where, docs_dir=docs.stand_in)
    except (MkDocsException, Abort):
        raise
    except (Exception, SystemExit) as failure:
        # Whatever is named by a tag, or is a hook, is imported, and does what it likes.
        if (found := unreadable(failure, request.config_file)) is not None:
            raise ContentError((found,)) from None
        if not isinstance(failure, _CARELESS):
            raise
        # Before it validates, MkDocs takes the types of some values for granted, and inherits from
        # a file again and again; an extension that exits would end the command without a word.
        where = logs.about(option_of(failure))
        raise ConfigurationError(
            f"{where}MkDocs cannot read this configuration: {failure}"
        ) from None


def _plugin(config: MkDocsConfig, file: Path) -> BlogPlugin:
    for plugin in config.plugins.values():
        if isinstance(plugin, BlogPlugin):
            return plugin
    line, column = read_config(file).locate(("plugins",))
    message = "the configuration does not use the plugin"
    hint = "Write 'plugins: [blogtools]' in it"
    raise ContentError((Diagnostic(file.name, line, column, "config/no-plugin", message, hint),))
