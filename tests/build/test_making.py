"""What `Folders` and `make` promise: the folder becomes the site, and no file changes in place."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from blogtools.build.files import Files
from blogtools.build.ledger import Ledger, Manifest, Placed
from blogtools.build.looking import Look, look_at
from blogtools.build.making import Folders, Result, make
from blogtools.build.memory import Memory
from blogtools.build.plan import Bill, Copy, Target, digests
from blogtools.build.store import Store
from blogtools.model.diagnostic import Disturbed
from blogtools.model.digest import digest, digest_of


def tree(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its text."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text() for file in files}


def write(folders: Folders, path: str, text: str) -> None:
    """Write a file as `make` does."""
    data = text.encode()
    folders.placed(path, Placed(digest(data), folders.write(path, data)))


def filled(folder: Path, files: Mapping[str, str]) -> Manifest:
    """Fill a folder with a site, and return what it holds."""
    folder.mkdir(exist_ok=True)
    folders = Folders(folder, Look(), folder, Look())
    for path, text in files.items():
        write(folders, path, text)
    return folders.finish()


@dataclass
class Sites:
    """The last site, and the one before it, which is to become the next."""

    root: Path
    before: Manifest = field(default_factory=dict)
    older: Manifest = field(default_factory=dict)

    @property
    def site(self) -> Path:
        return self.root / "site"

    @property
    def spare(self) -> Path:
        return self.root / "spare"

    def hold(self, last: Mapping[str, str], older: Mapping[str, str]) -> Sites:
        """Let the two sites hold these files."""
        self.before, self.older = filled(self.site, last), filled(self.spare, older)
        return self

    def folders(self) -> Folders:
        last, spare = look_at(self.site, self.before), look_at(self.spare, self.older)
        return Folders(self.site, last, self.spare, spare)

    def copy_of(self, path: str, text: str) -> Copy:
        """Return an author's file that is to be copied."""
        source = self.root / "source"
        source.write_text(text)
        return Copy(path, str(source), digest(text.encode()))


@pytest.fixture
def sites(tmp_path: Path) -> Sites:
    return Sites(tmp_path)


def test_a_file_that_is_carried_over_is_shared(sites: Sites) -> None:
    folders = sites.hold({"a/b": "one"}, {}).folders()
    folders.carry("a/b", digest(b"one"))
    assert folders.finish() == sites.before
    assert (sites.spare / "a/b").samefile(sites.site / "a/b")


def test_a_file_that_the_folder_has_already_stays_as_it_is(sites: Sites) -> None:
    folders = sites.hold({"a": "one"}, {"a": "one"}).folders()
    before = (sites.spare / "a").stat()
    folders.carry("a", digest(b"one"))
    assert folders.finish() == sites.older
    assert (sites.spare / "a").stat() == before


