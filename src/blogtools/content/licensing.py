"""Whether a licence is allowed: SPDX expressions as logic, never as text that contains a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from msgspec import Struct
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from blogtools.content.licences import spdx

_WORD = re.compile(r"[()]|[^\s()]+")
#: How SPDX writes that the reader may choose this version or a later one.
_LATER = ("-or-later", "+")
_UNKNOWN = "LicenseRef-"


class Allowed(Struct, frozen=True):
    """The licences that a project accepts.

    Attributes:
        names: SPDX identifiers, also with an exception, such as ``GPL-2.0-only WITH
            Classpath-exception-2.0``, and ``LicenseRef`` names.
    """

    names: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> Allowed:
        """Return the licences of a list, as SPDX writes them.

        Args:
            names: Single licences in any case; a list of alternatives is a list.

        Raises:
            ValueError: A name is none that SPDX knows, or more than one licence.
        """
        found = set()
        for name in names:
            try:
                one = str(canonicalize_license_expression(name))
            except InvalidLicenseExpression as wrong:
                raise ValueError(f"{name!r} is no licence that SPDX knows") from wrong
            if {"AND", "OR", "("} & set(_WORD.findall(one)):
                raise ValueError(f"{name!r} is more than one licence: list each")
            found.add(one)
        return cls(frozenset(found))

    def lacks(self, expression: str) -> frozenset[str]:
        """Return the licences that stand in the way; none if the expression can be satisfied.

        All sides of an AND have to be allowed, one side of an OR. An exception (WITH) only ever
        permits more, so its licence being allowed is enough. "Or later" leaves the choice to the
        reader, so the version that it begins with is enough.

        Args:
            expression: An SPDX expression.

        Raises:
            ValueError: It is none.
        """
        try:
            written = str(canonicalize_license_expression(expression))
        except InvalidLicenseExpression as wrong:
            raise ValueError(f"{expression!r} is no SPDX expression") from wrong
        return _Reader(_WORD.findall(written), self).lacking()

    def has(self, licence: str) -> bool:
        """Return whether one licence, with or without an exception, is allowed."""
        if licence in self.names:
            return True
        bare = licence.partition(" WITH ")[0]
        return any(name in self.names for name in _chosen(bare))


class _Reader:
    """Reads a valid expression from left to right; OR binds least, then AND, then WITH."""

    def __init__(self, words: list[str], allowed: Allowed) -> None:
        self.words = words
        self.allowed = allowed
        self.at = 0

    def lacking(self) -> frozenset[str]:
        """Return what is lacking for alternatives: nothing, if nothing is for one of them."""
        found = [self._all()]
        while self._next("OR"):
            found.append(self._all())
        return frozenset() if not all(found) else frozenset().union(*found)

    def _all(self) -> frozenset[str]:
        found = self._one()
        while self._next("AND"):
            found |= self._one()
        return found

    def _one(self) -> frozenset[str]:
        if self._next("("):
            found = self.lacking()
            self._next(")")
            return found
        name = self.words[self.at]
        self.at += 1
        if self._next("WITH"):
            name = f"{name} WITH {self.words[self.at]}"
            self.at += 1
        return frozenset() if self.allowed.has(name) else frozenset({name})

    def _next(self, word: str) -> bool:
        """Return whether a word comes next, and pass it if so."""
        found = self.at < len(self.words) and self.words[self.at] == word
        self.at += found
        return found


def _chosen(licence: str) -> Iterator[str]:
    """Yield the licences that a reader may choose by a name."""
    yield licence
    for ending in _LATER:
        bare = licence.removesuffix(ending)
        if bare != licence:
            yield from (bare, f"{bare}-only", f"{bare}-or-later", f"{bare}+")


def claimed(headers: Message) -> str:
    """Return what a package's metadata binds its users to at most, or nothing if it names nothing.

    An expression is the last word, and one that cannot be read names nothing. Without one, all
    that is said counts: several classifiers do not say whether all hold, or any, and whoever keeps
    them all is on the safe side.

    Args:
        headers: The metadata of an installed package.
    """
    if said := headers.get("License-Expression", "").strip():
        return spdx(said, (), "")
    text = headers.get("License", "")
    named = spdx("", (), text)
    clear = {named} - {""} if not named.startswith(_UNKNOWN) else set()
    classified = {spdx("", [c], "") for c in headers.get_all("Classifier", []) if _names_one(c)}
    # This one stands for several licences, and the text says which.
    if any(name.startswith(("BSD-", "0BSD")) for name in clear):
        classified.discard("LicenseRef-BSD-License")
    found = sorted(clear | classified) or [named]
    return found[0] if len(found) == 1 else " AND ".join(f"({name})" for name in found)


def _names_one(classifier: str) -> bool:
    return classifier.startswith("License :: ") and classifier != "License :: OSI Approved"
