"""The command line of the gates: a command for each, with the options that it asks for."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from blogtools.gates import GATES

if TYPE_CHECKING:
    from blogtools.gates.options import Option

# Seconds that tools have, where nothing else is said.
_LIMIT = 900.0


class _Seconds(click.FloatRange):
    """A time limit; pipelines say "" where they want to leave it out."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(self, value: Any, param: Any, ctx: Any) -> float:  # noqa: ANN401
        return super().convert(_LIMIT if value == "" else value, param, ctx)


_COMMON = (
    click.Option(
        ["--root"],
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        default=Path(),
        help="The project to judge; here, if left out. Paths of other options begin there.",
    ),
    click.Option(
        ["--report-dir"],
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("gate-reports"),
        show_default=True,
        help="Where the reports are written.",
    ),
    click.Option(
        ["--time-limit"],
        type=_Seconds(),
        metavar="SECONDS",
        default=_LIMIT,
        show_default=True,
        help="After so many seconds the tools are stopped, and the gate is broken.",
    ),
)


class Gates(click.Group):
    """All gates; the module of one is imported when somebody asks for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the gates, in the pipeline's order."""
        return list(GATES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a gate's command; None where there is no such gate."""
        return _command(cmd_name) if cmd_name in GATES else None


@click.command(
    "gate",
    cls=Gates,
    epilog="Exit codes: 0 passed, 1 failed, 2 the gate itself could not do its work.",
)
def gate() -> None:
    """Hold a Python project to a gate of the pipeline.

    A gate runs tools, reads what they report and judges it. What cannot be judged fails: a tool
    that is missing, crashes, hangs or says nothing, and a project with nothing to look at.
    """


def _command(name: str) -> click.Command:
    from blogtools.gates.options import options_of

    module = import_module(GATES[name])
    asked = options_of(module.Options)
    return click.Command(
        name,
        help=module.__doc__,
        callback=_callback(name, module, asked),
        params=[*_COMMON, *map(_parameter, asked)],
    )


def _callback(
    name: str,
    module: Any,  # noqa: ANN401
    asked: tuple[Option, ...],
) -> Callable[..., None]:
    def run(root: Path, report_dir: Path, time_limit: float, **given: Any) -> None:  # noqa: ANN401
        from blogtools.app.gate import hold
        from blogtools.gates.checkout import Checkout
        from blogtools.gates.running import Runner
        from blogtools.report import verdicts

        # So that a job that is cancelled takes its tools along.
        signal.signal(signal.SIGTERM, _stopped)
        root = root.resolve()
        runner = Runner(root, time_limit)
        checkout = Checkout(root, runner, datetime.now(UTC).date())
        options = module.Options(**{one.name: _value(one, given[one.name]) for one in asked})
        verdict = hold(
            name,
            lambda: module.judge(options, checkout),
            lambda: runner.seconds,
            verdicts.reports,
            report_dir,
            files=module.FILES,
            prefix=_prefix(root),
            commit=os.environ.get("CI_COMMIT_SHA", ""),
            pipeline=os.environ.get("CI_PIPELINE_ID", ""),
        )
        color = "red" if verdict.outcome.exit_code else "green"
        for line in verdicts.text(verdict, str(report_dir / f"{name}.json")):
            said = line.startswith(f"{name} ")
            click.secho(line, fg=color if said else None, bold=said)
        sys.exit(verdict.outcome.exit_code)

    return run


def _stopped(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _prefix(root: Path) -> str:
    """Return where the project is in the repository that the job runs in."""
    here = Path.cwd().resolve()
    below = root != here and root.is_relative_to(here)
    return root.relative_to(here).as_posix() if below else ""


def _value(asked: Option, given: Any) -> Any:  # noqa: ANN401
    """Return an option's value; pipelines say "" where they want to leave one out."""
    if isinstance(given, tuple):
        return tuple(one for one in given if str(one) != "")
    return None if given == "" and asked.optional else given


def _parameter(asked: Option) -> click.Option:
    name = asked.name.replace("_", "-")
    if asked.type is bool:
        return click.Option(
            [f"--{name}/--no-{name}"], default=asked.default, show_default=True, help=asked.help
        )
    return click.Option(
        [f"--{name}"],
        type=_type(asked),
        multiple=asked.multiple,
        default=asked.default,
        show_default=asked.default not in (None, "", ()),
        help=asked.help,
    )


def _type(asked: Option) -> click.ParamType[Any]:
    if asked.choices:
        return click.Choice(asked.choices)
    if asked.type is int:
        return click.IntRange(_whole(asked.at_least), _whole(asked.at_most))
    if asked.type is float:
        return click.FloatRange(asked.at_least, asked.at_most)
    return _Path() if asked.type is Path else click.STRING


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


class _Path(click.Path):
    """A path; "" stays what it is, because Path("") would be a folder."""

    def __init__(self) -> None:
        super().__init__()

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401
        return Path(value) if str(value) else ""
