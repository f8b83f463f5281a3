"""Each post is converted once, however many lists and feeds show it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import markdown
import pytest

from tests.site.support import CONFIG, build, essay, succeed, write

# Five posts of one tag, one series and one author, two on a page: each stands in a dozen lists.
POSTS = {
    f"posts/2026-01-0{number}-p{number}.md": essay(
        f"Post {number}",
        f"2026-01-0{number}",
        f"Only post{number} says this.",
        tags="[t]",
        series="s",
        authors="[a]",
        categories="[c]",
    )
    for number in range(1, 6)
}
SERIAL = CONFIG.replace("[blogtools]", "[blogtools: {per_page: 2, workers: 1}]")
#: An extension that writes down each text that anybody converts.
COUNTER = """
from pathlib import Path
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

class Note(Preprocessor):
    def run(self, lines):
        with Path("converted.txt").open("a") as log:
            log.write(" ".join(lines) + "\\n")
        return lines

class Count(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Note(md), "count", 1000)

def makeExtension(**kwargs):
    return Count(**kwargs)
"""


def test_a_build_converts_each_post_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, {"mkdocs.yml": SERIAL, **POSTS})
    seen: Counter[str] = Counter()
    convert = markdown.Markdown.convert

    def counted(self: markdown.Markdown, source: str) -> str:
        seen[source.strip()] += 1
        return convert(self, source)

    monkeypatch.setattr(markdown.Markdown, "convert", counted)
    build(folder)
    texts = {text: count for text, count in seen.items() if text.startswith("Only post")}
    assert texts == {f"Only post{number} says this.": 1 for number in range(1, 6)}
    shown = [page for page in (folder / "site").rglob("*.html") if "Only post1" in page.read_text()]
    assert len(shown) > 5


@pytest.mark.parametrize("tool", ["mkdocs", "blogtools"])
def test_the_commands_convert_each_post_once(tool: str, tmp_path: Path) -> None:
    config = SERIAL + "markdown_extensions: [counting]\n"
    folder = write(
        tmp_path, {"mkdocs.yml": config, "counting.py": COUNTER, "docs/x.txt": "x", **POSTS}
    )
    succeed(folder, tool, "build", PYTHONPATH=str(folder))
    lines = (folder / "converted.txt").read_text().splitlines()
    texts = Counter(line.strip() for line in lines if "Only post" in line)
    assert texts == {f"Only post{number} says this.": 1 for number in range(1, 6)}
