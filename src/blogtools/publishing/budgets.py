"""What a site may weigh: each page, everything together, and how many files there may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from blogtools.model.gate import Finding


class Budget(Struct, frozen=True):
    """The limits.

    Attributes:
        page_kilobytes: How many kB (1,000 bytes) a page may weigh with all that it loads.
        total_megabytes: How many MB (1,000,000 bytes) all files together may have.
        entries: How many files and folders there may be.
    """

    page_kilobytes: int = 2000
    total_megabytes: int = 1000
    entries: int = 200_000


def exceeded(
    sizes: Mapping[str, int], weights: Mapping[str, int], budget: Budget
) -> Iterator[Finding]:
    """Yield everything that is over its limit.

    Args:
        sizes: The bytes of each file, by its path.
        weights: The bytes of each page with all that it loads, by its file.
        budget: The limits.
    """
    for path, size in weights.items():
        if size > budget.page_kilobytes * 1000:
            yield Finding(
                path,
                1,
                1,
                "site/page-weight",
                f"The page weighs {size / 1000:,.0f} kB with what it loads, and "
                f"{budget.page_kilobytes:,} kB are allowed",
                "Make its pictures smaller, or divide it",
            )
    total = sum(sizes.values())
    if total > budget.total_megabytes * 1_000_000:
        what = f"{total / 1e6:,.1f} MB, and {budget.total_megabytes:,} MB are allowed"
        yield Finding("index.html", 1, 1, "site/weight", f"The site weighs {what}")
    number = entries(sizes)
    if number > budget.entries:
        what = f"{number:,} files and folders, and {budget.entries:,} are allowed"
        yield Finding("index.html", 1, 1, "site/entries", f"The site has {what}")


def entries(sizes: Mapping[str, int]) -> int:
    """Return how many files and folders there are.

    Args:
        sizes: The files, by their paths.
    """
    folders: set[str] = set()
    for name in sizes:
        parent = name.rpartition("/")[0]
        # Where one is known, so are those that it is in.
        while parent and parent not in folders:
            folders.add(parent)
            parent = parent.rpartition("/")[0]
    return len(sizes) + len(folders)
