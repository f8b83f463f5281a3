"""A blog that uses every feature, and hands that edit it as an author would."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from blogtools.content.cells import find_cells
from blogtools.content.records import dump
from blogtools.model.running import Figure, Record, Result
from tests.site.support import CLOCK, FIXTURES, tree, write

#: What is no source: what builds make. Sites are called `site`, or `site-` and something.
MADE = (".blogtools", "site", ".site")
STORE = Path(".blogtools") / "build"

INVENTORY = "inventories/python.inv"

_ADDED: Mapping[str, str] = {
    "overrides/main.html": """\
{% extends "base.html" %}
{% block announce %}A <em>word</em> from {{ config.site_name }}{% endblock %}
""",
    "overrides/assets/own.css": ".own { color: red }\n",
    "snippets/notice.md": "A notice that several files include.\n",
    "snippets/nested.md": 'Before.\n\n--8<-- "notice.md"\n\nAfter.\n',
    "posts/2026-02-02-included.md": """\
---
title: What others wrote
date: 2026-02-02
tags: [Python, Lonely]
series: Alone
description: Includes.
---

--8<-- "nested.md"

<!-- more -->

## Included

A [heading of its own](#included), and one [elsewhere](2024/parsers-1.md#tokens).
""",
    "posts/2026-07-01-scheduled.md": """\
---
title: Out soon
date: 2026-07-01
tags: [Python, Soon]
authors: [ada]
---

Out in July. It includes too:

--8<-- "notice.md"
""",
    "posts/2026-01-20-leaf/index.md": """\
---
title: A leaf
date: 2026-01-20
tags: [Pictures]
---

![A leaf](leaf.svg) with `tinylib`'s [greeter][tinylib.Greeter].
""",
    "posts/2026-01-20-leaf/leaf.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
    "docs/deep/more.md": "# More\n\nA page that only the folder knows. [Up](page.md#the-end).\n",
}

#: An essay whose code runs, as if it had been run: builds show what is recorded.
RUNNING = "posts/2026-02-03-running.md"
RESULTS = "posts/2026-02-03-running.run"
CODE = 'print("counted", 40 + 2)'
_RUNNING = f"""\
---
title: What runs
date: 2026-02-03
tags: [Python]
run: {{data: [images/numbers.csv]}}
---

It counts, and [draws](#drawn):

```python alt="A drawing"
{CODE}
```

## Drawn

```python setup
hidden = 1
```
"""
_FIGURE = '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
_NUMBERS = "1,2\n"


def results(output: str = "counted 42") -> dict[str, str]:
    """Return the files of that essay's results."""
    digest = sha256(_FIGURE.encode()).hexdigest()
    figure = Figure("figure-1.svg", "figure-1-dark.svg", digest, digest)
    first, second = find_cells(_RUNNING.partition("\n---\n")[2], 1, "").cells
    record = Record(
        python="3.11",
        requirements=(),
        lock="",
        network=False,
        data={"images/numbers.csv": sha256(_NUMBERS.encode()).hexdigest()},
        cells=(Result(first.digest, (output,), figures=(figure,)), Result(second.digest, ("",))),
    )
    return {
        f"{RESULTS}/record.json": dump(record),
        f"{RESULTS}/figure-1.svg": _FIGURE,
        f"{RESULTS}/figure-1-dark.svg": _FIGURE,
    }


FrontMatter = dict[str, Any]


class Blog:
    """A blog in a folder of its own.

    Attributes:
        root: The folder, which moves if the blog does.
        moment: What its builds take for the present, in seconds since 1970.
        strict: Whether warnings stop its builds.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.moment = int(CLOCK)
        self.strict = False

    # -- looking ---------------------------------------------------------------------------

    @property
    def site(self) -> Path:
        return self.root / "site"

    @property
    def store(self) -> Path:
        return self.root / STORE

    def sources(self) -> dict[str, bytes]:
        """Return the bytes of each file that the author wrote."""
        return {name: (self.root / name).read_bytes() for name in self.names()}

    def names(self, below: str = "", suffix: str = "") -> list[str]:
        """Return the names of the author's files, sorted."""
        return sorted(
            name
            for name in _files(self.root)
            if name.startswith(below) and name.endswith(suffix) and not name.startswith(MADE)
        )

    def posts(self) -> list[str]:
        return self.names("posts/", ".md")

    def pages(self) -> list[str]:
        return self.names("docs/", ".md")

    def read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def has(self, name: str) -> bool:
        return (self.root / name).is_file()

    # -- files -----------------------------------------------------------------------------

    def write(self, name: str, content: str | bytes) -> None:
        write(self.root, {name: content})

    def append(self, name: str, text: str) -> None:
        self.write(name, f"{self.read(name).rstrip()}\n\n{text}\n")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a file; what is to be replaced must be there."""
        text = self.read(name)
        assert old in text, f"{name} has no {old!r}"
        self.write(name, text.replace(old, new))

    def remove(self, name: str) -> None:
        """Remove a file, and the folders that are then empty, as git does."""
        file = self.root / name
        file.unlink(missing_ok=True)
        for folder in file.parents:
            if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                return
            folder.rmdir()

    def rename(self, old: str, new: str) -> None:
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(self.root / new)

    def restore(self, sources: Mapping[str, bytes]) -> None:
        """Make the author's files what they were once; files that are that already stay."""
        for name in self.names():
            if name not in sources:
                self.remove(name)
        for name, data in sources.items():
            if not self.has(name) or (self.root / name).read_bytes() != data:
                self.write(name, data)

    def touch(self, name: str, moment: float) -> None:
        os.utime(self.root / name, (moment, moment))

    def move(self, root: Path) -> None:
        """Move the blog to another folder with all that builds have made of it."""
        self.root.rename(root)
        self.root = root

    # -- what stands in files --------------------------------------------------------------

    def front(self, name: str, **keys: object) -> None:
        """Change the front matter of a file; a key that is None goes."""
        front, body = _split(self.read(name))
        merged = {**front, **keys}
        self.write(name, _joined({k: v for k, v in merged.items() if v is not None}, body))

    def body(self, name: str, change: Callable[[str], str]) -> None:
        """Change what stands below the front matter of a file."""
        front, body = _split(self.read(name))
        self.write(name, _joined(front, change(body)))

    def config(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the configuration."""
        data = yaml.safe_load(self.read("mkdocs.yml"))
        change(data)
        self.write("mkdocs.yml", _dumped(data))

    def option(self, **options: object) -> None:
        """Change options of the plugin; one that is None goes."""

        def change(data: dict[str, Any]) -> None:
            merged = {**data["plugins"]["blogtools"], **options}
            data["plugins"]["blogtools"] = {k: v for k, v in merged.items() if v is not None}

        self.config(change)

    def authors(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the file of authors."""
        data = yaml.safe_load(self.read("posts/.authors.yml"))
        change(data["authors"])
        self.write("posts/.authors.yml", _dumped(data))

    def setting(self, name: str, value: object) -> None:
        """Change a top-level value of the configuration; None removes it."""

        def change(data: dict[str, Any]) -> None:
            data.pop(name, None)
            if value is not None:
                data[name] = value

        self.config(change)


def make_blog(root: Path) -> Blog:
    """Write the blog of the other tests, with templates of its own and included files."""
    shutil.copytree(FIXTURES / "full", root, ignore=shutil.ignore_patterns(*MADE, "__pycache__"))
    write(root, _ADDED)
    write(root, {RUNNING: _RUNNING, "posts/images/numbers.csv": _NUMBERS, **results()})
    blog = Blog(root)

    def extend(data: dict[str, Any]) -> None:
        data["theme"]["custom_dir"] = "overrides"
        data["extra_css"] = ["extra.css", "assets/own.css"]
        data["markdown_extensions"] += [
            {"pymdownx.snippets": {"base_path": ["snippets"], "check_paths": True}}
        ]

    blog.config(extend)
    return blog


def inventory(objects: Mapping[str, str]) -> bytes:
    """Return the inventory of a project that documents these objects, each at its place."""
    lines = "".join(f"{name} py:class 1 {place} -\n" for name, place in objects.items())
    head = b"# Sphinx inventory version 2\n# Project: P\n# Version: 1\n# By zlib.\n"
    return head + zlib.compress(lines.encode())


def copy_sources(blog: Blog, root: Path) -> Blog:
    """Write a blog's sources elsewhere, without anything that builds have made of them."""
    write(root, blog.sources())
    copy = Blog(root)
    copy.moment, copy.strict = blog.moment, blog.strict
    return copy


def essay(title: str, day: date | str, body: str = "Text.", **keys: object) -> str:
    """Return an essay."""
    return _joined({"title": title, "date": day, **keys}, body)


def files_of(folder: Path) -> dict[str, bytes] | None:
    """Return the bytes of each file of a site; None if there is no site."""
    return tree(folder) if folder.exists() else None


def _files(root: Path) -> Iterator[str]:
    """Yield the names of files, without those that lie in made folders: there are many."""
    for path in root.iterdir():
        if path.name.startswith(MADE):
            continue
        if path.is_file():
            yield path.name
        else:
            found = (p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
            yield from (p.relative_to(root).as_posix() for p in found)


def _split(text: str) -> tuple[FrontMatter, str]:
    if not text.startswith("---\n"):
        return {}, text
    front, _, body = text[4:].partition("\n---\n")
    return yaml.safe_load(front) or {}, body


def _joined(front: FrontMatter, body: str) -> str:
    return f"---\n{_dumped(front)}---\n{body}" if front else body


def _dumped(data: object) -> str:
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    return text
