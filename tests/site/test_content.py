"""What readers and machines find on the site of the blog "full"."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as etree

import pytest

from tests.site.html import Page, pages
from tests.site.support import tree

ADDRESS = "https://notes.example/blog/"
ATOM = "{http://www.w3.org/2005/Atom}"
NEWEST_FIRST = [
    ("code-and-tables", "Code & <tables>"),
    ("measured-lightly", "Measured, lightly"),
    ("picture-book", "A picture book"),
    ("by-its-slug", "In a folder: of its year"),
    ("parsers-3", "Parsers, part 3"),
    ("parsers-2", "Parsers, part 2"),
    ("parsers-1", "Parsers, part 1"),
    ("new-years-eve", "New Year's Eve"),
    ("heading-is-title", "The heading is the title"),
    ("grösse", "Größe"),
    ("plain", "Without any front matter"),
]

Open = Callable[[str], Page]


@pytest.fixture(scope="module")
def page(site: Path) -> Open:
    return lambda url: Page(site, url)


def listed(page: Page) -> list[str]:
    return page.texts(".bt-item h2")


def posting(page: Page) -> dict[str, Any]:
    """Return the structured data of an essay."""
    graph = json.loads(page.one('script[type="application/ld+json"]').text())["@graph"]
    found: dict[str, Any] = next(node for node in graph if node["@type"] == "BlogPosting")
    return found


# -- addresses -------------------------------------------------------------------------------


def test_essays_live_at_posts_and_their_slug_whatever_their_folder(site: Path) -> None:
    folders = {file.parent.name for file in (site / "posts").glob("*/index.html")}
    assert folders == {slug for slug, _ in NEWEST_FIRST}


def test_every_term_has_a_page_at_its_own_slug(site: Path) -> None:
    def terms(name: str) -> set[str]:
        return {file.parent.name for file in (site / name).glob("*/index.html")}

    assert terms("tags") == {
        *("c", "cpp", "c-sharp", "markdown", "measuring"),
        *("parsers", "pictures", "python", "über-uns"),
    }
    assert terms("categories") == {"craft", "languages"}
    assert terms("series") == {"parsers-by-hand"}
    assert terms("authors") == {"ada", "grace-unknown"}
    assert terms("archive") == {"2022", "2023", "2024", "2025", "2026"}
    assert terms("about") == {"writing", "numbers"}


def test_files_beside_essays_are_where_the_essays_look_for_them(site: Path) -> None:
    names = {name for name in tree(site) if name.startswith("posts/") and "/index." not in name}
    assert names == {
        "posts/images/measure.svg",
        "posts/picture-book/nested/drawing.svg",
        "posts/picture-book/numbers.csv",
        "posts/picture-book/picture.png",
    }


@pytest.mark.parametrize(
    ("alias", "way"),
    [
        ("2019/measuring/", "../../posts/measured-lightly/"),
        ("old-name.html", "posts/measured-lightly/"),
    ],
)
def test_an_alias_leads_to_its_essay_without_a_script(page: Open, alias: str, way: str) -> None:
    redirect = page(alias)
    assert redirect.one("meta[http-equiv=refresh]").attributes["content"] == f"0; url={way}"
    assert redirect.one("a").attributes["href"] == way
    canonical = redirect.one("link[rel=canonical]").attributes["href"]
    assert canonical == f"{ADDRESS}posts/measured-lightly/"
    assert "<script" not in redirect.source


# -- lists -----------------------------------------------------------------------------------


def test_home_shows_pinned_essays_first_then_the_newest(page: Open) -> None:
    titles = [title for _, title in NEWEST_FIRST]
    pinned = [titles.pop(1), *titles]
    assert listed(page("")) == pinned[:4]
    assert listed(page("page/2/")) == pinned[4:8]
    assert listed(page("page/3/")) == pinned[8:]
    assert page("").texts(".bt-item .bt-mark") == ["Pinned"]


def test_the_authors_own_text_stands_above_the_list_of_the_first_page(page: Open) -> None:
    home = page("")
    assert home.texts("h1") == ["Notes and queries¶"]
    assert home.source.index("stands above the list") < home.source.index("bt-item")
    assert "stands above the list" not in page("page/2/").source


def test_pages_of_a_list_link_to_each_other(page: Open) -> None:
    second = page("page/2/")
    assert second.texts(".bt-pages [aria-current=page]") == ["2"]
    assert second.values(".bt-pages a", "href") == ["../../", "../3/"]
    assert page("tags/c/").all(".bt-pages") == []


def test_every_page_of_a_term_says_how_many_essays_there_are(page: Open) -> None:
    assert page("tags/c/").texts(".bt-count") == ["2 essays"]
    assert page("tags/cpp/").texts(".bt-count") == ["1 essay"]
    assert page("").texts(".bt-count") == []
    writing = [page("about/writing/"), page("about/writing/page/2/")]
    assert [first.texts("p.bt-count") for first in writing] == [["3 essays"]] * 2
    assert [len(listed(part)) for part in writing] == [2, 1]


def test_labels_that_differ_only_in_case_are_one_term(page: Open) -> None:
    assert page("tags/python/").texts("h1") == ["Python"]
    assert len(listed(page("tags/python/"))) == 3
    labels = [text.rpartition(" ")[0] for text in page("tags/").texts(".bt-terms li")]
    assert labels == sorted(labels, key=str.casefold)


def test_the_archive_goes_by_the_year_of_the_blogs_own_time_zone(page: Open) -> None:
    assert page("archive/").texts(".bt-shelf > h2") == [
        "2026 3",
        "2025 1",
        "2024 4",
        "2023 1",
        "2022 2",
    ]
    assert "New Year's Eve" in page("archive/").texts(".bt-shelf:nth-of-type(3) .bt-titles a")
    assert "New Year's Eve" in listed(page("archive/2024/"))
    assert page("posts/new-years-eve/").texts(".bt-byline time") == ["1 January 2024"]


def test_a_series_is_read_from_its_beginning(page: Open) -> None:
    assert listed(page("series/parsers-by-hand/")) == [f"Parsers, part {n}" for n in (1, 2, 3)]


def test_excerpts_end_where_the_author_says_and_lead_on(page: Open) -> None:
    text = page("").one(".bt-item:nth-of-type(2)").text()
    assert "The beginning, with a note and a link to the guide." in text
    assert "Everything that Markdown can do" not in text
    assert page("").values(".bt-item:nth-of-type(2) > p:last-child > a", "aria-label") == [
        "Continue reading: Code & <tables>"
    ]
    assert not page("").all('[id^="fn"], [id^="a-table"]'), "ids of an essay stay on its own page"


# -- essays ----------------------------------------------------------------------------------


def test_every_part_of_a_series_knows_its_place(page: Open) -> None:
    for number in (1, 2, 3):
        part = page(f"posts/parsers-{number}/")
        assert part.texts(".bt-series p") == [f"Part {number} of 3 in Parsers by hand"]
        assert part.texts(".bt-series li") == [f"Parsers, part {n}" for n in (1, 2, 3)]
        assert part.texts(".bt-series [aria-current=page]") == [f"Parsers, part {number}"]
        assert len(part.all(".bt-series li a")) == 2
    assert page("posts/plain/").all(".bt-series") == []


def test_previous_and_next_lead_through_all_essays(page: Open) -> None:
    slugs = [slug for slug, _ in NEWEST_FIRST]
    for place, slug in enumerate(slugs):
        links = page(f"posts/{slug}/").all(".bt-neighbours a")
        found = {link.attributes["rel"]: link.attributes["href"] for link in links}
        older = slugs[place + 1] if place + 1 < len(slugs) else None
        newer = slugs[place - 1] if place else None
        named = {"prev": older, "next": newer}
        assert found == {rel: f"../{other}/" for rel, other in named.items() if other}


def test_related_essays_share_terms_and_words(page: Open) -> None:
    related = page("posts/parsers-1/").texts(".bt-related li")
    assert sorted(related) == ["Parsers, part 2", "Parsers, part 3"]
    assert all(len(page(f"posts/{slug}/").all(".bt-related li")) <= 2 for slug, _ in NEWEST_FIRST)


def test_a_byline_names_the_authors_as_known_or_as_written(page: Open) -> None:
    pinned = page("posts/measured-lightly/")
    assert pinned.texts(".bt-author") == ["Ada Lovelace", "Grace Unknown"]
    assert pinned.values(".bt-author a", "href") == [
        "../../authors/ada/",
        "../../authors/grace-unknown/",
    ]
    assert pinned.values(".bt-author img", "src") == ["../../images/logo.svg"]


def test_a_byline_says_when_and_how_long(page: Open) -> None:
    assert page("posts/picture-book/").texts(".bt-byline time") == ["1 March 2026", "5 March 2026"]
    assert page("posts/by-its-slug/").texts(".bt-byline time") == ["1 July 2025", "2 August 2025"]
    assert "7 min read" in page("posts/measured-lightly/").one(".bt-byline").text()
    assert "1 min read" in page("posts/plain/").one(".bt-byline").text()


def test_an_essay_has_one_title_wherever_that_was_written(page: Open) -> None:
    for slug, title in NEWEST_FIRST:
        assert page(f"posts/{slug}/").texts("h1") in ([title], [f"{title}¶"])
    assert page("posts/heading-is-title/").one("h1 em").text() == "heading"
    assert page("posts/heading-is-title/").texts("title") == [
        "The heading is the title - Notes & Queries"
    ]


def test_further_reading_has_names(page: Open) -> None:
    links = page("posts/measured-lightly/").all(".bt-further a")
    assert [(link.text(), link.attributes["href"]) for link in links] == [
        ("The guide", "../../guide/"),
        ("A picture book", "../picture-book/"),
        ("Elsewhere", "https://elsewhere.example/"),
    ]


@pytest.mark.parametrize(
    "selector",
    [
        "table th",
        ".highlight .filename",
        ".highlight .hll",
        "code.highlight",
        "del",
        ".admonition.note .admonition-title",
        "details.tip",
        ".tabbed-set .tabbed-labels label + label",
        ".task-list-item input[checked]",
        "dl dd",
        "abbr[title]",
        ".footnote li[id] a.footnote-backref",
        "div p em",
        "h2[id=a-table] a.headerlink[href='#a-table']",
    ],
)
def test_markdown_can_do_what_material_has_styles_for(page: Open, selector: str) -> None:
    assert page("posts/code-and-tables/").all(f"article {selector}")


def test_code_is_left_alone(page: Open) -> None:
    assert (
        "[not a link](nowhere.md)"
        in page("posts/code-and-tables/").one(".bt-prose pre code").text()
    )
    assert "[link in code](nowhere.md)" in page("posts/code-and-tables/").texts("article code")


def test_edit_links_lead_to_the_file_behind_the_page(page: Open) -> None:
    edit = "https://code.example/notes/queries/-/edit/main/"
    sources = {
        "": "docs/index.md",
        "guide/": "docs/guide.md",
        "deep/page/": "docs/deep/page.md",
        "posts/code-and-tables/": "posts/2026-05-20-code-and-tables.md",
        "posts/picture-book/": "posts/picture-book/index.md",
        "posts/parsers-2/": "posts/2024/parsers-2.md",
    }
    assert {url: page(url).values("a[rel=edit]", "href") for url in sources} == {
        url: [edit + source] for url, source in sources.items()
    }
    assert page("tags/").all("a[rel=edit]") == []
    assert page("posts/code-and-tables/").texts("a[rel=edit]") == ["Edit this page"]


# -- for machines ----------------------------------------------------------------------------


def test_every_page_but_404_says_what_its_own_address_is(site: Path) -> None:
    for page in pages(site):
        if page.url != "404.html" and not page.all("meta[http-equiv=refresh]"):
            canonical = page.one("link[rel=canonical]").attributes["href"]
            assert canonical == ADDRESS + quote(page.url)


def test_open_graph_tells_what_an_essay_is(page: Open) -> None:
    def of(url: str) -> dict[str, str]:
        nodes = page(url).all("meta[property]")
        return {n.attributes["property"] or "": n.attributes["content"] or "" for n in nodes}

    essay = of("posts/code-and-tables/")
    assert essay["og:type"] == "article"
    assert essay["og:title"] == "Code & <tables>"
    assert essay["og:site_name"] == "Notes & Queries"
    assert essay["og:url"] == f"{ADDRESS}posts/code-and-tables/"
    assert essay["og:description"].startswith('Everything that Markdown can do: "quotes"')
    assert of("posts/picture-book/")["og:image"] == f"{ADDRESS}posts/picture-book/picture.png"
    assert of("posts/measured-lightly/")["og:image"] == f"{ADDRESS}posts/images/measure.svg"


def test_structured_data_tells_what_an_essay_is(page: Open) -> None:
    for slug, title in NEWEST_FIRST:
        essay = posting(page(f"posts/{slug}/"))
        assert essay["headline"] == title
        assert essay["url"] == f"{ADDRESS}posts/{quote(slug)}/"
        assert essay["dateModified"] >= essay["datePublished"]
    pinned = posting(page("posts/measured-lightly/"))
    assert [author["name"] for author in pinned["author"]] == ["Ada Lovelace", "Grace Unknown"]
    assert pinned["keywords"] == ["Measuring", "Python"]
    assert pinned["image"] == f"{ADDRESS}posts/images/measure.svg"
    crumbs = json.loads(page("posts/plain/").one('script[type="application/ld+json"]').text())
    (trail,) = (n for n in crumbs["@graph"] if n["@type"] == "BreadcrumbList")
    assert [step["item"] for step in trail["itemListElement"]] == [
        ADDRESS,
        f"{ADDRESS}posts/plain/",
    ]


def atom(site: Path, folder: str) -> etree.Element:
    # Of our own making: there is nobody to attack us.
    return etree.fromstring((site / folder / "feed.xml").read_bytes())  # noqa: S314


def json_feed(site: Path, folder: str) -> dict[str, Any]:
    feed: dict[str, Any] = json.loads((site / folder / "feed.json").read_bytes())
    return feed


def test_feeds_hold_the_newest_essays_in_full(site: Path) -> None:
    newest = [f"{ADDRESS}posts/{slug}/" for slug, _ in NEWEST_FIRST[:6]]
    feed = json_feed(site, "")
    assert [item["url"] for item in feed["items"]] == newest
    assert [item["title"] for item in feed["items"]] == [title for _, title in NEWEST_FIRST[:6]]
    assert "Its definition." in feed["items"][0]["content_html"]
    assert feed["items"][2]["date_published"] == "2026-03-01T08:30:00Z"
    assert feed["items"][2]["date_modified"] == "2026-03-04T23:00:00Z"
    assert feed["items"][1]["authors"] == [{"name": "Ada Lovelace"}, {"name": "Grace Unknown"}]
    root = atom(site, "")
    assert [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")] == newest
    contents = [entry.findtext(f"{ATOM}content") for entry in root.iter(f"{ATOM}entry")]
    assert contents == [item["content_html"] for item in feed["items"]]


def test_every_feed_says_what_atom_and_json_feed_ask_for(site: Path) -> None:
    for file in sorted(site.rglob("feed.xml")):
        folder = file.parent.relative_to(site).as_posix().removeprefix(".")
        url = f"{ADDRESS}{quote(folder)}/" if folder else ADDRESS
        root = atom(site, folder)
        assert root.findtext(f"{ATOM}id") == url
        assert root.findtext(f"{ATOM}title")
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", root.findtext(f"{ATOM}updated") or ""
        )
        links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
        assert links == {"self": f"{url}feed.xml", "alternate": url}
        feed = json_feed(site, folder)
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["feed_url"] == f"{url}feed.json"
        assert len(feed["items"]) == len(root.findall(f"{ATOM}entry")) > 0


def test_each_term_has_feeds_but_where_they_are_switched_off(site: Path) -> None:
    series = json_feed(site, "series/parsers-by-hand")
    assert series["title"] == "Notes & Queries: Parsers by hand"
    newest_first = [f"Parsers, part {number}" for number in (3, 2, 1)]
    assert [item["title"] for item in series["items"]] == newest_first
    assert not list((site / "about").rglob("feed.*"))
    assert not list((site / "archive").rglob("feed.*"))


def test_pages_announce_their_feeds(page: Open) -> None:
    def announced(url: str) -> list[str]:
        links = "link[rel~=alternate]:not([type='text/markdown'])"
        return page(url).values(links, "href")

    assert announced("") == ["feed.xml", "feed.json"]
    assert announced("page/2/") == ["../../feed.xml", "../../feed.json"]
    assert announced("posts/plain/") == ["../../feed.xml", "../../feed.json"]
    assert announced("tags/c/") == ["feed.xml", "feed.json"]
    assert announced("about/writing/") == []
