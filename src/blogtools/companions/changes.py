"""What changed between two versions of a companion, found by griffe: nothing is imported or run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cached_property
from itertools import product
from pathlib import Path

from griffe import (
    Alias,
    AliasResolutionError,
    Breakage,
    BreakageKind,
    CyclicAliasError,
    Module,
    Object,
    Parameter,
    find_breaking_changes,
)
from msgspec import Struct
from msgspec.structs import replace

from blogtools.companions.symbols import inventory_of, load, quiet
from blogtools.model.changes import (
    Breaking,
    Changes,
    DefaultChange,
    Deprecation,
    Removal,
    Renaming,
    SignatureChange,
)
from blogtools.model.companion import Companion, Inventory, Symbol

#: How alike the source of two objects must be, to be called the same by another name.
_ALIKE = 0.75
#: So few words are alike by chance; the names must be, too.
_FEW, _NAMESAKE = 25, 0.6
_WORD = re.compile(r"\w+|[^\w\s]")
_DEPRECATED = re.compile(
    r"^[ \t]*(?:\.\. deprecated::|[*_`]*deprecated\b[*_`:.,]*)[ \t]*(?P<note>.*(?:\n[ \t]*\S.*)*)",
    re.IGNORECASE | re.MULTILINE,
)
#: An object with the words of its source.
_Worded = tuple[Symbol, list[str]]
#: A value of an attribute that is longer is no help to anyone.
_LONGEST = 120


class Version(Struct, frozen=True, dict=True):
    """One version of a companion, loaded.

    Attributes:
        inventory: Its symbols.
        roots: Its modules.
    """

    inventory: Inventory
    roots: tuple[Module, ...]

    @classmethod
    def read(cls, companion: Companion, source: Path) -> Version:
        """Load a version.

        Args:
            companion: The version.
            source: The folder in which its modules lie.

        Raises:
            FetchError: It cannot be read.
        """
        roots = load(companion, source)
        return cls(inventory_of(companion, roots, source), tuple(roots))

    @cached_property
    def homes(self) -> Mapping[str, Symbol]:
        """Return the documented objects by their paths."""
        return {found.path: found for found in self.inventory.objects}

    @cached_property
    def public(self) -> Mapping[str, Symbol]:
        """Return every object by its path, and by each name under which a module exports it."""
        exports = {
            f"{page.module}.{name}": self.homes[path]
            for page in self.inventory.pages
            for name, path in page.reexports
        }
        return {**exports, **self.homes}

    def home(self, name: str) -> str | None:
        """Return the path under which a name is documented."""
        url = self.inventory.resolve(name)
        return url.partition("#")[2] if url else None

    def object(self, path: str) -> Object | Alias | None:
        """Return what griffe knows of a documented object."""
        try:
            found = self.roots[0].modules_collection.get_member(path)
            # An alias that leads nowhere says so when it is asked for anything.
            _ = found.kind
        except (KeyError, AliasResolutionError, CyclicAliasError):
            return None
        return found if isinstance(found, Object | Alias) else None


def difference(old: Companion, old_source: Path, new: Companion, new_source: Path) -> Changes:
    """Return everything public that differs between two versions of a package.

    Args:
        old: The older version.
        old_source: The folder in which its modules lie.
        new: The newer version.
        new_source: The folder of that one.

    Raises:
        FetchError: One of the two cannot be read.
    """
    with quiet():
        return _Difference(Version.read(old, old_source), Version.read(new, new_source)).changes()


class _Difference:
    """Compares two versions, object by object."""

    def __init__(self, old: Version, new: Version) -> None:
        self._old = old
        self._new = new

    def changes(self) -> Changes:
        """Return what changed, in an order that depends on the two sources alone."""
        old, new = self._old.inventory, self._new.inventory
        removed, added = self._removed(), self._added()
        renamed = self._renamed(removed, added)
        pairs = tuple(self._pairs(renamed))
        changes = Changes(
            old.name,
            old.version,
            new.version,
            tuple(sorted(self._breaking(), key=_by_path)),
            removed,
            added,
            tuple(found for pair in pairs for found in self._signature(*pair)),
            tuple(found for pair in pairs for found in self._defaults(*pair)),
            tuple(self._deprecated({one.new.path: one.old.path for one in renamed})),
            renamed,
            tuple(filter(_is_public, sorted(old.symbols.keys() - new.symbols.keys()))),
        )
        return replace(changes, names=self._names(changes))

    def _pairs(self, renamed: Iterable[Renaming]) -> Iterator[tuple[Symbol, Symbol]]:
        """Yield every object that is in both, as it was and as it is."""
        here = self._new.homes
        yield from ((one, here[path]) for path, one in self._old.homes.items() if path in here)
        yield from ((one.old, one.new) for one in renamed)

    # -- names that come and go --------------------------------------------------------------

    def _removed(self) -> tuple[Removal, ...]:
        known = self._new.inventory.symbols
        gone = {name: found for name, found in self._old.public.items() if name not in known}
        removals = (
            Removal(
                _named(found, name),
                self._still(found),
                _deprecation(self._old.object(found.path)) or "",
            )
            for name, found in gone.items()
        )
        return tuple(sorted(removals, key=lambda one: one.symbol.path))

    def _still(self, found: Symbol) -> str:
        """Return where an object is in the new version, if it is there under a name it had."""
        return found.path if found.path in self._new.inventory.symbols else ""

    def _added(self) -> tuple[Symbol, ...]:
        known = self._old.inventory.symbols
        come = {name: found for name, found in self._new.public.items() if name not in known}
        return tuple(_named(found, name) for name, found in sorted(come.items()))

    def _names(self, changes: Changes) -> dict[str, str]:
        """Return every further public name of what is not as it was, with its path."""
        touched = changes.touched()
        homes = {name: self._old.home(name) or "" for name in self._old.inventory.symbols}
        return {
            name: home
            for name, home in homes.items()
            if name != home and _is_public(name) and not touched.isdisjoint((name, home))
        }

    # -- the same by another name ------------------------------------------------------------

    def _renamed(self, removed: Iterable[Removal], added: Iterable[Symbol]) -> tuple[Renaming, ...]:
        gone = {one.symbol.path for one in removed if one.symbol.path in self._old.homes}
        come = {one.path for one in added if one.path in self._new.homes}
        moved = self._moved(gone, come)
        told = {one.old.path for one in moved}, {one.new.path for one in moved}
        lost = [self._old.homes[p] for p in _tops(gone - told[0])]
        found = [self._new.homes[p] for p in _tops(come - told[1])]
        return tuple(sorted([*moved, *self._alike(lost, found)], key=lambda one: one.old.path))

    def _moved(self, gone: set[str], come: set[str]) -> list[Renaming]:
        """Return what both versions export under one name, though from different places."""
        pairs = {}
        for name, found in self._old.public.items():
            home = self._new.home(name)
            if found.path in gone and home in come and home is not None:
                pairs[found.path] = home
        return [
            Renaming(self._old.homes[old], self._new.homes[new], certain=True)
            for old, new in pairs.items()
        ]

    def _alike(self, lost: list[Symbol], found: list[Symbol]) -> Iterator[Renaming]:
        """Yield the likest pairs of a removed and an added object, each object once."""
        old, new = _with_words(self._old, lost), _with_words(self._new, found)
        pairs = (pair for one, other in product(old, new) for pair in _compared(one, other))
        used: set[tuple[str, str]] = set()
        for pair in sorted(pairs, key=lambda p: (-p.likeness, p.old.path, p.new.path)):
            ends = {("old", pair.old.path), ("new", pair.new.path)}
            if used.isdisjoint(ends):
                used |= ends
                yield pair

    # -- what an object is like --------------------------------------------------------------

    def _signature(self, old: Symbol, new: Symbol) -> Iterator[SignatureChange]:
        before, after = (
            _signature(version.object(symbol.path), new.path.rpartition(".")[2])
            for version, symbol in ((self._old, old), (self._new, new))
        )
        if before and after and before != after:
            before = _signature(self._old.object(old.path), old.path.rpartition(".")[2])
            yield SignatureChange(old, new, before, after)

    def _defaults(self, old: Symbol, new: Symbol) -> Iterator[DefaultChange]:
        before = _defaults(self._old.object(old.path))
        for name, value in _defaults(self._new.object(new.path)).items():
            if before.get(name, value) != value:
                yield DefaultChange(old, new, name, before[name], value)

    def _deprecated(self, earlier: Mapping[str, str]) -> Iterator[Deprecation]:
        """Yield what is deprecated now; `earlier` has the old paths of what was renamed."""
        for path, symbol in self._new.homes.items():
            note = _deprecation(self._new.object(path))
            if note is not None and _deprecation(self._old.object(earlier.get(path, path))) is None:
                yield Deprecation(symbol, note)

    # -- what breaks -------------------------------------------------------------------------

    def _breaking(self) -> Iterator[Breaking]:
        """Yield what griffe calls breaking, of objects that are documented, each once."""
        seen: set[Breaking] = set()
        for old in self._old.roots:
            new = next((root for root in self._new.roots if root.path == old.path), None)
            for breakage in find_breaking_changes(old, new) if new else ():
                found = self._broken(breakage)
                if found is not None and found not in seen:
                    seen.add(found)
                    yield found

    def _broken(self, breakage: Breakage) -> Breaking | None:
        path = breakage.obj.path
        removed = breakage.kind is BreakageKind.OBJECT_REMOVED
        version = self._old if removed else self._new
        home = version.home(path)
        if home is None or home not in version.homes or (removed and self._new.home(path)):
            return None
        symbol = version.homes[home]
        symbol = _named(symbol, path) if removed and path in version.public else symbol
        old, new = (
            _text(value, breakage.kind) for value in (breakage.old_value, breakage.new_value)
        )
        return Breaking(breakage.kind.value, symbol, old, new, _explanation(breakage, old, new))


# -- in words ------------------------------------------------------------------------------------


def _explanation(breakage: Breakage, old: str, new: str) -> str:
    """Return what broke in one sentence: griffe's kind, the parameter, and what it was."""
    values = (breakage.old_value, breakage.new_value)
    parameter = next((value for value in values if isinstance(value, Parameter)), None)
    what = breakage.kind.value + (f": {parameter.name}" if parameter else "")
    details = f" ({breakage.details})" if breakage.details else ""
    both = f", from {old} to {new}" if old and new and old != new else ""
    return what + both + details


