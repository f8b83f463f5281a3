"""The command line of releases: publish, list, go back, compare, verify."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from msgspec.structs import replace

from blogtools.cli_common import CONTENT_HAS_ERRORS, config_file_option, told
from blogtools.model.diagnostic import ContentError, UsageError
from blogtools.report import formats
from blogtools.report.meter import Meter

if TYPE_CHECKING:
    from blogtools.app.publish import Order, Published

_to = click.option(
    "--to",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("public"),
    show_default=True,
    help="Where the release is live; the others are kept beside it.",
)


@click.command()
@config_file_option
@_to
@click.option(
    "--site",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The built site; built first where the configuration has it, if left out.",
)
@click.option("--check", is_flag=True, help="Do everything but the last: put nothing anywhere.")
@click.option(
    "--live",
    metavar="URL|FILE",
    help="What is live now, by its address or its manifest; what is in --to, if left out.",
)
@click.option("--no-search", is_flag=True, help="Make no index: the site cannot be searched.")
@click.option(
    "--evidence",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of the pipeline's reports, for the evidence page.",
)
@click.option(
    "--key",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The private key (ed25519) to sign with.",
)
@click.option(
    "--keep",
    type=click.IntRange(2),
    help="How many releases are kept; what the configuration says, if left out.",
)
@click.option(
    "--symlink",
    is_flag=True,
    help="Make --to a link to the release, where there is nothing yet; it stays one then.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Read every file again, instead of trusting sizes and times. Always so where CI is set.",
)
@click.option(
    "--preview",
    is_flag=True,
    help="Make a preview for reviewers, in the folder preview: marked, and never live.",
)
@click.option(
    "--summary",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where a preview's summary is written, in Markdown; it is printed, if left out.",
)
@told
def publish(
    config_file: Path,
    to: Path,
    site: Path | None,
    check: bool,
    live: str | None,
    no_search: bool,
    evidence: Path | None,
    key: Path | None,
    keep: int | None,
    symlink: bool,
    verify: bool,
    preview: bool,
    summary: Path | None,
) -> None:
    """Publish the site as one release, which goes live as a whole or not at all.

    It has every page, reference, feed and redirect, compressed siblings, and a manifest,
    release.json, with the sha256 of each file. Before anything is put anywhere it is checked:
    links, drafts, weights, and that no address is lost that was published before.
    """
    from blogtools.app.publish import Order
    from blogtools.wiring import publish_site

    order = Order(
        site or Path(),
        to,
        check=check,
        link=symlink,
        search=not no_search,
        evidence=evidence,
        key=key,
        keep=keep,
        verify=verify,
    )
    if preview:
        _preview(config_file, order, build=site is None, live=live or "", summary=summary)
        return
    with Meter(sys.stderr) as meter:
        done = publish_site(config_file, order, build=site is None, live=live, progress=meter)
    for line in _said(done, to):
        click.echo(line)


def _preview(
    config_file: Path, order: Order, *, build: bool, live: str, summary: Path | None
) -> None:
    """Make a preview, and tell of it; what could not be published fails once that is done."""
    from blogtools.evidence import summary as told_of
    from blogtools.wiring import preview_site

    given = click.get_current_context().get_parameter_source("to")
    if given is ParameterSource.DEFAULT:
        order = replace(order, to=Path("preview"))
    base = os.environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")
    with Meter(sys.stderr) as meter:
        made = preview_site(config_file, order, build=build, live=live, base=base, progress=meter)
    text = told_of.summary(made)
    if summary is None:
        click.echo(text, nl=False)
    else:
        summary.parent.mkdir(parents=True, exist_ok=True)
        summary.write_text(text, encoding="utf-8")
        click.echo(f"A preview of {made.pages} pages is in {order.to}, its summary in {summary}")
    if made.wrong:
        raise ContentError(made.wrong)


def _said(done: Published, to: Path) -> list[str]:
    lines = []
    if done.change is not None:
        change = done.change
        lines.append(
            f"Addresses: {len(change.added)} added, {len(change.changed)} changed, "
            f"{len(change.removed)} removed"
        )
    lines.append(
        f"Files: {len(done.manifest.files)} ({done.size / 1e6:,.1f} MB), {done.linked} linked, "
        f"{done.compressed} compressed anew"
    )
    if done.pruned:
        lines.append(f"No longer kept: {', '.join(done.pruned)}")
    what = f"{done.manifest.release}, {done.pages} pages, in {done.seconds:.1f} s"
    lines.append(f"Published {what}: {to}" if done.placed else f"Would publish {what}")
    return lines


@click.command()
@_to
@told
def releases(to: Path) -> None:
    """List the releases that are kept beside DIR, the newest first."""
    from blogtools.app.releases import listing

    rows = listing(to)
    if not rows:
        raise UsageError(f"no release is kept beside {to}; make one with `blogtools publish`")
    for line in formats.table(("release", "made", "commit", ""), rows):
        click.echo(line)


@click.command()
@click.argument("release", metavar="[RELEASE]", default="")
@_to
@told
def rollback(release: str, to: Path) -> None:
    """Let an earlier RELEASE go live again; the one before the live one, if left out.

    The live one stays, and can be had back in the same way.
    """
    from blogtools.app.rollback import rollback as go_back

    chosen = go_back(to, release)
    click.echo(f"{chosen.name} is live{' already' if chosen.live else ''}: {to}")


@click.command()
@click.argument("before", metavar="RELEASE")
@click.argument("after", metavar="RELEASE")
@_to
@told
def diff(before: str, after: str, to: Path) -> None:
    """Compare two releases: which pages the second adds, changes and removes.

    Each RELEASE is one that is kept, or a folder, a manifest or an address. Exits with 1 if an
    address of the first is neither in the second, nor leads on, nor is said to be gone.
    """
    from blogtools.app.releases import manifest_of
    from blogtools.publishing.permanence import changes

    change = changes(manifest_of(to, before), manifest_of(to, after))
    for mark, urls in (
        ("+", change.added),
        ("~", change.changed),
        ("-", change.removed),
        ("!", change.dropped),
    ):
        for url in urls:
            click.echo(f"{mark} /{url}")
    click.echo(
        f"{len(change.added)} added, {len(change.changed)} changed, {len(change.removed)} removed, "
        f"{len(change.dropped)} lost"
    )
    sys.exit(CONTENT_HAS_ERRORS if change.dropped else 0)


@click.command()
@click.argument("place", metavar="URL|DIR")
@click.option(
    "--key",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The public key (ed25519) that the release has to be signed with.",
)
@told
def verify(place: str, key: Path | None) -> None:
    """Check that a site is what its manifest says, file by file, and who vouches for it.

    Names each file that differs, and exits with 1 if any does. At a URL nobody can see which files
    are there besides.
    """
    from blogtools.app.verify import verified

    found = verified(place, key)
    for one in found.differences:
        click.echo(f"{one.path} {one.message}")
    manifest = found.manifest
    signed = f", signed with {found.signer}" if found.signer else "; no signature was asked for"
    if found.differences:
        click.echo(f"{place} is not {manifest.release}: {len(found.differences)} differences")
        sys.exit(CONTENT_HAS_ERRORS)
    click.echo(f"{place} is {manifest.release}: {len(manifest.files)} files{signed}")


COMMANDS = (publish, releases, rollback, diff, verify)
