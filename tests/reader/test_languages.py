"""Essays in several languages, as built."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blogtools.model.interface import voice
from tests.site.html import Page
from tests.site.support import CONFIG, essay, run, succeed, write

SITE = "https://proof.example/"


def test_an_essay_speaks_its_own_language(demo: Path) -> None:
    for url, language, way in (("posts/bogen/", "de", "ltr"), ("posts/waraqa/", "ar", "rtl")):
        root = Page(demo, url).one("html")
        assert (root.attributes["lang"], root.attributes["dir"]) == (language, way)
    assert "Erschienen" in Page(demo, "posts/bogen/").one(".bt-byline").text()
    assert Page(demo, "posts/sheet/").one("html").attributes["lang"] == "en"


def test_lists_say_which_essays_are_in_another_language(demo: Path) -> None:
    items = Page(demo, "archive/2026/").all(".bt-item[lang]")
    found = [(item.attributes["lang"], item.attributes["dir"]) for item in items]
    assert found == [("de", "ltr"), ("ar", "rtl")]


@pytest.mark.parametrize("name", ["sheet", "bogen", "waraqa"])
def test_translations_name_each_other(demo: Path, name: str) -> None:
    page = Page(demo, f"posts/{name}/")
    links = page.all("link[hreflang]")
    assert {(one.attributes["hreflang"], one.attributes["href"]) for one in links} == {
        ("en", f"{SITE}posts/sheet/"),
        ("de", f"{SITE}posts/bogen/"),
        ("ar", f"{SITE}posts/waraqa/"),
    }
    shown = page.texts(".bt-byline a[hreflang]")
    assert len(shown) == 2
    assert set(shown) < {"English", "Deutsch", "العربية"}


def test_machines_are_told_the_language(demo: Path) -> None:
    data = json.loads(Page(demo, "posts/bogen/").one("script[type='application/ld+json']").text())
    assert data["@graph"][0]["inLanguage"] == "de"
    feed = json.loads((demo / "feed.json").read_text())
    assert {item["url"]: item.get("language") for item in feed["items"]}[
        f"{SITE}posts/bogen/"
    ] == "de"
    assert 'xml:lang="de"' in (demo / "feed.xml").read_text()


def test_the_interface_speaks_the_language_of_the_site(tmp_path: Path) -> None:
    config = CONFIG.replace("material", "material, language: de")
    write(tmp_path, {"mkdocs.yml": config, "posts/a.md": essay("Eins", "2026-04-01")})
    succeed(tmp_path, "blogtools", "build", "--strict")
    page = Page(tmp_path / "site", "posts/a/")
    assert "1. April 2026" in page.one(".bt-byline").text()
    assert Page(tmp_path / "site", "404.html").texts("h1") == [voice("de")("gone")]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("lang", "german!", "a.md:4:7: lang: 'german!' is no tag of a language"),
        ("dir", "up", "a.md:4:6: dir: 'up' is no direction"),
        ("translation_of", "nowhere.md", "a.md:4:17"),
        ("hero", "nowhere.png", "a.md:4:7"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(tmp_path: Path, key: str, value: str, said: str) -> None:
    write(tmp_path, {"mkdocs.yml": CONFIG, "posts/a.md": essay("A", **{key: value})})
    done = run(tmp_path, "blogtools", "build", "--strict")
    assert done.returncode != 0
    assert said in done.stderr
