"""The extensions of Markdown that the blog's own options ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from blogtools.model.project import BlogOptions, MarkdownSettings

_FENCES = "pymdownx.superfences"
_MATH = "pymdownx.arithmatex"


def extended(settings: MarkdownSettings, options: BlogOptions) -> MarkdownSettings:
    """Return how Markdown is converted, with what the blog's options need."""
    fences = list(_fences(options))
    if not fences and options.bibliography is None:
        return settings
    extensions, configs = list(settings.extensions), dict(settings.configs or {})
    if options.bibliography is not None:
        extensions.append("blogtools.content.citations")
    if options.math is not None:
        if _MATH not in extensions:
            extensions.append(_MATH)
        configs[_MATH] = {**configs.get(_MATH, {}), "generic": True}
    if fences and _FENCES in extensions:
        given = configs.get(_FENCES, {})
        own = {fence["name"] for fence in fences}
        others = [one for one in given.get("custom_fences", ()) if one.get("name") not in own]
        configs[_FENCES] = {**given, "custom_fences": [*others, *fences]}
    return MarkdownSettings(tuple(extensions), configs)


def _fences(options: BlogOptions) -> Iterator[Mapping[str, Any]]:
    if options.math is not None:
        from pymdownx.arithmatex import arithmatex_fenced_format

        form = arithmatex_fenced_format(which="generic")
        yield {"name": "math", "class": "arithmatex", "format": form}
    if options.diagrams is not None:
        from .diagrams import checked, fence

        for name in ("dot", "graphviz"):
            yield {"name": name, "class": "", "format": fence, "validator": checked}
