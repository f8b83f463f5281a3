"""Essays that have errors are no reason to say nothing of the others' standing."""

from __future__ import annotations

import json
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from blogtools.cli import main
from tests.site.drift_blog import CREASE, PINNED, make_blog
from tests.site.support import clock, essay, replace_in, state, write

BOTH = "A [fold][threefold.fold], and [nothing][threefold.nothing]."
POSTS = {
    "posts/holds.md": essay("Holds", body=CREASE, **PINNED),
    "posts/other.md": essay("Other", body="To [nowhere](nowhere.md)."),
    "posts/unknown.md": essay("Unknown", body=BOTH, **PINNED),
    "posts/version.md": essay("Version", companions='{threefold: "9.9"}'),
    "docs/lost.md": "# Lost\n\nTo [nowhere](nowhere.md).\n",
}
UNKNOWN = "posts/unknown.md:7:41: threefold 1.0 has no public object 'threefold.nothing'"


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_blog(tmp_path_factory.mktemp("errors"), POSTS)


def drift(blog: Path, *arguments: str) -> Result:
    with clock(), chdir(blog):
        done = CliRunner().invoke(main, ["drift", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_an_essay_with_an_error_is_compared_as_far_as_it_can_be_read(blog: Path) -> None:
    done = drift(blog)
    assert done.exit_code == 1
    assert [line.split() for line in done.stdout.splitlines()[1:5]] == [
        "posts/holds.md threefold 1.0 2.0 1 name as before".split(),
        "posts/unknown.md threefold 1.0 2.0 1 changed".split(),
        "posts/unknown.md - - - 1 error".split(),
        "posts/version.md - - - 1 error".split(),
    ]
    assert UNKNOWN in done.stdout
    assert "threefold.fold has 3 instead of 2 as the default of size" in done.stdout
    assert done.stdout.endswith("Compared 3 essays: 1 drifted, 2 with errors.\n")


def test_errors_of_other_essays_and_pages_are_no_business_of_it(blog: Path) -> None:
    done = drift(blog, "holds")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.endswith("Compared 1 essay: all hold.\n")


def test_programs_are_told_of_errors_apart_from_what_drifted(blog: Path) -> None:
    (one,) = json.loads(drift(blog, "unknown", "--format", "json").stdout)["essays"]
    assert not one["holds"]
    assert [found["code"] for found in one["findings"]] == ["drift/changed"]
    assert [found["code"] for found in one["errors"]] == ["link/no-symbol"]


def test_nothing_is_recorded_of_an_essay_with_an_error(blog: Path) -> None:
    before = state(blog / "posts")
    drift(blog, "unknown", "version", "--update")
    assert state(blog / "posts") == before


def test_errors_elsewhere_still_stop_it(tmp_path: Path) -> None:
    blog = make_blog(tmp_path, POSTS)
    replace_in(blog / "mkdocs.yml", '"1.1", "2.0"', '"1.1", "2.0", "3.0"')
    write(blog, {"posts/more.md": essay("More")})
    done = drift(blog)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "threefold 3.0 is not locked" in done.stderr
