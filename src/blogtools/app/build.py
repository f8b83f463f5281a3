"""The verb ``build``: a whole site appears, or the last good one stays."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from blogtools.build.outputs import staged
from blogtools.model.diagnostic import ContentError, Diagnostic, UsageError
from blogtools.model.project import Project

from .ports import Progress, Request, Site, silent

#: A site as a generator opened it; what adds references may need more of it than this verb does.
S = TypeVar("S", bound=Site)


@dataclass(frozen=True, slots=True)
class Report:
    """What a build came to.

    Attributes:
        site_dir: Where the site is.
        pages: How many pages were written.
        diagnostics: The warnings.
        seconds: How long it took.
        notices: What else an author should know.
    """

    site_dir: Path
    pages: int
    diagnostics: tuple[Diagnostic, ...]
    seconds: float
    notices: tuple[str, ...] = ()


def build(
    request: Request,
    generator: Callable[[Request], S],
    references: Callable[[S, Path, Progress], tuple[Diagnostic, ...]],
    progress: Progress = silent,
) -> Report:
    """Build a site.

    Args:
        request: What to build.
        generator: Opens the site.
        references: Adds the companions' references to a folder; returns what went wrong.
        progress: Is told how far the build is.

    Raises:
        ContentError: The content has errors, or warnings where the build is strict.
        UsageError: The build cannot begin.
    """
    began = time.perf_counter()
    site = generator(request)
    site.configure()
    _protect(site.project, site.site_dir)
    with staged(site.site_dir, (request.config_file,)) as folder:
        warnings = site.gather(folder, progress)
        _refuse_warnings(site, warnings)
        pages = site.write(progress)
        added = references(site, folder, progress)
        _refuse_warnings(site, added)
    seconds = time.perf_counter() - began
    return Report(site.site_dir, pages, (*warnings, *added), seconds, site.notices)


def _protect(project: Project, site_dir: Path) -> None:
    """Refuse a site that would replace, or lie among, what the author wrote."""
    for folder in (project.posts_dir, project.docs_dir):
        inside, around = site_dir.resolve(), folder.resolve()
        if inside.is_relative_to(around) or around.is_relative_to(inside):
            raise UsageError(
                f"the site would lie in, or replace, {folder}; choose another --site-dir"
            )


def _refuse_warnings(site: Site, warnings: tuple[Diagnostic, ...]) -> None:
    if site.strict and warnings:
        raise ContentError(warnings)
