"""What a release takes over from the one before it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec import Struct

from blogtools.build.files import Stamp
from blogtools.model.release import Manifest, is_sibling, tells_of_the_release
from blogtools.publishing.hashes import Hashes, Part
from blogtools.publishing.permanence import is_permanent
from blogtools.publishing.placing import Kept

from .release_checks import Candidate


class Earlier(Struct, frozen=True):
    """The release that is live on this disk, if one is.

    Attributes:
        kept: Where it is; None where there is none.
        manifest: What it consists of; None likewise.
        hashes: What is known of files.
    """

    kept: Kept | None
    manifest: Manifest | None
    hashes: Hashes

    @classmethod
    def of(cls, kept: Kept | None, hashes: Hashes) -> Earlier:
        """Return a release with its manifest.

        Raises:
            UsageError: That cannot be read.
        """
        return cls(kept, kept.manifest() if kept else None, hashes)

    def carried(self, parts: Mapping[str, Part]) -> Mapping[str, Part]:
        """Return what its pages load, and the next release has not: some readers still show them.

        Args:
            parts: The next release.
        """
        if self.kept is None or self.manifest is None:
            return {}
        files, carried = self.manifest.files, frozenset(self.manifest.carried)
        passing = (
            path
            for path in files
            if path not in parts
            and path not in carried
            and not (_lasts(path, files) or tells_of_the_release(path))
        )
        found = {path: self._as_it_was(self.kept, path, files[path]) for path in passing}
        return {path: part for path, part in found.items() if part is not None}

    def _as_it_was(self, kept: Kept, path: str, sha256: str) -> Part | None:
        """Return a file if it is still what the manifest says."""
        try:
            part = self.hashes.part(f"{kept.folder}{os.sep}{path}")
        except OSError:
            return None
        return part if part.sha256 == sha256 else None

    def shared(self, candidate: Candidate) -> Mapping[str, Part]:
        """Return the files of a release that may be linked: nobody but us writes to them."""
        files, carried = candidate.manifest.files, frozenset(candidate.manifest.carried)
        shared = {
            path: part
            for path, part in candidate.parts.items()
            if is_sibling(path, files) or path in carried
        }
        if self.kept is None or self.manifest is None:
            return shared
        for path, sha256 in self.manifest.files.items():
            if path not in shared and files.get(path) == sha256:
                part = self._known(f"{self.kept.folder}{os.sep}{path}", sha256)
                if part is not None:
                    shared[path] = part
        return shared

    def _known(self, source: str, sha256: str) -> Part | None:
        """Return a file if it looks as it did when it was known to have a digest."""
        try:
            stamp = Stamp.of(os.stat(source))  # noqa: PTH116 - Path takes longer than the look
        except OSError:
            return None
        return Part(source, stamp, sha256) if self.hashes.known(stamp) == sha256 else None


def _lasts(path: str, files: Mapping[str, str]) -> bool:
    """Return whether people may have the address of a file, or of that which it is a sibling of."""
    return is_permanent(path.rpartition(".")[0] if is_sibling(path, files) else path)
