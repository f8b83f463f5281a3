"""The theme's own files, found without a look at all of its icons."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import Files

from blogtools.build.memory import Memory
from blogtools.mkdocs.theme import add_files

from .support import write

OVERRIDES = {
    f"overrides/{name}": ""
    for name in ("own.css", "a/deep.svg", ".hidden", ".icons/one.svg", "a/.b/two.svg", "x.html")
}


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_they_are_those_that_mkdocs_finds(theme: str, tmp_path: Path) -> None:
    named = f"theme: {{name: {theme}, custom_dir: overrides}}\n"
    root = write(tmp_path, {"mkdocs.yml": f"site_name: T\n{named}", "docs/a.md": "", **OVERRIDES})
    config = load_config(str(root / "mkdocs.yml"))
    found, wanted = Files([]), Files([])
    add_files(found, config, Memory.of_nothing(root))
    wanted.add_files_from_theme(config.theme.get_env(), config)
    assert [file.abs_src_path for file in found] == [file.abs_src_path for file in wanted]
    assert {"own.css", "a/deep.svg"} <= found.src_uris.keys()
