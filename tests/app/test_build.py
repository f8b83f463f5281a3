"""The verbs ``build`` and ``check``, with a site behind their port that does as it is told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from blogtools.app.build import Report, build
from blogtools.app.check import check
from blogtools.app.ports import Progress, Request
from blogtools.build.inputs import Outside
from blogtools.build.memory import Memory
from blogtools.build.plan import Bill, Copy, Target
from blogtools.model.diagnostic import ContentError, Diagnostic, Severity, UsageError
from blogtools.model.digest import digest, digest_of
from blogtools.model.project import Project
from tests.app.support import blog

WARNING = Diagnostic("posts/a.md", 9, 1, "link/no-anchor", "loose", severity=Severity.WARNING)
ERROR = Diagnostic("posts/a.md", 2, 1, "link/not-found", "broken")
LATER = Diagnostic("posts/b.md", 1, 1, "file/empty", "empty")


@dataclass
class Site:
    """A site with a page for each essay; what it finds, and where it fails, is up to the test."""

    project: Project
    site_dir: Path
    whole: tuple[str, ...] = ()
    strict: bool = False
    warnings: tuple[Diagnostic, ...] = ()
    errors: tuple[Diagnostic, ...] = ()
    fails_at_page: int = 0
    notices: tuple[str, ...] = ("a notice",)
    workers: int = 1
    calls: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    settings: bytes = b""
    into: Path = Path()

    @property
    def sources(self) -> tuple[Path, ...]:
        return (self.project.posts_dir, self.project.docs_dir, self.project.root / "overrides")

    def configure(self, memory: Memory | None = None) -> None:
        self.calls.append("configure")

    def convert(
        self, wanted: Callable[[str], bool], memory: Memory, progress: Progress
    ) -> tuple[int, int]:
        raise AssertionError("a build converts in other ways")

    def whole_because(self) -> tuple[str, ...]:
        return self.whole

    def outside(self) -> Outside:
        return Outside("UTC", 0, 2.0**40, ())

    def gather(self, into: Path, memory: Memory, progress: Progress) -> tuple[Diagnostic, ...]:
        self.calls.append("gather")
        self.into = into
        progress("Reading", 0, 0)
        self.settings = memory.files.digest("mkdocs.yml")
        self.pages = {
            Path(name).with_suffix(".html").name: memory.files.read(name).decode()
            for name in memory.files.tree(self.project.posts_dir)
        }
        if self.errors:
            raise ContentError((*self.errors, *self.warnings))
        return self.warnings

    def make(self, name: str) -> bytes:
        self.made.append(name)
        if len(self.made) == self.fails_at_page:
            raise ContentError((ERROR,))
        return self.pages[name].encode()

    def write(self, progress: Progress) -> int:
        for name in self.pages:
            (self.into / name).write_bytes(self.make(name))
        return len(self.pages)

    def bill(self) -> Bill:
        targets = tuple(
            Target(name, {"its text": digest_of(text)}, partial(self.make, name))
            for name, text in self.pages.items()
        )
        return Bill(targets, (), {"model": {"the configuration": self.settings}}, len(targets))


OLD = dict.fromkeys(("index.html", "404.html", "gone.html"), "old")
NEW = {"index.html": "new", "404.html": "new"}
REFERENCE = {"reference/index.html": "new", "reference/made.html": "made"}
NONE = Bill((), (), {})


def a_site(root: Path, whole: tuple[str, ...]) -> Site:
    """Return a site of two pages, whose last good version is there already."""
    project = blog(root, {"posts/index.md": "new", "posts/404.md": "new", "docs/index.md": "x"})
    (root / "site").mkdir()
    for name, text in OLD.items():
        (root / "site" / name).write_text(text)
    return Site(project, root / "site", whole)


@pytest.fixture(params=[("a plugin",), ()], ids=["built whole", "built in parts"])
def site(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a site that is built one way or the other."""
    monkeypatch.delenv("CI", raising=False)
    return a_site(tmp_path, request.param)


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a site that is built in parts, and was built once."""
    monkeypatch.delenv("CI", raising=False)
    site = a_site(tmp_path, ())
    run(site)
    forget(site)
    return site


def forget(site: Site) -> None:
    """Count only what is asked of the site from now on."""
    site.calls.clear()
    site.made.clear()


def tree(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text() for file in files}


def run(
    site: Site,
    references: Callable[
        [Site, Memory, Progress], tuple[Bill, tuple[Diagnostic, ...]]
    ] = lambda *_: (NONE, ()),
    **asked: Any,
) -> Report:
    def opened(_request: Request) -> Site:
        site.calls.append("open")
        return site

    return build(Request(site.project.config_file, **asked), opened, references)


def a_reference(site: Site, *_: object) -> tuple[Bill, tuple[Diagnostic, ...]]:
    """Add a reference, which has a page that is kept as it is, and one that is made."""
    file = site.project.root / ".blogtools/kept.html"
    file.parent.mkdir(exist_ok=True)
    file.write_text("new")
    kept = Copy("reference/index.html", str(file), digest(b"new"))
    made = Target("reference/made.html", {}, lambda: b"made", "reference")
    return Bill((made,), (kept,), {"reference": {}}), ()


def complaint(*_: object) -> tuple[Bill, tuple[Diagnostic, ...]]:
    """Add no reference, but a warning."""
    return NONE, (LATER,)


def test_a_build_puts_the_whole_new_site_in_place(site: Site) -> None:
    report = run(site, a_reference)
    assert tree(site.site_dir) == {**NEW, **REFERENCE}
    assert (report.pages, report.diagnostics, report.site_dir) == (2, (), site.site_dir)
    assert report.notices == ("a notice",)
    assert report.seconds >= 0


def test_what_happens_to_a_site_does_not_happen_to_the_references_that_are_kept(
    site: Site,
) -> None:
    run(site, a_reference)
    (site.site_dir / "reference/index.html").write_text("vandalised")
    assert (site.project.root / ".blogtools/kept.html").read_text() == "new"


def test_warnings_are_reported_and_stop_nothing(site: Site) -> None:
    site.warnings = (WARNING,)
    report = run(site, complaint)
    assert report.diagnostics == (WARNING, LATER)
    assert tree(site.site_dir)["index.html"] == "new"


def untouched(site: Site, last: dict[str, str] = OLD) -> bool:
    kept = tree(site.site_dir) == last
    return kept and {one.name for one in site.project.root.iterdir()} - {".blogtools"} == {
        *("posts", "docs", "mkdocs.yml", "site"),
    }


def test_errors_stop_before_anything_is_made_and_leave_the_old_site(site: Site) -> None:
    site.errors = (LATER, ERROR)
    with pytest.raises(ContentError) as stopped:
        run(site)
    assert stopped.value.diagnostics == (ERROR, LATER)
    assert site.made == []
    assert untouched(site)


@pytest.mark.parametrize("page", [1, 2])
def test_a_failure_half_way_leaves_the_old_site(site: Site, page: int) -> None:
    site.fails_at_page = page
    with pytest.raises(ContentError):
        run(site)
    assert untouched(site)


def test_a_build_that_failed_is_no_hindrance_to_the_next(site: Site) -> None:
    site.fails_at_page = 2
    with pytest.raises(ContentError):
        run(site)
    site.fails_at_page = 0
    run(site)
    assert untouched(site, NEW)


def test_a_reference_that_fails_leaves_the_old_site(site: Site) -> None:
    def fail(*_: object) -> tuple[Bill, tuple[Diagnostic, ...]]:
        raise ContentError((ERROR,))

    with pytest.raises(ContentError):
        run(site, fail)
    assert untouched(site)


def test_warnings_stop_a_strict_build_before_anything_is_made(site: Site) -> None:
    site.warnings, site.strict = (WARNING,), True
    with pytest.raises(ContentError):
        run(site)
    assert site.made == []
    assert untouched(site)


def test_warnings_of_references_stop_a_strict_build(site: Site) -> None:
    site.strict = True
    with pytest.raises(ContentError):
        run(site, complaint)
    assert untouched(site)


@pytest.mark.parametrize(
    "place", ["posts", "posts/site", "docs", "docs/deep/site", "overrides/site", "."]
)
def test_a_site_never_lies_among_what_the_author_wrote(site: Site, place: str) -> None:
    site.site_dir = site.project.root / place
    with pytest.raises(UsageError, match="--site-dir"):
        run(site)
    assert "gather" not in site.calls
    assert (site.project.posts_dir / "index.md").read_text() == "new"


@pytest.mark.parametrize("place", [".blogtools", ".blogtools/build/store.sqlite"])
def test_a_build_that_cannot_keep_anything_goes_well_and_says_so(site: Site, place: str) -> None:
    blocked = site.project.root / place
    blocked.parent.mkdir(parents=True, exist_ok=True)
    if place.endswith("sqlite"):
        blocked.mkdir()
    else:
        blocked.write_text("a file")
    for _ in range(2):
        report = run(site)
        assert tree(site.site_dir) == NEW
        # A site that is built whole keeps nothing anyway.
        assert site.whole or any("store" in notice for notice in report.notices)


# -- the next build ------------------------------------------------------------------------------


def test_a_site_that_is_built_whole_is_made_again_every_time(tmp_path: Path) -> None:
    site = a_site(tmp_path, ("a plugin",))
    for _ in range(2):
        forget(site)
        assert run(site).steps is None
        assert site.made == ["404.html", "index.html"]


def test_the_first_build_of_a_site_makes_everything_and_says_why(tmp_path: Path) -> None:
    report = run(a_site(tmp_path, ()))
    assert why(report) == {"404.html": "it is new", "index.html": "it is new"}


def why(report: Report) -> dict[str, str]:
    """Return what was made, and why."""
    assert report.steps is not None
    return {step.target.path: step.why for step in report.steps}


def test_a_build_that_finds_nothing_changed_makes_nothing(known: Site) -> None:
    before = {file: file.stat() for file in known.site_dir.iterdir()}
    for _ in range(2):
        report = run(known)
        assert known.calls == []
        assert (report.pages, report.steps, report.notices) == (2, (), ("a notice",))
        assert report.site_dir == known.site_dir
    assert {file: file.stat() for file in known.site_dir.iterdir()} == before


def test_warnings_are_told_again_though_nothing_changed(known: Site) -> None:
    known.warnings = (WARNING,)
    edit(known, "index", "newer")
    run(known)
    forget(known)
    assert run(known).diagnostics == (WARNING,)
    assert known.calls == []
    with pytest.raises(ContentError):
        run(known, strict=True)
    assert tree(known.site_dir)["index.html"] == "newer"


def edit(site: Site, essay: str, text: str) -> None:
    (site.project.posts_dir / f"{essay}.md").write_text(text)


def test_what_changed_is_made_again_and_nothing_else(known: Site) -> None:
    edit(known, "index", "newer")
    assert why(run(known)) == {"index.html": "its text changed"}
    assert known.made == ["index.html"]
    assert untouched(known, {**NEW, "index.html": "newer"})


def test_many_edits_one_after_the_other_each_give_the_whole_site(known: Site) -> None:
    for number in range(4):
        edit(known, "index" if number % 2 else "404", str(number))
        forget(known)
        run(known)
        assert len(known.made) == 1
        wanted = {
            f"{file.stem}.html": file.read_text() for file in known.project.posts_dir.iterdir()
        }
        assert untouched(known, wanted)


def test_a_page_comes_and_goes_with_its_essay_wherever_the_command_is_given(
    known: Site, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    edit(known, "more", "more")
    assert why(run(known)) == {"more.html": "it is new"}
    assert untouched(known, {**NEW, "more.html": "more"})
    (known.project.posts_dir / "more.md").unlink()
    assert why(run(known)) == {}
    assert untouched(known, NEW)


def test_what_all_pages_are_made_from_makes_all_of_them_again(known: Site) -> None:
    known.project.config_file.write_text("site_name: Another\n")
    changed = "the configuration changed"
    assert why(run(known)) == {"404.html": changed, "index.html": changed}


def test_an_edit_that_is_taken_back_makes_the_page_as_it_was(known: Site) -> None:
    for text in ("newer", "new"):
        edit(known, "index", text)
        run(known)
    assert untouched(known, NEW)


def test_a_build_that_fails_leaves_the_last_site_and_the_next_makes_up_for_it(
    known: Site,
) -> None:
    edit(known, "index", "newer")
    edit(known, "404", "newer")
    known.fails_at_page = 2
    with pytest.raises(ContentError):
        run(known)
    assert untouched(known, NEW)
    known.fails_at_page = 0
    run(known)
    assert untouched(known, dict.fromkeys(NEW, "newer"))


def overwritten(page: Path) -> None:
    page.write_text("by hand")


def removed(page: Path) -> None:
    page.unlink()


def replaced_by_a_folder(page: Path) -> None:
    page.unlink()
    page.mkdir()
    (page / "file").write_text("by hand")


def replaced_by_a_link(page: Path) -> None:
    page.unlink()
    page.symlink_to(page.with_name("404.html"))


@pytest.mark.parametrize(
    "vandalise", [overwritten, removed, replaced_by_a_folder, replaced_by_a_link]
)
def test_a_page_that_was_changed_by_hand_is_put_right(
    known: Site, vandalise: Callable[[Path], None]
) -> None:
    vandalise(known.site_dir / "index.html")
    for made in (["index.html"], []):
        forget(known)
        run(known)
        assert known.made == made
        assert untouched(known, NEW)
        assert not (known.site_dir / "index.html").is_symlink()


def test_what_was_put_into_the_site_by_hand_goes(known: Site) -> None:
    (known.site_dir / "stray").mkdir()
    (known.site_dir / "stray/file").write_text("by hand")
    run(known)
    assert known.made == []
    assert untouched(known, NEW)
    edit(known, "index", "newer")
    run(known)
    assert untouched(known, {**NEW, "index.html": "newer"})


def test_a_site_that_was_removed_is_there_again(known: Site) -> None:
    for file in known.site_dir.iterdir():
        file.unlink()
    known.site_dir.rmdir()
    run(known)
    assert untouched(known, NEW)


def test_a_page_that_looks_as_it_did_is_put_right_by_a_build_that_reads_everything(
    known: Site,
) -> None:
    page = known.site_dir / "index.html"
    before = page.stat()
    page.write_text("bad")
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    run(known, verify=True)
    assert known.made == ["index.html"]
    assert untouched(known, NEW)


def test_builds_that_keep_nothing_between_them_give_the_same_site(known: Site) -> None:
    edit(known, "index", "newer")
    run(known)
    last = tree(known.site_dir)
    (known.project.root / ".blogtools/build/store.sqlite").write_bytes(b"damaged" * 1000)
    forget(known)
    report = run(known)
    assert sorted(known.made) == ["404.html", "index.html"]
    assert untouched(known, last)
    assert any("begun anew" in notice for notice in report.notices)


# -- the check -----------------------------------------------------------------------------------


def checked(site: Site) -> tuple[Diagnostic, ...]:
    return check(Request(site.project.config_file), lambda _: site)


def test_a_check_returns_errors_and_warnings_and_writes_nothing(site: Site) -> None:
    site.errors, site.warnings = (LATER, ERROR), (WARNING,)
    assert checked(site) == (ERROR, WARNING, LATER)
    assert site.made == []
    assert untouched(site)


def test_a_check_of_good_content_finds_nothing(site: Site) -> None:
    assert checked(site) == ()
    assert untouched(site)


def test_a_check_without_a_project_says_so() -> None:
    def nowhere(_: Request) -> Site:
        raise UsageError("there is no mkdocs.yml")

    with pytest.raises(UsageError):
        check(Request(Path("mkdocs.yml")), nowhere)


def test_a_build_that_finds_nothing_changed_has_little_to_import() -> None:
    heavy = "{'griffe', 'jinja2', 'mkdocs', 'packaging', 'pydantic', 'yaml'}"
    code = f"import sys, blogtools.cli, blogtools.wiring; print({heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "set()\n"
