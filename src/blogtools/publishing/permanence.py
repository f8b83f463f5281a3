"""Addresses are for ever: what was published once stays, leads on, or is gone for a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from blogtools.model.release import Manifest, originals, tells_of_the_release, url_of

from .rules import Rule, first

# What only pages load, and nobody has the address of: it may have another name in the next release.
# And the second and later pages of a list: essays wander through them.
_PASSING = re.compile(
    r"(?:.*/)?(?:assets|search|pagefind)/.*"
    r"|.*\.(?:css|js|mjs|map|woff2?)"
    r"|(?:.*/)?page/[0-9]+/index\.html"
    r"|_redirects"
)


class Change(Struct, frozen=True):
    """What one release has, and the one before it had not, or otherwise.

    Attributes:
        added: Addresses that are new.
        changed: Those whose files are not the same.
        removed: Those that are no longer there, and lead on or are gone.
        dropped: Those that are no longer there, without a word.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def is_permanent(path: str) -> bool:
    """Return whether people may have the address of a file, and not only pages."""
    return not (_PASSING.fullmatch(path) or tells_of_the_release(path))


def _plain(patterns: Iterable[str]) -> Iterable[str]:
    """Leave out what stands for many addresses: each of them was promised when it was there."""
    return (one for one in patterns if not re.search(r"\*|:[A-Za-z]", one))


def answer(url: str, manifest: Manifest) -> str:
    """Return what a release answers to an address that has no file: why it is gone, or where to.

    Empty if it has no answer.
    """
    if reason := reason_of(url, manifest.gone):
        return reason
    rules = [Rule(f"/{source}", target) for source, target in manifest.redirects.items()]
    found = first(rules, f"/{url}")
    return found[1] if found else ""


def reason_of(url: str, gone: Mapping[str, str]) -> str:
    """Return why an address is gone; empty if nobody says that it is."""
    if url in gone:
        return gone[url]
    return next((why for one, why in gone.items() if "*" in one and fnmatchcase(url, one)), "")


def changes(before: Manifest, after: Manifest) -> Change:
    """Compare two releases.

    Args:
        before: What was published first.
        after: What came, or is to come, in its place.
    """
    old, new = _present(before), _present(after)
    missing = sorted({*old, *before.gone, *_plain(before.redirects)} - new.keys())
    answered = {url for url in missing if answer(url, after)}
    return Change(
        added=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(sorted(url for url, one in new.items() if old.get(url, one) != one)),
        removed=tuple(url for url in missing if url in answered and url in old),
        dropped=tuple(url for url in missing if url not in answered),
    )


def _lasting(manifest: Manifest) -> dict[str, str]:
    """Return the digest of what stands at each lasting address."""
    files = manifest.files
    return {url_of(path): files[path] for path in originals(files) if is_permanent(path)}


def _present(manifest: Manifest) -> Mapping[str, str]:
    """Return the same without pages that say that what was there is gone."""
    found = _lasting(manifest)
    if not manifest.gone:
        return found
    return {url: one for url, one in found.items() if not reason_of(url, manifest.gone)}
