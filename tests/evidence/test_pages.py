"""The page of the evidence, and the history of its figures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as etree

import html5lib
import pytest

from blogtools.app.evidence import evidence_pages, evidence_reports
from blogtools.evidence.page import number, size
from blogtools.evidence.plot import plot
from blogtools.model.diagnostic import UsageError
from blogtools.model.evidence import HISTORY, PAGE
from blogtools.model.gate import Level, Outcome
from blogtools.pipeline.holding import GATES
from tests.evidence.support import BUILT, finding, lighthouse, release, reports, verdict


def made(
    given: dict[str, bytes], history: bytes = b"", page: bytes = BUILT, **options: Any
) -> tuple[str, Any]:
    """Return the page, checked to be HTML, and the history."""
    named = {f"pipeline/reports/{name}": data for name, data in given.items()}
    manifest = options.pop("manifest", release())
    files = evidence_pages(
        named, manifest, history, page, options.pop("surroundings", {}), **options
    )
    assert set(files) == {PAGE, HISTORY}
    text = files[PAGE].decode()
    html5lib.HTMLParser(strict=True).parse(text)
    return text, json.loads(files[HISTORY])


def told(text: str) -> str:
    """Return what a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_a_page_with_all_reports_says_so() -> None:
    text, _ = made(reports(*GATES))
    assert "All 12 gates of the pipeline let this release through." in text
    assert "no report" not in told(text).replace("no report of Lighthouse", "")
    assert text.count('class="bt-said bt-passed"') == 12


def test_what_stands_around_the_place_stays() -> None:
    text, _ = made(reports("lint"))
    assert text.startswith(BUILT.decode().split("<!-- evidence -->", maxsplit=1)[0])
    assert text.endswith("</div>\n</body>\n</html>\n")
    assert "nothing yet" not in text


def test_a_gate_without_a_report_is_named_and_never_said_to_have_passed() -> None:
    text, _ = made(reports("lint", "audit"))
    assert "2 of 12 gates of the pipeline let this release through." in text
    assert "There is no report of: complexity, docstrings, typing, test," in text
    assert text.count('class="bt-said bt-passed"') == 2
    assert text.count('class="bt-said bt-missing"') == 10


def test_without_any_report_everything_is_missing() -> None:
    text, history = made({})
    assert "0 of 12 gates" in text
    assert "bt-passed" not in text
    assert "The reports" not in text
    assert history["releases"][0]["figures"] == {}
    assert set(history["releases"][0]["outcomes"].values()) == {"missing"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"lint.json": b"{"}, "There is a report, and it cannot be read."),
        (
            {"lint.json": verdict("lint", commit="0" * 40)},
            "There is a report, and it is of another commit, or of another pipeline.",
        ),
    ],
)
def test_why_a_report_does_not_count_stands_in_words(given: dict[str, bytes], why: str) -> None:
    text, _ = made(given)
    assert why in text
    assert '<a href="reports/lint.json">' in text


def test_a_gate_that_failed_says_so() -> None:
    text, _ = made({"lint.json": verdict("lint", Outcome.FAILED, findings=(finding(),))})
    assert '<span class="bt-said bt-failed">failed</span>' in text
    assert "0 of 12 gates" in text


def test_figures_stand_there_as_the_gates_measured_them() -> None:
    text = told(made(reports("test", "site"))[0])
    for said in ("Coverage, % 96.4", "Tests 120", "Heaviest page, kB 95.5"):
        assert said in text
    assert "test branch coverage 91.25" in text


def test_findings_are_counted_by_severity() -> None:
    accepted = (finding(Level.LOW, "known"), finding(Level.LOW, "known"), finding(Level.HIGH, "x"))
    text, _ = made({"sast.json": verdict("sast", accepted=accepted), **reports("secrets")})
    (table,) = re.findall(r"Findings by severity</h2>.*?</table>", text, re.DOTALL)
    assert told(table).endswith("Gate high low do not count sast 1 2 3 secrets 0 0 0")


def test_where_nothing_was_found_the_page_names_who_looked() -> None:
    assert "Nothing was found. (sast, audit)" in made(reports("sast", "audit"))[0]


def test_the_age_of_the_vulnerability_data_is_told() -> None:
    text, _ = made(reports("audit"))
    assert "of 2026-11-27 08:00 UTC; it was 1.2 days old when it was asked." in text


