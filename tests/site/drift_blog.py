"""A blog whose essays were written for an older version of a companion than the newest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.companions.threefold import VERSIONS, write_repository, write_wheel
from tests.site.support import essay, succeed, write

CONFIG = """\
site_name: Drift
site_url: https://drift.example/
theme: {name: material}
plugins:
  - blogtools:
      workers: 1
      inline_symbols: true
      companions:
        - name: threefold
          source: git
          repository: ../code
          versions: ["1.0", "1.1", "2.0"]
          modules: [threefold]
"""
OLD = """\
First [a fold][threefold.fold], then `threefold.scales.mean_of()`.

A [ledger][threefold.Ledger], and `threefold.Ledger` again.
"""
SAME = "Only [unfold][threefold.unfold] & more: `threefold.scales.rescale`."
CREASE = "By a [crease][threefold.folds.Crease]."
SNIPPET = f"""\
{CREASE}

```python
print("never run")
```
"""
RUNS = f"""\
{CREASE}

```python
from threefold import Crease
print(Crease(at=2).apply([1, 2, 3]))
```
"""
DIFFERS = """\
```python
from threefold import Crease, fold
```

Some text.

```python
print("folded")
print(fold([1, 2, 3, 4, 5, 6]))
```
"""
FAILS = """\
Text.

```python
import threefold
print(threefold.mean_of([1, 2, 6]))
```
"""
PINNED = {"companions": '{threefold: "1.0"}'}
POSTS = {
    "posts/old.md": essay("Old", body=OLD, **PINNED),
    "posts/holds.md": essay("Holds", body=CREASE, **PINNED),
    "posts/newest.md": essay("Newest", body=SAME, companions='{threefold: "2.0"}'),
    "posts/unpinned.md": essay("Unpinned", body=SAME),
    "posts/snippet/index.md": essay("Snippet", body=SNIPPET, **PINNED),
    "posts/wordless.md": essay("Wordless", **PINNED),
    "posts/draft.md": essay(
        "Draft",
        body="By `threefold.scales.squash` and `threefold.Crease.apply`.",
        draft="true",
        companions='{threefold: "1.1"}',
    ),
}
RUNNING = {
    "posts/runs.md": essay("Runs", body=RUNS, run="true", **PINNED),
    "posts/differs.md": essay("Differs", body=DIFFERS, run="true", **PINNED),
    "posts/fails/index.md": essay("Fails", body=FAILS, run="true", **PINNED),
}


def make_blog(folder: Path, posts: Mapping[str, str]) -> Path:
    """Write a blog with a repository beside it, and lock its companion."""
    write_repository(folder / "code")
    blog = write(folder / "blog", {"mkdocs.yml": CONFIG, "docs/page.md": "# A page\n", **posts})
    succeed(blog, "blogtools", "reference", "update")
    return blog


def offline(folder: Path) -> Mapping[str, str]:
    """Return the environment in which uv knows the wheels of the companion, and nothing else."""
    for version in VERSIONS:
        write_wheel(folder / "wheels", version)
    return {
        "UV_NO_INDEX": "1",
        "UV_CACHE_DIR": str(folder / "cache"),
        "UV_FIND_LINKS": str(folder / "wheels"),
    }
