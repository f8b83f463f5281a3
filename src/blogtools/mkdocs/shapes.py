"""What MkDocs takes of a configuration as it is, and what templates cannot do without.

MkDocs checks its own options, but not what it only passes on: to a theme, and to its templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from mkdocs.config.defaults import MkDocsConfig

from blogtools.content.options import read_config
from blogtools.content.yaml import KeyPath
from blogtools.model.diagnostic import Diagnostic

_EMOJI = "pymdownx.emoji"
_KINDS: Mapping[Any, str] = {
    str: "text",
    str | None: "text",
    list[str]: "a list of texts",
    list[str] | None: "a list of texts",
    list[dict[str, Any]] | None: "a list of entries of the form 'key: value'",
    dict[str, Any] | None: "a set of entries of the form 'key: value'",
}


def misshapen(config: MkDocsConfig) -> tuple[Diagnostic, ...]:
    """Return a diagnostic for each option of MkDocs' that nobody could use."""
    found = tuple(_of_another_kind(config)) or tuple(_no_addresses(config))
    return tuple(_at(Path(config.config_file_path), *one) for one in found)


def _of_another_kind(config: MkDocsConfig) -> Iterator[tuple[KeyPath, str, str]]:
    theme, extra = config.theme, config.extra
    emoji = (config.mdx_configs.get(_EMOJI) or {}).get("options")
    icons = emoji.get("custom_icons") if isinstance(emoji, dict) else None
    # To templates, what is false is not there at all.
    for place, value, kind in (
        (("theme", "language"), theme.get("language"), str | None),
        (("theme", "direction"), theme.get("direction"), str | None),
        (("theme", "logo"), theme.get("logo") or None, str | None),
        (("theme", "favicon"), theme.get("favicon"), str | None),
        (("theme", "static_templates"), list(theme.static_templates), list[str]),
        (("extra", "homepage"), extra.get("homepage") or None, str | None),
        (("extra", "social"), extra.get("social") or None, list[dict[str, Any]] | None),
        (("extra", "alternate"), extra.get("alternate") or None, list[dict[str, Any]] | None),
        (("extra_css",), config.extra_css, list[str]),
        (("markdown_extensions", _EMOJI, "options"), emoji, dict[str, Any] | None),
        (("markdown_extensions", _EMOJI, "options", "custom_icons"), icons, list[str] | None),
    ):
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            yield place, f"is not {_KINDS[kind]}", f"Write {_KINDS[kind]}, or delete it"


def _no_addresses(config: MkDocsConfig) -> Iterator[tuple[KeyPath, str, str]]:
    for place, address in _addresses(config):
        try:
            urlsplit(str(address))
        except ValueError as wrong:
            yield place, f"'{address}' is no address ({wrong})", "Correct it"


def _addresses(config: MkDocsConfig) -> Iterator[tuple[KeyPath, object]]:
    for key in ("logo", "favicon"):
        yield ("theme", key), config.theme.get(key)
    yield ("extra", "homepage"), config.extra.get("homepage")
    for number, other in enumerate(config.extra.get("alternate") or ()):
        yield ("extra", "alternate", number, "link"), other.get("link")
    for key in ("extra_css", "extra_javascript"):
        for number, address in enumerate(config[key]):
            yield (key, number), address
    yield from _inside(("nav",), config.nav)


def _inside(place: KeyPath, value: object) -> Iterator[tuple[KeyPath, object]]:
    """Yield what lists and mappings hold at last, with its place."""
    if not isinstance(value, dict | list):
        yield place, value
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _inside((*place, key), inner)


def _at(file: Path, place: KeyPath, wrong: str, hint: str) -> Diagnostic:
    line, column = read_config(file).locate(place)
    named = ".".join(map(str, place))
    return Diagnostic(file.name, line, column, "config/invalid", f"{named} {wrong}", hint)
