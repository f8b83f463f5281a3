"""Which objects of companions essays speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Discussion:
    """A published essay that discusses an object: its title, and its address in the site."""

    title: str
    url: str


#: For each (package, version), the essays that discuss each of its objects, the newest first.
Discussions = Mapping[tuple[str, str], Mapping[str, tuple[Discussion, ...]]]
