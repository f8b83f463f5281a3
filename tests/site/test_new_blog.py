"""A new blog needs four lines of configuration, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.site.support import CONFIG, essay, run, succeed, tree, without_progress, write


def test_four_lines_and_an_essay_are_a_blog(tmp_path: Path) -> None:
    blog = write(tmp_path, {"mkdocs.yml": CONFIG, "posts/hello.md": essay("Hello")})
    succeed(blog, "blogtools", "build", "--strict")
    names = set(tree(blog / "site"))
    assert {"index.html", "posts/hello/index.html", "feed.xml", "sitemap.xml"} <= names
    assert not (blog / "docs").exists()


def test_an_empty_docs_folder_is_enough_for_mkdocs(tmp_path: Path) -> None:
    blog = write(tmp_path, {"mkdocs.yml": CONFIG, "posts/hello.md": essay("Hello")})
    succeed(blog, "blogtools", "build", "-d", "site-1")
    (blog / "docs").mkdir()
    succeed(blog, "mkdocs", "build", "--strict", "-d", "site-2")
    succeed(blog, "blogtools", "build", "-d", "site-3")
    assert tree(blog / "site-1") == tree(blog / "site-2") == tree(blog / "site-3")


def test_a_blog_without_an_address_builds_but_has_no_feeds(tmp_path: Path) -> None:
    config = "\n".join(line for line in CONFIG.splitlines() if "site_url" not in line)
    blog = write(tmp_path, {"mkdocs.yml": config, "posts/hello.md": essay("Hello")})
    succeed(blog, "blogtools", "build", "--strict")
    names = set(tree(blog / "site"))
    assert "posts/hello/index.html" in names
    assert not {name for name in names if name.endswith(("feed.xml", "feed.json", "sitemap.xml"))}
    assert b"canonical" not in (blog / "site/posts/hello/index.html").read_bytes()


def now() -> str:
    return str(int(time.time()))


def test_init_then_build_and_check_are_clean(tmp_path: Path) -> None:
    said = succeed(tmp_path, "blogtools", "init", "my blog")
    assert "blogtools serve" in said
    blog = tmp_path / "my blog"
    built = run(blog, "blogtools", "build", "--strict", SOURCE_DATE_EPOCH=now())
    assert (built.returncode, without_progress(built.stderr)) == (0, "")
    checked = run(blog, "blogtools", "check", SOURCE_DATE_EPOCH=now())
    assert (checked.returncode, checked.stdout) == (0, "No errors, no warnings.\n")
    assert (blog / "site/posts/a-first-essay/index.html").is_file()
    assert run(tmp_path, "blogtools", "init", "my blog").returncode == 2


def test_what_init_ignores_is_what_a_build_leaves(tmp_path: Path) -> None:
    succeed(tmp_path, "blogtools", "init")
    before = {path.name for path in tmp_path.iterdir()}
    succeed(tmp_path, "blogtools", "build", SOURCE_DATE_EPOCH=now())
    added = {path.name for path in tmp_path.iterdir()} - before
    ignored = {line.strip("/") for line in (tmp_path / ".gitignore").read_text().split()}
    assert added <= ignored


#: Folders of essays, each with the way from there to the page.
TO_THE_PAGE = {"docs/blog/posts": "../../page.md", "content/essays": "../../docs/page.md"}


@pytest.mark.parametrize("folder", TO_THE_PAGE)
def test_the_essays_may_lie_elsewhere(tmp_path: Path, folder: str) -> None:
    blog = write(
        tmp_path / "blog",
        {
            "mkdocs.yml": CONFIG.replace("[blogtools]", f"[blogtools: {{posts_dir: {folder}}}]"),
            "docs/page.md": f"# A page\n\nTo [hello](../{folder}/hello/index.md#part).\n",
            f"{folder}/hello/index.md": essay(
                "Hello", body="![A dot](dot.svg)\n\n## Part\n\nText."
            ),
            f"{folder}/hello/dot.svg": "<svg/>",
            f"{folder}/two.md": essay("Two", body=f"To [a page]({TO_THE_PAGE[folder]})."),
        },
    )
    succeed(blog, "blogtools", "build", "--strict", "-d", "site-1")
    succeed(blog, "mkdocs", "build", "--strict", "-d", "site-2")
    assert tree(blog / "site-1") == tree(blog / "site-2")
    names = set(tree(blog / "site-1"))
    assert {"posts/hello/index.html", "posts/hello/dot.svg", "posts/two/index.html"} <= names
    assert not {name for name in names if name.startswith(("blog/", "content/", "essays/"))}
