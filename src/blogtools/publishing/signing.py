"""Signatures with a key in a file: ed25519, as `cryptography` does it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from blogtools.model.diagnostic import UsageError
from blogtools.model.release import SIGNATURE, STATEMENT, Manifest
from blogtools.model.release import encoded as manifest_bytes

from .statement import Envelope, Signed, encoded

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

_EXTRA = "install what signs: pip install 'blogtools[publish]'"
_MAKE = "make one with: openssl genpkey -algorithm ed25519 -out release.key"
_PUBLISH = "make it with: openssl pkey -in release.key -pubout -out release.pub"


def signed(
    manifest: Manifest, envelope: Envelope, signer: Ed25519PrivateKey | None
) -> Mapping[str, bytes]:
    """Return the files that say who published a release, by their paths in the site.

    Args:
        manifest: The release's.
        envelope: The statement about it.
        signer: Signs both; without one there is the statement alone, and nobody vouches for it.
    """
    if signer is None:
        return {STATEMENT: encoded(envelope)}
    name = key_id(signer.public_key())
    signature = Signed(name, base64.b64encode(signer.sign(envelope.signed)).decode())
    detached = base64.b64encode(signer.sign(manifest_bytes(manifest)))
    return {
        STATEMENT: encoded(replace(envelope, signatures=(signature,))),
        SIGNATURE: detached + b"\n",
    }


def vouches(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    """Return whether a signature, as base64 writes it, is the key's over some bytes."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(base64.b64decode(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a key: the sha256 of it as DER has it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256:{hashlib.sha256(der).hexdigest()}"


def private_key(file: Path) -> Ed25519PrivateKey:
    """Read a key to sign with (PEM, or as OpenSSH writes it; without a passphrase).

    Raises:
        UsageError: It is none.
    """
    with _needed():
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    data = _bytes(file)
    ssh = b"OPENSSH PRIVATE" in data
    load = serialization.load_ssh_private_key if ssh else serialization.load_pem_private_key
    try:
        key = load(data, None)
    except (ValueError, TypeError) as wrong:
        raise UsageError(f"{file} is no private key without a passphrase; {_MAKE}") from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"the key in {file} is not of ed25519; {_MAKE}")
    return key


def public_key(file: Path) -> Ed25519PublicKey:
    """Read a key to check signatures with (PEM, or as OpenSSH writes it).

    Raises:
        UsageError: It is none.
    """
    with _needed():
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    data = _bytes(file)
    ssh = data.startswith(b"ssh-")
    load = serialization.load_ssh_public_key if ssh else serialization.load_pem_public_key
    try:
        key = load(data)
    except (ValueError, UnsupportedAlgorithm) as wrong:
        raise UsageError(f"{file} is no public key; {_PUBLISH}") from wrong
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"the key in {file} is not of ed25519; {_PUBLISH}")
    return key


@contextmanager
def _needed() -> Iterator[None]:
    """Say what to install where that cannot be imported; most builds need none of it."""
    try:
        yield
    except ImportError:
        raise UsageError(f"cryptography is not installed; {_EXTRA}") from None


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as refused:
        raise UsageError(f"the key {file} cannot be read: {refused.strerror}") from refused
