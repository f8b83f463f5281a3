"""Which page shows what: a page a module, unless that would be too large for anyone to read.

Such a module keeps its summary, and its classes and functions get a page each; so do the methods of
a class that would be too large alone. The rule looks at the source and at nothing else, so equal
source has equal addresses in every build.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from griffe import Alias, Module, Object
from msgspec import Struct

from blogtools.companions.weights import LIMIT, ROW, weigh
from blogtools.model.companion import ObjectPage


class Tree(Struct, frozen=True, dict=True):
    """An object, and what is shown below it."""

    found: Object | Alias
    below: tuple[Tree, ...] = ()

    @cached_property
    def weight(self) -> int:
        """Return about how many bytes of HTML all of it takes."""
        return weigh(self.found) + sum(tree.weight for tree in self.below)

    def all(self) -> Iterator[Object | Alias]:
        """Yield the object and everything below it."""
        yield self.found
        for tree in self.below:
            yield from tree.all()


class Pages:
    """The pages of one module."""

    def __init__(self, base: str, folder: str, frame: int) -> None:
        """Begin with the page of the module itself.

        Args:
            base: The address of the reference.
            folder: The folder of the module in it.
            frame: What every page weighs before there is anything on it.
        """
        self._base = base
        self._folder = folder
        self._frame = frame
        self._taken: set[str] = set()
        self.apart: tuple[ObjectPage, ...] = ()

    def of_module(
        self, module: Module, trees: list[Tree], exports: int
    ) -> Iterator[tuple[Object | Alias, str]]:
        """Yield each object that the module shows, with the address of the page that shows it."""
        own = weigh(module) + ROW * exports
        yield from self._shared(own, trees, self._base + self._folder)

    def _shared(
        self, own: int, trees: tuple[Tree, ...] | list[Tree], page: str
    ) -> Iterator[tuple[Object | Alias, str]]:
        """Yield what stands on one page, and what would have stood there if it were not too much.

        Args:
            own: What the owner of the page weighs alone.
            trees: Its members.
            page: The address.
        """
        room = LIMIT - self._frame - own
        leave = _too_much(trees, room)
        for tree in trees:
            if tree in leave:
                yield from self._alone(tree)
            else:
                yield from ((found, page) for found in tree.all())

    def _alone(self, tree: Tree) -> Iterator[tuple[Object | Alias, str]]:
        """Yield an object with a page of its own, and its members."""
        folder = self._folder + self._free(tree.found.path) + "/"
        self.apart = (*self.apart, ObjectPage(tree.found.path, folder))
        yield tree.found, self._base + folder
        yield from self._shared(weigh(tree.found), tree.below, self._base + folder)

    def _free(self, path: str) -> str:
        """Return a name for a folder. No module has one with a dot; others may differ in case."""
        name, number = path, 2
        while name.casefold() in self._taken:
            name, number = f"{path}-{number}", number + 1
        self._taken.add(name.casefold())
        return name


def _too_much(trees: tuple[Tree, ...] | list[Tree], room: int) -> list[Tree]:
    """Return the members for which a page has no room: classes and functions, or all if need be."""
    if sum(tree.weight for tree in trees) <= room:
        return []
    large = [tree for tree in trees if tree.found.is_class or tree.found.is_function]
    left = sum(ROW if tree in large else tree.weight for tree in trees)
    return large if left <= room else list(trees)
