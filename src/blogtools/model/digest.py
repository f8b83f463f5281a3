"""Digests of bytes and of values: equal values have equal digests, on every machine."""

from __future__ import annotations

import hashlib

import msgspec

#: How many bytes a digest has; two different values of one site will not share 128 bits by chance.
SIZE = 16

# Mappings and sets are sorted, so that the order in which they were filled means nothing.
_ENCODER = msgspec.msgpack.Encoder(order="deterministic", enc_hook=str)


def digest(data: bytes) -> bytes:
    """Return the BLAKE2b digest of some bytes.

    What authors keep is known by it, such as recorded results: it is not to be exchanged.
    """
    return hashlib.blake2b(data, digest_size=SIZE).digest()


def hasher() -> hashlib.blake2b:
    """Return what makes the same digest of bytes that come in pieces."""
    return hashlib.blake2b(digest_size=SIZE)


def digest_of(*values: object) -> bytes:
    """Return a digest of values made of plain types and dataclasses."""
    return digest(_ENCODER.encode(values))
