"""Whatever lies in the folder of essays, it becomes a page or a diagnostic."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogtools.content.documents import read_post
from blogtools.content.entries import make_entry
from blogtools.content.markdown import Converter, SymbolNames, convert_document
from blogtools.model.diagnostic import Diagnostic
from tests.content.support import MARKDOWN, NOW, OPTIONS, TAXONOMIES, source

_converter = Converter(MARKDOWN, SymbolNames(frozenset({"pkg"})))
#: Pieces that mean something to YAML, to Markdown or to HTML, in any order.
PIECES = st.sampled_from(
    [
        *("---\n", "title: a\n", "date: 2026-01-01\n", "date: 2026-02-30\n", "tags: [a, b]\n"),
        *("a: &a [*a]\n", "? {a: b}\n: c\n", "!!python/name:os.system ''\n", "\t- x\n", "...\n"),
        *("# h\n", "> ", "- ", "    ", "```py\n", "~~~\n", "|a|b|\n|-|-|\n", "[^1]", "[^1]: n\n"),
        *("<div>", "</p>", "<!--", "-->", "<script>", '<a href="', "[a](b)", "![", "](", "{#i}"),
        *('=== "t"\n', "!!! note\n", "??? x\n", "<!-- more -->", "\x00", "\x1d0\x1d"),
        *(
            "\r\n",
            "\n\n",
            "é",
            "日本",
            "[x][pkg.f]",
            "[`pkg.f`][]",
            "&#29;",
            "$$",
            "*[A]: b\n",
            "::",
        ),
    ]
)


@given(
    st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=30).map("".join).map(str.encode))
)
@example(b"")
@example(b"---\n---\n")
@example(b"---")
@example(b"\xff\xfe")
@example(b"> " * 300 + b"x")
@example(b"- " * 200 + b"x")
@settings(max_examples=300, deadline=None)
def test_any_bytes_become_a_page_or_a_diagnostic_inside_the_file(data: bytes) -> None:
    document, found = read_post(source(data), TAXONOMIES)
    _, undated = make_entry(document, OPTIONS, NOW)
    result = convert_document(_converter, document)
    failed = (result,) if isinstance(result, Diagnostic) else ()
    lines = (
        data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    )
    for one in (*found, *undated, *failed):
        assert 1 <= one.line <= lines
        assert one.column >= 1
        assert one.path == "posts/a.md"
        assert one.message
    assert document.understood or found, "a file that is not understood says why"
