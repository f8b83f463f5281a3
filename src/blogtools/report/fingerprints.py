"""Names of findings that stay the same while the lines around them move."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID

from blogtools.model.gate import Finding


def fingerprints(findings: Iterable[Finding]) -> Iterator[tuple[Finding, UUID]]:
    """Yield each finding with its name, which leaves its line out; equal ones are numbered.

    So a merge request that only moves a finding does not show it as new.
    """
    seen: Counter[str] = Counter()
    for found in findings:
        parts = (found.path, found.code, found.message, found.package, found.version, found.commit)
        identity = "\0".join(parts)
        seen[identity] += 1
        numbered = f"{identity}\0{seen[identity]}"
        yield found, UUID(bytes=hashlib.blake2b(numbered.encode(), digest_size=16).digest())
