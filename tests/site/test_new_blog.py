"""A new blog needs four lines of configuration, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.incremental.building import Job, warm_up
from tests.incremental.interrupting import kill_at
from tests.site.support import CONFIG, essay, run, state, succeed, tree, without_progress, write


def test_four_lines_and_an_essay_are_a_blog(tmp_path: Path) -> None:
    blog = write(tmp_path, {"mkdocs.yml": CONFIG, "posts/hello.md": essay("Hello")})
    succeed(blog, "blogtools", "build", "--strict")
    names = set(tree(blog / "site"))
    assert {"index.html", "posts/hello/index.html", "feed.xml", "sitemap.xml"} <= names
    assert not (blog / "docs").exists()


def test_an_empty_docs_folder_is_enough_for_mkdocs(tmp_path: Path) -> None:
    blog = write(tmp_path, {"mkdocs.yml": CONFIG, "posts/hello.md": essay("Hello")})
    succeed(blog, "blogtools", "build", "-d", "site-1")
    (blog / "docs").mkdir()
    succeed(blog, "mkdocs", "build", "--strict", "-d", "site-2")
    succeed(blog, "blogtools", "build", "-d", "site-3")
    assert tree(blog / "site-1") == tree(blog / "site-2") == tree(blog / "site-3")


def test_a_killed_build_of_a_blog_without_docs_leaves_nothing_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = write(tmp_path / "blog", {"mkdocs.yml": CONFIG, "posts/hello.md": essay("Hello")})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    warm_up()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    assert kill_at(Job(blog, int(now())), 6).failed == "killed"
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("left", ["a file", "a file in its place"])
def test_what_somebody_left_where_the_docs_would_be_is_no_page(tmp_path: Path, left: str) -> None:
    blog = write(tmp_path, {"mkdocs.yml": CONFIG, "posts/hello.md": essay("Hello")})
    succeed(blog, "blogtools", "build", "-d", "site-1")
    there = blog / ".blogtools/build/no-docs"
    if left == "a file":
        there.joinpath("page.md").write_text("# A page\n")
    else:
        there.rmdir()
        there.write_text("A file\n")
    succeed(blog, "blogtools", "build", "-d", "site-2")
    assert tree(blog / "site-1") == tree(blog / "site-2")


def test_a_blog_without_an_address_builds_but_has_no_feeds(tmp_path: Path) -> None:
    config = "\n".join(line for line in CONFIG.splitlines() if "site_url" not in line)
    blog = write(tmp_path, {"mkdocs.yml": config, "posts/hello.md": essay("Hello")})
    succeed(blog, "blogtools", "build", "--strict")
    names = set(tree(blog / "site"))
    assert "posts/hello/index.html" in names
    assert not {name for name in names if name.endswith(("feed.xml", "feed.json", "sitemap.xml"))}
    assert b"canonical" not in (blog / "site/posts/hello/index.html").read_bytes()


def now() -> str:
    return str(int(time.time()))


def test_init_then_build_and_check_are_clean(tmp_path: Path) -> None:
    said = succeed(tmp_path, "blogtools", "init", "my blog")
    assert "blogtools serve" in said
    blog = tmp_path / "my blog"
    built = run(blog, "blogtools", "build", "--strict", SOURCE_DATE_EPOCH=now())
    assert (built.returncode, without_progress(built.stderr)) == (0, "")
    checked = run(blog, "blogtools", "check", SOURCE_DATE_EPOCH=now())
    assert (checked.returncode, checked.stdout) == (0, "No errors, no warnings.\n")
    assert (blog / "site/posts/a-first-essay/index.html").is_file()
    assert run(tmp_path, "blogtools", "init", "my blog").returncode == 2


def test_what_init_ignores_is_what_a_build_leaves(tmp_path: Path) -> None:
    succeed(tmp_path, "blogtools", "init")
    before = {path.name for path in tmp_path.iterdir()}
    succeed(tmp_path, "blogtools", "build", SOURCE_DATE_EPOCH=now())
    added = {path.name for path in tmp_path.iterdir()} - before
    ignored = {line.strip("/") for line in (tmp_path / ".gitignore").read_text().split()}
    assert added <= ignored


#: Folders of essays, each with the way from there to the page.
TO_THE_PAGE = {"docs/blog/posts": "../../page.md", "content/essays": "../../docs/page.md"}


@pytest.mark.parametrize("folder", TO_THE_PAGE)
def test_the_essays_may_lie_elsewhere(tmp_path: Path, folder: str) -> None:
    blog = write(
        tmp_path / "blog",
        {
            "mkdocs.yml": CONFIG.replace("[blogtools]", f"[blogtools: {{posts_dir: {folder}}}]"),
            "docs/page.md": f"# A page\n\nTo [hello](../{folder}/hello/index.md#part).\n",
            f"{folder}/hello/index.md": essay(
                "Hello", body="![A dot](dot.svg)\n\n## Part\n\nText."
            ),
            f"{folder}/hello/dot.svg": "<svg/>",
            f"{folder}/two.md": essay("Two", body=f"To [a page]({TO_THE_PAGE[folder]})."),
        },
    )
    succeed(blog, "blogtools", "build", "--strict", "-d", "site-1")
    succeed(blog, "mkdocs", "build", "--strict", "-d", "site-2")
    assert tree(blog / "site-1") == tree(blog / "site-2")
    names = set(tree(blog / "site-1"))
    assert {"posts/hello/index.html", "posts/hello/dot.svg", "posts/two/index.html"} <= names
    assert not {name for name in names if name.startswith(("blog/", "content/", "essays/"))}


def test_a_blog_without_its_folder_of_essays_is_not_built(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": CONFIG, "docs/index.md": "# Hello\n"})
    done = run(tmp_path, "blogtools", "build")
    assert done.returncode == 1
    assert "mkdocs.yml:1:1: there is no folder 'posts' with essays" in done.stderr
    assert not (tmp_path / "site").exists()


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    essays = {
        "posts/out.md": essay("Out"),
        "posts/draft.md": essay("Draft", draft="true"),
        "posts/later.md": essay("Later", "2030-05-06"),
        "posts/much-later.md": essay("Much later", "2031-05-06"),
    }
    done = run(write(tmp_path, {"mkdocs.yml": CONFIG, **essays}), "blogtools", "build")
    assert done.returncode == 0
    notice = "Left out: 1 draft, 2 scheduled (the next for 2030-05-06 00:00 UTC)."
    assert notice in done.stderr.splitlines()


def test_an_essay_of_today_is_out_in_the_time_zone_of_the_blog(tmp_path: Path) -> None:
    zone = "Pacific/Kiritimati"
    today = datetime.now(ZoneInfo(zone)).date().isoformat()
    config = CONFIG.replace("[blogtools]", f"[blogtools: {{timezone: {zone}}}]")
    files = {"mkdocs.yml": config, "posts/a.md": essay("A", f"{today} 23:30")}
    environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    command = [sys.executable, "-m", "blogtools", "build"]
    subprocess.run(command, cwd=write(tmp_path, files), env=environment, check=True, timeout=60)
    assert (tmp_path / "site/posts/a/index.html").is_file()


def test_the_configuration_can_ask_for_a_strict_build(tmp_path: Path) -> None:
    files = {
        "mkdocs.yml": CONFIG + "strict: true\n",
        "posts/a.md": essay("A", body="[there](#nowhere)"),
    }
    assert run(write(tmp_path, files), "blogtools", "build").returncode == 1
    assert not (tmp_path / "site").exists()


def test_a_check_writes_nothing_even_where_another_plugin_would(tmp_path: Path) -> None:
    config = CONFIG.replace("[blogtools]", "[blogtools, tags]")
    files = {
        "mkdocs.yml": config,
        "docs/page.md": "---\ntags: [x]\n---\n# Page\n",
        "posts/a.md": essay("A"),
    }
    folder = write(tmp_path, files)
    before = state(folder)
    assert run(folder, "blogtools", "check").returncode == 0
    assert state(folder) == before
