"""A fault for each gate, planted in a repository that is in order otherwise."""

from __future__ import annotations

import zipfile
from pathlib import Path

# What nobody would write: forty-one ways through one function, and no test of it.
_MAZE = "\n".join(
    [
        "",
        "",
        "def maze(step: int) -> int:",
        '    """Return where a step leads.',
        "",
        "    Args:",
        "        step: The step.",
        '    """',
        *(f"    if step == {n}:\n        return {n * n}" for n in range(41)),
        "    return step",
        "",
    ]
)
_EVAL = '''

def ask() -> object:
    """Return what somebody types, taken for code."""
    return eval(input())
'''
_TYPES = '''

def table() -> dict[str, int]:
    """Return a table."""
    return dict(3)
'''
_TEST = '''"""What the regression promises."""

from metalog_jax.regression.ols import OLSModel


def test_a_model_has_no_weights() -> None:
    """It has."""
    assert OLSModel.__name__ == "Weightless"
'''
# In two parts, so that nobody finds it here.
_KEY = "glpat-" + "x7Kq2Wm9Zr4Tb8Vn3Yd6"
_LINK = "See [what is gone](gone.html).\n\n"
_BEFORE_LINK = "#### Fitting Many Datasets with"
_PINS = "leaky==1.0\ntangled==1.0\n"

#: Where each fault is: the gate, the file, and what stands in the line that it is to be found at.
FAULTS = (
    ("sast", "metalog_jax/utils.py", "return eval(input())"),
    ("secrets", "metalog_jax/settings.py", "token ="),
    ("licenses", "requirements.txt", "tangled"),
    ("audit", "requirements.txt", "leaky"),
    ("typing", "metalog_jax/base/enums.py", "return dict(3)"),
    ("complexity", "metalog_jax/regression/ols.py", "def maze"),
    ("test", "tests/test_ols.py", "def test_a_model"),
    ("test", "metalog_jax/regression/ols.py", "if step == 0:"),
    ("site", "README.md", "gone.html"),
)


def plant(folder: Path) -> None:
    """Plant all faults in the source of the package.

    Args:
        folder: Where it is unpacked.
    """
    _append(folder / "metalog_jax" / "utils.py", _EVAL)
    _append(folder / "metalog_jax" / "base" / "enums.py", _TYPES)
    _append(folder / "metalog_jax" / "regression" / "ols.py", _MAZE)
    _append(folder / "metalog_jax" / "settings.py", f'"""Settings."""\n\ntoken = "{_KEY}"\n')
    _append(folder / "requirements.txt", _PINS)
    (folder / "tests").mkdir()
    _append(folder / "tests" / "test_ols.py", _TEST)
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8")
    assert text.count(_BEFORE_LINK) == 1
    readme.write_text(text.replace(_BEFORE_LINK, _LINK + _BEFORE_LINK), encoding="utf-8")


def line_of(file: Path, part: str) -> int:
    """Return the line of a file that a text stands in, and in no other."""
    (found,) = (n for n, line in enumerate(file.read_text().splitlines(), 1) if part in line)
    return found


def wheels(folder: Path) -> Path:
    """Make the wheels that the pins are for, and return their folder."""
    folder.mkdir(exist_ok=True)
    _wheel(folder, "leaky", "MIT")
    _wheel(folder, "tangled", "MIT AND GPL-3.0-only")
    return folder


def _append(file: Path, text: str) -> None:
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(before + text, encoding="utf-8")


def _wheel(folder: Path, name: str, licence: str) -> None:
    about = f"{name}-1.0.dist-info"
    content = {
        f"{name}.py": '"""Nothing."""\n',
        f"{about}/METADATA": (
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n"
            f"License-Expression: {licence}\nLicense-File: LICENSE\n"
        ),
        f"{about}/licenses/LICENSE": f"{licence}\n",
        f"{about}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    record = "".join(f"{path},,\n" for path in [*content, f"{about}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in {**content, f"{about}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
