"""MkDocs with Material's blog plugin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.project import LOOPBACK, Feature, Project
from benchmarks.subjects.dialect import author_ids, authors_file, with_front_matter
from benchmarks.subjects.venv import Venv

_CONFIG = Path(__file__).parent / "mkdocs_blog" / "mkdocs.yml"

# What any site made of `mkdocs_blog/mkdocs.yml` has, whoever builds it.
BLOG_FEATURES = (
    Feature("archive by year", "archive/*/index.html"),
    Feature("pages of authors", "author/*/index.html"),
    Feature("tags", "tags/index.html", of_tags=True),
    Feature("pagination", "page/2/index.html"),
    Feature("feed", "feed_rss_created.xml", "<item>"),
    Feature("highlighting", "posts/*/index.html", '<span class="k">'),
)


def prepare_blog(project: Project) -> None:
    """Write a blog for Material's blog plugin.

    Args:
        project: The project.
    """
    ids = author_ids(project.posts)
    project.write(
        (post, with_front_matter(post, authors=[*dict.fromkeys(ids[a] for a in post.authors)]))
        for post in project.posts
    )
    docs = project.root / "docs"
    (docs / ".authors.yml").write_text(authors_file(ids), encoding="utf-8")
    (docs / "index.md").write_text("# Blog\n", encoding="utf-8")
    (docs / "tags.md").write_text("# Tags\n\n<!-- material/tags -->\n", encoding="utf-8")
    (project.root / "mkdocs.yml").write_bytes(_CONFIG.read_bytes())


@dataclass(frozen=True)
class Material:
    """MkDocs with Material's blog plugin.

    Attributes:
        venv: Where it is installed.
    """

    venv: Venv
    name = "material"
    label = "MkDocs + Material blog"
    posts_folder = "docs/posts"
    store = ()
    features = (*BLOG_FEATURES, Feature("search index", "search/search_index.json", '"docs"'))

    def versions(self) -> Mapping[str, str]:
        """Ask what is installed; see `Subject`.

        Returns:
            Versions by package.
        """
        return self.venv.versions(
            "mkdocs", "mkdocs-material", "mkdocs-rss-plugin", "Markdown", "pymdown-extensions"
        )

    def prepare(self, project: Project) -> None:
        """Write the project; see `Subject`.

        Args:
            project: The project.
        """
        prepare_blog(project)

    def command(self, project: Project) -> list[str]:
        """Say how to build; see `Subject`."""
        config = str(project.root / "mkdocs.yml")
        return [self.venv.program("mkdocs"), "build", "--quiet", "--config-file", config]

    def server(self, project: Project, port: int) -> list[str]:
        """Say how to serve; see `Subject`."""
        config = str(project.root / "mkdocs.yml")
        program = self.venv.program("mkdocs")
        address = ["--dev-addr", f"{LOOPBACK}:{port}"]
        # Said, because some versions of click make MkDocs forget that it is the default.
        return [program, "serve", "--livereload", "--quiet", "--config-file", config, *address]
