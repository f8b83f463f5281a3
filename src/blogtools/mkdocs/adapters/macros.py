"""mkdocs-macros-plugin: texts that are templates.

It renders each text (``on_page_markdown``) with variables of the configuration, of the page, and
of anything that a module of the blog's brings along; a text may look at all of MkDocs' files. So
MkDocs gets all of them, texts are rendered in each build, before any page is written, and pages,
lists and feeds are compared by what came of that. A module that works on the finished site is not
for us.
"""

from __future__ import annotations

import os
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from .adapter import Adapter, Plugin


def _objection(plugin: Plugin, _config: MkDocsConfig) -> str:
    return "a module of its own has on_post_build" if plugin.post_build_functions else ""


def _files(plugin: Plugin, config: MkDocsConfig) -> tuple[str, ...]:
    """Return its module, which is a file or a folder, and what its options name."""
    options, module = plugin.config, plugin.config["module_name"]
    named = [one.values() if isinstance(one, dict) else (one,) for one in options["include_yaml"]]
    files = (module, f"{module}.py", *(file for each in named for file in each))
    root = Path(config.config_file_path).parent
    folder = options["include_dir"]
    return (*(str(root / file) for file in files), *([os.path.abspath(folder)] if folder else ()))


ADAPTER = Adapter(
    distribution="mkdocs-macros-plugin",
    versions=("1.5.0",),
    module="mkdocs_macros.plugin",
    objection=_objection,
    files=_files,
    every_page=True,
    timeless=False,
)
