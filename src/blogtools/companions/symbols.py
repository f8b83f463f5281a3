"""What a companion offers, read from its source by griffe: nothing is imported, nothing runs.

The same rules decide twice, here (what a link may name) and in mkdocstrings (what a page shows), so
this module also says what each page shows, and the renderer asks mkdocstrings for exactly that.
Below the members of a module both follow griffe's own notion of what is public.
"""

from __future__ import annotations

import ast
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from griffe import (
    Alias,
    AliasResolutionError,
    CyclicAliasError,
    GriffeLoader,
    LoadingError,
    Module,
    Object,
    load_extensions,
)

from blogtools.model.companion import Companion, FetchError, Inventory, ModulePage, Symbol


def read_symbols(companion: Companion, source: Path) -> Inventory:
    """Return everything public in a companion, and the address that documents it.

    Args:
        companion: The companion.
        source: The folder in which its modules lie.

    Returns:
        The inventory; equal source gives an equal one.

    Raises:
        FetchError: A module cannot be read.
    """
    roots = _load(companion, source)
    # `modules: [package, package.part]` is one package, not two pages of the same address.
    pages = {page.path: page for root in roots for page in _public_modules(root)}
    for module in pages.values():
        _check_complete(companion, module, source)
    return _Reader(companion).read(list(pages.values()))


def _load(companion: Companion, source: Path) -> list[Module]:
    """Load the companion's modules the way mkdocstrings does it.

    Raises:
        FetchError: A module cannot be read.
    """
    loader = GriffeLoader(
        extensions=load_extensions(), search_paths=[source], allow_inspection=False
    )
    try:
        with _quiet():
            for top in dict.fromkeys(name.partition(".")[0] for name in companion.modules):
                loader.load(top, try_relative_path=False)
            loader.resolve_aliases(implicit=False, external=False)
            return [_module(loader, name) for name in companion.modules]
    except (ImportError, LoadingError, KeyError) as unread:
        reason = f"{companion.label} cannot be read: {unread}"
        raise FetchError(reason, "Check `modules`, and that the source is valid Python") from unread


