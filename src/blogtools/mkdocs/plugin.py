"""The MkDocs plugin: each hook is a few lines that call into the session."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Literal, cast

import jinja2
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from blogtools.app.media_files import styled
from blogtools.app.ports import Progress, Symbols, no_symbols, silent
from blogtools.app.reading import irregular, misnamed
from blogtools.build.memory import Memory
from blogtools.build.outputs import write
from blogtools.content.presenting import presented
from blogtools.model.diagnostic import (
    ContentError,
    Diagnostic,
    Disturbed,
    Severity,
    UsageError,
    errors,
)
from blogtools.model.output import Output

from . import composing, settings, taking_over, theme
from .adapters.adapter import Wanted
from .addressing import address
from .changes_views import breakable
from .frame import Frame, entrance, frame, site_voice
from .session import Session
from .set_aside import set_aside
from .template_problems import missing_templates

log = logging.getLogger("mkdocs.plugins.blogtools")


# What a driver sets for one build.
_OF_ONE_BUILD = (
    *("drafts", "docs_dir", "collected", "memory", "sparse", "wanted", "progress"),
    *("lenient", "forgiven"),
)


class ContentFailure(PluginError):
    """The content has errors; MkDocs prints the message and stops."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Keep the diagnostics, and say them one a line."""
        self.diagnostics = diagnostics
        super().__init__("the content has errors:\n" + "\n".join(map(str, diagnostics)))


class Misuse(PluginError, UsageError):
    """The build cannot begin; MkDocs prints the message and stops."""


class _NoScheme(Config):  # type: ignore[no-untyped-call]
    """Empty: our options are checked by our own model, which knows their lines."""


