"""Names for URLs."""

from __future__ import annotations

import re
import unicodedata

_PLUS_AND_SHARP = {"+": "-plus", "#": "-sharp"}
# Bytes, as file systems count: they end at 255, and a name may be part of a longer one.
_LONGEST = 180
# What most names are already.
_PLAIN = re.compile(rf"(?=.{{1,{_LONGEST}}}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")
# Marks that nobody sees: they choose how the character before them is drawn.
_UNSEEN = re.compile(r"[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def slugify(text: str) -> str:
    """Return a text as a name for a URL: lower case, letters and digits of any script, hyphens.

    ``C``, ``C++`` and ``C#`` stay apart (``c``, ``c-plus-plus``, ``c-sharp``). A text without any
    letter or digit gives the hexadecimal code points of its characters, so that no two of them
    meet in an empty name. A very long text is cut, since a file's name has to end somewhere.

    Args:
        text: What an author wrote, or a file's name.

    Returns:
        A name, never empty unless the text is; a name itself stays as it is.
    """
    if _PLAIN.fullmatch(text):
        return text
    name = _name(text) or _cut("-".join(f"{ord(char):x}" for char in text))
    # Folding a letter's case can bring forth one that folds again.
    while (again := _name(name)) != name:
        name = again
    return name


def _name(text: str) -> str:
    folded = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
    composed = unicodedata.normalize("NFKC", folded)
    spelled = re.sub(
        r"(?<=\w)[+#]+", lambda run: "".join(_PLUS_AND_SHARP[c] for c in run[0]), composed
    )
    return _cut("-".join(_parts(spelled)))


def _parts(text: str) -> list[str]:
    """Split a text at whatever is no letter, digit, or mark on one (as Hindi and Thai write)."""
    kept = ""
    for char in text:
        on_a_letter = kept[-1:] not in ("", " ") and unicodedata.category(char) in ("Mn", "Mc")
        kept += char if char.isalnum() or on_a_letter else " "
    return kept.split()


def _cut(name: str) -> str:
    return name.encode()[:_LONGEST].decode(errors="ignore").strip("-")


def is_slug(text: str) -> bool:
    """Return whether a text is a name already, and so can be part of a URL as it is."""
    return bool(text) and slugify(text) == text


def checked_slug(text: str) -> str:
    """Return a name unchanged.

    Raises:
        ValueError: It cannot be part of a URL as it is; says what could.
    """
    if not is_slug(text):
        raise ValueError(f"{text!r} cannot stand in a URL as it is, write {slugify(text)!r}")
    return text
