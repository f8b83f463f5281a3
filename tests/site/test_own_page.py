"""Our pages answer what MkDocs' own would, and read their text only when they are asked for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page

from blogtools.mkdocs.own_page import OwnPage

_SITES = ("", "/", "/a/b/", "/?a=b", "/#top", "/a/../b/", "/a;p/")
_BASES = st.sampled_from([None, "", "/x/", "x", *(f"https://example.org{end}" for end in _SITES)])
_URLS = st.lists(
    st.sampled_from(["a", "2026", "b.html", "..", ".", "", "%20", "~me", "x:y", "é", "?q", "#f"]),
    max_size=4,
).map("/".join)


def both(config: MkDocsConfig, url: str, **meta: Any) -> tuple[Page, Page]:
    """Return a page of MkDocs', and ours, of one address."""
    made = []
    for kind in (Page, OwnPage):
        file = File.generated(config, "a-page.md", content="")
        file.url = url
        page = kind(None, file, config)
        page.markdown, page.meta = "", dict(meta)
        made.append(page)
    return made[0], made[1]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> MkDocsConfig:
    made = MkDocsConfig(str(tmp_path_factory.mktemp("blog") / "mkdocs.yml"))
    made.load_dict({"site_name": "A blog", "docs_dir": str(Path(__file__).parent)})
    made.validate()
    made.plugins._current_plugin = "test"  # noqa: SLF001 - whoever makes a file is a plugin
    return made


@given(base=_BASES, url=_URLS)
def test_addresses_are_mkdocs(config: MkDocsConfig, base: str | None, url: str) -> None:
    config["site_url"] = base
    theirs, ours = both(config, url)
    assert (ours.canonical_url, ours.abs_url) == (theirs.canonical_url, theirs.abs_url)


@pytest.mark.parametrize("meta", [{}, {"title": "Named"}, {"title": ""}])
def test_the_title_is_mkdocs(config: MkDocsConfig, meta: dict[str, str]) -> None:
    theirs, ours = both(config, "a-page/", **meta)
    assert ours.title == theirs.title
    ours.title = "Another"
    assert ours.title == "Another"


def test_the_text_is_read_once_and_when_it_is_asked_for(config: MkDocsConfig) -> None:
    _, page = both(config, "a-page/", title="Named")
    assert isinstance(page, OwnPage)
    reads: list[str] = []

    def read() -> str:
        reads.append("read")
        return "The text."

    page.defer(read)
    assert (page.title, reads) == ("Named", [])
    assert [page.markdown, page.markdown, reads] == ["The text.", "The text.", ["read"]]
    page.defer(read)
    page.markdown = "Another."
    assert (page.markdown, reads) == ("Another.", ["read"])
