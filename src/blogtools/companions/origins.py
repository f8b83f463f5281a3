"""Where the versions of companions come from: asked only when they are locked."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from blogtools.companions import fetch, git
from blogtools.companions.licences import licence_of
from blogtools.companions.pip import known_versions
from blogtools.companions.sources import Sources
from blogtools.model.companion import CompanionOptions, FetchError, Locked
from blogtools.model.wishes import as_number


class Origins(Struct, frozen=True):
    """Asks the index through pip, and repositories through git, for one project.

    Attributes:
        sources: Where the project's sources are.
    """

    sources: Sources

    def versions(self, companion: CompanionOptions) -> tuple[str, ...]:
        """Return every version of a companion that there is, the newest first.

        Raises:
            FetchError: Nobody can be asked.
        """
        if companion.source == "pypi":
            return known_versions(companion.name)
        found = (git.version_of(tag, companion.tag) for tag in self._tags(companion))
        numbered = {v: number for v in found if v is not None and (number := as_number(v))}
        return tuple(sorted(numbered, key=lambda version: numbered[version], reverse=True))

    def resolve(self, companion: CompanionOptions, version: str) -> Locked:
        """Return a version as a lock writes it; its source is kept.

        Raises:
            FetchError: There is none, or it cannot be had.
        """
        if companion.source == "pypi":
            return fetch.resolve(companion.name, version, self.sources.cache_dir)
        tag, tags = companion.tag.replace("{version}", version), self._tags(companion)
        if tag not in tags:
            raise _no_tag(companion, version, tag, tags)
        locked = Locked(
            companion.name,
            version,
            repository=companion.repository or ".",
            tag=tag,
            commit=tags[tag],
        )
        return self._described(companion, locked)

    def complete(self, companion: CompanionOptions, locked: Locked) -> Locked:
        """Add what an older lock does not know: the day and the licence.

        Raises:
            FetchError: It cannot be had.
        """
        if locked.commit:
            return locked
        return fetch.complete(locked, self.sources.cache_dir)

    def _tags(self, companion: CompanionOptions) -> Mapping[str, str]:
        return git.tags(self._repository(companion))

    def _repository(self, companion: CompanionOptions) -> str:
        return self.sources.repository(companion.at("any"))

    def _described(self, companion: CompanionOptions, locked: Locked) -> Locked:
        found = git.resolve(locked, self._repository(companion), self.sources.cache_dir)
        source = git.fetch(found, self._repository(companion), self.sources.cache_dir)
        modules = self.sources.folder(companion.at(locked.version), found)
        path = modules.relative_to(source).as_posix()
        return replace(found, licence=licence_of(source, path))


def _no_tag(
    companion: CompanionOptions, version: str, tag: str, tags: Mapping[str, str]
) -> FetchError:
    """Return the error for a version that no tag stands for."""
    there = ", ".join(sorted(tags)[-8:]) or "none"
    return FetchError(
        f"{companion.name} {version} cannot be locked: there is no tag {tag}, there are: {there}",
        "Name a version that is tagged, or set `tag` to how tags are called",
    )
