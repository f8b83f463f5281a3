"""The options of gates: fields of a frozen dataclass, which say what the command line offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, field, fields
from pathlib import Path
from types import NoneType
from typing import Any, ClassVar, NamedTuple, Protocol, get_args, get_origin, get_type_hints


class Shape(Protocol):
    """A dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class Option(NamedTuple):
    """One option of a gate.

    Attributes:
        name: The field's name; the command line has dashes for its underscores.
        type: The type of a value: bool, int, float, str or Path.
        multiple: Whether it may be given several times.
        optional: Whether it may be left out altogether.
        default: What holds where it is left out.
        help: What it is for.
        choices: The values that there are; empty where there are too many to name.
        at_least: The lowest number, if it is one.
        at_most: The highest number, if it is one.
    """

    name: str
    type: type
    multiple: bool
    optional: bool
    default: Any
    help: str
    choices: tuple[str, ...]
    at_least: float | None
    at_most: float | None


def option(
    default: Any,  # noqa: ANN401
    help: str,
    *,
    choices: Sequence[str] = (),
    at_least: float | None = None,
    at_most: float | None = None,
) -> Any:  # noqa: ANN401
    """Return a field of an `Options` class.

    Args:
        default: What holds where the option is left out.
        help: What it is for, as the command line and the reference say it.
        choices: The values that there are, where it is a choice.
        at_least: The lowest number, where it is one.
        at_most: The highest number, where it is one.
    """
    facts = {"help": help, "choices": tuple(choices), "at_least": at_least, "at_most": at_most}
    return field(default=default, metadata=facts)


def options_of(shape: type[Shape]) -> tuple[Option, ...]:
    """Return the options that an `Options` class asks for.

    Args:
        shape: The class, a dataclass all of whose fields come from `option`.
    """
    hints = get_type_hints(shape)
    found = []
    for one in fields(shape):
        kind, multiple, optional = _kind(hints[one.name])
        default = None if one.default is MISSING else one.default
        found.append(Option(one.name, kind, multiple, optional, default, **one.metadata))
    return tuple(found)


def _kind(hint: Any) -> tuple[type, bool, bool]:  # noqa: ANN401
    """Return the type of one value, whether there may be several, and whether there may be none."""
    if get_origin(hint) is tuple:
        return get_args(hint)[0], True, True
    inner = [kind for kind in get_args(hint) if kind is not NoneType]
    if inner:
        return inner[0], False, True
    if hint not in (bool, int, float, str, Path):
        raise TypeError(f"no option has the type {hint}")
    return hint, False, False
