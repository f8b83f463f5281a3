"""Which essays discuss which objects, and what an essay's own page says of that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from blogtools.mkdocs.views import PostView
from blogtools.model.companion import Inventory
from blogtools.model.discussion import Discussion
from tests.app.support import Built, blog, bring_together

FOLD, MEAN = "pkg.folds.fold", "pkg.scales.mean"


def inventory(version: str, *objects: str) -> Inventory:
    url = f"reference/pkg/{version}/"
    symbols = {path: f"{url}{path.replace('.', '/')}/#{path}" for path in objects}
    return Inventory("pkg", version, url, {**symbols, "pkg.fold": symbols[FOLD]}, ("pkg",))


OLD, NEW = inventory("1.0", FOLD), inventory("2.0", FOLD, MEAN)


def essay(day: str, body: str, version: str = "", more: str = "") -> str:
    pins = f"companions: {{pkg: '{version}'}}\n" if version else ""
    return f"---\ntitle: Of {day}\ndate: {day}\n{pins}{more}---\n\n{body}\n"


def made(root: Path, files: Mapping[str, str], **options: bool) -> Built:
    built = bring_together(blog(root, files, **options), (OLD, NEW))
    assert built.mistakes == []
    return built


def test_an_essay_is_listed_with_the_version_that_it_pins_or_else_with_the_newest(
    tmp_path: Path,
) -> None:
    built = made(
        tmp_path,
        {
            "posts/old.md": essay("2026-01-01", "[x][pkg.folds.fold]", "1.0"),
            "posts/any.md": essay("2026-01-02", "[x][pkg.folds.fold] [y][pkg.scales.mean]"),
            "posts/new.md": essay("2026-01-03", "[x][pkg.folds.fold]", "2.0"),
            "posts/none.md": essay("2026-01-04", "Nothing.", "2.0"),
        },
    )
    any_essay = Discussion("Of 2026-01-02", "posts/any/")
    assert built.edition.discussions == {
        ("pkg", "1.0"): {FOLD: (Discussion("Of 2026-01-01", "posts/old/"),)},
        ("pkg", "2.0"): {
            FOLD: (Discussion("Of 2026-01-03", "posts/new/"), any_essay),
            MEAN: (any_essay,),
        },
    }


def test_an_essay_counts_once_for_an_object_however_often_and_under_whatever_name(
    tmp_path: Path,
) -> None:
    text = "[x][pkg.folds.fold] [y][pkg.fold] [z][pkg.fold]"
    built = made(tmp_path, {"posts/a.md": essay("2026-01-01", text)})
    assert built.edition.discussions == {
        ("pkg", "2.0"): {FOLD: (Discussion("Of 2026-01-01", "posts/a/"),)}
    }


def test_no_draft_and_nothing_of_the_future_is_ever_listed(tmp_path: Path) -> None:
    files = {
        "posts/draft.md": essay("2026-01-01", "[x][pkg.fold]", more="draft: true\n"),
        "posts/later.md": essay("2031-01-01", "[x][pkg.fold]"),
    }
    assert made(tmp_path, files).edition.discussions == {}
    preview = made(tmp_path, files, drafts=True)
    assert preview.edition.discussions == {}
    assert [len(preview.edition.uses(post)) for post in preview.edition.index.posts] == [1, 1]


def test_an_essays_page_groups_the_objects_that_it_discusses_by_package_and_version(
    tmp_path: Path,
) -> None:
    text = "[y][pkg.scales.mean] [x][pkg.fold]"
    built = made(tmp_path, {"posts/a.md": essay("2026-01-01", text)})
    (post,) = built.edition.index.posts
    (group,) = PostView(built.edition, post).uses
    assert (group.label, group.href) == ("pkg 2.0", "../../reference/pkg/2.0/")
    assert [(one.title, one.href) for one in group.objects] == [
        (FOLD, "../../reference/pkg/2.0/pkg/folds/fold/#pkg.folds.fold"),
        (MEAN, "../../reference/pkg/2.0/pkg/scales/mean/#pkg.scales.mean"),
    ]


def test_an_essay_that_speaks_of_no_object_lists_none(tmp_path: Path) -> None:
    built = made(tmp_path, {"posts/a.md": essay("2026-01-01", "Text.", "1.0")})
    assert built.edition.discussions == {}
    assert PostView(built.edition, built.edition.index.posts[0]).uses == ()
