"""The command line: what authors type, and what they are told."""

from __future__ import annotations

import gc
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from blogtools import __version__
from blogtools.cli_common import (
    CONTENT_HAS_ERRORS,
    config_file_option,
    keep_to_the_end,
    say,
    told,
)
from blogtools.cli_gates import gate
from blogtools.cli_pipeline import pipeline
from blogtools.cli_publish import COMMANDS
from blogtools.model.diagnostic import ContentError, UsageError, errors
from blogtools.report import formats
from blogtools.report.meter import Meter

if TYPE_CHECKING:
    from blogtools.app.ports import Request
    from blogtools.app.run import Report
    from blogtools.app.serve import BuildResult

# How many lines of what code wrote to its standard error are shown.
_ERRORS_SHOWN = 10

# Whoever sets NO_COLOR wants none; otherwise a terminal gets colours, and a file does not.
_COLOR = False if os.environ.get("NO_COLOR") else None


_HELP = """Essays in Markdown, references from code, one static site.

\b
A new blog:          blogtools init my-blog
A new essay:         blogtools new "On naming"
Look while writing:  blogtools serve
Look for mistakes:   blogtools check
The site:            blogtools build
Its search:          blogtools index
Publish it:          blogtools publish
"""


@click.group(
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 the content has errors, 2 wrong usage.",
)
@click.version_option(__version__, prog_name="blogtools")
@click.pass_context
def main(context: click.Context) -> None:
    """Essays in Markdown, references from code, one static site."""
    context.color = _COLOR


@main.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@told
def init(folder: Path) -> None:
    """Make a new blog in DIR (here, if left out) that builds at once.

    Writes mkdocs.yml, a first essay, a page and .gitignore; never over an existing file.
    """
    from blogtools.app.init import init as make

    for file in make(folder, _today()):
        click.echo(f"Wrote {file}")
    place = "" if folder == Path() else f"cd {folder} && "
    click.echo(f"Look at it with: {place}blogtools serve")


@main.command()
@click.argument("title")
@config_file_option
@told
def new(title: str, config_file: Path) -> None:
    """Begin an essay called TITLE: a file with front matter, marked as a draft.

    Never writes over an existing file.
    """
    from blogtools.app.new import new as make
    from blogtools.wired import posts_dir

    click.echo(f"Wrote {make(posts_dir(config_file), title, _today())}")


@main.command()
@config_file_option
@click.option(
    "-d",
    "--site-dir",
    type=click.Path(path_type=Path),
    help="Where the site is to appear; what the configuration says, if left out.",
)
@click.option("-s", "--strict", is_flag=True, help="Let warnings stop the build.")
@click.option("--drafts", is_flag=True, help="Show drafts and future essays too, marked.")
@click.option(
    "--verify",
    is_flag=True,
    help="Read every file again, instead of trusting sizes and times. Always so where CI is set.",
)
@click.option(
    "--explain",
    metavar="[PATH]",
    is_flag=False,
    flag_value="",
    help="Say of each file that was made, copied anew or removed why; or only of the one at PATH "
    "in the site.",
)
@click.option(
    "--shard",
    metavar="I/N",
    help="Only convert the I-th of N shares of the essays, into a store of its own in "
    ".blogtools/shards. The build that finds such stores takes them in.",
)
@told
def build(
    config_file: Path,
    site_dir: Path | None,
    strict: bool,
    drafts: bool,
    verify: bool,
    explain: str | None,
    shard: str | None,
) -> None:
    """Build what of the site is not as it should be. If that fails, the last good site stays.

    What earlier builds found out is kept in .blogtools, which may be deleted at any time: the
    site is the same, byte for byte, with it and without.

    The build speaks from the day it is made; set SOURCE_DATE_EPOCH (seconds since 1970) to speak
    from another moment, or to get the same bytes again.
    """
    # All is kept until the process ends; looking for garbage in it is a sixteenth of an edit.
    gc.disable()
    from blogtools.app.explain import done, explained
    from blogtools.app.ports import Request
    from blogtools.wiring import build_site

    if shard is not None:
        if explain is not None:
            raise UsageError("a shard makes no file that could be explained; leave out --explain")
        _convert_share(Request(config_file, drafts=drafts), shard)
        return
    with Meter(sys.stderr) as meter:
        report = build_site(Request(config_file, site_dir, strict, drafts, verify), meter)
    keep_to_the_end(report)
    say(report.diagnostics)
    for notice in report.notices:
        click.echo(notice, err=True)
    if explain is not None:
        for line in explained(report, explain):
            click.echo(line)
    click.echo(f"{done(report)} in {report.seconds:.1f} s: {_shown(report.site_dir)}")


def _convert_share(request: Request, shard: str) -> None:
    """Do a share of a build's work."""
    from blogtools.app.shards import Share
    from blogtools.wiring import convert_share

    with Meter(sys.stderr) as meter:
        done = convert_share(request, Share.of(shard), meter)
    where = _shown(done.file) if done.file.exists() else "the store has had them all"
    click.echo(f"Converted {done.texts} of {done.all} essays: {where}")


