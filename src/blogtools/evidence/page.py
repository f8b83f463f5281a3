"""The evidence as HTML, for the place that the built page has for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

import jinja2
from msgspec import Struct

from blogtools.model.evidence import Evidence, Held, History
from blogtools.model.gate import Level
from blogtools.model.interface import Voice
from blogtools.model.release import Manifest

from .figures import NAMES, everything, figures
from .plot import plot

# More releases than that would make a line of dots.
_SHOWN = 40
# The gates whose findings are about harm, and about reading.
_WEIGHED = ("sast", "secrets", "audit", "site")


class Severity(NamedTuple):
    """How much a gate found, by level, and how much of that does not count."""

    gate: str
    counts: tuple[int, ...]
    accepted: int


class Line(NamedTuple):
    """One figure over the releases."""

    label: str
    last: str
    span: str
    drawing: str


class Page(Struct, frozen=True, dict=True):
    """What the template is given.

    Attributes:
        evidence: What the reports say.
        release: What is published.
        history: The figures of all releases, this one the last.
        say: The words of the interface.
        unread: Whether an earlier history was there and could not be read.
        preview: Whether nothing of it is published.
        pipeline: The address of the pipeline, where it is known.
        commit_url: That of the commit.
    """

    evidence: Evidence
    release: Manifest
    history: History
    say: Voice
    unread: bool = False
    preview: bool = False
    pipeline: str = ""
    commit_url: str = ""

    @property
    def day(self) -> str:
        """Return when the release was made."""
        return self.say.day(date.fromisoformat(self.release.created[:10]))

    @property
    def passed(self) -> int:
        """Return how many gates let it through."""
        return sum(held.said == "passed" for held in self.evidence.gates)

    @property
    def missing(self) -> tuple[Held, ...]:
        """Return the gates of which nothing is known."""
        return tuple(held for held in self.evidence.gates if held.verdict is None)

    @property
    def figures(self) -> Mapping[str, str]:
        """Return this release's figures as people read them, by their labels."""
        found = figures(self.evidence)
        return {self.say(f"figure.{name}"): number(found[name]) for name in found}

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels at which something was found, the worst first."""
        found = {f.level for gate in _WEIGHED for f in everything(self.evidence, gate)}
        return tuple(level for level in reversed(Level) if level in found)

    @property
    def severities(self) -> tuple[Severity, ...]:
        """Return what each gate found, by level."""
        return tuple(map(self._severity, filter(self.evidence.verdict, _WEIGHED)))

    def _severity(self, gate: str) -> Severity:
        found = tuple(everything(self.evidence, gate))
        levels = Counter(one.level for one in found)
        accepted = sum(bool(one.accepted) for one in found)
        return Severity(gate, tuple(levels[level] for level in self.levels), accepted)

    @property
    def data(self) -> str:
        """Return how old the vulnerability data was, in words; empty where nobody knows."""
        audit = self.evidence.verdict("audit")
        if audit is None or "newest data" not in audit.figures:
            return ""
        newest, days = audit.figures["newest data"], audit.figures.get("age in days")
        return self.say("evidence.data", newest=newest, days=days)

    @property
    def categories(self) -> tuple[str, ...]:
        """Return every category that Lighthouse has scores in."""
        return tuple(dict.fromkeys(c for one in self.evidence.lighthouse for c in one.scores))

    @property
    def licences(self) -> Sequence[tuple[str, int]]:
        """Return how many dependencies have which licence, the most common first."""
        unclear = self.say("evidence.unclear")
        dependencies = self.evidence.dependencies or ()
        counted = Counter(one.licence or unclear for one in dependencies)
        return sorted(counted.items(), key=lambda item: (-item[1], item[0]))

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return each figure over the releases, where there is more than one release."""
        return tuple(self._lines()) if len(self.history.releases) > 1 else ()

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """Return the names of the figures that some release has."""
        known = {name for entry in self.history.releases for name in entry.figures}
        return tuple(name for name in NAMES if name in known)

    def _lines(self) -> Iterator[Line]:
        shown = self.history.releases[-_SHOWN:]
        for name in self.kept:
            values = [entry.figures.get(name) for entry in shown]
            known = [value for value in values if value is not None]
            if not known:
                continue
            label = self.say(f"figure.{name}")
            last = "–" if values[-1] is None else number(values[-1])
            low, high = number(min(known)), number(max(known))
            told = self.say(
                "evidence.plotted", name=label, last=last, low=low, high=high, count=len(values)
            )
            yield Line(label, last, low if low == high else f"{low} – {high}", plot(values, told))


def number(value: object) -> str:
    """Return a figure as people read it."""
    return f"{value:,.10g}".replace(",", "\u202f") if isinstance(value, int | float) else str(value)


def size(count: int) -> str:
    """Return a file's size as people read it."""
    return f"{count / 1000:,.1f}\u00a0kB".replace(",", "\u202f")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("blogtools.evidence", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(number=number, size=size)
    return environment.get_template("page.html")


def rendered(page: Page) -> str:
    """Return the evidence as HTML, for the place in the built page."""
    return _template().render(page=page, say=page.say, kept=[*reversed(page.history.releases)])
