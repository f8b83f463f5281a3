"""Plugins of others whose work this engine does in another way."""

from __future__ import annotations

from typing import Any

from mkdocs.config.defaults import MkDocsConfig

# MkDocs' name for its own search, and for that of the theme. Their index is one file, which every
# reader loads whole; ours is in shards, and made from the finished site.
_SEARCH = ("search", "material/search")


def set_aside(config: MkDocsConfig) -> bool:
    """Let the search that comes with MkDocs do nothing, where a blog asks for it.

    Returns:
        Whether there was one.
    """
    found = [config.plugins[name] for name in _SEARCH if name in config.plugins]
    for plugin in found:
        _silence(config, plugin)
    return bool(found)


def _silence(config: MkDocsConfig, plugin: object) -> None:
    """Take a plugin's name away, and put nothing in the place of its event handlers."""
    for name in [name for name, other in config.plugins.items() if other is plugin]:
        dict.__delitem__(config.plugins, name)
    for handlers in config.plugins.events.values():
        # In place and of equal length: this runs while one of these lists is being walked.
        handlers[:] = [_nothing if getattr(h, "__self__", None) is plugin else h for h in handlers]


def _nothing(*_: Any, **__: Any) -> None:
    """Handle an event by doing nothing."""
