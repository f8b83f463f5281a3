"""Mistakes in the blog's options, each at its line of the configuration file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.project import BlogOptions

from .yaml import KeyPath, Parsed, YamlProblem, parse


def check_options(file: Path, invalid: ValidationError) -> tuple[Diagnostic, ...]:
    """Return a diagnostic for each wrong option.

    Args:
        file: The configuration file, read again for the lines.
        invalid: What the validation of the options found.
    """
    places = dict(read_config(file).values)
    return tuple(_diagnostic(file.name, places, error) for error in invalid.errors())


def read_config(file: Path) -> Parsed:
    """Return a configuration file's plain data and positions; nothing if it cannot be read."""
    try:
        return parse(file.read_text("utf-8"), tolerant=True)
    except (OSError, UnicodeDecodeError, YamlProblem):
        return Parsed(None, {}, {})


def plugin_options(file: Path) -> Mapping[str, Any]:
    """Return what stands under ``plugins: - blogtools:``, without asking MkDocs."""
    data = read_config(file).data
    plugins = data.get("plugins") if isinstance(data, dict) else None
    entries = plugins.items() if isinstance(plugins, dict) else _entries(plugins)
    return next((options for name, options in entries if name == "blogtools" and options), {})


def _entries(plugins: object) -> Iterator[tuple[str, Any]]:
    for entry in plugins if isinstance(plugins, list) else ():
        yield from entry.items() if isinstance(entry, dict) else ((str(entry), {}),)


def _diagnostic(
    name: str, places: dict[KeyPath, tuple[int, int]], error: ErrorDetails
) -> Diagnostic:
    loc = tuple(error["loc"])
    line, column = _place(places, loc)
    key = ".".join(map(str, loc))
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        near = difflib.get_close_matches(str(loc[-1]), BlogOptions.model_fields, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "See the guide for every option"
        return Diagnostic(
            name, line, column, "config/unknown-option", f"unknown option '{key}'", hint
        )
    message = f"{key}: {error['msg'].removeprefix('Value error, ')}"
    return Diagnostic(
        name, line, column, "config/invalid", message, "See the guide for every option"
    )


def _place(places: dict[KeyPath, tuple[int, int]], loc: KeyPath) -> tuple[int, int]:
    """Return where an option stands: below whichever entry of the plugins names blogtools."""
    prefix = next(
        (p for p in places if len(p) == 3 and p[0] == "plugins" and p[2] == "blogtools"), ()
    )
    path = (*prefix, *loc)
    while path and path not in places:
        path = path[:-1]
    return places.get(path, (1, 1))
