"""Diagrams of Mermaid: drawn by a command, recorded, and shown by builds that start no browser."""

from __future__ import annotations

import json
import lzma
import re
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser
from selectolax.lexbor import LexborHTMLParser

from blogtools.app.draw import Report
from blogtools.content import diagrams, drawings
from blogtools.content.records import DamagedRecord
from blogtools.media import letters, mermaid
from blogtools.wired import draw_posts
from tests.browser import Visit, executable, opened, serving
from tests.browser import browser as browser
from tests.browser import visit as visit
from tests.media.blog import assert_as_built_anew, blog, styled
from tests.reader.test_browser import AXE, RUN
from tests.site.support import MKDOCS, build, differing, essay, replace_in, run, succeed

OPTIONS = "diagrams: {mermaid: true}\nworkers: 1"
KINDS = {
    "flowchart": 'flowchart LR\n  A[Post] -->|read| B{Known?}\n  B x-- "no" --x C((Page))\n'
    '  click A "https://a.example/"\n',
    "sequence": "sequenceDiagram\n  autonumber\n  actor A as Author\n  A->>+B: write\n"
    "  B--xA: no\n  Note over A,B: they talk\n",
    "class": "classDiagram\n  class Animal {\n    <<interface>>\n    +int age\n  }\n"
    "  Animal <|-- Duck : is a\n",
    "state": "stateDiagram-v2\n  [*] --> Still\n  Still --> Moving : push\n  Moving --> [*]\n",
    "ER": 'erDiagram\n  A ||--o{ B : places\n  A {\n    string name PK "the name"\n  }\n',
    "gantt": "gantt\n  title A plan\n  dateFormat YYYY-MM-DD\n  section One\n"
    "  First :crit, 2026-01-01, 30d\n  Then :milestone, 2026-02-01, 0d\n",
    "timeline": "timeline\n  title History\n  2002 : One\n  2004 : Two : Three\n",
    "pie": "pie showData\n  accTitle: Pets\n  accDescr: Mostly dogs\n"
    '  "Dogs" : 386\n  "Cats" : 85\n',
    "git": "gitGraph\n  commit\n  branch develop\n  commit type: HIGHLIGHT\n  checkout main\n"
    '  merge develop tag: "v1"\n',
    "mindmap": "mindmap\n  root((Root))\n    A branch\n      A leaf\n    [Square]\n",
}
BROKEN = "---\ntitle: T\n---\n%% a comment\nflowchart LR\n  A --> B\n  A --> ]\n"


def block(source: str, info: str = 'title="A picture"') -> str:
    return f"```mermaid {info}\n{source}```\n"


ALL = "\n".join(block(source, f'title="{kind}"') for kind, source in KINDS.items())


