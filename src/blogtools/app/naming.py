"""What links may name: the modules of companions, and what other projects document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from blogtools.build.memory import Memory
from blogtools.content.inventories import BadInventory, read_objects
from blogtools.content.markdown import SymbolNames
from blogtools.content.options import option_place
from blogtools.model.companion import Package
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.elsewhere import Elsewhere, InventoryOptions
from blogtools.model.project import Project

from .ports import CompanionSymbols


def read_inventories(
    project: Project, memory: Memory
) -> tuple[tuple[Elsewhere, ...], tuple[Diagnostic, ...]]:
    """Read the inventories of other projects; return what they offer, and what is wrong."""
    found: list[Elsewhere] = []
    wrong: list[Diagnostic] = []
    for number, option in enumerate(project.options.inventories):
        read = _read(project, memory, number, option)
        (wrong if isinstance(read, Diagnostic) else found).append(read)  # type: ignore[arg-type]
    return tuple(found), tuple(wrong)


def _read(
    project: Project, memory: Memory, number: int, option: InventoryOptions
) -> Elsewhere | Diagnostic:
    name = memory.files.name(project.root / option.file)
    try:
        data = memory.files.read(name)
        objects = read_objects(data)
    except OSError as failed:
        memory.files.digest(name)  # so that the file is noticed when it comes
        message = f"the inventory {option.file} cannot be read: {failed.strerror}"
        return _wrong(project, number, "inventory/missing", message, _GET)
    except BadInventory as damaged:
        message = f"the inventory {option.file} is no inventory of Sphinx: {damaged}"
        return _wrong(project, number, "inventory/damaged", message, _GET)
    return Elsewhere(option.name, option.url, memory.files.digest(name), objects)


_GET = "Put the project's objects.inv there, as its documentation has it"


def _wrong(project: Project, number: int, code: str, message: str, hint: str) -> Diagnostic:
    line, column = option_place(project.config_file, ("inventories", number, "file"))
    return Diagnostic(project.config_file.name, line, column, code, message, hint)


def symbol_names(
    project: Project, companions: CompanionSymbols, elsewhere: Iterable[Elsewhere]
) -> SymbolNames:
    """Return with what links to symbols may begin, and with what code that is a link may."""
    own = frozenset({*_tops(companions.packages), *companions.missing})
    others = (root for other in elsewhere for root in other.roots)
    return SymbolNames(own.union(others), own if project.options.inline_symbols else frozenset())


def _tops(packages: Iterable[Package]) -> Iterator[str]:
    for package in packages:
        for companion in package.versions:
            yield from (module.partition(".")[0] for module in companion.modules)
