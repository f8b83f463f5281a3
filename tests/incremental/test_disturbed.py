"""What is edited while a build runs is built: by that build, or by the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.site.support import replace_in

from .building import Child, build
from .conftest import Bench

NOTICE = "snippets/notice.md"


def edited_at(phase: str, edit: Callable[[], None]) -> Callable[[str, int, int], None]:
    """Return what edits once, when a build comes to a phase."""
    waiting = [edit]

    def progress(what: str, _done: int, _all: int) -> None:
        if what == phase and waiting:
            waiting.pop()()

    return progress


@pytest.mark.parametrize("phase", ["Reading", "Converting essays", "Writing"])
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("mkdocs.yml", "site_name: ", "site_name: Renamed "),
        ("base.yml", "copyright: Ada", "copyright: Byron"),
        (NOTICE, "A notice", "A warning"),
        ("overrides/main.html", "A <em>word</em>", "Two <em>words</em>"),
        ("posts/2026-02-02-included.md", "Includes.", "It includes."),
        ("docs/deep/more.md", "only the folder", "nobody"),
        ("posts/2026-01-20-leaf/leaf.svg", "<svg ", '<svg width="1" '),
    ],
)
def test_an_edit_amid_a_build_is_not_lost_and_can_be_taken_back(
    bench: Bench, phase: str, name: str, old: str, new: str
) -> None:
    file = bench.blog.root / name
    (bench.blog.root / "base.yml").write_text("copyright: Ada\n")
    bench.blog.append("mkdocs.yml", "INHERIT: base.yml")
    bench.right()
    # Something for each phase to do.
    bench.blog.append(NOTICE, "More of it.")
    progress = edited_at(phase, lambda: replace_in(file, old, new))

    assert not Child(replace(bench.job(site_dir="site"), progress=progress)).end().failed

    assert new in file.read_text(), "the build came to that phase"
    bench.right()
    replace_in(file, new, old)
    bench.right()


def test_a_snippet_that_changes_while_it_is_included_is_not_lost(bench: Bench) -> None:
    notice = bench.blog.root / NOTICE
    bench.blog.append("posts/2026-02-02-included.md", "More.")

    def prepare() -> None:
        """Let the snippet be another one as soon as it has been read."""
        from pymdownx.snippets import SnippetPreprocessor

        read = SnippetPreprocessor.parse_snippets

        def meddle(*given: object, **named: object) -> object:
            found = read(*given, **named)
            if "A notice" in notice.read_text():
                replace_in(notice, "A notice", "A warning")
            return found

        pytest.MonkeyPatch().setattr(SnippetPreprocessor, "parse_snippets", meddle)

    assert not Child(bench.job(site_dir="site"), prepare).end().failed
    assert b"A warning" in bench.right()["posts/included/index.html"]


def test_what_changes_without_end_fails_the_build_and_leaves_the_site_alone(
    bench: Bench,
) -> None:
    file, before = Path(bench.blog.root, "overrides/main.html"), bench.build()

    def progress(what: str, _done: int, _all: int) -> None:
        if what == "Writing":
            file.write_text(file.read_text() + "\n")

    bench.blog.append(NOTICE, "More of it.")
    outcome = build(replace(bench.job(site_dir="site"), progress=progress))
    assert outcome.failed == "usage"
    assert "overrides/main.html" in outcome.said[0]
    assert bench.blog.site.joinpath("index.html").read_bytes() == before["index.html"]
    bench.right()
