"""Which objects of companions essays speak of, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Use(Struct, frozen=True, order=True):
    """An object of one version of a companion that a document links to.

    Attributes:
        package: The companion's name.
        version: Its version.
        object: The dotted path under which the object is documented; a re-export is not one.
        url: Where that is, relative to the site, with the fragment.
    """

    package: str
    version: str
    object: str
    url: str


class Discussion(Struct, frozen=True):
    """A published essay that discusses an object: its title, and its address in the site."""

    title: str
    url: str


#: For each (package, version), the essays that discuss each of its objects, the newest first.
Discussions = Mapping[tuple[str, str], Mapping[str, tuple[Discussion, ...]]]
