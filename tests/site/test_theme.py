"""The theme's own files, found without a look at all of its icons."""

from __future__ import annotations

import os
import textwrap
from contextlib import closing
from pathlib import Path
from typing import Any

import jinja2
import mkdocs
import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import Files

from blogtools.build.files import Files as FilesSeen
from blogtools.build.memory import Memory
from blogtools.build.store import Store
from blogtools.mkdocs import theme as themes
from blogtools.mkdocs.theme import add_files, compile_once
from blogtools.model.interface import voice

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


def test_files_in_folders_that_a_hook_adds_are_found_when_they_come(tmp_path: Path) -> None:
    root = write(tmp_path, {"mkdocs.yml": "site_name: T\ntheme: material\n", "docs/a.md": ""})
    write(root, {"more/one.txt": "", "more/.hidden": ""})

    def found(*more: str, of: str = ".txt") -> set[str]:
        config, files = load_config(str(root / "mkdocs.yml")), Files([])
        config.theme.dirs[:0] = [str(root / folder) for folder in more]
        with closing(Store(root / "store.sqlite")) as store:
            add_files(files, config, Memory(FilesSeen(root), store=store))
        return {name for name in files.src_uris if name.endswith(of)}

    assert found() == set()
    assert found("more") == {"one.txt"}
    write(root, {"more/two.txt": ""})
    assert found("more") == {"one.txt", "two.txt"}
    assert found() == set()
    # Two folders of one package, in folders of the same name.
    themes = Path(mkdocs.__file__).parent / "themes"
    assert "css/theme.css" not in found(str(themes / "mkdocs"), of=".css")
    assert "css/theme.css" in found(str(themes / "readthedocs"), of=".css")


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


def test_what_calls_a_method_of_somebodys_object_is_compiled_in_each_build(
    compiled: Compiled,
) -> None:
    text = "{{ 'word'|filled }}"
    for indent in ("-", "+"):
        filled = textwrap.TextWrapper(initial_indent=indent).fill
        assert compiled.render(text, filters={"filled": filled}) == f"{indent}word"
    assert compiled.count == 0
    compiled.render(text, filters={"filled": voice("en").essays})
    compiled.render(text, filters={"filled": os.path.basename})
    assert compiled.count == 2
