"""The summary of a preview: what a reviewer reads in a comment."""

from __future__ import annotations

from typing import Any

import pytest

from blogtools.evidence.reports import read
from blogtools.evidence.summary import plain, summary
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.gate import Outcome
from blogtools.model.preview import Budgeted, Preview, Shown, Unpublished
from tests.evidence.support import finding, reports, verdict


def told(**given: Any) -> str:
    known: dict[str, Any] = {
        "live": "2026-11-27-00000000",
        "pages": 31,
        "added": (),
        "changed": (),
        "removed": (),
        "unpublished": (),
        "budget": (Budgeted("all files, MB", 2.5, 1000),),
        "evidence": read(reports("lint"), ["lint", "typing"]),
    }
    return summary(Preview(**{**known, **given}))


def test_it_begins_with_what_changed_and_that_nothing_is_published() -> None:
    text = told(added=(Shown("posts/a/", "A", 412),), removed=("old/",))
    assert text.startswith(
        "## Preview\n\n31 pages, compared with 2026-11-27-00000000: 1 added, 0 changed, 1 removed. "
        "Nothing is published.\n"
    )
    assert "| `/posts/a/` | A | 412 |" in text
    assert "### Removed\n\n- /old/\n" in text


def test_where_nothing_is_live_it_says_so() -> None:
    assert "31 pages, nothing is live yet: " in told(live="")


def test_new_drafts_stand_before_others() -> None:
    essays = (
        Unpublished("posts/a.md", "A", 3),
        Unpublished("posts/b.md", "B", 5, "2027-01-01", new=True),
    )
    text = told(unpublished=essays)
    assert "### Not out yet: 2, 1 of them new" in text
    rows = [line for line in text.splitlines() if line.startswith("| `posts")]
    assert rows == [
        "| `posts/b.md` | B | 2027-01-01 | 5 | new |",
        "| `posts/a.md` | A | draft | 3 |  |",
    ]


def test_checks_that_failed_or_have_no_report_are_not_said_to_have_passed() -> None:
    failed = {"lint.json": verdict("lint", Outcome.FAILED, findings=(finding(),), summary="bad")}
    text = told(evidence=read(failed, ["lint", "typing"]))
    assert "### Checks: 0 of 2 gates passed" in text
    assert "| lint | ❌ failed | bad |" in text
    assert "| typing | ⚠️ missing | no report: absent |" in text


def test_sizes_stand_against_what_they_may_be() -> None:
    assert "| all files, MB | 2.5 | 1,000 | 0% |" in told()
    assert "| 1 | 2 | 50% |" in told(budget=(Budgeted("x", 1, 2),))


def test_drift_is_told_with_its_place_or_said_to_be_none() -> None:
    found = Diagnostic("posts/a.md", 3, 1, "drift/removed", "in x 2.0, x.y is gone")
    text = told(drifted=(found,))
    assert "### Drift: 1 finding\n\n- posts/a.md:3:1: " in text
    assert told().endswith("### Drift: none\n")


def test_what_keeps_it_from_being_published_comes_first() -> None:
    found = Diagnostic("mkdocs.yml", 1, 1, "publish/dropped", "/a/ would lead nowhere")
    text = told(wrong=(found, found))
    assert text.index("### ❌ It could not be published: 2 problems") < text.index("### Checks")


def test_a_change_of_every_page_is_not_told_page_by_page() -> None:
    text = told(changed=tuple(Shown(f"posts/{n}/", "T", 1) for n in range(100)))
    assert text.count("| `/posts/") == 30
    assert "\n\n… and 70 more.\n" in text
    assert "- … and 70 more" in told(removed=tuple(f"old/{n}/" for n in range(100)))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a | b", r"a \| b"),
        ("@all", "&#64;all"),
        ("<b>&amp;", "&lt;b>&amp;amp;"),
        ("[x](y) `z`", r"\[x\](y) \`z\`"),
        ("two\nlines", "two lines"),
    ],
)
def test_no_title_is_markup_or_calls_anybody(text: str, written: str) -> None:
    assert plain(text) == written
