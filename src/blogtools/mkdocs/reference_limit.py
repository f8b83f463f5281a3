"""The last look at the size of a page: source that is too long to show gives way to the rest."""

from __future__ import annotations

import re

from blogtools.model.interface import Voice

#: What no page of a reference exceeds, in bytes, as long as there is source to leave out.
LIMIT = 300_000
#: What is left of that for the frame of the site, and for what is said of versions and essays.
FRAME = 20_000

_SOURCE = re.compile(r'<details class="mkdocstrings-source".*?</details>', re.DOTALL)
_SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)


def lighten(page: bytes, say: Voice) -> bytes:
    """Return a page, without its longest pieces of source if it would be too large with them.

    Args:
        page: The HTML of a reference's page, as it is kept.
        say: The words of the interface.
    """
    if len(page) <= LIMIT - FRAME:
        return page
    text = page.decode()
    pieces = {found.group(): len(found.group().encode()) for found in _SOURCE.finditer(text)}
    size = len(page)
    for piece in sorted(pieces, key=lambda piece: (-pieces[piece], piece)):
        if size <= LIMIT - FRAME:
            break
        note = _note(piece, say)
        text = text.replace(piece, note)
        size = len(text.encode())
    return text.encode()


def _note(piece: str, say: Voice) -> str:
    """Return what stands where source was: its place, and how much of it there is."""
    place = _SUMMARY.search(piece)
    where = place.group(1).strip() if place else say("source")
    told = say("left.out", lines=piece.count(' class="linenos"'))
    return f'<p class="bt-left-out">{where}: {told}</p>'
