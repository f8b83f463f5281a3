"""Notebooks among the essays: the same pages by every command, each mistake at its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.content.test_notebooks import book, cell
from tests.site.support import CONFIG, copy_blog, differing, essay, run, succeed, tree, write

NAME = "posts/2026-01-02-book.ipynb"
CELLS = [
    cell("raw", "---\ntitle: A book\nrun: true\n---"),
    cell("markdown", "## A heading\n\nTo [another](2026-01-03-folder/index.ipynb#there)."),
    cell("code", "xyzzy_hidden = 20", "hide"),
    cell("code", "print('twice', 42)"),
    cell("code", "1 / 0", "raises-exception"),
]
FOLDER = [
    cell("markdown", "---\ntitle: A folder\n---\n\n## There\n\n![A leaf](leaf.svg)"),
    cell("code", "xyzzy_hidden = 20", "hide"),
    cell("code", "shown = 1"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    blog = write(
        tmp_path_factory.mktemp("notebooks") / "blog",
        {
            "mkdocs.yml": CONFIG,
            "docs/page.md": "# A page\n\n[The book](../posts/2026-01-02-book.ipynb#a-heading)\n",
            NAME: book(*CELLS),
            "posts/2026-01-03-folder/index.ipynb": book(*FOLDER),
            "posts/2026-01-03-folder/leaf.svg": "<svg/>",
            "posts/2026-01-03-folder/data.ipynb": book(cell("code", "raw_data")),
        },
    )
    succeed(blog, "blogtools", "run", "--update")
    succeed(blog, "blogtools", "build", "--strict")
    return blog


def test_a_notebook_is_an_essay_with_results_that_were_recorded(built: Path) -> None:
    page = (built / "site/posts/book/index.html").read_text()
    assert "twice 42" in page
    assert "ZeroDivisionError: division by zero" in page
    assert 'href="../folder/#there"' in page
    assert (built / "posts/2026-01-02-book.run/record.json").is_file()


def test_one_in_a_folder_has_its_files_beside_it_and_need_not_run(built: Path) -> None:
    page = (built / "site/posts/folder/index.html").read_text()
    assert "shown" in page
    assert (built / "site/posts/folder/leaf.svg").is_file()
    assert "raw_data" in (built / "site/posts/folder/data.ipynb").read_text()


def test_saved_outputs_and_hidden_cells_are_nowhere(built: Path) -> None:
    files = tree(built / "site", without="posts/folder/data.ipynb")
    assert not [name for name, data in files.items() if b"xyzzy" in data]


def test_mkdocs_gives_the_same_bytes(built: Path) -> None:
    succeed(built, "mkdocs", "build", "--site-dir", "site-mkdocs")
    assert differing(built / "site", built / "site-mkdocs") == []


def test_what_is_wrong_is_told_at_the_line_of_the_file(built: Path, tmp_path: Path) -> None:
    blog = copy_blog(built, tmp_path / "blog")
    text = book(*CELLS).replace("42", "43").replace("#there", "#nowhere")
    write(blog, {NAME: text})
    lines = text.split("\n")
    said = run(blog, "blogtools", "check").stdout.splitlines()[:-1]
    link = next(n for n, line in enumerate(lines, 1) if "#nowhere" in line)
    code = next(n for n, line in enumerate(lines, 1) if "43" in line)
    assert [line.partition(": ")[0] for line in said] == [f"{NAME}:{link}:1", f"{NAME}:{code}:1"]
    assert "other code" in said[1]


def test_an_essay_that_mkdocs_would_take_for_the_notebook_is_refused(
    built: Path, tmp_path: Path
) -> None:
    blog = copy_blog(built, tmp_path / "blog")
    write(blog, {f"{NAME}.md": essay("Other", "2026-01-01")})
    done = run(blog, "blogtools", "build")
    assert f"{NAME}.md:1:1: MkDocs cannot tell this essay from {NAME}" in done.stderr


def test_a_damaged_one_stops_the_build_in_words(built: Path, tmp_path: Path) -> None:
    blog = copy_blog(built, tmp_path / "blog")
    write(blog, {NAME: json.dumps({"cells": []})[:-1]})
    done = run(blog, "blogtools", "build")
    assert f"{NAME}:1:13: the notebook is damaged: it breaks off" in done.stderr
    assert "Traceback" not in done.stderr