def _module(loader: GriffeLoader, dotted: str) -> Module:
    """Return a loaded module.

    Raises:
        KeyError: There is no module of that name.
    """
    found = loader.modules_collection[dotted]
    if not isinstance(found, Module):
        raise KeyError(f"{dotted} is no module")
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep griffe from talking: what it finds strange in a package no author of essays can mend."""
    logger = logging.getLogger("griffe")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def _public_modules(root: Module) -> Iterator[Module]:
    """Yield a module and the public ones below it, each before those below it, by name."""
    yield root
    for _, member in sorted(root.members.items()):
        if isinstance(member, Module) and not member.name.startswith("_"):
            yield from _public_modules(member)


def _check_complete(companion: Companion, module: Module, source: Path) -> None:
    """Refuse a package with a public module that does not parse: griffe leaves it out in silence.

    Raises:
        FetchError: There is such a module.
    """
    if not isinstance(module.filepath, Path) or module.filepath.stem != "__init__":
        return
    for file in _unread(module, module.filepath.parent):
        try:
            ast.parse(file.read_bytes())
        except (SyntaxError, ValueError) as broken:
            line = getattr(broken, "lineno", None) or 1
            place = f"{file.relative_to(source).as_posix()}:{line}"
            raise FetchError(
                f"{companion.label} cannot be read: {place}: {broken}", _PARSE
            ) from broken


_PARSE = f"Mend it, or use the Python it is written for; this is {sys.version.partition(' ')[0]}"


def _unread(module: Module, folder: Path) -> list[Path]:
    """Return the files of public modules directly below a package that were not loaded."""
    files = {file.stem: file for file in folder.glob("*.py")}
    files |= {file.parent.name: file for file in folder.glob("*/__init__.py")}
    public = (name for name in files if name.isidentifier() and not name.startswith("_"))
    return [files[name] for name in sorted(public) if name not in module.members]


class _Reader:
    """Gathers an inventory: first the places of everything, then the other ways to name it."""

    def __init__(self, companion: Companion) -> None:
        """Begin with nothing."""
        self._companion = companion
        self._objects: dict[str, Symbol] = {}
        self._symbols: dict[str, str] = {}

    def read(self, modules: list[Module]) -> Inventory:
        """Return the inventory of the public modules."""
        own = {module.path: _own_members(module) for module in modules}
        for module in modules:
            self._place_module(module, own[module.path])
        adopted = {module.path: self._adopt(module) for module in modules}
        pages = tuple(
            self._page(module, own[module.path] + adopted[module.path]) for module in modules
        )
        for module in modules:
            self._name_others(module)
        return self._inventory(pages)

    def _inventory(self, pages: tuple[ModulePage, ...]) -> Inventory:
        """Return what was gathered, in an order that depends on the source alone."""
        companion = self._companion
        symbols = dict(sorted(self._symbols.items()))
        ordered = sorted(self._objects.values(), key=lambda found: found.url)
        return Inventory(
            companion.name,
            companion.version,
            companion.url,
            symbols,
            companion.modules,
            tuple(ordered),
            pages,
        )

    def _place_module(self, module: Module, members: list[Object | Alias]) -> None:
        """Give a module and the members that it defines their place."""
        url = self._companion.url + module.path.replace(".", "/") + "/"
        self._place(module, "module", url)
        for member in members:
            self._place_tree(member, url)

    def _place(self, found: Object | Alias, kind: str, page: str) -> None:
        """Give one object its anchor on a page, under its path there and its defining path."""
        url = f"{page}#{found.path}"
        self._objects[found.path] = Symbol(found.path, kind, url)
        self._symbols[found.path] = url
        self._symbols.setdefault(found.canonical_path, url)

    def _place_tree(self, found: Object | Alias, page: str) -> None:
        """Place an object and, for a class, the members that are shown below it."""
        self._place(found, _kind(found), page)
        if not found.is_class:
            return
        for member in found.members.values():
            if member.name == "__init__":
                # It is shown as the class itself.
                url = f"{page}#{found.path}"
                self._symbols[member.path] = url
                self._symbols.setdefault(_target(member) or member.path, url)
            elif member.is_public and not member.inherited and _target(member):
                self._place_tree(member, page)

    def _adopt(self, module: Module) -> list[Object | Alias]:
        """Place what a module exports from where it has no page, and return it."""
        homeless: list[Object | Alias] = []
        for member in _exports(module):
            target = _target(member)
            if target and target not in self._symbols and not member.is_module:
                self._place_tree(member, self._companion.url + module.path.replace(".", "/") + "/")
                homeless.append(member)
        return homeless

    def _page(self, module: Module, members: list[Object | Alias]) -> ModulePage:
        """Return what the page of a module shows."""
        shown = {member.name for member in members}
        ordered = sorted(members, key=_line)
        others = [
            (member.name, url.partition("#")[2])
            for member in _exports(module)
            if (url := self._symbols.get(_target(member) or "")) and member.name not in shown
        ]
        names = tuple(member.name for member in ordered)
        return ModulePage(module.path, _summary(module), names, tuple(sorted(others)))

    def _name_others(self, module: Module) -> None:
        """Give every further public name the address of what it stands for."""
        for member in module.members.values():
            if member.is_public and _target(member) and not isinstance(member, Module):
                self._name_tree(member.path, member)

    def _name_tree(self, path: str, found: Object | Alias) -> None:
        """Give a path, and the members that a class has or inherits, the address of their home."""
        target = _target(found)
        url = self._symbols.get(target or "")
        if url is None:
            return
        self._symbols.setdefault(path, url)
        if found.is_class:
            for name, member in found.all_members.items():
                if name == "__init__":
                    self._symbols.setdefault(f"{path}.{name}", url)
                elif member.is_public and not member.is_class:
                    self._name_tree(f"{path}.{name}", member)


def _own_members(module: Module) -> list[Object | Alias]:
    """Return the public members that a module defines itself, without its submodules."""
    members = module.members.values()
    return [m for m in members if m.is_public and not m.is_alias and not m.is_module]


def _exports(module: Module) -> list[Alias]:
    """Return the public members that a module takes from elsewhere in the package."""
    members = module.members.values()
    return [m for m in members if isinstance(m, Alias) and m.is_public and _target(m)]


def _target(found: Object | Alias) -> str | None:
    """Return where an object is defined, or None if that lies outside of the package."""
    try:
        return found.canonical_path if not found.is_alias else found.final_target.path  # type: ignore[union-attr]
    except (AliasResolutionError, CyclicAliasError):
        return None


def _kind(found: Object | Alias) -> str:
    """Return what an object is, in the words of Sphinx inventories where they have one."""
    inside = found.parent is not None and found.parent.is_class
    if found.is_function:
        return "method" if inside else "function"
    if found.is_attribute:
        return "property" if "property" in found.labels else "attribute" if inside else "data"
    return "type" if found.is_type_alias else found.kind.value


def _line(found: Object | Alias) -> tuple[float, str]:
    """Return where an object stands in its module, for showing members in that order."""
    line = found.alias_lineno if isinstance(found, Alias) else found.lineno
    return (float("inf") if line is None else line, found.name)


def _summary(module: Module) -> str:
    """Return the first line of a module's docstring."""
    docstring = module.docstring.value.strip() if module.docstring else ""
    return docstring.partition("\n")[0]
