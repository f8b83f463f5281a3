"""A template, an icon or a language that is not there is said where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig

from blogtools.mkdocs.template_problems import templates_explained
from blogtools.model.diagnostic import ContentError
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


WITHOUT_END = "it comes to no end, as where a template extends or includes itself"
HOOK = "def on_post_page(output, **_):\n    return output\n"


def with_own(folder: Path, name: str, text: str | bytes) -> Path:
    return write(with_theme(folder, "  custom_dir: own\n"), {f"own/{name}": text})


@pytest.mark.parametrize(
    ("name", "text", "line", "why"),
    [
        ("main.html", "\n{{ 1/0 }}", 2, "ZeroDivisionError: division by zero"),
        ("main.html", "\n\n{% for i in 5 %}{% endfor %}", 3, "'int' object is not iterable"),
        ("404.html", '{{ "a" + 5 }}', 1, "TypeError: can only concatenate str"),
        ("blogtools/post.html", "\n{{ say(5) }}", 2, "KeyError: 5"),
        ("blogtools/post.html", '\n{% include "blogtools/post.html" %}', 2, WITHOUT_END),
        ("main.html", '{% extends "main.html" %}', 1, WITHOUT_END),
        (
            "blogtools/post.html",
            '{% set page = 5 %}\n{% extends "main.html" %}',
            2,
            "AttributeError: 'int' object has no attribute",
        ),
    ],
)
def test_whatever_a_template_of_the_authors_raises_is_said_at_its_line(
    name: str, text: str, line: int, why: str, tmp_path: Path
) -> None:
    folder = write(with_own(tmp_path, name, text), {"docs/about.md": "# About\n"})
    said = failed(folder, "blogtools", "build")
    assert f"own/{name}:{line}:1: the template cannot be used: " in said
    assert why in said


@pytest.mark.parametrize("name", ["main.html", "partials/language.html"])
def test_a_template_that_is_not_utf_8_is_said_at_the_byte(name: str, tmp_path: Path) -> None:
    said = failed(with_own(tmp_path, name, b"\ncaf\xe9"), "blogtools", "build")
    assert f"own/{name}:2:4: byte 0xe9 is not UTF-8. Save the file as UTF-8" in said


@pytest.mark.parametrize("hooks", ["", "hooks: [hooks.py]\n"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\n{{ 1/0 }}", "2:1: the template cannot be used: ZeroDivisionError: division by zero"),
        (b"\n{{ 1", "2:1: the template cannot be used: unexpected end of template"),
        (b"\n{{ a.b }}", "2:1: the template cannot be used: 'a' is undefined"),
        (b"caf\xe9", "1:4: byte 0xe9 is not UTF-8. Save the file as UTF-8"),
    ],
)
def test_an_extra_template_is_a_template_of_the_authors(
    text: bytes, said: str, hooks: str, tmp_path: Path
) -> None:
    config = f"{CONFIG}extra_templates: [x.txt]\n{hooks}"
    write(tmp_path, {"mkdocs.yml": config, "hooks.py": HOOK, "posts/a.md": essay("A")})
    folder = write(tmp_path, {"docs/x.txt": text})
    assert f"docs/x.txt:{said}" in failed(folder, "blogtools", "build")


def test_what_comes_through_no_template_of_the_authors_is_not_hidden(tmp_path: Path) -> None:
    config = MkDocsConfig(str(tmp_path / "mkdocs.yml"))
    config.load_dict({"site_name": "A", "theme": {"name": "material"}})
    config.validate()
    with pytest.raises(ZeroDivisionError), templates_explained(config):
        _ = 1 // 0
    wrong = ContentError(())
    with pytest.raises(ContentError) as raised, templates_explained(config):
        raise wrong
    assert raised.value is wrong
