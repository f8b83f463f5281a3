"""Plugins that work on the finished site: redirects, minify."""

from __future__ import annotations

from pathlib import Path

import pytest

from .building import ONE, Site

REDIRECTS = """\
redirects:
      redirect_maps:
        old.md: about.md
        older/one.md: posts/one.md#part
        list.md: archive.md
        guide/more.md: https://example.org/more"""
SCRIPT = "function shown( a ) {\r\n  return a + 1; // so\r\n}\n"
STYLE = "/* A style. */\n.own { color : red; }\n"
MINIFY = """\
minify:
      minify_html: true
      minify_js: true
      minify_css: true
      js_files: [js/own.js]
      css_files: [css/*.css]{more}"""
EXTRAS = "extra_javascript: [js/own.js]\nextra_css: [css/own.css]\nplugins:"


@pytest.mark.parametrize("first", ["blogtools", "redirects"])
def test_redirects(tmp_path: Path, first: str) -> None:
    plugins = ("blogtools", REDIRECTS) if first == "blogtools" else (REDIRECTS, "blogtools")
    site = Site.of(tmp_path, *plugins)
    site.begin()
    assert "../about/" in site.page("old/index.html")
    assert "https://example.org/more" in site.page("guide/more/index.html"), "it has the last word"
    if first == "blogtools":
        assert "../../posts/one/#part" in site.page("older/one/index.html")
        assert "../archive/" in site.page("list/index.html")
    else:
        assert "older/one/index.html" not in site.files(), "it has not heard of essays"

    site.edit("posts/one.md", "title: One", "title: One\nslug: first")
    site.right()
    site.edit("mkdocs.yml", "        old.md: about.md\n", "")
    site.right()
    assert "old/index.html" not in site.files()


def test_a_redirect_to_nothing_is_said_in_each_build(tmp_path: Path) -> None:
    site = Site.of(tmp_path, "blogtools", "redirects: {redirect_maps: {old.md: posts/gone.md}}")
    said = site.right().said
    assert ["gone.md" in text for text in said] == [True], said
    assert site.build().said == said
    site.edit("posts/two.md", "After", "Much later")
    assert site.right().said == said


def test_a_redirect_and_an_alias_of_one_address(tmp_path: Path) -> None:
    redirect = "redirects: {redirect_maps: {was.md: about.md}}"
    for place, plugins in enumerate([("blogtools", redirect), (redirect, "blogtools")]):
        site = Site.of(tmp_path / str(place), *plugins)
        site.edit("posts/one.md", "title: One", "title: One\naliases: [/was/]")
        site.right()


@pytest.mark.parametrize("more", ["", "\n      cache_safe: true"])
def test_minify(tmp_path: Path, more: str) -> None:
    files = {"docs/js/own.js": SCRIPT, "docs/css/own.css": STYLE, "docs/js/other.js": SCRIPT}
    minify = MINIFY.format(more=more)
    if more:  # which knows no patterns
        minify = minify.replace("css/*.css", "css/own.css")
    site = Site.of(tmp_path, "blogtools", minify, files=files)
    site.edit("mkdocs.yml", "plugins:", EXTRAS)
    site.begin()
    names = [name for name in site.files() if name.startswith(("js/", "css/"))]
    assert "js/other.js" in names
    assert len(names) == 3
    assert all(name.endswith((".min.js", ".min.css", "other.js")) for name in names)
    assert "\n  <" not in site.page(ONE)

    site.edit("docs/js/own.js", "a + 1", "a + 2")
    made = site.right().made or {}
    assert (ONE in made) == bool(more), "only a name with a digest in it changes pages"
    site.edit("mkdocs.yml", "minify_css: true", "minify_css: false")
    site.right()
    site.edit("mkdocs.yml", "minify_html: true", "minify_html: false")
    site.right()


def test_minify_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    site = Site.of(tmp_path, "blogtools", "minify: {minify_js: true, js_files: [js/gone.js]}")
    assert "there is no file 'js/gone.js'" in site.build().failed[0]
