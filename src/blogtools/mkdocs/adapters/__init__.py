"""Plugins of others that take part in incremental builds, each as its sources say that it works."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page
from msgspec import Struct

from blogtools.build.ledger import Reads
from blogtools.build.plan import Target
from blogtools.model.digest import digest, digest_of

from . import git_dates, glightbox, macros, minify, redirects, section_index
from .adapter import Adapter, Parts, Plugin, Wanted

__all__ = ["ADAPTERS", "Adapted", "Adapter", "Parts", "Wanted", "files_of"]

#: Every plugin that is known.
ADAPTERS = (
    redirects.ADAPTER,
    minify.ADAPTER,
    glightbox.ADAPTER,
    git_dates.ADAPTER,
    section_index.ADAPTER,
    macros.ADAPTER,
)
_BY_MODULE = {adapter.module: adapter for adapter in ADAPTERS}
# Where a build works, and what is no plain value.
_NOT_COMPARED = ("config_file_path", "docs_dir", "site_dir", "hooks", "plugins", "theme", "watch")


class _InUse(Struct, frozen=True):
    adapter: Adapter
    plugin: Plugin


class Adapted:
    """The plugins of one configuration that are not ours.

    Attributes:
        unknown: What of them nobody knows enough of, by name, with the reason where there is one.
    """

    def __init__(self, config: MkDocsConfig, ours: tuple[str, ...]) -> None:
        """Look at the plugins, once they are configured.

        Args:
            config: MkDocs' configuration.
            ours: The names of those that need no adapter.
        """
        others = {name: plugin for name, plugin in config.plugins.items() if name not in ours}
        found = {name: _known(name, plugin, config) for name, plugin in others.items()}
        self.unknown = tuple(known for known in found.values() if isinstance(known, str))
        self._used = [known for known in found.values() if isinstance(known, _InUse)]
        self._written: dict[int, Mapping[str, bytes]] = {}

    @property
    def every_page(self) -> bool:
        """Return whether MkDocs has to get every file."""
        return any(used.adapter.every_page for used in self._used)

    @property
    def changes_texts(self) -> bool:
        """Return whether an essay's text may not be what is converted."""
        return self.every_page or bool(self.wanted.texts)

    @property
    def timeless(self) -> bool:
        """Return whether a build would come to the same while nothing that it read changes."""
        return all(used.adapter.timeless for used in self._used)

    @property
    def wanted(self) -> Wanted:
        """Return which files MkDocs has to get all the same."""
        names = (used.adapter.names(used.plugin) for used in self._used)
        texts = (used.adapter.texts for used in self._used)
        return Wanted(frozenset().union(*names), tuple(text for text in texts if text))

    # -- what pages are made from ------------------------------------------------------------

    def shared(self, config: MkDocsConfig) -> Reads:
        """Return what all pages are made from because of plugins."""
        if not self._used:
            return {}
        values = {key: value for key, value in config.items() if key not in _NOT_COMPARED}
        return {"the configuration as plugins left it": digest_of(_plain((values, config.theme)))}

    def page(self, page: Page | None) -> Reads:
        """Return what a page of ours is made from if MkDocs has read it already."""
        if page is None or not self._used:
            return {}
        meta = json.dumps(self.meta(page, own=False), sort_keys=True, default=repr)
        return {"what plugins made of it": digest_of(page.content, page.title, meta)}

    def meta(self, page: Page, *, own: bool) -> Mapping[str, object]:
        """Return the metadata of a page that templates may show.

        Args:
            page: The page.
            own: Whether it is asked for the page itself, and not for others that lead to it.
        """
        hidden = [used.adapter.hidden for used in self._used]
        return {k: v for k, v in page.meta.items() if not any(hide(k, own) for hide in hidden)}

    # -- after the build ---------------------------------------------------------------------

    def rehearse(self, config: MkDocsConfig) -> None:
        """Let plugins write somewhere else what they write after the build."""
        for used in self._used:
            if used.adapter.writes:
                self._written[id(used.plugin)] = _written(used.plugin, config)

    def finish(self, parts: Parts, made: Parts, ours: Plugin, config: MkDocsConfig) -> Parts:
        """Return the finished site: each plugin, in its turn, has the last word.

        Args:
            parts: The site before anything happens after the build.
            made: What we write ourselves then.
            ours: Our own plugin.
            config: MkDocs' configuration.
        """
        parts = dict(parts)
        for plugin in _in_turn(config):
            if plugin is ours:
                parts |= made
            for path, data in self._written.get(id(plugin), {}).items():
                parts[path] = Target(path, {"its content": digest(data)}, partial(bytes, data))
            for used in self._used:
                if used.plugin is plugin and used.adapter.alters is not None:
                    used.adapter.alters(plugin, parts)
        return parts


def files_of(config: MkDocsConfig) -> Iterator[str]:
    """Yield the files and folders that plugins read themselves, as far as that is known of them."""
    for plugin in config.plugins.values():
        if (adapter := _BY_MODULE.get(type(plugin).__module__)) is not None:
            yield from adapter.files(plugin, config)


def _known(name: str, plugin: Plugin, config: MkDocsConfig) -> _InUse | str:
    """Return a plugin with its adapter, or who it is and why there is none."""
    adapter = _BY_MODULE.get(type(plugin).__module__)
    if adapter is None or "#" in name:  # which MkDocs gives to the second of a kind
        return name
    installed = _version(adapter.distribution)
    if installed not in adapter.versions:
        return f"{name} {installed} (known: {', '.join(adapter.versions)})"
    objection = adapter.objection(plugin, config)
    return f"{name} ({objection})" if objection else _InUse(adapter, plugin)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "of no known version"


def _in_turn(config: MkDocsConfig) -> Iterator[Plugin]:
    for handler in config.plugins.events["post_build"]:
        yield getattr(handler, "__self__", None)


def _written(plugin: Plugin, config: MkDocsConfig) -> Mapping[str, bytes]:
    """Return the files that a plugin writes after the build into a site that has none."""
    with tempfile.TemporaryDirectory(prefix="blogtools-plugin-") as scratch:
        site_dir, config.site_dir = config.site_dir, scratch
        try:
            plugin.on_post_build(config=config)
        finally:
            config.site_dir = site_dir
        files = sorted(file for file in Path(scratch).rglob("*") if file.is_file())
        return {file.relative_to(scratch).as_posix(): file.read_bytes() for file in files}


def _plain(value: object) -> object:
    """Return what of a value is the same in each process."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, str | int | float | bool | None):
        return value
    return type(value).__qualname__
