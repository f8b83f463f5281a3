"""A blog in which things are drawn."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.site.support import MKDOCS, build, differing, essay, succeed, write

CONFIG = """\
site_name: Drawn
site_url: https://drawn.example/
theme: {name: material}
plugins:
  - blogtools:
"""

_STYLED = re.compile(r"<[a-zA-Z][^<>]*\sstyle=")


def blog(folder: Path, options: str, *bodies: str, **files: str | bytes) -> Path:
    """Write a blog with these options, an essay for each body, and further files."""
    essays = {
        f"posts/e{n}.md": essay(f"Essay {n}", f"2026-01-{n:02}", body)
        for n, body in enumerate(bodies, start=1)
    }
    config = CONFIG + "".join(f"      {line}\n" for line in options.splitlines())
    return write(folder, {"mkdocs.yml": config, "docs/about.md": "# About\n", **essays, **files})


def styled(page: str) -> list[str]:
    """Return the tags of a page that bear a style attribute."""
    return _STYLED.findall(page)


def assert_as_built_anew(folder: Path) -> None:
    """Demand that a site which was built on is, byte for byte, a clean build's and MkDocs'."""
    clean = folder.with_name(f"{folder.name}-clean")
    shutil.copytree(folder, clean, ignore=shutil.ignore_patterns("site", ".blogtools"))
    build(clean)
    succeed(folder, *MKDOCS, "-d", "site-mkdocs")
    assert differing(folder / "site", clean / "site") == []
    assert differing(folder / "site", folder / "site-mkdocs") == []
