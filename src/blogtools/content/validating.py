"""What an author wrote, made into values; pydantic finds every mistake at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

T = TypeVar("T")


def validated(kind: type[T], given: object) -> tuple[T | None, Sequence[ErrorDetails]]:
    """Return a value of a type, or everything that is wrong with what was given.

    Args:
        kind: The type; see ``model/options.py``.
        given: Plain data, as YAML has it.
    """
    # Takes a tenth of a second to import, and most builds know all that they read.
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(given), ()
    except ValidationError as invalid:
        return None, invalid.errors()
