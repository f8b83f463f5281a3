"""Where in its file a piece of text stands that a conversion found something wrong with."""

from __future__ import annotations

import re

from blogtools.model.document import Document

from .characters import position


def find(document: Document, text: str, at: int) -> tuple[int, int]:
    """Return the line and column of a character of a piece of a document.

    Args:
        document: The file.
        text: The piece; the file may have other spaces in it, such as an indentation.
        at: The character of the piece.

    Returns:
        Both from 1; the body's beginning if the piece is not found.
    """
    body = document.body
    spans = _words(text)
    if not spans:
        return document.body_line, 1
    pattern = r"[\s>]*".join(re.escape(word) for word, _ in spans)
    if (found := re.search(pattern, body)) is None:
        return document.body_line, 1
    line, column = position(body, found.start() + _along(found[0], text, at))
    return document.body_line + line - 1, column


def _words(text: str) -> list[tuple[str, int]]:
    return [(match[0], match.start()) for match in re.finditer(r"\S+", text)]


def _along(there: str, here: str, at: int) -> int:
    """Return where a character of one text stands in another that differs in spaces alone."""
    wanted = len("".join(here[:at].split()))
    seen = 0
    for place, char in enumerate(there):
        if char.isspace() or (char == ">" and ">" not in here):
            continue
        if seen == wanted:
            return place
        seen += 1
    return len(there)
