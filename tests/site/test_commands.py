"""What each command promises: its exit code, and what it leaves alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.site.support import (
    BLOGTOOLS,
    CLOCK,
    CONFIG,
    FIXTURES,
    MKDOCS,
    Command,
    build,
    essay,
    run,
    run_all,
    state,
    succeed,
    without_progress,
    write,
)

BAD = "---\ntitle: Bad\ndate: never\n---\nText.\n"
WARNED = essay("Warned", body="[An anchor](#nowhere) that is not there.")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write(
        tmp_path / "tiny", {"mkdocs.yml": CONFIG, "posts/one.md": essay("One"), "docs/.keep": ""}
    )


@pytest.fixture
def good(tiny: Path) -> Path:
    """Return the tiny blog with a good site, built here to save a start of Python."""
    build(tiny)
    return tiny


# -- what stays as it is ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "arguments"),
    [
        ({"posts/bad.md": BAD}, ()),
        ({"posts/bad.md": "[x](nowhere.md)"}, ()),
        ({"posts/warned.md": WARNED}, ("--strict",)),
        ({"mkdocs.yml": CONFIG.replace("blogtools", "{blogtools: {per_page: 0}}")}, ()),
        ({"mkdocs.yml": "- no configuration\n"}, ()),
        ({"docs/page.md": "{{ [x](nowhere.md)"}, ()),
    ],
)
def test_a_failed_build_leaves_the_last_good_site_untouched(
    good: Path, files: dict[str, str], arguments: tuple[str, ...]
) -> None:
    write(good, files)
    site, names = state(good / "site"), set(state(good))
    assert run(good, "blogtools", "build", *arguments).returncode == 1
    assert state(good / "site") == site
    assert set(state(good)) == names


def test_a_build_that_is_killed_leaves_the_last_good_site(blog: Path) -> None:
    build(blog)
    before = state(blog / "site")
    process = subprocess.Popen(
        [sys.executable, "-m", "blogtools", "build"], cwd=blog, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 30
    while not any(blog.glob(".site.*/*")) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert state(blog / "site") == before
    succeed(blog, "blogtools", "build")
    assert [path.name for path in blog.glob(".site*")] == []


def test_no_command_writes_into_the_posts_or_the_docs(blog: Path) -> None:
    before = {name: state(blog / name) for name in ("posts", "docs", "src")}
    commands = [
        BLOGTOOLS,
        (*BLOGTOOLS, "--drafts", "-d", "site-2"),
        (*MKDOCS, "-d", "site-3"),
        ("blogtools", "check"),
        ("blogtools", "reference", "build"),
        ("blogtools", "reference", "list"),
        ("blogtools", "schema"),
    ]
    for done in run_all(Command(command, blog) for command in commands):
        assert done.returncode == 0, done.stderr
    assert {name: state(blog / name) for name in ("posts", "docs", "src")} == before
    added = {path.name for path in blog.iterdir()} - {p.name for p in (FIXTURES / "full").iterdir()}
    assert added == {".blogtools", "site", "site-2", "site-3"}


@pytest.mark.parametrize("name", ["posts", "docs", ".", "posts/site", "docs/deep"])
def test_a_site_never_lands_where_the_author_writes(tiny: Path, name: str) -> None:
    write(tiny, {"docs/index.md": "# Mine\n"})
    before = _written_by_the_author(tiny)
    done = run(tiny, "blogtools", "build", "--site-dir", name)
    # MkDocs finds some of them, as mistakes of the configuration.
    assert done.returncode in (1, 2)
    assert re.search("would (lie|replace)|should not be within|does not look like", done.stderr)
    assert _written_by_the_author(tiny) == before


def _written_by_the_author(blog: Path) -> dict[str, tuple[bytes, int]]:
    """Return everything but what builds remember, which may be deleted at any time."""
    found = state(blog).items()
    return {name: what for name, what in found if name != "." and ".blogtools" not in name}


def test_a_folder_that_is_no_site_is_never_replaced(tiny: Path) -> None:
    write(tiny, {"precious/thesis.txt": "Years of work."})
    done = run(tiny, "blogtools", "build", "--site-dir", "precious")
    assert done.returncode == 2
    assert "precious" in done.stderr
    assert (tiny / "precious/thesis.txt").read_text() == "Years of work."


def test_what_is_gone_from_the_posts_is_gone_from_the_site(tiny: Path) -> None:
    write(tiny, {"posts/two.md": essay("Two")})
    build(tiny)
    (tiny / "posts/two.md").unlink()
    succeed(tiny, "blogtools", "build")
    assert [path.name for path in (tiny / "site/posts").iterdir()] == ["one"]


# -- exit codes ------------------------------------------------------------------------------


def test_exit_code_0_when_all_is_fine(tiny: Path) -> None:
    commands = [
        ("blogtools", "build", "--strict"),
        ("blogtools", "check"),
        ("blogtools", "schema"),
        ("blogtools", "new", "A new essay"),
        ("blogtools", "init", "another"),
        ("blogtools", "reference", "list"),
        ("blogtools", "reference", "build"),
        ("blogtools", "reference", "update"),
        ("blogtools", "--help"),
        ("blogtools", "--version"),
    ]
    for done in run_all(Command(command, tiny) for command in commands):
        assert (done.returncode, without_progress(done.stderr)) == (0, ""), done.args


def test_exit_code_1_when_the_content_has_errors(tiny: Path) -> None:
    write(tiny, {"posts/bad.md": BAD})
    commands = [
        ("build",),
        ("check",),
        ("check", "--format", "json"),
        ("check", "--format", "gitlab"),
    ]
    results = run_all(Command(("blogtools", *command), tiny) for command in commands)
    assert [done.returncode for done in results] == [1, 1, 1, 1]
    build, text, as_json, gitlab = results
    line = "posts/bad.md:3:7: date: 'never' is not a day"
    # On a busy machine it tells of its progress first.
    assert build.stderr.splitlines()[-2].startswith(line)
    assert text.stdout.startswith(line)
    assert json.loads(as_json.stdout)["diagnostics"][0]["line"] == 3
    assert json.loads(gitlab.stdout)[0]["location"] == {
        "path": "posts/bad.md",
        "lines": {"begin": 3},
    }


def test_warnings_fail_a_strict_build_and_a_check_but_no_other_build(tiny: Path) -> None:
    write(tiny, {"posts/warned.md": WARNED})
    commands = [("build",), ("build", "--strict"), ("check",)]
    results = run_all(Command(("blogtools", *command), tiny) for command in commands)
    assert [done.returncode for done in results] == [0, 1, 1]
    warning = "posts/warned.md:6:13: warning: this page has no anchor '#nowhere'"
    assert all(warning in done.stderr + done.stdout for done in results)
    # MkDocs writes in place: two builds at once need a folder each.
    apart = (("-d", "site-1"), ("-d", "site-2", "--strict"))
    mkdocs = run_all(Command((*MKDOCS, *options), tiny) for options in apart)
    assert [done.returncode for done in mkdocs] == [0, 1]


def test_exit_code_2_when_a_command_is_used_wrongly(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    wrong = [
        (tmp_path / "empty", ("build",)),
        (tmp_path / "empty", ("check",)),
        (tmp_path / "empty", ("serve",)),
        (tmp_path / "empty", ("new", "Title")),
        (tmp_path / "empty", ("reference", "list")),
        (tmp_path / "empty", ("reference", "build")),
        (tmp_path / "empty", ("reference", "update")),
        (tiny, ("build", "--no-such-option")),
        (tiny, ("build", "-f", "no-such-file.yml")),
        (tiny, ("build", "-f", "posts")),
        (tiny, ("check", "--format", "xml")),
        (tiny, ("no-such-command",)),
        (tiny, ("new",)),
        (tiny, ("new", " ")),
        (tiny, ("init",)),
        (tiny, ("reference", "build", "nobody")),
        (tiny, ("serve", "--port", "99999")),
    ]
    results = run_all(Command(("blogtools", *command), folder) for folder, command in wrong)
    for (_, command), done in zip(wrong, results, strict=True):
        assert (command, done.returncode) == (command, 2)
        assert done.stderr.strip(), command
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [BLOGTOOLS, MKDOCS])
def test_a_wrong_clock_is_said(tiny: Path, command: tuple[str, ...]) -> None:
    done = run(tiny, *command, SOURCE_DATE_EPOCH="yesterday")
    assert done.returncode == (2 if command is BLOGTOOLS else 1)
    assert "SOURCE_DATE_EPOCH is 'yesterday'; set it to seconds since 1970" in done.stderr
    assert "Traceback" not in done.stderr


def test_new_never_writes_over_an_essay(tiny: Path) -> None:
    said = succeed(tiny, "blogtools", "new", "Twice: the same")
    (essay_file,) = (tiny / "posts").glob("*-twice-the-same.md")
    assert essay_file.name in said
    before = essay_file.read_bytes()
    assert run(tiny, "blogtools", "new", "Twice: the same").returncode == 2
    assert essay_file.read_bytes() == before
    succeed(tiny, "blogtools", "check", "--drafts")


def test_new_knows_the_folder_of_essays_even_if_it_is_inherited(tiny: Path) -> None:
    base = CONFIG.replace("[blogtools]", "{blogtools: {posts_dir: content/essays}}")
    write(tiny, {"base.yml": base, "mkdocs.yml": "INHERIT: base.yml\n", "docs/.keep": ""})
    said = succeed(tiny, "blogtools", "new", "Inherited")
    (essay_file,) = (tiny / "content/essays").iterdir()
    assert f"content/essays/{essay_file.name}" in said
    assert [path.name for path in (tiny / "posts").iterdir()] == ["one.md"]


# -- serve -----------------------------------------------------------------------------------


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve a blog, and yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "blogtools", "serve", "--port", "0"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "SOURCE_DATE_EPOCH": CLOCK, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if address := re.search(r"http://\S+", line):
                yield address[0], process
                break
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def fetched(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as failure:
        return failure.code, failure.read().decode()


def until(url: str, text: str) -> str:
    """Wait until a page says something, and return it."""
    deadline = time.monotonic() + 20
    while text not in (page := fetched(url)[1]):
        assert time.monotonic() < deadline, page
        time.sleep(0.05)
    return page


def test_serve_builds_again_when_anything_is_saved_that_a_build_has_read(tmp_path: Path) -> None:
    config = """\
