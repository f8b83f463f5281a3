"""A blog that is edited as authors, git, editors and accidents edit it, and built after each edit.

Each build uses what earlier ones have left, and is compared with a clean build of the same sources
in another folder, and now and then with plain MkDocs. Equal are the files, the warnings and their
order; where the clean build fails, so does the other, with the same diagnostics, and the site of
before stays untouched.

What a file's stamp cannot show (other bytes of the same number under the same time) is left out
here: a build need notice that only when it is asked to verify.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.site.support import CLOCK, LATER, take_references

from . import releases
from .building import (
    Job,
    Oracle,
    Outcome,
    Resident,
    build,
    difference,
    scratch,
    templates,
    without_references,
)
from .site import (
    CODE,
    INVENTORY,
    RESULTS,
    RUNNING,
    essay,
    files_of,
    inventory,
    make_blog,
    results,
)

DAY = 24 * 60 * 60
#: Every so many builds MkDocs is asked too: it answers slowly.
MKDOCS_EVERY = 7

ANY = st.integers(0, 99)
WORDS = ["Some words.", "Other words.", "Words, *many* of them: ünïcode, <angles> & ampersands."]
PIECES = [
    *WORDS,
    "## Appears",
    "## Part\n\nWith words.\n\n## Part\n\nTwice.",
    "<!-- more -->",
    "```python\nprint('a')\n```",
    "A note[^new].\n\n[^new]: Its text.",
    '--8<-- "notice.md"',
    '<p id="appears">An anchor</p>',
    "A symbol, [greet][tinylib.greet].",
    "Code that names one, `tinylib.Greeter.say()`, and [a path][pathlib.Path].",
    "*[HTML]: Changed",
]
#: What can be linked to, and may not be there: the file, and what makes it.
TARGETS = {
    "docs/appears.md": "# It appeared\n\n## Appears\n\nText.\n",
    "docs/images/appears.svg": "<svg/>\n",
    "posts/appears.md": essay("It appeared", "2026-04-04", "## Appears\n\nText."),
    "posts/2025/appears.md": essay("It appeared there", "2025-04-04", tags=["Appeared"]),
    "posts/appears/index.md": essay("A bundle appeared", "2026-04-05", "Text."),
    "posts/picture-book/appears.svg": "<svg/>\n",
    "posts/images/appears.svg": "<svg/>\n",
}
ANCHORED = ["docs/guide.md", "posts/2026-02-02-included.md", "posts/2024/parsers-2.md"]
TAGS = [None, [], ["Python"], ["Lonely"], ["C++"], ["New", "Python"], ["new"], ["Über uns", "C"]]
LABELS = [None, ["Craft"], ["Languages", "New"], ["Writing"]]
#: The versions of companions that an essay may name; the last are not there.
PINS = [None, {"tinylib": "dev"}, {"TinyLib": "dev"}, {}, {"tinylib": "9.9"}, {"nothing": "1.0.0"}]
#: The releases of the companion that the blog may document, beside its checkout.
RELEASES: list[tuple[str, ...]] = [("0.9", "1.0"), ("1.0",), ("0.9",), ()]
#: What the inventory of another project may say.
INVENTORIES = [
    {"pathlib.Path": "library/pathlib.html#pathlib.Path"},
    {"pathlib.Path": "elsewhere.html#pathlib.Path", "tinylib.greet": "never"},
    {"pathlib.PurePath": "library/pathlib.html#pathlib.PurePath"},
]
SERIES = [None, "Parsers by hand", "Alone", "A new one"]
DATES = ["2019-05-05", "2023-12-31", "2026-02-02", "2026-05-31", "2026-06-02", "2026-07-01 08:00"]
TITLES = ["Another title", "Größe", "A *title* with <marks> & `code`", "Measured, lightly"]
NAMES = [
    "posts/2026-01-05-new.md",
    "posts/2025/newer.md",
    "posts/newest.md",
    "posts/new-bundle/index.md",
    "posts/2021/2021-03-03-new.md",
]
TEMPLATES = {
    "overrides/main.html": '{% extends "base.html" %}{% block announce %}Changed{% endblock %}',
    "overrides/partials/copyright.html": "<p>{{ config.copyright }}, kept</p>",
    "overrides/blogtools/partials/byline.html": "<p>By {{ page.title }}, {{ page.file.src_uri }}"
    "{% for term in view.terms %} {{ term.label }} {{ term.count }}{% endfor %}</p>",
    "overrides/404.html": '{% extends "main.html" %}{% block content %}Gone{% endblock %}',
    "overrides/assets/own.css": ".own { color: blue }",
    "overrides/assets/more.css": ".more {}",
    "overrides/assets/stylesheets/blogtools.css": ".replaced {}",
    "overrides/broken.html": "{% if %}",
}
SNIPPETS = ["snippets/notice.md", "snippets/nested.md", "snippets/appears.md"]
NAV = [
    None,
    [{"Essays": "index.md"}, {"Guide": "guide.md"}],
    [{"Start": ["index.md", "deep/page.md"]}, {"Archive": "archive.md"}],
    ["index.md", "nowhere.md"],
    [{"A post": "posts/picture-book/index.md"}, {"Away": "https://elsewhere.example/"}],
]
SETTINGS: list[tuple[str, object]] = [
    ("site_name", "Renamed & more"),
    ("site_name", "Notes & Queries"),
    ("site_url", "https://other.example/"),
    ("site_url", None),
    ("site_description", "Another description."),
    ("copyright", "Someone's"),
    ("use_directory_urls", False),
    ("use_directory_urls", True),
    ("edit_uri", None),
    ("extra_css", ["assets/own.css"]),
    ("exclude_docs", "/deep/"),
    ("not_in_nav", "/guide.md"),
    ("extra", {"generator": False}),
    ("hooks", ["hooks.py"]),
    ("hooks", None),
    ("validation", {"nav": {"omitted_files": "warn"}}),
    ("unknown_setting", 1),
    *(("nav", nav) for nav in NAV),
]
OPTIONS: list[tuple[str, object]] = [
    ("inline_symbols", None),
    ("inline_symbols", True),
    ("workers", 1),
    ("workers", 2),
    ("per_page", 2),
    ("per_page", 5),
    ("per_page", 0),
    ("feed_size", 3),
    ("related", 0),
    ("related", 4),
    ("words_per_minute", 50),
    ("post_url", "essays/{year}/{slug}/"),
    ("post_url", None),
    ("home", "blog/"),
    ("home", None),
    ("timezone", "America/Los_Angeles"),
    ("taxonomies", {"tags": None, "archive": None}),
    ("taxonomies", {"topics": {"title": "Subjects", "path": "subjects"}}),
    ("taxonomies", {"tags": {"per_page": 1}, "topics": {"path": "about"}}),
]
EXTENSIONS: list[dict[str, Any]] = [
    {"toc": {"permalink": "#"}},
    {"toc": {"toc_depth": 1}},
    {"pymdownx.highlight": {"linenums": True}},
    {"footnotes": {"BACKLINK_TEXT": "back"}},
    {"pymdownx.snippets": {"base_path": ["snippets"], "check_paths": False}},
]
THEMES: list[tuple[str, object]] = [
    ("features", ["navigation.tabs", "toc.integrate"]),
    ("features", ["navigation.footer"]),
    ("language", "de"),
    ("palette", {"primary": "teal"}),
    ("favicon", "images/logo.svg"),
    ("custom_dir", "overrides"),
]
#: What is merged into the file of authors; None removes.
AUTHORS: dict[str, dict[str, Any]] = {
    "another name": {"ada": {"name": "Ada King"}},
    "another slug": {"ada": {"slug": "countess"}},
    "no avatar": {"ada": {"avatar": None}},
    "an avatar that may not be there": {"ada": {"avatar": "images/appears.svg"}},
    "another description": {"ada": {"description": "Described anew"}},
    "a new author": {"new": {"name": "New Author", "description": "Is new"}},
    "no new author": {"new": None},
    "a guest becomes known": {"Grace Unknown": {"name": "Grace", "description": "Known"}},
}
SYMBOLS = [
    '\n\ndef appears() -> int:\n    """Return a number."""\n    return 1\n',
    "\n\nCONSTANT = 1\n",
    "\n# Only a comment.\n",
]


class Incremental(RuleBasedStateMachine):
    """A blog that is edited and built; a step of the machine is one edit."""

    #: A blog that has kept the references of this one, and those of its companion's releases.
    model: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        self.hold = ExitStack()
        self.folder = self.hold.enter_context(scratch())
        self.blog = make_blog(self.folder / "blog")
        releases.write_repository(self.folder / "code")
        self.oracle = Oracle(self.folder / "clean")
        if self.model is not None:
            take_references(self.blog.root, self.model)
            take_references(self.oracle.root, self.model)
        self.resident: Resident | None = None
        self.first = self.good = self.blog.sources()
        self.history: list[str] = []
        self.waiting = self.builds = self.failures = 0
        self.batch, self.patience = 1, 0
        self.built: object = None
        self.since = self.blog.moment

    def teardown(self) -> None:
        try:
            if self.waiting:
                self.build()
        finally:
            if self.resident is not None:
                self.resident.close()
            self.hold.close()

    @initialize(
        batch=st.sampled_from([3, 2, 1]),
        resident=st.booleans(),
        workers=st.sampled_from([1, 2]),
        patience=st.integers(0, 1),
    )
    def begin(self, batch: int, resident: bool, workers: int, patience: int) -> None:
        """Choose how many edits go into a build, and whether one process does them all."""
        self.batch, self.patience = batch, patience
        if resident:
            self.resident = Resident()
        if workers != 1:
            self.blog.option(workers=workers)
        self.first = self.good = self.blog.sources()
        self.waiting = batch

    # -- building --------------------------------------------------------------------------

    def did(self, what: str) -> None:
        """Keep what was done for the story, and for the next build if it changed anything."""
        self.history.append(what)
        if self.everything() != self.built:
            self.waiting += 1

    def everything(self) -> object:
        """Return all that a build may look at; building twice for nothing takes time."""
        blog = self.blog
        found = (p for folder in (blog.root, blog.site, blog.store) for p in folder.rglob("*"))
        stamps = {str(p): p.stat().st_mtime_ns for p in found if p.is_file()}
        return stamps, blog.moment, blog.strict

    @invariant()
    def an_incremental_build_gives_what_a_clean_one_gives(self) -> None:
        if self.waiting >= self.batch:
            self.build()

    def build(self) -> None:
        self.waiting = 0
        if not self.compare().failed:
            self.good, self.since, self.failures = self.blog.sources(), self.blog.moment, 0
            return
        self.failures += 1
        if self.failures > self.patience:
            # A blog that never builds again would show little.
            self.blog.restore(self.good)
            self.blog.moment, self.blog.strict, self.failures = self.since, False, 0
            self.history.append("took back what does not build")
            assert not self.compare().failed, self.story("what was good does not build")

    def compare(self) -> Outcome:
        """Build, and ask the oracle."""
        self.builds += 1
        written, before = self.blog.sources(), files_of(self.blog.site)
        asked = self.oracle.begin(self.blog)
        found = self.run(Job.of(self.blog))
        wanted, clean = self.oracle.end(asked)
        self.built = self.everything()
        why = f": failed, as is right, for {wanted.said[0]}" if wanted.failed else ""
        self.history.append(f"built{why}")
        self.judge(found, wanted)
        assert self.blog.sources() == written, self.story("the build wrote among the sources")
        after = files_of(self.blog.site)
        if wanted.failed:
            changed = difference(after or {}, before or {})
            assert after == before, self.story(f"a failed build touched the site:\n{changed}")
        else:
            wrong = difference(after or {}, clean)
            assert not wrong, self.story(f"not what a clean build gives:\n{wrong}")
        if self.builds % MKDOCS_EVERY == 0:
            self.compare_with_mkdocs(wanted, clean)
        return wanted

    def compare_with_mkdocs(self, wanted: Outcome, clean: Any) -> None:
        plain, files = self.oracle.ask_mkdocs(self.blog)
        assert bool(plain.failed) == bool(wanted.failed), self.story(f"MkDocs says: {plain}")
        if not wanted.failed:
            wrong = difference(without_references(clean), files)
            assert not wrong, self.story(f"not what MkDocs gives:\n{wrong}")

    def run(self, job: Job) -> Outcome:
        job = replace(job, templates=templates())
        return self.resident.build(job) if self.resident else build(job)

    def judge(self, found: Outcome, wanted: Outcome) -> None:
        assert wanted.failed != "crash", self.story("\n".join(wanted.said))
        assert found == wanted, self.story(
            f"built: {found.failed or 'well'}\n  "
            + "\n  ".join(found.said)
            + f"\nclean: {wanted.failed or 'well'}\n  "
            + "\n  ".join(wanted.said)
        )

    def story(self, wrong: str) -> str:
        """Return what is wrong, and how it came to that."""
        process = "one process" if self.resident else "a new process each"
        steps = "\n".join(f"  {number}. {what}" for number, what in enumerate(self.history, 1))
        return f"{wrong}\nafter these steps ({process}):\n{steps}"

    def pick(self, names: list[str], number: int) -> str:
        return names[number % len(names)] if names else ""

    def post(self, number: int) -> str:
        return self.pick(self.blog.posts(), number)

    # -- what authors do to essays ---------------------------------------------------------

    def edit(self, number: int, **keys: object) -> None:
        name = self.post(number)
        self.blog.front(name, **keys)
        self.did(f"{name}: {keys}")

    @rule(number=ANY, piece=st.sampled_from(PIECES))
    def body_grows(self, number: int, piece: str) -> None:
        name = self.post(number)
        self.blog.append(name, piece)
        self.did(f"{name}: appended {piece!r}")

    @rule(number=ANY, text=st.sampled_from(PIECES))
    def body_is_another(self, number: int, text: str) -> None:
        name = self.post(number)
        self.blog.body(name, lambda _: f"\n{text}\n")
        self.did(f"{name}: body is now {text!r}")

    @rule(number=ANY)
    def body_changes_a_letter(self, number: int) -> None:
        """Change a word for one of the same length: the size of the file tells nothing."""
        name = self.post(number)
        self.blog.body(name, lambda text: text.replace("a", "o", 1) if "a" in text else text)
        self.did(f"{name}: a letter")

    @rule(number=ANY, title=st.sampled_from(TITLES))
    def title(self, number: int, title: str) -> None:
        self.edit(number, title=title)

    @rule(number=ANY, day=st.sampled_from(DATES))
    def date(self, number: int, day: str) -> None:
        self.edit(number, date=day)

    @rule(number=ANY, day=st.sampled_from(["2026-05-31", None]))
    def updated(self, number: int, day: str | None) -> None:
        self.edit(number, updated=day)

    @rule(number=ANY, tags=st.sampled_from(TAGS))
    def tags(self, number: int, tags: list[str] | None) -> None:
        self.edit(number, tags=tags)

    @rule(number=ANY, key=st.sampled_from(["categories", "topics"]), labels=st.sampled_from(LABELS))
    def labels(self, number: int, key: str, labels: list[str] | None) -> None:
        self.edit(number, **{key: labels})

    @rule(number=ANY, series=st.sampled_from(SERIES))
    def series(self, number: int, series: str | None) -> None:
        self.edit(number, series=series)

    @rule(number=ANY, pins=st.sampled_from(PINS), page=st.booleans())
    def companions(self, number: int, pins: dict[str, str] | None, page: bool) -> None:
        """Name versions of companions, others, or none; an ordinary page may do that too."""
        name = self.pick(self.blog.pages() if page else self.blog.posts(), number)
        if name:
            self.blog.front(name, companions=pins)
            self.did(f"{name}: speaks of {pins}")

    @rule(number=ANY, draft=st.sampled_from([True, False, None]))
    def draft(self, number: int, draft: bool | None) -> None:
        self.edit(number, draft=draft)

    @rule(number=ANY, slug=st.sampled_from([None, "another-slug", "größe", "parsers-1"]))
    def slug(self, number: int, slug: str | None) -> None:
        self.edit(number, slug=slug)

    @rule(number=ANY, description=st.sampled_from([None, 'Says "this".', "Says that."]))
    def description(self, number: int, description: str | None) -> None:
        self.edit(number, description=description)

    @rule(number=ANY, pin=st.sampled_from([True, None]))
    def pin(self, number: int, pin: bool | None) -> None:
        self.edit(number, pin=pin)

    @rule(number=ANY, authors=st.sampled_from([None, ["ada"], ["new"], ["ada", "Grace Unknown"]]))
    def post_authors(self, number: int, authors: list[str] | None) -> None:
        self.edit(number, authors=authors)

    @rule(number=ANY, alias=st.sampled_from([None, "/old/", "/2019/measuring/", "older.html"]))
    def aliases(self, number: int, alias: str | None) -> None:
        self.edit(number, aliases=[alias] if alias else None)

    @rule(number=ANY, key=st.sampled_from(["image", "links"]), goal=st.sampled_from([*TARGETS]))
    def front_matter_leads_to(self, number: int, key: str, goal: str) -> None:
        name = self.post(number)
        link = posixpath.relpath(goal, posixpath.dirname(name))
        self.edit(number, **{key: [link] if key == "links" else link})

    @rule(
        number=ANY,
        key=st.sampled_from(["hide", "search", "template", "readtime", "comments", "titel"]),
        value=st.sampled_from([None, ["toc"], {"exclude": True}, {"boost": 3}, 4, False]),
    )
    def other_key(self, number: int, key: str, value: object) -> None:
        self.edit(number, **{key: value})

    @rule(name=st.sampled_from(NAMES), title=st.sampled_from(TITLES), day=st.sampled_from(DATES))
    def post_is_added(self, name: str, title: str, day: str) -> None:
        self.blog.write(name, essay(title, day, "New.", tags=["New", "Python"]))
        self.did(f"added {name} ({title}, {day})")

    @rule(number=ANY)
    def post_is_removed(self, number: int) -> None:
        name = self.post(number)
        self.blog.remove(name)
        self.did(f"removed {name}")

    @rule(number=ANY, new=st.sampled_from(NAMES))
    def post_is_renamed(self, number: int, new: str) -> None:
        old = self.post(number)
        self.blog.rename(old, new)
        self.did(f"renamed {old} to {new}")

    @rule(number=ANY)
    def post_moves(self, number: int) -> None:
        """Move a file to another folder: its address stays, and its page links to the file."""
        old = self.post(number)
        if not old.endswith("/index.md"):
            new = f"posts/moved/{old.rpartition('/')[2]}"
            self.blog.rename(old, new)
            self.did(f"moved {old} to {new}")

    @rule(one=ANY, other=ANY)
    def posts_change_places(self, one: int, other: int) -> None:
        """Swap two files, which keep their times; of another size, so that stamps can tell."""
        here, there = self.post(one), self.post(other)
        sizes = {len(self.blog.read(name).encode()) for name in (here, there)}
        if len(sizes) == 2:
            self.blog.rename(here, "posts/.swapped")
            self.blog.rename(there, here)
            self.blog.rename("posts/.swapped", there)
            self.did(f"swapped {here} and {there}")

    # -- what lies beside essays -----------------------------------------------------------

    def assets(self) -> list[str]:
        names = self.blog.names("posts/") + self.blog.names("docs/")
        own = (name for name in names if not name.startswith(RESULTS))
        return [name for name in own if not name.endswith((".md", ".yml", ".csv"))]

    @rule(number=ANY, text=st.sampled_from(["<svg><g/></svg>\n", "<svg/>\n"]))
    def file_is_changed(self, number: int, text: str) -> None:
        name = self.pick(self.assets(), number)
        self.blog.write(name, text)
        self.did(f"changed {name}")

    @rule(number=ANY)
    def file_is_removed(self, number: int) -> None:
        if name := self.pick(self.assets(), number):
            self.blog.remove(name)
            self.did(f"removed {name}")

    @rule(change=st.sampled_from([*AUTHORS]))
    def authors(self, change: str) -> None:
        if self.blog.has("posts/.authors.yml"):
            self.blog.authors(lambda authors: merge(authors, AUTHORS[change]))
            self.did(f"posts/.authors.yml: {change}")

    @rule()
    def authors_are_removed(self) -> None:
        self.blog.remove("posts/.authors.yml")
        self.did("removed posts/.authors.yml")

    # -- links and what they lead to -------------------------------------------------------

    @rule(number=ANY, goal=st.sampled_from([*TARGETS]), there=st.booleans())
    def link(self, number: int, goal: str, there: bool) -> None:
        """Link to something that may have to appear yet."""
        name = self.pick(self.blog.posts() + self.blog.pages(), number)
        if there:
            self.blog.write(goal, TARGETS[goal])
        way = posixpath.relpath(goal, posixpath.dirname(name))
        self.blog.append(name, f"[It]({way})" if way.endswith(".md") else f"![It]({way})")
        self.did(f"{name} links to {goal}{', which was written' if there else ''}")

    @rule(goal=st.sampled_from([*TARGETS]))
    def target_appears(self, goal: str) -> None:
        self.blog.write(goal, TARGETS[goal])
        self.did(f"wrote {goal}")

    @rule(goal=st.sampled_from([*TARGETS]))
    def target_disappears(self, goal: str) -> None:
        self.blog.remove(goal)
        self.did(f"removed {goal}")

    @rule(number=ANY, goal=st.sampled_from(ANCHORED), there=st.booleans())
    def link_to_an_anchor(self, number: int, goal: str, there: bool) -> None:
        name = self.post(number)
        if self.blog.has(goal):
            if there:
                self.blog.append(goal, "## Appears")
            way = posixpath.relpath(goal, posixpath.dirname(name))
            self.blog.append(name, f"[There]({way}#appears)")
            self.did(f"{name} links to {goal}#appears{', which was written' if there else ''}")

    @rule(goal=st.sampled_from(ANCHORED))
    def anchor_changes(self, goal: str) -> None:
        if self.blog.has(goal):
            text = self.blog.read(goal)
            new = text.replace("## Appears", "## Was here") if "## Appears" in text else ""
            self.blog.write(goal, new or f"{text}\n## Appears\n")
            self.did(f"{goal}: the anchor #appears {'goes' if new else 'comes'}")

    @rule(number=ANY, address=st.sampled_from(["tags/new/", "archive/2026/", "authors/ada/"]))
    def link_to_a_list(self, number: int, address: str) -> None:
        name = self.post(number)
        self.blog.append(name, f"[A list](/blog/{address})")
        self.did(f"{name} links to /blog/{address}")

    @rule(change=st.sampled_from(SYMBOLS))
    def companion_grows(self, change: str) -> None:
        self.blog.append("src/tinylib/__init__.py", change)
        self.did(f"the companion has {change!r}")

    @rule(old=st.sampled_from(["Return a greeting.", "greet", "Greets people."]))
    def companion_changes(self, old: str) -> None:
        name = "src/tinylib/__init__.py"
        self.blog.write(name, self.blog.read(name).replace(old, f"{old[:-1]}s"))
        self.did(f"the companion has no {old!r}")

    @rule(versions=st.sampled_from(RELEASES))
    def companion_has_releases(self, versions: tuple[str, ...]) -> None:
        """Document releases beside the checkout, which is then no longer the latest version."""
        releases.document(self.blog, versions)
        self.did(f"the releases {versions} of the companion are documented")

    @rule(version=st.sampled_from(releases.VERSIONS), how=st.sampled_from(["day", "goes"]))
    def lock_changes(self, version: str, how: str) -> None:
        if self.blog.has(releases.LOCK):
            text = self.blog.read(releases.LOCK)
            before, entry, after = text.partition(f'version = "{version}"')
            changed = before + entry + re.sub("2025-..-..", "2025-12-24", after, count=1)
            self.blog.write(
                releases.LOCK, changed if how == "day" else releases.without(text, version)
            )
            self.did(f"the lock's entry of {version}: {how}")

    @rule(number=ANY)
    def link_to_a_symbol(self, number: int) -> None:
        name = self.post(number)
        self.blog.append(name, "[A new symbol][tinylib.appears]")
        self.did(f"{name} links to tinylib.appears")

    @rule(number=st.integers(0, len(INVENTORIES) - 1))
    def inventory_is_written(self, number: int) -> None:
        self.blog.write(INVENTORY, inventory(INVENTORIES[number]))
        self.did(f"{INVENTORY} knows {INVENTORIES[number]}")

    @rule()
    def inventory_is_removed(self) -> None:
        if self.blog.has(INVENTORY):
            self.blog.remove(INVENTORY)
            self.did(f"removed {INVENTORY}")

    # -- code that runs --------------------------------------------------------------------

    @rule(output=st.sampled_from(["counted 42", "counted 43", "", "```\nfences\n```"]))
    def results_are_recorded(self, output: str) -> None:
        for name, text in results(output).items():
            self.blog.write(name, text)
        self.did(f"recorded {output!r}")

    @rule(
        name=st.sampled_from(["record.json", "figure-1.svg", "figure-1-dark.svg", "stray.txt"]),
        there=st.booleans(),
    )
    def a_result_is_spoiled(self, name: str, there: bool) -> None:
        if there:
            self.blog.write(f"{RESULTS}/{name}", "spoiled")
        else:
            self.blog.remove(f"{RESULTS}/{name}")
        self.did(f"{RESULTS}/{name}: {'spoiled' if there else 'removed'}")

    @rule(code=st.sampled_from([CODE, CODE.replace("40", "39")]))
    def code_changes(self, code: str) -> None:
        if self.blog.has(RUNNING):
            text = self.blog.read(RUNNING)
            self.blog.write(RUNNING, text.replace(CODE, code))
            self.did(f"{RUNNING}: {code}")

    # -- docs pages ------------------------------------------------------------------------

    @rule(number=ANY, piece=st.sampled_from(PIECES))
    def page_grows(self, number: int, piece: str) -> None:
        if name := self.pick(self.blog.pages(), number):
            self.blog.append(name, piece)
            self.did(f"{name}: appended {piece!r}")

    @rule(number=ANY, title=st.sampled_from(TITLES))
    def page_title(self, number: int, title: str) -> None:
        if name := self.pick(self.blog.pages(), number):
            self.blog.front(name, title=title)
            self.did(f"{name}: title is now {title!r}")

    @rule(
        name=st.sampled_from(["new.md", "deep/new.md", "tags.md", "archive/index.md", "posts.md"])
    )
    def page_is_added(self, name: str) -> None:
        self.blog.write(f"docs/{name}", "# A new page\n\nText.\n")
        self.did(f"added docs/{name}")

    @rule(number=ANY)
    def page_is_removed(self, number: int) -> None:
        if name := self.pick(self.blog.pages(), number):
            self.blog.remove(name)
            self.did(f"removed {name}")

    # -- what surrounds pages --------------------------------------------------------------

    @rule(setting=st.sampled_from(SETTINGS))
    def setting(self, setting: tuple[str, object]) -> None:
        self.blog.setting(*setting)
        self.did(f"mkdocs.yml: {setting}")

    @rule(option=st.sampled_from(OPTIONS))
    def option(self, option: tuple[str, object]) -> None:
        self.blog.option(**dict([option]))
        self.did(f"mkdocs.yml, plugin: {option}")

    @rule(extension=st.sampled_from(EXTENSIONS))
    def extension(self, extension: dict[str, Any]) -> None:
        def change(data: dict[str, Any]) -> None:
            known = data["markdown_extensions"]
            others = [one for one in known if one.keys() != extension.keys()]
            data["markdown_extensions"] = [*others, extension]

        self.blog.config(change)
        self.did(f"mkdocs.yml, extension: {extension}")

    @rule(theme=st.sampled_from(THEMES))
    def theme(self, theme: tuple[str, object]) -> None:
        self.blog.config(lambda data: data["theme"].update([theme]))
        self.did(f"mkdocs.yml, theme: {theme}")

    @rule(name=st.sampled_from([*TEMPLATES]))
    def template_is_written(self, name: str) -> None:
        self.blog.write(name, TEMPLATES[name])
        self.did(f"wrote {name}")

    @rule(name=st.sampled_from([*TEMPLATES]))
    def template_is_removed(self, name: str) -> None:
        if self.blog.has(name):
            self.blog.remove(name)
            self.did(f"removed {name}")

    @rule(name=st.sampled_from(SNIPPETS), text=st.sampled_from(WORDS))
    def snippet_is_written(self, name: str, text: str) -> None:
        self.blog.write(name, f"{text}\n")
        self.did(f"{name} is now {text!r}")

    @rule(name=st.sampled_from(SNIPPETS))
    def snippet_is_removed(self, name: str) -> None:
        if self.blog.has(name):
            self.blog.remove(name)
            self.did(f"removed {name}")

    @rule(number=ANY, name=st.sampled_from(["appears.md", "nested.md"]), there=st.booleans())
    def snippet_is_included(self, number: int, name: str, there: bool) -> None:
        into = self.pick(self.blog.posts() + self.blog.pages(), number)
        if there and not self.blog.has(f"snippets/{name}"):
            self.blog.write(f"snippets/{name}", "It appeared.\n")
        self.blog.append(into, f'--8<-- "{name}"')
        self.did(f"{into} includes {name}")

    @rule(text=st.sampled_from(WORDS))
    def hook_changes(self, text: str) -> None:
        self.blog.write(
            "hooks.py", f"def on_page_content(html, **_):\n    return html + {text!r}\n"
        )
        self.did(f"the hook adds {text!r}")

    @rule(days=st.sampled_from([1, 40, 365]))
    def time_passes(self, days: int) -> None:
        self.blog.moment += days * DAY
        self.did(f"{days} days passed")

    @rule(moment=st.sampled_from([CLOCK, LATER]))
    def time_jumps(self, moment: str) -> None:
        self.blog.moment = int(moment)
        self.did(f"it is {moment}")

    @rule()
    def strictness(self) -> None:
        self.blog.strict = not self.blog.strict
        self.did(f"builds are {'strict' if self.blog.strict else 'tolerant'}")

    # -- what happens to files without an author -------------------------------------------

    @rule()
    def nothing(self) -> None:
        if "nothing" not in self.history[-2:]:
            self.history.append("nothing")
            self.waiting += 1

    @rule()
    def all_is_as_it_was(self) -> None:
        self.blog.restore(self.first)
        self.did("restored the first version of everything")

    @rule(number=ANY, moment=st.sampled_from([1, 10**9, 2 * 10**9]))
    def file_is_touched(self, number: int, moment: int) -> None:
        name = self.pick(self.blog.names(), number)
        self.blog.touch(name, moment)
        self.did(f"touched {name}: {moment}")

    @rule(number=ANY)
    def file_is_edited_into_the_past(self, number: int) -> None:
        name = self.post(number)
        self.blog.body(name, lambda text: text.replace("e", "i", 1))
        self.blog.touch(name, 10**9)
        self.did(f"{name}: a letter, with an old time")

    @rule()
    def fresh_checkout(self) -> None:
        sources = self.blog.sources()
        for name in sources:
            self.blog.remove(name)
        self.blog.restore(sources)
        self.did("wrote every file anew")

    @rule()
    def blog_moves(self) -> None:
        number = len(self.history)
        self.blog.move(
            self.folder / f"moved {number}" if number % 2 else self.folder / f"m{number}"
        )
        self.did("moved the blog to another folder")

    @rule(number=ANY, how=st.sampled_from(["delete", "change", "same size", "folder"]))
    def site_file_is_spoiled(self, number: int, how: str) -> None:
        # A site without both of its signs is refused on purpose: see build/outputs.py.
        names = sorted((files_of(self.blog.site) or {}).keys() - {"sitemap.xml", "404.html"})
        file = self.blog.site / self.pick(names, number * 7)
        if names:
            spoil(file, how)
            self.did(f"spoiled {file.relative_to(self.blog.root)}: {how}")

    @rule(name=st.sampled_from(["stray.txt", "posts/stray/index.html", "assets/stray.css"]))
    def site_gets_a_stray_file(self, name: str) -> None:
        if self.blog.site.is_dir():
            self.blog.write(f"site/{name}", "stray")
            self.did(f"wrote site/{name}")

    @rule(name=st.sampled_from(["", "posts", "assets"]))
    def site_folder_is_removed(self, name: str) -> None:
        shutil.rmtree(self.blog.site / name, ignore_errors=True)
        self.did(f"removed site/{name}")

    @rule(
        number=ANY, how=st.sampled_from(["delete", "change", "same size", "cut", "empty", "swap"])
    )
    def store_is_damaged(self, number: int, how: str) -> None:
        names = sorted(p for p in self.blog.store.rglob("*") if p.is_file())
        if names:
            file = names[number % len(names)]
            spoil(file, how, names[(number + 1) % len(names)])
            self.did(f"damaged {file.relative_to(self.blog.root)}: {how}")

    @rule()
    def store_is_removed(self) -> None:
        shutil.rmtree(self.blog.store, ignore_errors=True)
        self.did("removed the store")

    @rule()
    def preview(self) -> None:
        """Build the drafts too, into another folder: the next build must know nothing of it."""
        asked = self.oracle.begin(self.blog, drafts=True)
        found = self.run(Job.of(self.blog, drafts=True, site_dir="site-preview"))
        wanted, clean = self.oracle.end(asked)
        self.history.append("built a preview: drafts too, in another folder")
        self.judge(found, wanted)
        if not wanted.failed:
            wrong = difference(files_of(self.blog.root / "site-preview") or {}, clean)
            assert not wrong, self.story(f"not what a clean preview gives:\n{wrong}")
        self.waiting += 1


def merge(data: dict[str, Any], changes: dict[str, Any]) -> None:
    """Change a tree of values; None removes."""
    for key, value in changes.items():
        if value is None:
            data.pop(key, None)
        elif isinstance(value, dict):
            merge(data.setdefault(key, {}), value)
        else:
            data[key] = value


def spoil(file: Path, how: str, other: Path | None = None) -> None:
    """Damage a file, or swap it with another."""
    data = file.read_bytes()
    middle = len(data) // 2
    if how == "swap" and other is not None:
        file.write_bytes(other.read_bytes())
        other.write_bytes(data)
    elif how == "same size":
        file.write_bytes(
            data[:middle]
            + bytes(255 - byte for byte in data[middle : middle + 8])
            + data[middle + 8 :]
        )
    elif how in ("cut", "empty"):
        file.write_bytes(data[: middle if how == "cut" else 0])
    elif how == "change":
        file.write_bytes(b"spoiled" + data)
    else:
        file.unlink()
        if how == "folder":
            file.mkdir()
            (file / "inside.txt").write_bytes(b"inside")
