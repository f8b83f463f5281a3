"""What MkDocs is told while it builds a reference, besides its configuration."""

from __future__ import annotations

import posixpath

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation

from blogtools.content.presenting import presented
from blogtools.model.interface import voice


def on_env(env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
    """Give templates the words of the interface, and code and tables their final form."""
    env.filters["presented"] = presented
    env.globals["say"] = voice(config.theme["language"], config.theme["direction"])
    env.globals.update(config.extra)
    return env


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
    """Let the page of one object open the navigation where its module is."""
    listed = {page.file.src_uri: page for page in nav.pages}
    for file in files.documentation_pages():
        module = posixpath.join(posixpath.dirname(posixpath.dirname(file.src_uri)), "index.md")
        if file.page is not None and file.src_uri not in listed and module in listed:
            file.page.parent = listed[module].parent
            file.page.module = listed[module]  # type: ignore[attr-defined]
    return nav
