"""The theme's own files and templates, found and compiled without doing it in every build."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from blogtools.app.reading import unfit
from blogtools.build.environment import installed, is_from_elsewhere, is_of_a_package
from blogtools.build.memory import Memory
from blogtools.model.digest import digest_of
from blogtools.model.interface import Voice

# Compiled templates are code, so they lie where Python keeps our own compiled modules, and not in
# the store, which may come from another machine.
_COMPILED = Path(__file__).parents[1] / "__pycache__" / "templates"
_SYNTAX = (
    *("block_start_string", "block_end_string", "variable_start_string", "variable_end_string"),
    *("comment_start_string", "comment_end_string", "line_statement_prefix", "optimized"),
    *("line_comment_prefix", "trim_blocks", "lstrip_blocks", "newline_sequence"),
    *("keep_trailing_newline", "finalize", "undefined", "code_generator_class", "is_async"),
)


def add_files(files: Files, config: MkDocsConfig, memory: Memory) -> None:
    """Add the theme's static files, as MkDocs does; it looks at twelve thousand icons for that."""
    templates = sorted(config.theme.static_templates)
    folders = [_known_by(folder, memory) for folder in config.theme.dirs]
    key = digest_of("theme", memory.environment, folders, templates)
    for name in memory.value(key, list[str], lambda: _names(config)):
        if files.get_file_from_path(name) is None:
            # What was a file when the names were found may be a link to nothing by now.
            folder = next((d for d in config.theme.dirs if Path(d, name).is_file()), None)
            if folder is not None:
                files.append(File(name, folder, config.site_dir, config.use_directory_urls))


def _known_by(folder: str, memory: Memory) -> object:
    """Return what tells which files a folder of a theme has: of a package's, its version does."""
    if is_of_a_package(folder):
        return Path(folder).parts[-2:]  # which of its folders; where it lies is another matter
    # Some names may be no text, which the plugin will complain of.
    return [*map(os.fsencode, memory.files.tree(folder))]


def forget_icons(config: MkDocsConfig) -> None:
    """Have Material read a blog's own icons again, which it does once in a process."""
    # Importing it would take longer than most builds have to spare.
    material = sys.modules.get("material.extensions.emoji")
    options = config.mdx_configs.get("pymdownx.emoji", {}).get("options") or {}
    if material is not None and options.get("custom_icons"):
        for remembering in (material._load, material._load_twemoji_index):  # noqa: SLF001
            remembering.cache_clear()


def _names(config: MkDocsConfig) -> list[str]:
    """Return the names of the theme's static files, asking MkDocs itself."""
    found, loader = Files([]), _Visible(config.theme.dirs)
    found.add_files_from_theme(jinja2.Environment(loader=loader, autoescape=True), config)
    return [file.src_uri for file in found if not unfit(file.src_uri)]


class _Visible(jinja2.FileSystemLoader):
    """Lists a theme's files without what is hidden: icons, of which MkDocs would take none."""

    def list_templates(self) -> list[str]:
        return sorted({name for folder in self.searchpath for name in _visible(folder)})


def _visible(folder: str) -> Iterator[str]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            yield Path(here, name).relative_to(folder).as_posix()


def leave_out_materials(files: Files, config: MkDocsConfig) -> None:
    """Leave Material's scripts and style sheets out of the site: no page asks for one.

    Its pictures stay: one of them is the icon of a site that names none.
    """
    home = next(
        (folder for folder in config.theme.dirs if Path(folder).parent.name == "material"), ""
    )
    for file in list(files):
        if file.src_dir == home and not file.src_uri.startswith("assets/images/"):
            files.remove(file)


def compile_once(env: jinja2.Environment, language: str) -> None:
    """Keep compiled templates, where that is possible.

    Args:
        env: The environment as pages will be made with it: plugins and hooks have changed it.
        language: That of the site, which our own filters know.
    """
    if (known := _compiling(env, language)) is None:
        return
    folder = _COMPILED / digest_of(known).hex()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    if os.access(folder, os.W_OK):
        env.bytecode_cache = jinja2.FileSystemBytecodeCache(str(folder))


def _compiling(env: jinja2.Environment, language: str) -> object:
    """Return what the code of a template follows from besides its text; None if nobody knows it.

    Jinja calls filters and tests while it compiles, where it knows what they are given.
    """
    called = {**env.filters, **{f"is {name}": test for name, test in env.tests.items()}}
    names = {name: _qualified(function) for name, function in called.items()}
    if None in names.values():
        return None
    options = [repr(getattr(env, name)) for name in _SYNTAX]
    return installed(), language, options, sorted(env.extensions), names, repr(env.autoescape)


def _qualified(function: Any) -> str | None:
    """Return the name of a function of a package; None for one that may be another next time.

    A method follows from its object as well; what says words, from the language alone.
    """
    if not isinstance(getattr(function, "__self__", None), None | type | ModuleType | Voice):
        return None
    module, name = getattr(function, "__module__", ""), getattr(function, "__qualname__", "<")
    return None if "<" in name or not module or is_from_elsewhere(module) else f"{module}.{name}"
