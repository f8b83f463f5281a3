"""The site's index: what pages may know of each other, whatever the order of the files."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from blogtools.content.authors import read_authors
from blogtools.content.index import check_index, listings, overviews
from blogtools.content.related import related, traits
from blogtools.model.document import Author
from blogtools.model.project import BlogOptions
from blogtools.model.site import Entry, Listing, SiteIndex, Term
from tests.content.support import blog_options, convert, entry, index, read, said, source


def numbered(count: int, text: str = "") -> list[Entry]:
    """Return essays of consecutive days, named by their number."""
    first = date(2026, 1, 1)
    return [entry(text, f"posts/{first + timedelta(days=day)}-{day:03}.md") for day in range(count)]


def slugs(posts: tuple[object, ...]) -> list[str]:
    return [post.entry.slug for post in posts]  # type: ignore[attr-defined]


def term(site: SiteIndex, taxonomy: str, slug: str) -> Term:
    return next(one for one in site.taxonomies[taxonomy] if one.slug == slug)


def pages(site: SiteIndex, **options: object) -> list[Listing]:
    return list(listings(site, blog_options(**options), "Home"))


# -- order ---------------------------------------------------------------------------------------


def test_essays_are_listed_from_the_newest() -> None:
    assert slugs(index(numbered(3)).posts) == ["002", "001", "000"]


def test_essays_of_one_moment_are_ordered_by_their_path() -> None:
    same = [entry("", f"posts/2026-01-01-{name}.md") for name in "bca"]
    assert slugs(index(same).posts) == ["c", "b", "a"]


def test_essays_of_several_time_zones_are_ordered_by_the_moment() -> None:
    late = entry("date: 2026-01-01 00:00 -10:00", "posts/late.md")
    early = entry("date: 2026-01-01 09:00 +00:00", "posts/early.md")
    assert slugs(index([early, late]).posts) == ["late", "early"]


def test_neighbours_are_the_essays_before_and_after_in_time() -> None:
    site = index(numbered(3))
    newest, middle, oldest = site.posts
    assert site.neighbours(middle) == (oldest, newest)
    assert site.neighbours(newest) == (middle, None)
    assert site.neighbours(oldest) == (None, middle)


def test_essays_with_another_text_are_known_by_their_path_and_to_their_neighbours() -> None:
    site = index(numbered(4))
    newest, *others = site.posts
    for post in others:
        site = site.revised(replace(post, readtime=99))
    assert [site.by_path[post.path].readtime for post in others] == [99, 99, 99]
    assert site.by_path[newest.path] == newest
    assert "posts/unknown.md" not in site.by_path
    assert len(site.by_path) == 4
    assert site.neighbours(newest) == (site.by_path[others[0].path], None)
    assert site.neighbours(others[0]) == (site.by_path[others[1].path], newest)


def test_the_home_page_lists_pinned_essays_first_each_group_from_the_newest() -> None:
    pinned = entry("pin: true", "posts/2025-01-01-pinned.md")
    older = entry("pin: true", "posts/2024-01-01-older.md")
    home = pages(index([*numbered(2), pinned, older]))[0]
    assert slugs(home.posts) == ["pinned", "older", "001", "000"]


def test_pins_change_no_other_list() -> None:
    site = index(
        [*numbered(2, "tags: [a]"), entry("pin: true\ntags: [a]", "posts/2025-01-01-p.md")]
    )
    assert slugs(site.posts) == ["001", "000", "p"]
    assert slugs(site.posts_with(term(site, "tags", "a"))) == ["001", "000", "p"]


# -- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, [0]), (1, [1]), (10, [10]), (11, [10, 1]), (30, [10, 10, 10])]
)
def test_lists_are_cut_into_pages(count: int, sizes: list[int]) -> None:
    home = [page for page in pages(index(numbered(count))) if page.term is None]
    assert [len(page.posts) for page in home] == sizes
    assert [page.number for page in home] == list(range(1, len(sizes) + 1))
    assert {page.total for page in home} == {count}
    assert [page.url for page in home] == ["", "page/2/", "page/3/"][: len(sizes)]
    assert {page.pages for page in home} == {tuple(page.url for page in home)}


def test_the_pages_of_a_term_lie_below_it() -> None:
    site = index(numbered(3, "tags: [C++]"))
    found = pages(site, taxonomies={"tags": {"per_page": 2}})
    assert [page.url for page in found if page.title == "C++"] == [
        "tags/c-plus-plus/",
        "tags/c-plus-plus/page/2/",
    ]


def test_the_home_page_may_have_a_folder_of_its_own() -> None:
    home = pages(index(numbered(11)), home="/blog/")
    assert [page.url for page in home if page.term is None] == ["blog/", "blog/page/2/"]


def test_each_essay_is_on_one_page_of_a_list() -> None:
    home = [page for page in pages(index(numbered(25)), per_page=4) if page.term is None]
    listed = [post.path for page in home for post in page.posts]
    assert len(listed) == len(set(listed)) == 25


def test_an_overview_counts_the_essays_of_each_term() -> None:
    site = index([*numbered(3, "tags: [b, a]"), entry("tags: [a]", "posts/2025-01-01-x.md")])
    found = {page.taxonomy: page for page in overviews(site, BlogOptions())}
    assert [(one.label, count) for one, count in found["tags"].counts] == [("a", 4), ("b", 3)]
    assert (found["tags"].url, found["tags"].title) == ("tags/", "Tags")


def test_a_taxonomy_that_nobody_uses_has_no_page() -> None:
    site = index(numbered(1))
    assert [page.taxonomy for page in overviews(site, BlogOptions())] == ["archive"]


def test_a_taxonomy_that_is_switched_off_has_no_page() -> None:
    site = index(numbered(1), taxonomies={"archive": None})
    assert "archive" not in site.taxonomies
    assert list(site.taxonomies) == ["tags", "categories", "series", "authors"]


# -- terms ---------------------------------------------------------------------------------------


def test_a_series_is_read_from_its_beginning() -> None:
    site = index(numbered(3, "series: Parsers"))
    assert slugs(site.posts_with(term(site, "series", "parsers"))) == ["000", "001", "002"]


def test_labels_that_differ_in_case_spaces_or_composition_are_one_term() -> None:
    labels = ["Café au lait", "café  au lait", "CAFÉ AU LAIT", "Cafe\u0301 au lait"]
    essays = [
        entry(f"tags: [{label}]", f"posts/2026-01-0{day}-x{day}.md")
        for day, label in enumerate([*labels, labels[0]], start=1)
    ]
    site = index(essays)
    assert [(one.label, len(posts)) for one, posts in site.taxonomies["tags"].items()] == [
        ("Café au lait", 5)
    ]
    assert list(check_index(site)) == []


def test_the_most_frequent_spelling_is_shown_and_the_first_of_equals() -> None:
    essays = [
        entry(f"tags: [{label}]", f"posts/2026-01-0{day}-x{day}.md")
        for day, label in enumerate(["rust", "Rust", "RUST", "rust"], start=1)
    ]
    assert next(iter(index(essays).taxonomies["tags"])).label == "rust"
    assert next(iter(index(essays[:3]).taxonomies["tags"])).label == "RUST"


def test_a_label_written_twice_in_one_essay_counts_once() -> None:
    site = index([entry("tags: [Rust, rust]")])
    assert [len(posts) for posts in site.taxonomies["tags"].values()] == [1]


def test_c_and_its_relatives_have_pages_of_their_own() -> None:
    site = index([entry("tags: [C, C++, 'C#', c]")])
    assert [one.url for one in site.taxonomies["tags"]] == [
        "tags/c/",
        "tags/c-sharp/",
        "tags/c-plus-plus/",
    ]


@pytest.mark.parametrize("label", ["C++", "c++"])
def test_a_terms_name_in_urls_may_be_chosen_whatever_the_case(label: str) -> None:
    site = index([entry("tags: [C++]")], taxonomies={"tags": {"slugs": {label: "cpp"}}})
    assert [one.url for one in site.taxonomies["tags"]] == ["tags/cpp/"]


def test_terms_that_would_share_an_address_are_told_at_the_essay() -> None:
    site = index([entry("tags: ['C#', C Sharp]")])
    assert said(tuple(check_index(site))) == [
        "posts/2026-01-01-a.md:3:7: tags 'C#' and 'C Sharp' would share /tags/c-sharp/."
        " Rename one, or set taxonomies.tags.slugs in mkdocs.yml"
    ]


def test_the_archive_goes_by_the_blogs_time_zone() -> None:
    essay = "date: 2025-12-31 20:00Z"
    tokyo = index([entry(essay, "posts/a.md", blog_options(timezone="Asia/Tokyo"))])
    assert [one.label for one in tokyo.taxonomies["archive"]] == ["2026"]
    assert [one.url for one in index([entry(essay, "posts/a.md")]).taxonomies["archive"]] == [
        "archive/2025/"
    ]


def test_the_archive_begins_with_the_newest_year() -> None:
    essays = [entry("", f"posts/{year}-01-01-x.md") for year in (2024, 2026, 2025)]
    assert [one.label for one in index(essays).taxonomies["archive"]] == ["2026", "2025", "2024"]


# -- authors -------------------------------------------------------------------------------------

AUTHORS = {"ana": Author("Ana Lind", slug="ana-lind"), "ben": Author("Ben Okri")}


def test_authors_are_known_by_key_and_others_shown_as_written() -> None:
    site = index([entry("authors: [ana, ben, Carl Gustav]")], authors=AUTHORS)
    assert [author.name for author in site.posts[0].authors] == [
        "Ana Lind",
        "Ben Okri",
        "Carl Gustav",
    ]
    assert {one.label: one.url for one in site.taxonomies["authors"]} == {
        "Ana Lind": "authors/ana-lind/",
        "Ben Okri": "authors/ben/",
        "Carl Gustav": "authors/carl-gustav/",
    }


def test_the_key_of_an_author_goes_before_other_spellings() -> None:
    essays = [
        entry(f"authors: [{name}]", f"posts/2026-01-0{day}-x{day}.md")
        for day, name in enumerate(["Ana", "Ana", "ana"], start=1)
    ]
    site = index(essays, authors=AUTHORS)
    assert [one.label for one in site.taxonomies["authors"]] == ["Ana Lind"]


def test_the_file_of_authors_is_materials() -> None:
    text = (
        "authors:\n  ana:\n    name: Ana Lind\n    description: Editor\n    avatar: ana.png\n"
        "    url: https://example.org/ana\n    slug: ana-lind\n  ben:\n    name: Ben\n"
    )
    known, wrong = read_authors(source(text, "posts/.authors.yml"))
    assert wrong == ()
    assert known == {
        "ana": Author("Ana Lind", "Editor", "ana.png", "https://example.org/ana", "ana-lind"),
        "ben": Author("Ben"),
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("authors: [ana]", "1:10: authors: "),
        ("authors:\n  ana:\n    nam: Ana", "3:5: authors.ana.nam: unknown key"),
        ("authors:\n  ana:\n    name: 5", "3:11: authors.ana.name: "),
        (
            "authors:\n  ana:\n    name: Ana\n    slug: ../up",
            "4:11: authors.ana.slug: '../up' cannot",
        ),
        ("authors:\n  ana: {name: A}\n  ana: {name: B}", "3:3: not YAML: the key 'ana' stands"),
        ("authors: a: b", "1:11: not YAML: mapping values"),
        ("people: {}", "1:1: people: unknown key"),
        ("- ana", "1:1: the file: "),
        ("authors: &a {b: *a}", "1:10: not YAML: its aliases"),
    ],
)
def test_mistakes_in_the_file_of_authors_are_told_at_their_places(
    text: str, complaint: str
) -> None:
    _, found = read_authors(source(text, "posts/.authors.yml"))
    assert said(found)[0].startswith(f"posts/.authors.yml:{complaint}")


@pytest.mark.parametrize("text", ["", "authors:\n", "{}", "# nobody yet"])
def test_an_empty_file_of_authors_knows_nobody(text: str) -> None:
    assert read_authors(source(text, "posts/.authors.yml")) == ({}, ())


# -- titles --------------------------------------------------------------------------------------


def untitled(text: str) -> list[str]:
    document, _ = read(text, "posts/2026-01-01-x.md")
    made = entry("", "posts/2026-01-01-x.md")
    without = type(made)(document, made.date, made.updated, made.slug, made.url, made.status)
    return said(tuple(check_index(index([without], {without.path: convert(document.body)}))))


def test_a_title_is_that_of_the_front_matter_or_the_first_heading() -> None:
    assert untitled("# A title\n\nText.") == []
    assert untitled("---\ntitle: T\n---\nText.") == []


@pytest.mark.parametrize("text", ["Text.", "---\ntitle:\n---\nText.", "Text.\n\n# Later"])
def test_an_essay_without_a_title_is_told_so(text: str) -> None:
    assert untitled(text) == [
        "posts/2026-01-01-x.md:1:1: the essay has no title. Add a line 'title: ...' to the front"
        " matter, or begin with a heading '# ...'"
    ]


@pytest.mark.parametrize(
    "text", ["---\ntitle: [a]\n---\nText.", "---\ntitle: a: b\n---\nText.", ""]
)
def test_an_essay_whose_title_is_wrong_is_not_told_that_it_has_none(text: str) -> None:
    assert untitled(text) == []


def test_the_reading_time_is_counted_unless_it_is_given() -> None:
    long = convert("word " * 2650)
    counted, given_ = entry("", "posts/2026-01-02-b.md"), entry("readtime: 3")
    site = index([counted, given_], {counted.path: long, given_.path: long})
    assert [post.readtime for post in site.posts] == [10, 3]


# -- related -------------------------------------------------------------------------------------

TOPICS = {
    "parsers": ("parsing", "grammar token parser lookahead grammar recursion"),
    "lexers": ("parsing", "token lexer automaton regular scanner"),
    "grammars": ("theory", "grammar derivation ambiguity recursion parser"),
    "bread": ("cooking", "flour water yeast oven crust"),
    "soup": ("cooking", "water onion carrot pot oven"),
}


def library(names: list[str]) -> SiteIndex:
    """Return essays that say in their descriptions what they are about."""
    return index([about(name) for name in names])


def about(name: str) -> Entry:
    tag, description = TOPICS[name]
    return entry(f"tags: [{tag}]\ndescription: {description}", f"posts/2026-01-01-{name}.md")


def likest(site: SiteIndex, count: int = 1) -> dict[str, list[str]]:
    """Return the slugs of the related essays by slug."""
    found = related(site.posts, count)
    return {
        site.by_path[path].entry.slug: [site.by_path[other].entry.slug for other in others]
        for path, others in found.items()
    }


def test_related_essays_share_terms_and_words() -> None:
    assert likest(library(list(TOPICS))) == {
        "parsers": ["lexers"],
        "lexers": ["parsers"],
        "grammars": ["parsers"],
        "bread": ["soup"],
        "soup": ["bread"],
    }


def test_an_edit_of_a_body_never_changes_related_essays() -> None:
    essays = [about(name) for name in TOPICS]
    texts = ["Text.", "flour water yeast oven crust", "# Grammar\n\ntoken lexer parser"]
    edited = [index(essays, {one.path: convert(text) for one in essays[:3]}) for text in texts]
    assert likest(edited[0], 10) == likest(edited[1], 10) == likest(edited[2], 10)
    told = [[traits(post) for post in site.posts] for site in edited]
    assert told[0] == told[1] == told[2]


def test_an_essay_is_never_related_to_itself_nor_to_what_it_shares_nothing_with() -> None:
    found = likest(library(list(TOPICS)), 10)
    assert all(name not in others for name, others in found.items())
    assert "bread" not in found["parsers"]


@pytest.mark.parametrize("seed", range(5))
def test_related_essays_do_not_depend_on_the_order_of_the_files(seed: int) -> None:
    names = list(TOPICS)
    random.Random(seed).shuffle(names)
    assert likest(library(names), 3) == likest(library(list(TOPICS)), 3)


def test_equally_like_essays_are_ordered_the_newest_first() -> None:
    twins = numbered(4, "tags: [same]")
    other = entry("tags: [other]", "posts/2025-01-01-other.md")
    site = index([*twins, other])
    assert likest(site, 3)["000"] == ["003", "002", "001"]


def test_no_related_essays_are_sought_where_none_are_wanted() -> None:
    assert related(index(numbered(3)).posts, 0) == {}


def test_an_essay_alone_is_related_to_none() -> None:
    assert likest(index(numbered(1)), 3) == {"000": []}


LABELS = st.lists(st.sampled_from(["a", "A", "b", "C#", "C Sharp", "é", "e\u0301"]), max_size=3)
ESSAYS = st.lists(
    st.tuples(st.dates(date(2020, 1, 1), date(2022, 12, 31)), LABELS, st.booleans()), max_size=8
)


@settings(max_examples=60)
@given(ESSAYS, st.randoms(use_true_random=False))
def test_the_order_of_the_files_changes_nothing(
    essays: list[tuple[date, list[str], bool]], shuffler: random.Random
) -> None:
    made = [
        entry(
            f"tags: [{', '.join(labels)}]\npin: {str(pinned).lower()}\nseries: S\nauthors: [ana]",
            f"posts/{day}-{number}.md",
        )
        for number, (day, labels, pinned) in enumerate(essays)
    ]
    shuffled = shuffler.sample(made, len(made))
    first, second = index(made, authors=AUTHORS), index(shuffled, authors=AUTHORS)
    assert first == second
    assert [list(terms) for terms in first.taxonomies.values()] == [
        list(terms) for terms in second.taxonomies.values()
    ]
    assert pages(first) == pages(second)
    assert related(first.posts, 3) == related(second.posts, 3)
    assert list(check_index(first)) == list(check_index(second))
