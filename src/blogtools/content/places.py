"""Where in its file a link stands. Python-Markdown keeps no positions, so the text is searched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from blogtools.model.document import Document
from blogtools.model.rendered import Link, LinkKind

from .characters import position
from .endless import hidden

# What no link is found in: comments, scripts, fenced code, code spans. A code span that is the
# text of a link stays, because the link may be to the symbol that it names. The first line is what
# any of them begins with, so that little is tried where nothing can be.
_UNSEEN = re.compile(
    r"(?=[<`~\[ \t])"
    r"(?:<!--.*?-->|<(?P<tag>script|style)\b.*?</(?P=tag)>"
    r"|^[ \t]*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t]*(?P=fence)|\Z)"
    r"|(?P<label>\[`+[^`\n]+`+\])"
    r"|(?<!`)(?P<tick>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=tick)(?!`))",
    re.DOTALL | re.MULTILINE,
)
_HEADING = re.compile(r"^#{1,6}[ \t].*$", re.MULTILINE)
# What indented lines belong to, so that they are no code: a list, a note, a tab, a definition.
_HOLDER = re.compile(r"\s*(?:[-*+:]\s|\d+[.)]\s|!!!|\?\?\?|===|\[\^)")
_INDENT = ("    ", "\t")


def locate(document: Document, link: Link) -> tuple[int, int]:
    """Return the line and column of a link in its file.

    Args:
        document: The file, whose front matter may hold links as well.
        link: The link; its ``nth`` chooses among equal ones.

    Returns:
        Both from 1; the body's beginning if the link is not found, since an extension made it.
    """
    for pattern in _patterns(link):
        for text, first_line in _regions(document, link):
            if found := [match.start("target") for match in pattern.finditer(text)]:
                line, column = position(text, found[min(link.nth, len(found) - 1)])
                return first_line + line - 1, column
    return document.body_line, 1


def _regions(document: Document, link: Link) -> Iterator[tuple[str, int]]:
    """Yield each text that a link may stand in, and the line of the file on which it begins."""
    kept = "tick" if link.kind is LinkKind.CODE else "label"
    yield _visible(document.body, kept), document.body_line
    yield _front_matter(document), 1


def _patterns(link: Link) -> Iterator[re.Pattern[str]]:
    """Yield what to search for: first a link as it is written, then just its target."""
    target = f"(?P<target>{''.join(map(_spelled, link.target))})"
    if link.kind is LinkKind.CODE:
        yield re.compile(rf"(?<!`)`+[ \t]*{target}(?:\(\))?[ \t]*`+(?!`)")
        return
    if link.kind is LinkKind.SYMBOL:
        yield re.compile(rf"\[\s*`*{target}`*\s*\]")
    else:
        yield re.compile(
            rf"(?:\]\(\s*<?|\]:\s*<?|=\s*[\"']?\s*){target}(?=[\s)>\"']|$)", re.MULTILINE
        )
    yield re.compile(rf"(?<=[(<\"'\[:\s]){target}(?=[)>\"'\]\s]|$)", re.MULTILINE)


def _spelled(char: str) -> str:
    """Return a pattern for a character as Markdown lets authors write it."""
    if char == "&":
        return "&(?:amp;)?"
    return re.escape(char) if char.isalnum() or char.isspace() else rf"\\?{re.escape(char)}"


def _front_matter(document: Document) -> str:
    return "\n".join(document.source.text.split("\n")[: document.body_line - 1])


@lru_cache(maxsize=2)  # a document with many links to nowhere is gone through once
def _visible(body: str, kept: str) -> str:
    """Return a text in which code and comments are blank, each line and column in its place.

    Args:
        body: The text.
        kept: Which code stays: that which is a link's ``label``, or what stands between ``tick``s.
    """
    if kept == "tick":
        body = _HEADING.sub(lambda match: _blank(match[0]), body)  # code in it is never a link
    return _without_indented_code(
        _UNSEEN.sub(lambda match: match[0] if match[kept] else _blank(match[0]), hidden(body))
    )


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", "\0", text)


def _without_indented_code(text: str) -> str:
    return "\n".join(_lines_without_code(text.split("\n")))


def _lines_without_code(lines: list[str]) -> Iterator[str]:
    held, may_begin = False, True
    for line in lines:
        if line.strip() and not line.startswith(_INDENT):
            held, may_begin = bool(_HOLDER.match(line)), False
        elif not line.strip():
            may_begin = True
        elif may_begin and not held:
            line = _blank(line)
        yield line
