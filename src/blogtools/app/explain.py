"""What a build did, and why, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blogtools.build.making import Step


def explained(steps: Sequence[Step] | None, path: str) -> Iterator[str]:
    """Yield a line for each file that was made.

    Args:
        steps: What was made, and why; None if the site was built whole.
        path: The one file to speak of: its place in the site, or its address; empty for all.
    """
    wanted = _file(path) if path else ""
    if steps is None:
        yield f"{wanted or 'Every file'}: the site was built whole"
        return
    told = [step for step in steps if not wanted or step.target.path == wanted]
    for step in sorted(told, key=lambda step: step.target.path):
        yield f"{step.target.path}: {step.why}"
    if not told:
        yield f"{wanted or 'Every file'}: not made; nothing that it is made from changed"


def _file(path: str) -> str:
    """Return the file of the site that a path, or an address, means."""
    plain = path.lstrip("/")
    return f"{plain}index.html" if not plain or plain.endswith("/") else plain


def done(steps: Sequence[Step] | None, count: int) -> str:
    """Return what a build came to, such as "Built 3 of 90 pages".

    Args:
        steps: What was made; None if the site was built whole.
        count: How many pages the site has.
    """
    pages = f"{count} page{'' if count == 1 else 's'}"
    if steps is None:
        return f"Built {pages}"
    made = sum(step.target.is_page for step in steps)
    if made == count:
        return f"Built {pages}"
    return f"Built {made} of {pages}" if steps else f"Nothing changed: {pages}"