def _text(value: object, kind: BreakageKind) -> str:
    """Return a value of griffe's as text: a parameter as it is declared, a list of bases."""
    match value:
        case None | Object() | Alias():
            return ""
        case Parameter() if kind is BreakageKind.PARAMETER_CHANGED_DEFAULT:
            return str(value.default)
        case Parameter() if kind is BreakageKind.PARAMETER_CHANGED_KIND:
            return value.kind.value if value.kind else ""
        case Parameter():
            default = f" = {value.default}" if value.default is not None else ""
            annotation = f": {value.annotation}" if value.annotation is not None else ""
            return f"{value.name}{annotation}{default}"
        case list():
            return ", ".join(str(getattr(base, "canonical_path", base)) for base in value)
    return str(getattr(value, "value", value))


def _signature(found: Object | Alias | None, name: str) -> str:
    """Return how an object is called, or what it is declared as, in one line."""
    if found is None:
        return ""
    if found.is_function:
        shapes = [*(getattr(found, "overloads", None) or ()), found]
        return "\n".join(shape.signature(return_type=True, name=name) for shape in shapes)
    if found.is_class:
        return found.signature(name=name) or f"{name}()"  # type: ignore[union-attr]
    return _declaration(found, name) if found.is_attribute else ""


def _declaration(found: Object | Alias, name: str) -> str:
    annotation, value = getattr(found, "annotation", None), getattr(found, "value", None)
    text = f"{name}: {annotation}" if annotation is not None else name
    assigned = f"{text} = {value}" if value is not None else text
    return assigned if len(assigned) <= _LONGEST else text


