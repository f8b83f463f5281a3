"""What the templates of "what changed" see. A field whose name ends in _html is HTML already."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from blogtools.content.links import way
from blogtools.model.changes import Changes, SignatureChange
from blogtools.model.companion import Symbol
from blogtools.model.site import ChangesList, ChangesPage

from .reference_signatures import wrap
from .reference_summary import inline

#: griffe's words for what has a section of its own.
_REMOVED = "Public object was removed"
#: Signatures stand side by side, so there is half the room.
_WIDTH = 44
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


def breakable(name: str) -> str:
    """Return a dotted name as HTML that breaks, where it must, after its dots and underscores."""
    return re.sub(r"\.|(?<=[^._])_+(?=[^._])", r"\g<0><wbr>", html.escape(name))


class Named(Struct, frozen=True):
    """An object with its address for this page."""

    href: str
    path: str


class Told(Struct, frozen=True):
    """An object and what is said of it."""

    object: Named
    text_html: str
    also: tuple[str, ...] = ()


class Twice(Struct, frozen=True):
    """Something before and after: a name, a default, a signature."""

    old: Named
    new: Named
    before_html: str
    after_html: str
    note: str = ""


class ChangesView(Struct, frozen=True, dict=True):
    """What one release changed."""

    page: ChangesPage

    @property
    def heading(self) -> str:
        """Return the page's title."""
        return self.page.title

    @property
    def _changes(self) -> Changes:
        return self.page.changes

    @property
    def old(self) -> str:
        """Return the version before."""
        return self._changes.old

    @property
    def new(self) -> str:
        """Return the version that changed something."""
        return self._changes.new

    @property
    def old_href(self) -> str:
        """Return the address of the reference of the version before."""
        return way(f"reference/{self._changes.name}/{self.old}/", self.page.url)

    @property
    def new_href(self) -> str:
        """Return the address of the reference of this version."""
        return way(f"reference/{self._changes.name}/{self.new}/", self.page.url)

    @property
    def up(self) -> str:
        """Return the address of the list of all releases."""
        return way(ChangesList(self._changes.name, ()).url, self.page.url)

    @cached_property
    def breaking(self) -> tuple[Told, ...]:
        """Return what can break code, but for what is removed."""
        return tuple(
            self._told(one.symbol, one.explanation or one.kind)
            for one in self._changes.breaking
            if one.kind != _REMOVED
        )

    @cached_property
    def renamed(self) -> tuple[Twice, ...]:
        """Return what is there by another name."""
        return tuple(
            Twice(
                self._named(one.old),
                self._named(one.new),
                html.escape(one.old.path),
                html.escape(one.new.path),
                "moved" if one.certain else f"{one.likeness:.0%} alike",
            )
            for one in self._changes.renamed
        )

    @cached_property
    def removed(self) -> tuple[Told, ...]:
        """Return what is gone, without the members of what is gone as a whole."""
        notes = {
            one.symbol.path: f"Still there as `{one.still}`."
            if one.still
            else one.note and f"It was deprecated: {one.note}"
            for one in self._changes.removed
        }
        return self._folded((one.symbol for one in self._changes.removed), notes)

    @cached_property
    def added(self) -> tuple[Told, ...]:
        """Return what is new, without the members of what is new as a whole."""
        notes = {found.path: found.summary for found in self._changes.added}
        return self._folded(self._changes.added, notes)

    @cached_property
    def signatures(self) -> tuple[Twice, ...]:
        """Return the changed signatures, each difference marked."""
        return tuple(self._signature(one) for one in self._changes.signatures)

    @cached_property
    def defaults(self) -> tuple[Twice, ...]:
        """Return the changed defaults."""
        return tuple(
            Twice(
                self._named(one.old),
                self._named(one.new),
                html.escape(one.before),
                html.escape(one.after),
                one.parameter,
            )
            for one in self._changes.defaults
        )

    @cached_property
    def deprecated(self) -> tuple[Told, ...]:
        """Return what is deprecated now."""
        return tuple(self._told(one.symbol, one.note) for one in self._changes.deprecated)

    @property
    def empty(self) -> bool:
        """Return whether nothing public changed."""
        return not (self.breaking or self.renamed or self.removed or self.added or self._rest)

    @property
    def _rest(self) -> bool:
        return bool(self.signatures or self.defaults or self.deprecated)

    def _named(self, found: Symbol) -> Named:
        return Named(way(found.url, self.page.url), found.path)

    def _told(self, found: Symbol, text: str) -> Told:
        return Told(self._named(found), inline(text))

    def _folded(self, symbols: Iterable[Symbol], notes: dict[str, str]) -> tuple[Told, ...]:
        """Return objects with their further names, and without what stands below another one."""
        paths = {found.path: found for found in symbols}
        tops = [found for path, found in paths.items() if path.rpartition(".")[0] not in paths]
        several: dict[str, list[Symbol]] = {}
        for found in tops:
            several.setdefault(found.url, []).append(found)
        return tuple(
            Told(
                self._named(_main(same)),
                inline(notes[_main(same).path]),
                tuple(found.path for found in same if found != _main(same)),
            )
            for same in several.values()
        )

    def _signature(self, one: SignatureChange) -> Twice:
        before, after = _marked(_wrapped(one.before), _wrapped(one.after))
        return Twice(self._named(one.old), self._named(one.new), before, after)


def _main(same: list[Symbol]) -> Symbol:
    """Return which of several names of one object is the one that documents it."""
    return next((f for f in same if f.url.endswith(f"#{f.path}")), same[0])


def _wrapped(signature: str) -> str:
    """Return a signature with a parameter a line, where it is long."""
    lines = (
        wrap(f"def {line}", _WIDTH + 4).removeprefix("def ") if "(" in line else line
        for line in signature.split("\n")
    )
    return "\n".join(lines)


def _marked(before: str, after: str) -> tuple[str, str]:
    """Return two texts as HTML, with what differs marked in each."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    left, right = "", ""
    for kind, i, j, k, m in matcher.get_opcodes():
        left += _mark("".join(old[i:j]), marked=kind != "equal")
        right += _mark("".join(new[k:m]), marked=kind != "equal")
    return left, right


def _mark(text: str, *, marked: bool) -> str:
    escaped = html.escape(text, quote=False)
    return f"<mark>{escaped}</mark>" if marked and text.strip() else escaped


class ChangesListView(Struct, frozen=True, dict=True):
    """What all releases of a companion changed."""

    listed: ChangesList

    @property
    def heading(self) -> str:
        """Return the page's title."""
        return self.listed.title

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        """Return the releases, the newest first."""
        return tuple(_release(changes, self.listed.url) for changes in self.listed.changes)


class Release(Struct, frozen=True):
    """One line of the list: a release, and how much it changed."""

    href: str
    old: str
    new: str
    said: str


def _release(changes: Changes, here: str) -> Release:
    view = ChangesView(ChangesPage(changes))
    counts = {
        "breaking": len(view.breaking) + len(view.removed),
        "added": len(view.added),
        "removed": len(view.removed),
        "signatures": len(view.signatures),
        "deprecated": len(view.deprecated),
    }
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return Release(way(changes.url, here), changes.old, changes.new, said or "nothing public")
