"""Each kind of edit once, on one blog with one store: what the oracle's chance may leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis.stateful import RULE_MARKER

from .machine import EXTENSIONS, PIECES, PINS, RELEASES, SYMBOLS, Incremental
from .site import CODE

#: A stop is a few edits and one build. A build that fails is followed by one that mends it.
STOPS: dict[str, Callable[[Incremental], None]] = {}


NAMING = next(piece for piece in PIECES if "`tinylib" in piece)


def stop(edits: Callable[[Incremental], None]) -> Callable[[Incremental], None]:
    STOPS[edits.__name__] = edits
    return edits


def post(blog: Incremental, name: str) -> int:
    return blog.blog.posts().index(f"posts/{name}")


@stop
def text_dates_and_terms(blog: Incremental) -> None:
    blog.body_changes_a_letter(post(blog, "2022-02-22-plain.md"))
    blog.body_grows(post(blog, "2024/parsers-3.md"), "<!-- more -->")
    blog.title(post(blog, "2024/parsers-1.md"), "A *title* with <marks> & `code`")
    blog.page_title(0, "Another title")
    blog.page_grows(1, "## Appears")
    blog.page_is_added("deep/new.md")
    blog.date(post(blog, "2024/parsers-2.md"), "2019-05-05")
    blog.updated(post(blog, "2022-02-22-plain.md"), "2026-05-31")
    blog.tags(post(blog, "2026-02-02-included.md"), ["New", "Python"])
    blog.labels(post(blog, "2022-02-22-plain.md"), "categories", ["Craft"])
    blog.labels(post(blog, "2022-02-22-plain.md"), "topics", ["Writing"])
    blog.series(post(blog, "2026-02-02-included.md"), "Parsers by hand")


@stop
def nothing(blog: Incremental) -> None:
    blog.nothing()


@stop
def results_are_others(blog: Incremental) -> None:
    blog.results_are_recorded("counted 43")


@stop
def results_are_spoiled(blog: Incremental) -> None:
    blog.a_result_is_spoiled("record.json", there=True)


@stop
def drafts_addresses_and_authors(blog: Incremental) -> None:
    blog.results_are_recorded("counted 42")
    blog.draft(post(blog, "2026-05-25-xyzzyslug.md"), None)
    blog.draft(post(blog, "xyzzyfolder/index.md"), None)
    blog.slug(post(blog, "2026-02-02-included.md"), "another-slug")
    blog.aliases(post(blog, "2022-02-22-plain.md"), "/old/")
    blog.description(post(blog, "2022-02-22-plain.md"), 'Says "this".')
    blog.pin(post(blog, "2022-02-22-plain.md"), True)
    blog.other_key(post(blog, "2024/parsers-2.md"), "search", {"exclude": True})
    blog.post_authors(post(blog, "2022-02-22-plain.md"), ["ada", "new"])
    blog.authors("a new author")
    blog.authors("another name")
    blog.post_is_added("posts/new-bundle/index.md", "Größe", "2023-12-31")
    blog.post_is_added("posts/2025/newer.md", "Another title", "2026-07-01 08:00")


@stop
def time_and_files(blog: Incremental) -> None:
    blog.time_passes(40)
    blog.post_is_renamed(post(blog, "new-bundle/index.md"), "posts/2021/2021-03-03-new.md")
    blog.posts_change_places(post(blog, "2024/parsers-1.md"), post(blog, "2024/parsers-3.md"))
    blog.post_is_removed(post(blog, "2021/2021-03-03-new.md"))
    blog.post_moves(post(blog, "2026-05-25-xyzzyslug.md"))
    blog.page_is_removed(blog.blog.pages().index("docs/deep/new.md"))
    blog.front_matter_leads_to(0, "image", "posts/images/appears.svg")
    blog.link(post(blog, "picture-book/index.md"), "posts/picture-book/appears.svg", True)
    blog.link(post(blog, "2022-02-22-plain.md"), "docs/appears.md", True)
    blog.target_appears("posts/images/appears.svg")
    blog.file_is_changed(blog.assets().index("posts/picture-book/picture.png"), "<svg/>\n")


@stop
def a_target_goes(blog: Incremental) -> None:
    blog.target_disappears("docs/appears.md")


@stop
def anchors_snippets_and_symbols(blog: Incremental) -> None:
    blog.link_to_an_anchor(post(blog, "2022-02-22-plain.md"), "posts/2024/parsers-2.md", True)
    blog.link_to_a_list(post(blog, "2022-02-22-plain.md"), "authors/ada/")
    blog.snippet_is_written("snippets/notice.md", "Other words.")
    blog.snippet_is_included(post(blog, "2024/parsers-3.md"), "appears.md", True)
    blog.companion_grows(SYMBOLS[0])
    blog.companion_changes("Greets people.")
    blog.link_to_a_symbol(post(blog, "2024/parsers-3.md"))
    blog.companions(post(blog, "2024/parsers-3.md"), PINS[1], False)
    blog.companions(0, PINS[1], True)
    blog.body_grows(post(blog, "2024/parsers-1.md"), NAMING)


@stop
def releases_beside_the_checkout(blog: Incremental) -> None:
    blog.companion_has_releases(RELEASES[0])


@stop
def a_day_of_release_and_no_old_release(blog: Incremental) -> None:
    blog.lock_changes("1.0", "day")
    blog.companion_has_releases(RELEASES[1])


@stop
def a_lock_without_what_is_documented(blog: Incremental) -> None:
    blog.lock_changes("1.0", "goes")


@stop
def names_of_another_project_lead_elsewhere(blog: Incremental) -> None:
    blog.inventory_is_written(1)


@stop
def a_version_that_is_not_there(blog: Incremental) -> None:
    blog.companions(post(blog, "2024/parsers-3.md"), PINS[4], False)


@stop
def an_inventory_that_is_not_there(blog: Incremental) -> None:
    blog.companions(post(blog, "2024/parsers-3.md"), PINS[0], False)
    blog.inventory_is_removed()


@stop
def code_is_no_link(blog: Incremental) -> None:
    blog.inventory_is_written(0)
    blog.option(("inline_symbols", None))


@stop
def warnings_of_a_strict_build_and_an_error(blog: Incremental) -> None:
    blog.anchor_changes("posts/2024/parsers-2.md")
    blog.strictness()
    blog.snippet_is_removed("snippets/notice.md")


@stop
def templates_and_a_warning(blog: Incremental) -> None:
    blog.anchor_changes("posts/2024/parsers-2.md")
    blog.template_is_written("overrides/main.html")
    blog.template_is_written("overrides/blogtools/partials/byline.html")
    blog.template_is_written("overrides/assets/own.css")


@stop
def configuration(blog: Incremental) -> None:
    blog.template_is_removed("overrides/blogtools/partials/byline.html")
    blog.option(("per_page", 2))
    blog.extension(EXTENSIONS[0])
    blog.theme(("features", ["navigation.tabs", "toc.integrate"]))
    blog.setting(("nav", [{"Essays": "index.md"}, {"Guide": "guide.md"}]))
    blog.option(("taxonomies", {"topics": {"title": "Subjects", "path": "subjects"}}))


@stop
def accidents(blog: Incremental) -> None:
    blog.site_file_is_spoiled(3, "delete")
    blog.site_file_is_spoiled(11, "same size")
    blog.site_gets_a_stray_file("posts/stray/index.html")
    blog.file_is_touched(2, 10**9)
    blog.file_is_edited_into_the_past(0)
    for number, how in enumerate(("change", "same size", "cut", "swap", "delete", "empty")):
        blog.store_is_damaged(number * 13, how)
    blog.blog_moves()
    blog.fresh_checkout()
    blog.site_folder_is_removed("posts")


@stop
def a_preview_and_a_hook(blog: Incremental) -> None:
    blog.preview()
    blog.body_is_another(post(blog, "2024/parsers-3.md"), "Some words.")
    blog.setting(("hooks", ["hooks.py"]))
    blog.hook_changes("Other words.")


@stop
def an_author_goes(blog: Incremental) -> None:
    blog.authors_are_removed()
    blog.file_is_removed(0)


@stop
def code_that_was_not_run(blog: Incremental) -> None:
    blog.code_changes(CODE.replace("40", "39"))


@stop
def without_a_store(blog: Incremental) -> None:
    blog.all_is_as_it_was()
    blog.time_jumps("1956528000")
    blog.store_is_removed()


@pytest.fixture
def blog(known_references: None) -> Iterator[Incremental]:
    machine = Incremental()
    yield machine
    machine.teardown()


def test_each_kind_of_edit_gives_the_bytes_of_a_clean_build(blog: Incremental) -> None:
    blog.begin(batch=1, resident=False, workers=2, patience=0)
    blog.build()
    for name, edits in STOPS.items():
        blog.history.append(f"-- {name}")
        edits(blog)
        if blog.waiting:
            blog.build()


def test_the_tour_leaves_no_kind_of_edit_out() -> None:
    rules = {name for name, made in vars(Incremental).items() if hasattr(made, RULE_MARKER)}
    toured = {name for edits in STOPS.values() for name in edits.__code__.co_names}
    assert rules - toured == set()
