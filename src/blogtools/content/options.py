"""Mistakes in the blog's options, each at its line of the configuration file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from blogtools.model.companion import CompanionOptions
from blogtools.model.diagnostic import ContentError, Diagnostic
from blogtools.model.elsewhere import InventoryOptions
from blogtools.model.media_options import CardOptions, ImageOptions, MathOptions
from blogtools.model.options import Options
from blogtools.model.outreach_options import MachineOptions
from blogtools.model.project import BlogOptions, TaxonomyOptions

from .validating import validated
from .yaml import KeyPath, Parsed, YamlProblem, parse

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# plugins, the place in the list, blogtools
_DEEPEST = 3


def read_options(given: object, file: Path) -> BlogOptions:
    """Return the blog's options.

    Args:
        given: What stands under ``plugins: - blogtools:``.
        file: The configuration file, read again for the lines of what is wrong.

    Raises:
        ContentError: Options that are wrong, each at its line.
    """
    options, errors = validated(BlogOptions, given)
    if options is None:
        parsed = read_config(file)
        raise ContentError(tuple(_diagnostic(file.name, parsed, error) for error in errors))
    return options


def option_place(file: Path, option: KeyPath) -> tuple[int, int]:
    """Return the line and column of an option, or of the nearest thing around it.

    Args:
        file: The configuration file.
        option: The path below ``plugins: - blogtools:``, such as ``("companions", 0)``.
    """
    parsed = read_config(file)
    return parsed.locate((*_prefix(parsed), *option))


def read_config(file: Path) -> Parsed:
    """Return a configuration file's plain data and positions; nothing if it cannot be read."""
    try:
        return parse(file.read_text("utf-8"), tolerant=True)
    except (OSError, UnicodeDecodeError, YamlProblem):
        return Parsed(None, {}, {})


def _diagnostic(name: str, parsed: Parsed, error: ErrorDetails) -> Diagnostic:
    loc = tuple(error["loc"])
    place = (*_prefix(parsed), *loc)
    key = ".".join(map(str, loc))
    if error["type"] == "extra_forbidden":
        line, column = parsed.keys.get(place) or parsed.locate(place)
        near = difflib.get_close_matches(str(loc[-1]), _names(loc), n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "See the guide for every option"
        return Diagnostic(
            name, line, column, "config/unknown-option", f"unknown option '{key}'", hint
        )
    line, column = parsed.locate(place)
    said = error["msg"].removeprefix("Value error, ")
    message = f"{key}: {said}" if key else said
    return Diagnostic(
        name, line, column, "config/invalid", message, "See the guide for every option"
    )


_MODELS: Mapping[str, type[Options]] = {
    "math": MathOptions,
    "images": ImageOptions,
    "cards": CardOptions,
    "machines": MachineOptions,
}


def _names(loc: KeyPath) -> tuple[str, ...]:
    """Return the options that there are at the place of an unknown one."""
    if len(loc) == 1:
        return BlogOptions.__struct_fields__
    if loc[0] == "companions":
        return CompanionOptions.__struct_fields__
    if loc[0] in _MODELS:
        return _MODELS[str(loc[0])].__struct_fields__
    if loc[0] == "inventories":
        return InventoryOptions.__struct_fields__
    return TaxonomyOptions.__struct_fields__


def _prefix(parsed: Parsed) -> KeyPath:
    """Return the path of our options: ``plugins`` may be a list of names, or a mapping."""
    ours = (
        path for path in parsed.values if path[:1] == ("plugins",) and path[-1:] == ("blogtools",)
    )
    return next((path for path in ours if len(path) <= _DEEPEST), ("plugins",))