class _Counting(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """Listen on this machine, and yield the address and what was asked for there."""
    asked: list[str] = []
    handler = type("_Handler", (_Counting,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def hostile(address: str) -> str:
    return (
        f'%%{{init: {{"themeCSS": "@import url({address}/css);", "htmlLabels": true,'
        ' "securityLevel": "loose"}}%%\n'
        f'flowchart LR\n  A["<img src={address}/img onerror=fetch(`{address}/js`)>"]\n'
        f'  B@{{ img: "{address}/shape", label: "B" }}\n'
    )


@pytest.fixture(scope="module")
def drawn(
    tmp_path_factory: pytest.TempPathFactory, listener: tuple[str, list[str]]
) -> tuple[Path, tuple[Report, ...]]:
    """Return a blog whose diagrams were drawn by one call, and what that said: change nothing."""
    folder = tmp_path_factory.mktemp("drawn") / "blog"
    twice = f"One.\n\n{block(KINDS['pie'])}\n{block(KINDS['pie'])}"
    page: dict[str, str | bytes] = {
        "docs/plan.md": f"# Plan\n\n{block(KINDS['gantt'])}",
        "posts/e5/index.md": essay("In a folder", "2026-02-01", block(KINDS["pie"])),
    }
    blog(folder, OPTIONS, ALL, twice, block(BROKEN), block(hostile(listener[0])), **page)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHROMIUM", executable())
        return folder, draw_posts(folder / "mkdocs.yml", (), check=False)


@pytest.fixture(scope="module")
def site(drawn: tuple[Path, tuple[Report, ...]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the built blog without what cannot be drawn: change nothing."""
    folder = tmp_path_factory.mktemp("built") / "blog"
    shutil.copytree(drawn[0], folder)
    for name in ("posts/e3.md", "posts/e4.md"):
        (folder / name).unlink()
    assert build(folder).diagnostics == ()
    return folder


def article(folder: Path, url: str) -> str:
    page = (folder / "site" / url / "index.html").read_text()
    found = re.search(r"<article.*?</article>", page, re.DOTALL)
    assert found
    return found[0]


def recorded(folder: Path, name: str) -> dict[str, drawings.Drawing]:
    return dict(drawings.parse((folder / name / "diagrams.json").read_bytes()))


def test_ten_kinds_become_pictures(site: Path) -> None:
    text = article(site, "posts/e1")
    shown = LexborHTMLParser(text).css("figure.bt-diagram svg")
    assert [node.attributes["aria-label"] for node in shown] == list(KINDS)
    for node, words in zip(shown, ("Post", "Author", "Animal", "Still", "places"), strict=False):
        assert words in (node.text() or "")
    assert "mermaid" not in text
    assert not styled(text)


def test_a_picture_has_the_words_of_its_source_for_those_who_do_not_see_it(
    drawn: tuple[Path, tuple[Report, ...]],
) -> None:
    picture = recorded(drawn[0], "posts/e1.run")[drawings.key(KINDS["pie"].rstrip("\n"))]
    assert (picture.title, picture.desc) == ("Pets", "Mostly dogs")
    page = diagrams.told(picture.svg, diagrams.Diagram("", picture.title, picture.desc))
    assert '<svg role="img" aria-label="Pets"' in page
    assert "<desc>Mostly dogs</desc>" in page


def test_a_picture_has_the_same_bytes_drawn_alone_and_again(
    drawn: tuple[Path, tuple[Report, ...]],
) -> None:
    known = recorded(drawn[0], "posts/e1.run")
    chosen = [KINDS[kind].rstrip("\n") for kind in ("mindmap", "git", "gantt", "flowchart")]
    again = mermaid.draw(chosen, executable())
    assert again == [known[drawings.key(source)] for source in chosen]


def test_what_cannot_be_drawn_is_said_at_its_line(
    drawn: tuple[Path, tuple[Report, ...]],
) -> None:
    said = {report.path: [str(one) for one in report.diagnostics] for report in drawn[1]}
    (broken,) = said["posts/e3.md"]
    assert broken.startswith("posts/e3.md:13:3: the diagram cannot be drawn: Lexical error")
    assert said["posts/e1.md"] == []
    assert not (drawn[0] / "posts/e3.run").exists()


def test_nothing_is_fetched(
    drawn: tuple[Path, tuple[Report, ...]], listener: tuple[str, list[str]]
) -> None:
    assert listener[1] == []
    folder = drawn[0] / "posts/e4.run"
    shown = (
        "".join(one.svg for one in recorded(drawn[0], "posts/e4.run").values())
        if folder.exists()
        else ""
    )
    assert "image" not in shown


def test_pictures_on_a_page_share_no_id(site: Path) -> None:
    for url in ("posts/e1", "posts/e2", "plan"):
        pictures = LexborHTMLParser(article(site, url)).css("svg *, figure > svg")
        assert len(pictures) > 10
        assert not [one for one in pictures if {"id", "style"} & one.attributes.keys()]


def test_the_policy_holds_and_axe_finds_nothing(site: Path, visit: Visit, browser: Browser) -> None:
    with serving(site / "site") as address:
        visit.page.goto(f"{address}posts/e1/", wait_until="networkidle")
        assert visit.complaints == []
        assert [url for url in visit.requests if not url.startswith((address, "data:"))] == []
        for scheme in ("light", "dark"):
            options = {"color_scheme": scheme, "reduced_motion": "reduce", "bypass_csp": True}
            with opened(browser, **options) as context:
                page = context.new_page()
                page.goto(f"{address}posts/e1/", wait_until="load")
                page.evaluate(AXE)
                assert page.evaluate(RUN)["said"] == []


def test_letters_fit_into_their_boxes(site: Path, visit: Visit) -> None:
    """Here they are DejaVu's, which are wider than Helvetica's."""
    wider = """() => [...document.querySelectorAll(".bt-diagram text")].flatMap(text => {
      const words = text.getBoundingClientRect(), middle = words.x + words.width / 2;
      const around = [...text.closest("svg").querySelectorAll("rect[stroke]")]
        .map(box => box.getBoundingClientRect())
        .filter(box => box.x < middle && middle < box.right)
        .filter(box => box.y <= words.y + 1 && words.bottom <= box.bottom + 1);
      const centred = getComputedStyle(text).textAnchor === "middle";
      return centred && around.some(box => words.width > box.width + 1) ? [text.textContent] : [];
    })"""
    with serving(site / "site") as address:
        visit.page.goto(f"{address}posts/e1/")
        assert visit.page.evaluate(wider) == []


# -- builds ----------------------------------------------------------------------------------


def test_without_a_record_a_build_says_what_to_do(tmp_path: Path) -> None:
    folder = blog(tmp_path, OPTIONS, block(KINDS["pie"]), **{"docs/p.md": block(KINDS["pie"])})
    said = run(folder, "blogtools", "build").stderr
    assert (
        "posts/e1.md:7:1: the diagram is not recorded. Run `blogtools draw posts/e1.md`\n" in said
    )
    assert "docs/p.md:2:1: the diagram is not recorded. Run `blogtools draw docs/p.md`\n" in said
    assert not (folder / "site").exists()


def test_a_record_of_another_source_is_an_error_at_its_place(site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "blog"
    shutil.copytree(site, folder, ignore=shutil.ignore_patterns("site", ".blogtools"))
    replace_in(folder / "posts/e1.md", "Cats", "Bats")
    said = run(folder, "blogtools", "build").stderr
    place = (folder / "posts/e1.md").read_text().partition("pie showData")[0].count("\n") + 1
    assert f"posts/e1.md:{place}:1: the recorded diagrams are others" in said
    assert said.count("others") == 1
    looked = run(folder, "blogtools", "draw", "--check", CHROMIUM="/nowhere")
    assert looked.returncode == 1
    assert f"posts/e1.md:{place}:1: " in looked.stderr


def test_an_edit_gives_the_bytes_of_a_clean_build(site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "blog"
    shutil.copytree(site, folder)
    record = folder / "posts/e1.run/diagrams.json"
    record.write_text(record.read_text().replace("Dogs", "Hounds"))
    replace_in(folder / "posts/e2.md", "One.", "Two.")
    build(folder)
    assert "Hounds" in article(folder, "posts/e1")
    assert_as_built_anew(folder)


def test_no_build_starts_a_browser(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "blog"
    shutil.copytree(site, folder, ignore=shutil.ignore_patterns("site", ".blogtools"))

    def never(*_anything: object) -> None:
        raise AssertionError("a browser was looked for")

    for name in ("mermaid.draw", "browsers.subprocess.Popen", "browsers.find"):
        monkeypatch.setattr(f"blogtools.media.{name}", never)
    assert build(folder).diagnostics == ()


def test_no_record_is_published(site: Path) -> None:
    assert (site / "posts/e5/run/diagrams.json").is_file()
    names = {file.name for file in (site / "site").rglob("*")}
    assert "index.html" in names
    assert not [name for name in names if "diagrams.json" in name or name.endswith("run")]


def test_without_the_option_a_diagram_is_code(tmp_path: Path) -> None:
    folder = blog(tmp_path, "diagrams: true", block(KINDS["pie"]))
    build(folder)
    assert "showData" in article(folder, "posts/e1")
    said = run(folder, "blogtools", "draw")
    assert said.returncode == 2
    assert "write 'diagrams: {mermaid: true}'" in said.stderr


def test_without_a_browser_it_says_so(tmp_path: Path) -> None:
    folder = blog(tmp_path, OPTIONS, block(KINDS["pie"]))
    said = run(folder, "blogtools", "draw", CHROMIUM="/nowhere")
    assert said.returncode == 2
    assert "there is no browser to draw diagrams: /nowhere. Install Chromium" in said.stderr


# -- records that somebody else wrote --------------------------------------------------------

ACTING = [
    '<svg onload="alert(1)"/>',
    "<svg><script>alert(1)</script></svg>",
    "<svg><foreignObject><img/></foreignObject></svg>",
    '<svg><a href="javascript:alert(1)"><text>x</text></a></svg>',
    '<svg><a href="&#106;avascript:alert(1)"><text>x</text></a></svg>',
    '<svg><image href="https://a.example/x"/></svg>',
    '<svg><rect fill="url(https://a.example/x)"/></svg>',
    '<svg><rect style="fill:red"/></svg>',
    '<svg><rect id="x" class="y"/></svg>',
    '<svg><circle width="3"/></svg>',
    "<svg></svg><script>alert(1)</script>",
    "<svg/><svg/>",
    "<svg><g></svg>",
    "<svg><g></g>",
    "</svg>",
    "text",
    "",
]


@pytest.mark.parametrize("svg", ACTING)
def test_what_is_no_picture_is_refused(svg: str) -> None:
    data = drawings.dump({"x": drawings.Drawing(svg)}).encode()
    with pytest.raises(DamagedRecord):
        drawings.parse(data)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"version": 2}', b'{"version": 1, "drawings": 3}'])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedRecord):
        drawings.parse(data)


def test_a_strangers_record_cannot_act(tmp_path: Path) -> None:
    source = KINDS["pie"].rstrip("\n")
    record = {"svg": ["<svg><script>alert(1)</script></svg>"], "title": '"><script>'}
    whole = {"version": 1, "drawings": {drawings.key(source): record}}
    options = f"{OPTIONS}\nuntrusted: true"
    files: dict[str, str | bytes] = {"posts/e1.run/diagrams.json": json.dumps(whole)}
    folder = blog(tmp_path, options, block(source + "\n", ""), **files)
    said = run(folder, "blogtools", "build").stderr
    assert "posts/e1.run/diagrams.json:1:1: the recorded diagrams are damaged: <script>" in said
    record["svg"] = ["<svg><text>x</text></svg>"]
    (folder / "posts/e1.run/diagrams.json").write_text(json.dumps(whole))
    build(folder)
    text = article(folder, "posts/e1")
    assert "<script" not in text
    assert 'aria-label="&quot;&gt;&lt;script&gt;"' in text
    succeed(folder, *MKDOCS, "-d", "site-mkdocs")
    assert differing(folder / "site", folder / "site-mkdocs") == []


# -- pieces ----------------------------------------------------------------------------------


def test_lines_are_those_of_the_source() -> None:
    assert drawings.line_of(BROKEN, 3) == 7
    assert drawings.line_of(BROKEN, 1) == 5
    assert drawings.line_of("%%{init: {}}%%\npie\n  x", 2) == 3
    assert drawings.line_of("pie\n  x", 0) == 0
    assert drawings.line_of("pie\n  x", 9) == 2


def test_the_key_names_the_version_that_is_here() -> None:
    folder = Path(mermaid.__file__).parent / "vendor/mermaid"
    assert f"of mermaid {drawings.MERMAID} (npm)" in (folder / "NOTICE.txt").read_text()
    bundle = lzma.decompress((folder / "mermaid.min.js.xz").read_bytes()).decode()
    assert f'"{drawings.MERMAID}"' in bundle
    assert "eclipse" not in bundle.lower()


def test_letters_are_as_wide_as_helveticas() -> None:
    assert [letters.width(letter) for letter in "iMäß漢"] == [222, 833, 556, 667, 1000]
    assert letters.width("\u0301") == 0
