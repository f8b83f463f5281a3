"""Long signatures on several lines, alike on every machine.

mkdocstrings asks Black or Ruff where one is installed, and else leaves a signature on one line: the
same reference would differ between a developer's machine and an author's. This takes their place.
"""

from __future__ import annotations

from collections.abc import Iterator

_OPENING = "([{"
_CLOSING = ")]}"


def wrap(code: str, line_length: int) -> str:
    """Return one line of code with each parameter, or item of a value, on a line of its own.

    Args:
        code: A function's signature (``def name(a: int) -> str: pass``) or an assignment.
        line_length: The longest line that stays as it is.

    Returns:
        The code, in the style of Black where it had to be broken.
    """
    if len(code) <= line_length:
        return code
    function = code.startswith("def ")
    start = _bracket(
        code, 0 if function else max(code.find(" = "), 0), "(" if function else _OPENING
    )
    end = _matching(code, start) if start >= 0 else -1
    if end < 0:
        return code
    items = list(_items(code[start + 1 : end]))
    if not function and len(items) < 2:
        return code
    lines = "".join(f"    {item},\n" for item in items)
    return f"{code[: start + 1]}\n{lines}{code[end:]}" if items else code


def _bracket(code: str, start: int, wanted: str) -> int:
    """Return where the first of the wanted brackets opens that is in no other, or -1."""
    for place, character, depth in _outline(code, start):
        if character in wanted and depth == 1:
            return place
    return -1


def _matching(code: str, start: int) -> int:
    """Return where the bracket that opens at the start closes, or -1."""
    for place, character, depth in _outline(code, start):
        if character in _CLOSING and depth == 0:
            return place
    return -1


def _items(inner: str) -> Iterator[str]:
    """Yield what stands between the commas that are in no brackets and no text."""
    begin = 0
    for place, character, depth in _outline(inner, 0):
        if character == "," and depth == 0:
            yield inner[begin:place].strip()
            begin = place + 1
    last = inner[begin:].strip()
    if last:
        yield last


def _outline(code: str, start: int) -> Iterator[tuple[int, str, int]]:
    """Yield each character outside of string literals, with the depth of brackets after it."""
    depth, quote, place = 0, "", start
    while place < len(code):
        character = code[place]
        if quote:
            place += character == "\\"
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth += (character in _OPENING) - (character in _CLOSING)
            yield place, character, depth
        place += 1
