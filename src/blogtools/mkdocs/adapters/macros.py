"""mkdocs-macros-plugin: texts that are templates.

It renders each text (``on_page_markdown``) with variables of the configuration, of the page, and
of anything that a module of the blog's brings along; a text may look at all of MkDocs' files. So
MkDocs gets all of them, texts are rendered in each build, before any page is written, and pages,
lists and feeds are compared by what came of that. A module that works on the finished site is not
for us.
"""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig

from .adapter import Adapter, Plugin


def _objection(plugin: Plugin, _config: MkDocsConfig) -> str:
    return "a module of its own has on_post_build" if plugin.post_build_functions else ""


ADAPTER = Adapter(
    distribution="mkdocs-macros-plugin",
    versions=("1.5.0",),
    module="mkdocs_macros.plugin",
    objection=_objection,
    every_page=True,
    timeless=False,
)
