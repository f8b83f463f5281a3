"""What the templates of a reference show besides mkdocstrings' own: summaries, inherited members.

All of it comes from the inventory, as HTML with addresses right for the page on which it stands, so
that what a page says and what links resolve to cannot differ.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from blogtools.content.links import way
from blogtools.model.companion import Inventory, ModulePage, Symbol
from blogtools.model.interface import Voice

#: Kinds in the order of a summary, each with the word of mkdocstrings' badge for it.
_BADGES: Mapping[str, str] = {
    "module": "module",
    "class": "class",
    "function": "function",
    "method": "method",
    "type": "type_alias",
    "property": "attribute",
    "attribute": "attribute",
    "data": "attribute",
}
_CODE = re.compile(r"(`+)(.+?)\1")
_ROLE = re.compile(r":(?:[a-z]+:){1,2}(?=`)")
_LINK = re.compile(r"\[([^\]\[]+)\]\[[^\]\[]*\]")


class Row(Struct, frozen=True):
    """One line of a summary: the name that it has here, and what it leads to."""

    name: str
    found: Symbol


def shown(inventory: Inventory, say: Voice) -> dict[str, Any]:
    """Return what the templates show, by the dotted path of the object that shows it."""
    known = {found.path: found for found in inventory.objects}
    split = {page.path for each in inventory.pages for page in each.apart}
    summaries = {page.module: _of_module(page, inventory, known) for page in inventory.pages}
    summaries |= {path: _of_class(path, inventory, known) for path in split}
    return {
        "summaries": {path: text for path, text in summaries.items() if text},
        "inherited": dict(_inherited(inventory, known, say)),
        "in_place": dict(_in_place(inventory, known)),
    }


def _of_module(page: ModulePage, inventory: Inventory, known: Mapping[str, Symbol]) -> str:
    rows = [Row(name, known[f"{page.module}.{name}"]) for name in page.members]
    rows += [Row(name, known[path]) for name, path in page.reexports]
    below = (other.module for other in inventory.pages)
    rows += [
        Row(module.rpartition(".")[2], known[module])
        for module in below
        if module.rpartition(".")[0] == page.module
    ]
    return _table(rows, page.module, _page(known[page.module].url))


def _of_class(path: str, inventory: Inventory, known: Mapping[str, Symbol]) -> str:
    """Return the summary of an object with a page of its own, if it has members: of a class."""
    members = [found for found in inventory.objects if found.path.rpartition(".")[0] == path]
    rows = [Row(found.path.rpartition(".")[2], found) for found in members]
    return _table(rows, path, _page(known[path].url))


def _table(rows: list[Row], owner: str, here: str) -> str:
    """Return the summary of an object: its members by kind, each with its first sentence."""
    if not rows:
        return ""
    kinds = list(_BADGES)
    ordered = sorted(rows, key=lambda row: kinds.index(row.found.kind))
    lines = "".join(_row(row, owner, here) for row in ordered)
    return f'<table class="bt-summary">\n<tbody>\n{lines}</tbody>\n</table>'


def _row(row: Row, owner: str, here: str) -> str:
    found = row.found
    badge = f'<code class="doc-symbol doc-symbol-{_BADGES[found.kind]}"></code>'
    where = "" if found.path.rpartition(".")[0] == owner else _where(found)
    name = f"{badge} {_link(row.name, found, here)}"
    return f"<tr><td>{name}</td><td>{inline(found.summary)}{where}</td></tr>\n"


def _where(found: Symbol) -> str:
    """Return where something is documented that an object only has from there."""
    return f' <span class="bt-from"><code>{found.path.rpartition(".")[0]}</code></span>'


def _inherited(
    inventory: Inventory, known: Mapping[str, Symbol], say: Voice
) -> Iterator[tuple[str, str]]:
    """Yield for each class the list of what it inherits from a class that has a place itself."""
    for path, names in inventory.inherited.items():
        here = _page(known[path].url)
        bases: dict[str, list[Row]] = {}
        for name, home in names.items():
            if home != f"{path}.{name}":
                bases.setdefault(home.rpartition(".")[0], []).append(Row(name, known[home]))
        if bases:
            lists = (_from(known[base], rows, here, say) for base, rows in bases.items())
            yield path, "\n".join(lists)


def _from(base: Symbol, rows: Iterable[Row], here: str, say: Voice) -> str:
    links = ", ".join(_link(row.name, row.found, here) for row in rows)
    of = _link(base.path.rpartition(".")[2], base, here)
    return f'<p class="bt-inherited">{say("inherited", base=of, names=links)}</p>'


def _in_place(inventory: Inventory, known: Mapping[str, Symbol]) -> Iterator[tuple[str, list[str]]]:
    """Yield for each class what it inherits from a hidden base, and its own page documents."""
    for path, names in inventory.inherited.items():
        here = _page(known[path].url)
        own = [name for name, home in names.items() if home == f"{path}.{name}"]
        if on_page := [name for name in own if _page(known[f"{path}.{name}"].url) == here]:
            yield path, on_page


def _link(name: str, found: Symbol, here: str) -> str:
    """Return a name as code that leads to where it is documented."""
    page, _, anchor = found.url.partition("#")
    there = "" if page == here else way(page, here)
    title = f' title="{found.path}"' if found.path.rpartition(".")[2] != name else ""
    return f'<a href="{there}#{anchor}"{title}><code>{html.escape(name)}</code></a>'


def _page(url: str) -> str:
    return url.partition("#")[0]


def inline(text: str) -> str:
    """Return a line of a docstring as HTML: links as text, what stands in backticks as code."""
    return _CODE.sub(r"<code>\2</code>", html.escape(_unlinked(text), quote=False))


def plain(text: str) -> str:
    """Return a line of a docstring as words alone."""
    return _CODE.sub(r"\2", _unlinked(text))


def _unlinked(text: str) -> str:
    return _LINK.sub(r"\1", _ROLE.sub("", text))
