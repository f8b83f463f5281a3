"""What stands around pages is composed once for many, and is on each what MkDocs would compose."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import meta
from mkdocs.utils.templates import url_filter

from blogtools.mkdocs import chrome
from blogtools.mkdocs.own_page import OwnPage
from tests.site.support import BLOGTOOLS, MKDOCS, Command, differing, essay, run_all, write

CONFIG = """\
site_name: Tiny
site_url: https://tiny.example/
theme: {name: material, logo: posts/first/logo.png}
nav: [Home: index.md, About: {More: about.md}, Second: posts/second/index.md]
extra:
  homepage: posts/
  alternate:
  - {name: One, link: posts/first/, lang: de}
  - {name: Below, link: posts/first/part/x.html, lang: fr}
  - {name: Up, link: ../other/, lang: nl}
  - {name: Far, link: "https://far.example/", lang: it}
  social: [{icon: fontawesome/brands/github, link: "https://far.example/me"}]
plugins: [blogtools: {per_page: 2, workers: 2}]
"""


def test_a_blog_whose_navigation_leads_into_essays_is_mkdocs(tmp_path: Path) -> None:
    texts = {
        "docs/about.md": "# About\n",
        "posts/first/index.md": essay("First", "2026-01-01", "One.", tags="[a]"),
        "posts/first/logo.png": "no picture",
        "posts/second/index.md": essay("Second", "2026-01-02", "Two.", tags="[a]", lang="de"),
        **{f"posts/{n}.md": essay(f"E{n}", f"2025-01-0{n}", "x", tags="[a]") for n in range(1, 8)},
    }
    write(tmp_path, {"mkdocs.yml": CONFIG, **texts})
    tools = (BLOGTOOLS, MKDOCS)
    for done in run_all(Command((*t, "-d", f"site-{t[0]}"), tmp_path) for t in tools):
        assert done.returncode == 0, done.stderr
    assert differing(tmp_path / "site-blogtools", tmp_path / "site-mkdocs") == []
    pages = [*(tmp_path / "site-blogtools").rglob("*.html")]
    ways = {page.read_text().partition('class="bt-brand" href="')[2][:20] for page in pages}
    assert len(ways) > 3


def test_it_shows_nothing_but_what_it_is_known_by() -> None:
    folder = Path(chrome.__file__).parent / "templates"
    env = jinja2.Environment(autoescape=True)
    env.filters.update(url=str, entrance=str)
    for name in {*chrome.TEMPLATES, *(one for parts in chrome.TEMPLATES.values() for one in parts)}:
        tree = env.parse((folder / name).read_text())
        assert meta.find_undeclared_variables(tree) <= {*chrome.NAMES}
        included = {one for one in meta.find_referenced_templates(tree) if one}
        parts = {one for one in included if not one.startswith(".icons/")}
        assert parts == {*chrome.TEMPLATES.get(name, ())}


@pytest.fixture(scope="module")
def env() -> jinja2.Environment:
    """Return an environment whose masthead shows the ways to some addresses."""
    made = jinja2.Environment(autoescape=True, loader=jinja2.DictLoader({}))
    made.filters["url"] = url_filter
    chrome.compose_once(made)
    return made


URLS = st.lists(st.sampled_from(["a", "b", "2026"]), min_size=1, max_size=4).map(
    lambda parts: f"{'/'.join(parts)}/"
)
TARGETS = st.one_of(URLS, URLS.map(lambda url: f"{url}x.png"), st.sampled_from([".", "../a", ""]))


@given(urls=st.lists(URLS, min_size=1, max_size=12), targets=st.lists(TARGETS, max_size=4))
def test_pages_of_one_folder_have_the_ways_that_each_has(
    env: jinja2.Environment, urls: list[str], targets: list[str]
) -> None:
    text = "".join(f"<{{{{ '{target}' | url }}}}>" for target in targets)
    plain, once = env.from_string(text), env.from_string(text)
    once.root_render_func = chrome._Once(once.root_render_func)  # noqa: SLF001
    for url in urls:
        page = OwnPage.__new__(OwnPage)
        page.file = cast("Any", SimpleNamespace(url=url))
        page.parent = None
        context = {"page": page, "base_url": "."}
        assert once.render(context) == plain.render(context)
