"""The theme's own files, found without a look at all of its icons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import Files

from blogtools.build.memory import Memory
from blogtools.mkdocs import theme as themes
from blogtools.mkdocs.theme import add_files, compile_once

from .support import write

OVERRIDES = {
    f"overrides/{name}": ""
    for name in ("own.css", "a/deep.svg", ".hidden", ".icons/one.svg", "a/.b/two.svg", "x.html")
}


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_they_are_those_that_mkdocs_finds(theme: str, tmp_path: Path) -> None:
    named = f"theme: {{name: {theme}, custom_dir: overrides}}\n"
    root = write(tmp_path, {"mkdocs.yml": f"site_name: T\n{named}", "docs/a.md": "", **OVERRIDES})
    config = load_config(str(root / "mkdocs.yml"))
    found, wanted = Files([]), Files([])
    add_files(found, config, Memory.of_nothing(root))
    wanted.add_files_from_theme(config.theme.get_env(), config)
    assert [file.abs_src_path for file in found] == [file.abs_src_path for file in wanted]
    assert {"own.css", "a/deep.svg"} <= found.src_uris.keys()


class Compiled:
    """Templates as they are compiled, once, by environments that differ."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def render(self, text: str, language: str = "en", **options: Any) -> str:
        """Render a template of a new environment with some options."""
        filters = options.pop("filters", {})
        env = jinja2.Environment(
            loader=jinja2.DictLoader({"a.html": text}), autoescape=True, **options
        )
        env.filters.update(filters)
        compile_once(env, language)
        return env.get_template("a.html").render()

    @property
    def count(self) -> int:
        return sum(file.is_file() for file in self.folder.rglob("*"))


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compiled:
    monkeypatch.setattr(themes, "_COMPILED", tmp_path)
    return Compiled(tmp_path)


def test_a_template_is_compiled_once(compiled: Compiled) -> None:
    assert [compiled.render("{{ 1 + 1 }}") for _ in range(2)] == ["2", "2"]
    assert compiled.count == 1


def test_what_is_compiled_for_one_environment_is_not_for_another(compiled: Compiled) -> None:
    text = "{% if true %}\n  a\n{% endif %}\n"
    plain = compiled.render(text)
    assert compiled.render(text, trim_blocks=True, lstrip_blocks=True) == "  a\n"
    assert compiled.render(text) == plain == "\n  a\n"
    compiled.render(text, language="de")
    assert compiled.count == 3


def test_what_calls_somebodys_own_filter_is_compiled_in_each_build(compiled: Compiled) -> None:
    text = "{{ 'id'|marked }}"
    for number in (1, 2):
        marked = {"marked": lambda text, number=number: f"{text}-{number}"}
        assert compiled.render(text, filters=marked) == f"id-{number}"
    assert compiled.count == 0
