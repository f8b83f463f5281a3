from __future__ import annotations

from email.parser import HeaderParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogtools.content.licensing import Allowed, claimed

OSI = "License :: OSI Approved :: "


@pytest.mark.parametrize(
    ("expression", "allowed", "lacking"),
    [
        ("MIT", "MIT", ""),
        ("mit", "MIT", ""),
        ("MIT AND GPL-3.0-only", "MIT", "GPL-3.0-only"),
        ("MIT OR GPL-3.0-only", "MIT", ""),
        ("GPL-3.0-only OR MIT", "MIT", ""),
        ("GPL-2.0-only OR GPL-3.0-only", "MIT", "GPL-2.0-only GPL-3.0-only"),
        # AND binds more than OR.
        ("MIT OR ISC AND GPL-3.0-only", "MIT", ""),
        ("GPL-3.0-only AND MIT OR ISC", "MIT", "GPL-3.0-only ISC"),
        ("(MIT OR ISC) AND GPL-3.0-only", "MIT", "GPL-3.0-only"),
        ("MIT AND (GPL-3.0-only OR ISC)", "MIT ISC", ""),
        ("((MIT))", "MIT", ""),
        # A name that contains another is another.
        ("MIT-0", "MIT", "MIT-0"),
        ("MIT", "MIT-0", "MIT"),
        ("LGPL-3.0-only", "GPL-3.0-only", "LGPL-3.0-only"),
        # An exception permits more than its licence alone.
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0", ""),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "MIT", None),
        (
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "",
        ),
        ("GPL-2.0-only", "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only"),
        # Or later is the reader's choice; only is not.
        ("LGPL-2.1-or-later", "LGPL-2.1-only", ""),
        ("Apache-2.0+", "Apache-2.0", ""),
        ("GPL-2.0+", "GPL-2.0-or-later", ""),
        ("LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-2.1-only"),
        ("LicenseRef-Ours", "MIT", "LicenseRef-Ours"),
        ("LicenseRef-Ours", "LicenseRef-Ours", ""),
    ],
)
def test_an_expression_is_logic(expression: str, allowed: str, lacking: str | None) -> None:
    names = [allowed] if " WITH " in allowed else allowed.split()

    found = Allowed.of(names).lacks(expression)

    assert " ".join(sorted(found)) == (expression if lacking is None else lacking)


NAMES = ("MIT", "ISC", "Zlib", "GPL-3.0-only")
EXPRESSIONS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
        lambda found: f"({found[0]}) {found[1]} ({found[2]})"
    ),
    max_leaves=6,
)


@given(EXPRESSIONS, st.frozensets(st.sampled_from(NAMES)))
def test_expressions_mean_what_python_means_by_and_and_or(
    expression: str, allowed: frozenset[str]
) -> None:
    python = expression.replace("AND", "and").replace("OR", "or")
    for name in NAMES:
        python = python.replace(f"({name})", f"({name in allowed})")
    python = python if python not in NAMES else str(python in allowed)

    meant = eval(python)  # noqa: S307

    assert (not Allowed.of(allowed).lacks(expression)) == meant


@pytest.mark.parametrize("expression", ["", "MIT AND", "Whatever", "MIT GPL-3.0-only", "MIT,ISC"])
def test_what_is_no_expression_is_never_allowed(expression: str) -> None:
    with pytest.raises(ValueError, match="no SPDX expression"):
        Allowed.of(["MIT"]).lacks(expression)


@pytest.mark.parametrize("name", ["MIT OR ISC", "(MIT)", "MIT AND ISC", "Whatever", ""])
def test_an_allow_list_lists_single_licences(name: str) -> None:
    with pytest.raises(ValueError, match=r"no licence|more than one"):
        Allowed.of([name])


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ("License-Expression: mit and gpl-3.0-only", "MIT AND GPL-3.0-only"),
        # An expression that cannot be read is not replaced by what sounds nicer.
        (f"License-Expression: MIT AND Foo\nClassifier: {OSI}MIT License", ""),
        (f"Classifier: {OSI}MIT License", "MIT"),
        (f"Classifier: {OSI}MIT License\nClassifier: {OSI}ISC License (ISCL)", "(ISC) AND (MIT)"),
        (f"Classifier: {OSI}MIT License\nLicense: GPL-3.0-only", "(GPL-3.0-only) AND (MIT)"),
        (f"Classifier: {OSI}MIT License\nLicense: see the file", "MIT"),
        (f"Classifier: {OSI}BSD License\nLicense: BSD-3-Clause", "BSD-3-Clause"),
        (f"Classifier: {OSI}BSD License", "LicenseRef-BSD-License"),
        (
            f"Classifier: {OSI}BSD License\nLicense: MIT",
            "(LicenseRef-BSD-License) AND (MIT)",
        ),
        (
            "Classifier: License :: Other/Proprietary License\nLicense: MIT",
            "(LicenseRef-Other-Proprietary-License) AND (MIT)",
        ),
        ("License: A licence of my own", "LicenseRef-A-licence-of-my-own"),
        ("License: UNKNOWN", ""),
        ("Classifier: License :: OSI Approved", ""),
        ("Name: a", ""),
    ],
)
def test_metadata_binds_to_everything_that_it_names(headers: str, licence: str) -> None:
    assert claimed(HeaderParser().parsestr(headers)) == licence
