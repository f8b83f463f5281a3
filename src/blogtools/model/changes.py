"""What changed between two versions of a companion, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Literal

from msgspec import Struct, field

from .companion import Companion, Package, Symbol
from .wishes import as_number


class Breaking(Struct, frozen=True):
    """A change that can break code which uses the object.

    Attributes:
        kind: What kind of change it is, in griffe's words.
        symbol: The object as it is now, or as it was where it is gone.
        old: What there was before, as text; may be empty.
        new: What there is now, as text; may be empty.
        explanation: The change in one sentence.
    """

    kind: str
    symbol: Symbol
    old: str = ""
    new: str = ""
    explanation: str = ""


class Removal(Struct, frozen=True):
    """A public name that is gone.

    Attributes:
        symbol: What it named, where the old version documents it.
        still: Another name that the same object has yet, if it has one.
        note: What its deprecation said while it was there.
    """

    symbol: Symbol
    still: str = ""
    note: str = ""


class SignatureChange(Struct, frozen=True):
    """A function, class or value that is called, or declared, in another way.

    Attributes:
        old: The object as it was.
        new: The object as it is, perhaps under another name.
        before: Its old signature.
        after: Its new signature.
    """

    old: Symbol
    new: Symbol
    before: str
    after: str


class DefaultChange(Struct, frozen=True):
    """A parameter with another default."""

    old: Symbol
    new: Symbol
    parameter: str
    before: str
    after: str


class Deprecation(Struct, frozen=True):
    """An object that is deprecated now, and was not before; the note is the author's."""

    symbol: Symbol
    note: str = ""


class Renaming(Struct, frozen=True):
    """A removed and an added object that are probably the same.

    Attributes:
        old: The object under its old name.
        new: The object under its new name.
        likeness: How alike their source is, from 0 to 1.
        certain: Whether both versions export the two under one name: then it was only moved.
    """

    old: Symbol
    new: Symbol
    likeness: float = 1.0
    certain: bool = False


class Fate(Struct, frozen=True):
    """What became of one symbol.

    Attributes:
        symbol: The dotted name that was asked for.
        gone: Whether the name is not public any more.
        renamed: What it is probably called now, if it is gone; else nothing.
        signature: How its signature changed, if it did.
        defaults: The parameters with another default.
        deprecated: Its deprecation, if that is new.
        breaking: Everything that can break code which uses it.
    """

    symbol: str
    gone: bool = False
    renamed: str = ""
    signature: SignatureChange | None = None
    defaults: tuple[DefaultChange, ...] = ()
    deprecated: Deprecation | None = None
    breaking: tuple[Breaking, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Return whether nothing is known to have changed."""
        return self == Fate(self.symbol)


class Changes(Struct, frozen=True, dict=True):
    """Everything public that differs between two versions of a package.

    Attributes:
        name: The package.
        old: The older version.
        new: The newer version.
        breaking: What can break code; removed objects are among it.
        removed: The names that are gone, members of removed classes after the class.
        added: The objects that are new, members of new classes after the class.
        signatures: The objects whose signature changed.
        defaults: The parameters whose default changed.
        deprecated: The objects that are deprecated now.
        renamed: Pairs of removed and added objects that are probably the same.
        gone: Every name of the old version that the new one does not know, sorted.
        names: Further names of what changed or is gone, each to the path that the old version
            documents.
    """

    name: str
    old: str
    new: str
    breaking: tuple[Breaking, ...] = ()
    removed: tuple[Removal, ...] = ()
    added: tuple[Symbol, ...] = ()
    signatures: tuple[SignatureChange, ...] = ()
    defaults: tuple[DefaultChange, ...] = ()
    deprecated: tuple[Deprecation, ...] = ()
    renamed: tuple[Renaming, ...] = ()
    gone: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return the address of the page that shows them, relative to the site."""
        return f"{changes_url(self.name)}{self.new}/"

    def touched(self) -> frozenset[str]:
        """Return the old version's names of everything that is gone or not as it was."""
        return frozenset(self.gone).union(
            (one.old.path for one in self.signatures),
            (one.old.path for one in self.defaults),
            (one.symbol.path for one in self.deprecated),
            (one.symbol.path for one in self.breaking),
        )

    def fate(self, symbol: str) -> Fate:
        """Return what became of a public name of the old version.

        Args:
            symbol: A dotted name; re-exports and inherited members may be named too.
        """
        home = self.names.get(symbol, symbol)
        gone = symbol in self.gone
        return Fate(
            symbol,
            gone,
            self._renamed(symbol, home) if gone else "",
            next((one for one in self.signatures if one.old.path == home), None),
            tuple(one for one in self.defaults if one.old.path == home),
            next((one for one in self.deprecated if one.symbol.path == home), None),
            tuple(one for one in self.breaking if one.symbol.path in (symbol, home)),
        )

    def _renamed(self, symbol: str, home: str) -> str:
        """Return another name of what had the one that is gone, or what it is probably called."""
        still = (one.still for one in self.removed if one.still and one.symbol.path == symbol)
        renamed = (
            one.new.path + home.removeprefix(one.old.path)
            for one in self.renamed
            if home == one.old.path or home.startswith(f"{one.old.path}.")
        )
        new = next(still, next(renamed, ""))
        # A re-export leads to a re-export, where there is one beside it.
        beside = f"{symbol.rpartition('.')[0]}.{new.rpartition('.')[2]}"
        return beside if new and any(one.path == beside for one in self.added) else new


def changes_url(name: str) -> str:
    """Return the address of the list of a package's changes, relative to the site."""
    return f"reference/{name}/changes/"


def neighbours(package: Package) -> Iterator[tuple[Companion, Companion]]:
    """Yield each release of a package with the one before it, (older, newer), the newest first."""
    releases = [companion for companion in package.versions if _is_release(companion.version)]
    for newer, older in pairwise(releases):
        yield older, newer


def _is_release(version: str) -> bool:
    """Return whether a version has a number; a checkout has none, and changes all the time."""
    return as_number(version) is not None


#: The kinds of what a symbol can be told of, for tables and JSON.
Verdict = Literal["unchanged", "gone", "renamed", "changed", "deprecated"]


def verdict(fate: Fate) -> Verdict:
    """Return what became of a symbol, in one word: the worst that is to be said."""
    if fate.gone:
        return "renamed" if fate.renamed else "gone"
    if fate.signature or fate.defaults or fate.breaking:
        return "changed"
    return "deprecated" if fate.deprecated else "unchanged"