def _defaults(found: Object | Alias | None) -> dict[str, str]:
    """Return the parameters that have a default, each with its text."""
    if found is not None and found.is_class:
        found = found.all_members.get("__init__")
    if found is None or not found.is_function:
        return {}
    return {p.name: str(p.default) for p in found.parameters if p.default is not None}  # type: ignore[union-attr]


def _deprecation(found: Object | Alias | None) -> str | None:
    """Return what an author says of a deprecated object; None for one that is not deprecated."""
    if found is None:
        return None
    for decorator in getattr(found, "decorators", ()):
        if decorator.callable_path.rpartition(".")[2] == "deprecated":
            return _message(decorator.value)
    text = found.docstring.value if found.docstring else ""
    said = _DEPRECATED.search(text)
    return " ".join(said["note"].split()) if said else None


def _message(decorator: object) -> str:
    """Return the text that a decorator was called with, if it is one."""
    arguments = [str(one) for one in getattr(decorator, "arguments", ())]
    quoted = re.fullmatch(r"[rf]?(['\"])(.*)\1", arguments[0], re.DOTALL) if arguments else None
    return quoted[2] if quoted else ""


# -- alike ---------------------------------------------------------------------------------------


def _with_words(version: Version, symbols: Iterable[Symbol]) -> Iterator[_Worded]:
    """Yield the functions and classes among some objects, each with the words of its source."""
    for symbol in symbols:
        if words := _words(version, symbol):
            yield symbol, words


