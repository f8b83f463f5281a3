"""What a release must be like before anybody sees it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from blogtools.build.workers import worker_count
from blogtools.content.addresses import output_path
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.gate import Finding
from blogtools.model.project import Project
from blogtools.model.release import ABOUT, Manifest, is_sibling
from blogtools.model.site import Entry
from blogtools.publishing import permanence, rules
from blogtools.publishing.budgets import Budget, exceeded
from blogtools.publishing.hashes import Part
from blogtools.publishing.leaks import Leaks, lines_of
from blogtools.publishing.links import Pages
from blogtools.publishing.permanence import Change
from blogtools.publishing.rules import Rule

from .build import recalling
from .ports import Progress, Request
from .reading import Manuscripts, read

#: Without these no site is published.
_WANTED = ("index.html", "404.html")
# How many addresses are told one by one.
_TOLD = 20


class Candidate(Struct, frozen=True):
    """A release that is to be.

    Attributes:
        project: The project.
        site: Where the built site lies.
        parts: Every file, by its path.
        rules: All rules of `_redirects`.
        manifest: What its manifest would be.
        live: The manifest of what it would replace; None where there is nothing.
        about: The files that will say what it is: the manifest, and what vouches for it.
    """

    project: Project
    site: Path
    parts: Mapping[str, Part]
    rules: tuple[Rule, ...]
    manifest: Manifest
    live: Manifest | None
    about: frozenset[str] = ABOUT

    @property
    def config(self) -> str:
        """Return the name of the configuration file, where much of this is mended."""
        return self.project.config_file.name


class Checked(Struct, frozen=True):
    """What came of looking at a release.

    Attributes:
        diagnostics: What is wrong with it.
        pages: How many pages it has.
        heaviest: The page that weighs most with all that it loads, and its bytes.
        change: What is new against what is live; None where nothing is.
    """

    diagnostics: tuple[Diagnostic, ...]
    pages: int
    heaviest: tuple[str, int] = ("", 0)
    change: Change | None = None


def check(candidate: Candidate, memory: Path, progress: Progress) -> Checked:
    """Look at a release.

    Args:
        candidate: The release.
        memory: The folder for what is remembered of files.
        progress: Is told how far it is.
    """
    files = candidate.manifest.files
    own = {path: part for path, part in candidate.parts.items() if not is_sibling(path, files)}
    progress("Checking links", 0, 0)
    url = candidate.project.site.url
    pages = Pages(own, url, candidate.rules, memory / "pages", candidate.about)
    pages.read(worker_count(candidate.project.options.workers))
    weights = pages.weights()
    found = (*pages.broken(), *_over_budget(candidate, weights))
    live = candidate.live
    change = permanence.changes(live, candidate.manifest) if live else None
    progress("Checking drafts", 0, 0)
    wrong = (
        *(_in_project(candidate, one) for one in found),
        *_wanting(candidate),
        *_wrong_rules(candidate),
        *_still_there(candidate),
        *(_dropped(candidate, live.release, change.dropped) if live and change else ()),
        *_withheld(candidate, own, memory),
    )
    heaviest = max(weights.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    return Checked(tuple(sorted(wrong)), len(pages), heaviest, change)


def _over_budget(candidate: Candidate, weights: Mapping[str, int]) -> Iterator[Finding]:
    options = candidate.project.options.publish
    budget = Budget(options.page_kilobytes, options.total_megabytes, options.entries)
    sizes = {path: part.stamp.size for path, part in candidate.parts.items()}
    return exceeded(sizes, weights, budget)


def _in_project(candidate: Candidate, found: Finding) -> Diagnostic:
    return Diagnostic(
        _path(candidate, found.path),
        found.line,
        found.column,
        found.code,
        found.message,
        found.hint,
    )


def _path(candidate: Candidate, path: str) -> str:
    return Path(os.path.relpath(candidate.site / path, candidate.project.root)).as_posix()


def _wanting(candidate: Candidate) -> Iterator[Diagnostic]:
    for path in _WANTED:
        if path not in candidate.parts:
            yield Diagnostic(
                _path(candidate, path), 1, 1, "publish/missing", f"the site has no {path}"
            )


def _wrong_rules(candidate: Candidate) -> Iterator[Diagnostic]:
    size = len(rules.written(candidate.rules))
    for line, message in rules.mistakes(candidate.rules, size):
        yield Diagnostic(rules.FILE, line, 1, "publish/redirects", message)


def _still_there(candidate: Candidate) -> Iterator[Diagnostic]:
    """Yield what the configuration calls gone, or leads on, and the site has all the same."""
    options = candidate.project.options.publish
    built = candidate.parts
    for url in options.gone:
        path = output_path(url) if url.endswith("/") or not url else url
        part = built.get(path)
        if part is not None and part.source.startswith(f"{candidate.site}{os.sep}"):
            message = f"/{url} is listed as gone, and the site has it"
            yield Diagnostic(candidate.config, 1, 1, "publish/gone", message, "Take it off 'gone'")
    for url in options.redirects:
        if "*" not in url and {url, output_path(url)} & built.keys():
            message = f"/{url} is to lead on, and the site has it: a file goes before a rule"
            hint = "Take it off 'redirects'"
            yield Diagnostic(candidate.config, 1, 1, "publish/redirects", message, hint)


def _dropped(candidate: Candidate, before: str, dropped: tuple[str, ...]) -> Iterator[Diagnostic]:
    """Yield every address that an earlier release had, and that would lead nowhere now."""
    hint = (
        "Name it under 'aliases' of what is there instead, or under 'publish: redirects' or "
        f"'publish: gone' in {candidate.config}, with the reason"
    )
    for url in dropped[:_TOLD]:
        message = f"/{url} was published by {before}, and would lead nowhere"
        yield Diagnostic(candidate.config, 1, 1, "publish/dropped", message, hint)
    if more := len(dropped[_TOLD:]):
        message = f"{more} more addresses that {before} has would lead nowhere"
        yield Diagnostic(candidate.config, 1, 1, "publish/dropped", message, hint)


# -- what is not to be seen yet --------------------------------------------------------------


def _withheld(candidate: Candidate, own: Mapping[str, Part], memory: Path) -> Iterator[Diagnostic]:
    """Yield every draft, and every essay that is not out yet, of which the release has something.

    Args:
        candidate: The release.
        own: Its files without siblings.
        memory: The folder for what is remembered of files.
    """
    known = manuscripts(candidate)
    secrets: dict[str, str] = {}
    hint = "Build the site again without --drafts"
    for entry in known.hidden:
        if output_path(entry.url) in own:
            message = f"it is not out, and the site has it at /{entry.url}"
            yield Diagnostic(entry.path, 1, 1, "publish/draft", message, hint)
        secrets |= dict.fromkeys(lines_of(_body(entry)), entry.path)
    for path, secret in Leaks(memory / "leaks", secrets).found(own):
        if not any(secret in _body(entry) for entry in known.visible):
            message = f"it is not out, and {_path(candidate, path)} has a line of it: {secret!r}"
            yield Diagnostic(secrets[secret], 1, 1, "publish/draft", message, hint)


def manuscripts(candidate: Candidate) -> Manuscripts:
    """Return the essays that a release is made from, and those that are not out."""
    request = Request(candidate.project.config_file)
    with recalling(request) as memory:
        return read(candidate.project, memory)


def _body(entry: Entry) -> str:
    return entry.document.body
