"""What changed between two versions, found in sources of which nothing runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from blogtools.companions.reading import difference
from blogtools.companions.store import FileStore
from blogtools.model.changes import Changes, Fate, neighbours, verdict
from blogtools.model.companion import Companion, FetchError, packages
from tests.companions import threefold
from tests.companions.packages import write_folder

Compare = Callable[[str, str], Changes]
_TRAP = "\nraise RuntimeError('somebody ran this module')\n"


@pytest.fixture(scope="module")
def threefolds(tmp_path_factory: pytest.TempPathFactory) -> Compare:
    """Return what compares two versions of the package that has three."""
    folder = tmp_path_factory.mktemp("threefold")

    def source(version: str) -> Path:
        files = threefold.source(version)
        return write_folder(folder / version, {p: text + _TRAP for p, text in files.items()})

    def compare(old: str, new: str) -> Changes:
        one, other = (Companion("threefold", "pypi", v, ("threefold",)) for v in (old, new))
        return difference(one, source(old), other, source(new))

    return compare


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """Return what compares two texts of one module."""

    def of(before: str, after: str) -> Changes:
        folders = [
            write_folder(tmp_path / version, {"one/__init__.py": text + _TRAP})
            for version, text in (("1", before), ("2", after))
        ]
        old, new = (Companion("one", "pypi", version, ("one",)) for version in "12")
        return difference(old, folders[0], new, folders[1])

    return of


def paths(found: Iterable[object]) -> list[str]:
    return [getattr(one, "symbol", one).path for one in found]  # type: ignore[attr-defined]


def test_what_comes_is_named_wherever_it_is_exported(threefolds: Compare) -> None:
    changes = threefolds("1.0", "1.1")
    assert paths(changes.added) == [
        "threefold.folds.unfold",
        "threefold.rescale",
        "threefold.scales.rescale",
        "threefold.unfold",
    ]
    others = (changes.removed, changes.breaking, changes.defaults, changes.gone)
    assert [found for found in others if found] == []
    assert changes.added[1].url.endswith("/1.1/threefold/scales/#threefold.scales.rescale")


def test_a_deprecation_is_told_with_what_its_author_says(threefolds: Compare) -> None:
    (found,) = threefolds("1.0", "1.1").deprecated
    assert found.symbol.path == "threefold.scales.squash"
    assert found.note == "Since 1.1. Use [rescale][threefold.scales.rescale] instead."


def test_signatures_are_told_as_they_were_and_as_they_are(threefolds: Compare) -> None:
    (found,) = threefolds("1.0", "1.1").signatures
    assert found.old.url.startswith("reference/threefold/1.0/")
    assert found.new.url.startswith("reference/threefold/1.1/")
    assert found.before == "apply(numbers: Sequence[float]) -> list[float]"
    assert found.after == "apply(numbers: Sequence[float], times: int = 1) -> list[float]"


def test_another_default_is_told_and_breaks(threefolds: Compare) -> None:
    changes = threefolds("1.1", "2.0")
    told = [(one.new.path, one.parameter, one.before, one.after) for one in changes.defaults]
    assert told == [
        ("threefold.folds.fold", "size", "2", "3"),
        ("threefold.folds.unfold", "size", "2", "3"),
    ]
    broken = [one for one in changes.breaking if one.symbol.path == "threefold.folds.fold"]
    assert [one.explanation for one in broken] == [
        "Parameter default was changed: size, from 2 to 3"
    ]


def test_what_is_removed_is_told_with_its_deprecation(threefolds: Compare) -> None:
    changes = threefolds("1.1", "2.0")
    notes = {one.symbol.path: one.note for one in changes.removed}
    assert "threefold.Ledger" in notes
    assert "threefold.folds.Ledger.note" in notes
    assert notes["threefold.scales.squash"].startswith("Since 1.1.")
    assert {one.symbol.path for one in changes.breaking} >= {"threefold.Ledger", "threefold.squash"}


def test_the_same_source_under_another_name_is_possibly_renamed(threefolds: Compare) -> None:
    (found,) = threefolds("1.1", "2.0").renamed
    assert (found.old.path, found.new.path) == ("threefold.scales.mean_of", "threefold.scales.mean")
    assert found.likeness > 0.9
    assert not found.certain
    over = {one.old.path: one.new.path for one in threefolds("1.0", "2.0").renamed}
    assert over["threefold.scales.squash"] == "threefold.scales.rescale"


@pytest.mark.parametrize(
    ("symbol", "said", "renamed"),
    [
        ("threefold.mean_of", "renamed", "threefold.mean"),
        ("threefold.scales.mean_of", "renamed", "threefold.scales.mean"),
        ("threefold.Ledger", "gone", ""),
        ("threefold.Ledger.note", "gone", ""),
        ("threefold.squash", "gone", ""),
        ("threefold.fold", "changed", ""),
        ("threefold.Crease.apply", "unchanged", ""),
        ("threefold.never_was", "unchanged", ""),
    ],
)
def test_what_became_of_a_symbol_can_be_asked_by_any_of_its_names(
    threefolds: Compare, symbol: str, said: str, renamed: str
) -> None:
    fate = threefolds("1.1", "2.0").fate(symbol)
    assert (verdict(fate), fate.renamed) == (said, renamed)
    assert fate.unchanged == (said == "unchanged")


def test_a_fate_holds_everything_that_is_told_of_one_symbol(threefolds: Compare) -> None:
    fate = threefolds("1.1", "2.0").fate("threefold.fold")
    assert fate.signature is not None
    assert fate.signature.after == "fold(numbers: Sequence[float], size: int = 3) -> list[float]"
    assert [one.after for one in fate.defaults] == ["3"]
    assert [one.kind for one in fate.breaking] == ["Parameter default was changed"]
    assert verdict(threefolds("1.0", "1.1").fate("threefold.squash")) == "deprecated"


def test_two_equal_versions_differ_in_nothing(threefolds: Compare) -> None:
    assert threefolds("1.1", "1.1") == Changes("threefold", "1.1", "1.1")


_LONG = """
    total = 0
    for number in numbers:
        total = total + number * factor
    if total > 100:
        raise ValueError("too much")
    return total
