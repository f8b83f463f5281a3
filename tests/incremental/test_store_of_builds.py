"""Whatever becomes of the store, the site is right; and what the store cannot know is noticed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .building import Job, Resident, difference, scratch
from .site import Blog, files_of
from .small import How, Told, clean, command, make_small, page, post, told

FILE = Path(".blogtools/build/store.sqlite")
CI = How(environment={"CI": "true"})


@pytest.fixture
def blog() -> Iterator[Blog]:
    with scratch() as folder:
        blog = make_small(folder / "blog")
        told(blog)
        yield blog


def right(blog: Blog, how: How | None = None) -> Told:
    """Build; the site must be that of a clean build."""
    made = told(blog, how)
    wanted = clean(blog, drafts=how.drafts if how else False)
    assert difference(files_of(blog.site) or {}, wanted) == ""
    return made


def delete(file: Path) -> None:
    shutil.rmtree(file.parent)


def another_version(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 4711")
    connection.close()


def garbage(file: Path) -> None:
    _alone(file).write_bytes(b"no store at all " * 1000)


def empty(file: Path) -> None:
    _alone(file).write_bytes(b"")


def cut(file: Path) -> None:
    data = file.read_bytes()
    _alone(file).write_bytes(data[: len(data) // 2])


def a_folder(file: Path) -> None:
    _alone(file).unlink()
    file.mkdir()


def _alone(file: Path) -> Path:
    for end in ("-wal", "-shm"):
        Path(f"{file}{end}").unlink(missing_ok=True)
    return file


@pytest.mark.parametrize("harm", [delete, another_version, garbage, empty, cut, a_folder])
def test_a_store_that_is_lost_or_unreadable_costs_time_only(
    blog: Blog, harm: Callable[[Path], None]
) -> None:
    harm(blog.root / FILE)
    blog.append(post("beta"), "More.")
    right(blog)
    blog.append(post("beta"), "Still more.")
    right(blog)


@pytest.mark.parametrize("harm", [another_version, garbage])
def test_a_store_that_is_begun_anew_is_told_and_used_again(
    blog: Blog, harm: Callable[[Path], None]
) -> None:
    harm(blog.root / FILE)
    assert "begun anew" in " ".join(told(blog).notices)
    again = told(blog)
    assert again.whys == {}
    assert "store" not in " ".join(again.notices)


def test_a_store_that_cannot_be_used_is_told_each_time(blog: Blog) -> None:
    a_folder(blog.root / FILE)
    for _ in range(2):
        made = told(blog)
        assert "it cannot be used" in " ".join(made.notices)
        assert len(made.pages) == made.count


def test_an_upgraded_package_makes_everything_again_and_is_the_reason(
    blog: Blog, tmp_path: Path
) -> None:
    (tmp_path / "fake-1.0.dist-info").mkdir()
    command(blog, PYTHONPATH=str(tmp_path))
    assert command(blog, PYTHONPATH=str(tmp_path)).stdout.startswith("Nothing changed")
    (tmp_path / "fake-1.0.dist-info").rename(tmp_path / "fake-1.1.dist-info")
    shown = command(blog, "--explain", "/posts/beta/", PYTHONPATH=str(tmp_path)).stdout
    assert "blogtools, or a package that it uses, changed" in shown
    assert "Built 22 pages" in shown
    assert difference(files_of(blog.site) or {}, clean(blog)) == ""


def test_a_build_from_another_folder_finds_what_is_included_from_there(blog: Blog) -> None:
    blog.replace(
        "mkdocs.yml",
        "nav:",
        "markdown_extensions:\n- pymdownx.snippets: {base_path: parts}\nnav:",
    )
    blog.write("parts/part.txt", "From the root.\n")
    blog.write("docs/parts/part.txt", "From the pages.\n")
    blog.append(post("beta"), '--8<-- "part.txt"')
    for folder, text in (("", "From the root"), ("docs", "From the pages")) * 2:
        told(blog, How(folder=blog.root / folder))
        assert text in (blog.site / page("beta")).read_text()
    command(blog)
    assert command(blog).stdout.startswith("Nothing changed")


def test_a_validator_is_imported_for_what_is_new_alone(blog: Blog) -> None:
    """It takes a tenth of a second to import, and most edits change a text."""

    def imports_it() -> bool:
        code = (
            "import sys; from blogtools.cli import main; main(['build'], standalone_mode=False); "
            "print('pydantic' in sys.modules, file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=blog.root,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(blog.moment)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stderr.endswith("True\n")

    imports_it()
    blog.append(post("beta"), "More.")
    assert not imports_it()
    blog.replace(post("beta"), "title: Beta", "title: 'Beta'")
    assert imports_it(), "front matter that was written anew"
    blog.replace("posts/.authors.yml", "Ada", "Ada L.")
    assert imports_it()
    blog.replace("mkdocs.yml", "related: 1", "related: 2")
    assert imports_it()
    right(blog)


def test_an_essay_that_outgrows_the_file_of_texts_leaves_it(blog: Blog) -> None:
    blog.option(machines={"words": 20})
    right(blog)
    full = blog.site / "llms-full.txt"
    assert "# Epsilon" in full.read_text()
    blog.append(post("epsilon"), "And on it goes. " * 20)
    right(blog)
    assert "# Epsilon" not in full.read_text()


def test_a_small_limit_keeps_the_store_small_and_the_next_builds_right(blog: Blog) -> None:
    limit = 3_000
    small = How(environment={"BLOGTOOLS_STORE_LIMIT": str(limit)})

    def objects() -> int:
        with sqlite3.connect(blog.root / FILE) as connection:
            count: int = connection.execute("SELECT sum(length(value)) FROM objects").fetchone()[0]
        return count or 0

    before = objects()
    assert before > limit
    for text in ("One.", "Two.", "Three."):
        blog.append(post("beta"), text)
        made = right(blog, small)
        assert made.pages == {page("beta")}
        assert objects() < limit
    assert told(blog, small).whys == {}


def test_two_blogs_share_nothing(blog: Blog) -> None:
    other = make_small(blog.root.with_name("other"))
    other.append(post("beta"), "Foreign.")
    assert set(told(other).whys.values()) == {"it is new"}
    assert told(blog).whys == {}
    right(blog, CI)
    right(other, CI)


def test_builds_with_drafts_and_without_know_of_each_other_and_are_right(blog: Blog) -> None:
    with_drafts = How(drafts=True)
    right(blog, with_drafts)
    assert (blog.site / page("eta")).is_file()
    right(blog)
    assert not (blog.site / page("eta")).exists()
    blog.append(post("beta"), "More.")
    right(blog, with_drafts)
    right(blog)


def test_an_edit_of_equal_size_and_time_is_noticed(blog: Blog) -> None:
    file = blog.root / post("beta")
    os.utime(file, (time.time() - 1000, time.time() - 1000))
    told(blog)
    before = file.stat()
    file.write_text(file.read_text().replace("The rest", "The best"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert right(blog).pages == {page("beta")}


@pytest.mark.parametrize("how", [How(verify=True), CI], ids=["verify", "ci"])
def test_a_file_of_the_site_changed_unseen_is_put_right_by_a_build_that_reads_all(
    blog: Blog, how: How
) -> None:
    file = blog.site / page("beta")
    before, data = file.stat(), file.read_bytes()
    with file.open("r+b") as opened:
        opened.write(data.replace(b"The rest", b"The best"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.read_bytes() != data
    told(blog, how)
    assert file.read_bytes() == data


_ICONS = """
markdown_extensions:
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
      emoji_generator: !!python/name:material.extensions.emoji.to_svg
      options: {custom_icons: [icons]}
