"""Markdown as docstrings mean it.

A line that begins with # is a comment, not a heading: examples in docstrings are code that often
stands outside of a fence, and each of its comments would become a heading, and an entry of the
table of contents. Lines of "name: what it is" are a list: sections that griffe does not know are
full of them. What stands in angle brackets is text, unless it is an element of HTML. And a
paragraph that begins at a prompt is a session, not a quotation in a quotation in a quotation.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor
from markdown.preprocessors import Preprocessor

_NAMED = re.compile(r" {0,3}[*`]*[A-Za-z_][\w.\[\], |]{0,60}[*`]*: \S")
_ROLE = re.compile(r":(?:[a-z]+:){1,2}(?=`)")
_ELEMENTS = frozenset(
    "a abbr b bdi bdo br cite code data del dfn em i img ins kbd mark math q s samp small span "
    "strong sub sup svg time u var wbr".split()
)
_TAG = re.compile(r"</?([A-Za-z][\w-]*)")
_DEEPER = re.compile(r" {2,}\S")
_FENCE = re.compile(r" *(`{3,}|~{3,})")
_SESSION = "```"
_PROMPT = ">>> "


class _CommentsStay(Extension):
    """Takes the headings that begin with # out of Markdown; underlined ones remain."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Change one converter."""
        md.parser.blockprocessors.deregister("hashheader")
        # Before fences are put aside.
        md.preprocessors.register(_Sessions(md), "sessions", 26)
        # After fences and raw HTML were put aside (25 and 20), before reference definitions.
        md.preprocessors.register(_Named(md), "named", 15)
        md.inlinePatterns.register(_KnownHtml(HTML_RE, md), "html", 90)


class _KnownHtml(HtmlInlineProcessor):
    """Takes only elements of HTML for such."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        """Return what an element stands for, or nothing for a text that only looks like one."""
        tag = _TAG.match(m.group(1))
        if tag and tag.group(1).lower() not in _ELEMENTS:
            return None, None, None
        return super().handleMatch(m, data)


class _Sessions(Preprocessor):
    """Puts a fence around each paragraph that begins at a prompt."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines, with fences around sessions that stand in none."""
        result: list[str] = []
        fence, inside = "", False
        for line in [*lines, ""]:
            if inside and not line.strip():
                result.append(_SESSION)
                inside = False
            elif not inside:
                fence = _fence_after(line, fence)
                inside = not fence and line.startswith(_PROMPT)
                result += [f"{_SESSION}pycon"] if inside else []
            result.append(line)
        return result[:-1]


def _fence_after(line: str, fence: str) -> str:
    """Return the fence that is open after a line, given the one before it; empty for none."""
    found = _FENCE.match(line)
    if not found:
        return fence
    return "" if fence and found[1].startswith(fence) else fence or found[1]


class _Named(Preprocessor):
    """Makes lists of paragraphs in which each line names something and says what it is.

    And takes away the roles of Sphinx: of :func:`name` the name stays.
    """

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines, those of such paragraphs with a bullet."""
        result: list[str] = []
        block: list[str] = []
        for line in [_ROLE.sub("", line) for line in [*lines, ""]]:
            if line.strip():
                block.append(line)
            else:
                result += _listed(block)
                block = []
                result.append(line)
        return result[:-1]


def _listed(block: list[str]) -> list[str]:
    named = [bool(_NAMED.match(line)) for line in block]
    deeper = [bool(_DEEPER.match(line)) for line in block]
    if (
        sum(named) < 2
        or not named[0]
        or not all(n or d for n, d in zip(named, deeper, strict=True))
    ):
        return block
    return [
        f"- {line}" if is_named else f"  {line}"
        for line, is_named in zip(block, named, strict=True)
    ]


def makeExtension(**_options: object) -> Extension:  # noqa: N802
    """Return the extension, as Python-Markdown asks for it by the name of this module."""
    return _CommentsStay()
