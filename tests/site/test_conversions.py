"""Each essay is converted once, however many lists show it."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from blogtools.app import reading
from blogtools.app.ports import Request
from blogtools.wiring import build_site
from tests.site.support import CONFIG, essay, succeed, write

#: A Markdown extension of the blog's own that keeps a record of each text it sees.
COUNTING = """
import os
from markdown import Extension
from markdown.preprocessors import Preprocessor


class Counting(Preprocessor):
    def run(self, lines):
        with open(os.environ["CONVERSIONS"], "a", encoding="utf-8") as record:
            record.write("".join(line for line in lines if line.startswith("I am ")) + "\\n")
        return lines


class CountingExtension(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Counting(md), "counting", 1000)


def makeExtension(**options):
    return CountingExtension(**options)
"""
WORKERS = CONFIG.replace("[blogtools]", "[blogtools: {workers: 1, per_page: 2}]")


def post(number: int) -> str:
    """Return an essay that many pages show: lists, feeds, series, search, its neighbours."""
    return essay(
        f"Essay {number}",
        f"2026-01-{number:02}",
        f"I am {number}.\n\n<!-- more -->\n\nMore, and [the next]({number % 7 + 1}.md).",
        tags="[One, Two, Three]",
        categories="[Four]",
        series="Five",
        authors="[Six, Seven]",
        pin="true",
    )


@pytest.mark.parametrize("command", [("blogtools", "build"), ("mkdocs", "build")])
def test_each_essay_and_each_page_is_converted_once(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    blog = write(
        tmp_path / "blog",
        {
            "mkdocs.yml": WORKERS + "markdown_extensions: [counting]\n",
            "counting.py": COUNTING,
            "docs/index.md": "# Home\n\nI am home.\n",
            "docs/page.md": "# A page\n\nI am a page.\n",
            **{f"posts/{number}.md": post(number) for number in range(1, 8)},
            "posts/draft.md": essay("Draft", body="I am a draft.", draft="true"),
        },
    )
    record = tmp_path / "conversions"
    path = os.pathsep.join(filter(None, [str(blog), os.environ.get("PYTHONPATH")]))
    succeed(blog, *command, PYTHONPATH=path, CONVERSIONS=str(record))
    conversions = Counter(filter(None, record.read_text("utf-8").splitlines()))
    assert conversions == dict.fromkeys(
        ["I am home.", "I am a page.", *(f"I am {number}." for number in range(1, 8))], 1
    )


def test_progress_counts_on_where_some_essays_are_converted_as_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_MANY", 30)
    cells = [{"cell_type": "raw", "source": "---\ntitle: N\ndate: 2026-01-01\n---", "metadata": {}}]
    book = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    essays = {f"posts/{n}.md": essay(f"E{n}", "2026-01-01", "x") for n in range(40)}
    books = {f"posts/book-{n}.ipynb": book for n in range(3)}
    write(tmp_path, {"mkdocs.yml": CONFIG, **essays, **books})
    told: list[tuple[str, int, int]] = []
    build_site(Request(tmp_path / "mkdocs.yml"), lambda *one: told.append(one))
    done = [number for what, number, _ in told if what == "Converting essays"]
    assert done == list(range(1, 44))
