"""Markdown to HTML, and every fact others ask of it."""

from __future__ import annotations

import random
import re
from pathlib import Path

import markdown
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown.extensions.toc import TocExtension
from selectolax.lexbor import LexborHTMLParser

from blogtools.content.documents import read_post
from blogtools.content.markdown import DEFAULT_EXTENSIONS, Converter, SymbolNames
from blogtools.content.marks import fill, mark_links
from blogtools.content.words import count_words, minutes
from blogtools.model.project import MarkdownSettings
from blogtools.model.rendered import Heading, Link, LinkKind, Rendered
from tests.content.support import MARKDOWN, TAXONOMIES, convert, source

CORPUS = Path(__file__).parents[2].parent / "shared/corpora/rust-blog"


def targets(text: str) -> list[str]:
    """Return the internal links of a text."""
    return [link.target for link in convert(text).links]


def html(text: str) -> str:
    """Return a text's HTML with its links as they were written."""
    rendered = convert(text)
    return fill(rendered.html, [link.target for link in rendered.links])


# -- symbols -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[the fit][pkg.fit]",
        "[`fit`][pkg.fit]",
        "[pkg.fit][]",
        "[`pkg.fit`][]",
        "[the fit] [pkg.fit]",
        "- [the fit][pkg.fit]",
        "> # [the fit][pkg.fit]",
        "| a |\n|---|\n| [the fit][pkg.fit] |",
        "**[the fit][pkg.fit]**",
    ],
)
def test_a_dotted_name_in_brackets_links_to_a_symbol(text: str) -> None:
    links = [link for link in convert(text).links if link.kind is LinkKind.SYMBOL]
    assert links == [Link(LinkKind.SYMBOL, "pkg.fit")]


def test_a_symbol_link_keeps_its_text() -> None:
    assert html("[the *fit*][pkg.fit]") == '<p><a href="pkg.fit">the <em>fit</em></a></p>'
    assert "pkg._fit" in html("[`pkg._fit`][]")
    assert convert("[`pkg._fit`][]").links[0].target == "pkg._fit"


def test_a_defined_reference_goes_before_a_symbol() -> None:
    text = "[the fit][pkg.fit]\n\n[pkg.fit]: https://example.org/"
    assert html(text) == '<p><a href="https://example.org/">the fit</a></p>'


@pytest.mark.parametrize(
    "text",
    [
        "[the fit][other.fit]",
        "[other.fit][]",
        "[the fit][pkg fit]",
        "[the fit][pkg.]",
        "[pkg.fit]",
        "![fit][pkg.fit]",
        "`[the fit][pkg.fit]`",
        "    [the fit][pkg.fit]",
        "```\n[the fit][pkg.fit]\n```",
        r"\[the fit][pkg.fit]",
    ],
)
def test_what_names_no_symbol_of_a_companion_stays_as_it_is(text: str) -> None:
    assert convert(text).links == ()
    assert "fit]" in LexborHTMLParser(html(text)).text()


def test_a_word_apart_is_no_symbol_unless_it_has_a_dot() -> None:
    # As prose has it: a task, a note in brackets.
    assert convert("[note] [pkg]").links == ()
    assert convert("[the package][pkg]").links == (Link(LinkKind.SYMBOL, "pkg"),)


# -- code that names a symbol --------------------------------------------------------------------

NAMING = Converter(MARKDOWN, SymbolNames(frozenset({"pkg", "other"}), frozenset({"pkg"})))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`pkg.fit`", '<p><a href="pkg.fit"><code>pkg.fit</code></a></p>'),
        ("`pkg.fit()`", '<p><a href="pkg.fit"><code>pkg.fit()</code></a></p>'),
        ("`` pkg.fit ``", '<p><a href="pkg.fit"><code>pkg.fit</code></a></p>'),
        ("*`pkg._fit`*", '<p><em><a href="pkg._fit"><code>pkg._fit</code></a></em></p>'),
        (
            "`pkg.fit`{.k #x}",
            '<p><a href="pkg.fit"><code class="k" id="x">pkg.fit</code></a></p>',
        ),
        (
            '<a href="https://e.org/">b</a> `pkg.fit`',
            '<p><a href="https://e.org/">b</a> <a href="pkg.fit"><code>pkg.fit</code></a></p>',
        ),
    ],
)
def test_code_that_names_a_symbol_is_a_link_to_it(text: str, shown: str) -> None:
    rendered = NAMING(text)
    assert [link.kind for link in rendered.links] == [LinkKind.CODE]
    assert fill(rendered.html, [link.target for link in rendered.links]) == shown


