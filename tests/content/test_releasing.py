"""What a release does to its pages: a name in a style sheet, and the mark of a preview."""

from __future__ import annotations

import re

import pytest

from blogtools.content.releasing import previewed, release_styles

PAGE = (
    '<!doctype html>\n<html lang="{lang}" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
    '<title>T</title>\n</head>\n<body class="bt-page">\n<main>{text}</main>\n'
    '<link rel="stylesheet" href="{root}assets/release.css">\n</body>\n</html>\n'
)


def page(text: str = "", lang: str = "en", root: str = "../../") -> str:
    return PAGE.format(lang=lang, text=text, root=root)


def link(target: str, path: str = "posts/a/index.html", root: str = "../../") -> str:
    made = previewed(page(f'<p><a class="x" href="{target}">to</a></p>', root=root), path)
    found = re.search(r'<a class="x" href="([^"]*)">', made)
    assert found
    return found[1]


def test_the_style_sheet_of_a_release_gives_its_name() -> None:
    made = release_styles("2026-11-28-1a2b3c4d").decode()
    assert made == '.release-name::after{content:"2026-11-28-1a2b3c4d"}\n'


def test_a_site_that_is_not_published_says_so_in_the_language_of_the_page() -> None:
    made = release_styles().decode().splitlines()
    assert made == [
        '.release-name::after{content:"not published"}',
        '.release-name:lang(de)::after{content:"nicht veröffentlicht"}',
    ]


def test_a_name_cannot_end_the_string_that_it_stands_in() -> None:
    assert '{content:"a\\"}b"}' in release_styles('a"}b').decode()


def test_only_a_preview_has_the_styles_of_its_mark() -> None:
    assert b".bt-preview" in release_styles("x", preview=True)
    assert b".bt-preview" not in release_styles("x")


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("../b/", "../b/index.html"),
        ("../b/#why", "../b/index.html#why"),
        ("../b/?q=1#why", "../b/index.html?q=1#why"),
        ("./", "./index.html"),
        (".", "./index.html"),
        ("..", "../index.html"),
        ("../..", "../../index.html"),
        ("../b/c.html", "../b/c.html"),
        ("../feed.xml", "../feed.xml"),
        ("#why", "#why"),
        ("", ""),
        ("?q=1", "?q=1"),
        ("https://example.org/a/", "https://example.org/a/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("//example.org/a/", "//example.org/a/"),
        ("/elsewhere/", "/elsewhere/"),
    ],
)
def test_a_link_of_a_preview_names_the_file_it_leads_to(target: str, named: str) -> None:
    assert link(target) == named


@pytest.mark.parametrize(
    ("base", "target", "named"),
    [
        ("/", "/archive/", "archive/index.html"),
        ("/blog/", "/blog/archive/", "archive/index.html"),
        ("/blog/", "/blog/", "./index.html"),
        ("/blog/", "/other/", "/other/"),
    ],
)
def test_the_page_of_an_address_not_found_becomes_relative(
    base: str, target: str, named: str
) -> None:
    assert link(target, "404.html", base) == named


def test_what_the_page_of_an_address_not_found_loads_becomes_relative_too() -> None:
    made = previewed(page('<script src="/blog/assets/a.js"></script>', root="/blog/"), "404.html")
    assert '<script src="assets/a.js">' in made
    assert 'href="assets/release.css"' in made


def test_a_page_of_a_preview_is_marked_and_kept_out_of_searches() -> None:
    made = previewed(page("Text"), "posts/a/index.html")
    assert made.count('<meta name="robots" content="noindex">') == 1
    assert made.index("charset") < made.index("noindex") < made.index("</head>")
    assert '<body class="bt-page">\n<p class="bt-preview" role="note">Preview: ' in made


def test_the_mark_speaks_the_language_of_the_page() -> None:
    assert "Vorschau: " in previewed(page(lang="de-AT"), "a/index.html")
    assert "Preview: " in previewed(page(lang="fr"), "a/index.html")


def test_a_redirect_leads_to_a_file_too_and_is_kept_out_of_searches_once() -> None:
    old = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="robots" content="noindex">\n'
        '<meta http-equiv="refresh" content="0; url=../new/">\n<title>T</title>\n</head>\n'
        '<body><p><a href="../new/">T</a></p></body>\n</html>\n'
    )
    made = previewed(old, "old/index.html")
    assert 'content="0; url=../new/index.html"' in made
    assert '<a href="../new/index.html">' in made
    assert made.count("noindex") == 1
    assert '<link rel="stylesheet" href="../assets/release.css">' in made
