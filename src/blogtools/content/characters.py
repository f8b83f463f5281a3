"""Characters that cannot stand in a page, and where in a text one stands."""

from __future__ import annotations

import re

#: Invalid in HTML and in XML. The marks for links in converted text are made of one of them.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and column (from 1) of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def complaint(char: str) -> str:
    """Return what to say of a character that cannot stand in a page."""
    return f"the control character U+{ord(char):04X} cannot stand in a page"
