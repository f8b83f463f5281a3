"""What `serve` shows at once of an edit, and when it builds instead."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from mkdocs.commands.build import build as plain_build
from mkdocs.config import load_config

from blogtools.app.ports import Request
from blogtools.app.serve import BuildResult
from blogtools.mkdocs.plugin import BlogPlugin
from blogtools.wiring import Rebuilder, build_site
from tests.incremental.building import difference, scratch
from tests.incremental.site import Blog, essay, files_of
from tests.incremental.small import DUE, make_small, page, post


class Looked:
    """A blog, the builder of its server, and the site that it shows."""

    def __init__(self, root: Path) -> None:
        self.blog = make_small(root)
        self.rebuild = Rebuilder(root / "mkdocs.yml")
        self.build()

    def build(self) -> dict[str, bytes]:
        result = self.rebuild()
        assert result.site is not None, result
        self.site = result.site
        return files_of(self.site) or {}

    def look(self, *names: str) -> BuildResult | None:
        return self.rebuild.quick_look([self.blog.root / name for name in names])

    def shown(self, name: str) -> str:
        return (self.site / page(name)).read_text("utf-8")


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Looked, dict[str, bytes]]]:
    with pytest.MonkeyPatch.context() as patch, scratch() as folder:
        patch.setenv("SOURCE_DATE_EPOCH", str(1780272000 - DUE // 40))
        looked = Looked(folder / "blog")
        yield looked, looked.blog.sources()
        looked.rebuild.close()


@pytest.fixture
def looked(shared: tuple[Looked, dict[str, bytes]]) -> Looked:
    looked, sources = shared
    looked.blog.restore(sources)
    looked.build()
    return looked


def test_a_body_is_shown_at_once_and_the_next_build_writes_the_same_page(looked: Looked) -> None:
    looked.blog.append(post("beta"), "A plumbeous line.")
    assert looked.look(post("beta")) is not None
    at_once = looked.shown("beta")
    assert "plumbeous" in at_once
    assert "plumbeous" not in (looked.site / "feed.xml").read_text()
    looked.build()
    assert looked.shown("beta") == at_once
    assert "plumbeous" in (looked.site / "feed.xml").read_text()


def test_getting_ready_changes_nothing_and_the_next_look_is_right(looked: Looked) -> None:
    before = files_of(looked.site)
    assert looked.look() is None
    assert files_of(looked.site) == before
    looked.blog.append(post("beta"), "A plumbeous line.")
    assert looked.look(post("beta")) is not None
    at_once = looked.shown("beta")
    looked.build()
    assert looked.shown("beta") == at_once


def test_edit_after_edit_is_shown_and_the_site_is_that_of_a_build(looked: Looked) -> None:
    for number in range(3):
        looked.blog.append(post("beta"), f"Line {number}.")
        looked.blog.append(post("zeta"), f"Line {number}.")
        assert looked.look(post("beta")) is not None
        assert looked.look(post("zeta")) is not None
    at_once = (looked.shown("beta"), looked.shown("zeta"))
    built = looked.build()
    assert (looked.shown("beta"), looked.shown("zeta")) == at_once
    looked.blog.write("posts/zz.md", essay("Zz", "2020-01-01"))
    looked.build()
    looked.blog.remove("posts/zz.md")
    assert difference(looked.build(), built) == ""


def test_nothing_is_collected_while_an_author_waits(looked: Looked) -> None:
    during = []

    def note(phase: str, _info: dict[str, int]) -> None:
        during.append(phase)

    looked.look()
    looked.blog.append(post("beta"), "\n\n".join("> * **word** `code`" for _ in range(500)))
    gc.callbacks.append(note)
    try:
        assert looked.look(post("beta")) is not None
    finally:
        gc.callbacks.remove(note)
    assert during == []
    looked.build()
    assert gc.isenabled()


def test_what_readers_open_while_a_build_runs_is_nothing_that_it_has_read(looked: Looked) -> None:
    ended = threading.Event()

    def read_on() -> None:
        while not ended.is_set():
            for file in looked.site.rglob("*.html"):
                with suppress(OSError):
                    file.read_bytes()

    readers = threading.Thread(target=read_on)
    readers.start()
    try:
        for number in range(5):
            looked.blog.append(post("beta"), f"Line {number}.")
            assert looked.look(post("beta")) is not None
            result = looked.rebuild()
            assert result.site is not None, result.error
            assert not [path for path in result.read or () if path.is_relative_to(result.site)]
    finally:
        ended.set()
        readers.join()


def another_title(blog: Blog) -> None:
    blog.front(post("beta"), title="Other", slug="beta")


def a_draft(blog: Blog) -> None:
    blog.front(post("beta"), draft=True)


def a_tag(blog: Blog) -> None:
    blog.front(post("beta"), tags=["New"])


def a_heading(blog: Blog) -> None:
    blog.append(post("beta"), "## A heading")


def a_link(blog: Blog) -> None:
    blog.append(post("beta"), "[Alpha](alpha.md)")


def a_broken_link(blog: Blog) -> None:
    blog.append(post("beta"), "[Nothing](nowhere.md)")


def no_front_matter(blog: Blog) -> None:
    blog.write(post("beta"), "---\ntitle: [\n---\nText.\n")


def removed(blog: Blog) -> None:
    blog.remove(post("beta"))


@pytest.mark.parametrize(
    "edit",
    [
        another_title,
        a_draft,
        a_tag,
        a_heading,
        a_link,
        a_broken_link,
        no_front_matter,
        removed,
    ],
)
def test_what_other_pages_must_know_needs_a_build(
    looked: Looked, edit: Callable[[Blog], None]
) -> None:
    edit(looked.blog)
    before = files_of(looked.site)
    assert looked.look(post("beta")) is None
    assert files_of(looked.site) == before


def test_a_new_file_a_page_and_several_files_need_a_build(looked: Looked) -> None:
    looked.blog.write("posts/new.md", essay("New", "2024-05-05"))
    looked.blog.append("docs/guide.md", "More.")
    assert looked.look("posts/new.md") is None
    assert looked.look("docs/guide.md") is None
    assert looked.look("mkdocs.yml") is None
    assert looked.look(post("alpha"), post("beta")) is None
    assert looked.look() is None


def test_after_a_failed_build_only_a_build_helps(looked: Looked) -> None:
    a_broken_link(looked.blog)
    assert looked.rebuild().site is None
    looked.blog.append(post("alpha"), "More.")
    assert looked.look(post("alpha")) is None


def test_a_reader_of_the_old_page_keeps_it(looked: Looked) -> None:
    with (looked.site / page("beta")).open(encoding="utf-8") as reader:
        looked.blog.append(post("beta"), "A plumbeous line.")
        assert looked.look(post("beta")) is not None
        assert "plumbeous" not in reader.read()


def test_without_a_build_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    blog = make_small(tmp_path / "blog")
    rebuild = Rebuilder(blog.root / "mkdocs.yml")
    try:
        assert rebuild.quick_look([blog.root / post("beta")]) is None
        (blog.root / "mkdocs.yml").unlink()
        assert rebuild().error
    finally:
        rebuild.close()


def test_a_build_says_what_it_has_read_and_a_failed_one_forgets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = make_small(tmp_path / "blog")
    monkeypatch.chdir(blog.root)
    settings = blog.read("mkdocs.yml").replace("site_name: Small\n", "INHERIT: ../base.yml\n")
    more = (
        "watch: [extra]\nhooks: [hook.py]\n"
        "markdown_extensions: [{pymdownx.snippets: {base_path: [parts]}}]\n"
    )
    blog.write("mkdocs.yml", settings + more)
    blog.write("extra/file.txt", "")
    blog.write("hook.py", "")
    blog.write("parts/here.md", "Text.")
    blog.append(post("beta"), '--8<-- "here.md"\n\n--8<-- "gone.md"')
    (tmp_path / "base.yml").write_text("site_name: Small\n")
    rebuild = Rebuilder(blog.root / "mkdocs.yml")
    try:
        first = rebuild()
        names = "extra hook.py mkdocs.yml parts/here.md parts/gone.md posts docs overrides"
        wanted = {tmp_path / "base.yml", *(blog.root / name for name in names.split())}
        assert first.site is not None
        assert first.read is not None
        here = {path for path in first.read if path.is_relative_to(tmp_path)}
        assert here - {blog.root / "companions.lock"} == wanted
        blog.write("mkdocs.yml", settings.replace("../base.yml", "../other.yml"))
        (tmp_path / "other.yml").write_text("site_name: [\n")
        failed = rebuild()
        assert failed.site is None
        assert failed.read == first.read | {tmp_path / "other.yml"}
        (tmp_path / "other.yml").write_text("site_name: Small\n")
        assert blog.root / "extra" not in (rebuild().read or ())
    finally:
        rebuild.close()


def test_plain_mkdocs_in_the_same_process_knows_nothing_of_the_builds_before(
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        (folder / "posts").mkdir(parents=True)
        (folder / "docs").mkdir()
        (folder / "posts/2026-01-01-a.md").write_text("---\ntitle: A\n---\n\nText.\n")
        (folder / "posts/2026-01-02-b.md").write_text("---\ntitle: B\ndraft: true\n---\n\nText.\n")
        (folder / "mkdocs.yml").write_text(
            "site_name: X\nsite_url: https://example.org/\ntheme: {name: material}\n"
            "plugins: [blogtools]\n"
        )
    build_site(Request(first / "mkdocs.yml", drafts=True))
    config = load_config(str(second / "mkdocs.yml"))
    config.plugins.on_startup(command="build", dirty=False)
    plain_build(config)
    assert (second / "site/posts/a/index.html").exists()
    assert not (second / "site/posts/b").exists()
    plugin = config.plugins["blogtools"]
    assert isinstance(plugin, BlogPlugin)
    assert plugin.memory is None
