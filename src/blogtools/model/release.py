"""A release: everything that is published at once, and the manifest at its root that says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

#: The manifest, its signature and the statement about it; a manifest does not list these.
MANIFEST = "release.json"
SIGNATURE = "release.json.sig"
STATEMENT = "release.intoto.jsonl"
ABOUT = frozenset({MANIFEST, SIGNATURE, STATEMENT})
#: What shows the release's name on every page; see `content.releasing`.
STYLES = "assets/release.css"
#: The folder of the evidence page and of the reports beside it.
EVIDENCE = "pipeline/"
#: The ends of compressed siblings, by the coding that a server names.
CODINGS: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}
#: The form of the manifest; one of another form is not read.
VERSION = 1

_ENDS = tuple(CODINGS.values())
# Both have as many letters.
_END = -len(_ENDS[0])
# Eight digits of a digest tell the releases of a day apart.
_SHORT = 8


class Manifest(Struct, frozen=True, kw_only=True):
    """What a release consists of, and what it was made from.

    Attributes:
        version: The form of the manifest.
        release: The release's name, such as ``2026-11-28-1a2b3c4d``.
        digest: The sha256 of what is released, but for what tells of the release itself: styles
            with its name, evidence. The name has its first digits.
        commit: The commit that the site was built from; empty where nobody knows.
        created: The moment it speaks from, as RFC 3339 writes it.
        engine: The version of blogtools.
        locks: The sha256 of each lock, by its path in the project.
        files: The sha256 of each file, by its path in the site.
        carried: Those of them that the release before had, and that pages of it may still load.
        gone: Why an address that was published once is not any more, by the address.
        redirects: Where an address that was published once leads to.
    """

    version: int = VERSION
    release: str
    digest: str
    commit: str = ""
    created: str
    engine: str
    locks: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str]
    carried: tuple[str, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)

    @property
    def urls(self) -> frozenset[str]:
        """Return every address that it answers by a file, siblings left out."""
        return frozenset(url_of(path) for path in originals(self.files))

    @property
    def sha256(self) -> str:
        """Return the digest of the manifest itself, as it is published."""
        return hashlib.sha256(encoded(self)).hexdigest()


def encoded(manifest: Manifest) -> bytes:
    """Return a manifest as it is published: sorted, a line for each file."""
    # To indent the whole takes ten times as long as to write the lines of the files here.
    bare = msgspec.json.encode(replace(manifest, files={}), order="deterministic")
    files = b",\n".join(
        b'  %s: "%s"' % (msgspec.json.encode(path), digest.encode())
        for path, digest in sorted(manifest.files.items())
    )
    head, mark, rest = msgspec.json.format(bare, indent=1).partition(b'"files": {}')
    return head + mark[:-1] + b"\n" + files + b"\n }" + rest + b"\n"


def decoded(data: bytes) -> Manifest:
    """Return a manifest as it was published.

    Raises:
        ValueError: It is none, or one of another form.
    """
    manifest = msgspec.json.decode(data, type=Manifest)
    if manifest.version != VERSION:
        raise ValueError(f"its form is {manifest.version}, and {VERSION} is known")
    return manifest


def originals(files: Mapping[str, str]) -> Iterator[str]:
    """Yield the path of every file that is not the compressed sibling of another."""
    return (path for path in files if not (path.endswith(_ENDS) and path[:_END] in files))


def is_sibling(path: str, files: Mapping[str, str]) -> bool:
    """Return whether a file is the compressed form of another one beside it."""
    return path.endswith(_ENDS) and path[:_END] in files


def url_of(path: str) -> str:
    """Return the address of a file, relative to the site: a page's has no ``index.html``."""
    return path.removesuffix("index.html") if f"/{path}".endswith("/index.html") else path


def tells_of_the_release(path: str) -> bool:
    """Return whether a file's bytes depend on the release that it is in."""
    return path in ABOUT or path.startswith((STYLES, EVIDENCE))


def digest_of_files(files: Mapping[str, str]) -> str:
    """Return the sha256 of files, by their names and digests, but for what tells of the release.

    Args:
        files: The sha256 of each file by its path; compressed siblings mean nothing here.
    """
    lines = (
        f"{files[path]}  {path}\n"
        for path in sorted(originals(files))
        if not tells_of_the_release(path)
    )
    return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()


def name_of(digest: str, created: datetime) -> str:
    """Return the name of a release.

    Args:
        digest: Of its files.
        created: The moment it speaks from.
    """
    return f"{created.astimezone(UTC):%Y-%m-%d}-{digest[:_SHORT]}"
