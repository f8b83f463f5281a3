"""The verb ``init``: a blog that has all it needs, and nothing of anybody's overwritten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from blogtools.app.init import init
from blogtools.content.documents import read_post
from blogtools.content.entries import make_entry
from blogtools.content.markdown import Converter
from blogtools.model.diagnostic import UsageError
from blogtools.model.site import Status
from tests.content.support import MARKDOWN, NOW, OPTIONS, TAXONOMIES, said, source

DAY = date(2026, 11, 22)


def names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_a_new_blog_has_a_configuration_and_an_essay(tmp_path: Path) -> None:
    written = init(tmp_path / "blog", DAY)
    assert {str(file.relative_to(tmp_path / "blog")) for file in written} == names(
        tmp_path / "blog"
    )
    assert {"mkdocs.yml", "posts/2026-11-22-a-first-essay.md", ".gitignore"} <= names(
        tmp_path / "blog"
    )


def test_the_configuration_is_as_short_as_it_is_promised(tmp_path: Path) -> None:
    init(tmp_path, DAY)
    assert yaml.safe_load((tmp_path / "mkdocs.yml").read_text()) == {
        "site_name": "My blog",
        "site_url": "https://example.org/",
        "theme": {"name": "material"},
        "plugins": ["blogtools"],
    }


def test_the_first_essay_is_out_at_once_and_has_no_mistakes(tmp_path: Path) -> None:
    init(tmp_path, DAY)
    file = next((tmp_path / "posts").iterdir())
    document, wrong = read_post(source(file.read_bytes(), f"posts/{file.name}"), TAXONOMIES)
    entry, undated = make_entry(document, OPTIONS, NOW)
    assert said((*wrong, *undated)) == []
    assert entry.status is Status.PUBLISHED
    rendered = Converter(MARKDOWN)(document.body)
    assert rendered.truncated
    assert ">reader<" in rendered.html


def test_what_a_build_leaves_is_ignored_by_git(tmp_path: Path) -> None:
    init(tmp_path, DAY)
    assert {"/site/", ".blogtools/"} <= set((tmp_path / ".gitignore").read_text().split())


@pytest.mark.parametrize("name", ["mkdocs.yml", ".gitignore", "posts/2026-11-22-a-first-essay.md"])
def test_an_existing_file_is_never_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match="exists already; choose an empty folder"):
        init(tmp_path, DAY)
    assert (tmp_path / name).read_text() == "mine"
    assert names(tmp_path) == {name}


def test_other_files_may_be_there_already(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    init(tmp_path, DAY)
    assert (tmp_path / "README.md").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "blog").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written"):
        init(tmp_path / "blog", DAY)
