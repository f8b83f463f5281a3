from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.project import Feature, IncompleteSite, Project, demand_whole, survey
from tests.benchmarks.support import make_posts


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site with a page for each of five posts."""
    project = Project(tmp_path, "posts", make_posts(5))
    for post in project.posts:
        project.page(post).parent.mkdir(parents=True)
        project.page(post).write_text(f"<h1>{post.title.replace('&', '&amp;')}</h1>")
    return project


def test_a_whole_site_is_accepted_and_counted(project: Project) -> None:
    demand_whole(project, [Feature("posts", "posts/*/index.html", "<h1>")])
    (project.site / "feed.xml").write_text("four")
    assert survey(project.site).pages == 5
    assert survey(project.site).size > 4


def test_a_post_without_a_page_is_named(project: Project) -> None:
    project.page(project.posts[2]).unlink()
    with pytest.raises(IncompleteSite, match=r"1 of 5 posts .*: post-002\.md$"):
        demand_whole(project, [])


def test_a_page_without_the_title_of_its_post_does_not_count(project: Project) -> None:
    for post in project.posts:
        project.page(post).write_text("<h1>404</h1>")
    with pytest.raises(IncompleteSite, match=r"5 of 5 posts .*post-002\.md, \.\.\.$"):
        demand_whole(project, [])


def test_a_promised_feature_that_is_absent_is_named(project: Project) -> None:
    (project.site / "feed.xml").write_text("<feed/>")
    promised = [Feature("feed", "feed.xml", "<entry>"), Feature("tags", "tags/*")]
    with pytest.raises(IncompleteSite, match="lacks: feed, tags"):
        demand_whole(project, promised)


def test_a_feature_of_tags_is_asked_of_posts_with_tags_alone(project: Project) -> None:
    promised = [Feature("tags", "tags/*", of_tags=True)]
    demand_whole(project, promised)
    tagged = tuple(replace(post, tags=("a",)) for post in project.posts)
    with pytest.raises(IncompleteSite, match="lacks: tags"):
        demand_whole(replace(project, posts=tagged), promised)
