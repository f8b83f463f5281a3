"""The verb ``new``: an essay with its front matter, never over an existing one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from blogtools.content.characters import CONTROL
from blogtools.content.slugs import slugify
from blogtools.model.diagnostic import UsageError

_ESSAY = """---
{title}
date: {day}
draft: true
description: One or two sentences for lists, feeds and search engines.
tags: []
---

What the essay is about, in a paragraph that makes a reader stay.

<!-- more -->

## A heading

The text.
"""


def new(posts_dir: Path, title: str, day: date) -> Path:
    """Write the beginning of an essay.

    Args:
        posts_dir: The folder of essays; made if it is not there.
        title: The essay's title.
        day: Its date, which also begins the file's name.

    Returns:
        The file.

    Raises:
        UsageError: The title is empty, or there is such a file already.
    """
    title = _on_one_line(title)
    if not title:
        raise UsageError('the title is empty; write for example: blogtools new "On naming"')
    file = posts_dir / f"{day.isoformat()}-{slugify(title)}.md"
    try:
        _write(file, essay_text(title, day))
    except OSError as wrong:
        raise UsageError(f"{file} cannot be written: {wrong.strerror}") from None
    return file


def _on_one_line(title: str) -> str:
    """Return a title without line ends, and without what no page can hold."""
    text = title.encode(errors="ignore").decode()
    return " ".join(CONTROL.sub(" ", text).split())


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists():
        raise UsageError(f"{file} exists already; choose another title, or edit that file")
    with file.open("x", encoding="utf-8", newline="\n") as essay:
        essay.write(text)


def essay_text(title: str, day: date) -> str:
    """Return the text of a new essay, with its title written as YAML wants it."""
    line = yaml.safe_dump({"title": title}, allow_unicode=True, width=10_000).strip()
    return _ESSAY.format(title=line, day=day.isoformat())
