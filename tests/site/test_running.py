"""Essays whose code runs: recorded by one command, shown by all others, which run nothing."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from selectolax.lexbor import LexborHTMLParser

from blogtools.cli import main
from tests.execution.test_runner import PYPLOT
from tests.site.support import (
    CONFIG,
    clock,
    copy_blog,
    differing,
    essay,
    replace_in,
    run,
    state,
    succeed,
    tree,
    without_progress,
    write,
)

PLAIN = """\
```python setup
xyzzy_hidden = 20
print("xyzzy_printed")
```

A [link](2026-01-03-bundle/index.md), and a sum:

```python
import os
open(os.environ.get("TRACE", os.devnull), "w").close()
print("twice", 2 * 21)
```

- In a list:

    ```python test
    assert xyzzy_hidden * 2 == 40
    ```

```python raises=ZeroDivisionError
1 / 0
```

```python
0.1 + 0.2
```

```text
0.3
```

```pycon
>>> [n for n in range(3)]
[0, 1, 2]
```
"""
BUNDLE = """\
```python caption="Rises & falls" alt="A curve"
import matplotlib.pyplot as plt
plt.plot()
```

The data: [here](numbers.csv).

```python
open("numbers.csv").read()
```
"""
STUBS = {
    "matplotlib/__init__.py": b"",
    "matplotlib/pyplot.py": PYPLOT,
}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a blog whose essays were run."""
    data = ["numbers.csv", *STUBS]
    blog = write(
        tmp_path_factory.mktemp("running") / "blog",
        {
            "mkdocs.yml": CONFIG,
            "docs/page.md": "# A page\n",
            "posts/2026-01-02-plain.md": essay("Plain", "2026-01-02", PLAIN, run="true"),
            "posts/2026-01-03-bundle/index.md": essay(
                "Bundle", "2026-01-03", BUNDLE, run=f"{{data: [{', '.join(data)}]}}"
            ),
            "posts/2026-01-03-bundle/numbers.csv": "1,2\n",
            **{f"posts/2026-01-03-bundle/{name}": text for name, text in STUBS.items()},
            "posts/2026-01-04-draft.md": essay(
                "Draft", "2026-01-04", "```python\nprint(1)\n```", run="true", draft="true"
            ),
        },
    )
    said = succeed(blog, "blogtools", "run", "--update")
    assert said.splitlines()[-1] == "Ran the code of 3 essays: 3 recorded."
    succeed(blog, "blogtools", "build", "--strict")
    return blog


@pytest.fixture
def blog(recorded: Path, tmp_path: Path) -> Path:
    return copy_blog(recorded, tmp_path / "blog")


def text(blog: Path, slug: str) -> str:
    page = LexborHTMLParser((blog / "site" / "posts" / slug / "index.html").read_bytes())
    article = page.css_first("article")
    assert article is not None
    return article.text()


def said(blog: Path, *arguments: str) -> list[str]:
    """Run a command that must find something wrong, and return what it says of it."""
    result = cli(blog, *arguments)
    assert result.exit_code == 1, result.output
    return without_progress(result.stderr).splitlines()[:-1]


