"""What pages tell machines of themselves, and how readers answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.site.support import CONFIG, build, essay, write

OPTIONS = """plugins:
  - blogtools:
      per_page: 1
      me: [https://social.example/@ada]
      webmention: https://mentions.example/tiny
      discuss:
        By e-mail: mailto:ada@tiny.example?subject={title}
        Merge request: https://code.example/new?about={url}
"""
THREAD = "https://social.example/@ada/1"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outreach")
    config = CONFIG.replace("plugins: [blogtools]\n", OPTIONS) + "site_description: A & B\n"
    own = f"\n  - Thread: {THREAD}\n  - mailto:bob@tiny.example"
    files = {
        "mkdocs.yml": config,
        "docs/about.md": '# About "us" & them\n',
        "posts/one.md": essay("A & B?", "2026-01-01", "Text.", discuss=own, tags="[X]"),
        "posts/two.md": essay("Quiet", "2026-01-02", "Text.", comments="false", lang="de"),
        "posts/three.md": essay("Drei", "2026-01-03", "Text.", lang="de", tags="[X]"),
    }
    build(write(folder, files))
    return folder / "site"


def page(site: Path, url: str) -> LexborHTMLParser:
    return LexborHTMLParser((site / url / "index.html").read_text())


def discussed(site: Path, url: str) -> list[tuple[str, str]]:
    links = page(site, url).css(".bt-discuss a")
    return [(link.text(), str(link.attributes["href"])) for link in links]


def test_an_essay_leads_to_its_own_places_and_then_to_the_blogs(site: Path) -> None:
    address = "https%3A%2F%2Ftiny.example%2Fposts%2Fone%2F"
    assert discussed(site, "posts/one") == [
        ("Thread", THREAD),
        ("By e-mail", "mailto:bob@tiny.example"),
        ("By e-mail", "mailto:ada@tiny.example?subject=A%20%26%20B%3F"),
        ("Merge request", f"https://code.example/new?about={address}"),
    ]


def test_an_essay_may_say_that_it_is_not_discussed(site: Path) -> None:
    assert discussed(site, "posts/two") == []


def test_the_words_are_those_of_the_essays_language(site: Path) -> None:
    assert page(site, "posts/three").css(".bt-discuss h2")[0].text() == "Diskutieren"


def test_every_page_says_who_writes_here_and_where_to_tell_of_mentions(site: Path) -> None:
    for file in site.rglob("*.html"):
        tree = LexborHTMLParser(file.read_text())
        rels = {one.attributes["rel"]: one.attributes["href"] for one in tree.css("head link")}
        assert rels["me"] == "https://social.example/@ada"
        assert rels["webmention"] == "https://mentions.example/tiny"


def test_each_kind_of_page_describes_itself(site: Path) -> None:
    kinds = {}
    for file in site.rglob("index.html"):
        tree = LexborHTMLParser(file.read_text())
        url = str(tree.css("link[rel=canonical]")[0].attributes["href"])
        data = json.loads(tree.css("script[type='application/ld+json']")[0].text())["@graph"]
        graph = {str(one.attributes["property"]): one for one in tree.css("meta[property^='og:']")}
        assert {"og:type", "og:site_name", "og:title", "og:url"} <= graph.keys(), file
        assert graph["og:url"].attributes["content"] == url == data[0]["url"]
        title = data[0].get("headline") or data[0]["name"]
        assert graph["og:title"].attributes["content"] == title
        if len(data) > 1:
            steps = data[1]["itemListElement"]
            assert [one["position"] for one in steps] == [*range(1, len(steps) + 1)]
            assert steps[-1]["item"] == url
        kinds[url.removeprefix("https://tiny.example/")] = data[0]["@type"], title
    assert kinds[""] == ("Blog", "Tiny")
    assert kinds["posts/one/"] == ("BlogPosting", "A & B?")
    assert kinds["tags/x/"] == ("CollectionPage", "X")
    assert kinds["tags/"] == ("CollectionPage", "Tags")
    assert kinds["archive/2026/"] == ("CollectionPage", "2026")
    assert kinds["about/"] == ("WebPage", 'About "us" & them')
    assert kinds["page/2/"] == ("CollectionPage", "Tiny – page 2")
