"""mkdocs-git-revision-date-localized-plugin: when a page was last changed, by git.

It asks git for the history of each file of the author's in ``on_files``, and writes what it found
into the metadata of each page (``on_page_markdown``), which is compared as it left it. Of all it
writes there Material shows two values, on the page itself. Essays have no history for it: to MkDocs
they are generated, so it takes them for made now; but nothing shows that, except where an essay's
text asks for it. History changes without any file of the blog changing, and some dates are today's.
"""

from __future__ import annotations

import re

from mkdocs.config.defaults import MkDocsConfig

from blogtools.mkdocs import overrides

from .adapter import Adapter, Plugin

_SHOWN = ("git_revision_date_localized", "git_creation_date_localized")
_WRITTEN = re.compile(r"git_(?:(?:site_)?revision|creation)_date_localized")
_IN_TEXT = re.compile(rf"\{{\{{\s*{_WRITTEN.pattern}\s*\}}\}}", re.IGNORECASE)
# What shows a value that it writes, or all metadata that there is.
_LOOKS = re.compile(rf"{_WRITTEN.pattern}|\bpage\.meta\b(?!\s*(?:\.(?!items|values|keys)\w|\[))")


def _objection(_plugin: Plugin, config: MkDocsConfig) -> str:
    found = overrides.matching(config, _LOOKS)
    return f"{found[0]} shows metadata" if found else ""


def _hidden(key: str, own: bool) -> bool:
    return bool(_WRITTEN.match(key)) and not (own and key in _SHOWN)


ADAPTER = Adapter(
    distribution="mkdocs-git-revision-date-localized-plugin",
    versions=("1.6.3",),
    module="mkdocs_git_revision_date_localized_plugin.plugin",
    objection=_objection,
    texts=_IN_TEXT,
    timeless=False,
    hidden=_hidden,
    writes=True,
)
