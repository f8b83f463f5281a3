"""What MkDocs is given to build a reference from: configuration, pages and templates, as text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blogtools.mkdocs import reference_summary, reference_templates
from blogtools.mkdocs.reference_engine import TEMPLATES
from blogtools.model.companion import Chrome, Companion, Inventory, ModulePage, ObjectPage
from blogtools.model.interface import Voice, voice

_READING: Mapping[str, Any] = {
    "docstring_section_style": "table",
    "docstring_style": "google",
    "line_length": 88,
    "separate_signature": True,
    "show_bases": True,
    "show_signature_annotations": True,
    "show_source": True,
    "show_symbol_type_heading": True,
    "show_symbol_type_toc": True,
    "signature_crossrefs": True,
}
#: What decides which objects have an anchor, and that nothing runs: not for anyone to change.
_FIXED: Mapping[str, Any] = {
    "allow_inspection": False,
    "extensions": [],
    "filters": "public",
    "find_stubs_package": False,
    "force_inspection": False,
    "heading_level": 1,
    "inherited_members": False,
    "merge_init_into_class": True,
    "show_if_no_docstring": True,
    "show_root_full_path": True,
    "show_root_heading": True,
    "show_submodules": False,
}
_MARKDOWN: tuple[Any, ...] = (
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    {"toc": {"permalink": True}},
    "pymdownx.details",
    # Numbers of lines as an attribute each: half of what a column of them weighs.
    {"pymdownx.highlight": {"linenums_style": "pymdownx-inline"}},
    "pymdownx.inlinehilite",
    "pymdownx.superfences",
    "blogtools.mkdocs.reference_markdown",
)
_QUIET = {"not_found": "ignore", "absolute_links": "ignore", "omitted_files": "ignore"}
#: MkDocs' own sitemap tells the day of the build, and so differs every day.
_SITEMAP = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{%- for file in pages if file.page.canonical_url %}
  <url><loc>{{ file.page.canonical_url | e }}</loc></url>
{%- endfor %}
</urlset>
"""
#: Up to how many modules the navigation shows all of them; of more, those around the page.
_UNFOLDED = 40


def templates() -> Mapping[str, str]:
    """Return all templates but those that mkdocstrings brings along, by their path."""
    return {
        **{name: file.read_text(encoding="utf-8") for name, file in TEMPLATES.items()},
        "theme/sitemap.xml": _SITEMAP,
        **reference_templates.templates(),
    }


def pages(companion: Companion, inventory: Inventory, chrome: Chrome) -> Mapping[str, str]:
    """Return the Markdown of every page, by its path below the documentation folder."""
    say = voice(chrome.language, chrome.direction)
    found = {"index.md": _overview(companion, inventory, say)}
    for page in inventory.pages:
        found[_file(page.module)] = _module_page(page)
        found |= {
            f"{apart.folder}index.md": _object_page(apart, page, inventory) for apart in page.apart
        }
    return found


def configuration(
    companion: Companion, inventory: Inventory, chrome: Chrome, source: str
) -> dict[str, Any]:
    """Return the whole configuration of the build, as MkDocs reads it from YAML.

    Args:
        companion: The package to document.
        inventory: What its pages show.
        chrome: What the reference takes over from the essay site.
        source: The folder in which the modules lie.

    Returns:
        Plain values only.
    """
    say = voice(chrome.language, chrome.direction)
    version = {"name": companion.name, "label": companion.label}
    return {
        "site_name": companion.label,
        "site_url": chrome.site_url and chrome.site_url + companion.url,
        "edit_uri": "",
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": True,
        "theme": {
            "name": None,
            "custom_dir": "theme",
            "language": chrome.language,
            "direction": chrome.direction,
        },
        "extra": {"version": version, "unfolded": len(inventory.pages) <= _UNFOLDED},
        "nav": [{say("overview"): "index.md"}, *_navigation(inventory)],
        "validation": {"nav": _QUIET},
        "markdown_extensions": list(_MARKDOWN),
        "hooks": [str(Path(__file__).with_name("reference_hooks.py"))],
        "plugins": [
            "autorefs",
            {"mkdocstrings": _mkdocstrings(companion, inventory, source, say)},
        ],
    }