@main.command()
@click.argument("site", metavar="[SITE]", type=click.Path(path_type=Path), required=False)
@config_file_option
@told
def index(site: Path | None, config_file: Path) -> None:
    """Make a built site searchable: index SITE (that of the configuration, if left out).

    Only the shards are made in which something has changed. Drafts are not in a site, and so they
    are not in its index. `blogtools publish` and `blogtools serve` do this by themselves.
    """
    from blogtools.wiring import index_built

    done = index_built(config_file, site)
    click.echo(
        f"{done.pages} pages can be found; made {done.made} of {done.shards} shards: "
        f"{_shown(done.folder)}"
    )


@main.command()
@config_file_option
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 takes a free one.",
)
@click.option(
    "--release",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Show the release in DIR instead, as GitLab Pages would; nothing is built.",
)
@told
def serve(config_file: Path, port: int, release: Path | None) -> None:
    """Show the site with its drafts on this machine, and reload it as you write.

    Mistakes are shown in the browser and here, while the last good site stays up.
    """
    from blogtools.wiring import serve_release, serve_site

    if release is not None:
        serve_release(release, port, _say_serving)
        return
    click.echo("Building ...", err=True)
    serve_site(config_file, port, _say_serving, _say_result)


def _say_serving(url: str) -> None:
    click.echo(f"Serving {url} (Ctrl-C stops)")


def _say_result(result: BuildResult) -> None:
    """Tell the author about a build of the server's."""
    say(result.diagnostics)
    if result.error:
        click.echo(f"blogtools: {result.error}", err=True)
    outcome = "Built" if result.site else "Not built; a site that was good before stays up"
    click.echo(
        f"{datetime.now().astimezone():%H:%M:%S} {outcome} ({result.seconds:.1f} s)", err=True
    )


@main.command()
@config_file_option
@click.option(
    "--format",
    "style",
    type=click.Choice(list(formats.FORMATS)),
    default="text",
    show_default=True,
    help="For people, for programs, or as GitLab's Code Quality report.",
)
@click.option("--drafts", is_flag=True, help="Check drafts and future essays too.")
@told
def check(config_file: Path, style: str, drafts: bool) -> None:
    """Find every mistake in the content, without building.

    Prints file:line:column for each, and exits with 1 if there is any, a warning included.
    """
    from blogtools.app.ports import Request
    from blogtools.wired import check_site

    with Meter(sys.stderr) as meter:
        found = check_site(Request(config_file, drafts=drafts), meter)
    click.echo(formats.FORMATS[style](found), nl=False)
    sys.exit(CONTENT_HAS_ERRORS if found else 0)


@main.command()
@click.argument("posts", metavar="[POST]...", nargs=-1)
@config_file_option
@click.option("--update", is_flag=True, help="Record the results, for builds to show.")
@click.option(
    "--upgrade",
    is_flag=True,
    help="Choose every package anew, within what the front matter asks for, and record.",
)
@told
def run(posts: tuple[str, ...], config_file: Path, update: bool, upgrade: bool) -> None:
    """Run the Python of essays, and compare what comes of it with what is recorded.

    Each POST is a file, or the folder or slug of an essay; all that ask for it, if left out. The
    code runs isolated, in an environment of its own. Builds never run anything: they show what is
    recorded.
    """
    from blogtools.app.run import summary
    from blogtools.wired import run_posts

    with Meter(sys.stderr) as meter:
        reports = run_posts(config_file, posts, update=update, upgrade=upgrade, progress=meter)
    for report in reports:
        _say_ran(report)
    found = tuple(sorted(wrong for report in reports for wrong in report.diagnostics))
    say(found)
    click.echo(summary(reports))
    sys.exit(CONTENT_HAS_ERRORS if errors(found) else 0)


@main.command()
@click.argument("posts", metavar="[POST]...", nargs=-1)
@config_file_option
@click.option("--check", is_flag=True, help="Draw nothing; say what is not recorded.")
@told
def draw(posts: tuple[str, ...], config_file: Path, check: bool) -> None:
    """Draw the Mermaid diagrams of essays and pages, and record them for builds to show.

    Each POST is a file, or the folder or slug of an essay; all, if left out. Only what is not
    recorded is drawn, by a Chromium on this machine: that which $CHROMIUM names, or one on the
    PATH. Builds never start it.
    """
    from blogtools.app.draw import summary
    from blogtools.wired import draw_posts

    with Meter(sys.stderr) as meter:
        reports = draw_posts(config_file, posts, check=check, progress=meter)
    for report in reports if not check else ():
        click.echo(f"{report.path}: {report.drawn} drawn, {report.kept} recorded already")
    found = tuple(sorted(wrong for report in reports for wrong in report.diagnostics))
    say(found)
    click.echo(summary(reports, check=check))
    sys.exit(CONTENT_HAS_ERRORS if errors(found) else 0)