def test_where_files_cannot_be_shared_they_are_copied(
    sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another file system")

    folders = sites.hold({"a": "one"}, {"a": "older"}).folders()
    monkeypatch.setattr(os, "link", refuse)
    folders.carry("a", digest(b"one"))
    left = folders.finish()
    assert tree(sites.spare) == {"a": "one"}
    assert not (sites.spare / "a").samefile(sites.site / "a")
    assert look_at(sites.spare, left).as_left


def carry(sites: Sites, folders: Folders) -> None:
    folders.carry("a", digest(b"one"))


def copy(sites: Sites, folders: Folders) -> None:
    folders.copy(sites.copy_of("a", "new"))


def copy_what_the_last_site_has(sites: Sites, folders: Folders) -> None:
    folders.copy(sites.copy_of("a", "last"))


def make_anew(sites: Sites, folders: Folders) -> None:
    write(folders, "a", "new")


def leave_out(sites: Sites, folders: Folders) -> None:
    pass


@pytest.mark.parametrize("change", [carry, copy, copy_what_the_last_site_has, make_anew, leave_out])
def test_no_file_is_ever_changed_in_place(
    sites: Sites, change: Callable[[Sites, Folders], None]
) -> None:
    sites.hold({"a": "last"}, {"a": "older"})
    for name in ("site", "spare"):
        os.link(sites.root / name / "a", sites.root / f"reader-of-{name}")
    folders = sites.folders()
    change(sites, folders)
    folders.finish()
    assert (sites.root / "reader-of-site").read_text() == "last"
    assert (sites.root / "reader-of-spare").read_text() == "older"
    assert tree(sites.site) == {"a": "last"}


def test_a_copy_is_no_second_name_for_the_authors_file(sites: Sites) -> None:
    folders = sites.hold({}, {}).folders()
    folders.copy(sites.copy_of("a", "mine"))
    folders.finish()
    (sites.spare / "a").write_text("vandalised")
    assert (sites.root / "source").read_text() == "mine"


def test_a_copy_that_the_last_site_has_is_shared_with_it(sites: Sites) -> None:
    folders = sites.hold({"a": "mine"}, {}).folders()
    folders.copy(sites.copy_of("a", "mine"))
    folders.finish()
    assert (sites.spare / "a").samefile(sites.site / "a")


def test_a_file_that_changed_since_it_was_read_is_not_copied_for_what_it_was(
    sites: Sites,
) -> None:
    folders = sites.hold({}, {}).folders()
    mine = sites.copy_of("a", "mine")
    (sites.root / "source").write_text("edited")
    with pytest.raises(Disturbed, match=r"another program changed .*source"):
        folders.copy(mine)


def test_a_file_of_many_pieces_is_copied_whole(
    sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blogtools.build.making._PIECE", 3)
    folders = sites.hold({}, {}).folders()
    folders.copy(sites.copy_of("a", "of many pieces"))
    assert folders.finish()["a"].digest == digest(b"of many pieces")
    assert tree(sites.spare) == {"a": "of many pieces"}


def test_what_does_not_belong_to_the_site_goes_with_its_empty_folders(sites: Sites) -> None:
    sites.hold({"a": "one"}, {"a": "one", "gone/deep/b": "b"})
    (sites.spare / "stray").write_text("by hand")
    folders = sites.folders()
    folders.carry("a", digest(b"one"))
    folders.finish()
    assert tree(sites.spare) == {"a": "one"}
    assert [one.name for one in sites.spare.iterdir()] == ["a"]


def test_a_file_stands_where_there_was_a_folder(sites: Sites) -> None:
    folders = sites.hold({}, {"a/b/c": "older", "a/d": "older"}).folders()
    write(folders, "a", "new")
    assert list(folders.finish()) == ["a"]
    assert tree(sites.spare) == {"a": "new"}


def test_a_folder_stands_where_there_was_a_file(sites: Sites) -> None:
    folders = sites.hold({}, {"a": "older"}).folders()
    write(folders, "a/b/c", "new")
    write(folders, "a/d", "new")
    assert list(folders.finish()) == ["a/b/c", "a/d"]
    assert tree(sites.spare) == {"a/b/c": "new", "a/d": "new"}


@pytest.mark.parametrize("shared", ["a", "a/b"])
def test_what_is_carried_over_finds_room_too(sites: Sites, shared: str) -> None:
    other = {"a": "a/b", "a/b": "a"}[shared]
    folders = sites.hold({shared: "last"}, {other: "older"}).folders()
    assert folders.carry(shared, digest(b"last"))
    folders.finish()
    assert tree(sites.spare) == {shared: "last"}


def test_only_the_very_file_is_carried_over(sites: Sites) -> None:
    folders = sites.hold({"a": "last"}, {"a": "older"}).folders()
    assert not folders.carry("a", digest(b"another"))
    assert not folders.carry("b", digest(b"last"))
    folders.finish()
    assert tree(sites.spare) == {}


def test_a_link_in_the_folder_is_replaced_and_what_it_leads_to_stays(sites: Sites) -> None:
    sites.hold({}, {})
    (sites.root / "mine").write_text("mine")
    (sites.spare / "a").symlink_to(sites.root / "mine")
    folders = sites.folders()
    write(folders, "a", "new")
    folders.finish()
    assert (sites.root / "mine").read_text() == "mine"
    assert not (sites.spare / "a").is_symlink()


def test_a_folder_that_somebody_linked_into_the_site_keeps_its_files(sites: Sites) -> None:
    sites.hold({}, {})
    (sites.root / "mine").mkdir()
    (sites.root / "mine/photo").write_text("mine")
    (sites.spare / "linked").symlink_to(sites.root / "mine")
    folders = sites.folders()
    write(folders, "a", "new")
    folders.finish()
    assert tree(sites.root / "mine") == {"photo": "mine"}


def test_nothing_is_written_into_a_folder_that_somebody_linked_into_the_site(
    sites: Sites,
) -> None:
    sites.hold({}, {})
    (sites.root / "mine").mkdir()
    (sites.spare / "linked").symlink_to(sites.root / "mine")
    folders = sites.folders()
    write(folders, "linked/a", "new")
    folders.finish()
    assert tree(sites.root / "mine") == {}
    assert (sites.spare / "linked/a").read_text() == "new"


# -- what the last site is like --------------------------------------------------------------------


def test_a_site_is_as_before_until_somebody_touches_it(sites: Sites) -> None:
    sites.hold({"a": "one", "b/c": "two"}, {})
    assert look_at(sites.site, sites.before).as_left
    (sites.site / "stray").write_text("by hand")
    assert not look_at(sites.site, sites.before).as_left
    (sites.site / "stray").unlink()
    assert look_at(sites.site, sites.before).as_left
    (sites.site / "b/c").unlink()
    assert not look_at(sites.site, sites.before).as_left


def test_a_site_of_which_nothing_is_known_is_not_as_before(sites: Sites) -> None:
    sites.site.mkdir()
    assert not look_at(sites.site, sites.before).as_left


def test_a_file_that_looks_as_it_did_is_read_where_that_is_asked(sites: Sites) -> None:
    sites.hold({"a": "one", "b": "two"}, {})
    before = (sites.site / "a").stat()
    (sites.site / "a").write_text("bad")
    os.utime(sites.site / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert look_at(sites.site, sites.before).intact.keys() == {"a", "b"}
    assert look_at(sites.site, sites.before, verify=True).intact.keys() == {"b"}


def test_a_file_that_changes_while_it_is_carried_over_stops_the_build(sites: Sites) -> None:
    folders = sites.hold({"a": "one"}, {}).folders()
    (sites.site / "a").unlink()
    (sites.site / "a").write_text("by hand")
    with pytest.raises(Disturbed, match="another program changed a"):
        folders.carry("a", digest(b"one"))


# -- making ----------------------------------------------------------------------------------------


@dataclass
class Maker:
    """Makes sites one after the other, each time with the memory of the last."""

    sites: Sites
    store: Store
    made: list[str] = field(default_factory=list)
    last: Ledger = field(default_factory=Ledger)
    workers: int = 1

    def target(self, path: str, text: str, *, costly: bool = False) -> Target:
        def give() -> bytes:
            self.made.append(path)
            return text.encode()

        return Target(path, {"its text": digest_of(text)}, give, costly=costly)

    def __call__(
        self, *targets: Target, copies: tuple[Copy, ...] = (), theme: str = "plain"
    ) -> Result:
        """Make the next site, and put it in the last one's place."""
        self.made.clear()
        for folder in (self.sites.site, self.sites.spare):
            folder.mkdir(exist_ok=True)
        bill = Bill(targets, copies, {"model": {"the theme": digest_of(theme)}})
        memory = Memory(Files(self.sites.root), self.last, self.store)
        self.sites.before, self.sites.older = self.last.site, self.last.spare
        result = make(bill, memory, self.sites.folders(), self.workers)
        self.last = Ledger(
            site=result.site,
            spare=self.last.site,
            made=result.made,
            reads={target.path: digests(target.reads) for target in targets},
            shared=bill.shared,
        )
        self.swap()
        return result

    def swap(self) -> None:
        self.sites.spare.rename(self.sites.root / "new")
        self.sites.site.rename(self.sites.spare)
        (self.sites.root / "new").rename(self.sites.site)


@pytest.fixture
def maker(sites: Sites) -> Iterator[Maker]:
    with closing(Store(sites.root / "store.sqlite")) as store:
        yield Maker(sites, store)


def why(result: Result) -> dict[str, str]:
    return {step.target.path: step.why for step in result.steps}


def test_only_what_is_stale_is_made(maker: Maker) -> None:
    maker(maker.target("a", "one"), maker.target("b", "one"))
    result = maker(maker.target("a", "two"), maker.target("b", "one"))
    assert why(result) == {"a": "its text changed"}
    assert maker.made == ["a"]
    assert tree(maker.sites.site) == {"a": "two", "b": "one"}
    assert result.site.keys() == result.made.keys() == {"a", "b"}


def test_sites_one_after_the_other_are_each_as_the_bill_says(maker: Maker) -> None:
    bills = [{"a": "1", "b": "1"}, {"a": "2"}, {"a": "2", "b": "1"}, {"b": "2"}, {"a": "1"}]
    for wanted in [*bills, *reversed(bills)]:
        maker(*(maker.target(path, text) for path, text in wanted.items()))
        assert tree(maker.sites.site) == wanted


def test_the_theme_makes_everything_stale_and_says_so(maker: Maker) -> None:
    maker(maker.target("a", "one"))
    assert why(maker(maker.target("a", "one"), theme="dark")) == {"a": "the theme changed"}


def test_another_read_says_whether_it_came_in_or_went_out(maker: Maker) -> None:
    plain = maker.target("a", "one")
    more = replace(plain, asked={**plain.reads, "its picture": b"p"})
    maker(plain)
    assert why(maker(more)) == {"a": "its picture came in"}
    assert why(maker(plain)) == {"a": "its picture went out"}


class Asked:
    """A target of which the reads are found out only when somebody asks, and how often that was."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self.times = 0

    def target(self, text: str, origin: bytes) -> Target:
        def reads() -> Mapping[str, object]:
            self.times += 1
            return {"its text": digest_of(text)}

        return replace(self._maker.target("a", text), asked=reads, origin=origin)


def test_what_follows_from_the_same_is_not_asked_for(maker: Maker) -> None:
    asked = Asked(maker)
    maker(asked.target("one", b"1"))
    maker.last = replace(maker.last, reads={})
    before = asked.times
    assert not maker(asked.target("one", b"1")).steps
    # Once only, and that by this test, which keeps a ledger.
    assert asked.times == before + 1


def test_the_same_reads_of_another_origin_are_the_same(maker: Maker) -> None:
    asked = Asked(maker)
    maker(asked.target("one", b"1"))
    result = maker(asked.target("one", b"2"))
    assert not result.steps
    assert result.made["a"].origin == b"2"


def test_an_origin_says_nothing_if_the_theme_is_another_or_it_is_not_known(maker: Maker) -> None:
    asked = Asked(maker)
    maker(asked.target("one", b"1"))
    assert why(maker(asked.target("one", b"1"), theme="dark")) == {"a": "the theme changed"}
    maker(asked.target("one", b""), theme="dark")
    assert why(maker(asked.target("two", b""), theme="dark")) == {"a": "its text changed"}


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_target_that_comes_out_empty_has_no_file(maker: Maker, text: str) -> None:
    for _ in range(2):
        result = maker(maker.target("a", text), maker.target("b", "one"))
        assert tree(maker.sites.site) == {"b": "one"}
        assert result.site.keys() == {"b"}


def test_what_is_made_to_the_same_bytes_as_before_is_shared_with_the_last_site(
    maker: Maker,
) -> None:
    maker(maker.target("a", "one"))
    maker(replace(maker.target("a", "one"), asked={"another": b"reason"}))
    assert maker.made == ["a"]
    assert (maker.sites.site / "a").samefile(maker.sites.spare / "a")


def test_what_was_costly_is_taken_from_the_store_when_it_is_wanted_again(maker: Maker) -> None:
    for text in ("one", "two"):
        maker(maker.target("a", text, costly=True))
        assert maker.made == ["a"]
    maker(maker.target("a", "one", costly=True))
    assert maker.made == []
    assert tree(maker.sites.site) == {"a": "one"}


def test_a_target_goes_before_a_copy_to_the_same_place(maker: Maker) -> None:
    copy = maker.sites.copy_of("a", "copied")
    maker(maker.target("a", "made"), copies=(copy,))
    assert tree(maker.sites.site) == {"a": "made"}


def test_a_file_that_was_removed_by_hand_is_made_again(maker: Maker) -> None:
    maker(maker.target("a", "one"), maker.target("b", "one"))
    (maker.sites.site / "a").unlink()
    again = maker(maker.target("a", "one"), maker.target("b", "one"))
    assert why(again) == {"a": "its file was changed, or is gone"}
    assert tree(maker.sites.site) == {"a": "one", "b": "one"}


def test_several_processes_make_the_same_site_as_one(maker: Maker) -> None:
    maker.workers = 2
    wanted = {f"folder{number % 7}/{number}": str(number) for number in range(100)}
    result = maker(*(maker.target(path, text) for path, text in wanted.items()))
    assert tree(maker.sites.site) == wanted
    assert result.site == {path: result.site[path] for path in wanted}
    assert look_at(maker.sites.site, result.site).as_left


def test_a_target_that_fails_leaves_the_last_site_alone(maker: Maker) -> None:
    def fail() -> bytes:
        raise RuntimeError("stop")

    maker(maker.target("a", "one"), maker.target("b", "one"))
    stale = replace(maker.target("b", "two"), make=fail)
    with pytest.raises(RuntimeError):
        maker(maker.target("a", "two"), stale)
    assert tree(maker.sites.site) == {"a": "one", "b": "one"}
    maker(maker.target("a", "two"), maker.target("b", "two"))
    assert tree(maker.sites.site) == {"a": "two", "b": "two"}


def test_where_only_the_site_before_the_last_is_left_nothing_is_made_again(maker: Maker) -> None:
    for text in ("one", "two"):
        maker(maker.target("a", "same"), maker.target("b", text))
    shutil.rmtree(maker.sites.site)
    result = maker(maker.target("a", "same"), maker.target("b", "two"))
    assert why(result) == {"b": "its file was changed, or is gone"}
    assert tree(maker.sites.site) == {"a": "same", "b": "two"}