def cli(blog: Path, *arguments: str) -> Result:
    """Run a command in this process."""
    with clock(), chdir(blog):
        result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def fine(blog: Path, *arguments: str) -> str:
    """Run a command that must find nothing wrong, and return what it prints."""
    result = cli(blog, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


# -- what readers see ------------------------------------------------------------------------


def test_what_code_printed_is_shown_below_it(recorded: Path) -> None:
    shown = text(recorded, "plain")
    assert 'print("twice", 2 * 21)\ntwice 42' in shown.replace("\n\n", "\n")
    assert "ZeroDivisionError: division by zero" in shown
    assert "0.3\n" in shown
    assert "0.30000000000000004" not in shown


def test_nothing_of_hidden_code_is_anywhere_in_the_site(recorded: Path) -> None:
    hidden = [name for name, data in tree(recorded / "site").items() if b"xyzzy_printed" in data]
    assert hidden == []
    assert "xyzzy_hidden = 20" not in text(recorded, "plain")


def test_figures_are_published_and_the_record_is_not(recorded: Path) -> None:
    published = {name for name in tree(recorded / "site" / "posts") if "assets" not in name}
    assert {name for name in published if name.startswith(("bundle/run", "2026-01-0"))} == {
        "bundle/run/figure-1.svg",
        "bundle/run/figure-1-dark.svg",
    }
    assert not [name for name in published if name.endswith(("record.json", "requirements.txt"))]


def test_a_figure_has_its_words_and_a_picture_for_dark_pages(recorded: Path) -> None:
    page = LexborHTMLParser((recorded / "site/posts/bundle/index.html").read_bytes())
    sources = [image.attributes["src"] for image in page.css("figure img")]
    assert sources == ["run/figure-1.svg#only-light", "run/figure-1-dark.svg#only-dark"]
    caption = page.css_first("figure figcaption")
    assert caption is not None
    assert caption.text() == "Rises & falls"


def test_feeds_show_one_picture_and_no_word_of_ours(recorded: Path) -> None:
    feed = json.loads((recorded / "site" / "feed.json").read_text())
    content = {item["title"]: item["content_html"] for item in feed["items"]}
    assert re.findall(r"figure-1\S*\.svg", content["Bundle"]) == ["figure-1.svg"]
    assert "xyzzy_hidden = 20" not in content["Plain"]
    assert "raises=" not in content["Plain"]


# -- builds run nothing ----------------------------------------------------------------------


def test_mkdocs_gives_the_same_bytes(recorded: Path) -> None:
    succeed(recorded, "mkdocs", "build", "--site-dir", "site-mkdocs")
    assert differing(recorded / "site", recorded / "site-mkdocs") == []


def test_no_build_and_no_check_runs_anything(blog: Path) -> None:
    trace = str(blog.parent / "trace")
    shutil.rmtree(blog / ".blogtools")
    before = state(blog / "posts")
    succeed(blog, "blogtools", "build", TRACE=trace)
    succeed(blog, "blogtools", "check", TRACE=trace)
    succeed(blog, "mkdocs", "build", TRACE=trace)
    assert not Path(trace).exists()
    assert not (blog / ".blogtools" / "environments").exists()
    assert state(blog / "posts") == before


def test_two_runs_record_the_same_bytes(blog: Path) -> None:
    before = tree(blog / "posts")
    shutil.rmtree(blog / ".blogtools")
    for folder in ("2026-01-02-plain.run", "2026-01-03-bundle/run", "2026-01-04-draft.run"):
        shutil.rmtree(blog / "posts" / folder)
    fine(blog, "run", "--update")
    assert tree(blog / "posts") == before


def test_a_run_that_comes_to_the_same_writes_nothing(blog: Path) -> None:
    before = state(blog / "posts")
    assert fine(blog, "run").endswith("3 essays: 3 as recorded.\n")
    fine(blog, "run", "--update")
    assert state(blog / "posts") == before


# -- results that are missing, or of other code ----------------------------------------------

POST = "posts/2026-01-02-plain.md"
AGAIN = f"Run `blogtools run {POST} --update`"


def test_other_code_stops_every_build_at_its_first_cell(blog: Path) -> None:
    replace_in(blog / POST, "2 * 21", "3 * 14")
    wrong = f"{POST}:14:1: its recorded results are of other code. {AGAIN}"
    assert said(blog, "build") == [wrong]
    assert said(blog, "run", POST) == [wrong]
    done = run(blog, "mkdocs", "build")
    assert wrong in done.stderr
    assert cli(blog, "check").stdout.splitlines()[:-1] == [wrong]
    fine(blog, "run", "plain", "--update")
    fine(blog, "build")


def test_other_text_around_it_does_not(blog: Path) -> None:
    replace_in(blog / POST, "and a sum", "and\n\nwith more lines, a sum")
    fine(blog, "build")
    assert "with more lines" in text(blog, "plain")


def test_an_essay_that_was_never_run_is_an_error_and_a_draft_only_where_it_is_shown(
    blog: Path,
) -> None:
    shutil.rmtree(blog / "posts" / "2026-01-02-plain.run")
    shutil.rmtree(blog / "posts" / "2026-01-04-draft.run")
    wrong = f"{POST}:7:1: what its code comes to is not recorded. {AGAIN}"
    assert said(blog, "build") == [wrong]
    assert len(said(blog, "build", "--drafts")) == 2


def test_another_file_of_data_is_another_matter(blog: Path) -> None:
    write(blog, {"posts/2026-01-03-bundle/numbers.csv": "3,4\n"})
    (wrong,) = said(blog, "build")
    assert wrong.startswith(
        "posts/2026-01-03-bundle/index.md:7:1: its recorded results are of other data."
    )


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("run/record.json", "posts/2026-01-03-bundle/run/record.json:1:1: the recorded results"),
        ("run/figure-1-dark.svg", "posts/2026-01-03-bundle/index.md:7:1: 'figure-1-dark.svg' is"),
        ("numbers.csv", "posts/2026-01-03-bundle/index.md:4:14: there is no file 'numbers.csv'"),
    ],
)
def test_what_is_missing_or_damaged_is_told(blog: Path, file: str, message: str) -> None:
    path = blog / "posts/2026-01-03-bundle" / file
    path.unlink() if file.endswith("csv") else path.write_text("damaged")
    assert any(line.startswith(message) for line in said(blog, "build"))


