"""A template, an icon or a language that is not there is said where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.support import CONFIG, essay, run, write

THEME = "theme: {name: material}"


def failed(folder: Path, *command: str) -> str:
    done = run(folder, *command)
    assert done.returncode == 1
    said = done.stderr + done.stdout
    assert "Traceback" not in said
    assert "search paths" not in said
    return said


def with_template(folder: Path, name: str) -> Path:
    front = f"---\ntitle: A\ndate: 2026-01-01\ntemplate: {name}\n---\nText.\n"
    return write(folder, {"mkdocs.yml": CONFIG, "posts/a.md": front, "posts/b.md": essay("B")})


def with_theme(folder: Path, rest: str) -> Path:
    assert THEME in CONFIG
    config = CONFIG.replace(THEME, f"theme:\n  name: material\n{rest}")
    return write(folder, {"mkdocs.yml": config, "posts/a.md": essay("A")})


@pytest.mark.parametrize("name", ["nope.html", "../x", "posts"])
@pytest.mark.parametrize("verb", ["build", "check"])
def test_a_template_that_is_not_there_is_said_at_its_line(
    name: str, verb: str, tmp_path: Path
) -> None:
    said = failed(with_template(tmp_path, name), "blogtools", verb)
    assert f"posts/a.md:4:11: there is no template '{name}'. Leave 'template' out" in said


def test_mkdocs_says_it_too(tmp_path: Path) -> None:
    folder = write(with_template(tmp_path, "nope.html"), {"docs/index.md": "# Home\n"})
    said = failed(folder, "mkdocs", "build")
    assert "posts/a.md:4:11: there is no template 'nope.html'" in said


def test_a_template_of_the_blogs_own_is_found(tmp_path: Path) -> None:
    folder = with_template(tmp_path, "own.txt")
    (folder / "mkdocs.yml").write_text(CONFIG.replace("material", "material, custom_dir: own"))
    write(folder, {"own/own.txt": "My own."})
    assert run(folder, "blogtools", "build").returncode == 0
    assert (folder / "site/posts/a/index.html").read_text() == "My own."


def test_an_icon_that_is_not_there_is_said_at_its_line(tmp_path: Path) -> None:
    said = failed(with_theme(tmp_path, "  icon:\n    logo: my/logo\n"), "blogtools", "build")
    assert "mkdocs.yml" in said
    assert ":11: there is no icon 'my/logo'. Write the name of one of Material's icons" in said


def test_a_language_that_the_theme_has_not_is_said_at_its_line(tmp_path: Path) -> None:
    said = failed(with_theme(tmp_path, "  language: xx\n"), "blogtools", "build")
    assert ":13: the theme has no words for the language 'xx'. Write a language" in said


def test_a_template_that_another_asks_for_is_named(tmp_path: Path) -> None:
    folder = with_theme(tmp_path, "  custom_dir: own\n")
    write(folder, {"own/404.html": '{% include "gone.html" %}'})
    said = failed(folder, "blogtools", "build")
    assert "own/404.html:1:1: there is no template 'gone.html', which is asked for" in said


def test_what_a_template_gets_wrong_is_said_at_its_line_by_every_process(tmp_path: Path) -> None:
    folder = with_theme(tmp_path, "  custom_dir: own\n")
    write(folder, {f"posts/e{n}.md": essay(f"E{n}") for n in range(40)})
    write(folder, {"own/blogtools/post.html": "\n{{ nobody.nothing }}"})
    said = failed(folder, "blogtools", "build")
    assert "own/blogtools/post.html:2:1: the template cannot be used: 'nobody' is undefined" in said
    write(folder, {"own/blogtools/post.html": "\n{{ nobody"})
    said = failed(folder, "blogtools", "build")
    assert "own/blogtools/post.html:2:1: the template cannot be used: unexpected end" in said
