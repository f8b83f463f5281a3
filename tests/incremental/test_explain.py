"""What ``blogtools build --explain`` says, in words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from .building import scratch
from .site import Blog, essay
from .small import How, command, make_small, page, post, told


@pytest.fixture
def blog() -> Iterator[Blog]:
    with scratch() as folder:
        blog = make_small(folder / "blog")
        told(blog)
        yield blog


def explained(blog: Blog, path: str = "") -> list[str]:
    return list(told(blog, How(explain=path)).lines)


def test_a_body_is_explained_file_by_file(blog: Blog) -> None:
    blog.append(post("beta"), "More.")
    lines = explained(blog)
    assert lines == sorted(lines)
    assert f"{page('beta')}: its text changed" in lines
    assert "feed.xml: what it shows of posts/beta.md changed" in lines
    assert "llms-full.txt: posts/beta.md changed" in lines
    assert len(lines) == 9, "and of no other file"


@pytest.mark.parametrize(
    "path", [page("alpha"), "/posts/alpha/", "posts/alpha/", "/" + page("alpha")]
)
def test_one_file_is_explained_by_its_path_or_its_address(blog: Blog, path: str) -> None:
    blog.front(post("beta"), title="Other", slug="beta")
    why = "the essay after it changed, the related essays changed"
    assert explained(blog, path) == [f"{page('alpha')}: {why}"]


def test_the_first_page_is_explained_by_its_address(blog: Blog) -> None:
    blog.front(post("beta"), title="Other", slug="beta")
    assert explained(blog, "/") == ["index.html: what it shows of posts/beta.md changed"]


def test_the_configuration_is_the_reason_for_every_file(blog: Blog) -> None:
    blog.setting("copyright", "Somebody")
    lines = explained(blog)
    assert len(lines) > 30
    assert {line.partition(": ")[2] for line in lines} == {"mkdocs.yml changed"}


def test_a_new_essay_is_new(blog: Blog) -> None:
    blog.write("posts/new.md", "---\ntitle: New\ndate: 2025-01-01\n---\nText.\n")
    assert f"{page('new')}: it is new" in explained(blog)


def test_a_file_of_the_site_that_is_gone_is_the_reason(blog: Blog) -> None:
    (blog.site / page("beta")).unlink()
    shutil.rmtree(blog.root / ".blogtools/build/spare")
    assert explained(blog) == [f"{page('beta')}: its file was changed, or is gone"]


def test_a_file_that_is_gone_is_not_made_where_the_site_before_has_it(blog: Blog) -> None:
    (blog.site / page("beta")).unlink()
    assert explained(blog, "/posts/beta/") == [
        f"{page('beta')}: not made; nothing that it is made from changed"
    ]
    assert (blog.site / page("beta")).is_file()


def test_each_checkout_with_the_store_alone_makes_nothing_but_what_was_edited(blog: Blog) -> None:
    for text in ("One.", "Two.", "Three."):
        blog.append(post("beta"), text)
        with_site = [line.partition(": ")[0] for line in explained(blog)]
        shutil.rmtree(blog.site)
        blog.append(post("beta"), f"{text} Again.")
        without = explained(blog)
        assert [line.partition(": ")[0] for line in without] == with_site
        assert not [line for line in without if "gone" in line]


def test_nothing_is_said_to_be_nothing(blog: Blog) -> None:
    nothing = "not made; nothing that it is made from changed"
    assert explained(blog, "") == [f"Every file: {nothing}"]
    assert explained(blog, "/posts/beta/") == [f"{page('beta')}: {nothing}"]


def test_what_an_edit_does_not_reach_is_said_to_be_as_it_was(blog: Blog) -> None:
    blog.append(post("beta"), "More.")
    lines = explained(blog, "/posts/zeta/")
    assert lines == [f"{page('zeta')}: not made; nothing that it is made from changed"]


def test_a_site_that_is_built_whole_says_so_and_names_who_wants_it(blog: Blog) -> None:
    blog.write("hooks.py", "def on_post_page(output, **_):\n    return output\n")
    blog.setting("hooks", ["hooks.py"])
    made = told(blog)
    assert made.lines == ("Every file: the site was built whole",)
    assert [notice for notice in made.notices if "hooks.py" in notice]
    assert explained(blog, "/posts/beta/") == [f"{page('beta')}: the site was built whole"]
    assert explained(blog, "/posts/a/") == [f"{page('a')}: there is no such file in the site"]


@pytest.mark.parametrize("path", ["start.css", "/start.css"])
def test_a_file_that_is_copied_is_explained_by_its_source(path: str, blog: Blog) -> None:
    blog.write("docs/start.css", "b {}\n")
    assert explained(blog, path) == ["start.css: docs/start.css changed"]
    assert (blog.site / "start.css").read_text() == "b {}\n"


def test_a_file_that_is_copied_may_be_new_or_gone(blog: Blog) -> None:
    blog.write("docs/new.css", "b {}\n")
    assert explained(blog) == ["new.css: it is new"]
    (blog.root / "docs/start.css").unlink()
    assert explained(blog) == ["start.css: it was removed"]
    (blog.root / "docs/new.css").unlink()
    assert explained(blog, "new.css") == ["new.css: it was removed"]
    assert explained(blog, "new.css") == ["new.css: there is no such file in the site"]


def test_a_copy_in_the_site_that_somebody_changed_is_the_reason(blog: Blog) -> None:
    (blog.site / "start.css").write_text("other {}\n")
    shutil.rmtree(blog.root / ".blogtools/build/spare")
    assert explained(blog) == ["start.css: its file was changed, or is gone"]


def test_an_essay_that_is_gone_is_said_to_be_gone(blog: Blog) -> None:
    (blog.root / post("beta")).unlink()
    lines = explained(blog)
    assert f"{page('beta')}: it was removed" in lines
    assert lines == sorted(lines)


def test_a_file_that_the_site_has_not_is_told_from_one_that_is_as_it_was(blog: Blog) -> None:
    assert explained(blog, "nope.css") == ["nope.css: there is no such file in the site"]
    blog.append(post("beta"), "More.")
    assert explained(blog, "/nope/") == ["nope/index.html: there is no such file in the site"]


def test_the_command_does_not_say_that_nothing_changed_where_a_copy_did(blog: Blog) -> None:
    shutil.rmtree(blog.root / ".blogtools")
    command(blog)
    blog.write("docs/start.css", "b {}\n")
    assert command(blog).stdout.startswith("Built 0 of 22 pages; 1 other file changed in ")
    blog.write("docs/more.css", "b {}\n")
    (blog.root / "docs/start.css").unlink()
    assert command(blog).stdout.startswith("Built 0 of 22 pages; 2 other files changed in ")
    assert command(blog).stdout.startswith("Nothing changed: 22 pages in ")


def test_the_command_explains_all_or_one_only_when_it_is_asked(blog: Blog) -> None:
    shutil.rmtree(blog.root / ".blogtools")
    command(blog)
    blog.append(post("beta"), "More.")
    shown = command(blog, "--explain", "/posts/beta/").stdout.splitlines()
    assert shown[0] == f"{page('beta')}: its text changed"
    assert shown[1].startswith("Built 1 of 22 pages")
    nothing = command(blog, "--explain").stdout.splitlines()
    assert nothing[0] == "Every file: not made; nothing that it is made from changed"
    assert nothing[1].startswith("Nothing changed: 22 pages")
    assert len(command(blog).stdout.splitlines()) == 1


def test_further_reading_is_a_reason_only_where_it_changed(blog: Blog) -> None:
    blog.write("posts/new.md", essay("New", "2025-01-01", "[A](beta.md)", links=["gamma.md"]))
    told(blog)
    blog.replace("posts/new.md", "[A](beta.md)", "[A](delta.md)")
    assert explained(blog, page("new")) == [f"{page('new')}: where its links lead changed"]
    blog.front(post("gamma"), title="Another", slug="gamma")
    (line,) = explained(blog, page("new"))
    assert "its further reading changed" in line
    assert "its text changed" not in line


def test_a_list_says_no_essay_changed_where_only_its_link_leads_elsewhere(blog: Blog) -> None:
    blog.write("posts/new.md", essay("New", "2025-01-01", "[A](gamma.md)"))
    told(blog)
    blog.front(post("gamma"), slug="another")
    (line,) = explained(blog, "archive/2025/index.html")
    assert line == "archive/2025/index.html: what it shows of posts/new.md changed"
