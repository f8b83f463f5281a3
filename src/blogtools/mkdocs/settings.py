"""From MkDocs' configuration to ours, with defaults under which a blog needs four lines."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig

from blogtools.app.reading import is_plain
from blogtools.build.memory import Memory
from blogtools.content.extensions import extended
from blogtools.content.markdown import DEFAULT_EXTENSIONS
from blogtools.content.options import option_place, read_config, read_options
from blogtools.model.clock import clock_now
from blogtools.model.companion import Chrome
from blogtools.model.diagnostic import ContentError, Diagnostic
from blogtools.model.digest import digest_of
from blogtools.model.project import BlogOptions, MarkdownSettings, Project, SiteFacts

from .shapes import misshapen

#: Our templates, each of which a blog can replace.
TEMPLATES = Path(__file__).parent / "templates"
_STYLESHEET = "assets/stylesheets/blogtools.css"
# The modules that each option cannot do without: those of the extra `media`.
_NEEDED = (
    *(("math", "py_mini_racer"), ("math", "fontTools"), ("math", "brotli")),
    ("diagrams", "py_mini_racer"),
    ("images", "PIL"),
    ("cards", "resvg_py"),
    ("bibliography", "pybtex"),
    ("untrusted", "nh3"),
)
#: Put together from parts in every build, so that a blog can replace one of them.
_ASSEMBLED = (
    _STYLESHEET,
    "assets/stylesheets/reference.css",
    "assets/javascripts/reader.js",
)


def prepare(config: MkDocsConfig) -> None:
    """Set what the configuration left open: templates, extensions, no fonts from elsewhere.

    Raises:
        ContentError: The theme is not Material, whose templates ours extend, or an option has a
            value that nobody could use.
    """
    if config.theme.name != "material":
        raise ContentError((_wrong_theme(Path(config.config_file_path)),))
    if wrong := misshapen(config):
        raise ContentError(wrong)
    _add_templates(config)
    _add_extensions(config)
    if config.theme["font"] == {"text": "Roboto", "code": "Roboto Mono"}:
        # Material's default asks a third party for fonts each time a page is read.
        config.theme["font"] = False


def _wrong_theme(file: Path) -> Diagnostic:
    line, column = read_config(file).locate(("theme",))
    message, hint = "blogtools needs the theme Material", "Write 'theme: {name: material}'"
    return Diagnostic(file.name, line, column, "config/theme", message, hint)


def _add_templates(config: MkDocsConfig) -> None:
    """Put our templates below the blog's own overrides, and above Material's."""
    dirs = config.theme.dirs
    if str(TEMPLATES) not in dirs:
        dirs.insert(1 if config.theme.custom_dir else 0, str(TEMPLATES))
    static: set[str] = config.theme.static_templates
    static.discard("sitemap.xml")
    static.update(_ASSEMBLED)
    if _STYLESHEET not in config.extra_css:
        config.extra_css.insert(0, _STYLESHEET)


def _add_extensions(config: MkDocsConfig) -> None:
    """Add the default extensions; what the configuration says of any of them goes first."""
    configs: dict[str, Any] = config.mdx_configs
    for name, options in DEFAULT_EXTENSIONS.items():
        if name not in config.markdown_extensions:
            config.markdown_extensions.append(name)
        configs[name] = {**options, **(configs.get(name) or {})}


def make_project(
    config: MkDocsConfig,
    options: Mapping[str, Any],
    memory: Memory | None,
    *,
    drafts: bool,
    docs_dir: Path | None = None,
) -> Project:
    """Return the typed configuration.

    Args:
        config: MkDocs' configuration, prepared.
        options: What stands under ``plugins: - blogtools:``.
        memory: Knows whether that is as it was; None for a build that keeps nothing.
        drafts: Whether drafts and future essays take part.
        docs_dir: The author's folder of pages, where MkDocs was given another.

    Raises:
        ContentError: Options that are wrong, each at its line of the configuration.
    """
    file = Path(config.config_file_path).resolve()
    ours = _options(dict(options), file, memory)
    if missing := tuple(_missing(file, ours)):
        raise ContentError(missing)
    return Project(
        root=file.parent,
        config_file=file,
        docs_dir=docs_dir or Path(config.docs_dir),
        site=_site(config),
        options=ours,
        markdown=extended(_markdown(config), ours),
        now=clock_now(os.environ, ours.timezone),
        drafts=drafts,
    )


def _options(given: Mapping[str, Any], file: Path, memory: Memory | None) -> BlogOptions:
    """Return the options: as in an earlier build, if they are what they were."""
    if memory is None or not is_plain(given):
        return read_options(given, file)
    key = digest_of("options", memory.environment, given)
    return memory.value(key, BlogOptions, lambda: read_options(given, file))


def _markdown(config: MkDocsConfig) -> MarkdownSettings:
    return MarkdownSettings(tuple(config.markdown_extensions), dict(config.mdx_configs))


def _missing(file: Path, options: BlogOptions) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each option for which a package is not installed."""
    for option, module in _NEEDED:
        if getattr(options, option) not in (None, False) and find_spec(module) is None:
            line, column = option_place(file, (option,))
            message = f"'{option}' needs the package {module}, which is not installed"
            hint = "Install it with: pip install 'blogtools[media]'"
            yield Diagnostic(file.name, line, column, "config/missing-extra", message, hint)


def _site(config: MkDocsConfig) -> SiteFacts:
    url = config.site_url or ""
    return SiteFacts(
        name=config.site_name,
        url=url if not url or url.endswith("/") else f"{url}/",
        description=config.site_description or "",
        author=config.site_author or "",
        language=str(config.theme["language"] or "en"),
    )


def base_path(site_url: str) -> str:
    """Return the path part of the site's address, with slashes on both sides."""
    return urlsplit(site_url).path or "/"


def chrome(config: MkDocsConfig) -> Chrome:
    """Return what a reference takes over from the site around it."""
    return Chrome(
        site_url=config.site_url or "",
        language=str(config.theme["language"] or "en"),
        direction=str(config.theme.get("direction") or ""),
    )
