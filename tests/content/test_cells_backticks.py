"""A block whose first line has a backtick is none to Markdown, so its author is told."""

from __future__ import annotations

import pytest

from blogtools.content.cells import find_cells


@pytest.mark.parametrize(
    "head", ['```python caption="Uses `f`"', "````py alt='`'", "> ```python `"]
)
def test_a_backtick_in_the_first_line_of_a_block_is_an_error(head: str) -> None:
    found = find_cells(f"Text.\n\n{head}\nx\n```\n", 11, "posts/a.md")
    assert found.cells == ()
    (wrong,) = (one for one in found.diagnostics if one.code == "run/backtick")
    assert (wrong.path, wrong.line, wrong.column) == ("posts/a.md", 13, head.index("`") + 1)


@pytest.mark.parametrize(
    "line",
    ["```python``` is a word.", "```text `a`", "~~~python title='`'\nx\n~~~", "    ```python `"],
)
def test_what_nobody_means_as_a_block_is_none(line: str) -> None:
    assert find_cells(f"{line}\n", 1, "posts/a.md").diagnostics == ()
