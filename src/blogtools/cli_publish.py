"""The command line of releases: publish, list, go back, compare, verify."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from blogtools.cli_common import told
from blogtools.report.meter import Meter

if TYPE_CHECKING:
    from blogtools.app.publish import Published

_config_file = click.option(
    "-f",
    "--config-file",
    type=click.Path(path_type=Path),
    default=Path("mkdocs.yml"),
    show_default=True,
    help="The blog's configuration file.",
)
_to = click.option(
    "--to",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("public"),
    show_default=True,
    help="Where the release is live; the others are kept beside it.",
)


@click.command()
@_config_file
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
    default="",
    help="What is live now, by its address or its manifest; what is in --to, if left out.",
)
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
    type=click.IntRange(1),
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
@told
def publish(
    config_file: Path,
    to: Path,
    site: Path | None,
    check: bool,
    live: str,
    evidence: Path | None,
    key: Path | None,
    keep: int | None,
    symlink: bool,
    verify: bool,
) -> None:
    """Publish the site as one release, which goes live as a whole or not at all.

    It has every page, reference, feed and redirect, compressed siblings, and a manifest,
    release.json, with the sha256 of each file. Before anything is put anywhere it is checked:
    links, drafts, weights, and that no address is lost that was published before.
    """
    from blogtools.app.publish import Order
    from blogtools.wiring import publish_site

    with Meter(sys.stderr) as meter:
        order = Order(
            site or Path(),
            to,
            check=check,
            link=symlink,
            evidence=evidence,
            key=key,
            keep=keep,
            verify=verify,
        )
        done = publish_site(config_file, order, build=site is None, live=live, progress=meter)
    for line in _said(done, to):
        click.echo(line)


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
