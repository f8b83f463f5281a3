"""What MkDocs is given to build a reference from: configuration, pages and templates, as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from blogtools.mkdocs import reference_marks, reference_summary, reference_templates
from blogtools.model.companion import Chrome, Companion, Inventory, ModulePage, ObjectPage

#: Options of the theme that a reference shares with the site around it. Not among them: fonts (they
#: would be fetched from elsewhere) and the site's own templates (they speak of essays).
_SHARED = ("admonition", "direction", "favicon", "icon", "language", "logo", "palette")
_IMAGES = ("logo", "favicon")
#: Features of Material that need essays, edit links or a tab for each section to make sense.
_UNFIT = (
    "content.action.",
    "header.autohide",
    "navigation.sections",
    "navigation.tabs",
    "toc.integrate",
)
#: Features that a reference has in any case.
_NEEDED = ("navigation.indexes", "toc.follow")
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
    "pymdownx.highlight",
    "pymdownx.inlinehilite",
    "pymdownx.superfences",
    "blogtools.mkdocs.reference_markdown",
)
_QUIET = {"not_found": "ignore", "absolute_links": "ignore", "omitted_files": "ignore"}
_SEARCH_SEPARATOR = r'[\s\-_,:!=\[\]()"/]+|\.(?!\d)|&[lg]t;'

#: MkDocs' own sitemap tells the day of the build, and so differs every day.
_SITEMAP = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{%- for file in pages if file.page.canonical_url %}
  <url><loc>{{ file.page.canonical_url | e }}</loc></url>
{%- endfor %}
</urlset>
"""
#: The repository's link, which the essay site has as well: nothing is asked while a page is read.
_REPOSITORY = Path(__file__).parent / "templates/partials/source.html"
#: Our own looks, on top of Material's and mkdocstrings'.
_STYLESHEET = "assets/stylesheets/reference.css"
#: From how many modules on a page shows only the part of the navigation around it.
_LARGE = 100


def templates() -> Mapping[str, str]:
    """Return the templates that differ from those of Material and mkdocstrings, by their path."""
    own = Path(__file__).parent / "templates"
    return {
        "theme/main.html": reference_marks.PAGE,
        "theme/sitemap.xml": _SITEMAP,
        "theme/partials/source.html": _REPOSITORY.read_text(encoding="utf-8"),
        f"theme/{_STYLESHEET}": (own / _STYLESHEET).read_text(encoding="utf-8"),
        **reference_templates.templates(),
    }


def pages(companion: Companion, inventory: Inventory) -> Mapping[str, str]:
    """Return the Markdown of every page, by its path below the documentation folder."""
    found = {"index.md": _overview(companion, inventory)}
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
    back = "../" * companion.url.count("/")
    return {
        "site_name": companion.label,
        "site_url": chrome.site_url and chrome.site_url + companion.url,
        "copyright": chrome.copyright,
        "repo_url": chrome.repo_url,
        "edit_uri": "",
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": True,
        "theme": _theme(chrome, back, len(inventory.pages)),
        "extra": {"homepage": back},
        "extra_css": [_STYLESHEET, *(back + path for path in chrome.extra_css)],
        "nav": [{chrome.site_name: back}, {"Overview": "index.md"}, *_navigation(inventory)],
        # The way back leads out of this build, which is no mistake.
        "validation": {"nav": _QUIET},
        "markdown_extensions": list(_MARKDOWN),
        "hooks": [str(Path(__file__).with_name("reference_hooks.py"))],
        "plugins": [
            {"search": {"separator": _SEARCH_SEPARATOR}},
            "autorefs",
            {"mkdocstrings": _mkdocstrings(companion, inventory, source)},
        ],
    }


def _mkdocstrings(companion: Companion, inventory: Inventory, source: str) -> dict[str, Any]:
    """Return the options of mkdocstrings: static, alone, and asking nobody."""
    extra = {
        "source_url": companion.source_url.replace("{version}", companion.version),
        "shown": reference_summary.shown(inventory),
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


def _theme(chrome: Chrome, back: str, modules: int) -> dict[str, Any]:
    """Return the theme's options: those of the site, as far as they suit a reference."""
    shared = {name: chrome.theme[name] for name in _SHARED if name in chrome.theme}
    images = {name: _from_below(str(shared[name]), back) for name in _IMAGES if name in shared}
    given = chrome.theme.get("features", ())
    theme = {
        "name": "material",
        "custom_dir": "theme",
        **shared,
        **images,
        "features": _features(given if isinstance(given, list | tuple) else (), modules),
        "font": False,
    }
    return dict(_plain(theme))


def _from_below(image: str, back: str) -> str:
    """Return the address of a picture of the site, as it is from the reference."""
    return image if "://" in image else back + image.lstrip("/")


def _features(given: Iterable[object], modules: int) -> list[str]:
    """Return the features of the theme: those of the site that fit, and what a reference needs."""
    fit = [name for name in map(str, given) if not name.startswith(_UNFIT)]
    if modules >= _LARGE:
        fit = [name for name in fit if name != "navigation.expand"] + ["navigation.prune"]
    return fit + [name for name in _NEEDED if name not in fit]


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
    return _directive(page.module, here)


def _object_page(apart: ObjectPage, page: ModulePage, inventory: Inventory) -> str:
    """Return the Markdown of the page of one object, with the way up to its module."""
    here = f"{inventory.url}{apart.folder}#"
    members = [
        found.path.rpartition(".")[2]
        for found in inventory.objects
        if found.path.rpartition(".")[0] == apart.path and found.url.startswith(here)
    ]
    up = f'<p class="bt-up"><a href="../"><code>{page.module}</code></a></p>'
    return _directive(apart.path, members, up)


def _directive(path: str, members: list[str], before: str = "") -> str:
    """Return a page of one object and some of its members, as mkdocstrings is told."""
    head = f"---\ntitle: {path}\n---\n\n{before}\n\n"
    return f"{head}::: {path}\n    options:\n      members: {json.dumps(members)}\n"


def _overview(companion: Companion, inventory: Inventory) -> str:
    """Return the first page of the reference: all modules, each with its summary.

    The table is HTML, for a summary may hold anything that Markdown would take for its own.
    """
    heading = f"{companion.label}\n{'=' * len(companion.label)}"
    rows = "\n".join(
        f'<tr><td><a href="{page.module.replace(".", "/")}/"><code>{_breakable(page.module)}</code>'
        f"</a></td>"
        f"<td>{reference_summary.inline(page.summary)}</td></tr>"
        for page in inventory.pages
    )
    table = f"<table>\n<thead><tr><th>Module</th><th></th></tr></thead>\n<tbody>\n{rows}\n</tbody>"
    note = 'Other projects can link here through <a href="objects.inv">objects.inv</a>.'
    title = json.dumps(companion.label)
    return f"---\ntitle: {title}\n---\n\n{heading}\n\n{table}\n</table>\n\n{note}\n"


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
