"""What all commands share: how failures become messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from blogtools.model.diagnostic import ContentError, Diagnostic, Severity, UsageError
from blogtools.report import formats

CONTENT_HAS_ERRORS = 1
WRONG_USAGE = 2

_P = ParamSpec("_P")

# What a command has made is let go by the end of its process, all at once, and not piece by piece.
_kept: list[object] = []

config_file_option = click.option(
    "-f",
    "--config-file",
    type=click.Path(path_type=Path),
    default=Path("mkdocs.yml"),
    show_default=True,
    help="The blog's configuration file.",
)


def told(command: Callable[_P, None]) -> Callable[_P, None]:
    """Make a command's failures into messages and exit codes, never into tracebacks."""

    @wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ContentError as wrong:
            say(wrong.diagnostics)
            sys.exit(CONTENT_HAS_ERRORS)
        except UsageError as wrong:
            click.echo(f"blogtools: {wrong}", err=True)
            sys.exit(WRONG_USAGE)
        except OSError as refused:
            # Of two files, the second is where something was to be put.
            file = refused.filename2 or refused.filename
            place = f" ({file})" if file else ""
            click.echo(f"blogtools: {refused.strerror or refused}{place}", err=True)
            _drop_output()
            sys.exit(WRONG_USAGE)

    return run


def keep_to_the_end(made: object) -> None:
    """Keep from being freed what a command has made, since nothing but the end comes after it."""
    _kept.append(made)


def _drop_output() -> None:
    """Throw away what could not be written, else Python tries again when it ends, and says so."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError), Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def say(diagnostics: Sequence[Diagnostic]) -> None:
    """Print findings, one a line, and how many there are."""
    for found in diagnostics:
        color = "red" if found.severity is Severity.ERROR else "yellow"
        place, _, rest = str(found).partition(": ")
        click.echo(f"{click.style(place, bold=True)}: {click.style(rest, fg=color)}", err=True)
    if diagnostics:
        click.echo(formats.summary(diagnostics), err=True)
