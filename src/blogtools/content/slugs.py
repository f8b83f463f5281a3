"""Names for URLs."""

from __future__ import annotations

import re
import unicodedata

_PLUS_AND_SHARP = {"+": "-plus", "#": "-sharp"}
_NOT_A_NAME = re.compile(r"[\W_]+")


def slugify(text: str) -> str:
    """Return a text as a name for a URL: lower case, letters and digits of any script, hyphens.

    ``C``, ``C++`` and ``C#`` stay apart (``c``, ``c-plus-plus``, ``c-sharp``). A text without any
    letter or digit gives the hexadecimal code points of its characters, so that no two of them
    meet in an empty name.

    Args:
        text: What an author wrote, or a file's name.

    Returns:
        A name, never empty unless the text is.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    spelled = re.sub(
        r"(?<=\w)[+#]+", lambda run: "".join(_PLUS_AND_SHARP[c] for c in run[0]), folded
    )
    name = _NOT_A_NAME.sub("-", spelled).strip("-")
    return unicodedata.normalize("NFC", name) or "-".join(f"{ord(char):x}" for char in text)


def is_slug(text: str) -> bool:
    """Return whether a text is a name already, and so can be part of a URL as it is."""
    return bool(text) and slugify(text) == text
