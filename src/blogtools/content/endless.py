"""What begins like a comment or a script and never ends, out of the sight of patterns.

A pattern looks for the end of each such beginning up to the last character of a text: of thirty
thousand of them, for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_PAIRS = (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"))
# Stands for the first character of what never ends. A source that contains it is refused.
_HIDDEN = "\x0f"


def hidden(text: str, pairs: Iterable[tuple[str, str]] = _PAIRS) -> str:
    """Return a text of the same length in which no pattern finds such a beginning.

    Args:
        text: Markdown or HTML. Where everything that begins also ends, it is returned as it is.
        pairs: What begins, and what ends it; comments, scripts and styles unless others are named.

    Returns:
        A text that `seen` makes what it was.
    """
    for opening, end in pairs:
        if opening in text and text.rfind(opening) + len(opening) > text.rfind(end):
            text = _without(text, opening, end)
    return text


def _without(text: str, opening: str, end: str) -> str:
    """Return a text without the beginnings behind the last end, however that is spelled."""
    ends = re.finditer(re.escape(end), text, re.IGNORECASE)
    last = max((found.start() for found in ends), default=0)
    behind = max(0, last - len(opening) + 1)
    return text[:behind] + text[behind:].replace(opening, _HIDDEN + opening[1:])


def seen(text: str) -> str:
    """Return a text with everything in it that was hidden."""
    return text.replace(_HIDDEN, "<")
