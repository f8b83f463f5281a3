"""A blog is published by its pipeline, for real: a commit, a release on the disk, a browser.

A schedule publishes what has come due, and a merge request has a preview and deploys nothing.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from blogtools.pipeline.holding import GATES
from tests.browser import Visit
from tests.pipeline import nobodys
from tests.pipeline.gitlab import Ran, Repository, git
from tests.site.shelf_blog import make_blog, wheels
from tests.site.support import essay, write

JUNE, JULY = "2026-06-01T10:00:00Z", "2026-07-02T04:00:00Z"
#: The gates that a blog without a package has, and that take seconds.
HELD = ("secrets", "sbom", "site")
LATER = "posts/2026-07-01-later.md"


class Published:
    """A blog in a repository, with the release that its pipeline made last."""

    def __init__(self, folder: Path, library: Path) -> None:
        blog = make_blog(folder / "blog")
        write(blog, {LATER: essay("Later", "2026-07-01", body="Out in July.")})
        write(blog, {".gitignore": ".blogtools/\n.gitlab-ci-local/\n"})
        off: dict[str, Any] = {gate: False for gate in GATES if gate not in HELD}
        given: dict[str, dict[str, Any]] = {
            "site": {"accessibility-pages": 2, "impact": "minor"},
            "pages": {"live": "$LIVE"},
        }
        text = nobodys.whole(given, package="", environment=sys.executable, **off)
        write(blog, {".gitlab-ci.yml": text})
        self.repository = Repository(blog, library)
        # Only this test knows where the companion's files are; a pipeline would ask PyPI.
        self._environment = dict(wheels(blog))
        self.public = folder / "public"

    def run(self, *jobs: str, event: str, at: str, live: str) -> Ran:
        """Run a pipeline that was created at a moment; keep what it published."""
        variables = {"CI_PIPELINE_CREATED_AT": at, "LIVE": live, **self._environment}
        ran = self.repository.run(*jobs, event=event, variables=variables)
        made = ran.file("pages", "public")
        if made.is_dir() and event != "merge request":
            shutil.rmtree(self.public, ignore_errors=True)
            shutil.copytree(made, self.public)
        return ran


@pytest.fixture(scope="module")
def blog(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Return a blog with a companion in a repository of its own."""
    return Published(tmp_path_factory.mktemp("published"), library)


@pytest.fixture(scope="module")
def first(blog: Published) -> Ran:
    """Return what came of the pipeline of a commit, in June."""
    ran = blog.run(event="branch", at=JUNE, live="")
    assert (ran.code, set(ran.jobs)) == (0, {*HELD, "pages"}), ran.output
    return ran


@contextmanager
def shown(folder: Path) -> Iterator[str]:
    """Serve a release as GitLab Pages would; yield its address."""
    command = [sys.executable, "-m", "blogtools", "serve", "--release", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found
            yield found[0].rstrip("/") + "/"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


def manifest(folder: Path) -> Mapping[str, Any]:
    said: Mapping[str, Any] = json.loads((folder / "release.json").read_bytes())
    return said


def test_a_reader_sees_the_release_with_the_figures_of_its_own_pipeline(
    blog: Published, first: Ran, visit: Visit
) -> None:
    release = manifest(blog.public)
    assert release["commit"] == git(blog.repository.folder, "rev-parse", "HEAD")
    page = visit.page
    with shown(blog.public) as address:
        page.goto(f"{address}posts/one/", wait_until="networkidle")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("One"))
        named = "getComputedStyle(document.querySelector('.release-name'), '::after').content"
        assert release["release"] in page.evaluate(named)
        page.get_by_role("link", name="fold").first.click()
        page.wait_for_url(re.compile(r"/reference/threefold/2\.0/.*#threefold\.fold"))
        page.wait_for_load_state("networkidle")
        page.locator(".bt-versions > summary").click()
        page.locator(".bt-versions").get_by_role("link", name="1.0", exact=True).click()
        page.wait_for_url(re.compile(r"/reference/threefold/1\.0/"))
        page.wait_for_load_state("networkidle")

        page.goto(f"{address}posts/one/", wait_until="networkidle")
        page.locator(".bt-release a").click()
        page.wait_for_url(f"{address}pipeline/")
        for gate in HELD:
            named_so = page.locator("th", has_text=gate)
            row = page.locator("#gates + .bt-scroll tbody tr").filter(has=named_so)
            expect(row.locator(".bt-said")).to_have_text("passed")
            expect(row).to_contain_text(first.verdict(gate)["summary"])
        figures = page.locator(".bt-figures")
        weight = first.verdict("site")["figures"]["total, MB"]
        expect(figures.locator("div", has_text="The whole site, MB")).to_contain_text(f"{weight}")
        number = first.verdict("sbom")["figures"]["dependencies"]
        expect(figures.locator("div", has_text="Dependencies")).to_contain_text(f"{number}")
        expect(page.get_by_text("There is no report of: lint,")).to_be_visible()
        expect(page.get_by_text(release["commit"])).to_be_visible()
        answer = page.request.get(f"{address}pipeline/reports/site.json")
        assert answer.json() == first.verdict("site")
    assert visit.complaints == []


def test_a_schedule_publishes_what_has_come_due_and_goes_on_with_the_history(
    blog: Published, first: Ran
) -> None:
    assert first.code == 0
    before, pages = manifest(blog.public), first.verdict("site")["figures"]["pages"]
    assert "posts/later/index.html" not in before["files"]
    with shown(blog.public) as address:
        ran = blog.run(event="schedule", at=JULY, live=address)
    assert (ran.code, set(ran.jobs)) == (0, {*HELD, "pages"}), ran.output
    after = manifest(blog.public)
    assert "posts/later/index.html" in after["files"]
    assert after["release"].startswith("2026-07-02-")
    kept = json.loads((blog.public / "pipeline" / "history.json").read_bytes())["releases"]
    assert [one["release"] for one in kept] == [before["release"], after["release"]]
    assert {gate for gate, how in kept[-1]["outcomes"].items() if how == "passed"} == set(HELD)
    # The evidence is that of this very pipeline, and not of the one before.
    told = json.loads((blog.public / "pipeline" / "reports" / "site.json").read_bytes())
    assert told == ran.verdict("site")
    assert told["figures"]["pages"] > pages


def test_a_merge_request_has_a_preview_and_deploys_nothing(blog: Published, first: Ran) -> None:
    assert first.code == 0
    repository, live = blog.repository, manifest(blog.public)
    assert "pages" not in repository.jobs("merge request")
    git(repository.folder, "checkout", "--quiet", "-B", "change")
    write(repository.folder, {"posts/two.md": essay("Two", "2026-05-01", body="A second essay.")})
    repository.commit()
    shutil.rmtree(repository.folder / ".gitlab-ci-local" / "artifacts" / "pages")

    ran = blog.run("site", "preview", event="merge request", at=JULY, live=str(blog.public))

    assert (ran.code, ran.jobs) == (0, {"site": True, "preview": True}), ran.output
    summary = ran.file("preview", "preview.md").read_text()
    assert f"compared with {live['release']}".replace("-", "-") in summary.replace("\\", "")
    assert "| `/posts/two/` | Two | " in summary
    assert "| site | ✅ passed | " in summary
    page = ran.file("preview", "preview/posts/two/index.html").read_text()
    assert '<meta name="robots" content="noindex">' in page
    assert '<p class="bt-preview" role="note">' in page
    assert manifest(blog.public) == live
    assert not ran.file("pages", "public").exists()
    assert not ran.file("preview", "public").exists()
