"""What a package says of its licence, as an SPDX expression, and whether that is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from email.message import Message

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

_CLASSIFIER = "License :: "
#: The classifiers of PyPI that mean one licence, by their last part.
_CLASSIFIED: Mapping[str, str] = {
    "Apache Software License": "Apache-2.0",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "zlib/libpng License": "Zlib",
}
#: Further ways in which people write these, in lower case and without the word "license".
_SPELLED: Mapping[str, str] = {
    "2-clause bsd": "BSD-2-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache, version 2.0": "Apache-2.0",
    "bsd 2-clause": "BSD-2-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "gplv3": "GPL-3.0-only",
    "gplv3+": "GPL-3.0-or-later",
    "modified bsd": "BSD-3-Clause",
    "mpl 2.0": "MPL-2.0",
    "new bsd": "BSD-3-Clause",
    "simplified bsd": "BSD-2-Clause",
    "the mit": "MIT",
}
#: Longer texts are the licence itself, and not its name.
_LONGEST_NAME = 60


def from_metadata(headers: Message) -> str:
    """Return the licence that a package's metadata names, or nothing if it is not clear.

    Args:
        headers: The metadata of a wheel, of an installed package or of a source archive.
    """
    classifiers = headers.get_all("Classifier", [])
    return spdx(headers.get("License-Expression", ""), classifiers, headers.get("License", ""))


def spdx(expression: str, classifiers: Iterable[str], text: str) -> str:
    """Return the first that is clear, of all the ways in which a package may name its licence.

    Args:
        expression: An SPDX expression, the way of today.
        classifiers: Classifiers, of which those for licences count; several are ambiguous.
        text: Free text, the oldest way: a name in any spelling, or a whole licence.

    Returns:
        An SPDX expression; a name that SPDX does not know is a ``LicenseRef``.
    """
    names = {c.rpartition(" :: ")[2] for c in classifiers if c.startswith(_CLASSIFIER)}
    names -= {"OSI Approved"}
    known = {_CLASSIFIED[name] for name in names if name in _CLASSIFIED}
    if valid := _valid(expression):
        return valid
    if len(known) == len(names) == 1:
        return known.pop()
    return _named(text) or _reference(names.pop() if len(names) == 1 else "")


def _named(text: str) -> str:
    """Return the licence that a free text names."""
    text = " ".join(text.split())
    plain = re.sub(r"\s*licen[cs]e\b", "", text.lower()).strip()
    return _valid(text) or _valid(plain) or _SPELLED.get(plain, "") or _reference(text)


def _valid(expression: str) -> str:
    """Return an SPDX expression as it is usually written, or nothing if it is none."""
    try:
        return str(canonicalize_license_expression(expression)) if expression.strip() else ""
    except InvalidLicenseExpression:
        return ""


def _reference(name: str) -> str:
    """Return a name that SPDX does not know in the form that it has for such names."""
    words = "-".join(re.findall(r"[A-Za-z0-9.]+", name))
    fits = words and len(name) <= _LONGEST_NAME and "UNKNOWN" not in name.upper()
    return f"LicenseRef-{words}" if fits else ""
