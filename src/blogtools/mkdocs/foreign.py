"""Failures inside plugins, hooks and extensions that are not ours, as diagnostics."""

from __future__ import annotations

import traceback
from pathlib import Path

from blogtools.model.diagnostic import Diagnostic

_OURS = Path(__file__).parents[1]


def foreign_failure(failure: Exception, config_file: Path) -> Diagnostic | None:
    """Return what to say of a failure that came from code which a blog brought along.

    Args:
        failure: What was raised.
        config_file: The blog's configuration, beside which its hooks lie.

    Returns:
        A diagnostic at that code's last line; None if the fault is not the author's to mend.
    """
    foreign = _called_by_an_event(traceback.extract_tb(failure.__traceback__))
    if not foreign or isinstance(failure, OSError):
        return None
    root = config_file.resolve().parent
    own = [frame for frame in foreign if Path(frame.filename).is_relative_to(root)]
    last = own[-1] if own else foreign[-1]
    file = Path(last.filename)
    message = " ".join(f"{type(failure).__name__} in {last.name}: {failure}".split())
    hint = "Mend this hook or extension, or take it out of the configuration"
    if file.is_relative_to(root):
        place = file.relative_to(root).as_posix()
        return Diagnostic(place, last.lineno or 1, 1, "plugin/failed", message, hint)
    where = f"{message} ({file.parent.name}/{file.name}:{last.lineno})"
    hint = "Take the plugin or extension out of the configuration, or report this to its makers"
    return Diagnostic(config_file.name, 1, 1, "plugin/failed", where, hint)


def _called_by_an_event(frames: traceback.StackSummary) -> list[traceback.FrameSummary]:
    """Return the frames below an event of MkDocs that a plugin or hook handled; none if we did."""
    for place, frame in enumerate(frames[:-1]):
        if frame.name == "run_event" and not Path(frames[place + 1].filename).is_relative_to(_OURS):
            return list(frames[place + 1 :])
    return []