"""


def test_what_moved_is_certain_if_both_versions_export_it(tmp_path: Path) -> None:
    def version(number: str, home: str) -> tuple[Companion, Path]:
        top = f"from one.{home} import work\n__all__ = ['work']\n"
        module = f"def work(numbers, factor):{_LONG}"
        files = {"one/__init__.py": top, f"one/{home}.py": module}
        return Companion("one", "pypi", number, ("one",)), write_folder(tmp_path / number, files)

    changes = difference(*version("1", "here"), *version("2", "there"))
    (found,) = changes.renamed
    assert found.certain
    assert (found.old.path, found.new.path) == ("one.here.work", "one.there.work")
    assert changes.fate("one.work").unchanged
    assert changes.fate("one.here.work") == Fate(
        "one.here.work", gone=True, renamed="one.there.work"
    )


def test_only_a_name_that_is_gone_is_told_apart_from_an_object_that_is(tmp_path: Path) -> None:
    def version(number: str, exported: str) -> tuple[Companion, Path]:
        top = f"from one.inner import work\n__all__ = [{exported}]\n"
        files = {"one/__init__.py": top, "one/inner.py": "def work(): ...\n"}
        return Companion("one", "pypi", number, ("one",)), write_folder(tmp_path / number, files)

    changes = difference(*version("1", "'work'"), *version("2", ""))
    (found,) = changes.removed
    assert (found.symbol.path, found.still) == ("one.work", "one.inner.work")
    fate = changes.fate("one.work")
    assert (fate.gone, fate.renamed) == (True, "one.inner.work")
    assert not changes.fate("one.inner.work").gone


def test_short_functions_are_not_the_same_because_they_are_short(compare: Compare) -> None:
    changes = compare("def first(x):\n    return x\n", "def other(x):\n    return x\n")
    assert changes.renamed == ()
    likely = compare("def of_mean(x):\n    return x\n", "def of_means(x):\n    return x\n")
    assert [one.new.path for one in likely.renamed] == ["one.of_means"]


def test_long_functions_that_do_something_else_are_not_the_same(compare: Compare) -> None:
    other = "    return [open(name).read() for name in paths if name.endswith('.txt')]\n" * 3
    changes = compare(f"def work(numbers, factor):{_LONG}", f"def read(paths):\n{other}")
    assert changes.renamed == ()


def test_a_renamed_object_is_compared_with_what_it_was(compare: Compare) -> None:
    changes = compare(
        f"def work(numbers, factor=2):{_LONG}", f"def compute(numbers, factor=3):{_LONG}"
    )
    (found,) = changes.signatures
    assert (found.before, found.after) == (
        "work(numbers, factor=2)",
        "compute(numbers, factor=3)",
    )
    assert [(one.before, one.after) for one in changes.defaults] == [("2", "3")]


@pytest.mark.parametrize(
    ("deprecation", "note"),
    [
        ('@warnings.deprecated("Use g instead")\ndef f(): ...\n', "Use g instead"),
        ("@typing_extensions.deprecated('Use g')\ndef f(): ...\n", "Use g"),
        ("@deprecated\ndef f(): ...\n", ""),
        (
            'def f():\n    """Do.\n\n    .. deprecated:: 1.2\n        Use g.\n    """\n',
            "1.2 Use g.",
        ),
        ('def f():\n    """Do.\n\n    Deprecated: use g.\n    """\n', "use g."),
        ('def f():\n    """Deprecated since 2, use g."""\n', "since 2, use g."),
        ('def f():\n    """**DEPRECATED** Use g."""\n', "Use g."),
    ],
)
def test_deprecations_are_found_however_they_are_written(
    compare: Compare, deprecation: str, note: str
) -> None:
    imports = "import typing_extensions\nimport warnings\nfrom warnings import deprecated\n"
    changes = compare(f'{imports}def f():\n    """Do."""\n', imports + deprecation)
    assert [(one.symbol.path, one.note) for one in changes.deprecated] == [("one.f", note)]


def test_a_word_in_the_middle_of_a_sentence_deprecates_nothing(compare: Compare) -> None:
    after = 'def f():\n    """Do what a deprecated function did."""\n'
    assert compare("def f(): ...\n", after).deprecated == ()


@pytest.mark.parametrize(
    ("before", "after", "explanation"),
    [
        ("def f(a, b): ...", "def f(a): ...", "Parameter was removed: b"),
        ("def f(a): ...", "def f(a, b): ...", "Parameter was added as required: b"),
        ("def f(a=1): ...", "def f(a): ...", "Parameter is now required: a, from a = 1 to a"),
        (
            "def f(a): ...",
            "def f(*, a): ...",
            "Parameter kind was changed: a, from positional or keyword to keyword-only",
        ),
        (
            "class f(int, str): ...",
            "class f(int): ...",
            "Base class was removed, from int, str to int",
        ),
        (
            "def f(): ...",
            "class f: ...",
            "Public object points to a different kind of object, from function to class",
        ),
    ],
)
def test_what_breaks_is_explained_in_one_sentence(
    compare: Compare, before: str, after: str, explanation: str
) -> None:
    changes = compare(f"{before}\n", f"{after}\n")
    assert explanation in {one.explanation for one in changes.breaking}
    assert paths(changes.breaking) == ["one.f"] * len(changes.breaking)


def test_classes_are_called_as_they_are_made(compare: Compare) -> None:
    before = "from dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int\n"
    (found,) = compare(before, f"{before}    y: int = 0\n").signatures
    assert (found.before, found.after) == ("Point(x: int)", "Point(x: int, y: int = 0)")


def test_another_value_is_another_declaration(compare: Compare) -> None:
    (found,) = compare("SIZE: int = 3\n", "SIZE: int = 4\n").signatures
    assert (found.before, found.after) == ("SIZE: int = 3", "SIZE: int = 4")


def test_what_is_private_changes_nothing(compare: Compare) -> None:
    changes = compare("def _f(a): ...\n", "def _g(b): ...\n")
    assert changes == Changes("one", "1", "2")


def test_a_member_that_moves_to_a_base_is_not_gone(compare: Compare) -> None:
    method = "    def go(self): ...\n"
    changes = compare(
        f"class A:\n    pass\nclass B(A):\n{method}", f"class A:\n{method}class B(A):\n    pass\n"
    )
    assert changes.removed == ()
    assert not changes.fate("one.B.go").gone
    assert paths(changes.added) == ["one.A.go"]


def test_a_version_that_cannot_be_read_is_a_clear_error(compare: Compare) -> None:
    with pytest.raises(FetchError, match="one 2 cannot be read"):
        compare("", "def broken(:\n")


def test_releases_are_compared_with_the_one_before_and_a_checkout_with_none() -> None:
    versions = ("2.0", "dev", "1.10", "1.9", "2.1rc1")
    (package,) = packages(Companion("one", "pypi", v, ("one",)) for v in versions)
    pairs = [(old.version, new.version) for old, new in neighbours(package)]
    assert pairs == [("2.0", "2.1rc1"), ("1.10", "2.0"), ("1.9", "1.10")]


def test_changes_that_are_kept_are_the_same_and_damaged_ones_are_none(
    threefolds: Compare, tmp_path: Path
) -> None:
    store = FileStore(tmp_path)
    changes = threefolds("1.1", "2.0")
    assert store.changes("key") is None
    store.keep_changes("key", changes)
    assert store.changes("key") == changes
    file = tmp_path / "changes/key.json"
    file.write_text(file.read_text().replace("threefold", "fourfold", 1))
    assert store.changes("key") is None


def test_asking_for_the_reader_of_changes_does_not_import_griffe() -> None:
    code = "import sys; from blogtools.companions import reading; reading.engine(); "
    code += "import blogtools.app.changing, blogtools.model.changes; "
    code += "sys.exit('griffe' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
