"""Markdown that can be read away from its folder."""

from __future__ import annotations

from blogtools.content.llms import Entry, index
from blogtools.content.portable import copy_path, portable
from blogtools.model.project import SiteFacts
from blogtools.model.rendered import LinkKind

OTHER = "https://b.example/other/"
WAYS = {
    (LinkKind.PATH, "other.md"): OTHER,
    (LinkKind.PATH, "a (b).md"): "https://b.example/a/",
    (LinkKind.PATH, "x&y.md"): "https://b.example/xy/",
    (LinkKind.FRAGMENT, "#here"): "https://b.example/one/#here",
    (LinkKind.SYMBOL, "pkg.Thing"): "https://b.example/reference/pkg/#pkg.Thing",
}


def moved(text: str) -> str:
    return portable(text, WAYS).rstrip("\n")


def test_each_kind_of_link_gets_its_full_address() -> None:
    assert moved('[a](other.md "t")') == f'[a]({OTHER} "t")'
    assert moved("![a](<a (b).md>)") == "![a](https://b.example/a/)"
    assert moved("[a](a\\ \\(b\\).md)") == "[a](a\\ \\(b\\).md)", "no link: a space ends it"
    assert moved("[a](x&amp;y.md) [b](x\\&y.md)").count("https://b.example/xy/") == 2
    assert moved("[`code`](#here)") == "[`code`](https://b.example/one/#here)"
    assert moved("[a][r]\n\n[r]: other.md") == f"[a][r]\n\n[r]: {OTHER}"
    assert moved('<a class="x" href="other.md">') == f'<a class="x" href="{OTHER}">'


def test_what_leaves_the_site_is_as_it_was() -> None:
    text = "[a](https://e.example/other.md) [b](mailto:a@b.example) <https://e.example/>"
    assert moved(text) == text


def test_code_is_left_alone_and_comments_go() -> None:
    fenced = "> ```\n> [a](other.md)\n> ```"
    code = "`[a](other.md)`\n\n~~~md\n[a](other.md) <!-- stays -->\n~~~\n\n" + fenced
    assert moved(f"{code}\n\n<!-- goes\n[a](other.md) -->") == code


def test_symbols_are_defined_as_they_are_spelled() -> None:
    text = portable("[`pkg.Thing`][] and [it][pkg.Thing]", WAYS)
    assert text.split("\n\n")[1].splitlines() == [
        f"[{label}]: https://b.example/reference/pkg/#pkg.Thing"
        for label in ("pkg.Thing", "`pkg.Thing`")
    ]


def test_a_copy_stands_beside_its_page() -> None:
    assert copy_path("posts/a/") == "posts/a/index.md"
    assert copy_path("about.html") == "about.md"
    assert copy_path("") == "index.md"


def test_an_index_has_no_section_without_entries() -> None:
    site = SiteFacts("A blog", description="On\nthings")
    text = index(site, [("Essays", [Entry("[A]", OTHER, "Of\nit")]), ("Pages", [])]).decode()
    assert text == f"# A blog\n\n> On things\n\n## Essays\n\n- [\\[A\\]]({OTHER}): Of it\n"
