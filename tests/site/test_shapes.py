"""Options that MkDocs only passes on are said at their places where nobody could use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.support import CONFIG, essay, run, write

MATERIAL = "theme: {name: material}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("theme: {name: material, language: []}", "theme.language is not text"),
        ("theme: {name: material, direction: 1}", "theme.direction is not text"),
        ("theme: {name: material, favicon: 'https://['}", "theme.favicon 'https://[' is no"),
        ("theme: {name: material, static_templates: [null]}", "theme.static_templates is not a"),
        ("extra: {homepage: 'https://['}", "extra.homepage 'https://[' is no address"),
        ("extra: {social: 5}", "extra.social is not a list of entries"),
        ("extra: {social: [x]}", "extra.social is not a list of entries"),
        ("extra: {alternate: true}", "extra.alternate is not a list of entries"),
        ("extra: {alternate: [{link: 'https://['}]}", "extra.alternate.0.link 'https://[' is no"),
        ("extra_css: [{a.css: 1}]", "extra_css is not a list of texts"),
        ("extra_css: [a.css, 'https://[']", "extra_css.1 'https://[' is no address"),
        ("extra_javascript: ['https://[']", "extra_javascript.0 'https://[' is no address"),
        ("nav: [{Here: [{There: 'https://['}]}]", "nav.0.Here.0.There 'https://[' is no"),
        ("markdown_extensions: [{}]", "markdown_extensions: MkDocs cannot read this"),
        ("markdown_extensions: [{pymdownx.emoji: {options: own}}]", "options is not a set of"),
        (
            "markdown_extensions: [{pymdownx.emoji: {options: {custom_icons: 5}}}]",
            "options.custom_icons is not a list of texts",
        ),
    ],
)
def test_what_nobody_could_use_is_said_at_its_line(line: str, said: str, tmp_path: Path) -> None:
    config = CONFIG.replace(MATERIAL, line) if "theme" in line else f"{CONFIG}{line}\n"
    number = config.splitlines().index(line) + 1
    folder = write(tmp_path, {"mkdocs.yml": config, "posts/a.md": essay("A")})
    done = run(folder, "blogtools", "build")
    assert done.returncode == 1
    assert f"mkdocs.yml:{number}:" in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_of_any_size_may_be_an_option_of_an_extension(tmp_path: Path) -> None:
    config = f"{CONFIG}markdown_extensions: [{{abbr: {{}}, toc: {{baselevel: {10**20}}}}}]\n"
    folder = write(tmp_path, {"mkdocs.yml": config, "posts/a.md": essay("A")})
    done = run(folder, "blogtools", "build")
    assert "Traceback" not in done.stderr


def test_what_is_switched_off_is_no_mistake(tmp_path: Path) -> None:
    config = CONFIG.replace(MATERIAL, "theme: {name: material, logo: false}")
    config += "extra: {homepage: false, social: false, alternate: false}\n"
    folder = write(tmp_path, {"mkdocs.yml": config, "posts/a.md": essay("A")})
    assert run(folder, "blogtools", "build").returncode == 0
