"""From bytes to a document: whatever the bytes are."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogtools.content.documents import read_post, split
from blogtools.content.markdown import Converter, SymbolNames, convert_document
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.rendered import Rendered
from tests.content.support import MARKDOWN, TAXONOMIES, read, source

CONVERTER = Converter(MARKDOWN, SymbolNames(frozenset({"pkg"})))


def test_a_document_is_its_front_matter_its_body_and_where_that_begins() -> None:
    document, wrong = read("---\ntitle: T\ntags: [a]\n---\n\nText.\n")
    assert wrong == []
    assert (document.front.title, document.body, document.body_line) == ("T", "\nText.\n", 5)
    assert document.positions["title"] == (2, 8)
    assert document.positions["tags"] == (3, 7)
    assert document.understood


def test_a_file_without_front_matter_is_all_body() -> None:
    document, wrong = read("# T\n\nText.\n")
    assert wrong == []
    assert (document.body, document.body_line) == ("# T\n\nText.\n", 1)


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    document, wrong = read(b"\xef\xbb\xbf---\ntitle: T\n---\nText.")
    assert wrong == []
    assert (document.front.title, document.body) == ("T", "Text.")


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_line_ends_of_other_systems_are_plain_ones(end: bytes) -> None:
    document, wrong = read(b"---\ntitle: T\n---\n\nOne.\nTwo.".replace(b"\n", end))
    assert wrong == []
    assert (document.front.title, document.body, document.body_line) == ("T", "\nOne.\nTwo.", 4)


@pytest.mark.parametrize("closing", ["---", "--- ", "...", "---\t"])
def test_front_matter_ends_at_dashes_or_dots(closing: str) -> None:
    document, wrong = read(f"---\ntitle: T\n{closing}\nText.")
    assert wrong == []
    assert (document.front.title, document.body) == ("T", "Text.")


def test_a_rule_in_the_body_is_no_front_matter() -> None:
    document, wrong = read("---\ntitle: T\n---\n\nOne.\n\n---\n\nslug: two\n\n---\n\nThree.\n")
    assert wrong == []
    assert document.body == "\nOne.\n\n---\n\nslug: two\n\n---\n\nThree.\n"


def test_a_rule_below_the_first_line_begins_no_front_matter() -> None:
    assert split("\n---\ntitle: T\n---\n") == (None, 1)


def test_dashes_in_a_value_do_not_end_the_front_matter() -> None:
    document, _ = read("---\ntitle: a --- b\ndescription: |\n  one\n  ---\n  two\n---\nText.")
    assert document.front.title == "a --- b"
    assert document.front.description == "one\n---\ntwo"


def test_empty_front_matter_says_nothing() -> None:
    document, wrong = read("---\n---\nText.")
    assert wrong == []
    assert document.body == "Text."


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "1:1: the file is empty. Write something, or delete the file"),
        (b" \n\t\n", "1:1: the file is empty."),
        (b"\xef\xbb\xbf", "1:1: the file is empty."),
        (b"---", "1:1: the front matter is never closed. Put a line '---' after the last key"),
        (b"---\ntitle: T\n\nText.\n", "1:1: the front matter is never closed."),
        (b"---\ntitle: T\n----\n", "1:1: the front matter is never closed."),
        (b"\xff\xfeT", "1:1: byte 0xff is not UTF-8. Save the file as UTF-8"),
        (b"one\nt\xc3\xa4\xe4t", "2:3: byte 0xe4 is not UTF-8."),
        (b"one\r\ntwo\r\n\xe4", "3:1: byte 0xe4 is not UTF-8."),
        (b"\xef\xbb\xbf\xe4", "1:1: byte 0xe4 is not UTF-8."),
        (b"cut \xf0\x9f\x98", "1:5: byte 0xf0 is not UTF-8."),
        (b"surrogate \xed\xa0\x80", "1:11: byte 0xed is not UTF-8."),
        (b"one\nt\x00wo", "2:2: the control character U+0000 cannot stand in a page. Delete it"),
        (b"mark \x1d0\x1d", "1:6: the control character U+001D cannot stand in a page."),
        (b"\xef\xbf\xbf", "1:1: the control character U+FFFF cannot stand in a page."),
    ],
)
def test_what_is_no_text_is_told_at_its_place(data: bytes, complaint: str) -> None:
    document, wrong = read(data)
    assert len(wrong) == 1
    assert wrong[0].startswith(f"posts/a.md:{complaint}")
    assert not document.understood


def test_a_form_feed_moves_no_line() -> None:
    document, wrong = read("---\ntitle: T\n---\n\fOne.\n\fTwo.\n")
    assert wrong == []
    assert document.body == " One.\n Two.\n"


@pytest.mark.parametrize("size", [100, 3000])
def test_markdown_nested_too_deeply_is_a_page_or_a_diagnostic(size: int) -> None:
    document, _ = read("1. " * size + "x")
    result = convert_document(CONVERTER, document)
    if isinstance(result, Diagnostic):
        assert str(result).startswith("posts/a.md:1:1: the Markdown cannot be converted (Rec")
    assert isinstance(convert_document(CONVERTER, read("Text.")[0]), Rendered)


# Pieces that mean something to a parser on the way, so that random bytes get further than noise.
PIECES = st.sampled_from(
    [
        *(
            b"---\n",
            b"...\n",
            b"title: ",
            b"date: 2026-",
            b"02-30",
            b"tags: [",
            b"&a",
            b"*a",
            b"!!int",
        ),
        *(
            b"# ",
            b"[a](",
            b"b.md)",
            b"<a href='",
            b"<!-- more -->",
            b"```\n",
            b"[^1]",
            b"[pkg.x][]",
        ),
        *(
            b"<div markdown>\n",
            b"&#29;0&#29;",
            b"\x1d0\x1d",
            b"\x02wzxhzdk:0\x03",
            b"!!! note\n    ",
        ),
        *(b'=== "A"\n    ', b"*[a]: b\n", b"|a|b|\n|-|-|\n", b"\r\n", b"\n", b"\t", b"    ", b": "),
        *(
            b"\xef\xbb\xbf",
            b"\xff",
            "é".encode(),
            b"\xe2\x80\xa8",
            b"<",
            b">",
            b'"',
            b"'",
            b"{#id}",
        ),
    ]
)
BYTES = st.binary(max_size=60) | st.lists(PIECES | st.binary(max_size=3), max_size=25).map(b"".join)


@settings(max_examples=400)
@given(BYTES)
@example(b"---\ntitle: !!int ''\n---\n")
@example(b"---\ntitle: x\xc2\x85\nfoo: 1\n---\n")
@example(b"text &#29;7&#29; <!-- more --> rest")
@example(b'---\ndescription: "\\x1d5\\x1d"\n---\nText.')
def test_any_bytes_give_a_page_or_a_diagnostic_inside_the_file(data: bytes) -> None:
    document, found = read_post(source(data), TAXONOMIES)
    result = convert_document(CONVERTER, document)
    assert found or isinstance(result, Rendered | Diagnostic)
    places = [*found, *([result] if isinstance(result, Diagnostic) else [])]
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    for one in places:
        assert 1 <= one.line <= len(lines)
        assert 1 <= one.column <= len(lines[one.line - 1]) + 1
        assert one.message
