"""A small blog whose builds say which files they made, and why."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from blogtools.app.explain import explained
from blogtools.app.ports import Request
from blogtools.wiring import build_site
from tests import nursery
from tests.site.support import write

from .building import PATIENCE, remember_templates, templates, warm_up
from .site import Blog, essay, files_of

_FORK = multiprocessing.get_context("fork")
_SETTINGS = """\
site_name: Small
site_url: https://small.example/
theme: {name: material, custom_dir: overrides}
nav: [index.md, guide.md]
plugins:
  blogtools: {workers: 1, timezone: UTC, per_page: 10, related: 1}
"""
_AUTHORS = "authors:\n  ada: {name: Ada}\n  bob: {name: Bob}\n"
#: The essays by name, from the oldest: date and the rest of the front matter.
_ESSAYS: Mapping[str, tuple[str, dict[str, object]]] = {
    "alpha": ("2023-01-01", {"tags": ["Red"], "authors": ["ada"]}),
    "beta": ("2023-02-01", {"tags": ["Red"], "series": "Steps"}),
    "gamma": ("2023-03-01", {"tags": ["Blue"], "series": "Steps"}),
    "delta": ("2024-01-01", {"tags": ["Blue"], "authors": ["bob"]}),
    "epsilon": ("2024-02-01", {"tags": ["Green"], "authors": ["bob"]}),
    "zeta": ("2024-03-01", {"tags": ["Green"], "authors": ["ada"]}),
    "eta": ("2026-07-01", {"tags": ["Green"]}),
}
NAMES = tuple(name for name in _ESSAYS if name != "eta")
#: When the essay of July is out.
DUE = 40 * 24 * 60 * 60


def make_small(root: Path) -> Blog:
    write(root, {"mkdocs.yml": _SETTINGS, "posts/.authors.yml": _AUTHORS})
    for name, (day, keys) in _ESSAYS.items():
        body = f"The excerpt of {name}.\n\n<!-- more -->\n\nThe rest."
        write(root, {post(name): essay(name.capitalize(), day, body, **keys)})
    main = '{% extends "base.html" %}\n'
    write(root, {"docs/guide.md": "# Guide\n\nText.\n", "docs/loose.md": "# Loose\n\nText.\n"})
    write(root, {"docs/start.css": "a {}\n", "overrides/main.html": main})
    return Blog(root)


def post(name: str) -> str:
    return f"posts/{name}.md"


def page(name: str) -> str:
    return f"posts/{name}/index.html"


@dataclass(frozen=True)
class Told:
    """What a build made, by path.

    Attributes:
        whys: Each file that was made, and why; empty also where the site was built whole.
        pages: Those of them that are pages.
        whole: Whether the site was built whole.
        count: How many pages the site has.
        notices: What else the author was told.
        lines: What explains it.
    """

    whys: Mapping[str, str]
    pages: frozenset[str]
    whole: bool
    count: int
    notices: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class How:
    """How to build: from where, and of what; and what is to be explained."""

    verify: bool = False
    drafts: bool = False
    explain: str = ""
    folder: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def told(blog: Blog, how: How | None = None) -> Told:
    """Build in a process of its own, which must go well."""
    warm_up()
    here, there = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_build, args=(there, blog, how or How()))
    process.start()
    there.close()
    try:
        assert here.poll(PATIENCE), "the build does not end"
        found: Told | str = here.recv()
    finally:
        here.close()
        process.join(PATIENCE)
    assert isinstance(found, Told), found
    return found


def _build(connection: Connection, blog: Blog, how: How) -> None:
    folder = how.folder or blog.root
    os.chdir(folder)
    os.environ |= {"SOURCE_DATE_EPOCH": str(blog.moment), **how.environment}
    remember_templates(templates())
    file = Path(os.path.relpath(blog.root / "mkdocs.yml", folder))
    try:
        report = build_site(Request(file, drafts=how.drafts, verify=how.verify))
    except Exception as failure:  # noqa: BLE001 - the test is to show it
        connection.send(repr(failure))
        return
    steps = report.steps or ()
    whys = {step.target.path: step.why for step in steps}
    pages = frozenset(step.target.path for step in steps if step.target.is_page)
    lines = tuple(explained(report, how.explain))
    connection.send(Told(whys, pages, report.steps is None, report.pages, report.notices, lines))


def clean(blog: Blog, *, drafts: bool = False) -> dict[str, bytes]:
    """Return what a clean build elsewhere makes of the blog as it is now."""
    copy = Blog(blog.root.with_name(f"{blog.root.name}-clean"))
    shutil.rmtree(copy.root, ignore_errors=True)
    write(copy.root, blog.sources())
    copy.moment = blog.moment
    told(copy, How(drafts=drafts))
    return files_of(copy.site) or {}


def command(blog: Blog, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``blogtools build`` as an author does."""
    surroundings = {name: value for name, value in os.environ.items() if name != "CI"}
    clock = {"SOURCE_DATE_EPOCH": str(blog.moment)}
    return nursery.run(
        ("blogtools", "build", *arguments),
        blog.root,
        {**surroundings, **clock, **environment},
        PATIENCE,
    )


def edited(change: Callable[[Blog], object], blog: Blog) -> Told:
    """Build, edit, and build again; return what the second build made."""
    told(blog)
    change(blog)
    return told(blog)
