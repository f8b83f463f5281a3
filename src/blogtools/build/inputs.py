"""Whether anything from outside is other than it was when the last build read it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec import Struct

from blogtools.model.clock import clock_now
from blogtools.model.digest import digest_of

from .files import Seen
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
    """Return what a build depended on besides what files say, for the next one to compare."""
    return Inputs(
        trees=memory.files.trees,
        environment=memory.environment,
        variables=_values(outside.variables),
        folder=memory.files.here,
        timezone=outside.timezone,
        since=outside.since,
        until=outside.until,
    )


def unchanged(inputs: Inputs, seen: Mapping[str, Seen], memory: Memory) -> bool:
    """Return whether everything is as it was, what files say included."""
    return (
        inputs.environment == memory.environment
        and inputs.variables == _values(tuple(inputs.variables))
        and inputs.folder == memory.files.here
        and inputs.since <= clock_now(os.environ, inputs.timezone).timestamp() < inputs.until
        and not memory.files.changed(seen, inputs.trees)
    )


def _values(names: tuple[str, ...]) -> dict[str, bytes]:
    """Return the digest of each variable: the values may be secret."""
    return {name: digest_of(os.environ.get(name)) for name in names}