"""


def test_an_icon_of_the_blogs_own_that_changes_or_appears_is_noticed(blog: Blog) -> None:
    blog.write("mkdocs.yml", blog.read("mkdocs.yml") + _ICONS)
    blog.write("icons/my/star.svg", "<svg><title>Old</title></svg>")
    for name in ("alpha", "beta"):
        blog.append(post(name), ":my-star: and :my-moon:")
    right(blog)
    blog.write("icons/my/star.svg", "<svg><title>New</title></svg>")
    right(blog)
    blog.write("icons/my/moon.svg", "<svg><title>Moon</title></svg>")
    assert {page("alpha"), page("beta")} <= right(blog).pages
    assert b"<title>Moon" in (files_of(blog.site) or {})[page("beta")]


def test_a_process_that_stays_shows_an_icon_as_it_is_now(blog: Blog) -> None:
    blog.write("mkdocs.yml", blog.read("mkdocs.yml") + _ICONS)
    blog.append(post("alpha"), ":my-star:")
    resident = Resident()
    try:
        for title in (b"Old", b"New"):
            blog.write("icons/my/star.svg", f"<svg><title>{title.decode()}</title></svg>")
            assert not resident.build(Job.of(blog)).failed
            assert b"<svg><title>" + title in (files_of(blog.site) or {})[page("alpha")]
    finally:
        resident.close()


_FENCES = """
markdown_extensions:
  - pymdownx.superfences:
      custom_fences:
        - name: shout
          class: shout
          format: !!python/name:shouting.shout
"""
_SHOUTING = """\
def shout(source, language, css_class, options, md, **rest):
    from loudness import MARK
    return source.upper() + MARK
"""


def test_what_a_function_of_the_blogs_own_reads_is_never_taken_as_known(
    blog: Blog, tmp_path: Path
) -> None:
    (tmp_path / "shouting.py").write_text(_SHOUTING)
    (tmp_path / "loudness.py").write_text("MARK = '!'")
    there = {"PYTHONPATH": str(tmp_path)}
    blog.write("mkdocs.yml", blog.read("mkdocs.yml") + _FENCES)
    blog.append(post("alpha"), "```shout\nhere\n```")
    assert command(blog, **there).returncode == 0
    assert b"HERE!" in (files_of(blog.site) or {})[page("alpha")]
    # Of another size: Python itself tells what it compiled by that, and by whole seconds.
    (tmp_path / "loudness.py").write_text("MARK = '?!?'")
    done = command(blog, **there)
    assert b"HERE?!?" in (files_of(blog.site) or {})[page("alpha")]
    assert "shouting.shout may depend on anything" in done.stderr + done.stdout
