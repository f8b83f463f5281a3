"""The command line of the pipeline: components, and the projects that include them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from blogtools import __version__
from blogtools.cli_common import CONTENT_HAS_ERRORS, say, told

#: The project that the components are included from, on whichever GitLab it is.
HOME = "blogtools/blogtools"

_folder = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group()
def pipeline() -> None:
    """Add the pipeline to a project, look after its components, and audit who includes them."""


@pipeline.command("init")
@click.argument("folder", metavar="[DIR]", type=_folder, default=Path())
@click.option(
    "--include",
    metavar="PROJECT",
    default=HOME,
    show_default=True,
    help="The project to include the pipeline from.",
)
@told
def init(folder: Path, include: str) -> None:
    """Add the pipeline to the project in DIR (here, if left out).

    Looks at the project's layout, package, tests and documentation, prints the change as a diff,
    and makes it if there is no .gitlab-ci.yml yet. One that is there is never touched: give the
    diff to `git apply`, or take from it what is wanted.
    """
    from blogtools.app.pipeline_init import add, propose

    proposal = propose(folder, include, __version__)
    for line in proposal.reasons:
        click.echo(f"# {line}", err=True)
    click.echo(proposal.diff, nl=False)
    if add(proposal):
        click.echo(f"Wrote {proposal.file}", err=True)
    elif proposal.diff:
        click.echo(f"{proposal.file} exists already and stays as it is.", err=True)
        sys.exit(CONTENT_HAS_ERRORS)
    else:
        click.echo(f"{proposal.file} includes the pipeline already.", err=True)


@pipeline.command("lint")
@click.argument(
    "paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path, exists=True)
)
@told
def lint(paths: tuple[Path, ...]) -> None:
    """Check component files; all in templates/, if left out.

    Both orders of filling in inputs must read the same, every input is described and used, no
    keyword reaches beyond the component's own jobs, and GitLab's schema accepts the result.
    """
    from blogtools.app import components
    from blogtools.pipeline.schema import check

    number, found = components.lint(paths or (Path("templates"),), check)
    say(found)
    click.echo(f"{number} component{'' if number == 1 else 's'} checked", err=True)
    sys.exit(CONTENT_HAS_ERRORS if found else 0)


@pipeline.command("docs")
@click.argument("folder", metavar="[DIR]", type=_folder, default=Path("templates"))
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs/components"),
    show_default=True,
    help="The folder of the pages.",
)
@click.option(
    "--catalogue",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for all inputs as JSON.",
)
@click.option(
    "--include",
    metavar="PROJECT",
    default=HOME,
    show_default=True,
    help="The project that examples include from.",
)
@click.option(
    "--version", default=__version__, show_default=True, help="The version that examples name."
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if anything would change.")
@told
def docs(
    folder: Path, to: Path, catalogue: Path | None, include: str, version: str, check: bool
) -> None:
    """Write the reference pages and the diagram of the components in DIR (templates/)."""
    from blogtools.app import components

    files = components.made(folder, to, catalogue, include, version)
    changed = components.drifted(files) if check else components.write(files)
    for file in changed:
        click.echo(f"{file} is not as the components say" if check else f"Wrote {file}")
    sys.exit(CONTENT_HAS_ERRORS if check and changed else 0)


@pipeline.command("audit")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=_folder)
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@told
def audit(folders: tuple[Path, ...], style: str) -> None:
    """Compare how the projects in DIRs include the pipeline.

    Which version each includes, which gates are switched off or may fail unseen, and which
    thresholds are lower than the defaults. Exits with 1 if any project holds itself to less.
    """
    from blogtools.app import pipeline_audit as verb
    from blogtools.report.formats import table

    found = [verb.audit(folder) for folder in folders]
    if style == "json":
        click.echo(verb.as_json(found), nl=False)
    else:
        for line in table(verb.HEADS, [row for one in found for row in verb.rows(one)]):
            click.echo(line)
    sys.exit(0 if all(one.holds for one in found) else CONTENT_HAS_ERRORS)
