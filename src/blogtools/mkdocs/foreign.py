"""Failures inside plugins, hooks and extensions that are not ours, as diagnostics."""

from __future__ import annotations

import traceback
from pathlib import Path

import yaml.constructor

from blogtools.content.options import read_config
from blogtools.model.diagnostic import Diagnostic

_OURS = Path(__file__).parents[1]
# Where PyYAML imports what a tag names, or calls it.
_TAGS = ("find_python_name", "find_python_module", "make_python_instance")

# Where MkDocs looks at one option after the other.
_LOOKS = ("_pre_validate", "_validate", "_post_validate")


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
        place = shown(file, config_file)
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


def unreadable(failure: BaseException, config_file: Path) -> Diagnostic | None:
    """Return what to say of code that failed when a configuration that was read named it.

    Args:
        failure: What was raised, perhaps a wish to exit.
        config_file: The blog's configuration.

    Returns:
        A diagnostic at the place that names the code; None if there is no such place.
    """
    if (found := _named(failure, config_file)) is None:
        return None
    what, file, line, column = found
    why = f"{type(failure).__name__}: {failure}"
    message = " ".join(f"{what} cannot be used: {why}".split()).rstrip(".")
    hint = "Mend it, or take it out of the configuration"
    place = shown(file, config_file)
    return Diagnostic(place, line, column, "plugin/failed", message, hint)


def option_of(failure: BaseException) -> str:
    """Return the option of the configuration that MkDocs was looking at, or nothing."""
    for frame, _ in traceback.walk_tb(failure.__traceback__):
        if frame.f_code.co_name in _LOOKS and "config_option" in frame.f_locals:
            return str(frame.f_locals["key"])
    return ""


def shown(file: Path, config_file: Path) -> str:
    """Return a file as diagnostics name it: by its path from the configuration's folder."""
    root = config_file.resolve().parent
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)


def _named(failure: BaseException, config_file: Path) -> tuple[str, Path, int, int] | None:
    """Return the name of a tag's object, or of a hook, with its file, line and column."""
    for frame, _ in traceback.walk_tb(failure.__traceback__):
        code, known = frame.f_code, frame.f_locals
        if code.co_filename == yaml.constructor.__file__ and code.co_name in _TAGS:
            mark = known["mark"] if "mark" in known else known["node"].start_mark
            name = known["name"] if "name" in known else known["suffix"]
            return name, Path(mark.name), mark.line + 1, mark.column + 1
        if code.co_name == "_load_hook" and "path" in known:
            line, column = read_config(config_file).locate(("hooks",))
            return known["name"], config_file.resolve(), line, column
    return None
