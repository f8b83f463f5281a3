"""The history of the figures: a file of the site itself, so that nothing else has to keep it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from blogtools.model.evidence import VERSION, Entry, Evidence, History
from blogtools.model.release import Manifest

from .figures import figures

# A site that is published every day for three years.
_KEPT = 1000


def decoded(data: bytes) -> History | None:
    """Return the history that the live site has; None where it is none that can be read.

    Args:
        data: The file; empty where there is none yet.
    """
    if not data:
        return History()
    try:
        history = msgspec.json.decode(data, type=History)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return history if history.version == VERSION else None


def encoded(history: History) -> bytes:
    """Return a history as it is published."""
    data = msgspec.json.encode(history, order="deterministic")
    return msgspec.json.format(data, indent=1) + b"\n"


def continued(history: History, release: Manifest, evidence: Evidence) -> History:
    """Return a history with one more release, the newest; the oldest of very many are left out."""
    outcomes: Mapping[str, str] = {held.gate: held.said for held in evidence.gates}
    entry = Entry(release.release, release.created, release.commit, outcomes, figures(evidence))
    others = (one for one in history.releases if one.release != entry.release)
    return replace(history, releases=(*others, entry)[-_KEPT:])
