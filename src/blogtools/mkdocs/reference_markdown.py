"""Markdown as docstrings mean it: a line that begins with # is a comment, not a heading.

Examples in docstrings are code that often stands outside of a fence; each of its comments would
become a heading, and an entry of the table of contents.
"""

from __future__ import annotations

from markdown import Markdown
from markdown.extensions import Extension


class _CommentsStay(Extension):
    """Takes the headings that begin with # out of Markdown; underlined ones remain."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Change one converter."""
        md.parser.blockprocessors.deregister("hashheader")


def makeExtension(**_options: object) -> Extension:  # noqa: N802
    """Return the extension, as Python-Markdown asks for it by the name of this module."""
    return _CommentsStay()
