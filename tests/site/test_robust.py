"""Whatever a blog brings along, and wherever it is built, there is a message and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.support import CONFIG, Command, essay, run, without_progress, write

BLOG = {"mkdocs.yml": CONFIG, "posts/a.md": essay("A")}


def test_a_hook_that_raises_is_named_with_its_line(tmp_path: Path) -> None:
    hook = "\n\ndef on_page_markdown(markdown, **kwargs):\n    raise ValueError('boom')\n"
    config = CONFIG + "hooks: [hooks.py]\n"
    folder = write(tmp_path, {**BLOG, "mkdocs.yml": config, "hooks.py": hook})
    for command in ("build", "check"):
        done = run(folder, "blogtools", command)
        assert done.returncode == 1
        assert "hooks.py:4:1: ValueError in on_page_markdown: boom" in done.stderr + done.stdout
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def f(:\n", "SyntaxError: invalid syntax (named.py, line 1)"),
        ("raise RuntimeError('two\\nlines')\n", "RuntimeError: two lines"),
        ("import sys\nsys.exit('enough')\n", "SystemExit: enough"),
        ("open('gone')\n", "FileNotFoundError: [Errno 2] No such file or directory: 'gone'"),
    ],
)
@pytest.mark.parametrize(
    ("config", "place"),
    [
        ("extra:\n  it: !!python/name:named.f\n", "mkdocs.yml:6:7: named.f"),
        ("extra: [!!python/module:named ]\n", "mkdocs.yml:5:9: named"),
        ("extra:\n  it: !!python/object/apply:named.f []\n", "mkdocs.yml:6:7: named.f"),
        ("hooks:\n- named.py\n", "mkdocs.yml:6:1: named.py"),
        ("INHERIT: base.yml\n", "base.yml:1:9: named.f"),
    ],
)
def test_code_that_cannot_be_imported_is_told_where_the_configuration_names_it(
    tmp_path: Path, config: str, place: str, code: str, why: str
) -> None:
    base = "extra: [!!python/name:named.f ]\n"
    files = {**BLOG, "mkdocs.yml": CONFIG + config, "base.yml": base, "named.py": code}
    folder = write(tmp_path, files)
    done = Command(("blogtools", "build"), folder, {"PYTHONPATH": _with(folder)}).run()
    said = f"{place} cannot be used: {why}. Mend it, or take it out of the configuration\n"
    assert done.stderr == f"{said}1 error.\n"
    assert done.returncode == 1


def test_an_extension_that_exits_does_not_end_the_command_without_a_word(tmp_path: Path) -> None:
    config = f"{CONFIG}markdown_extensions: [leaving]\n"
    files = {**BLOG, "mkdocs.yml": config, "leaving.py": "raise SystemExit('enough')\n"}
    folder = write(tmp_path, files)
    done = Command(("blogtools", "build"), folder, {"PYTHONPATH": _with(folder)}).run()
    said = "mkdocs.yml:5:22: markdown_extensions: MkDocs cannot read this configuration: enough\n"
    assert said in done.stderr
    assert done.returncode == 1


def test_a_configuration_that_inherits_from_itself_is_said_in_a_line(tmp_path: Path) -> None:
    folder = write(tmp_path, {**BLOG, "mkdocs.yml": f"{CONFIG}INHERIT: mkdocs.yml\n"})
    done = run(folder, "blogtools", "build")
    assert done.stderr.startswith("mkdocs.yml:1:1: MkDocs cannot read this configuration: ")
    assert done.stderr.endswith("\n1 error.\n")
    assert done.stderr.count("\n") == 2
    assert done.returncode == 1


def test_what_a_tag_calls_may_fail(tmp_path: Path) -> None:
    config = f"{CONFIG}copyright: !!python/object/apply:operator.truediv [1, 0]\n"
    done = run(write(tmp_path, {**BLOG, "mkdocs.yml": config}), "blogtools", "check")
    said = "mkdocs.yml:5:12: operator.truediv cannot be used: ZeroDivisionError: division by zero."
    assert said in done.stdout
    assert done.returncode == 1


def _with(folder: Path) -> str:
    """Return where modules are looked for, with a folder besides."""
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH", ""))))


def test_a_link_to_nothing_among_the_sources_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, {**BLOG, "docs/index.md": "# Hello\n"})
    (folder / "docs/gone.md").symlink_to("nowhere")
    (folder / "posts/gone.md").symlink_to("nowhere")
    done = run(folder, "blogtools", "build")
    assert done.returncode == 1
    assert "docs/gone.md:1:1: the file cannot be read" in done.stderr
    assert "posts/gone.md:1:1: the file cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_option_of_an_extension_that_is_wrong_is_said_in_a_line(tmp_path: Path) -> None:
    config = CONFIG + "markdown_extensions:\n  - toc: {permalnk: true}\n"
    done = run(write(tmp_path, {**BLOG, "mkdocs.yml": config}), "blogtools", "build")
    assert done.returncode == 1
    assert "permalnk" in done.stderr
    assert "File " not in done.stderr


def test_front_matter_in_toml_is_told_from_a_missing_title(tmp_path: Path) -> None:
    toml = "+++\ntitle = 'x'\n+++\nText.\n"
    done = run(write(tmp_path, {**BLOG, "posts/2026-01-02-t.md": toml}), "blogtools", "check")
    assert done.returncode == 1
    assert "posts/2026-01-02-t.md:1:1: the front matter is TOML" in done.stdout
    assert "no title" not in done.stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_cannot_be_written_is_said(unbuffered: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "blogtools", "check"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command,
            cwd=write(tmp_path, BLOG),
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert without_progress(done.stderr) == "blogtools: No space left on device\n"


def test_a_navigation_may_call_a_page_by_a_number(tmp_path: Path) -> None:
    config = f"{CONFIG}nav: [2026: year.md]\n"
    folder = write(tmp_path, {**BLOG, "mkdocs.yml": config, "docs/year.md": "# A year\n"})
    done = run(folder, "blogtools", "build")
    assert done.returncode == 0, done.stderr
    assert "[2026](" in (folder / "site/llms.txt").read_text("utf-8")


@pytest.mark.parametrize("option", ["exclude_docs", "draft_docs", "not_in_nav"])
def test_a_pattern_that_means_nothing_is_told_at_its_option(option: str, tmp_path: Path) -> None:
    config = f'{CONFIG}{option}: "[z-a]"\n'
    done = run(write(tmp_path, {**BLOG, "mkdocs.yml": config}), "blogtools", "build")
    begin = len(option) + 3
    said = f"mkdocs.yml:5:{begin}: {option}: MkDocs cannot read this configuration: bad character"
    assert done.stderr.startswith(said), done.stderr
    assert done.stderr.endswith("\n1 error.\n")
    assert done.returncode == 1


@pytest.mark.parametrize("option", ["site_description", "copyright", "site_author", "repo_url"])
@pytest.mark.parametrize("file", ["mkdocs.yml", "base.yml"])
def test_half_a_character_is_told_where_the_configuration_spells_it(
    file: str, option: str, tmp_path: Path
) -> None:
    wrong = f'{option}: "https://a.example/\\ud800"\n'
    files = {"mkdocs.yml": f"{CONFIG}INHERIT: base.yml\n", "base.yml": "\n\n\n\n\n"}
    folder = write(tmp_path, {**BLOG, **files, file: files[file] + wrong})
    for verb in ("build", "check"):
        done = run(folder, "blogtools", verb)
        place = f"{file}:6:{len(option) + 4 + len('https://a.example/') + 2}"
        said = done.stderr + done.stdout
        assert f"{place}: this escape is no character, and cannot stand in a page." in said
        assert "Traceback" not in said
        assert done.returncode == 1


def test_a_file_that_takes_a_built_pages_folder_is_told_and_one_left_out_is_not(
    tmp_path: Path,
) -> None:
    folder = write(tmp_path, {**BLOG, "docs/LICENSE.md": "# Licence\n"})
    assert run(folder, "blogtools", "build").returncode == 0
    write(folder, {"docs/LICENSE": "A licence."})
    done = run(folder, "blogtools", "build")
    assert "docs/LICENSE:1:1: the URL /LICENSE belongs to docs/LICENSE.md already." in done.stderr
    assert done.returncode == 1
    assert (folder / "site/LICENSE/index.html").is_file()
    write(folder, {"mkdocs.yml": f"{CONFIG}exclude_docs: LICENSE\n"})
    assert run(folder, "blogtools", "build").returncode == 0


def test_a_file_in_whose_place_a_page_is_written_is_told_and_one_left_out_is_not(
    tmp_path: Path,
) -> None:
    files = ("404.html", "about/index.html", "archive/index.html", "index.html")
    folder = write(tmp_path, {**BLOG, **{f"docs/{file}": "Mine." for file in files}})
    write(folder, {"docs/about.md": "# About\n", "docs/own/index.html": "Mine."})
    done = run(folder, "blogtools", "build")
    told = [f"docs/{file}:1:1: the URL /{file} belongs to" for file in files]
    lines = done.stderr.splitlines()
    assert [line.startswith(said) for line, said in zip(lines, told, strict=False)] == [True] * 4
    assert lines[4:] == ["4 errors."]
    left_out = "".join(f"  /{file}\n" for file in files)
    write(folder, {"mkdocs.yml": f"{CONFIG}exclude_docs: |\n{left_out}"})
    assert run(folder, "blogtools", "build").returncode == 0
    assert (folder / "site/own/index.html").read_text() == "Mine."


def test_no_file_of_the_site_is_a_folder_too_whoever_made_it(tmp_path: Path) -> None:
    files = {"docs/about.md": "# About\n", "docs/about/index.md/picture.svg": "<svg/>"}
    done = run(write(tmp_path, {**BLOG, **files}), "blogtools", "build")
    said = "the site cannot have both /about/index.md and /about/index.md/picture.svg: one is"
    assert f"docs/about/index.md/picture.svg:1:1: {said} a folder. Rename one" in done.stderr
    assert done.returncode == 1