INHERIT: base.yml
site_url: http://tiny.example/
theme: {name: material}
plugins: [blogtools, macros]
hooks: [hook.py]
markdown_extensions: [{pymdownx.snippets: {base_path: [parts]}}]
"""
    hook = "def on_page_content(html, **_): return html + '<p>Hook one</p>'\n"
    files = {
        "mkdocs.yml": config,
        "base.yml": "site_name: Name one\n",
        "parts/a.md": "Part one\n",
        "hook.py": hook,
        "main.py": "def define_env(env): env.variables['said'] = 'Macro one'\n",
        "posts/a.md": essay("A", body='--8<-- "a.md"\n\n{{ said }}\n'),
        "docs/b.md": "# B\n",
    }
    blog = write(tmp_path, files)
    places = {"base.yml": "Name", "parts/a.md": "Part", "hook.py": "Hook", "main.py": "Macro"}
    with served(blog) as (url, _):
        for name, word in places.items():
            page = f"{url}b/" if word == "Hook" else f"{url}posts/a/"
            until(page, f"{word} one")
            write(blog, {name: files[name].replace(f"{word} one", f"{word} number two")})
            until(page, f"{word} number two")


def test_serve_shows_drafts_and_mistakes_and_ends_with_ctrl_c(tiny: Path) -> None:
    write(tiny, {"posts/draft.md": essay("A draft", draft="true")})
    with served(tiny) as (url, process):
        assert "Draft" in until(f"{url}posts/draft/", "A draft")
        write(tiny, {"posts/one.md": essay("One, changed")})
        until(f"{url}posts/one/", "One, changed")
        write(tiny, {"posts/one.md": BAD})
        said = b""
        for line in process.stdout or ():
            said += line.encode()
            if "posts/one.md:3:7" in line:
                break
        assert b"Traceback" not in said
        assert "One, changed" in fetched(f"{url}posts/one/")[1], "the last good page stays"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert not (tiny / "site").exists()
