"""What code prints is shown as it is, also if it looks like a line that includes a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown import Markdown

from blogtools.content.cells import find_cells
from blogtools.content.records import ran
from blogtools.content.weaving import weave
from blogtools.model.running import Record, Result

LINES = [
    '--8<-- "secret.md"',
    '  ;--8<-- "secret.md"',
    "--8<--",
    "secret.md",
    "--8<--",
    "# --8<-- [start:part]",
    '-8<-  "secret.md:1:1"',
    '--8<-- "secret.md" and more',
]


@pytest.mark.parametrize(
    "around", ["```python\nx\n```\n", "- A\n\n    ```python\n    x\n    ```\n"]
)
def test_no_file_is_included_where_code_printed_that(around: str, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("SECRET\n")
    cells = find_cells(around, 1, "posts/a.md").cells
    results = tuple(Result(cell.digest, ("\n".join(LINES),)) for cell in ran(cells))
    record = Record("3.11", (), "", False, {}, results)
    text = weave(around, 1, cells, record, "a.run", snippets=True)
    options = {"pymdownx.snippets": {"base_path": [str(tmp_path)], "check_paths": True}}
    names = ["pymdownx.superfences", "pymdownx.snippets"]
    shown = Markdown(extensions=names, extension_configs=options).convert(text)
    assert "SECRET" not in shown
    for line in LINES:
        assert line.replace("<", "&lt;").replace('"', "&quot;") in shown.replace('"', "&quot;")


def test_what_code_printed_stays_as_it_is_where_nothing_includes_files() -> None:
    body = "```python\nx\n```\n"
    cells = find_cells(body, 1, "posts/a.md").cells
    record = Record("3.11", (), "", False, {}, (Result(cells[0].digest, ("--8<--",)),))
    assert "\n--8<--\n" in weave(body, 1, cells, record, "a.run")