def test_licences_are_counted_by_kind_and_dependencies_listed() -> None:
    text = told(made(reports("sbom"))[0])
    assert "Licence Packages MIT 2 MIT OR Apache-2.0 1 unclear 1" in text
    assert "All 4 dependencies" in text
    assert "zeta 2.0 MIT OR Apache-2.0" in text


def test_without_a_bill_nothing_is_said_of_dependencies() -> None:
    assert "nothing is known of the dependencies" in made(reports("lint"))[0]


def test_lighthouse_is_shown_by_page_or_said_to_be_missing() -> None:
    given = {"lighthouse.json": lighthouse("https://x.example/", performance=0.97, seo=None)}
    text = told(made(given)[0])
    assert "https://x.example/ 97 – lighthouse.json" in text
    assert "has no report of Lighthouse" in told(made({})[0])


def test_the_release_is_named_with_its_commit_and_the_digest_of_its_contents() -> None:
    text, _ = made(reports("lint"))
    assert "<code>2026-11-28-1a2b3c4d</code>" in text
    assert f"<code>{release().commit}</code>" in text
    assert f"<code>sha256:{'1a2b3c4d' * 8}</code>" in text
    assert '<a href="../release.json">' in text
    assert "28 November 2026" in text


def test_the_pipeline_and_the_commit_are_linked_where_they_are_known() -> None:
    home = "https://gitlab.example/team/thing"
    known = {"CI_PROJECT_URL": home, "CI_PIPELINE_URL": f"{home}/-/pipelines/7"}
    text, _ = made(reports("lint"), surroundings=known)
    assert f'<a href="{home}/-/pipelines/7">' in text
    assert f'<a href="{home}/-/commit/{release().commit}">' in text
    assert "/-/" not in made(reports("lint"))[0]


def test_the_page_speaks_the_language_of_the_site() -> None:
    german = BUILT.replace(b'lang="en"', b'lang="de"')
    text, _ = made(reports("lint"), page=german)
    assert "1 von 12 Prüfungen der Pipeline haben" in text
    assert "28. November 2026" in text


def test_a_preview_says_that_nothing_is_published() -> None:
    assert "nothing of it is published" in made({}, preview=True)[0]
    assert "nothing of it is published" not in made({})[0]


def test_nothing_in_a_report_becomes_markup() -> None:
    evil = "<script>alert(1)</script>"
    bill = {"components": [{"name": evil, "version": evil, "licenses": [{"expression": evil}]}]}
    given = {
        "lint.json": verdict("lint", summary=evil, tools=(evil,), figures={evil: evil}),
        **reports("sbom"),
        "gl-sbom.cdx.json": json.dumps(bill).encode(),
        "lighthouse.json": lighthouse(evil, performance=1),
        'a"><script>.json': b"{}",
    }
    text, _ = made(given)
    assert "<script" not in text


def test_a_page_without_a_place_is_refused_with_a_way_out() -> None:
    with pytest.raises(UsageError, match="has no place for the evidence"):
        made({}, page=b"<html><body></body></html>")


def test_a_backslash_in_a_report_stands_there_as_it_is() -> None:
    assert (
        r"no \1 in \g&lt;0&gt;"
        in made({"lint.json": verdict("lint", summary=r"no \1 in \g<0>")})[0]
    )


# -- history ---------------------------------------------------------------------------------


def history(*releases: tuple[str, dict[str, float]]) -> bytes:
    entries = [
        {"release": name, "created": f"{name}T10:00:00Z", "figures": figures}
        for name, figures in releases
    ]
    return json.dumps({"version": 1, "releases": entries}).encode()


def test_the_first_release_begins_the_history() -> None:
    text, kept = made(reports("test"))
    (entry,) = kept["releases"]
    assert kept["version"] == 1
    assert (entry["release"], entry["commit"]) == (release().release, release().commit)
    assert entry["figures"] == {"branches": 91.25, "coverage": 96.4, "tests": 120}
    assert entry["outcomes"]["test"] == "passed"
    assert "This is the first release of which figures are kept" in text
    assert "<svg" not in text


def test_a_later_release_goes_on_with_the_history_of_the_live_site() -> None:
    _, first = made(reports("test"), manifest=release("2026-11-27-00000000"))
    text, kept = made(reports("test"), history=json.dumps(first).encode())
    assert [one["release"] for one in kept["releases"]] == [
        "2026-11-27-00000000",
        "2026-11-28-1a2b3c4d",
    ]
    assert text.count("<svg") == 3
    assert "Coverage, %: 96.4 now; from 96.4 to 96.4 in 2 releases" in text


