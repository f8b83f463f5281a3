"""What a change would do to the published site, for whoever reviews it."""

from __future__ import annotations

from msgspec import Struct

from .diagnostic import Diagnostic
from .evidence import Evidence


class Shown(Struct, frozen=True):
    """A page that is new, or not as it was: its address, its title, and how many words it has."""

    url: str
    title: str
    words: int


class Unpublished(Struct, frozen=True):
    """An essay that is not out.

    Attributes:
        path: Its file.
        title: Its title.
        words: How many words it has.
        when: The day that it comes out, in ISO format; empty for a draft.
        new: Whether the change brings it.
    """

    path: str
    title: str
    words: int
    when: str = ""
    new: bool = False


class Budgeted(Struct, frozen=True):
    """What something weighs, and what it may."""

    what: str
    size: float
    limit: float


class Preview(Struct, frozen=True):
    """Everything that is told of a preview.

    Attributes:
        live: The release that it is compared with; empty where nothing is live.
        pages: How many pages it has.
        added: The pages that are new.
        changed: The pages that are not as they were.
        removed: The addresses that lead on, or are gone.
        unpublished: The essays that are not out.
        budget: What it weighs.
        evidence: What the gates said.
        drifted: What essays say of versions that are not the newest any more.
        wrong: What keeps it from being published.
    """

    live: str
    pages: int
    added: tuple[Shown, ...]
    changed: tuple[Shown, ...]
    removed: tuple[str, ...]
    unpublished: tuple[Unpublished, ...]
    budget: tuple[Budgeted, ...]
    evidence: Evidence
    drifted: tuple[Diagnostic, ...] = ()
    wrong: tuple[Diagnostic, ...] = ()
