"""Names for URLs, and who owns which: nothing is overwritten silently."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from blogtools.content.addresses import (
    OURS,
    THEMES,
    alias_url,
    collisions,
    output_path,
    redirects,
)
from blogtools.content.slugs import checked_slug, is_slug, slugify
from tests.content.support import blog_options, entry, said


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello World", "hello-world"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("F# & C++20", "f-sharp-c-plus-plus20"),
        ("snake_case", "snake-case"),
        ("v1.0", "v1-0"),
        ("a/b?c#d%20e", "a-b-c-sharpd-20e"),
        ("--- trimmed ---", "trimmed"),
        ("Größe", "grösse"),
        ("\uff26\uff35\uff2c\uff2c", "full"),
        ("日本語 テスト", "日本語-テスト"),
        ("हिन्दी भाषा", "हिन्दी-भाषा"),
        ("ภาษาไทย", "ภาษาไทย"),
        ("...", "2e-2e-2e"),
        ("!", "21"),
        ("❤️", "2764-fe0f"),
        ("", ""),
    ],
)
def test_a_name_is_what_a_reader_expects(text: str, name: str) -> None:
    assert slugify(text) == name


def test_texts_without_letters_stay_apart() -> None:
    assert len({slugify(text) for text in ("!", "?", "...", "..", "🎉", "🎊")}) == 6


def test_a_long_text_gives_a_name_that_a_file_can_have() -> None:
    for text in ("x" * 5000, "日" * 5000, "!" * 5000, "word " * 1000):
        assert 100 <= len(slugify(text).encode()) <= 180


@settings(max_examples=500)
@given(st.text(min_size=1))
@example("\u0345")
@example("ǰ")
@example("İ")
@example("a\u0301\ufe0f")
@example("½ ﬃ ²")
@example("\ud800")
def test_a_name_is_one_part_of_a_url_and_stays_as_it_is(text: str) -> None:
    name = slugify(text)
    assert name
    assert slugify(name) == name
    assert is_slug(name)
    assert not set(name) & set("/?#%\\.&=:'\"<>")
    assert not any(char.isspace() or unicodedata.category(char) in ("Cc", "Cs") for char in name)
    assert name.encode() == unicodedata.normalize("NFC", name).encode()


def test_a_name_chosen_by_hand_is_checked_with_the_way_out() -> None:
    assert checked_slug("c-plus-plus") == "c-plus-plus"
    with pytest.raises(ValueError, match="'C' cannot stand in a URL as it is, write 'c'"):
        checked_slug("C")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", "index.html"),
        ("posts/a/", "posts/a/index.html"),
        ("posts/a", "posts/a/index.html"),
        ("feed.xml", "feed.xml"),
        ("old.html", "old.html"),
    ],
)
def test_every_url_has_a_file(url: str, path: str) -> None:
    assert output_path(url) == path


@pytest.mark.parametrize(
    ("alias", "url"),
    [
        ("/2019/old/", "2019/old/"),
        ("2019/old", "2019/old/"),
        ("/old.html", "old.html"),
        ("/OLD.HTM", "OLD.HTM"),
        ("/old.php", "old.php/"),
        ("/notes/v1.0", "notes/v1.0/"),
        ("/caf%C3%A9/", "café/"),
        ("/a%20b/", "a b/"),
    ],
)
def test_an_alias_is_an_address_at_which_a_server_sends_a_page(alias: str, url: str) -> None:
    assert alias_url(alias) == url


def found(*entries: str, others: dict[str, str] | None = None) -> list[str]:
    """Return the collisions of essays, each written as ``slug alias alias ...``."""
    made = []
    for number, line in enumerate(entries):
        slug, *aliases = line.split()
        matter = f"slug: {slug}\naliases: [{', '.join(aliases)}]"
        made.append(entry(matter, f"posts/2026-01-01-{number}.md"))
    return said(tuple(collisions(made, others or {}, {})))


def test_different_urls_do_not_collide() -> None:
    assert found("a", "b", "c /old/", "d /older/") == []


def test_two_essays_with_one_url_are_told_at_the_slug() -> None:
    assert found("same", "same") == [
        "posts/2026-01-01-1.md:3:7: the URL /posts/same/ belongs to posts/2026-01-01-0.md already."
        " Give one of them another 'slug:'"
    ]


def test_two_names_with_one_url_are_told_at_the_beginning() -> None:
    made = [entry("", "posts/2026-01-01-a.md"), entry("", "posts/2025-01-01-A.md")]
    assert said(tuple(collisions(made, {}, {})))[0].startswith(
        "posts/2026-01-01-a.md:1:1: the URL /posts/a/ belongs to posts/2025-01-01-A.md already."
    )


@pytest.mark.parametrize(
    ("entries", "owner"),
    [
        (("a /posts/b/", "b"), "posts/2026-01-01-1.md"),
        (("a /posts/b", "b"), "posts/2026-01-01-1.md"),
        (("a posts/b/index.html", "b"), "posts/2026-01-01-1.md"),
        (("a /posts/%62/", "b"), "posts/2026-01-01-1.md"),
        (("a /posts/a/",), "posts/2026-01-01-0.md"),
        (("a /old/", "b /old/"), "an alias of posts/2026-01-01-0.md"),
        (("a /old/", "b /old"), "an alias of posts/2026-01-01-0.md"),
        (("a /about/",), "docs/about.md"),
        (("a /index.html",), "docs/index.md"),
        (("a /feed.xml/",), "the feed"),
        (("a /posts/b/index.html/", "b"), "posts/2026-01-01-1.md"),
        (("a /x.html", "b /x.html/more/"), "an alias of posts/2026-01-01-0.md"),
        (("a /x.html/more/", "b /x.html"), "an alias of posts/2026-01-01-0.md"),
    ],
)
def test_an_alias_that_hits_something_is_told_with_its_owner(
    entries: tuple[str, ...], owner: str
) -> None:
    others = {
        "index.html": "docs/index.md",
        "about/index.html": "docs/about.md",
        "feed.xml": "the feed",
    }
    wrong = found(*entries, others=others)
    assert len(wrong) == 1
    assert f"belongs to {owner} already. Delete the alias" in wrong[0]


def test_an_essay_that_hits_a_page_is_told() -> None:
    others = {"posts/a/index.html": "docs/posts/a.md"}
    assert "belongs to docs/posts/a.md already" in found("a", others=others)[0]


def test_a_file_beside_essays_that_hits_a_page_is_told() -> None:
    made = [entry("slug: a")]
    wrong = said(tuple(collisions(made, {}, {"posts/a/index.html": "posts/a/index.html"})))
    assert wrong == [
        "posts/a/index.html:1:1: the URL /posts/a/index.html belongs to posts/2026-01-01-a.md"
        " already. Rename the file"
    ]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"a": "docs/a", "a/b.html": "docs/a.md"}, "docs/a:1:1: the URL /a belongs to docs/a.md"),
        ({"a": "docs/a", "a/b/c": OURS}, f"docs/a:1:1: the URL /a belongs to {OURS}"),
        ({"a": THEMES, "a/b/c": "docs/a/b/c"}, f"docs/a/b/c:1:1: the URL /a belongs to {THEMES}"),
    ],
)
def test_a_file_and_a_folder_of_one_name_are_told_with_both_owners(
    others: dict[str, str], said: str
) -> None:
    for ordered in (others, dict(reversed(others.items()))):
        (found,) = collisions([], ordered, {})
        assert str(found) == f"{said} already. Rename the file"


def test_an_alias_written_twice_is_one() -> None:
    assert found("a /old/ old /old") == []
    twice = entry("aliases: [/old/, old]")
    assert list(redirects([twice])) == [("old/", "posts/a/")]


NAMES = st.text("ab./%2e-é C", min_size=1, max_size=5)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(NAMES.map(slugify), st.lists(NAMES, max_size=2)), min_size=1, max_size=5),
    st.sets(st.sampled_from(["posts/a/index.html", "a/index.html", "a", "b.html", "a/b.html"])),
)
def test_outputs_are_distinct_or_a_collision_is_reported(
    essays: list[tuple[str, list[str]]], others: set[str]
) -> None:
    made = []
    for number, (slug, aliases) in enumerate(essays):
        usable = [alias for alias in aliases if is_an_alias(alias)]
        written = ", ".join(f"'{alias}'" for alias in usable)
        matter = f"slug: '{slug}'\naliases: [{written}]"
        made.append(entry(matter, f"posts/2026-01-01-{number}.md"))
    taken = dict.fromkeys(others, "docs")
    wrong = list(collisions(made, taken, {}))
    paths = [*others, *(output_path(one.url) for one in made)]
    paths += [output_path(alias) for alias, _ in redirects(made)]
    clashes = [path for path, times in Counter(paths).items() if times > 1]
    clashes += [one for one in paths if any(other.startswith(f"{one}/") for other in paths)]
    preexisting = any(other.startswith(f"{one}/") for one in others for other in others)
    assert bool(wrong) == bool(clashes) or preexisting


def is_an_alias(text: str) -> bool:
    """Return whether the front matter takes a text as an alias."""
    try:
        entry(f"aliases: ['{text}']")
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(
    "options",
    [
        {"post_url": "posts/{year}/"},
        {"post_url": "posts/{slug"},
        {"post_url": "posts/{title}/{slug}"},
        {"post_url": "posts/{slug!r}"},
        {"post_url": "posts/{slug.__class__}"},
        {"post_url": "../{slug}"},
        {"post_url": "p?{slug}"},
        {"home": "../x"},
        {"home": "a b"},
        {"taxonomies": {"tags": {"path": "../x"}}},
        {"taxonomies": {"tags": {"path": "categories"}}},
        {"taxonomies": {"tags": {"slugs": {"C++": "a/b"}}}},
        {"taxonomies": {"tags": {"slugs": {"C++": ".."}}}},
        {"taxonomies": {"title": {}}},
        {"taxonomies": {"copy": {}}},
        {"timezone": "Middle/Earth"},
        {"per_page": 0},
    ],
)
def test_options_that_would_break_urls_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        blog_options(**options)


def test_options_are_tidied() -> None:
    options = blog_options(
        post_url="/{slug}", home="/blog/", taxonomies={"tags": {"path": "/topics/"}}
    )
    assert (options.post_url, options.home) == ("{slug}/", "blog")
    assert options.active_taxonomies["tags"].path == "topics"
    assert options.active_taxonomies["tags"].title == "Tags"
