"""What essays show of companions, and the pages of their packages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import groupby

from msgspec import Struct

from blogtools.app.blog import Edition
from blogtools.content.destination import to_use
from blogtools.content.links import relative, way
from blogtools.model.drift import Code, Compared, Standing, note
from blogtools.model.site import PackagePage, Post, ReferenceList

from .view_parts import Anchor


class UsesView(Struct, frozen=True):
    """The objects of one version of a companion that an essay discusses."""

    label: str
    href: str
    objects: tuple[Anchor, ...]


class NewerView(Struct, frozen=True):
    """What became of an essay's version of a package in the newest one.

    Attributes:
        pinned: The version that the essay was written for, with the package.
        newest: The newest version.
        note: What is known, in a word; see `blogtools.model.drift.Note`.
        drifted: The names that are not as they were, each with what became of it.
        code: What became of its code, if that is known and not good.
    """

    pinned: Anchor
    newest: Anchor
    note: str
    drifted: tuple[tuple[str, str], ...]
    code: str


class ReferencesView(Struct, frozen=True, dict=True):
    """The page that lists the companions' references."""

    listed: ReferenceList

    @property
    def heading(self) -> str:
        """Return the page's title."""
        return self.listed.title

    @cached_property
    def packages(self) -> tuple[PackageEntry, ...]:
        """Return each package."""
        here = self.listed.url
        return tuple(
            PackageEntry(p.latest.label, way(p.latest.url, here), way(p.url, here), len(p.versions))
            for p in self.listed.packages
        )


class PackageEntry(Struct, frozen=True):
    """A package in a list: its latest version, and the way to all."""

    label: str
    href: str
    page: str
    count: int


class VersionView(Struct, frozen=True):
    """A version of a package; ``changes`` is where it says what changed in it, or nothing."""

    version: str
    href: str
    latest: bool
    released: date | None
    licence: str
    changes: str


class PackageView(Struct, frozen=True, dict=True):
    """The page of one package."""

    shown: PackagePage

    @property
    def heading(self) -> str:
        """Return the name of the package."""
        return self.shown.title

    @cached_property
    def versions(self) -> tuple[VersionView, ...]:
        """Return all versions, the newest first."""
        package, here = self.shown.package, self.shown.url
        return tuple(
            VersionView(
                one.version,
                way(one.url, here),
                one == package.latest,
                date.fromisoformat(known.day) if known.day else None,
                known.licence,
                way(known.changes, here) if known.changes else "",
            )
            for one, known in zip(package.versions, self.shown.releases, strict=True)
        )

    @property
    def dated(self) -> bool:
        """Return whether it is known of any version when it came out."""
        return any(one.day for one in self.shown.releases)

    @property
    def licensed(self) -> bool:
        """Return whether the licence of any version is known."""
        return any(one.licence for one in self.shown.releases)

    @property
    def compared(self) -> bool:
        """Return whether there is a page for any version that says what changed in it."""
        return any(one.changes for one in self.shown.releases)


def uses(edition: Edition, post: Post) -> Iterator[UsesView]:
    """Yield the objects of each version together; they come sorted."""
    by_version = groupby(edition.uses(post), key=lambda use: (use.package, use.version))
    for (package, version), uses in by_version:
        reference = edition.addresses.inventory(package, version)
        objects = tuple(Anchor(relative(to_use(use), post.url), use.object) for use in uses)
        href = way(reference.url, post.url) if reference else ""
        yield UsesView(f"{package} {version}", href, objects)


_CODE = {
    Code.DIFFERS: "its code comes to other results",
    Code.FAILED: "its code does not run any more",
}


def newer(found: Standing, one: Compared, here: str) -> NewerView:
    """Return what became of a version that an essay was written for."""
    label = f"reference/{one.package}/"
    code = _CODE.get(found.ran.code, "")
    return NewerView(
        Anchor(way(f"{label}{one.pinned}/", here), f"{one.package} {one.pinned}"),
        Anchor(way(f"{label}{one.newest}/", here), one.newest),
        note(found, one),
        tuple(dict.fromkeys((drifted.symbol, drifted.said) for drifted in one.drifted)),
        f"with the newest versions {code}" if code and len(found.compared) > 1 else code,
    )
