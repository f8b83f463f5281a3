from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.gates.judged import Came, fake, hold, replace_tools, write
from tests.gates.schemas import must_be_code_quality

PYPROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "pk"
version = "1.0"
readme = "README.md"
"""
# A backend of the project's own, which is quick, and does what a test wants.
BACKEND = """
import os, tarfile, time, zipfile, io
MEMBERS = {MEMBERS}
METADATA = {METADATA!r}

def build_wheel(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{{folder}}/pk-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in {{**MEMBERS, "pk-1.0.dist-info/METADATA": METADATA}}.items():
            wheel.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
    return "pk-1.0-py3-none-any.whl"

def build_sdist(folder, config_settings=None):
    with tarfile.open(f"{{folder}}/pk-1.0.tar.gz", "w:gz") as sdist:
        for name in ["backend.py", "pyproject.toml"]:
            sdist.add(name, f"pk-1.0/{{name}}", filter=plain)
        info = tarfile.TarInfo("pk-1.0/PKG-INFO")
        info.size = len(METADATA)
        sdist.addfile(info, io.BytesIO(METADATA.encode()))
    return "pk-1.0.tar.gz"

def plain(info):
    info.mtime = 0
    return info

import gzip
gzip.time = type("T", (), {{"time": staticmethod(lambda: 0)}})
"""
METADATA = (
    "Metadata-Version: 2.1\nName: pk\nVersion: 1.0\nDescription-Content-Type: text/plain\n\nPk.\n"
)
OWN = PYPROJECT.replace('["hatchling"]', "[]").replace("hatchling.build", "backend")
OWN = OWN.replace("[project]", 'backend-path = ["."]\n\n[project]')


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "project",
        {"pyproject.toml": PYPROJECT, "README.md": "# Pk\n", "src/pk/__init__.py": "X = 1\n"},
    )


def built(root: Path, *options: str) -> Came:
    return hold("build", root, "--no-isolation", "--python", sys.executable, *options)


def own(root: Path, members: str = '{"pk/__init__.py": ""}', metadata: str = METADATA) -> Path:
    """Write a project whose own backend makes a wheel of some members."""
    backend = BACKEND.format(MEMBERS=members, METADATA=metadata)
    return write(
        root, {"pyproject.toml": OWN, "backend.py": backend, "src/pk/__init__.py": "X = 1\n"}
    )


def test_a_good_project_is_built_listed_and_put_where_it_was_asked_for(project: Path) -> None:
    came = built(project, "--dist", "out")

    assert came.code == 0, came.said
    wheel, sdist = sorted((project / "out").iterdir())
    assert (wheel.name, sdist.name) == ("pk-1.0-py2.py3-none-any.whl", "pk-1.0.tar.gz")
    listed = (came.reports / "build-contents.txt").read_text()
    assert "  pk/__init__.py\n" in listed
    assert came.verdict["figures"]["wheel sha256"] in listed
    assert "files in a wheel and an sdist" in came.said


EVERYTHING = """{
    "pk/__init__.py": str(time.time_ns()),
    "pk/a.py": os.getcwd(),
    "pk/b.py": os.environ["TZ"],
    "tests/a.py": "",
    "pk/__pycache__/a.pyc": "",
}"""


@pytest.mark.parametrize(
    ("members", "codes", "said"),
    [
        (
            EVERYTHING,
            {"build/not-reproducible", "build/unwanted"},
            ("differs in pk/__init__.py, pk/a.py, pk/b.py", "has tests/a.py in it", "a.pyc in it"),
        ),
        ('{"pk/other.py": ""}', {"build/missing"}, ("does not have this file",)),
        ("{}", {"build/empty"}, ("installs nothing",)),
    ],
)
def test_what_is_wrong_with_a_wheel_is_found(
    tmp_path: Path, members: str, codes: set[str], said: tuple[str, ...]
) -> None:
    came = built(own(tmp_path / "project", members))

    assert came.code == 1, came.said
    assert {found[2] for found in came.found()} == codes
    assert all(words in came.said for words in said), came.said
    must_be_code_quality(came.report("gl-code-quality-build.json"))
    assert not (tmp_path / "project/dist").exists()


def test_what_differs_only_in_order_or_time_can_be_let_pass(tmp_path: Path) -> None:
    names = '{"pk/__init__.py": "", "pk/a.py": ""}'
    root = own(
        tmp_path / "project", f'dict(sorted({names}.items(), reverse=os.environ["TZ"] == "UTC"))'
    )

    came = built(root)

    assert {found[2] for found in came.found()} == {"build/not-reproducible"}
    assert "times or order in it differ" in came.said
    assert built(root, "--same", "contents").code == 0


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        (METADATA.replace("Name: pk", "Name: other"), "build/metadata"),
        (METADATA.replace("Version: 1.0", "Version: one"), "build/metadata"),
        (METADATA.partition("Description")[0], "build/description"),
    ],
)
def test_metadata_that_an_index_would_refuse_or_warn_of_are_found(
    tmp_path: Path, metadata: str, code: str
) -> None:
    came = built(own(tmp_path / "project", metadata=metadata))

    assert came.code == 1, came.said
    assert code in {found[2] for found in came.found()}


def test_a_project_that_cannot_be_built_fails_with_what_the_build_said(tmp_path: Path) -> None:
    root = own(tmp_path / "project", "{}[")

    came = built(root)

    assert came.found() == [("pyproject.toml", 1, "build/failed")]
    assert "SyntaxError" in came.said


def test_nothing_to_build_is_broken(tmp_path: Path) -> None:
    built(write(tmp_path / "project", {"a.py": ""})).must_be_broken("There is nothing to build")


def test_no_tools_are_broken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_tools(monkeypatch, tmp_path / "bin")
    built(project).must_be_broken("pyproject-build is not installed")

    fake(tmp_path / "bin", "pyproject-build", "print('1')")
    built(project).must_be_broken("twine is not installed")


@pytest.mark.parametrize(
    ("build", "twine", "said"),
    [
        ("pass", "pass", "build wrote nothing, and not one wheel"),
        ("[open(f'{out}/{n}', 'w').write('x') for n in NAMES]", "pass", "cannot be read"),
        ("time.sleep(60)", "pass", "time limit"),
        ("make()", "pass", "twine does not say of each file whether it passed"),
        ("make()", "say('PASSED'); sys.exit(1)", "twine contradicts itself"),
        ("make()", "say('FAILED')", "twine contradicts itself"),
        ("make()", "sys.exit(7)", "twine exited with 7"),
        ("make()", "time.sleep(60)", "time limit"),
    ],
)
def test_tools_that_cannot_be_believed_are_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: str, twine: str, said: str
) -> None:
    root = own(tmp_path / "project")
    replace_tools(monkeypatch, tmp_path / "bin")
    version = "if '--version' in sys.argv: print('1'); sys.exit()"
    making = f"""
{version}
out = sys.argv[sys.argv.index('--outdir') + 1]
os.makedirs(out)
NAMES = ['pk-1.0-py3-none-any.whl', 'pk-1.0.tar.gz']
def make():
    sys.path.insert(0, '.')
    import backend
    backend.build_wheel(out); backend.build_sdist(out)
{build}
"""
    saying = f"""
{version}
def say(how):
    for name in sys.argv[3:]: print('Checking ' + name + ': ' + how)
{twine}
"""
    fake(tmp_path / "bin", "pyproject-build", making)
    fake(tmp_path / "bin", "twine", saying)

    hold("build", root, "--time-limit", "6").must_be_broken(said)
