"""mkdocs-section-index: a section of the navigation that is a page itself.

It changes the navigation (``on_nav``), which is compared as it left it, and two of Material's
templates as they are loaded. After the build it only warns if it met neither of them.
"""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from .adapter import Adapter, Plugin

_CHANGED = ("partials/nav-item.html", "partials/tabs-item.html")


def _objection(_plugin: Plugin, config: MkDocsConfig) -> str:
    """Object to a blog that has put its own in the place of what the plugin changes."""
    folder = config.theme.custom_dir
    own = [name for name in _CHANGED if folder and Path(folder, name).is_file()]
    return f"the blog has its own {own[0]}" if own else ""


ADAPTER = Adapter(
    distribution="mkdocs-section-index",
    versions=("0.3.12",),
    module="mkdocs_section_index.plugin",
    objection=_objection,
)