def _mkdocstrings(
    companion: Companion, inventory: Inventory, source: str, say: Voice
) -> dict[str, Any]:
    """Return the options of mkdocstrings: static, alone, and asking nobody."""
    extra = {
        "source_url": companion.source_url.replace("{version}", companion.version),
        "shown": reference_summary.shown(inventory, say),
        "view_source": say("view.source"),
    }
    options = {**_READING, **companion.options, **_FIXED, "extra": extra}
    options.setdefault("docstring_options", {"warnings": companion.source == "checkout"})
    python = {
        "paths": [source],
        "inventories": [],
        "load_external_modules": False,
        "options": _plain(options),
    }
    handlers = {"python": python}
    return {"handlers": handlers, "enable_inventory": False, "custom_templates": "templates"}


def _navigation(inventory: Inventory) -> list[Any]:
    """Return the navigation: packages as sections, their own page first, as they are nested."""
    modules = {page.module for page in inventory.pages}
    tops = [name for name in modules if name.rpartition(".")[0] not in modules]
    return [_nav_entry(name, name, modules) for name in sorted(tops)]


def _nav_entry(module: str, title: str, modules: set[str]) -> dict[str, Any]:
    """Return one module of the navigation with those below it."""
    below = sorted(name for name in modules if name.rpartition(".")[0] == module)
    if not below:
        return {title: _file(module)}
    children = [_nav_entry(name, name.rpartition(".")[2], modules) for name in below]
    return {title: [_file(module), *children]}


def _file(module: str) -> str:
    """Return the path of a module's page; a folder each, so that no module's name is special."""
    return module.replace(".", "/") + "/index.md"


def _module_page(page: ModulePage) -> str:
    """Return the Markdown of one module's page."""
    apart = {found.path for found in page.apart}
    here = [name for name in page.members if f"{page.module}.{name}" not in apart]
    return _directive(page.module, here, page.summary)


def _object_page(apart: ObjectPage, page: ModulePage, inventory: Inventory) -> str:
    """Return the Markdown of the page of one object, with the way up to its module."""
    here = f"{inventory.url}{apart.folder}#"
    members = [
        found.path.rpartition(".")[2]
        for found in inventory.objects
        if found.path.rpartition(".")[0] == apart.path and found.url.startswith(here)
    ]
    summary = next((one.summary for one in inventory.objects if one.path == apart.path), "")
    up = f'<p class="bt-up"><a href="../"><code>{page.module}</code></a></p>'
    return _directive(apart.path, members, summary, up)


def _directive(path: str, members: list[str], summary: str, before: str = "") -> str:
    """Return a page of one object and some of its members, as mkdocstrings is told."""
    head = _head(path, reference_summary.plain(summary))
    return f"{head}\n{before}\n\n::: {path}\n    options:\n      members: {json.dumps(members)}\n"


def _head(title: str, description: str) -> str:
    """Return the front matter of a page."""
    said = {"title": title, **({"description": description} if description else {})}
    return "".join(["---\n", *(f"{k}: {json.dumps(v)}\n" for k, v in said.items()), "---\n"])


def _overview(companion: Companion, inventory: Inventory, say: Voice) -> str:
    """Return the first page of the reference: all modules, each with its summary.

    The table is HTML, for a summary may hold anything that Markdown would take for its own.
    """
    heading = f"{companion.label}\n{'=' * len(companion.label)}"
    rows = "\n".join(
        f'<tr><td><a href="{page.module.replace(".", "/")}/"><code>{_breakable(page.module)}</code>'
        f"</a></td><td>{reference_summary.inline(page.summary)}</td></tr>"
        for page in inventory.pages
    )
    note = say("inventory", file='<a href="objects.inv">objects.inv</a>')
    table = f'<table class="bt-summary">\n<tbody>\n{rows}\n</tbody>\n</table>'
    return f"{_head(companion.label, '')}\n{heading}\n\n{table}\n\n{note}\n"


def _breakable(module: str) -> str:
    """Return a module's name as HTML that breaks, where it must, after dots and underscores."""
    return re.sub(r"\.|(?<=[^._])_+(?=[^_])", r"\g<0><wbr>", module)


def _plain(value: object) -> Any:
    """Return a value made of dictionaries, lists and scalars only, as YAML writes them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)
