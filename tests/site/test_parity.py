"""`mkdocs build` and `blogtools build` are two ways to the same bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.site.support import (
    BLOGTOOLS,
    CLOCK,
    CONFIG,
    LATER,
    MKDOCS,
    PROPERDOCS,
    Command,
    copy_blog,
    differing,
    essay,
    replace_in,
    run,
    run_all,
    succeed,
    tree,
    write,
)

#: What only `blogtools build` makes; the pages that lead there are made by both.
TREES = tuple(f"reference/tinylib/{name}" for name in ("dev/", "latest/", "versions.json"))
_GENERATOR = re.compile(rb'<meta name="generator" content="[^"]*">')


def build_side_by_side(blog: Path, config: str, moment: str) -> tuple[Path, ...]:
    """Build one blog with each tool, and return the folders of its sites."""
    tools = (BLOGTOOLS, MKDOCS, PROPERDOCS)
    done = run_all(
        Command((*tool, "-f", config, "-d", f"site-{tool[0]}"), blog, {"SOURCE_DATE_EPOCH": moment})
        for tool in tools
    )
    for result in done:
        assert result.returncode == 0, result.stderr
    return tuple(blog / f"site-{tool[0]}" for tool in tools)


def test_the_search_of_mkdocs_does_nothing_and_the_build_says_so(tmp_path: Path) -> None:
    config = CONFIG.replace("[blogtools]", "[search, blogtools]")
    files = {"mkdocs.yml": config, "docs/page.md": "# Page\n", "posts/one.md": essay("One")}
    blog = write(tmp_path, files)
    done = run(blog, *BLOGTOOLS, "--strict")
    assert "The plugin 'search' does nothing here" in done.stderr
    assert "page by page" not in done.stderr
    succeed(blog, *MKDOCS, "--strict", "-d", "site-mkdocs")
    assert differing(blog / "site", blog / "site-mkdocs") == []
    assert not list(blog.rglob("search_index.json"))


@pytest.mark.parametrize(
    ("config", "moment"),
    [
        ("mkdocs.yml", CLOCK),
        ("mkdocs.nav.yml", CLOCK),
        ("mkdocs.nav.yml", LATER),
        ("mkdocs.flat.yml", CLOCK),
        ("mkdocs.plugins.yml", CLOCK),
    ],
)
def test_mkdocs_and_properdocs_write_the_bytes_that_blogtools_writes(
    blog: Path, config: str, moment: str
) -> None:
    ours, mkdocs, properdocs = build_side_by_side(blog, config, moment)
    assert differing(ours, mkdocs, without=TREES) == []
    assert tree(mkdocs, without=TREES) == tree(mkdocs), "only we add references"
    assert without_generator(mkdocs) == without_generator(properdocs)
    assert b"ProperDocs" in (properdocs / "index.html").read_bytes()


def without_generator(folder: Path) -> dict[str, bytes]:
    return {name: _GENERATOR.sub(b"", data) for name, data in tree(folder).items()}


@pytest.fixture(scope="module")
def many(full: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a blog with enough essays that workers share them."""
    blog = copy_blog(full, tmp_path_factory.mktemp("many") / "blog")
    names = [f"{number:02}" for number in range(30)]
    posts = {
        f"posts/2020-01-{int(name) + 1:02}-many-{name}.md": essay(
            f"Number {name}",
            f"2020-01-{int(name) + 1:02}",
            f"The {name}th, after [another](2020-01-01-many-00.md).\n\n## Part\n\nWord{name}.",
            tags=f"[Many, Tag {int(name) % 3}]",
        )
        for name in names
    }
    return write(blog, posts)


def test_one_worker_and_two_write_the_same_bytes(many: Path) -> None:
    configuration = (many / "mkdocs.yml").read_text()
    for workers in (1, 2):
        write(many, {f"mkdocs.{workers}.yml": configuration})
        replace_in(many / f"mkdocs.{workers}.yml", "workers: 1", f"workers: {workers}")
    commands = [
        Command((*tool, "-f", f"mkdocs.{workers}.yml", "-d", f"site-{tool[0]}-{workers}"), many)
        for tool in (BLOGTOOLS, MKDOCS)
        for workers in (1, 2)
    ]
    for result in run_all(commands):
        assert result.returncode == 0, result.stderr
    first = many / "site-blogtools-1"
    assert differing(first, many / "site-blogtools-2") == []
    for workers in (1, 2):
        other = many / f"site-mkdocs-{workers}"
        assert differing(first, other, without=TREES) == []
