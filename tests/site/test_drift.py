"""Essays against newer versions of what they were written for, as authors and readers see it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from blogtools.cli import main
from tests.site.drift_blog import PINNED, POSTS, RUNNING, make_blog, offline
from tests.site.html import Page
from tests.site.support import (
    clock,
    copy_blog,
    differing,
    essay,
    replace_in,
    state,
    succeed,
    take_references,
    tree,
    write,
)

LINES = [
    "posts/old.md:7:16: in threefold 2.0, threefold.fold has 3 instead of 2 as the default of size",
    "posts/old.md:7:39: in threefold 2.0, threefold.scales.mean_of is probably called "
    "threefold.scales.mean now",
    "posts/old.md:9:12: in threefold 2.0, threefold.Ledger is gone",
    "posts/old.md:9:36: in threefold 2.0, threefold.Ledger is gone",
]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a blog with essays of older versions, built: look, and change nothing."""
    blog = make_blog(tmp_path_factory.mktemp("drift"), POSTS)
    succeed(blog, "blogtools", "build", "--strict", "--drafts")
    return blog


@pytest.fixture
def blog(compared: Path, tmp_path: Path) -> Path:
    """Return a copy of the blog, with what is known of its companion; that lies in the cache."""
    return copy_blog(compared, tmp_path / "blog")


