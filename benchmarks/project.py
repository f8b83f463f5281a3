"""A project that a subject prepared, and the proof that its site is whole."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import Post

LOOPBACK = "127.0.0.1"
_SHOWN = 3


class IncompleteSite(Exception):
    """A site that lacks pages or features: its time would say nothing."""


@dataclass(frozen=True)
class Feature:
    """Something that a subject's site must have.

    Attributes:
        name: The same for all subjects: it becomes a row of the report.
        files: Pattern of the files, in the site, that show it.
        text: What one of these files must contain; by default anything.
        of_tags: Whether only posts with tags can show it.
    """

    name: str
    files: str
    text: str = ""
    of_tags: bool = False


@dataclass(frozen=True)
class Project:
    """The folder in which one subject builds one corpus.

    Attributes:
        root: The folder.
        posts_folder: Where the posts lie in it.
        posts: The posts.
    """

    root: Path
    posts_folder: str
    posts: tuple[Post, ...]

    @property
    def site(self) -> Path:
        """Where the site is built."""
        return self.root / "site"

    def source(self, post: Post) -> Path:
        """Tell where a post's Markdown lies.

        Args:
            post: The post.

        Returns:
            Its path.
        """
        return self.root / self.posts_folder / post.filename

    def page(self, post: Post) -> Path:
        """Tell where a post's page has to be.

        Args:
            post: The post.

        Returns:
            Its path; the address is the same for all subjects.
        """
        return self.site / "posts" / post.slug / "index.html"

    def write(self, texts: Iterable[tuple[Post, str]]) -> None:
        """Write the posts.

        Args:
            texts: Each post with its text, in the dialect of the subject.
        """
        (self.root / self.posts_folder).mkdir(parents=True, exist_ok=True)
        for post, text in texts:
            self.source(post).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class SiteFacts:
    """What came out of a build.

    Attributes:
        pages: How many HTML files.
        size: Bytes of all files.
    """

    pages: int
    size: int


def survey(site: Path) -> SiteFacts:
    """Count what a build wrote.

    Args:
        site: The site's folder.

    Returns:
        The counts.
    """
    files = [path for path in site.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    return SiteFacts(pages, sum(path.stat().st_size for path in files))


def demand_whole(project: Project, features: Iterable[Feature]) -> None:
    """Check that a site has a page for each post, with its title, and all promised features.

    Args:
        project: The project, built.
        features: What the subject promises.

    Raises:
        IncompleteSite: Something is not there.
    """
    missing = [post.filename for post in project.posts if not _shows_title(project, post)]
    if missing:
        raise IncompleteSite(
            f"{len(missing)} of {len(project.posts)} posts have no page with their title: "
            + ", ".join(missing[:_SHOWN])
            + (", ..." if len(missing) > _SHOWN else "")
        )
    tagged = any(post.tags for post in project.posts)
    due = [feature for feature in features if tagged or not feature.of_tags]
    absent = [feature.name for feature in due if not _has(project.site, feature)]
    if absent:
        raise IncompleteSite(f"the site lacks: {', '.join(absent)}")


def _shows_title(project: Project, post: Post) -> bool:
    page = project.page(post)
    return page.is_file() and post.title in html.unescape(page.read_text(encoding="utf-8"))


def _has(site: Path, feature: Feature) -> bool:
    files = (path for path in site.glob(feature.files) if path.is_file())
    return any(feature.text in path.read_text(encoding="utf-8") for path in files)