@pytest.mark.parametrize(
    "text",
    [
        "| a |\n|---|\n| `pkg.fit` |",
        "- [ ] `pkg.fit`",
        "!!! note\n\n    `pkg.fit`",
        '=== "A"\n\n    `pkg.fit`',
        "Note.[^1]\n\n[^1]: `pkg.fit`",
        "t\n: `pkg.fit`",
        "<div markdown>\n`pkg.fit`\n</div>",
        "`#!python pkg.fit`",
    ],
)
def test_code_is_a_link_wherever_text_is(text: str) -> None:
    found = [link for link in NAMING(text).links if link.kind is LinkKind.CODE]
    assert found == [Link(LinkKind.CODE, "pkg.fit")]


@pytest.mark.parametrize(
    "text",
    [
        "`pkg`",
        "`pkg()`",
        "`pkg.`",
        "`pkg.fit(x)`",
        "`x = pkg.fit`",
        "`other.fit`",
        "`apkg.fit`",
        "<code>pkg.fit</code>",
        "```\npkg.fit\n```",
        "    pkg.fit",
        "# A `pkg.fit` {#a}",
        "### A `pkg.fit`\n\nText.",
        "[a `pkg.fit`](https://e.example/)",
        "[`pkg.fit`](a.md)",
        '<a href="https://e.example/">a `pkg.fit`</a>',
        '=== "A `pkg.fit`"\n\n    Text.',
        '??? note "A `pkg.fit`"\n\n    Text.',
        "![`pkg.fit`](https://e.example/)",
        "\\`pkg.fit`",
    ],
)
def test_other_code_is_as_it_was(text: str) -> None:
    assert NAMING(text) == convert(text)


def test_code_is_no_link_unless_one_asks_for_that() -> None:
    assert convert("`pkg.fit`").links == ()


def test_code_in_a_reference_is_one_link_to_what_the_reference_names() -> None:
    assert NAMING("[`pkg.fit`][]").links == (Link(LinkKind.SYMBOL, "pkg.fit"),)
    assert NAMING("[a `pkg.fit`][pkg.other]").links == (Link(LinkKind.SYMBOL, "pkg.other"),)


def test_a_table_of_contents_knows_nothing_of_code_that_names_symbols() -> None:
    text = "[TOC]\n\n## A `pkg.fit`\n\n`pkg.fit`"
    assert NAMING(text).toc == convert(text).toc
    assert NAMING(text).words == convert(text).words


# -- marks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "links"),
    [
        ("[a](b.md)", ["b.md"]),
        ("[a](<b c.md>)", ["b c.md"]),
        ('[a](b.md "title")', ["b.md"]),
        ("[a](b.md#c)", ["b.md#c"]),
        ("[a](b.md?q=1&amp;r=2)", ["b.md?q=1&r=2"]),
        ("[a](#c)", ["#c"]),
        ("[a](/b/)", ["/b/"]),
        ("![a](b.png)", ["b.png"]),
        ("[![a](b.png)](c.md)", ["c.md", "b.png"]),
        ("[a][b]\n\n[b]: c.md", ["c.md"]),
        ("<a href='b.md'>x</a>", ["b.md"]),
        ("<a href=b.md>x</a>", ["b.md"]),
        ('<a href = "b.md">x</a>', ["b.md"]),
        ('<A HREF="b.md">x</A>', ["b.md"]),
        ('<div><a class="x"href="b.md">x</a></div>', ["b.md"]),
        ('<a title="a > b" href="b.md">x</a>', ["b.md"]),
        ('<div><img alt="" src="b.png"></div>', ["b.png"]),
        ('<video src="b.mp4" poster="b.png"></video>', ["b.mp4", "b.png"]),
        ('<object data="b.svg"></object>', ["b.svg"]),
        ('<img srcset="b.png 1x, c.png 2x" src="b.png">', ["b.png", "c.png", "b.png"]),
        ('<picture><source srcset="dark.png"></picture>', ["dark.png"]),
        ("<video><source src=b.mp4></video>", ["b.mp4"]),
    ],
)
def test_internal_links_are_found_however_they_are_written(page: str, links: list[str]) -> None:
    assert targets(page) == links