def test_a_record_that_was_edited_is_refused_and_one_that_is_consistent_is_shown(
    blog: Path,
) -> None:
    record = blog / "posts/2026-01-02-plain.run/record.json"
    replace_in(record, "twice 42", "twice 43")
    fine(blog, "build")
    assert "twice 43" in text(blog, "plain")
    (wrong,) = said(blog, "run", POST)
    assert wrong.startswith(
        f"{POST}:14:1: its results are not those that are recorded: "
        "'twice 42' is printed instead of 'twice 43'."
    )
    replace_in(record, '"3.11"', '"3.10"')
    assert said(blog, "build")[0].startswith("posts/2026-01-02-plain.run/record.json:1:1:")


def test_a_link_that_is_broken_is_told_at_its_line_although_results_stand_above(
    blog: Path,
) -> None:
    replace_in(blog / POST, "```pycon", "[Nowhere](gone.md)\n\n```pycon")
    (wrong,) = said(blog, "build")
    assert wrong.startswith(f"{POST}:38:11: 'gone.md' leads to nothing")


def test_another_expected_output_needs_no_run_to_be_told(blog: Path) -> None:
    replace_in(blog / POST, "\n0.3\n", "\n0.4\n")
    line = f"{POST}:35:1: '0.30000000000000004' is printed instead of '0.4'."
    assert said(blog, "build")[0].startswith(line)
    assert said(blog, "run", POST)[0].startswith(line)


# -- what goes wrong while it runs -----------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def f():\n    return 1 / 0\nf()", ":9:1: ZeroDivisionError: division by zero."),
        ("import os\nos._exit(3)", ":8:1: the code ended its own process: its process ended with"),
        ("while True:\n    pass", "the code was stopped here, because its time was up."),
        ("import ctypes\nctypes.string_at(0)", ":9:1: Python crashed in this code: its process"),
    ],
)
def test_each_failure_is_told_at_its_line_and_records_nothing(
    blog: Path, code: str, message: str
) -> None:
    body = f"```python\n{code}\n```\n"
    post = write(blog, {"posts/x.md": essay("X", "2026-01-01", body, run="{timeout: 1}")}) / "posts"
    (wrong,) = said(blog, "run", "posts/x.md", "--update")
    assert wrong.startswith("posts/x.md:")
    assert message in wrong
    assert not (post / "x.run").exists()


@pytest.mark.parametrize(
    ("info", "code", "message"),
    [
        ("raises=KeyError", "1", "posts/x.md:7:1: this is to raise KeyError, and raises nothing."),
        ("raises=KeyError", "1 / 0", "posts/x.md:8:1: this raises another exception than KeyError"),
        ("tset", "1", "posts/x.md:7:1: 'tset' means nothing after the language"),
    ],
)
def test_words_that_do_not_fit_are_told(blog: Path, info: str, code: str, message: str) -> None:
    body = f"```python {info}\n{code}\n```\n"
    write(blog, {"posts/x.md": essay("X", "2026-01-01", body, run="true")})
    assert said(blog, "run", "posts/x.md", "--update")[0].startswith(message)


def test_a_class_above_the_exception_will_do(blog: Path) -> None:
    body = "```python raises=ArithmeticError\n1 / 0\n```\n"
    write(blog, {"posts/x.md": essay("X", "2026-01-01", body, run="true")})
    fine(blog, "run", "x", "--update")


def test_what_it_writes_to_the_standard_error_is_told_and_not_recorded(blog: Path) -> None:
    body = "```python\nimport sys\nprint('a warning', file=sys.stderr)\n```\n"
    write(blog, {"posts/x.md": essay("X", "2026-01-01", body, run="true")})
    done = cli(blog, "run", "x", "--update")
    assert "  | a warning" in done.stderr
    assert "a warning" not in (blog / "posts/x.run/record.json").read_text()


@pytest.mark.parametrize(
    ("name", "message"),
    [("nothing", "there is no essay nothing"), ("posts/quiet.md", "posts/quiet.md runs nothing")],
)
def test_an_essay_that_cannot_be_meant_is_wrong_usage(blog: Path, name: str, message: str) -> None:
    write(blog, {"posts/quiet.md": essay("Quiet")})
    done = cli(blog, "run", name)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"blogtools: {message}")


def test_without_essays_that_run_there_is_nothing_to_do(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": CONFIG, "posts/a.md": essay("A")})
    assert fine(tmp_path, "run").startswith("No essay has code to run")


def test_a_folder_called_run_is_published_where_no_code_runs(tmp_path: Path) -> None:
    files = {"posts/a/index.md": essay("A"), "posts/a/run/times.csv": "1\n"}
    write(tmp_path, {"mkdocs.yml": CONFIG, **files})
    fine(tmp_path, "build")
    assert (tmp_path / "site/posts/a/run/times.csv").is_file()
