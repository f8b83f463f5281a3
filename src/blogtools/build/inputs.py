"""Whether anything from outside is other than it was when the last build read it."""

from __future__ import annotations

import os

from msgspec import Struct

from blogtools.model.clock import clock_now
from blogtools.model.digest import digest_of

from .ledger import Inputs
from .memory import Memory


class Outside(Struct, frozen=True):
    """What a site depends on besides files and packages.

    Attributes:
        timezone: In which the build's day ends.
        since: The site is the same at any moment from this one on (seconds since 1970) ...
        until: ... and before this one.
        variables: The names of the variables of the environment that the configuration mentions.
    """

    timezone: str
    since: float
    until: float
    variables: tuple[str, ...]


def inputs_of(memory: Memory, outside: Outside) -> Inputs:
    """Return what a build has read, for the next one to compare."""
    files = memory.files
    return Inputs(
        files=files.listed() | files.seen,
        trees=files.trees,
        environment=memory.environment,
        variables=_values(outside.variables),
        timezone=outside.timezone,
        since=outside.since,
        until=outside.until,
    )


def outside_of(inputs: Inputs) -> Outside:
    """Return what the inputs of a build say of the world besides files and packages."""
    return Outside(inputs.timezone, inputs.since, inputs.until, tuple(inputs.variables))


def unchanged(inputs: Inputs, memory: Memory) -> bool:
    """Return whether everything is as it was."""
    return (
        inputs.environment == memory.environment
        and inputs.variables == _values(tuple(inputs.variables))
        and inputs.since <= clock_now(os.environ, inputs.timezone).timestamp() < inputs.until
        and not memory.files.changed(inputs.files, inputs.trees)
    )


def _values(names: tuple[str, ...]) -> dict[str, bytes]:
    """Return the digest of each variable: the values may be secret."""
    return {name: digest_of(os.environ.get(name)) for name in names}
