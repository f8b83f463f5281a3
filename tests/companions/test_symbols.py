from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from blogtools.companions.reading import read
from blogtools.model.companion import Companion, FetchError, Inventory
from tests.companions.packages import COMPANION, FILES, write_folder

HERE = "reference/tiny-shapes/1.2.0/"
SHAPES = f"{HERE}tiny/shapes/#tiny.shapes."


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    # Every module of the package raises when it runs: that this works shows that nothing ran.
    return read(COMPANION, write_folder(tmp_path_factory.mktemp("source")))


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("tiny", f"{HERE}tiny/#tiny"),
        ("tiny.SIZE", f"{HERE}tiny/#tiny.SIZE"),
        ("tiny.deep.inner", f"{HERE}tiny/deep/inner/#tiny.deep.inner"),
        ("tiny.deep.inner.go", f"{HERE}tiny/deep/inner/#tiny.deep.inner.go"),
        ("tiny.shapes.Circle", f"{SHAPES}Circle"),
        ("tiny.shapes.Circle.radius", f"{SHAPES}Circle.radius"),
        ("tiny.shapes.Circle.diameter", f"{SHAPES}Circle.diameter"),
        ("tiny.shapes.Circle.Rim", f"{SHAPES}Circle.Rim"),
        ("tiny.shapes.Circle.Rim.width", f"{SHAPES}Circle.Rim.width"),
        ("tiny.shapes.Colour.RED", f"{SHAPES}Colour.RED"),
        ("tiny.shapes.draw", f"{SHAPES}draw"),
    ],
)
def test_what_is_public_has_an_address(inventory: Inventory, path: str, url: str) -> None:
    assert inventory.resolve(path) == url


@pytest.mark.parametrize(
    ("path", "url"),
    [
        # Defined in a private module: documented where it is exported first.
        ("tiny.Base", f"{HERE}tiny/#tiny.Base"),
        ("tiny.Base.area", f"{HERE}tiny/#tiny.Base.area"),
        ("tiny.Base.name", f"{HERE}tiny/#tiny.Base.name"),
        ("tiny._hidden.Base", f"{HERE}tiny/#tiny.Base"),
        ("tiny._hidden.Base.area", f"{HERE}tiny/#tiny.Base.area"),
        ("tiny.helper", f"{HERE}tiny/#tiny.helper"),
        # Exported a second time.
        ("tiny.deep.helper", f"{HERE}tiny/#tiny.helper"),
        # Exported from where it is documented.
        ("tiny.Circle", f"{SHAPES}Circle"),
        ("tiny.Circle.radius", f"{SHAPES}Circle.radius"),
        # Inherited.
        ("tiny.shapes.Circle.area", f"{HERE}tiny/#tiny.Base.area"),
        ("tiny.Circle.area", f"{HERE}tiny/#tiny.Base.area"),
        # Shown as the class.
        ("tiny.Base.__init__", f"{HERE}tiny/#tiny.Base"),
    ],
)
def test_another_name_leads_to_the_same_address(inventory: Inventory, path: str, url: str) -> None:
    assert inventory.resolve(path) == url


@pytest.mark.parametrize(
    "path",
    [
        "tiny.UNLISTED",
        "tiny.external",
        "tiny.unseen",
        "tiny._hidden",
        "tiny._hidden.unseen",
        "tiny._private_module",
        "tiny._private_module.f",
        "tiny.shapes._private",
        "tiny.shapes.Base",
        "tiny.Base._secret",
        "tiny.nothing",
    ],
)
def test_what_is_not_public_has_none(inventory: Inventory, path: str) -> None:
    assert inventory.resolve(path) is None


def test_every_public_module_has_a_page_that_tells_what_is_on_it(inventory: Inventory) -> None:
    pages = {page.module: page for page in inventory.pages}
    assert list(pages) == ["tiny", "tiny.deep", "tiny.deep.inner", "tiny.shapes"]
    assert pages["tiny"].summary == "Shapes, for tests | with a bar."
    assert pages["tiny"].members == ("Base", "helper", "SIZE")
    assert pages["tiny"].reexports == (("Circle", "tiny.shapes.Circle"),)
    assert pages["tiny.deep"].reexports == (("helper", "tiny.helper"),)
    assert pages["tiny.shapes"].members == ("Colour", "Circle", "draw", "transform")


