"""What of a folder of Markdown pages is shown as the guide of a version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from blogtools.model.companion import GUIDE_PAGES

_MEDIA = frozenset(".svg .png .jpg .jpeg .gif .webp .avif".split())


def shown(guide: Path) -> Iterator[str]:
    """Yield the pages and pictures below a folder; only their names decide on the order."""
    for file in sorted(guide.rglob("*"), key=lambda file: file.relative_to(guide).parts):
        path = file.relative_to(guide)
        hidden = any(part.startswith(".") for part in path.parts)
        kept = file.suffix in GUIDE_PAGES or file.suffix.lower() in _MEDIA
        # MkDocs makes both the first page of their folder, and takes this one.
        doubled = path.name == "README.md" and file.with_name("index.md").is_file()
        if kept and not hidden and not doubled and file.is_file() and not file.is_symlink():
            yield path.as_posix()
