"""mkdocs-minify-plugin: smaller pages, scripts and stylesheets.

Pages and templates it makes smaller one by one (``on_post_page``, ``on_post_template``). Before the
build it gives scripts and stylesheets other names in the configuration; after the build it goes to
the finished site, makes the files smaller, and gives them those names.
"""

from __future__ import annotations

import io
import posixpath
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from blogtools.build.plan import Target
from blogtools.model.digest import digest

from .adapter import Adapter, Parts, Plugin

_EXTRAS = {"js": "extra_javascript", "css": "extra_css"}


def _objection(plugin: Plugin, config: MkDocsConfig) -> str:
    return next(_objections(plugin, config), "")


def _objections(plugin: Plugin, config: MkDocsConfig) -> Iterator[str]:
    site = str(Path(config.site_dir).absolute())
    for kind, extra in _EXTRAS.items():
        names, loaded = _files(plugin, kind), {str(one) for one in config[extra]}
        for name in names:
            yield from _to_name(name, kind)
            if plugin.config["cache_safe"] and name not in loaded:
                yield f"cache_safe of '{name}', which no page loads"
        # It replaces the ending wherever it stands in the whole path.
        if names and f".{kind}" in site:
            yield f"a folder whose name holds '.{kind}'"


def _to_name(name: object, kind: str) -> Iterator[str]:
    """Yield what keeps a name in the configuration from being understood."""
    if not isinstance(name, str) or not _is_inside(name, kind):
        yield f"'{name}' in {kind}_files"
    elif "*" in name and not _is_plain(name):
        yield f"the pattern '{name}'"


def _files(plugin: Plugin, kind: str) -> list[Any]:
    if not (plugin.config[f"minify_{kind}"] or plugin.config["cache_safe"]):
        return []
    given = plugin.config[f"{kind}_files"] or []
    return given if isinstance(given, list) else [given]


def _is_inside(name: str, kind: str) -> bool:
    """Return whether a name is the path of a file of its kind, as we spell paths of the site."""
    folder = posixpath.dirname(name)
    plain = posixpath.normpath(name) == name and not name.startswith(("/", ".."))
    return plain and name.endswith(f".{kind}") and f".{kind}" not in folder


def _is_plain(pattern: str) -> bool:
    """Return whether a pattern stands for files of one folder by the end of their names."""
    folder, _, end = pattern.partition("*")
    return (not folder or folder.endswith("/")) and not set("*?[/") & set(end)


def _alters(plugin: Plugin, parts: Parts) -> None:
    for kind in _EXTRAS:
        for path in sorted(set(_matching(_files(plugin, kind), parts))):
            _rename(plugin, kind, path, parts)


def _matching(names: list[str], parts: Parts) -> Iterator[str]:
    for name in names:
        folder, star, end = name.partition("*")
        if not star:
            yield name
            continue
        inside = (path for path in parts if path.startswith(folder) and path.endswith(end))
        yield from (path for path in inside if "/" not in path[len(folder) :])


def _rename(plugin: Plugin, kind: str, path: str, parts: Parts) -> None:
    """Put what the plugin makes of a file in its place."""
    if (part := parts.pop(path, None)) is None:
        raise PluginError(f"minify: there is no file '{path}' in the site")
    safe = plugin.config["cache_safe"]
    shrink = partial(
        plugin._minify_file_data_with_func,  # noqa: SLF001 - it has no other name
        minify_func=sys.modules[ADAPTER.module].MINIFIERS[kind],
    )
    data = part.make() if isinstance(part, Target) else Path(part.source).read_bytes()
    text = plugin.path_to_data[path] if safe else _text(path, data)
    new = plugin._minified_asset(path, kind, plugin.path_to_hash[path] if safe else "")  # noqa: SLF001
    parts[new] = _target(new, text, _same if safe else shrink)


def _same(text: str) -> str:
    """Return a text that was made smaller before the build."""
    return text


def _text(path: str, data: bytes) -> str:
    """Return a file's text as Python opens it: a line ends in a newline, however it was written."""
    try:
        return io.StringIO(data.decode("utf-8"), newline=None).read()
    except UnicodeDecodeError:
        raise PluginError(f"minify: the file '{path}' is not UTF-8") from None


def _target(path: str, text: str, make: Callable[[str], str]) -> Target:
    what = {"its source": digest(text.encode())}
    return Target(path, what, lambda: make(text).encode(), costly=True)


ADAPTER = Adapter(
    distribution="mkdocs-minify-plugin",
    versions=("0.8.0",),
    module="mkdocs_minify_plugin.plugin",
    objection=_objection,
    alters=_alters,
)