def test_a_release_that_is_made_again_is_kept_once() -> None:
    _, first = made(reports("lint"))
    _, kept = made(reports("test"), history=json.dumps(first).encode())
    (entry,) = kept["releases"]
    assert entry["outcomes"]["lint"] == "missing"


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"version": 7, "releases": []}', b"\xff"])
def test_a_history_that_cannot_be_read_begins_anew_and_the_page_says_so(data: bytes) -> None:
    text, kept = made(reports("test"), history=data)
    assert len(kept["releases"]) == 1
    assert "What was kept of earlier releases cannot be read" in text


def test_a_very_long_history_loses_its_beginning() -> None:
    many = [(f"r{place:05}", {"tests": 1.0}) for place in range(1000)]
    _, kept = made(reports("test"), history=history(*many))
    assert len(kept["releases"]) == 1000
    assert kept["releases"][0]["release"] == "r00001"


def test_the_table_says_what_the_plots_show_and_where_nothing_was_measured() -> None:
    text, _ = made(reports("test"), history=history(("2026-11-01", {"tests": 100, "pages": 5})))
    (table,) = re.findall(r"These figures as a table</summary>.*?</table>", text, re.DOTALL)
    assert told(table).endswith(
        "Release Coverage, % Coverage of branches, % Tests Pages "
        "2026-11-28-1a2b3c4d 96.4 91.25 120 – 2026-11-01 – – 100 5"
    )
    assert "Pages: – now; from 5 to 5 in 2 releases" in text


# -- the plot --------------------------------------------------------------------------------


def drawn(*values: float | None) -> etree.Element:
    return etree.fromstring(plot(values, 'a "title" & more'))  # noqa: S314 - our own


def places(*values: float | None) -> list[tuple[float, float]]:
    return [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in drawn(*values).iter("circle")]


def test_a_plot_has_a_dot_for_each_known_value_from_left_to_right() -> None:
    found = places(1, 3, 2)
    assert [x for x, _ in found] == [8, 120, 232]
    # The highest value is the highest on the page.
    assert [y for _, y in found] == [64, 8, 36]


def test_a_line_stops_where_nothing_was_measured() -> None:
    assert len(list(drawn(1, 2, None, 4, 5).iter("polyline"))) == 2
    assert len(list(drawn(1, None, 2).iter("polyline"))) == 0
    assert len(places(1, None, 2)) == 2


@pytest.mark.parametrize("values", [(), (None,), (None, None)])
def test_nothing_measured_draws_nothing(values: tuple[None, ...]) -> None:
    assert places(*values) == []


def test_a_value_that_never_changes_stands_in_the_middle() -> None:
    assert {y for _, y in places(5, 5, 5)} == {36}


def test_a_plot_is_told_to_those_who_cannot_see_it_and_has_no_style_of_its_own() -> None:
    svg = drawn(1, 2)
    assert (svg.attrib["role"], svg.attrib["aria-label"]) == ("img", 'a "title" & more')
    assert not [one for one in svg.iter() if {"style", "fill", "stroke"} & set(one.attrib)]


@pytest.mark.parametrize(
    ("given", "said"),
    [(0, "0"), (12, "12"), (96.4, "96.4"), (1234567, "1\u202f234\u202f567"), ("ty", "ty")],
)
def test_numbers_are_written_for_people(given: object, said: str) -> None:
    assert number(given) == said
    assert size(1500) == "1.5\u00a0kB"


# -- the folder of reports -------------------------------------------------------------------


def test_only_reports_for_programs_are_published(tmp_path: Path) -> None:
    (tmp_path / "lighthouse").mkdir()
    (tmp_path / ".hidden").mkdir()
    names = ("lint.json", "junit.xml", "licenses.csv", "lighthouse/home.json")
    others = (".gitignore", "NOTICE", "dump.bin", ".env.json", ".hidden/x.json")
    for name in (*names, *others):
        (tmp_path / name).write_bytes(b"{}")
    assert set(evidence_reports(tmp_path)) == {f"pipeline/reports/{name}" for name in names}


def test_no_link_out_of_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"key": 1}')
    reports_ = tmp_path / "reports"
    reports_.mkdir()
    (reports_ / "lint.json").symlink_to(tmp_path / "secret.json")
    (reports_ / "more").symlink_to(tmp_path)
    assert evidence_reports(reports_) == {}


def test_no_folder_is_no_report_and_a_missing_one_is_a_mistake(tmp_path: Path) -> None:
    assert evidence_reports(None) == {}
    with pytest.raises(UsageError, match="--report-dir"):
        evidence_reports(tmp_path / "nothing")