@pytest.mark.parametrize(
    "page",
    [
        "[a](https://example.org/)",
        "[a](//example.org/)",
        "[a](mailto:a@example.org)",
        "<a@example.org>",
        "<https://example.org/>",
        "[a](tel:1)",
        "[a](data:text/plain,x)",
        "[a](?q=1)",
        "[a](#)",
        "[a]()",
        "<!-- [a](b.md) <a href='b.md'>x</a> -->",
        "<script>let a = \"<a href='b.md'>\"</script>",
        "<style>/* <a href='b.md'> */</style>",
        "`<a href='b.md'>`",
        "`[a](b.md)`",
        "```html\n<a href='b.md'>\n```",
        "    <a href='b.md'>",
        '<a-card href="b.md">x</a-card>',
        '<a data="b.md" title="href=\'c.md\' src=d.png">x</a>',
        '<img srcset="https://example.org/b.png 1x" alt="src=c.png">',
    ],
)
def test_what_is_no_internal_link_is_left_alone(page: str) -> None:
    assert targets(page) == []


def test_a_links_title_is_not_taken_for_a_link() -> None:
    assert html("[a](b.md \"see: href='c.md'\")") == (
        '<p><a href="b.md" title="see: href=\'c.md\'">a</a></p>'
    )


def test_equal_links_are_numbered_in_the_order_of_the_text() -> None:
    links = convert("[a](b.md) [a](c.md) [a](b.md)").links
    assert [(link.target, link.nth) for link in links] == [("b.md", 0), ("c.md", 0), ("b.md", 1)]


def test_images_embed_and_links_do_not() -> None:
    assert [link.embeds for link in convert("[![a](b.png)](c.md)").links] == [False, True]


@pytest.mark.parametrize("reference", ["&#29;", "&#x1d;", "&#X001D;", "&#029;", "\x1d"])
def test_nothing_in_a_text_can_pass_for_a_mark(reference: str) -> None:
    page = f"{reference}0{reference} [a](b.md) <!-- more --> end"
    rendered = convert(page)
    assert fill(rendered.html, ["b.md"]).count("b.md") == 1
    assert fill(rendered.excerpt, ["b.md"]).count("b.md") == 1


def test_an_address_is_escaped_where_it_is_put_in() -> None:
    page, links = mark_links("<a href='b.md'>x</a>")
    assert len(links) == 1
    assert fill(page, ["c.md?a=1&b='\""]) == '<a href="c.md?a=1&amp;b=&#x27;&quot;">x</a>'


NAMES = st.text("ab.#/?&;=<>'\" é:%x1d", max_size=8)
QUOTED = NAMES.filter(lambda t: '"' not in t).map(lambda t: f'"{t}"') | NAMES.filter(
    lambda t: "'" not in t
).map(lambda t: f"'{t}'")
ATTRIBUTES = st.tuples(
    st.sampled_from(["href", "src", "title", "alt", "data", "HREF", "id"]), QUOTED
)
TAGS = st.builds(
    lambda tag, attributes: f"<{tag} {' '.join(f'{n}={v}' for n, v in attributes)}>",
    st.sampled_from(["a", "A", "img", "p", "object", "video", "b"]),
    st.lists(ATTRIBUTES, max_size=3),
)
PAGES = st.lists(TAGS | st.sampled_from(["text", "<!-- ", " -->", "</a>"]), max_size=8).map("".join)


