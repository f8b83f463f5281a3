"""Texts that are templates: what they come to decides what is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from .building import ONE, Site

MACROS = "macros: {include_yaml: [facts.yml]}"
FILES = {
    "facts.yml": "answer: 42\n",
    "posts/one.md": "---\ntitle: One\ndate: 2026-01-01\n---\n\nFirst. {{ answer }}\n\n## Part\n",
    "docs/about.md": "# About\n\nIt is {{ answer }}.\n\n![Another](picture.svg)\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.of(tmp_path, "blogtools", MACROS, files=FILES)


def test_one_page_for_one_edit(site: Site) -> None:
    site.begin(timeless=False)
    assert "Edited. 42" in site.page(ONE)
    assert "Edited. 42" in site.page("archive/index.html") + site.page("index.html")
    assert "Edited. 42" in site.page("feed.xml")


def test_a_variable_changes_what_shows_it(site: Site) -> None:
    site.right()
    site.edit("facts.yml", "42", "43")
    built = site.right()
    assert {ONE, "about/index.html"} <= set(built.pages)
    assert "posts/four/index.html" not in built.pages
    assert "43" in site.page("feed.xml")


def test_without_macros_texts_are_what_is_written(site: Site) -> None:
    config = (site.root / "mkdocs.yml").read_text()
    line = next(line for line in config.splitlines() if "macros" in line)
    for plugin in (line, "", "", line):
        site.write("mkdocs.yml", config.replace(line, plugin))
        site.right()
        assert ("First. 42" in site.page(ONE)) is bool(plugin)


def test_macros_of_a_module(site: Site) -> None:
    site.write(
        "main.py",
        "def define_env(env):\n"
        "    @env.macro\n"
        "    def many():\n"
        "        return 'There are %d.' % len(env.variables['files'])\n",
    )
    site.edit("posts/four.md", "```python", "{{ many() }}\n\n```python")
    site.right()
    count = len(site.files())
    site.write("posts/five.md", "---\ntitle: Five\ndate: 2026-01-05\n---\n\nFifth.\n")
    built = site.right()
    assert "posts/four/index.html" in built.pages
    assert len(site.files()) > count
    site.edit("main.py", "There are", "Here are")
    assert "posts/four/index.html" in site.right().pages


def test_a_macro_in_a_title_and_in_a_heading(site: Site) -> None:
    site.edit("posts/one.md", "title: One", 'title: "One {{ answer }}"')
    site.edit("posts/one.md", "## Part", "## Part {{ answer }}")
    site.right()
    site.edit("facts.yml", "42", "43")
    site.right()


def test_a_broken_macro(site: Site) -> None:
    site.edit("posts/two.md", "After.", "{% if %}")
    site.right()
    site.edit("posts/two.md", "{% if %}", "Mended.")
    site.right()


def test_a_module_that_works_on_the_finished_site_makes_the_build_whole(site: Site) -> None:
    site.write("main.py", "def on_post_build(env):\n    pass\n")
    built = site.build()
    assert built.made is None
    assert "macros (a module of its own has on_post_build)" in built.said[-1]
