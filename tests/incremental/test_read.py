"""Every file that a build reads is noticed, wherever it lies, and whatever its name."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.site.support import replace_in

from .building import difference, scratch
from .site import Blog, files_of
from .small import clean, command, make_small, page, post, told

FILE = ".blogtools/build/store.sqlite"
PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def blog() -> Iterator[Blog]:
    with scratch() as folder:
        yield make_small(folder / "around/blog")


def right(blog: Blog) -> None:
    told(blog)
    assert difference(files_of(blog.site) or {}, clean(blog)) == ""


def including(blog: Blog, base: str, *more: object) -> None:
    """Let an essay include a file from somewhere, and have more extensions."""
    snippets = {"pymdownx.snippets": {"base_path": [base], "restrict_base_path": False}}
    blog.config(lambda data: data.update(markdown_extensions=[snippets, *more]))


@pytest.mark.parametrize("name", ["site-packages.md", "site-packages/one.md", "lib/python3/x.md"])
def test_a_snippet_of_any_name_is_noticed(blog: Blog, name: str) -> None:
    including(blog, "snippets")
    blog.write(f"snippets/{name}", "Before.\n")
    blog.append(post("beta"), f'--8<-- "{name}"')
    right(blog)
    blog.write(f"snippets/{name}", "After.\n")
    right(blog)


def test_a_blog_may_lie_in_a_folder_of_any_name(blog: Blog) -> None:
    blog.root = Path(shutil.copytree(blog.root, blog.root.with_name("site-packages-notes")))
    including(blog, "snippets")
    blog.write("snippets/x.md", "Before.\n")
    blog.append(post("beta"), '--8<-- "x.md"')
    told(blog)
    blog.write("snippets/x.md", "After.\n")
    told(blog)
    assert "After." in (blog.site / page("beta")).read_text()


def test_a_copied_blog_reads_what_lies_around_it_and_not_around_the_other(blog: Blog) -> None:
    including(blog, "..")
    blog.append(post("beta"), '--8<-- "around.md"')
    around = blog.root.parent
    (around / "around.md").write_text("Before.\n")
    told(blog)
    copied = Path(shutil.copytree(around, around.with_name("copied"), symlinks=True))
    (copied / "around.md").write_text("After.\n")
    other = Blog(copied / "blog")
    told(other)
    assert "After." in (other.site / page("beta")).read_text()
    other.append(post("beta"), "More.")
    told(other)
    assert "After." in (other.site / page("beta")).read_text()
    told(blog)
    assert "Before." in (blog.site / page("beta")).read_text()


def test_a_single_file_to_include_from_that_comes_up_is_noticed(blog: Blog) -> None:
    including(blog, "glossary.md")
    blog.append(post("beta"), '--8<-- "glossary.md"')
    right(blog)
    blog.write("glossary.md", "A word.\n")
    right(blog)
    assert "A word." in (blog.site / page("beta")).read_text()


def test_a_picture_to_embed_that_comes_up_is_noticed(blog: Blog) -> None:
    including(blog, "snippets", {"pymdownx.b64": {"base_path": "posts"}})
    blog.append(post("beta"), "![A picture](pic.png)")
    assert command(blog).returncode == 1
    (blog.root / "posts/pic.png").write_bytes(PICTURE)
    right(blog)
    assert "data:image/png" in (blog.site / page("beta")).read_text()


@pytest.mark.parametrize("base", ["snippets", "!relative $docs_dir"])
def test_copies_for_machines_show_what_is_included_now(blog: Blog, base: str) -> None:
    including(blog, "snippets", "legacy_attrs")
    if base != "snippets":
        replace_in(blog.root / "mkdocs.yml", "- snippets", f"- {base}")
    for folder in ("snippets", "docs"):
        blog.write(f"{folder}/x.txt", "Before.\n")
    for name in (post("beta"), "docs/loose.md"):
        blog.append(name, '--8<-- "x.txt"')
    right(blog)
    for folder in ("snippets", "docs"):
        blog.write(f"{folder}/x.txt", "After.\n")
    right(blog)
    assert "After." in (blog.site / "posts/beta/index.md").read_text()


@pytest.mark.parametrize(
    "shown",
    [
        "{% if page %}{{ page.markdown|string|length }}{% endif %}",
        '{% if page %}{{ page["markdown"]|string|length }}{% endif %}',
        "{% if page and page.next_page %}{{ page.next_page.markdown|length }}{% endif %}",
    ],
)
def test_a_template_may_show_the_markdown_of_pages(blog: Blog, shown: str) -> None:
    block = f"{{% block announce %}}{shown}{{% endblock %}}"
    blog.write("overrides/main.html", f'{{% extends "base.html" %}}{block}\n')
    right(blog)
    for name in (post("beta"), "docs/guide.md"):
        blog.append(name, "[nothing]: https://nothing.example/")
    right(blog)


def test_values_that_changed_places_in_the_store_are_not_believed(blog: Blog) -> None:
    right(blog)
    with closing(sqlite3.connect(blog.root / FILE)) as store, store:
        rows = store.execute("SELECT key, value FROM objects ORDER BY key").fetchall()
        values = [value for _, value in rows[1:] + rows[:1]]
        moved = [(value, key) for (key, _), value in zip(rows, values, strict=True)]
        store.executemany("UPDATE objects SET value = ? WHERE key = ?", moved)
    blog.config(lambda data: data.update(site_name="Renamed"))
    right(blog)
