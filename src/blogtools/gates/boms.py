"""Bills of materials, as CycloneDX and as SPDX have them: the same for the same dependencies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from blogtools import __version__

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_NOT_SAID = "NOASSERTION"
_ODD = re.compile(r"[^A-Za-z0-9.]+")
_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Part:
    """The project, or something that it depends on.

    Attributes:
        name: Its name.
        version: Its version; empty where there is none.
        licence: Its licence, as an SPDX expression; empty where it is not clear.
        summary: What it is, in one line.
        needs: The names of the parts that it needs.
    """

    name: str
    version: str
    licence: str
    summary: str
    needs: tuple[str, ...]

    @property
    def address(self) -> str:
        """Return the package URL."""
        return f"pkg:pypi/{self.name}" + (
            f"@{quote(self.version, safe='.-_')}" if self.version else ""
        )


@dataclass(frozen=True, slots=True)
class Bill:
    """Everything that a project consists of.

    Attributes:
        project: The project.
        parts: What it depends on, by name.
        when: The day that it is of.
        source: The file that names the dependencies, relative to the root.
    """

    project: Part
    parts: tuple[Part, ...]
    when: datetime
    source: str


def cyclonedx(bill: Bill) -> bytes:
    """Return the bill as CycloneDX 1.6, in JSON.

    Args:
        bill: The bill.
    """
    by_name = {part.name: part for part in bill.parts}
    body: dict[str, object] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": bill.when.strftime(_TIME),
            "tools": {
                "components": [{"type": "application", "name": "blogtools", "version": __version__}]
            },
            "component": _component(bill.project, "application"),
            "properties": _for_gitlab(bill.source),
        },
        "components": [_component(part, "library") for part in bill.parts],
        "dependencies": [
            {
                "ref": part.address,
                "dependsOn": sorted(
                    by_name[name].address for name in part.needs if name in by_name
                ),
            }
            for part in (bill.project, *bill.parts)
        ],
    }
    body["serialNumber"] = f"urn:uuid:{_name_of(body)}"
    return _json(body)


def _component(part: Part, kind: str) -> dict[str, object]:
    return {
        "type": kind,
        "bom-ref": part.address,
        "name": part.name,
        **({"version": part.version} if part.version else {}),
        **({"description": part.summary} if part.summary else {}),
        **({"licenses": [{"expression": part.licence}]} if part.licence else {}),
        "purl": part.address,
    }


def _for_gitlab(source: str) -> list[dict[str, str]]:
    """Return what GitLab wants to know before it reads the components."""
    said = {
        "gitlab:meta:schema_version": "1",
        "gitlab:dependency_scanning:category": "development",
        "gitlab:dependency_scanning:input_file:path": source,
        "gitlab:dependency_scanning:language:name": "Python",
        "gitlab:dependency_scanning:package_manager:name": "pip",
    }
    return [{"name": name, "value": value} for name, value in said.items()]


def spdx(bill: Bill) -> bytes:
    """Return the bill as SPDX 2.3, in JSON.

    Args:
        bill: The bill.
    """
    everything = (bill.project, *bill.parts)
    ids = _ids(everything)
    body: dict[str, object] = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"{bill.project.name} {bill.project.version}".strip(),
        "creationInfo": {
            "created": bill.when.strftime(_TIME),
            "creators": [f"Tool: blogtools-{__version__}"],
        },
        "packages": [_package(part, ids[part.name]) for part in everything],
        "relationships": [
            _relationship("SPDXRef-DOCUMENT", "DESCRIBES", ids[bill.project.name]),
            *(
                _relationship(ids[part.name], "DEPENDS_ON", ids[name])
                for part in everything
                for name in part.needs
                if name in ids
            ),
        ],
        "hasExtractedLicensingInfos": _references(everything),
    }
    body["documentNamespace"] = f"urn:uuid:{_name_of(body)}"
    return _json(body)


def _ids(parts: Iterable[Part]) -> Mapping[str, str]:
    """Return what SPDX calls each part; of what names have, it lacks nothing but underscores."""
    return {part.name: f"SPDXRef-{_ODD.sub('-', part.name)}" for part in parts}


def _package(part: Part, name: str) -> dict[str, object]:
    return {
        "SPDXID": name,
        "name": part.name,
        **({"versionInfo": part.version} if part.version else {}),
        **({"summary": part.summary} if part.summary else {}),
        "downloadLocation": _NOT_SAID,
        "filesAnalyzed": False,
        "licenseConcluded": _NOT_SAID,
        "licenseDeclared": part.licence or _NOT_SAID,
        "copyrightText": _NOT_SAID,
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": part.address,
            }
        ],
    }


def _relationship(one: str, how: str, other: str) -> dict[str, str]:
    return {"spdxElementId": one, "relationshipType": how, "relatedSpdxElement": other}


def _references(parts: Iterable[Part]) -> list[dict[str, str]]:
    """Return what the names of licences mean that SPDX does not know: no more than their words."""
    found = {name for part in parts for name in _REFERENCE.findall(part.licence)}
    return [
        {
            "licenseId": name,
            "name": name.removeprefix("LicenseRef-").replace("-", " "),
            "extractedText": "The metadata of the package names it so, and says no more.",
        }
        for name in sorted(found)
    ]


def _name_of(body: Mapping[str, object]) -> str:
    """Return a name that only the same content has."""
    return str(uuid5(NAMESPACE_URL, json.dumps(body, sort_keys=True)))


def _json(body: Mapping[str, object]) -> bytes:
    return (json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
