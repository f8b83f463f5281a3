"""The verb ``init``: a new blog that builds at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from blogtools.model.diagnostic import UsageError

_CONFIG = """# Your blog. Every option is described in the guide of blogtools.
site_name: My blog
site_url: https://example.org/
theme: {name: material}
plugins: [blogtools]
"""

_ESSAY = """---
title: A first essay
date: {day}
description: What this blog is going to be about.
authors: [Me]
tags: [beginnings]
---

This is the paragraph that lists show, up to the mark below.

<!-- more -->

## How to go on

Write in the folder `posts/`, one Markdown file an essay, and look at the result while you write:

```sh
blogtools serve
```

Start the next essay with `blogtools new "Its title"`. An essay that says `draft: true` is shown to
you alone; take that line out to publish it.

```python
def greet(reader: str) -> str:
    return f"Hello, {{reader}}!"
```
"""

_ABOUT = """# About

Who writes here, and why. Ordinary pages such as this one live in `docs/`; essays live in `posts/`.
"""

_IGNORE = """/site/
.blogtools/
"""


def init(folder: Path, day: date) -> tuple[Path, ...]:
    """Write a new blog.

    Args:
        folder: Where; made if it is not there.
        day: The date of its first essay.

    Returns:
        The files that were written.

    Raises:
        UsageError: One of these files exists already, or cannot be written.
    """
    files = {folder / name: text for name, text in _files(day).items()}
    existing = [str(file) for file in files if file.exists()]
    if existing:
        raise UsageError(f"{', '.join(existing)} exists already; choose an empty folder")
    try:
        for file, text in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise UsageError(f"{folder} cannot be written: {wrong.strerror}") from None
    return tuple(files)


def _files(day: date) -> Mapping[str, str]:
    return {
        "mkdocs.yml": _CONFIG,
        f"posts/{day.isoformat()}-a-first-essay.md": _ESSAY.format(day=day.isoformat()),
        "docs/about.md": _ABOUT,
        ".gitignore": _IGNORE,
    }
