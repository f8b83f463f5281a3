"""The blog's own templates, and what they may look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

# `pages` are all pages, with their texts, and the other is another moment in each build: whoever
# reads one of them has to be written anew every time.
_CURIOUS = re.compile(r"\{[{%][^}]*?(?<![\w.])(?P<name>pages|build_date_utc)\b")
# Whatever leads from one page to others.
_NEIGHBOURS = re.compile(r"\b(?:nav|previous_page|next_page|homepage|children|ancestors|parent)\b")


def curious(config: MkDocsConfig) -> tuple[str, ...]:
    """Return the templates that look at all pages, or at the time of the build."""
    found = []
    for file, text in _texts(config):
        if match := _CURIOUS.search(text):
            found.append(f"{file.name} (it reads '{match['name']}')")
    return tuple(found)


def see_neighbours(config: MkDocsConfig) -> bool:
    """Return whether a template of the blog's own leads from one page to another."""
    return any(_NEIGHBOURS.search(text) for _, text in _texts(config))


def matching(config: MkDocsConfig, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return the names of the templates of the blog's own in which a pattern is found."""
    return tuple(file.name for file, text in _texts(config) if pattern.search(text))


def _texts(config: MkDocsConfig) -> Iterator[tuple[Path, str]]:
    """Yield each template of the blog's own with its text."""
    files = [Path(config.docs_dir) / str(name) for name in config.extra_templates]
    if config.theme.custom_dir:
        folder = Path(config.theme.custom_dir)
        files += sorted(file for file in folder.rglob("*") if file.suffix in (".html", ".xml"))
    for file in files:
        try:
            yield file, file.read_text("utf-8", "replace")
        except OSError:
            continue