class BlogPlugin(BasePlugin[_NoScheme]):  # type: ignore[no-untyped-call]
    """Brings the essays into an MkDocs build.

    ``blogtools build`` runs the same hooks; it sets the attributes below before it begins.

    Attributes:
        drafts: Whether drafts and future essays take part; None to decide by the command.
        docs_dir: The author's folder of pages, where MkDocs was given another.
        symbols: Answers which symbols the companions offer.
        workers: How many processes convert and compose; None for what the options say.
        memory: What is known from the last build; None for a build that keeps nothing.
        sparse: Whether MkDocs gets only the files that its navigation needs.
        wanted: The files that it gets all the same, for other plugins.
        progress: Is told how far the build is.
        collected: Receives the diagnostics instead of the log, if it is a list.
        lenient: Whether errors of essays and pages stop nothing, for whom only looks at others.
        forgiven: Those errors.
        without_search: Whether the blog asked for MkDocs' search, which was set aside.
    """

    supports_multiple_instances = False
    drafts: bool | None = None
    docs_dir: Path | None = None
    collected: list[Diagnostic] | None = None
    serving = False
    symbols: Symbols = staticmethod(no_symbols)
    workers: int | None = None
    memory: Memory | None = None
    sparse = False
    wanted = Wanted()
    progress: Progress = staticmethod(silent)
    lenient = False
    forgiven: tuple[Diagnostic, ...] = ()
    without_search = False
    frame: Frame

    def warnings(self) -> tuple[Diagnostic, ...]:
        """Return the warnings that were found, where somebody collects them."""
        found = self.collected or ()
        return tuple(wrong for wrong in found if wrong.severity is Severity.WARNING)

    def load_config(
        self, options: Any, config_file_path: str | None = None
    ) -> tuple[list[Any], list[Any]]:
        """Keep the options; they are validated when the whole configuration is known."""
        self.options = dict(options)
        return [], []

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Forget the last build, and remember whether this is a preview.

        MkDocs keeps a plugin for as long as its process lives, whatever site comes next.
        """
        for name in _OF_ONE_BUILD:
            vars(self).pop(name, None)
        self.serving = command == "serve"

    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Fill in defaults, and validate our options."""
        drafts = self.serving if self.drafts is None else self.drafts
        try:
            settings.prepare(config)
            self.project = settings.make_project(
                config, self.options, self.memory, drafts=drafts, docs_dir=self.docs_dir
            )
        except ContentError as wrong:
            raise ContentFailure(wrong.diagnostics) from None
        except Disturbed:
            raise
        except UsageError as wrong:
            raise Misuse(str(wrong)) from None
        self.without_search = set_aside(config)
        theme.forget_icons(config)
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Read and convert the essays, and add their files and those of their lists."""
        companions = self.symbols(self.project)
        workers = 1 if self.serving else self.workers
        memory = self.memory or Memory.of_nothing(self.project.root)
        for folder in (self.project.docs_dir, config.theme.custom_dir):
            if folder:
                found = misnamed(memory.files.tree(folder))
                self._report((*found, *irregular(memory.files.irregular(folder))))
        self.session = Session(self.project, companions, memory, workers, self.progress)
        theme.leave_out_materials(files, config)
        self.session.collect(files, config, self.wanted if self.sparse else None)
        return files

    @event_priority(100)
    def on_page_read_source(self, *, page: Page, config: MkDocsConfig) -> str:
        """Read an ordinary page as an essay is read; essays are known already."""
        return self.session.source(page)

    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> Page:
        """Take over how the page is read and converted: once, with every fact kept."""
        taking_over.take_over(page, self.session)
        return page

    def on_env(
        self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files
    ) -> jinja2.Environment:
        """Check the whole site before a single file is written."""
        env.filters["breakable"], env.filters["presented"] = breakable, presented
        env.filters["day"], env.filters["entrance"] = site_voice(config).day, entrance
        absent = missing_templates(self.session.templates(files), env)
        found = tuple(sorted({*self.session.settle(files, config), *absent}))
        if self.lenient:
            self.forgiven = tuple(filter(self._is_of_content, errors(found)))
        self._report(tuple(wrong for wrong in found if wrong not in self.forgiven))
        self.files, self.frame = files, frame(config, self.session.edition)
        return env

    def _is_of_content(self, wrong: Diagnostic) -> bool:
        """Return whether a finding is of an essay, of a page, or of a file beside one."""
        folders = map(self.project.relative, (self.project.posts_dir, self.project.docs_dir))
        return wrong.path.startswith(tuple(f"{folder}/" for folder in folders))

    def _report(self, found: tuple[Diagnostic, ...]) -> None:
        if self.collected is not None:
            self.collected.extend(found)
        else:
            for warning in found:
                if warning.severity is Severity.WARNING:
                    log.warning(str(warning))
        if wrong := errors(found):
            raise ContentFailure(wrong)

    @event_priority(100)
    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Give the template its view of the site."""
        view = composing.view(page, self.session)
        cast("dict[str, object]", context).update(
            view=view,
            site=self.frame,
            say=composing.voice_of(view, self.frame),
            copy=self.session.copy_of(page),
            page_title=composing.title_of(page, self.session),
            structured=composing.structured(page, view, self.session),
        )
        return context

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """Give a template that is no page, such as that of an address not found, the frame."""
        cast("dict[str, object]", context).update(view=None, site=self.frame, say=self.frame.say)
        return context

    @event_priority(100)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Link the stylesheets of what is drawn in a page."""
        return styled(output, address(page.file), self.project.options)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write feeds, sitemap and redirects."""
        pages = [f.page for f in self.files.documentation_pages() if f.page is not None]
        taken = frozenset(self.session.owners)
        if self.sparse:
            return
        for target in self.session.made(pages, taken):
            write(Output(target.path, target.make()), Path(config.site_dir))

    def on_serve(self, server: Any, *, config: MkDocsConfig, builder: Any) -> Any:
        """Watch the essays too."""
        if self.project.posts_dir.is_dir():
            server.watch(str(self.project.posts_dir))
        return server
