"""Whether a site is what its manifest says, and the manifest what its maker signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from msgspec import Struct

from blogtools.model.release import (
    ABOUT,
    MANIFEST,
    SIGNATURE,
    STATEMENT,
    Manifest,
    decoded,
    digest_of_files,
)

from . import rules, signing, statement

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: Returns the bytes of a file of the site; None where there is none.
Read = Callable[[str], bytes | None]
# So many files are read at once: most of the time goes into waiting.
_THREADS = 8


class Difference(Struct, frozen=True, order=True):
    """A file that is not as the manifest says.

    Attributes:
        path: The file, in the site.
        message: What is wrong with it.
    """

    path: str
    message: str


class Verified(Struct, frozen=True):
    """What came of it.

    Attributes:
        manifest: The site's manifest.
        differences: Everything that is wrong, sorted.
        signer: The name of the key that vouches for it; empty where nobody asked for that.
    """

    manifest: Manifest
    differences: tuple[Difference, ...]
    signer: str = ""


def verify(
    read: Read, listed: Callable[[], frozenset[str]] | None, key: Ed25519PublicKey | None
) -> Verified:
    """Compare a site with its manifest, file by file.

    Args:
        read: Reads the site.
        listed: Returns the paths of all files that are there; None where nobody can list them.
        key: Whose signature the manifest has to have; None to ask for none.

    Raises:
        ValueError: There is no manifest that can be read.
    """
    data = read(MANIFEST)
    if data is None:
        raise ValueError("there is none")
    manifest = decoded(data)
    # A server reads its rules, and does not show them.
    hidden = () if listed else (rules.FILE,)
    wanted = {path: one for path, one in manifest.files.items() if path not in hidden}
    found = [
        *_differing(read, wanted),
        *_inconsistent(manifest),
        *_unsigned(read, data, key),
    ]
    if listed:
        strange = listed() - manifest.files.keys() - ABOUT
        found += [Difference(path, "is not in the manifest") for path in strange]
    return Verified(manifest, tuple(sorted(found)), signing.key_id(key) if key else "")


def _differing(read: Read, files: Mapping[str, str]) -> Iterator[Difference]:
    with ThreadPoolExecutor(_THREADS) as threads:
        for path, data in zip(files, threads.map(read, files), strict=True):
            if data is None:
                yield Difference(path, "is missing")
            elif hashlib.sha256(data).hexdigest() != files[path]:
                yield Difference(path, "differs from what was published")


def _inconsistent(manifest: Manifest) -> Iterator[Difference]:
    """Yield what in the manifest contradicts itself."""
    carried = frozenset(manifest.carried)
    files = {path: one for path, one in manifest.files.items() if path not in carried}
    if digest_of_files(files) != manifest.digest:
        yield Difference(MANIFEST, "has another digest than its files have together")
    if manifest.release.rpartition("-")[2] != manifest.digest[:8]:
        yield Difference(MANIFEST, f"has a name that is not its own, {manifest.release}")


def _unsigned(read: Read, manifest: bytes, key: Ed25519PublicKey | None) -> Iterator[Difference]:
    """Yield what nobody vouches for: the statement, which has the manifest's digest, and itself."""
    line = read(STATEMENT)
    if line is None:
        yield Difference(STATEMENT, "is missing")
        return
    try:
        envelope = statement.decoded(line)
        about = statement.subjects(envelope.content)
    except ValueError as wrong:
        yield Difference(STATEMENT, f"cannot be read: {wrong}")
        return
    if about.get(MANIFEST) != hashlib.sha256(manifest).hexdigest():
        yield Difference(STATEMENT, "is about another manifest")
    if key is not None:
        yield from _unvouched(envelope, read(SIGNATURE), manifest, key)


def _unvouched(
    envelope: statement.Envelope, detached: bytes | None, manifest: bytes, key: Ed25519PublicKey
) -> Iterator[Difference]:
    signatures = [one.sig.encode() for one in envelope.signatures]
    if not signatures:
        yield Difference(STATEMENT, "is not signed")
    elif not any(signing.vouches(key, one, envelope.signed) for one in signatures):
        yield Difference(STATEMENT, "is not signed with this key")
    if detached is None:
        yield Difference(SIGNATURE, "is missing")
    elif not signing.vouches(key, detached, manifest):
        yield Difference(SIGNATURE, f"is not this key's over {MANIFEST}")