def shape(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return each element of a page with its attributes, as whoever follows a link reads them."""
    return [
        (str(node.tag), {name: _read(value or "") for name, value in node.attributes.items()})
        for node in LexborHTMLParser(page).css("*")
    ]


def _read(value: str) -> str:
    # References to these are errors, and Python leaves them out; no address has them.
    return re.sub(r"[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f]", "", value).strip()


@settings(max_examples=300)
@given(PAGES)
@example('<a href="1&#1">')
def test_marks_filled_with_what_was_written_give_the_same_page(page: str) -> None:
    marked, links = mark_links(page)
    assert shape(fill(marked, [as_written(link) for link in links])) == shape(page)


def as_written(link: Link) -> str:
    kinds = {LinkKind.SYMBOL: "symbol:", LinkKind.CODE: "symbol:code:"}
    return kinds.get(link.kind, "") + link.target


# -- headings, words, sections -----------------------------------------------------------------


def test_a_leading_heading_is_the_title_and_not_part_of_the_body() -> None:
    rendered = convert("# Fitting `x` & *more*\n\nText.")
    assert rendered.title == "Fitting x & more"
    assert rendered.html == "<p>Text.</p>"
    assert rendered.heading.startswith('<h1 id="fitting-x-more">Fitting <code>x</code>')
    assert rendered.toc == ()
    assert "fitting-x-more" in rendered.anchors


@pytest.mark.parametrize("text", ["Text.\n\n# Later", "## Second level\n\n# First", ""])
def test_a_heading_that_does_not_lead_is_no_title(text: str) -> None:
    assert (convert(text).title, convert(text).heading) == ("", "")


def test_a_comment_may_stand_above_the_leading_heading() -> None:
    rendered = convert("<!-- lint: off -->\n\n<!-- x -->\n# Title\n\nText.")
    assert rendered.title == "Title"
    assert rendered.html.endswith("<p>Text.</p>")
    assert "<h1" not in rendered.html


def test_a_title_with_a_link_keeps_the_link_in_its_heading_alone() -> None:
    rendered = convert("# On [b](b.md)\n\nText.")
    assert rendered.title == "On b"
    assert "b.md" in fill(rendered.heading, [link.target for link in rendered.links])


def test_the_table_of_contents_is_nested() -> None:
    rendered = convert("# T\n\n## A\n\n### B\n\n## C")
    assert rendered.toc == (
        Heading("a", "A", 2, (Heading("b", "B", 3),)),
        Heading("c", "C", 2),
    )


def test_a_table_of_contents_that_leaves_out_the_title_keeps_its_first_heading() -> None:
    configs = {**DEFAULT_EXTENSIONS, "toc": {"toc_depth": "2-6"}}
    rendered = Converter(MarkdownSettings(tuple(configs), configs))("# T\n\n## A\n\n### B")
    assert rendered.toc == (Heading("a", "A", 2, (Heading("b", "B", 3),)),)


def test_a_title_written_as_html_takes_nothing_from_the_table_of_contents() -> None:
    rendered = convert("<h1>T</h1>\n\n# A\n\n## B")
    assert rendered.title == "T"
    assert [heading.id for heading in rendered.toc] == ["a"]


def test_every_id_is_an_anchor() -> None:
    text = (
        '## A\n\n<p id="b">x</p>\n<a name=\'c\'></a>\n<i id=d></i>\n<i title="x > y" id="e"></i>'
        "\n\n"
        'Text.[^1]\n{#f}\n\n[^1]: N.\n\n<!-- <i id="g"></i> -->\n\n`<i id="h">`'
        '\n<i data-id="i" ID="j">x</i> <i id ="k" id-l="m">x</i>'
    )
    wanted = {"a", "b", "c", "d", "e", "f", "j", "k", "fn:1", "fnref:1"}
    assert convert(text).anchors == wanted


def test_headings_of_one_name_get_anchors_of_their_own() -> None:
    assert {"a", "a_1"} <= convert("## A\n\n## A").anchors


def test_words_are_what_a_reader_reads() -> None:
    text = "# T\n\nOne two.\n\n<!-- three -->\n\n<script>four</script>\n\n`five` 6\n\n## Seven"
    assert convert(text).words == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("One two, three.", 3),
        ("don't", 2),
        ("日本語です", 3),
        ("語", 1),
        ("Python で書く", 3),
        ("한국어", 2),
    ],
)
def test_two_characters_of_an_unspaced_script_count_as_a_word(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_counts_as_any_text_does(text: str) -> None:
    assert count_words(text) + 1 == count_words(f"{text} é")


@pytest.mark.parametrize(("words", "expected"), [(0, 1), (265, 1), (397, 1), (400, 2), (2650, 10)])
def test_reading_takes_a_minute_at_least(words: int, expected: int) -> None:
    assert minutes(words, 265) == expected


def test_raw_html_with_a_bare_bracket_loses_no_text() -> None:
    assert convert("<div>1 < 2</div>\n\nAfter.").words == 3


# -- one converter for many texts ----------------------------------------------------------------

OWN_CORPUS = [
    "",
    " \n",
    "# T\n\nText.[^1]\n\n[^1]: Note.",
    "Other[^1] and[^n].\n\n[^n]: N.\n[^1]: One.",
    "*[HTML]: Hyper\n\nHTML",
    "HTML again",
    "[x][ref]\n\n[ref]: a.md",
    "[x][ref] and [y][pkg.y]",
    '=== "A"\n\n    a\n\n=== "B"\n\n    b',
    '=== "A"\n\n    other\n\n!!! note "N"\n    n',
    "??? tip\n    - [ ] open\n    - [x] done",
    "```python\nx = 1\n```\n\n`#!py y`",
    '```py title="t" linenums="1" hl_lines="1"\nx\n```',
    "| a | b |\n|---|:-:|\n| 1 | 2 |",
    "## A\n\n## A\n\n### B {#own}",
    "## A\n\nTerm\n:   Definition",
    "<div markdown>\n*x*\n</div>\n\n<p>raw</p>",
    "1. a\n    1. b\n\n> q\n> > r",
    "~~gone~~ **bold** _em_ \\* &amp; &copy; <b>",
    "text <!-- more --> rest [a](b.md)",
    "1. " * 400 + "deep",
    "<a@example.org>",
]


@pytest.mark.parametrize("first", OWN_CORPUS)
def test_a_used_converter_gives_what_a_fresh_one_gives(first: str) -> None:
    used = Converter(MARKDOWN, SymbolNames(frozenset({"pkg"})))
    for second in OWN_CORPUS:
        used(first)
        assert used(second) == convert_afresh(second)


FRESH: dict[str, Rendered] = {}


def convert_afresh(text: str) -> Rendered:
    if text not in FRESH:
        FRESH[text] = Converter(MARKDOWN, SymbolNames(frozenset({"pkg"})))(text)
    return FRESH[text]


def corpus() -> list[str]:
    """Return every fifteenth of the posts that nobody here wrote, where they are."""
    files = sorted(CORPUS.glob("*.md"))[::15]
    return [read_post(source(file.read_bytes()), TAXONOMIES)[0].body for file in files]


def test_a_used_converter_gives_what_a_fresh_one_gives_on_real_posts() -> None:
    bodies = corpus()
    expected = [Converter(MARKDOWN)(body) for body in bodies]
    used = Converter(MARKDOWN)
    order = list(range(len(bodies)))
    random.Random(7).shuffle(order)
    assert {place: used(bodies[place]) for place in order} == dict(enumerate(expected))


WRITTEN = st.lists(
    st.sampled_from(
        [
            *("# A", "## B {#b}", "[^1]", "[^1]: n", "*[ab]: cd", "ab", "[r]: x.md", "[t][r]"),
            *('=== "T"', "    in", "!!! note", "```", "- [x] d", "| a |\n|---|\n| b |", "", "> q"),
            *("<div markdown>", "</div>", "<!-- more -->", "`c`", "[x][pkg.y]", "t\n: d", "1. l"),
        ]
    ),
    max_size=10,
).map("\n".join)


@settings(max_examples=100)
@given(WRITTEN, WRITTEN)
def test_no_text_leaves_anything_behind_for_the_next(first: str, second: str) -> None:
    used = Converter(MARKDOWN, SymbolNames(frozenset({"pkg"})))
    used(first)
    assert used(second) == Converter(MARKDOWN, SymbolNames(frozenset({"pkg"})))(second)


@pytest.mark.parametrize("extension", ["footnotes", "markdown.extensions.extra"])
def test_footnotes_with_unique_ids_have_those_that_mkdocs_gives(extension: str) -> None:
    options = {"footnotes": {"UNIQUE_IDS": True}}
    configs = options if extension == "footnotes" else {extension: options}
    text = "Word[^1].\n\n[^1]: Note."
    html = markdown.markdown(text, extensions=[extension], extension_configs=configs)
    assert 'id="fn:2-1"' in html
    ours = Converter(MarkdownSettings((extension,), configs))
    assert ours(text).anchors == ours(text).anchors == {"fn:2-1", "fnref:2-1"}


def test_an_extension_that_is_not_known_to_reset_is_made_anew() -> None:
    custom = Converter(MarkdownSettings((TocExtension(),)))
    assert custom("## A").toc == custom("## A").toc


# -- excerpts ------------------------------------------------------------------------------------


def excerpt(text: str, description: str = "") -> tuple[str, bool]:
    rendered = convert(text, description)
    links = [link.target for link in rendered.links]
    return fill(rendered.excerpt, links), rendered.truncated


def test_the_excerpt_is_the_text_before_the_mark() -> None:
    assert excerpt("One.\n\nTwo.\n\n<!-- more -->\n\nThree.") == ("<p>One.</p>\n<p>Two.</p>", True)


@pytest.mark.parametrize("mark", ["<!--more-->", "<!-- more -->", "<!--  MORE -->"])
def test_the_mark_may_be_spelled_as_people_do(mark: str) -> None:
    assert excerpt(f"One.\n\n{mark}\n\nTwo.") == ("<p>One.</p>", True)


def test_a_mark_at_the_end_leaves_nothing_to_read() -> None:
    assert excerpt("One.\n\n<!-- more -->") == ("<p>One.</p>", False)
    assert excerpt("- one\n- two <!-- more -->")[1] is False


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("- one\n- two <!-- more -->\n- three", "<ul>\n<li>one</li>\n<li>two </li></ul>"),
        ("> q\n>\n> <!-- more -->\n>\n> r", "<blockquote>\n<p>q</p>\n</blockquote>"),
        ("**bold <!-- more --> more**", "<p><strong>bold </strong></p>"),
        ("<div>raw <b>x <!-- more --> y</b></div>", "<div>raw <b>x </b></div>"),
    ],
)
def test_an_excerpt_that_ends_inside_something_is_balanced(text: str, html: str) -> None:
    assert excerpt(text) == (html, True)


def test_an_excerpt_has_no_footnotes_ids_or_permanent_links() -> None:
    shown, _ = excerpt("## A\n\nOne[^1] [two](#a).\n{#own}\n\n<!-- more -->\n\n[^1]: N.")
    assert shown == '<h2>A</h2>\n<p>One <a href="#a">two</a>.</p>'


def test_without_a_mark_the_description_is_the_excerpt() -> None:
    assert excerpt("One.\n\nTwo.", "A < B & C") == ("<p>A &lt; B &amp; C</p>", True)


def test_the_mark_goes_before_the_description() -> None:
    assert excerpt("One.\n\n<!-- more -->\n\nTwo.", "D.") == ("<p>One.</p>", True)


def test_without_both_the_first_paragraph_is_the_excerpt() -> None:
    text = "# T\n\n![](a.png)\n\n<!-- <p>hidden</p> -->\n\nOne *two*.\n\nThree."
    assert excerpt(text) == ("<p>One <em>two</em>.</p>", True)


@pytest.mark.parametrize("text", ["One.", "# T\n\nSay &quot;x&quot; &copy; &amp;.", "One  \ntwo."])
def test_an_essay_of_one_paragraph_has_no_more_to_read(text: str) -> None:
    assert excerpt(text)[1] is False


def test_an_essay_without_any_paragraph_has_an_empty_excerpt() -> None:
    assert excerpt("- a\n- b") == ("", False)
    assert excerpt("") == ("", False)


def test_links_in_an_excerpt_keep_their_marks() -> None:
    rendered = convert("[a](a.md) [b](b.md)\n\n<!-- more -->\n\n[c](c.md)")
    assert fill(rendered.excerpt, ["x", "y", "z"]) == '<p><a href="x">a</a> <a href="y">b</a></p>'


@settings(max_examples=200)
@given(WRITTEN)
def test_every_excerpt_is_balanced_html_without_ids(text: str) -> None:
    shown, _ = excerpt(text)
    body = LexborHTMLParser(f"<body>{shown}</body>").body
    assert body is not None
    assert (body.inner_html or "").strip() == shown
    assert not body.css("[id]")
