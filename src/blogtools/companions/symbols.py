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
    Class,
    CyclicAliasError,
    GriffeLoader,
    LoadingError,
    Module,
    Object,
    load_extensions,
)

from blogtools.companions.paging import Pages, Tree
from blogtools.companions.summaries import summary
from blogtools.companions.weights import frame
from blogtools.model.companion import (
    Companion,
    FetchError,
    Inventory,
    ModulePage,
    ObjectPage,
    Symbol,
)


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
    return inventory_of(companion, load(companion, source), source)


def inventory_of(companion: Companion, roots: list[Module], source: Path) -> Inventory:
    """Return the inventory of modules that are loaded already; see `read_symbols`.

    Raises:
        FetchError: One of their modules was left out, since it does not parse.
    """
    # `modules: [package, package.part]` is one package, not two pages of the same address.
    pages = {page.path: page for root in roots for page in _public_modules(root)}
    for module in pages.values():
        _check_complete(companion, module, source)
    return _Reader(companion).read(list(pages.values()))


def load(companion: Companion, source: Path) -> list[Module]:
    """Load the companion's modules the way mkdocstrings does it.

    Raises:
        FetchError: A module cannot be read.
    """
    loader = GriffeLoader(
        extensions=load_extensions(), search_paths=[source], allow_inspection=False
    )
    try:
        with quiet():
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
def quiet() -> Iterator[None]:
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
    """Gathers an inventory: first whose page shows what, then the other ways to name it."""

    def __init__(self, companion: Companion) -> None:
        """Begin with nothing."""
        self._companion = companion
        self._objects: dict[str, Symbol] = {}
        self._symbols: dict[str, str] = {}
        #: Where each object that some page shows is defined, with the path under which it is shown.
        self._shown: dict[str, str] = {}
        self._inherited: dict[str, dict[str, str]] = {}
        self._frame = 0

    def read(self, modules: list[Module]) -> Inventory:
        """Return the inventory of the public modules."""
        self._frame = frame(len(modules))
        members = {module.path: _own_members(module) for module in modules}
        for module in modules:
            self._claim(module, members[module.path])
        for module in modules:
            homeless = self._homeless(module)
            self._claim(module, homeless)
            members[module.path] += homeless
        apart = {
            module.path: self._place_module(module, members[module.path]) for module in modules
        }
        for path, homes in self._inherited.items():
            self._symbols |= {f"{path}.{name}": self._symbols[home] for name, home in homes.items()}
        pages = tuple(
            self._page(module, members[module.path], apart[module.path]) for module in modules
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
            {path: names for path, names in sorted(self._inherited.items()) if names},
        )

    # -- whose page shows what ---------------------------------------------------------------

    def _claim(self, module: Module, members: list[Object | Alias]) -> None:
        """Remember what the page of a module shows, which no other page then has to."""
        self._shown.setdefault(module.path, module.path)
        for member in members:
            self._claim_tree(member)

    def _claim_tree(self, found: Object | Alias) -> None:
        self._shown.setdefault(found.canonical_path, found.path)
        for member in _own(found):
            self._claim_tree(member)

    def _homeless(self, module: Module) -> list[Object | Alias]:
        """Return what a module exports from where it has no page."""
        exports = ((member, _target(member)) for member in _exports(module))
        return [
            member
            for member, target in exports
            if target and target not in self._shown and not member.is_module
        ]

    # -- where that is -----------------------------------------------------------------------

    def _place_module(
        self, module: Module, members: list[Object | Alias]
    ) -> tuple[ObjectPage, ...]:
        """Give a module and what it shows their addresses; return what has a page of its own."""
        folder = module.path.replace(".", "/") + "/"
        self._place(module, "module", self._companion.url + folder)
        trees = [self._tree(member) for member in members]
        pages = Pages(self._companion.url, folder, self._frame)
        for found, page in pages.of_module(module, trees, len(_exports(module))):
            self._place(found, _kind(found), page)
            if found.is_class and "__init__" in found.members:
                # It is shown as the class itself.
                init = found.members["__init__"]
                url = f"{page}#{found.path}"
                self._symbols[init.path] = url
                self._symbols.setdefault(_target(init) or init.path, url)
        return pages.apart

    def _tree(self, found: Object | Alias) -> Tree:
        """Return an object with everything that is shown below it."""
        below = [self._tree(member) for member in _own(found)]
        return Tree(found, (*below, *map(Tree, self._in_place(found))))

    def _in_place(self, found: Object | Alias) -> list[Alias]:
        """Return what a class inherits from where nobody can see it; note where the rest is."""
        if not found.is_class:
            return []
        homes = {
            name: self._home(found, member)
            for name, member in sorted(found.inherited_members.items())
            if _is_inherited(member)
        }
        self._inherited[found.path] = homes
        here = [name for name, home in homes.items() if home == f"{found.path}.{name}"]
        return [found.inherited_members[name] for name in here]

    def _home(self, found: Object | Alias, member: Alias) -> str:
        """Return under which path an inherited member is shown."""
        target = _target(member) or ""
        if target in self._shown:
            return self._shown[target]
        # The base that defines it is hidden: the first class that anyone can see shows it.
        for base in reversed(_bases(found)):
            other = base.all_members.get(member.name)
            if base.path in self._shown and other is not None and _target(other) == target:
                return f"{self._shown[base.path]}.{member.name}"
        return f"{found.path}.{member.name}"

    def _place(self, found: Object | Alias, kind: str, page: str) -> None:
        """Give one object its anchor on a page, under its path there and its defining path."""
        url = f"{page}#{found.path}"
        self._objects[found.path] = Symbol(found.path, kind, url, summary(found))
        self._symbols[found.path] = url
        self._symbols.setdefault(found.canonical_path, url)

    # -- other names -------------------------------------------------------------------------

    def _page(
        self, module: Module, members: list[Object | Alias], apart: tuple[ObjectPage, ...]
    ) -> ModulePage:
        """Return what the page of a module shows."""
        shown = {member.name for member in members}
        ordered = sorted(members, key=_line)
        others = [
            (member.name, url.partition("#")[2])
            for member in _exports(module)
            if (url := self._symbols.get(_target(member) or "")) and member.name not in shown
        ]
        names = tuple(member.name for member in ordered)
        return ModulePage(module.path, summary(module), names, tuple(sorted(others)), apart)

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
            for name, home in self._inherited.get(url.partition("#")[2], {}).items():
                self._symbols.setdefault(f"{path}.{name}", self._symbols[home])
            for name, member in found.all_members.items():
                if name == "__init__":
                    self._symbols.setdefault(f"{path}.{name}", url)
                elif member.is_public and not member.is_class:
                    self._name_tree(f"{path}.{name}", member)


def _own_members(module: Module) -> list[Object | Alias]:
    """Return the public members that a module defines itself, without its submodules."""
    members = module.members.values()
    return [m for m in members if m.is_public and not m.is_alias and not m.is_module]


def _own(found: Object | Alias) -> list[Object | Alias]:
    """Return the members that are shown below an object: those that a class defines."""
    if not found.is_class:
        return []
    return [
        member
        for member in found.members.values()
        if member.name != "__init__"
        and member.is_public
        and not member.inherited
        and _target(member)
    ]


def _is_inherited(member: Alias) -> bool:
    """Return whether an inherited member is for others to use."""
    if member.name == "__init__" or not member.is_public or not _target(member):
        return False
    return not member.is_class


def _bases(found: Object | Alias) -> list[Class]:
    """Return the classes from which one inherits, as far as they are in the package."""
    try:
        return found.mro()  # type: ignore[union-attr]
    except ValueError:
        return []


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
