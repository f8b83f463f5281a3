from __future__ import annotations

from pathlib import Path

import pytest

from blogtools.companions.licences import licence_of
from blogtools.content.licences import spdx

OSI = "License :: OSI Approved :: "


@pytest.mark.parametrize(
    ("expression", "classifiers", "text", "licence"),
    [
        ("mit", [], "", "MIT"),
        ("MIT OR Apache-2.0", [f"{OSI}BSD License"], "Proprietary", "MIT OR Apache-2.0"),
        ("", [f"{OSI}MIT License"], "", "MIT"),
        ("", [f"{OSI}Apache Software License", "Programming Language :: C"], "x", "Apache-2.0"),
        ("", ["License :: OSI Approved", f"{OSI}MIT License"], "", "MIT"),
        # One classifier stands for several licences; the text says which.
        ("", [f"{OSI}BSD License"], "BSD-3-Clause", "BSD-3-Clause"),
        ("", [f"{OSI}BSD License"], "", "LicenseRef-BSD-License"),
        # Two classifiers do not say whether both hold, or either.
        ("", [f"{OSI}MIT License", f"{OSI}ISC License (ISCL)"], "", ""),
        ("", [], "MIT License", "MIT"),
        ("", [], "3-Clause BSD License", "BSD-3-Clause"),
        ("", [], "Apache License, Version 2.0", "Apache-2.0"),
        ("", [], "3-Clause of my own", "LicenseRef-3-Clause-of-my-own"),
        ("", [], "UNKNOWN", ""),
        ("", [], "Permission is hereby granted, " * 20, ""),
        ("", [], "", ""),
    ],
)
def test_a_licence_is_an_spdx_expression_or_nothing(
    expression: str, classifiers: list[str], text: str, licence: str
) -> None:
    assert spdx(expression, classifiers, text) == licence


@pytest.mark.parametrize(
    ("project", "licence"),
    [
        ('license = "Apache-2.0"', "Apache-2.0"),
        ('license = {text = "MIT License"}', "MIT"),
        ('license = {file = "LICENSE"}', ""),
        (f'classifiers = ["{OSI}MIT License"]', "MIT"),
        ("license = ", ""),
    ],
)
def test_the_licence_of_a_commit_is_what_its_project_says(
    tmp_path: Path, project: str, licence: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[project]\nname = 'x'\n{project}\n")
    (tmp_path / "src/pkg").mkdir(parents=True)
    assert licence_of(tmp_path, "src") == licence


def test_the_project_nearest_to_the_modules_counts(tmp_path: Path) -> None:
    (tmp_path / "one/src").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[project]\nlicense = "MIT"\n')
    (tmp_path / "one/pyproject.toml").write_text('[project]\nlicense = "ISC"\n')
    assert licence_of(tmp_path, "one/src") == "ISC"
    assert licence_of(tmp_path, ".") == "MIT"
