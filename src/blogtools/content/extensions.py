"""The extensions of Markdown that the blog's own options ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from blogtools.model.project import BlogOptions, MarkdownSettings

_FENCES = "pymdownx.superfences"
_MATH = "pymdownx.arithmatex"
_CITATIONS = "blogtools.content.citations"


def extended(settings: MarkdownSettings, options: BlogOptions) -> MarkdownSettings:
    """Return how Markdown is converted, with what the blog's options need."""
    fences = list(_fences(options))
    if not fences and options.bibliography is None:
        return settings
    needed = [_CITATIONS] if options.bibliography is not None else []
    needed += [_MATH] if options.math is not None else []
    extensions = tuple(dict.fromkeys((*settings.extensions, *needed)))
    configs = dict(settings.configs or {})
    if options.math is not None:
        configs[_MATH] = {**configs.get(_MATH, {}), "generic": True}
    if fences and _FENCES in extensions:
        configs[_FENCES] = _with_fences(configs.get(_FENCES, {}), fences)
    return MarkdownSettings(extensions, configs)


def _with_fences(given: Mapping[str, Any], fences: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the options of fenced blocks with ours; of a name that both have, ours stays."""
    own = {fence["name"] for fence in fences}
    others = [one for one in given.get("custom_fences", ()) if one.get("name") not in own]
    return {**given, "custom_fences": [*others, *fences]}


def _fences(options: BlogOptions) -> Iterator[Mapping[str, Any]]:
    if options.math is not None:
        from pymdownx.arithmatex import arithmatex_fenced_format

        form = arithmatex_fenced_format(which="generic")
        yield {"name": "math", "class": "arithmatex", "format": form}
    if options.diagrams is not None:
        from .diagrams import GRAPHVIZ, checked, fence

        recorded = ("mermaid",) if options.diagrams.mermaid else ()
        for name in (*GRAPHVIZ, *recorded):
            yield {"name": name, "class": "", "format": fence, "validator": checked}
