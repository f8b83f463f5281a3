"""A release is live as a whole or not at all, whatever happens to whoever publishes it."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blogtools.app.publish import Live
from blogtools.app.releases import listing
from blogtools.app.rollback import rollback
from blogtools.model.diagnostic import UsageError
from blogtools.model.release import Manifest, decoded
from blogtools.publishing.placing import Place
from tests.publishing.moments import REFUSED, child, count, ended, fill_at, kill_at
from tests.publishing.support import Blog, Reader, must_be_whole, page, serving, site

#: What is in every release of these tests.
PATHS = ("index.html", "404.html", "posts/a/index.html", "posts/b/index.html", "feed.xml")
KILLED = -9


class Witness:
    """Reads a site again and again, and notes whatever is neither the old nor the new one."""

    def __init__(self, reader: Reader) -> None:
        """Take what reads."""
        self._reader = reader
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._known: list[dict[str, str]] = []
        self._at = 0
        self.asked = 0
        self.wrong: list[str] = []
        self._thread = threading.Thread(target=self._watch)

    def expect(self, manifest: Manifest) -> None:
        """Know of one more release, which may be live from now on."""
        with self._lock:
            self._known.append({path: manifest.files[path] for path in PATHS})

    def _watch(self) -> None:
        while not self._done.is_set():
            for path in PATHS:
                self._look(path)

    def _look(self, path: str) -> None:
        answer, body = self._reader.get(f"/{path}")
        self.asked += 1
        digest = hashlib.sha256(body).hexdigest()
        with self._lock:
            # What was live before another one is never seen again.
            later = [at for at, files in enumerate(self._known) if files[path] == digest]
            later = [at for at in later if at >= self._at]
        if answer.status != 200 or not later:
            self.wrong.append(f"{path}: {answer.status}, {body[-60:]!r}")
        else:
            self._at = later[0]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look on while something happens."""
        self._thread.start()
        try:
            yield
        finally:
            self._done.set()
            self._thread.join(30)
            assert not self._thread.is_alive()


def version(blog: Blog) -> str:
    """Return the version of the site that readers are shown."""
    found = re.search(r"version=(\w+)", blog.text("index.html"))
    assert found
    return found[1]


@pytest.mark.parametrize("link", [False, True])
def test_a_reader_meets_the_old_site_or_the_new_one_however_often_publishing_is_killed(
    tmp_path: Path, link: bool
) -> None:
    blog = Blog(tmp_path)
    first = blog.publish(link=link).manifest
    # What takes longest is remembered: then nearly every moment is one of the release itself.
    blog.build(site("zero"))
    moments = count(blog)
    kills = 0
    with serving(blog.to) as reader:
        witness = Witness(reader)
        witness.expect(first)
        witness.expect(decoded((blog.to / "release.json").read_bytes()))
        with witness.watching():
            for moment in range(1, moments + 20, 5):
                # Each moment is that of another release, which has something new everywhere.
                blog.build(site(f"v{moment}"))
                witness.expect(blog.publish(check=True).manifest)
                kills += kill_at(blog, moment) == KILLED
                must_be_whole(blog.to)
        assert witness.wrong == []
    assert kills >= moments // 5
    assert witness.asked > kills
    blog.build(site("last"))
    blog.publish()
    assert version(blog) == "last"
    for row in listing(blog.to):
        must_be_whole(Place(blog.to).find(row[0]).folder)
    assert {file.name for file in blog.home.glob(".*")} <= {".spare"}


def test_a_full_disk_leaves_what_was_live(blog: Blog) -> None:
    blog.publish()
    moments = count(blog)
    for moment in range(1, moments + 1, 4):
        blog.build(site(f"v{moment}"))
        before = version(blog)
        how = fill_at(blog, moment)
        must_be_whole(blog.to)
        assert how in (0, REFUSED)
        assert version(blog) == (before if how == REFUSED else f"v{moment}")
    blog.build(site("last"))
    blog.publish()
    assert version(blog) == "last"


def test_two_publishes_at_once_follow_each_other(blog: Blog) -> None:
    blog.publish()
    other = Blog(blog.root / "other")
    other.to = blog.to
    blog.build(site("two"))
    other.build(site("three"))
    for process in [child(blog), child(other), child(blog), child(other)]:
        assert ended(process) == 0
    must_be_whole(blog.to)
    assert version(blog) in ("two", "three")
    names = [row[0] for row in listing(blog.to)]
    assert len(names) == len(set(names)) == 3


def test_what_a_page_of_the_release_before_loads_is_still_there(blog: Blog) -> None:
    blog.publish()
    loads = re.findall(r'href="(assets/[^"]+)"', blog.text("index.html"))
    blog.build(site("two"))
    blog.publish()
    assert loads
    assert all((blog.to / path).is_file() for path in loads)


