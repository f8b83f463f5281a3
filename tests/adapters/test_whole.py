"""What nobody knows makes the build whole, and is named."""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from blogtools.mkdocs import adapters

from .building import Site
from .test_after import EXTRAS, MINIFY, REDIRECTS, SCRIPT, STYLE

ALL = (
    "macros",
    "blogtools",
    "glightbox",
    "section-index",
    REDIRECTS,
    MINIFY.format(more=""),
)


def test_a_plugin_without_an_adapter(tmp_path: Path) -> None:
    site = Site.of(tmp_path, "blogtools", "glightbox", "autorefs")
    built = site.build()
    assert built.made is None
    assert "page by page: autorefs may look" in built.said[-1]


def test_a_hook(tmp_path: Path) -> None:
    site = Site.of(tmp_path, "blogtools", "glightbox")
    site.write("hooks.py", "def on_page_content(html, **_):\n    return html + 'Hooked.'\n")
    site.edit("mkdocs.yml", "nav:", "hooks: [hooks.py]\nnav:")
    built = site.build()
    assert built.made is None
    assert "page by page: hooks.py may look" in built.said[-1]
    assert "Hooked." in site.page("about/index.html")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("redirects: {redirect_maps: {../out.md: about.md}}", "'../out.md' is not inside the site"),
        ("minify: {minify_js: true, js_files: ['j?/**/*.js']}", "the pattern 'j?/**/*.js'"),
        ("minify: {minify_js: true, js_files: [js/a.mjs]}", "'js/a.mjs' in js_files"),
        ("minify: {minify_css: true, css_files: ./css/own.css}", "'./css/own.css' in css_files"),
    ],
)
def test_an_option_that_nobody_knows(tmp_path: Path, entry: str, said: str) -> None:
    given = {"docs/js/a.mjs": SCRIPT, "docs/css/own.css": STYLE}
    site = Site.of(tmp_path, "blogtools", entry, files=given)
    built = site.build()
    assert built.made is None
    assert said in built.said[-1]


def test_a_plugin_twice(tmp_path: Path) -> None:
    built = Site.of(tmp_path, "blogtools", "glightbox", "glightbox").build()
    assert built.made is None
    assert "page by page: glightbox #2 may look" in built.said[-1]


def test_a_version_that_nobody_knows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(adapters, "version", lambda _distribution: "9.9.9")
    built = Site.of(tmp_path, "blogtools", "section-index").build()
    assert built.made is None
    assert "section-index 9.9.9 (known: 0.3.12)" in built.said[-1]


def test_all_that_are_known_work_together(tmp_path: Path) -> None:
    files = {"docs/js/own.js": SCRIPT, "docs/css/own.css": STYLE}
    site = Site.of(tmp_path, *ALL, files=files)
    site.edit("mkdocs.yml", "plugins:", EXTRAS)
    site.begin(timeless=False)
    site.edit("posts/one.md", "Edited.", "{{ config.site_name }}")
    site.right()


def test_the_versions_that_are_tested_are_known() -> None:
    for adapter in adapters.ADAPTERS:
        with suppress(PackageNotFoundError):
            assert version(adapter.distribution) in adapter.versions
