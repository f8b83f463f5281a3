"""The last look at the size of a page: source that is too long to show gives way to the rest."""

from __future__ import annotations

import re

#: What no page of a reference exceeds, in bytes, as long as there is source to leave out.
LIMIT = 300_000

_SOURCE = re.compile(r'<details class="mkdocstrings-source">.*?</details>', re.DOTALL)
_SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)


def lighten(page: bytes) -> bytes:
    """Return a page, without its longest pieces of source if it would be too large with them.

    Args:
        page: The HTML of a reference's page.
    """
    if len(page) <= LIMIT:
        return page
    text = page.decode()
    pieces = {found.group(): len(found.group().encode()) for found in _SOURCE.finditer(text)}
    size = len(page)
    for piece in sorted(pieces, key=lambda piece: (-pieces[piece], piece)):
        if size <= LIMIT:
            break
        note = _note(piece)
        text = text.replace(piece, note)
        size = len(text.encode())
    return text.encode()


def _note(piece: str) -> str:
    """Return what stands where source was: its place, and how much of it there is."""
    place = _SUMMARY.search(piece)
    lines = piece.count('<span class="normal">')
    where = place.group(1).strip() if place else "Source code"
    return f'<p class="bt-left-out">{where}: {lines} lines, too long to show here.</p>'
