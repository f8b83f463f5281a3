"""The verb ``new``: a file inside the folder of essays, and never over another."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogtools.app.new import new
from blogtools.content.documents import read_post
from blogtools.content.entries import make_entry
from blogtools.model.diagnostic import UsageError
from blogtools.model.site import Status
from tests.content.support import NOW, OPTIONS, TAXONOMIES, said, source

DAY = date(2026, 11, 22)


def test_an_essay_begins_with_its_front_matter_and_as_a_draft(tmp_path: Path) -> None:
    file = new(tmp_path, "On naming", DAY)
    assert file == tmp_path / "2026-11-22-on-naming.md"
    document, wrong = read_post(source(file.read_bytes(), f"posts/{file.name}"), TAXONOMIES)
    assert said(wrong) == []
    entry, undated = make_entry(document, OPTIONS, NOW)
    assert said(undated) == []
    assert document.front.title == "On naming"
    assert (entry.date.date(), entry.status) == (DAY, Status.DRAFT)
    assert "<!-- more -->" in document.body


def test_the_folder_of_essays_is_made_if_it_is_not_there(tmp_path: Path) -> None:
    assert new(tmp_path / "deep/posts", "One", DAY).is_file()


def test_an_essay_is_never_written_over_another(tmp_path: Path) -> None:
    file = new(tmp_path, "On naming", DAY)
    file.write_text("my work")
    with pytest.raises(UsageError, match="exists already; choose another title"):
        new(tmp_path, "on NAMING!", DAY)
    assert file.read_text() == "my work"


def test_an_essay_is_never_written_through_a_link_that_leads_out(tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    (posts / "2026-11-22-one.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(UsageError):
        new(posts, "One", DAY)
    assert not (tmp_path / "elsewhere.md").exists()


@pytest.mark.parametrize("title", ["", "  ", "\n", "\x00", "\x1b\x7f"])
def test_a_title_that_says_nothing_is_refused(tmp_path: Path, title: str) -> None:
    with pytest.raises(UsageError, match="the title is empty"):
        new(tmp_path, title, DAY)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "posts").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written"):
        new(tmp_path / "posts", "One", DAY)


@settings(max_examples=150)
@given(st.text(min_size=1, max_size=30))
@example("Quotes \"and\" 'more'")
@example("Colons: a tale: of two")
@example("two\nlines")
@example("🎉 emoji 👩‍👩‍👧")
@example("/../../etc/passwd")
@example("..")
@example("# no comment")
@example("- no list")
@example("{no: mapping}")
@example("---")
@example("yes")
@example("2026-11-22")
@example("null")
@example("@at `tick` %percent & *star !bang |pipe >fold")
@example("trailing colon:")
@example("\\backslash\\n")
@example("\ud800 lone")
@example("x" * 1000)
@example("日" * 500)
@example("\u2028separated\x85here")
@example("\ufeffmarked")
def test_any_title_gives_a_file_inside_the_folder_that_says_it_back(title: str) -> None:
    with TemporaryDirectory() as folder:
        posts = Path(folder) / "posts"
        if not shown(title):
            with pytest.raises(UsageError, match="the title is empty"):
                new(posts, title, DAY)
            return
        file = new(posts, title, DAY)
        assert file.parent == posts
        assert [entry.name for entry in Path(folder).iterdir()] == ["posts"]
        document, wrong = read_post(source(file.read_bytes(), "posts/x.md"), TAXONOMIES)
        assert said(wrong) == []
        assert document.front.title == shown(title)


def shown(title: str) -> str:
    """Return a title on one line, without what cannot stand in a page."""
    kept = (" " if unfit(char) else char for char in title if not "\ud800" <= char <= "\udfff")
    return " ".join("".join(kept).split())


def unfit(char: str) -> bool:
    return char < " " or char in "\x7f\ufffe\uffff"
