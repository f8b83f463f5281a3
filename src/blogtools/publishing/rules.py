"""Rules of `_redirects`, as GitLab Pages reads them: what leads on where there is no file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

#: The file, at the root of the site; it is never shown itself.
FILE = "_redirects"
#: How many rules are read, how large the file may be, and how deep an address may be.
MOST_RULES = 1000
MOST_BYTES = 64 * 1024
MOST_SEGMENTS = 25
#: With 200 the other page is shown at the old address.
STATUSES = (200, 301, 302)
_DEFAULT = 301

_NAME = re.compile(r":[A-Za-z]+")
_SLASHES = re.compile(r"(?<!:)/{2,}")
_PLACEHOLDER = re.compile(r":([A-Za-z]+)")


class Rule(Struct, frozen=True, dict=True):
    """Where an address leads.

    Attributes:
        source: The path, from the host's root; with ``*`` for anything, and ``:name`` for
            anything without a slash.
        target: The path or the address that it leads to; ``:splat`` is what the first star was.
        status: How a server answers.
        line: Where it stands in the file.
    """

    source: str
    target: str
    status: int = _DEFAULT
    line: int = 1

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Return what paths look like that the rule is about, whatever slash they end in."""
        named: set[str] = set()
        parts = (_part(segment, named) for segment in self.source.split("/")[1:] if segment)
        return re.compile("".join(parts) + "/*", re.DOTALL)

    def leads(self, path: str) -> str:
        """Return where a path leads by this rule; empty if the rule is not about it.

        Args:
            path: The path, from the host's root, decoded.
        """
        found = self._pattern.fullmatch(path)
        if found is None:
            return ""
        values = found.groupdict()
        target = _PLACEHOLDER.sub(lambda name: values.get(name[1]) or "", self.target)
        # Of what was empty, a slash remains on either side.
        return _SLASHES.sub("/", target)


def _part(segment: str, named: set[str]) -> str:
    """Return the pattern of what stands between two slashes; only the first of a name has it."""
    variable = "splat" if segment == "*" else segment[1:] if _NAME.fullmatch(segment) else ""
    name = f"?P<{variable}>" if variable and variable not in named else "?:"
    named.add(variable)
    if segment == "*":
        return f"(?:/+({name}.*))?"
    return f"/+({name}[^/]+)" if variable else f"/+{re.escape(segment)}"


def parse(text: str) -> tuple[Rule, ...]:
    """Return the rules of a file, wrong ones too; see `mistakes`."""
    return tuple(_rules(text))


def _rules(text: str) -> Iterator[Rule]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if words:
            target = words[1] if len(words) > 1 else ""
            status = words[2] if len(words) > 2 else str(_DEFAULT)
            yield Rule(words[0], target, int(status) if status.isdecimal() else 0, number)


def written(rules: Iterable[Rule]) -> bytes:
    """Return the file of some rules."""
    return "".join(f"{rule.source} {rule.target} {rule.status}\n" for rule in rules).encode()


def mistakes(rules: Iterable[Rule], size: int) -> Iterator[tuple[int, str]]:
    """Yield what a server would not do as it is written, each with its line.

    Args:
        rules: The rules.
        size: How many bytes their file has.
    """
    known = list(rules)
    if size > MOST_BYTES:
        yield 1, f"it has {size:,} bytes, and GitLab Pages reads {MOST_BYTES:,}"
    if len(known) > MOST_RULES:
        yield (
            known[MOST_RULES].line,
            f"it has {len(known):,} rules, and GitLab Pages reads {MOST_RULES:,}",
        )
    for rule in known:
        if wrong := _mistake(rule):
            yield rule.line, wrong


def _mistake(rule: Rule) -> str:
    if not rule.source.startswith(("/", "http://", "https://")):
        return f"{rule.source} does not begin with a slash"
    if not rule.target:
        return f"{rule.source} leads nowhere"
    if not rule.target.startswith(("/", "http://", "https://")):
        return f"{rule.target} does not begin with a slash"
    if rule.status not in STATUSES:
        return f"GitLab Pages answers with 301, 302 or 200 alone (the rule of {rule.source})"
    if rule.source.count("/") > MOST_SEGMENTS or rule.target.count("/") > MOST_SEGMENTS:
        return f"{rule.source} has more than {MOST_SEGMENTS} slashes"
    return ""


def first(rules: Iterable[Rule], path: str) -> tuple[Rule, str] | None:
    """Return the first rule that is about a path, and where it leads; None if there is none."""
    for rule in rules:
        if rule.source.startswith("/") and (target := rule.leads(path)):
            return rule, target
    return None
