"""What is read from reports: nothing that is missing, or cannot be read, counts as passed."""

from __future__ import annotations

import json

import pytest

from blogtools.evidence.figures import NAMES, figures
from blogtools.evidence.reports import read
from blogtools.model.evidence import Lack
from blogtools.model.gate import Level, Outcome
from blogtools.model.interface import WORDS
from tests.evidence.support import COMMIT, finding, lighthouse, reports, verdict


def test_a_gate_with_a_report_says_what_it_says() -> None:
    (held,) = read(reports("lint"), ["lint"]).gates
    assert (held.said, held.lack, held.files) == ("passed", Lack.NONE, ("lint.json",))
    assert held.verdict
    assert held.verdict.summary == "no findings in 19 files"


def test_the_gates_stand_in_the_order_of_the_pipeline() -> None:
    found = read(reports("audit", "lint"), ["lint", "typing", "audit"])
    assert [held.gate for held in found.gates] == ["lint", "typing", "audit"]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.BROKEN])
def test_a_gate_that_did_not_pass_is_not_said_to_have_passed(outcome: Outcome) -> None:
    (held,) = read({"lint.json": verdict("lint", outcome)}, ["lint"]).gates
    assert held.said == outcome


def test_a_gate_without_a_report_is_missing() -> None:
    (held,) = read({}, ["lint"]).gates
    assert (held.said, held.lack) == ("missing", Lack.ABSENT)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"outcome": "passed"}',
        verdict("lint")[:-20],
        verdict("lint").replace(b'"version": 1', b'"version": 2'),
        verdict("lint").replace(b'"version": 1,', b""),
        verdict("lint").replace(b'"passed"', b'"splendid"'),
        # Another gate's report under this name.
        verdict("typing"),
        # It says that it passed, and that it looked at nothing, or that it found something.
        verdict("lint").replace(b'"number": 19', b'"number": 0'),
        verdict("lint", Outcome.FAILED, findings=(finding(),)).replace(b'"failed"', b'"passed"'),
        b"\xff\xfe",
    ],
)
def test_a_report_that_cannot_be_believed_counts_as_missing(data: bytes) -> None:
    (held,) = read({"lint.json": data}, ["lint"]).gates
    assert (held.said, held.lack) == ("missing", Lack.UNREADABLE)
    assert held.files == ("lint.json",)


def test_a_report_on_another_commit_counts_as_missing() -> None:
    (held,) = read(reports("lint"), ["lint"], "0" * 40).gates
    assert (held.said, held.lack) == ("missing", Lack.FOREIGN)


def test_a_report_of_another_pipeline_counts_as_missing() -> None:
    given = {"lint.json": verdict("lint", pipeline="1001")}
    assert read(given, ["lint"], COMMIT, "1002").gates[0].lack == Lack.FOREIGN
    assert read(given, ["lint"], COMMIT, "1001").gates[0].said == "passed"


def test_a_report_that_names_no_commit_counts_as_that_of_this_one() -> None:
    (held,) = read({"lint.json": verdict("lint", commit="")}, ["lint"], COMMIT).gates
    assert held.said == "passed"


def test_the_dependencies_come_from_the_bill_in_order() -> None:
    found = read(reports("sbom"), ["sbom"]).dependencies
    assert found is not None
    assert [(one.name, one.version, one.licence) for one in found] == [
        ("alpha", "1.1", "MIT"),
        ("mid", "3", "MIT"),
        ("odd", "0.1", ""),
        ("zeta", "2.0", "MIT OR Apache-2.0"),
    ]


def test_several_licences_of_a_component_hold_together() -> None:
    bill = {
        "components": [
            {"name": "a", "licenses": [{"license": {"id": "MIT"}}, {"license": {"id": "ISC"}}]}
        ]
    }
    given = {**reports("sbom"), "gl-sbom.cdx.json": json.dumps(bill).encode()}
    found = read(given, ["sbom"]).dependencies
    assert found
    assert found[0].licence == "MIT AND ISC"


@pytest.mark.parametrize("bill", [b"", b"{", b'{"components": 3}', b"{}"])
def test_a_bill_that_cannot_be_read_says_nothing_of_the_dependencies(bill: bytes) -> None:
    assert read({**reports("sbom"), "gl-sbom.cdx.json": bill}, ["sbom"]).dependencies is None


def test_a_bill_counts_only_where_its_gate_does() -> None:
    given = reports("sbom")
    del given["sbom.json"]
    assert read(given, ["sbom"]).dependencies is None


def test_lighthouse_is_read_in_percent_and_by_page() -> None:
    given = {
        "lighthouse-home.json": lighthouse("/", performance=0.97, best_practices=1),
        "Lighthouse.json": lighthouse("/a/", performance=None),
        "other.json": lighthouse("/b/", performance=0.1),
    }
    found = read(given, []).lighthouse
    assert [(one.page, dict(one.scores)) for one in found] == [
        ("/a/", {"performance": None}),
        ("/", {"performance": 97.0, "best-practices": 100.0}),
    ]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"lighthouseVersion": "1", "categories": {}}'])
def test_a_report_of_lighthouse_without_scores_is_none(data: bytes) -> None:
    assert read({"lighthouse.json": data}, []).lighthouse == ()


# -- figures ---------------------------------------------------------------------------------


def test_what_was_measured_is_kept_and_nothing_else() -> None:
    found = figures(read(reports("test", "audit", "site"), ["test", "audit", "site"]))
    assert found == {
        "coverage": 96.4,
        "branches": 91.25,
        "tests": 120,
        "vulnerabilities": 0,
        "data_age": 1.2,
        "accessibility": 0,
        "pages": 31,
        "heaviest": 95.5,
        "weight": 2.65,
    }
    assert figures(read({}, ["test", "audit", "site", "sast"])) == {}


def test_accepted_findings_are_counted_too() -> None:
    given = {
        "sast.json": verdict("sast", accepted=(finding(accepted="why"), finding(accepted="so"))),
        "secrets.json": verdict("secrets", Outcome.FAILED, findings=(finding(Level.HIGH),)),
        "audit.json": verdict("audit", accepted=(finding(accepted="no fix yet"),)),
    }
    found = figures(read(given, ["sast", "secrets", "audit"]))
    assert (found["findings"], found["vulnerabilities"]) == (3, 1)


def test_a_site_that_axe_did_not_look_at_is_not_said_to_be_accessible() -> None:
    given = {"site.json": verdict("site", figures={"pages": 3, "pages that axe looked at": 0})}
    assert figures(read(given, ["site"])) == {"pages": 3}


def test_only_what_axe_found_is_about_accessibility() -> None:
    several = (finding(accepted="x", code="axe/color-contrast"), finding(accepted="x"))
    given = {"site.json": verdict("site", accepted=several)}
    assert figures(read(given, ["site"]))["accessibility"] == 1


def test_the_lowest_score_of_any_page_is_kept() -> None:
    given = {
        "lighthouse-1.json": lighthouse("/", performance=0.97, seo=1),
        "lighthouse-2.json": lighthouse("/a/", performance=0.5, seo=None),
    }
    found = figures(read(given, []))
    assert found == {"lighthouse_performance": 50.0, "lighthouse_search": 100.0}


def test_every_figure_has_a_word_in_each_language() -> None:
    assert {f"figure.{name}" for name in NAMES} == {
        key for key in WORDS if key.startswith("figure.")
    }
