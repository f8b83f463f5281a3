"""What goes into a release besides the built site: rules, pages of what is gone, its name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct, field

from blogtools.build.outputs import replace_file
from blogtools.content.addresses import output_path
from blogtools.content.releasing import release_styles
from blogtools.model.digest import digest_of
from blogtools.model.evidence import PAGE
from blogtools.model.interface import voice
from blogtools.model.project import Project
from blogtools.model.release import STYLES, Manifest
from blogtools.publishing import rules
from blogtools.publishing.hashes import Hashes, Part, survey
from blogtools.publishing.rules import Rule
from blogtools.publishing.withdrawn import withdrawn

from . import pagefind
from .evidence import evidence_pages, evidence_reports
from .searching import FOLDER, index_site

#: What an index is made from.
_FINDABLE = (".html", "versions.json")


class Evidence(Struct, frozen=True):
    """What is known of what a release passed.

    Attributes:
        folder: Where the reports of the pipeline are; None where nobody has any.
        history: The history of their figures that the live site has; empty where it has none.
        surroundings: The environment variables.
        preview: Whether nothing of it will be published.
    """

    folder: Path | None = None
    history: bytes = b""
    surroundings: Mapping[str, str] = field(default_factory=dict)
    preview: bool = False


class Made:
    """Keeps files that are made for a release, by their content, so that they are parts too."""

    def __init__(self, folder: Path, hashes: Hashes) -> None:
        """Take the folder; it may be deleted at any time."""
        self._folder = folder
        self._hashes = hashes

    def part(self, data: bytes) -> Part:
        """Return a file with these bytes."""
        digest = hashlib.sha256(data)
        place = self._folder / digest.hexdigest()
        self._folder.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.stat().st_size != len(data):
            replace_file(place, data)
        part = self._hashes.part(str(place))
        if part.sha256 != digest.hexdigest():
            replace_file(place, data)
            part = self._hashes.part(str(place))
        return part

    def parts(self, files: Mapping[str, bytes]) -> Mapping[str, Part]:
        """Return files with these bytes, by their paths."""
        return {path: self.part(data) for path, data in files.items()}

    def prune(self, used: Mapping[str, Part]) -> None:
        """Drop what this release has not."""
        kept = {part.source for part in used.values()}
        for file in os.scandir(self._folder) if self._folder.is_dir() else ():
            if file.path not in kept:
                Path(file.path).unlink(missing_ok=True)


def base_of(project: Project) -> str:
    """Return the path of the site on its host, with slashes on both sides."""
    return urlsplit(project.site.url).path or "/"


def all_rules(project: Project, parts: Mapping[str, Part]) -> tuple[Rule, ...]:
    """Return the rules that the site has in its own `_redirects`, and those of the configuration.

    Args:
        project: The project.
        parts: The built site.
    """
    own = parts.get(rules.FILE)
    text = Path(own.source).read_text("utf-8", "replace") if own else ""
    base = base_of(project)
    asked = project.options.publish.redirects
    more = (Rule(base + source, _below(base, target)) for source, target in asked.items())
    return *rules.parse(text), *more


def _below(base: str, target: str) -> str:
    return target if target.startswith(("http://", "https://")) else base + target.lstrip("/")


def told(project: Project, known: tuple[Rule, ...]) -> Mapping[str, str]:
    """Return the rules as a manifest tells them: relative to the site."""
    base = base_of(project)
    return {rule.source.removeprefix(base): rule.target for rule in known}


def search_parts(
    site: Path, built: Mapping[str, Part], memory: Path, kept: Path, hashes: Hashes
) -> Mapping[str, Part]:
    """Return the site's index, made anew where a page is not as it was.

    Args:
        site: The built site.
        built: Its files.
        memory: The folder for what is remembered; the index is in it.
        kept: Where the shards of indexes are kept.
        hashes: What is known of files.

    Raises:
        UsageError: It cannot be made.
    """
    folder, mark = memory / FOLDER, memory / f"{FOLDER}.mark"
    looked_at = ((path, one.sha256) for path, one in built.items() if path.endswith(_FINDABLE))
    key = digest_of(pagefind.release(), tuple(looked_at)).hex()
    if not mark.is_file() or mark.read_text() != key:
        mark.unlink(missing_ok=True)
        index_site(site, folder, kept)
        mark.write_text(key)
    return {f"{FOLDER}/{path}": part for path, part in survey(folder, hashes).items()}


def made_files(
    project: Project, parts: Mapping[str, Part], known: tuple[Rule, ...]
) -> Iterator[tuple[str, bytes]]:
    """Yield what a release has besides the built site, but for what tells its name.

    Args:
        project: The project.
        parts: The built site.
        known: All rules.
    """
    if known:
        yield rules.FILE, rules.written(known)
    yield from _withdrawn(project, parts)


def _withdrawn(project: Project, parts: Mapping[str, Part]) -> Iterator[tuple[str, bytes]]:
    """Yield a page for each page that is gone; what was no page is just not there."""
    language = project.site.language
    not_found = parts.get("404.html")
    page = Path(not_found.source).read_text("utf-8", "replace") if not_found else ""
    for url, reason in project.options.publish.gone.items():
        path = output_path(url)
        if "*" not in url and path.endswith(".html") and path not in parts:
            yield path, withdrawn(page, reason, voice(language)("withdrawn"), language)


def about(
    name: Manifest, parts: Mapping[str, Part], evidence: Evidence
) -> Iterator[tuple[str, bytes]]:
    """Yield what tells of the release itself: its name for every page, and its evidence.

    Args:
        name: The release's manifest, as far as it is known.
        parts: The built site.
        evidence: What is known of it.
    """
    yield STYLES, release_styles(name.release, preview=evidence.preview)
    page = parts.get(PAGE)
    if page is not None:
        reports = evidence_reports(evidence.folder)
        yield from reports.items()
        built = Path(page.source).read_bytes()
        made = evidence_pages(
            reports,
            name,
            evidence.history,
            built,
            evidence.surroundings,
            preview=evidence.preview,
        )
        yield from made.items()
