"""Marks that templates leave in a reference, for `blogtools.content.shelf` to fill.

What a page shows of other versions and of essays is no part of its reference, which stays the same
when they change.
"""

from __future__ import annotations

#: Each object, by mkdocstrings: a mark below its text.
BACKLINKS = """\
  <!--blogtools:backlinks {{ html_id }}-->
"""