def _words(version: Version, symbol: Symbol) -> list[str]:
    """Return the source of a function or class as words, with its own name taken out."""
    found = version.object(symbol.path)
    if found is None or not (found.is_function or found.is_class):
        return []
    name = symbol.path.rpartition(".")[2]
    return ["" if word == name else word for word in _WORD.findall(found.source)]


def _compared(old: _Worded, new: _Worded) -> Iterator[Renaming]:
    """Yield two objects as one under another name, if they are of one kind and alike enough."""
    if old[0].kind == new[0].kind and (likeness := _likeness(*old, *new)):
        yield Renaming(old[0], new[0], round(likeness, 2))


def _likeness(one: Symbol, words: list[str], other: Symbol, others: list[str]) -> float:
    """Return how alike two objects are, or 0 if that is too little to be told."""
    shared = sum((Counter(words) & Counter(others)).values())
    if 2 * shared < _ALIKE * (len(words) + len(others)):
        return 0
    likeness = SequenceMatcher(None, words, others, autojunk=False).ratio()
    if min(len(words), len(others)) < _FEW:
        mine, its = one.path.rpartition(".")[2], other.path.rpartition(".")[2]
        likeness *= SequenceMatcher(None, mine, its, autojunk=False).ratio() >= _NAMESAKE
    return likeness if likeness >= _ALIKE else 0


def _tops(paths: set[str]) -> list[str]:
    """Return the paths of which no part is among them, sorted: a class, without its members."""
    return sorted(path for path in paths if path.rpartition(".")[0] not in paths)


def _named(found: Symbol, name: str) -> Symbol:
    """Return an object under another of its names."""
    return Symbol(name, found.kind, found.url, found.summary)


def _is_public(name: str) -> bool:
    return not any(part.startswith("_") and not part.endswith("__") for part in name.split("."))


def _by_path(found: Breaking) -> tuple[str, str, str]:
    return found.symbol.path, found.kind, found.explanation
