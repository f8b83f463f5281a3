"""Where links lead, at which line a broken one stands, and the way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogtools.content.destination import Destination
from blogtools.content.links import absolute, broken, relative, resolve, way, written
from blogtools.content.places import locate
from blogtools.model.companion import Companion, Inventory, packages
from blogtools.model.diagnostic import Severity
from blogtools.model.document import Document, FrontMatter
from blogtools.model.rendered import Link, LinkKind
from blogtools.model.site import Addresses
from tests.content.support import convert, read, said, source

FILES = {
    "posts/a.md": "posts/a/",
    "posts/2025/b.md": "posts/b/",
    "posts/bundle/index.md": "posts/bundle/",
    "posts/bundle/photo.png": "posts/bundle/photo.png",
    "posts/images/cat.png": "posts/images/cat.png",
    "posts/Größe.md": "posts/grösse/",
    "posts/what?.png": "posts/what?.png",
    "posts/100%.png": "posts/100%.png",
    "posts/a:b.png": "posts/a:b.png",
    "docs/index.md": "",
    "docs/guide.md": "guide/",
    "docs/guide/more.md": "guide/more/",
    "docs/files/data.csv": "files/data.csv",
}
INVENTORY = Inventory(
    "pkg",
    "1.0",
    "reference/pkg/1.0/",
    {"pkg.fit": "reference/pkg/1.0/pkg/#pkg.fit", "pkg": "reference/pkg/1.0/pkg/"},
    ("pkg",),
)
ADDRESSES = Addresses(
    files=FILES,
    urls=frozenset({*FILES.values(), "tags/", "tags/jax/", "feed.xml", "old/"}),
    unpublished=frozenset({"posts/draft.md"}),
    inventories=(INVENTORY,),
    roots=("docs",),
    packages=packages(
        [
            Companion("pkg", "checkout", "1.0", ("pkg",)),
            Companion("gone", "pypi", "2.0", ("gone",)),
        ]
    ),
)


def link(target: str) -> Link:
    """Return a link as the conversion finds it."""
    marked = convert(f'<a href="{target}">x</a>').links
    assert len(marked) == 1
    return marked[0]


def at(path: str) -> Document:
    """Return a document of this path."""
    return Document(source("", path), FrontMatter())


def target(written: str, path: str = "posts/a.md", base: str = "/") -> Destination:
    url = FILES[path]
    return resolve(link(written), at(path), url, ADDRESSES, base)


@pytest.mark.parametrize(
    ("path", "written", "url"),
    [
        # As the files lie on disk.
        ("posts/a.md", "2025/b.md", "posts/b/"),
        ("posts/2025/b.md", "../a.md", "posts/a/"),
        ("posts/a.md", "../docs/guide.md", "guide/"),
        ("docs/guide.md", "../posts/a.md", "posts/a/"),
        ("posts/a.md", "./a.md", "posts/a/"),
        ("posts/a.md", "images/cat.png", "posts/images/cat.png"),
        ("posts/bundle/index.md", "photo.png", "posts/bundle/photo.png"),
        ("posts/bundle/index.md", "../images/cat.png", "posts/images/cat.png"),
        ("docs/guide/more.md", "../guide.md", "guide/"),
        ("docs/guide.md", "index.md", ""),
        # A folder with an index.
        ("posts/a.md", "bundle", "posts/bundle/"),
        ("posts/a.md", "bundle/", "posts/bundle/"),
        ("posts/a.md", "bundle/index.md", "posts/bundle/"),
        ("posts/a.md", "../docs/", ""),
        # As MkDocs has it: pages and essays in folders that lie over each other.
        ("docs/guide.md", "posts/a.md", "posts/a/"),
        ("docs/guide/more.md", "../posts/bundle/photo.png", "posts/bundle/photo.png"),
        ("posts/a.md", "../guide.md", "guide/"),
        ("posts/a.md", "../files/data.csv", "files/data.csv"),
        # As a browser has it: from the page's own address.
        ("posts/a.md", "../b/", "posts/b/"),
        ("posts/a.md", "../b", "posts/b/"),
        ("posts/a.md", "../../tags/jax/", "tags/jax/"),
        ("posts/a.md", "../../", ""),
        ("posts/a.md", "../../feed.xml", "feed.xml"),
        ("posts/a.md", "../../old/", "old/"),
        # Encoded, or not.
        ("posts/a.md", "Gr%C3%B6%C3%9Fe.md", "posts/grösse/"),
        ("posts/a.md", "Größe.md", "posts/grösse/"),
        ("posts/a.md", "what%3F.png", "posts/what?.png"),
        ("posts/a.md", "100%25.png", "posts/100%.png"),
        # From the site's root.
        ("posts/a.md", "/tags/jax/", "tags/jax/"),
        ("posts/a.md", "/tags/jax", "tags/jax/"),
        ("posts/a.md", "/tags/jax/index.html", "tags/jax/"),
        ("posts/a.md", "/posts/images/cat.png", "posts/images/cat.png"),
        ("posts/a.md", "/", ""),
        ("posts/a.md", "/feed.xml?x=1#y", "feed.xml"),
    ],
)
def test_a_link_leads_to_what_an_author_may_mean(path: str, written: str, url: str) -> None:
    assert target(written, path).url == url


@pytest.mark.parametrize(
    "written",
    ["c.md", "../c/", "/c/", "/tags/index/", "images/dog.png", "b.md", "index.html/", "/guidé/"],
)
def test_a_link_to_nothing_leads_nowhere(written: str) -> None:
    assert target(written).url is None


def test_the_query_and_the_fragment_are_kept() -> None:
    found = target("2025/b.md?a=1&amp;b#c")
    assert (found.url, found.query, found.fragment) == ("posts/b/", "?a=1&b", "#c")
    assert relative(found, "posts/a/") == "../b/?a=1&b#c"
    assert absolute(found, "https://example.org/") == "https://example.org/posts/b/?a=1&b#c"


def test_a_fragment_is_one_of_its_own_page_wherever_that_is_shown() -> None:
    found = target("#c")
    assert relative(found, "posts/a/") == "#c"
    assert relative(found, "tags/jax/") == "../../posts/a/#c"
    assert absolute(found, "https://example.org/") == "https://example.org/posts/a/#c"


def test_a_link_from_the_root_is_read_below_the_sites_base_and_written_as_it_is() -> None:
    found = target("/blog/tags/jax/#x", base="/blog/")
    assert (found.url, found.verbatim) == ("tags/jax/", "/blog/tags/jax/#x")
    assert relative(found, "posts/a/") == "/blog/tags/jax/#x"
    assert absolute(found, "https://e.org/blog/") == "https://e.org/blog/tags/jax/#x"
    assert target("/blog/nope/", base="/blog/").url is None


def test_a_link_outside_the_sites_base_is_another_sites_business() -> None:
    found = target("/other/", base="/blog/")
    assert found.url is not None
    assert relative(found, "posts/a/") == "/other/"


def test_a_symbol_leads_to_its_anchor_in_the_reference() -> None:
    symbol = Link(LinkKind.SYMBOL, "pkg.fit")
    found = resolve(symbol, at("posts/a.md"), "posts/a/", ADDRESSES)
    assert relative(found, "posts/a/") == "../../reference/pkg/1.0/pkg/#pkg.fit"


def test_a_symbol_of_a_companion_that_cannot_be_read_leads_to_its_reference() -> None:
    symbol = Link(LinkKind.SYMBOL, "gone.thing")
    found = resolve(symbol, at("posts/a.md"), "posts/a/", ADDRESSES)
    assert found.url == "reference/gone/2.0/"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("what%3F.png", "../what%3F.png"),
        ("100%25.png", "../100%25.png"),
        ("a%3Ab.png", "../a:b.png"),
        ("Gr%C3%B6%C3%9Fe.md", "../gr%C3%B6sse/"),
    ],
)
def test_what_means_something_else_in_a_url_is_encoded(name: str, shown: str) -> None:
    assert relative(target(name), "posts/a/") == shown


SEGMENT = st.text("ab.:é %?#-", min_size=1, max_size=4).filter(lambda s: s.strip(".") != "")
URLS = st.builds(
    lambda folders, name: "".join(f"{folder}/" for folder in folders) + name,
    st.lists(SEGMENT | st.sampled_from(["a", "b"]), max_size=3),
    st.sampled_from(["", "", "feed.xml", "a", "a:b", "page.html"]),
)


@settings(max_examples=400)
@given(URLS, URLS)
@example("", "")
@example("a", "a/b")
@example("a:b", "c")
def test_the_way_there_from_here_leads_there(there: str, here: str) -> None:
    page = "https://example.org/" + written(here)
    found = urljoin(page, written(way(there, here)))
    assert unquote(urlsplit(found).path).removeprefix("/") == there
    assert urlsplit(found).netloc == "example.org"


@settings(max_examples=200)
@given(URLS, URLS)
def test_a_page_and_a_feed_lead_to_one_place(there: str, here: str) -> None:
    found = Destination(there, "#x")
    site = "https://example.org/blog/"
    assert urljoin(site + written(here), relative(found, here)) == absolute(found, site)


# -- diagnostics ---------------------------------------------------------------------------------


def complaints(
    text: str, anchors: Mapping[str, frozenset[str]] | None = None, path: str = "posts/a.md"
) -> list[str]:
    """Return what is wrong with the links of an essay."""
    document, wrong = read(text, path)
    assert wrong == []
    rendered = convert(document.body)
    known = {"posts/2025/b.md": frozenset({"setup", "results"}), path: rendered.anchors}
    found = broken(document, led(rendered.links, path), known | dict(anchors or {}), ADDRESSES)
    return said(tuple(found))


def led(links: Sequence[Link], path: str = "posts/a.md") -> list[tuple[Link, Destination]]:
    """Return links, each with what it leads to from a document."""
    return [(one, resolve(one, at(path), FILES[path], ADDRESSES)) for one in links]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("[x](nope.md)", "1:5: 'nope.md' leads to nothing. Link to a file by its path from here"),
        ("[x](buNdle.md)", "1:5: 'buNdle.md' leads to nothing. "),
        ("[x](guid.md)", "1:5: 'guid.md' leads to nothing. Did you mean '../docs/guide.md'?"),
        ("[x](b.md)", "1:5: 'b.md' leads to nothing. Did you mean '2025/b.md'?"),
        ("![x](cat.png)", "1:6: there is no file 'cat.png'. Did you mean 'images/cat.png'?"),
        ("![x](what?.png)", "1:6: there is no file 'what?.png'. Did you mean 'what%3F.png'?"),
        ("![x](wolf.png)", "1:6: there is no file 'wolf.png'. Put the file there, or"),
        ("<img src='wolf.png'>", "1:11: there is no file 'wolf.png'."),
        ("[x](draft.md)", "1:5: 'draft.md' is a draft, or not published yet. Publish it first"),
        ("[x](/nope/)", "1:5: '/nope/' leads to nothing."),
        (
            "[x][pkg.fitt]",
            "1:5: pkg 1.0 has no public object 'pkg.fitt'. Did you mean pkg.fit?",
        ),
        ("[`pkg.nope`][]", "1:3: pkg 1.0 has no public object 'pkg.nope'."),
    ],
)
def test_a_broken_link_is_an_error_at_its_place(body: str, complaint: str) -> None:
    wrong = complaints(body)
    assert len(wrong) == 1
    assert wrong[0].startswith(f"posts/a.md:{complaint}")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("[x](#nope)", "1:5: warning: this page has no anchor '#nope'. Link to a heading's id"),
        ("[x](2025/b.md#setap)", "1:5: warning: posts/2025/b.md has no anchor '#setap'. Did you"),
        ("[x](../b/#nope)", "1:5: warning: posts/2025/b.md has no anchor '#nope'."),
        ("[x](/posts/b/#nope)", "1:5: warning: posts/2025/b.md has no anchor '#nope'."),
        ("## Ä\n\n[x](#%C3%A4)", "3:5: warning: this page has no anchor '#ä'."),
    ],
)
def test_a_missing_anchor_is_a_warning_at_its_place(body: str, complaint: str) -> None:
    wrong = complaints(body)
    assert len(wrong) == 1
    assert wrong[0].startswith(f"posts/a.md:{complaint}")


@pytest.mark.parametrize(
    "body",
    [
        "[x](2025/b.md#setup)",
        "[x](../b/#setup)",
        "[x](#top)",
        "[x](2025/b.md#Top)",
        "[x](2025/b.md#:~:text=words)",
        "[x](2025/b.md#setup:~:text=words)",
        "[x](2025/b.md#)",
        "## A b\n\n[x](#a-b)",
        "Note.[^1]\n\n[^1]: N.",
        "[x](../../tags/#anything)",
        "[x](images/cat.png#xywh=1)",
        "[x](https://example.org/#nope)",
        "[x][gone.anything]",
    ],
)
def test_a_link_that_leads_somewhere_is_no_complaint(body: str) -> None:
    assert complaints(body) == []


def test_an_anchor_of_a_page_that_is_not_known_is_no_complaint() -> None:
    assert complaints("[x](../docs/guide.md#nope)") == []


def test_every_broken_link_is_told_at_its_own_line() -> None:
    body = "---\ntitle: T\n---\n\n[x](nope.md)\n\n- [x](nope.md) [y](other.md)\n\n![z](no.png)\n"
    places = [line.split(": ")[0] for line in complaints(body)]
    assert places == ["posts/a.md:5:5", "posts/a.md:7:7", "posts/a.md:7:20", "posts/a.md:9:6"]


def test_a_broken_anchor_stays_a_warning() -> None:
    document, _ = read("[x](#nope)")
    links = led(convert("[x](#nope)").links)
    assert list(broken(document, links, {}, ADDRESSES)) == []
    known = {"posts/a.md": frozenset[str]()}
    found = list(broken(document, links, known, ADDRESSES))
    assert [one.severity for one in found] == [Severity.WARNING]


# -- places --------------------------------------------------------------------------------------


def places(text: str) -> list[tuple[int, int]]:
    """Return where each link of an essay stands."""
    document, wrong = read(text)
    assert wrong == []
    return [locate(document, one) for one in convert(document.body).links]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[x](a.md)", (1, 5)),
        ("see a.md, that is [x](a.md)", (1, 23)),
        ("[x](b.md#c) then [x](b.md)", (1, 5)),
        ("[x](<a b.md>)", (1, 6)),
        ('[x](a.md "a.md")', (1, 5)),
        ("![x](a.png)", (1, 6)),
        ("<img\n  src='a.png'>", (2, 8)),
        ("<img src=a.png>", (1, 10)),
        ("[x][r]\n\n[r]: a.md", (3, 6)),
        ("[x][r]\n\n[r]: <a.md>", (3, 7)),
        (r"[x](a\_b.md)", (1, 5)),
        ("[x](a.md?b=1&amp;c)", (1, 5)),
        ("[x](a.md?b=1&c)", (1, 5)),
        ("[x][pkg.y]", (1, 5)),
        ("[pkg.y][]", (1, 2)),
        ("[`pkg.y`][]", (1, 3)),
        ("`[x](a.md)` [x](a.md)", (1, 17)),
        ("`` `[x](a.md)` `` [x](a.md)", (1, 23)),
        ("```\n[x](a.md)\n```\n\n[x](a.md)", (5, 5)),
        ("~~~ md\n[x](a.md)\n~~~\n\n[x](a.md)", (5, 5)),
        ("Text.\n\n    [x](a.md)\n\n[x](a.md)", (5, 5)),
        ("- item\n\n    [x](a.md)", (3, 9)),
        ("!!! note\n    [x](a.md)", (2, 9)),
        ("<!-- [x](a.md) --> [x](a.md)", (1, 24)),
        ("<script>'[x](a.md)'</script>\n\n[x](a.md)", (3, 5)),
        ("a ` tick\n\n[x](a.md) and ` another", (3, 5)),
        ("[`code`](a.md) and `more`", (1, 10)),
        ("日本 [x](a.md)", (1, 8)),
        ("---\ntitle: T\n---\n\n[x](a.md)", (5, 5)),
        ("---\r\ntitle: T\r\n---\r\n\r\n[x](a.md)", (5, 5)),
        ("\ufeff[x](a.md)", (1, 5)),
    ],
)
def test_a_link_is_found_where_it_is_written(text: str, place: tuple[int, int]) -> None:
    assert places(text)[0] == place


def test_equal_links_are_found_one_after_the_other() -> None:
    text = "[x](a.md) [x](b.md)\n\n[y](a.md)\n\n`[z](a.md)`\n\n> [z](a.md)\n"
    assert places(text) == [(1, 5), (1, 15), (3, 5), (7, 7)]


def test_a_link_and_one_with_an_anchor_are_told_apart() -> None:
    assert places("[x](a.md#b) [y](a.md)") == [(1, 5), (1, 17)]


def test_one_reference_used_twice_is_found_at_its_definition() -> None:
    assert places("[x][r] [y][r]\n\n[r]: a.md") == [(3, 6), (3, 6)]


def test_a_link_of_the_front_matter_is_found_above_the_body() -> None:
    document, _ = read("---\ntitle: T\u2028T\nimage: no.png\nlinks:\n  - b: no.md\n---\nText.")
    assert locate(document, Link(LinkKind.PATH, "no.png", embeds=True)) == (3, 8)
    assert locate(document, Link(LinkKind.PATH, "no.md")) == (5, 8)


def test_a_link_that_an_extension_made_is_told_at_the_bodys_beginning() -> None:
    document, _ = read("---\ntitle: T\n---\nText.")
    assert locate(document, Link(LinkKind.PATH, "made.md")) == (4, 1)


BODY = st.lists(
    st.sampled_from(
        ["[x](a.md)", "`[x](a.md)`", "a.md", "\n\n", "\n", "- ", "> ", "    ", "```\n", "text "]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=200)
@given(BODY)
def test_every_link_is_found_inside_the_file(text: str) -> None:
    lines = text.split("\n")
    for line, column in places(text) if text.strip() else ():
        assert 1 <= line <= len(lines)
        assert lines[line - 1][column - 1 :].startswith("a.md") or (line, column) == (1, 1)