def _say_ran(report: Report) -> None:
    """Tell the author about an essay that was run."""
    said = f" (network: {report.network})" if report.network else ""
    cells = f"{report.cells} block{'' if report.cells == 1 else 's'}, {report.seconds:.1f} s"
    click.echo(f"{report.path}: {report.came}, {cells}{said}")
    lines = report.errors.strip().splitlines()
    for line in lines[-_ERRORS_SHOWN:]:
        click.echo(f"  | {line}", err=True)


@main.command()
@click.argument("posts", metavar="[POST]...", nargs=-1)
@config_file_option
@click.option("--run", "runs", is_flag=True, help="Run their code with the newest versions too.")
@click.option("--update", is_flag=True, help="Record what comes of it, for builds to show.")
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@told
def drift(posts: tuple[str, ...], config_file: Path, runs: bool, update: bool, style: str) -> None:
    """Compare essays with the newest versions of the packages that they were written for.

    Each POST is a file, or the folder or slug of an essay; all that name versions, drafts too, if
    left out. Says which names are gone, renamed, changed or deprecated, and exits with 1 if any is.
    Never changes an essay.
    """
    from blogtools.app import drift as verb
    from blogtools.wired import drift_posts

    with Meter(sys.stderr) as meter:
        found, warnings = drift_posts(config_file, posts, runs=runs, update=update, progress=meter)
    if warnings:
        say(warnings)
    if style == "json":
        click.echo(verb.as_json(found), nl=False)
    else:
        for line in formats.table(verb.HEADS, tuple(verb.rows(found))):
            click.echo(line)
        for wrong in (wrong for one in found for wrong in sorted((*one.errors, *one.findings))):
            click.echo(str(wrong))
        click.echo(verb.summary(found))
    sys.exit(0 if all(one.holds for one in found) else CONTENT_HAS_ERRORS)


@main.command()
@config_file_option
@told
def schema(config_file: Path) -> None:
    """Print the JSON Schema of the front matter, for editors that complete and check it."""
    from blogtools.content.frontmatter import json_schema
    from blogtools.wired import taxonomies

    click.echo(json_schema(taxonomies(config_file)), nl=False)


@main.group()
def reference() -> None:
    """Lock, build and list the references of companion packages."""


@reference.command("update")
@config_file_option
@told
def reference_update(config_file: Path) -> None:
    """Write companions.lock: what each version is that the blog asks for, down to its bytes.

    Asks the index (through pip) and repositories (through git) which versions there are. A version
    that is locked already stays as it is.
    """
    from blogtools.wired import update_references

    with Meter(sys.stderr) as meter:
        change = update_references(config_file, meter)
    for entry in change.added:
        click.echo(f"Locked {entry.name} {entry.version} ({entry.label})")
    for entry in change.removed:
        click.echo(f"Dropped {entry.name} {entry.version}")
    if change.described:
        click.echo(f"Noted day and licence of {', '.join(change.described)}")
    if not (change.added or change.removed or change.described):
        click.echo("Nothing to change.")
    if change.diagnostics:
        raise ContentError(change.diagnostics)


@reference.command("build")
@click.argument("names", metavar="[NAME[@VERSION]]...", nargs=-1)
@config_file_option
@click.option(
    "--to",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also copy the references below DIR, for `reference absorb` on another machine.",
)
@told
def reference_build(names: tuple[str, ...], config_file: Path, to: Path | None) -> None:
    """Build references into the cache, where the next build of the site finds them.

    All of them, or only those that are named.
    """
    from blogtools.wired import build_references

    with Meter(sys.stderr) as meter:
        built = build_references(config_file, names, to, meter)
    for companion, tree in built.trees:
        place = to / companion.name / companion.version if to else tree.folder
        click.echo(f"Built {companion.label}: {_shown(place)}")
    if built.diagnostics:
        raise ContentError(built.diagnostics)


@reference.command("absorb")
@click.argument(
    "folders",
    metavar="DIR...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
)
@config_file_option
@told
def reference_absorb(folders: tuple[Path, ...], config_file: Path) -> None:
    """Take references that `reference build --to` made elsewhere into the cache.

    Only those that the next build would make itself, from the same source, options and tools: each
    is checked, byte by byte.
    """
    from blogtools.wired import absorb_references

    taken, wrong = absorb_references(config_file, folders)
    for companion in taken:
        click.echo(f"Took in {companion.label}")
    if not taken and not wrong:
        raise UsageError(f"there are no references in {', '.join(map(_shown, folders))}")
    if wrong:
        raise ContentError(wrong)


@reference.command("list")
@config_file_option
@told
def reference_list(config_file: Path) -> None:
    """List the versions of each companion, and how far each has come: locked, fetched or built."""
    from blogtools.wired import list_references

    rows, wrong = list_references(config_file)
    for line in formats.table(("package", "version", "released", "licence", "state"), rows):
        click.echo(line)
    if wrong:
        raise ContentError(wrong)


for command in COMMANDS:
    main.add_command(command)
main.add_command(gate)
main.add_command(pipeline)


def _today() -> date:
    return datetime.now(UTC).date()


def _shown(path: Path) -> str:
    """Return a path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
