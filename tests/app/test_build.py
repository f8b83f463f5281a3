"""The verbs ``build`` and ``check``, with a site behind their port that does as it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from blogtools.app.build import Report, build
from blogtools.app.check import check
from blogtools.app.ports import Progress, Request
from blogtools.model.diagnostic import ContentError, Diagnostic, Severity, UsageError
from blogtools.model.project import Project
from tests.app.support import blog

WARNING = Diagnostic("posts/a.md", 9, 1, "link/no-anchor", "loose", severity=Severity.WARNING)
ERROR = Diagnostic("posts/a.md", 2, 1, "link/not-found", "broken")
LATER = Diagnostic("posts/b.md", 1, 1, "file/empty", "empty")


@dataclass
class Site:
    """A site of two pages; what it finds, and where it fails, is up to the test."""

    project: Project
    site_dir: Path
    strict: bool = False
    warnings: tuple[Diagnostic, ...] = ()
    errors: tuple[Diagnostic, ...] = ()
    fails_at_page: int = 0
    notices: tuple[str, ...] = ("a notice",)
    calls: list[str] = field(default_factory=list)
    into: Path = Path()

    def configure(self) -> None:
        self.calls.append("configure")

    def gather(self, into: Path, progress: Progress) -> tuple[Diagnostic, ...]:
        self.calls.append("gather")
        self.into = into
        progress("Reading", 0, 0)
        if self.errors:
            raise ContentError((*self.errors, *self.warnings))
        return self.warnings

    def write(self, progress: Progress) -> int:
        self.calls.append("write")
        for number, name in enumerate(("index.html", "404.html"), start=1):
            if number == self.fails_at_page:
                raise ContentError((ERROR,))
            (self.into / name).write_text("new")
        return 2


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a site whose last good version is there already."""
    project = blog(tmp_path, {"posts/a.md": "x", "docs/index.md": "x"})
    (tmp_path / "site").mkdir()
    for name in ("index.html", "404.html", "gone.html"):
        (tmp_path / "site" / name).write_text("old")
    return Site(project, tmp_path / "site")


def tree(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.rglob("*") if file.is_file()}


def run(
    site: Site,
    references: Callable[[Site, Path, Progress], tuple[Diagnostic, ...]] = lambda *_: (),
) -> Report:
    def opened(_request: Request) -> Site:
        return site

    return build(Request(site.project.config_file), opened, references)


def place_tree(_site: Site, folder: Path, _progress: Progress) -> tuple[Diagnostic, ...]:
    """Add a reference."""
    (folder / "reference.html").write_text("new")
    return ()


def test_a_build_puts_the_whole_new_site_in_place(site: Site) -> None:
    report = run(site, place_tree)
    assert tree(site.site_dir) == {"index.html": "new", "404.html": "new", "reference.html": "new"}
    assert (report.pages, report.diagnostics, report.site_dir) == (2, (), site.site_dir)
    assert report.notices == ("a notice",)
    assert report.seconds >= 0


def test_warnings_are_reported_and_stop_nothing(site: Site) -> None:
    site.warnings = (WARNING,)
    report = run(site, lambda *_: (LATER,))
    assert report.diagnostics == (WARNING, LATER)
    assert tree(site.site_dir)["index.html"] == "new"


def untouched(site: Site) -> bool:
    kept = tree(site.site_dir) == dict.fromkeys(("index.html", "404.html", "gone.html"), "old")
    return kept and {one.name for one in site.project.root.iterdir()} == {
        *("posts", "docs", "mkdocs.yml", "site"),
    }


def test_errors_stop_before_anything_is_written_and_leave_the_old_site(site: Site) -> None:
    site.errors = (LATER, ERROR)
    with pytest.raises(ContentError) as stopped:
        run(site)
    assert stopped.value.diagnostics == (ERROR, LATER)
    assert "write" not in site.calls
    assert untouched(site)


def test_a_failure_half_way_leaves_the_old_site(site: Site) -> None:
    site.fails_at_page = 2
    with pytest.raises(ContentError):
        run(site)
    assert untouched(site)


def test_a_reference_that_fails_leaves_the_old_site(site: Site) -> None:
    def fail(*_: object) -> tuple[Diagnostic, ...]:
        raise ContentError((ERROR,))

    with pytest.raises(ContentError):
        run(site, fail)
    assert untouched(site)


def test_warnings_stop_a_strict_build_before_anything_is_written(site: Site) -> None:
    site.warnings, site.strict = (WARNING,), True
    with pytest.raises(ContentError):
        run(site)
    assert "write" not in site.calls
    assert untouched(site)


def test_warnings_of_references_stop_a_strict_build(site: Site) -> None:
    site.strict = True
    with pytest.raises(ContentError):
        run(site, lambda *_: (LATER,))
    assert untouched(site)


@pytest.mark.parametrize("place", ["posts", "posts/site", "docs", "docs/deep/site", "."])
def test_a_site_never_lies_among_what_the_author_wrote(site: Site, place: str) -> None:
    site.site_dir = site.project.root / place
    with pytest.raises(UsageError, match="--site-dir"):
        run(site)
    assert "gather" not in site.calls
    assert (site.project.posts_dir / "a.md").read_text() == "x"


def checked(site: Site) -> tuple[Diagnostic, ...]:
    return check(Request(site.project.config_file), lambda _: site)


def test_a_check_returns_errors_and_warnings_and_writes_nothing(site: Site) -> None:
    site.errors, site.warnings = (LATER, ERROR), (WARNING,)
    assert checked(site) == (ERROR, WARNING, LATER)
    assert "write" not in site.calls
    assert untouched(site)


def test_a_check_of_good_content_finds_nothing(site: Site) -> None:
    assert checked(site) == ()
    assert untouched(site)


def test_a_check_without_a_project_says_so() -> None:
    def nowhere(_: Request) -> Site:
        raise UsageError("there is no mkdocs.yml")

    with pytest.raises(UsageError):
        check(Request(Path("mkdocs.yml")), nowhere)
