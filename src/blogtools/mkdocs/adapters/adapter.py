"""What is known of somebody else's plugin, so that it can take part in incremental builds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from msgspec import Struct

from blogtools.build.plan import Copy, Target

#: A plugin of MkDocs; most have no types.
Plugin = Any
#: The files of a site by their paths: how a plugin finds them after the build.
Parts = dict[str, Target | Copy]


def _no_objection(_plugin: Plugin, _config: MkDocsConfig) -> str:
    return ""


def _no_files(_plugin: Plugin, _config: MkDocsConfig) -> tuple[str, ...]:
    return ()


def _no_names(_plugin: Plugin) -> frozenset[str]:
    return frozenset()


def _nothing_hidden(_key: str, _own: bool) -> bool:
    return False


class Adapter(Struct, frozen=True):
    """One plugin, as its sources say that it works.

    Every plugin hears of a page what it would hear in plain MkDocs, in the same order; what MkDocs
    reads before anything is written is compared as the plugins left it. An adapter says the rest.

    Attributes:
        distribution: What is installed.
        versions: Its versions of which this is known.
        module: Where the plugin's class is defined: other distributions may use its name.
        objection: Says in words which of its options, or of the blog's, are not known to be right.
        files: The files and folders that it reads, besides those that a build reads anyway.
        names: The names of essays and lists that it looks for among MkDocs' files.
        texts: It changes essays that hold this.
        every_page: Whether it may look at all files, or change any text.
        timeless: Whether it gives the same while no file and no package changes.
        hidden: Whether no template shows a key of a page's metadata that it sets; asked of the
            page's own templates, and of those that see the page from elsewhere.
        writes: Whether it writes files after the build, and looks at none.
        alters: What it does after the build to the files that are there.
    """

    distribution: str
    versions: tuple[str, ...]
    module: str
    objection: Callable[[Plugin, MkDocsConfig], str] = _no_objection
    files: Callable[[Plugin, MkDocsConfig], tuple[str, ...]] = _no_files
    names: Callable[[Plugin], frozenset[str]] = _no_names
    texts: re.Pattern[str] | None = None
    every_page: bool = False
    timeless: bool = True
    hidden: Callable[[str, bool], bool] = _nothing_hidden
    writes: bool = False
    alters: Callable[[Plugin, Parts], None] | None = None


class Wanted(Struct, frozen=True):
    """Which essays and lists have to be among MkDocs' files from the start.

    Attributes:
        names: Their names.
        texts: What an essay's text may hold.
    """

    names: frozenset[str] = frozenset()
    texts: tuple[re.Pattern[str], ...] = ()

    def holds(self, text: Callable[[], str]) -> bool:
        """Return whether an essay has to be there for its text, which is read only if needed."""
        return bool(self.texts) and any(pattern.search(text()) for pattern in self.texts)
