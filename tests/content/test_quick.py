"""Python-Markdown with less work gives what Python-Markdown gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as etree

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import treeprocessors
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from pymdownx.highlight import HighlightExtension

from blogtools.content.markdown import DEFAULT_EXTENSIONS, Converter
from blogtools.content.quick import NEEDED, Markdown
from blogtools.model.project import MarkdownSettings
from tests.content.support import MARKDOWN

Options = Mapping[str, Mapping[str, Any]]

TEXTS = (
    "# Title *em* `code`\n\n## Own {#own .c}\n\n[TOC]\n\n## Title *em* `code`\n",
    '- item\n\n    ```python hl_lines="1" linenums="3" title="x <y>"\n    a = 1\n    ```\n- b\n',
    "1. a\n    - b\n        ```rust\n        fn a() {}\n        ```\n\n"
    "        !!! note\n            c\n",
    '=== "One"\n\n    ```js\n    x\n    ```\n\n=== "Two"\n\n    `#!python f(x)`\n',
    "!!! warning\n    text\n\n    > quote\n\n??? tip\n    hidden\n\n    - a\n\n            b\n",
    "a[^1] b[^2]\n\n[^1]: note\n\n    ```py\n    x=1\n    ```\n[^2]: other\n",
    "<div markdown>\n# In\n\n*a*\n</div>\n\n<!-- c # [^1] -->\n\n<script>if (a<b) {}</script>\n",
    "`#!python x` `:::js var a` `` `#!rust` `` `#!nosuch y<z&` `a`b``\n",
    "```nosuch\n<x> & y\n```\n\n```\nplain\n```\n\n~~~ { .Python #id .c linenums=1 }\nx\n~~~\n",
    "```php\n$a = 1;\n```\n\n    indented\n\n\ttab\n\n```console\n$ ls\n```\n",
    "\\* \\` \\[a] \\<b> &amp; & &#60; &copy; a  \nb   \nc",
    '[a](b) [c][d] [e] ![i](j "t") ![k][d] <http://x.y> <a@b.c> <br>\n\n'
    '[d]: http://d "D"\n[e]: <e>\n',
    "*a* **b** ***c*** a_b_c *a **b* c** ~~s~~ **a*b**c* _*_\n",
    "| a | b |\n|---|:-:|\n| `x|y` | *z* |\n\nterm\n: def\n\n*[HTML]: Hyper\n\nHTML\n",
    "a\n===\n\nb\n---\n\n* * *\n\n- [ ] todo\n- [x] done\n\ntext {: .c }\n",
    "[a][pkg.b] [`pkg.c`][] [pkg.d]\n[pkg.e] [f][other.g] ![h][pkg.i]\n",
    "[a](b(c)d) [e](f \"g\") [h](<i j> 'k') [l](m'n') [o]( p ) [q]()\n",
    "[r](s [t](u) [v [w] x](y\\))\n",
    "[a [b](c) ![d [e]](f) [`g]`](h) [i](j*k*) [l](m_n_o) [p](q`r`s) [t](u&v) [w](x\ny) [z",
    "``a`b`` ``c`d` `e``f` ```g`` `h ``i` j`` k` \\`l` `m\\` ``n`",
    "a \x02b\x03 \x02klzzwxh:0001\x03 \x02wzxhzdk:0\x03 < b > ' <c \"d",
)
PIECES = (
    *("a ", "`", "``", "\n", "\n\n", "    ", "*", "**", "_", "~~", "[", "]", "(b)", "![", "]: c"),
    *("[^1]", "[^1]: d\n", "<", ">", "<b>", "<div markdown>", "</div>", "<!--", "-->", "&", "&lt;"),
    *("# ", "- ", "1. ", "> ", ":   ", "!!! e\n", "??? f\n", '=== "g"\n', "===\n", "---\n", "|"),
    *("\\", "  \n", "{: .h }", "```py\n", "```\n", "`#!py i`", "*[J]: k\n", "J", "[TOC]"),
    *("\r", "\r\n", "\t"),
    *("[k](", "(", ")", " ", "'", '"', "](l)", "![m](", "[n][", "```", "\\)", "\x02"),
    *("</b>", "<hr>", "<br/>", "&#60", "&o", "&p;", '<a href="q">', "<T", "<script>", "</script>"),
    *("</div", "<!", "<?r", "</ b>", "</>", "<i a='s'>", "<B>", "   <", "x<p>", "</p>", "<style>"),
)


def usual(text: str, extensions: tuple[str, ...], options: Options) -> str:
    """Return what Python-Markdown makes of a text."""
    configs = {name: dict(values) for name, values in options.items()}
    return markdown.markdown(text, extensions=extensions, extension_configs=configs)


def quick(text: str, extensions: tuple[str, ...], options: Options) -> str:
    """Return what its quicker sister makes of it."""
    configs = {name: dict(values) for name, values in options.items()}
    return Markdown(extensions, configs).convert(text)


@pytest.mark.parametrize("text", TEXTS)
def test_the_html_is_that_of_python_markdown(text: str) -> None:
    names = tuple(DEFAULT_EXTENSIONS)
    assert quick(text, names, DEFAULT_EXTENSIONS) == usual(text, names, DEFAULT_EXTENSIONS)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_the_html_of_anything_is_that_of_python_markdown(text: str) -> None:
    names = tuple(DEFAULT_EXTENSIONS)
    assert quick(text, names, DEFAULT_EXTENSIONS) == usual(text, names, DEFAULT_EXTENSIONS)


@pytest.mark.parametrize(
    "options",
    [
        {"linenums": True, "anchor_linenums": True},
        {"linenums": True, "linenums_style": "pymdownx-inline", "line_spans": "l"},
        {"noclasses": True, "pygments_style": "monokai", "linenums": True},
        {"pygments_style": "monokai"},
        {"guess_lang": True},
        {"guess_lang": "inline"},
        {"auto_title": True},
        {"use_pygments": False},
        {"default_lang": "python", "stripnl": False},
        {
            "extend_pygments_lang": [
                {"name": "php", "lang": "php", "options": {"startinline": True}}
            ]
        },
        {"extend_pygments_lang": [{"name": "nosuch", "lang": "python"}], "css_class": ""},
    ],
    ids=str,
)
def test_code_is_highlighted_by_the_same_options(options: Mapping[str, Any]) -> None:
    configs = {**DEFAULT_EXTENSIONS, "pymdownx.highlight": options}
    text = "\n\n".join(TEXTS)
    assert quick(text, tuple(configs), configs) == usual(text, tuple(configs), configs)


@pytest.mark.parametrize("options", [{"pygments_style": "nosuch"}, {"default_lang": "nosuch"}])
def test_what_pygments_does_not_know_is_refused_alike(options: Mapping[str, Any]) -> None:
    configs = {**DEFAULT_EXTENSIONS, "pymdownx.highlight": options}
    text = "```py\na\n```\n\n```\nb\n```\n\n`#!py c` `#!nosuch d` `e`\n"
    assert quick(text, tuple(configs), configs) == usual(text, tuple(configs), configs)


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("pymdownx.superfences", "smarty"),
        ("extra", "codehilite", "sane_lists", "smarty", "nl2br", "toc", "legacy_em"),
        ("pymdownx.extra", "pymdownx.smartsymbols", "pymdownx.betterem", "pymdownx.magiclink"),
    ],
    ids=" ".join,
)
def test_other_extensions_work_as_they_do(names: tuple[str, ...]) -> None:
    text = "\n\n".join((*TEXTS, "(c) --> \"q\" 'r' -- ... https://x.y/z 1/2 __a *b*__"))
    assert quick(text, names, {}) == usual(text, names, {})


class _Early(Preprocessor, Extension):
    """Parses a text before the document's own blocks are parsed."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        self.md, self.found = md, etree.Element("div")
        md.preprocessors.register(self, "early", 5)

    def run(self, lines: list[str]) -> list[str]:
        self.md.parser.parseChunk(self.found, "!!! note\n    text\n\n# Title")
        return lines