@pytest.fixture(scope="module")
def judged(compared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a blog whose code was run with the old and with the new versions, both recorded."""
    folder = tmp_path_factory.mktemp("judged")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in offline(folder).items():
            patch.setenv(name, value)
        blog = take_references(make_blog(folder, RUNNING), compared)
        assert cli(blog, "run", "--update").exit_code == 0
        done = cli(blog, "drift", "--run", "--update")
        assert done.exit_code == 1, done.output
        (folder / "said").write_text(done.stdout)
        yield blog


def cli(blog: Path, *arguments: str) -> Result:
    """Run a command in this process."""
    with clock(), chdir(blog):
        result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def told(blog: Path, *names: str) -> dict[str, Any]:
    """Return what programs are told of each essay."""
    body = json.loads(cli(blog, "drift", *names, "--format", "json").stdout)
    assert body["version"] == 1
    return {one["path"]: one for one in body["essays"]}


def notes(blog: Path, slug: str) -> list[str]:
    """Return what an essay's page says of newer versions."""
    page = Page(blog / "site", f"posts/{slug}/")
    return [" ".join(text.split()) for text in page.texts(".bt-newer p, .bt-newer li")]


# -- what authors are told -------------------------------------------------------------------


def test_each_name_that_drifted_is_told_where_it_stands(compared: Path) -> None:
    done = cli(compared, "drift", "old")
    assert done.exit_code == 1
    head, row, *lines = done.stdout.splitlines()
    assert head.split() == ["essay", "package", "pinned", "newest", "what"]
    assert row.split(maxsplit=4) == [
        *("posts/old.md", "threefold", "1.0", "2.0"),
        "1 gone, 1 renamed, 1 changed",
    ]
    assert lines == [*LINES, "Compared 1 essay: 1 drifted."]


def test_all_essays_that_name_versions_are_compared_and_drafts_too(compared: Path) -> None:
    essays = told(compared)
    assert {path: one["holds"] for path, one in essays.items()} == {
        "posts/draft.md": False,
        "posts/holds.md": True,
        "posts/newest.md": True,
        "posts/old.md": False,
        "posts/snippet/index.md": True,
        "posts/wordless.md": True,
    }
    assert essays["posts/draft.md"]["findings"] == [
        {
            "line": 8,
            "column": 5,
            "code": "drift/gone",
            "message": "in threefold 2.0, threefold.scales.squash is gone",
        }
    ]
    assert essays["posts/newest.md"]["code"] is None
    assert essays["posts/holds.md"]["code"] == "none"
    assert essays["posts/snippet/index.md"]["code"] == "not run"


def test_programs_are_told_what_became_of_each_name(compared: Path) -> None:
    (package,) = told(compared, "posts/old.md")["posts/old.md"]["companions"]
    assert package == {
        "package": "threefold",
        "pinned": "1.0",
        "newest": "2.0",
        "symbols": {
            "threefold.Ledger": {"verdict": "gone", "said": "is gone"},
            "threefold.fold": {
                "verdict": "changed",
                "said": "has 3 instead of 2 as the default of size",
            },
            "threefold.scales.mean_of": {
                "verdict": "renamed",
                "said": "is probably called threefold.scales.mean now",
            },
        },
    }


def test_where_nothing_drifted_all_is_well(compared: Path) -> None:
    done = cli(compared, "drift", "holds", "newest")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "Compared 2 essays: all hold."
    unsure = cli(compared, "drift", "snippet")
    assert unsure.stdout.endswith("1 essay: nothing drifted; the code of 1 was not run.\n")
    assert unsure.exit_code == 0
    assert [line.split(maxsplit=4)[4] for line in done.stdout.splitlines()[1:3]] == [
        "1 name as before",
        "the newest",
    ]


def test_what_is_newly_deprecated_and_what_takes_more_is_told(blog: Path) -> None:
    replace_in(blog / "mkdocs.yml", '"1.0", "1.1", "2.0"', '"1.0", "1.1"')
    body = "By `threefold.squash`, `threefold.Crease.apply` and `threefold.fold`."
    shutil.rmtree(blog / "posts")
    write(blog, {"posts/a.md": essay("A", body=body, **PINNED)})
    (package,) = told(blog)["posts/a.md"]["companions"]
    assert package["newest"] == "1.1"
    said = package["symbols"]
    assert said["threefold.squash"]["verdict"] == "deprecated"
    assert said["threefold.squash"]["said"].startswith("is deprecated: Since 1.1. Use ")
    assert said["threefold.Crease.apply"]["verdict"] == "changed"
    assert said["threefold.Crease.apply"]["said"] == "takes times as well"
    assert "threefold.fold" not in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "there is no essay nothing"),
        (["unpinned"], "posts/unpinned.md names no versions"),
        (["--format", "xml"], "Usage"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(
    compared: Path, arguments: list[str], message: str
) -> None:
    done = cli(compared, "drift", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_without_essays_that_name_versions_there_is_nothing_to_do(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": "site_name: T\nplugins: [blogtools]\ntheme: {name: material}\n"})
    write(tmp_path, {"posts/a.md": essay("A")})
    done = cli(tmp_path, "drift")
    assert (done.exit_code, done.stdout) == (
        0,
        "No essay names versions: 'companions' in its front matter does that.\n",
    )


def test_it_changes_nothing_unless_it_is_to_record(blog: Path) -> None:
    before = state(blog / "posts")
    cli(blog, "drift")
    assert state(blog / "posts") == before
    cli(blog, "drift", "--update")
    files = tree(blog / "posts")
    recorded = sorted(name for name in files if name.endswith("drift.json"))
    assert recorded == [
        "draft.run/drift.json",
        "holds.run/drift.json",
        "old.run/drift.json",
        "snippet/run/drift.json",
        "wordless.run/drift.json",
    ]
    assert {f"posts/{name}": data.decode() for name, data in files.items()}.items() >= POSTS.items()
    after = state(blog / "posts")
    cli(blog, "drift", "--update")
    assert state(blog / "posts") == after


def test_a_record_goes_once_the_essay_names_the_newest(blog: Path) -> None:
    cli(blog, "drift", "holds", "--update")
    assert (blog / "posts/holds.run/drift.json").is_file()
    replace_in(blog / "posts/holds.md", '"1.0"', '"2.0"')
    cli(blog, "drift", "holds", "--update")
    assert not (blog / "posts/holds.run/drift.json").exists()


def test_no_record_is_published(blog: Path) -> None:
    cli(blog, "drift", "--update")
    assert cli(blog, "build").exit_code == 0
    assert [name for name in tree(blog / "site") if "drift.json" in name] == []


# -- what readers are told -------------------------------------------------------------------


def test_readers_are_told_what_became_of_each_name(compared: Path) -> None:
    assert notes(compared, "old") == [
        "Written for threefold 1.0. In 2.0:",
        "threefold.fold has 3 instead of 2 as the default of size",
        "threefold.scales.mean_of is probably called threefold.scales.mean now",
        "threefold.Ledger is gone",
    ]
    hrefs = Page(compared / "site", "posts/old/").values(".bt-newer a", "href")
    assert hrefs == ["../../reference/threefold/1.0/", "../../reference/threefold/2.0/"]


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("holds", ["Written for threefold 1.0; still holds with 2.0."]),
        ("snippet", ["Written for threefold 1.0; its names are all there in 2.0."]),
        ("wordless", ["Written for threefold 1.0; the newest is 2.0."]),
        ("newest", []),
        ("unpinned", []),
    ],
)
def test_readers_are_told_no_more_than_is_known(compared: Path, slug: str, said: list[str]) -> None:
    assert notes(compared, slug) == said


def test_mkdocs_gives_the_same_pages(blog: Path) -> None:
    cli(blog, "drift", "--update")
    succeed(blog, "blogtools", "build")
    succeed(blog, "mkdocs", "build", "--site-dir", "site-mkdocs")
    trees = tuple(f"reference/threefold/{name}" for name in ("1.0", "1.1", "2.0", "latest", "vers"))
    without = (*trees, "sitemap_index.xml")
    assert notes(blog, "old")
    assert differing(blog / "site", blog / "site-mkdocs", without=without) == []


# -- with their code -------------------------------------------------------------------------


def test_code_is_run_with_the_newest_versions_and_told_at_its_line(judged: Path) -> None:
    lines = (judged.parent / "said").read_text().splitlines()
    assert [line.split(maxsplit=4)[4] for line in lines[1:4]] == [
        "0 names as before; code: other results",
        "0 names as before; code: fails",
        "1 name as before; code: same results",
    ]
    assert lines[4].startswith("posts/differs.md:14:1: with threefold 2.0: its results are not")
    assert lines[5].startswith("posts/fails/index.md:12:1: with threefold 2.0: AttributeError:")
    assert lines[6:] == ["Compared 3 essays: 2 drifted."]


def test_what_was_recorded_is_told_again_without_running(judged: Path) -> None:
    lines = (judged.parent / "said").read_text()
    assert cli(judged, "drift").stdout == lines
    assert cli(judged, "drift", "runs").exit_code == 0


def test_readers_are_told_what_became_of_the_code(judged: Path) -> None:
    assert cli(judged, "build", "--strict").exit_code == 0
    assert notes(judged, "runs") == ["Written for threefold 1.0; still holds with 2.0."]
    written = "Written for threefold 1.0. In 2.0:"
    assert notes(judged, "differs") == [written, "its code comes to other results"]
    assert notes(judged, "fails") == [written, "its code does not run any more"]


def test_other_text_moves_a_recorded_finding_and_keeps_it(judged: Path, tmp_path: Path) -> None:
    blog = copy_blog(judged, tmp_path / "blog")
    replace_in(blog / "posts/differs.md", "Some text.", "Some\n\nlonger text.")
    assert "posts/differs.md:16:1: with threefold 2.0" in cli(blog, "drift", "differs").stdout


@pytest.mark.parametrize("how", ["other results", "another lock", "damaged", "edited", "gone"])
def test_a_record_that_is_not_of_this_very_code_is_not_believed(
    judged: Path, tmp_path: Path, how: str
) -> None:
    blog = copy_blog(judged, tmp_path / "blog")
    record = blog / "posts/runs.run/drift.json"
    match how:
        case "other results":
            results = blog / "posts/runs.run/record.json"
            replace_in(results, "[3, 2, 1]", "[1, 2, 3]")
        case "another lock":
            replace_in(blog / "companions.lock", 'licence = "MIT"', 'licence = "ISC"')
        case "damaged":
            record.write_text("{")
        case "edited":
            replace_in(record, '"key": "', '"key": "0')
        case _:
            record.unlink()
    assert told(blog, "runs")["posts/runs.md"]["code"] == "not run"
    assert cli(blog, "build").exit_code == 0
    assert notes(blog, "runs") == ["Written for threefold 1.0; its names are all there in 2.0."]


def test_a_build_follows_a_record_that_comes_and_goes(judged: Path, tmp_path: Path) -> None:
    blog = copy_blog(judged, tmp_path / "blog")
    record = blog / "posts/runs.run/drift.json"
    data, page = record.read_bytes(), "posts/runs/index.html"
    cli(blog, "build")
    record.unlink()
    said = cli(blog, "build", "--explain").stdout
    assert [line for line in said.splitlines() if line.startswith("posts/")] == [
        f"{page}: the newer versions of what it was written for changed"
    ]
    assert notes(blog, "runs") == ["Written for threefold 1.0; its names are all there in 2.0."]
    record.write_bytes(data)
    cli(blog, "build")
    assert notes(blog, "runs") == ["Written for threefold 1.0; still holds with 2.0."]


def test_an_environment_that_cannot_be_had_says_nothing_of_the_code(
    judged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = copy_blog(judged, tmp_path / "blog")
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "nothing"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    before = tree(blog / "posts")
    done = cli(blog, "drift", "runs", "--run")
    assert done.exit_code == 1
    assert "code: not run" in done.stdout
    assert "posts/runs.md:4:6: " in done.stdout
    assert done.stdout.endswith("Compared 1 essay: 1 cannot be told; the code of 1 was not run.\n")
    assert tree(blog / "posts") == before


def test_a_notebook_is_told_at_the_lines_of_its_file(judged: Path, tmp_path: Path) -> None:
    blog = copy_blog(judged, tmp_path / "blog")
    head = "---\ntitle: Book\ndate: 2026-01-05\nrun: true\ncompanions: {threefold: '1.0'}\n---\n"
    cells = [
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": [f"{head}\n", "By `threefold.Ledger`."],
        },
        {"cell_type": "code", "metadata": {}, "source": ["import threefold\n", "print(1)"]},
        {"cell_type": "code", "metadata": {}, "source": ["print(threefold.mean_of([1]))"]},
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    file = write(blog, {"posts/book.ipynb": json.dumps(book, indent=1)}) / "posts/book.ipynb"
    done = cli(blog, "run", "book", "--update")
    assert done.exit_code == 0, done.output
    told = cli(blog, "drift", "book", "--run", "--update").stdout
    assert cli(blog, "drift", "book").stdout == told
    lines = file.read_text().splitlines()
    found = [line.split(":") for line in told.splitlines() if line.startswith("posts/book.ipynb:")]
    assert ["Ledger" in lines[int(line) - 1] for _, line, *_ in found] == [True, False]
    assert "mean_of" in lines[int(found[1][1]) - 1]
