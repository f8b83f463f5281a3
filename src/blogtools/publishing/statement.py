"""The statement about a release, as in-toto has it: what it is, and from what it was made."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from blogtools.model.release import MANIFEST, Manifest

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
#: Names how releases are made; `externalParameters` are what a maker may choose.
BUILD_TYPE = "https://gitlab.com/blogtools/blogtools/publish@v1"


class Signed(Struct, frozen=True):
    """A signature in an envelope, and whose it is."""

    keyid: str
    sig: str


class Envelope(Struct, frozen=True, rename={"payload_type": "payloadType"}):
    """A statement in its envelope (DSSE); without a key it has no signature."""

    payload: str
    payload_type: str
    signatures: tuple[Signed, ...] = ()

    @property
    def content(self) -> bytes:
        """Return the statement.

        Raises:
            ValueError: It is not written as it has to be.
        """
        return base64.b64decode(self.payload, validate=True)

    @property
    def signed(self) -> bytes:
        """Return what a signature is made over: the kind of the statement and itself."""
        return _authenticated(self.payload_type, self.content)


def _authenticated(kind: str, content: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding: nothing can be taken for something else."""
    return b"DSSEv1 %d %s %d %s" % (len(kind.encode()), kind.encode(), len(content), content)


def enveloped(statement: Mapping[str, Any]) -> Envelope:
    """Return a statement in an envelope, not signed yet."""
    content = msgspec.json.encode(statement, order="deterministic")
    return Envelope(base64.b64encode(content).decode(), PAYLOAD_TYPE)


def encoded(envelope: Envelope) -> bytes:
    """Return an envelope as a line of a file."""
    return msgspec.json.encode(envelope) + b"\n"


def decoded(line: bytes) -> Envelope:
    """Return the envelope that a file has in its first line.

    Raises:
        ValueError: There is none.
    """
    return msgspec.json.decode(line.partition(b"\n")[0], type=Envelope)


def provenance(manifest: Manifest, builder: str, run: str, source: str) -> Mapping[str, Any]:
    """Return the statement about a release.

    Args:
        manifest: The release's.
        builder: Who made it: the pipeline's address, or that it was made by hand.
        run: The very run that made it; may be empty.
        source: The repository; may be empty.
    """
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": MANIFEST, "digest": {"sha256": manifest.sha256}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"repository": source, "release": manifest.release},
                "internalParameters": {"created": manifest.created},
                "resolvedDependencies": _dependencies(manifest, source),
            },
            "runDetails": {
                "builder": {"id": builder, "version": {"blogtools": manifest.engine}},
                "metadata": {"invocationId": run} if run else {},
            },
        },
    }


def _dependencies(manifest: Manifest, source: str) -> list[Mapping[str, Any]]:
    """Return what the release was made from: the commit, and the locks."""
    locks: list[Mapping[str, Any]] = [
        {"name": path, "digest": {"sha256": digest}}
        for path, digest in sorted(manifest.locks.items())
    ]
    if not manifest.commit:
        return locks
    commit: dict[str, Any] = {"name": "source", "digest": {"gitCommit": manifest.commit}}
    return [commit | ({"uri": f"git+{source}"} if source else {}), *locks]


def subjects(statement: bytes) -> Mapping[str, str]:
    """Return the sha256 of each thing that a statement is about, by its name.

    Raises:
        ValueError: It is no statement.
    """
    found = msgspec.json.decode(statement, type=_Statement)
    if found.kind != STATEMENT_TYPE:
        raise ValueError(f"it is a {found.kind}")
    return {one.name: one.digest.get("sha256", "") for one in found.subject}


class _Subject(Struct):
    name: str
    digest: dict[str, str]


class _Statement(Struct, rename={"kind": "_type"}):
    kind: str
    subject: list[_Subject]