def test_every_object_tells_its_kind(inventory: Inventory) -> None:
    kinds = {found.path: found.kind for found in inventory.objects}
    assert kinds["tiny"] == "module"
    assert kinds["tiny.SIZE"] == "data"
    assert kinds["tiny.Base"] == "class"
    assert kinds["tiny.Base.area"] == "method"
    assert kinds["tiny.Base.sides"] == "attribute"
    assert kinds["tiny.helper"] == "function"
    assert kinds["tiny.shapes.Circle.diameter"] == "property"


def test_equal_source_gives_an_equal_inventory_wherever_it_lies(
    inventory: Inventory, tmp_path: Path
) -> None:
    again = read(COMPANION, write_folder(tmp_path / "else/where"))
    assert again == inventory
    assert list(again.symbols) == list(inventory.symbols)
    assert str(tmp_path) not in repr(again)


def test_a_part_of_a_package_can_be_documented_alone(tmp_path: Path) -> None:
    part = replace(COMPANION, modules=("tiny.deep",))
    found = read(part, write_folder(tmp_path))
    assert [page.module for page in found.pages] == ["tiny.deep", "tiny.deep.inner"]
    assert found.resolve("tiny.deep.helper") == f"{HERE}tiny/deep/#tiny.deep.helper"
    assert found.roots == ("tiny.deep",)


def test_a_package_and_its_part_are_documented_once(tmp_path: Path, inventory: Inventory) -> None:
    both = replace(COMPANION, modules=("tiny", "tiny.deep"))
    assert read(both, write_folder(tmp_path)).pages == inventory.pages


def test_a_namespace_package_and_a_single_file_can_be_documented(tmp_path: Path) -> None:
    files = {"space/part/__init__.py": "def f(): ...\n", "single.py": "def g(): ...\n"}
    companion = Companion("two", "pypi", "1", ("space.part", "single"))
    found = read(companion, write_folder(tmp_path, files))
    assert found.resolve("space.part.f") == "reference/two/1/space/part/#space.part.f"
    assert found.resolve("single.g") == "reference/two/1/single/#single.g"


def test_a_circle_of_imports_does_no_harm(tmp_path: Path) -> None:
    files = {
        "ring/__init__.py": "from ring.a import x\nfrom ring.no import z\n__all__ = ['x', 'z']",
        "ring/a.py": "from ring.b import x\n__all__ = ['x']\n",
        "ring/b.py": "from ring.a import x\n__all__ = ['x']\n",
    }
    companion = Companion("ring", "pypi", "1", ("ring",))
    found = read(companion, write_folder(tmp_path, files))
    assert set(found.symbols) == {"ring", "ring.a", "ring.b"}


@pytest.mark.parametrize(
    "files",
    [
        {"tiny/__init__.py": "def broken(:\n"},
        {"other.py": ""},
        {"tiny/__init__.py": "\0"},
    ],
)
def test_source_that_cannot_be_read_is_a_clear_error(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(FetchError, match=r"tiny-shapes 1\.2\.0"):
        read(COMPANION, write_folder(tmp_path, files))


def test_a_broken_module_is_named_and_not_left_out_in_silence(tmp_path: Path) -> None:
    files = {**FILES, "tiny/deep/inner.py": "def broken(:\n"}
    with pytest.raises(FetchError, match=r"tiny/deep/inner\.py"):
        read(COMPANION, write_folder(tmp_path, files))


def test_griffe_stays_quiet_and_its_logger_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read(COMPANION, write_folder(tmp_path))
    assert capsys.readouterr() == ("", "")


def test_asking_for_the_reader_does_not_import_griffe() -> None:
    code = "import sys; from blogtools.companions import reading; reading.engine(); "
    code += "sys.exit('griffe' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_two_threads_never_parse_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # CPython 3.11 can take that for a mistake of its own and fail, now and then.
    busy = threading.Lock()
    alone: list[bool] = []

    def read_symbols(_companion: Companion, _source: Path) -> Inventory:
        alone.append(busy.acquire(blocking=False))
        time.sleep(0.05)
        busy.release()
        return Inventory(COMPANION.name, COMPANION.version, COMPANION.url, {}, ())

    monkeypatch.setattr("blogtools.companions.symbols.read_symbols", read_symbols)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: read(COMPANION, tmp_path), range(3)))
    assert alone == [True] * 3
