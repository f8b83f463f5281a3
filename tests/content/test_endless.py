"""What begins like a comment or a script and never ends is text, however often it stands there."""

from __future__ import annotations

import pytest

from blogtools.content.endless import hidden, seen
from blogtools.content.markdown import Converter
from blogtools.content.places import locate
from blogtools.content.portable import portable
from blogtools.model.rendered import Link, LinkKind
from tests.content.support import MARKDOWN, read

#: So many of these took minutes, each looking for its end up to the last character.
MANY = 30_000
ENDLESS = ["<!-- ", "x --> <!-- ", "<script ", "<style>", "<script>x</script >", "`a` <!--"]
WAYS = {(LinkKind.PATH, "b.md"): "https://b.example/"}
WELL = [
    "",
    "A comment <!-- here --> and <!-- there\n--> too.",
    "<script>if (a < b) {}</script>\n\n<style>p {}</style>",
    "<script>x</SCRIPT> <!--> --> <!-- <!-- -->",
    "~~~html\n<!-- in code -->\n~~~\n\n[a](b.md) <!-- more -->\n\n`<script></script>`",
]


@pytest.mark.parametrize("text", WELL)
def test_where_all_that_begins_also_ends_nothing_is_hidden(text: str) -> None:
    assert hidden(text) == text


@pytest.mark.parametrize("text", [*WELL, *(f"{one * 3}text" for one in ENDLESS)])
def test_what_is_hidden_is_as_long_and_comes_back(text: str) -> None:
    assert len(hidden(text)) == len(text)
    assert seen(hidden(text)) == text


def test_only_what_stands_behind_the_last_end_is_hidden() -> None:
    assert hidden("<!-- a --> <!-- b") == "<!-- a --> \x0f!-- b"
    assert hidden("<!-->") == "\x0f!-->"
    assert hidden("<script>a</script><script>") == "<script>a</script>\x0fscript>"
    assert hidden("<script>a</SCRIPT><script>") == "<script>a</SCRIPT>\x0fscript>"


@pytest.mark.parametrize("one", [one for one in ENDLESS if one != "<script "])
@pytest.mark.parametrize("around", ["{}", "<div>\n{}\n</div>"])
def test_a_text_of_nothing_else_is_converted(one: str, around: str) -> None:
    """An unfinished tag is left out: Python's own parser of HTML takes as long for many."""
    text = around.format(one * MANY)
    rendered = Converter(MARKDOWN)(text)
    assert "\x0f" not in repr(rendered)


@pytest.mark.parametrize("one", ENDLESS)
def test_a_text_of_nothing_else_has_a_copy_and_places(one: str) -> None:
    text = f"[a](b.md)\n\n{one * MANY}"
    assert "[a](https://b.example/)" in portable(text, WAYS)
    assert locate(read(text)[0], Link(LinkKind.PATH, "b.md")) == (1, 5)


def test_what_never_ends_hides_no_link_that_follows() -> None:
    assert portable("<!-- [a](b.md)", WAYS).strip() == "<!-- [a](https://b.example/)"
    page = '<div>\n<!-- <a id="x" href="b.md" title="<!--">a</a>\n</div>\n\n<p>c</p>'
    rendered = Converter(MARKDOWN)(page)
    assert [link.target for link in rendered.links] == ["b.md"]
    assert rendered.anchors == {"x"}
    assert rendered.html.startswith("<div>\n<!-- <a id=")
    assert 'title="<!--">' in rendered.html