def test_a_link_leads_to_one_release_after_the_other(blog: Blog) -> None:
    first = blog.publish(link=True).manifest.release
    assert blog.to.readlink() == Path(".public.releases") / first
    blog.build(site("two"))
    second = blog.publish().manifest.release
    assert blog.to.readlink() == Path(".public.releases") / second
    must_be_whole(blog.home / first)


def test_a_folder_stays_a_folder_and_the_last_release_is_kept_beside_it(blog: Blog) -> None:
    first = blog.publish().manifest.release
    blog.build(site("two"))
    blog.publish()
    assert not blog.to.is_symlink()
    assert must_be_whole(blog.home / first) == first


@pytest.mark.parametrize("link", [False, True])
def test_going_back_and_forth(blog: Blog, link: bool) -> None:
    names = []
    for one in ("one", "two", "three"):
        blog.build(site(one))
        names.append(blog.publish(link=link).manifest.release)
    assert rollback(blog.to, "").name == names[1]
    assert version(blog) == "two"
    assert rollback(blog.to, "").name == names[0]
    assert version(blog) == "one"
    assert rollback(blog.to, names[2]).name == names[2]
    assert version(blog) == "three"
    assert [row[0] for row in listing(blog.to)] == names[::-1]
    assert [row[3] for row in listing(blog.to)] == ["live", "", ""]
    for name in names:
        must_be_whole(Place(blog.to).find(name).folder)


def test_there_is_no_going_back_to_a_release_that_was_changed(blog: Blog) -> None:
    blog.publish()
    with (blog.to / "index.html").open("a") as file:
        file.write("more")
    blog.build(site("two"))
    blog.publish()
    with pytest.raises(UsageError, match=r"index\.html differs from what was published"):
        rollback(blog.to, "")
    assert version(blog) == "two"


def test_there_is_no_going_back_before_the_first_release(blog: Blog) -> None:
    with pytest.raises(UsageError, match="no release is kept"):
        rollback(blog.to, "")
    blog.publish()
    with pytest.raises(UsageError, match="no release that was live before"):
        rollback(blog.to, "")
    with pytest.raises(UsageError, match="no release that is kept is called nothing"):
        rollback(blog.to, "nothing")


def test_a_number_of_releases_is_kept_and_the_live_one_always(blog: Blog) -> None:
    names, pruned = [], []
    for number in range(4):
        blog.build(site(f"v{number}"))
        done = blog.publish(keep=2)
        names.append(done.manifest.release)
        pruned.append(done.pruned)
    assert pruned == [(), (), (names[0],), (names[1],)]
    assert [row[0] for row in listing(blog.to)] == [names[3], names[2]]
    rollback(blog.to, "")
    blog.build(site("more"))
    done = blog.publish(keep=2)
    assert [row[0] for row in listing(blog.to)] == [done.manifest.release, names[3]]


def test_an_old_release_becomes_a_new_one_that_has_nothing_of_it(blog: Blog) -> None:
    strange = {"posts/a/b/c/index.html": page("Deep"), "x": "a file", "y/z.txt": "a folder"}
    for files in (
        {**site("one"), **strange},
        site("two"),
        {**site("three"), "x/y.txt": "a folder", "y": "a file"},
        site("four"),
        site("five"),
    ):
        gone = {"posts/a/b/c/": "No", "x*": "No", "y*": "No"}
        blog.options = {"publish": {"gone": {} if "x" in files or "y" in files else gone}}
        blog.build(files)
        blog.publish(keep=2, live=Live())
        must_be_whole(blog.to)
    folders = {file.relative_to(blog.to).as_posix() for file in blog.to.rglob("*") if file.is_dir()}
    assert folders == {"assets", "posts", "posts/a", "posts/b", "posts/a/b", "posts/a/b/c"}


def test_a_site_without_a_manifest_is_replaced_by_the_first_release(blog: Blog) -> None:
    blog.to.mkdir()
    (blog.to / "404.html").write_text("as another tool left it")
    blog.publish()
    must_be_whole(blog.to)
    assert len(listing(blog.to)) == 1


def test_what_can_only_be_swapped_in_two_steps_is_put_back_by_the_next_publish(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blogtools.publishing.placing.exchange", lambda _one, _other: False)
    first = blog.publish().manifest.release
    blog.build(site("two"))
    second = blog.publish().manifest.release
    assert {row[0] for row in listing(blog.to)} == {first, second}
    # As a publish leaves it that is killed between the two steps.
    blog.to.rename(blog.home / ".previous")
    blog.build(site("three"))
    third = blog.publish().manifest.release
    assert [row[0] for row in listing(blog.to)] == [third, second, first]
    must_be_whole(blog.to)
