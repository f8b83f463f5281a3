"""`_redirects` is read as GitLab Pages reads it."""

from __future__ import annotations

import pytest

from blogtools.publishing.rules import Rule, first, mistakes, parse, written


@pytest.mark.parametrize(
    ("source", "target", "path", "leads"),
    [
        ("/old.html", "/new.html", "/old.html", "/new.html"),
        ("/old", "/new/", "/old/", "/new/"),
        ("/old/", "/new/", "/old", "/new/"),
        ("/old", "/new/", "/older", ""),
        ("/old/*", "/new/:splat", "/old/a/b.html", "/new/a/b.html"),
        ("/old/*", "/new/:splat", "/old/", "/new/"),
        ("/old/*", "/new/:splat", "/older", ""),
        ("/old/*/file", "/new/:splat/file", "/old/a/b/c/file", "/new/a/b/c/file"),
        ("/old/*/file", "/new/:splat/file", "/old/file", "/new/file"),
        ("/*/x/*", "/:splat", "/first/x/second", "/first"),
        ("/news/:year/:slug", "/blog-:year-:slug.html", "/news/2021/a", "/blog-2021-a.html"),
        ("/news/:year", "/:year", "/news/", ""),
        ("/news/:year", "/:year", "/news/a/b", ""),
        ("/old", "/new/:nothing", "/old", "/new/"),
        ("/old/*", "https://example.org/:splat", "/old/a", "https://example.org/a"),
    ],
)
def test_a_rule_leads(source: str, target: str, path: str, leads: str) -> None:
    assert Rule(source, target).leads(path) == leads


def test_a_file_has_a_rule_a_line_and_remarks() -> None:
    text = "# remark\n/a /b\n\n/c /d 302 # why\n/e https://example.org/ 200\n"
    assert parse(text) == (
        Rule("/a", "/b", 301, 2),
        Rule("/c", "/d", 302, 4),
        Rule("/e", "https://example.org/", 200, 5),
    )


def test_what_is_written_is_read_again() -> None:
    rules = (Rule("/a", "/b", 301, 1), Rule("/c/*", "/d/:splat", 302, 2))
    assert parse(written(rules).decode()) == rules


def test_the_first_rule_wins() -> None:
    found = first(parse("/a/b /one\n/a/* /two\n"), "/a/b")
    assert found is not None
    assert found[1] == "/one"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a /b", "a does not begin with a slash"),
        ("/a b", "b does not begin with a slash"),
        ("/a", "/a leads nowhere"),
        ("/a /b 410", "301, 302 or 200"),
        ("/a /b 200!", "301, 302 or 200"),
        ("/a" * 26 + " /b", "more than 25 slashes"),
    ],
)
def test_what_gitlab_pages_would_not_do_is_told(line: str, told: str) -> None:
    ((number, message),) = mistakes(parse(line), 0)
    assert number == 1
    assert told in message


def test_the_limits_of_the_file_are_told() -> None:
    rules = [Rule(f"/{number}", "/a", 301, number) for number in range(1, 1002)]
    (many,) = mistakes(rules, 0)
    assert many == (1001, "it has 1,001 rules, and GitLab Pages reads 1,000")
    (large,) = mistakes(rules[:1000], 65537)
    assert "65,536" in large[1]
    assert list(mistakes(rules[:1000], 65536)) == []
