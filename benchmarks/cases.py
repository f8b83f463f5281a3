"""What is timed. A case brings a stage into a state, and measures a build or the server.

The cases of a subject are played on one stage in the order of `CASES`, so that what one of them has
built is where the next begins; each also works alone.

A new case is a function and an entry in `CASES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.measure import Measurement
from benchmarks.stage import Stage

_SERVED_EDITS = 9


@dataclass(frozen=True)
class Case:
    """One thing to time.

    Attributes:
        name: For the command line.
        title: For the report.
        play: Brings a stage into a state and measures.
        once: Whether one round is enough, because it measures more than once by itself.
    """

    name: str
    title: str
    play: Callable[[Stage], Measurement]
    once: bool = False


def _cold(stage: Stage) -> Measurement:
    stage.clear()
    return stage.build()


def _unchanged(stage: Stage) -> Measurement:
    stage.demand_built()
    return stage.build()


def _edited(stage: Stage) -> Measurement:
    stage.demand_built()
    return _build_edited(stage)


def _restored(stage: Stage) -> Measurement:
    stage.demand_built()
    stage.restore()
    return _build_edited(stage)


def _build_edited(stage: Stage) -> Measurement:
    edit = stage.edit()
    taken = stage.build()
    stage.demand_shown(edit)
    return taken


def _serve(stage: Stage) -> Measurement:
    return stage.serve(_SERVED_EDITS)


CASES = (
    Case("cold", "Cold build", _cold),
    Case("unchanged", "Nothing changed, new process", _unchanged),
    Case("edited", "One body edited, new process", _edited),
    Case("restored", "Fresh checkout, store restored, one body edited", _restored),
    Case("serve", "Serve: from saving a post to its changed page", _serve, once=True),
)