def test_an_extension_may_parse_before_the_document_is() -> None:
    early = _Early()
    assert Markdown(["admonition", early], {}).convert("a") == "<p>a</p>"
    assert [element.tag for element in early.found] == ["div", "h1"]


def test_an_extension_that_is_given_ready_made_stays_what_it_is() -> None:
    own = HighlightExtension(linenums=True)
    md = Markdown([own, "pymdownx.superfences"], {})
    assert own in md.registeredExtensions
    assert "linenos" in md.convert("```py\na\n```\n")


@pytest.mark.parametrize("pattern", NEEDED)
@given(text=st.data())
def test_no_pattern_matches_without_what_it_is_said_to_need(
    pattern: str, text: st.DataObject
) -> None:
    matching = text.draw(st.from_regex(re.compile(pattern, re.DOTALL)))
    assert NEEDED[pattern] in matching


def test_python_markdown_still_calls_what_is_made_quicker() -> None:
    assert "_InlineProcessor__handleInline" in vars(treeprocessors.InlineProcessor)
    assert "_InlineProcessor__applyPattern" in vars(treeprocessors.InlineProcessor)


def test_a_lexer_keeps_nothing_from_one_block_to_the_next() -> None:
    block = "```html+php\n<?php if (a) { ?>\n```\n"
    convert = Converter(MARKDOWN)
    assert convert(block) == convert(block) == Converter(MARKDOWN)(block)


def test_a_failed_conversion_leaves_nothing_half_way() -> None:
    configs = {**DEFAULT_EXTENSIONS, "pymdownx.highlight": {"pygments_style": "nosuch"}}
    convert = Converter(MarkdownSettings(tuple(configs), configs))
    text = "a[^1] *b* `c`\n\n[^1]: d\n\n[e]: f\n\n*[G]: h\n"
    before = convert(text)
    with pytest.raises(Exception, match="nosuch"):
        convert(f"{text}\n# I\n\n    indented code, which is highlighted last\n")
    convert.forget()
    assert convert(text) == before
