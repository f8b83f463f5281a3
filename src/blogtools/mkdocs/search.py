"""Material's search, fed from the model: no page is parsed a second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from material.plugins.search.plugin import SearchPlugin
from mkdocs.config.defaults import MkDocsConfig

from blogtools.build.memory import Memory
from blogtools.model.digest import digest_of

#: The name under which Material's templates look for search.
KEY = "material/search"


class ModelSearch(SearchPlugin):  # type: ignore[misc]  # Material has no types
    """Keeps Material's options and index format, but reads no HTML.

    Attributes:
        memory: What is known from the last build, if there is any.
        learnt: What is not known from it; kept once it is certain that the build may write.
    """

    memory: Memory | None = None
    learnt: Mapping[bytes, str] = {}

    def _translate(self, config: MkDocsConfig, value: str) -> str:
        """Return a word of the theme's table, which is a template that takes long to compile."""
        if self.memory is None:
            return str(super()._translate(config, value))
        custom = config.theme.custom_dir
        own = self.memory.files.tree_digests(custom) if custom else {}
        language = config.theme["language"]
        key = digest_of("a word of the theme", self.memory.environment, own, language, value)
        known = self.memory.known(key, str)
        if known is None:
            known = str(super()._translate(config, value))
            self.learnt = {**self.learnt, key: known}
        return known

    def on_page_context(self, context: Any, **_: Any) -> Any:
        """Leave the page alone; its text is known already."""
        return context

    def on_post_build(self, **_: Any) -> None:
        """Write nothing; the index is one of the outputs made from the model."""

    def frame(self) -> tuple[bytes, bytes]:
        """Return what stands before the first entry of the index, and behind the last."""
        if self.memory is not None:
            for key, word in self.learnt.items():
                self.memory.keep(key, word)
        empty = self.index([])
        return empty[:-2], empty[-2:]

    def piece(self, entries: Sequence[dict[str, Any]], frame: tuple[bytes, bytes]) -> bytes:
        """Return some entries as they stand in the index."""
        head, tail = frame
        return self.index(entries)[len(head) : -len(tail)]

    def index(self, entries: Sequence[dict[str, Any]]) -> bytes:
        """Return the search index."""
        self.search_index.entries = list(entries)
        data: str = self.search_index.generate_search_index(None)
        return data.encode()


def install(config: MkDocsConfig, memory: Memory | None) -> ModelSearch:
    """Put our search in the place of Material's, with the options that the blog gave it."""
    given = config.plugins.get(KEY) or config.plugins.get("search")
    ours = ModelSearch()
    ours.memory = memory
    ours.load_config(dict(getattr(given, "config", {})))
    if given is not None:
        _silence(config, given)
    dict.__setitem__(config.plugins, KEY, ours)
    ours.on_config(config)
    return ours


def _silence(config: MkDocsConfig, plugin: object) -> None:
    """Take a plugin's name away, and put nothing in the place of its event handlers."""
    for name in [name for name, other in config.plugins.items() if other is plugin]:
        dict.__delitem__(config.plugins, name)
    for handlers in config.plugins.events.values():
        # In place and of equal length: this runs while one of these lists is being walked.
        handlers[:] = [_nothing if getattr(h, "__self__", None) is plugin else h for h in handlers]


def _nothing(*_: Any, **__: Any) -> None:
    """Handle an event by doing nothing."""
