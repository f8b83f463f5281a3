"""What an edit must change, and what it must not leave behind."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

import pytest

from blogtools.app.ports import silent
from blogtools.build.making import Result, make
from tests.site.support import write

from .building import Child, Job, Resident, build, difference
from .conftest import Bench
from .machine import spoil
from .site import CODE, RESULTS, RUNNING, copy_sources, essay, files_of, results

PLAIN = "posts/2022-02-22-plain.md"
#: Stands in no other essay.
NEEDLE = b"quetzalcoatlus"


def holding(files: dict[str, bytes], word: bytes) -> list[str]:
    return [name for name, data in files.items() if word in data.lower() or word in name.encode()]


def test_a_removed_essay_leaves_no_byte(bench: Bench) -> None:
    assert holding(files_of(bench.blog.site) or {}, NEEDLE), "the essay was there"
    bench.blog.remove(PLAIN)
    bench.blog.replace("posts/2022-02-23-Größe.md", "2022-02-22-plain.md", "../docs/index.md")
    left = bench.right()
    assert holding(left, NEEDLE) == []
    assert not [name for name in left if name.startswith("posts/plain/")]
    assert b"/posts/plain/" not in left["sitemap.xml"]


def test_an_essay_that_is_a_draft_again_leaves_no_byte(bench: Bench) -> None:
    bench.blog.write("posts/2026-05-30-secret.md", essay("Plumbeous", "2026-05-30", "Plumbeous."))
    assert holding(bench.build(), b"plumbeous")
    bench.blog.front("posts/2026-05-30-secret.md", draft=True)
    assert holding(bench.right(), b"plumbeous") == []


def test_a_preview_leaves_no_byte_in_what_is_published_next(bench: Bench) -> None:
    preview = bench.build(drafts=True, into="site-preview")
    assert holding(preview, b"xyzzyundatedbody")
    assert holding(bench.build(), b"xyzzyundatedbody") == []
    bench.right(drafts=True)
    assert holding(bench.right(), b"xyzzyundatedbody") == []


def test_each_folder_that_is_built_into_gets_a_whole_site(bench: Bench) -> None:
    bench.build(into="site-two")
    bench.blog.append(PLAIN, "Another line.")
    bench.build(into="site-two")
    bench.build()
    bench.right(into="site-three")


def test_a_configuration_that_names_another_folder_gets_a_whole_site_there(bench: Bench) -> None:
    for _ in range(2):
        assert not build(bench.job()).failed
        bench.blog.append(PLAIN, "Another line.")
    bench.blog.setting("site_dir", "public")
    asked = bench.oracle.begin(bench.blog)
    outcome = build(bench.job())
    wanted, _ = bench.oracle.end(asked)
    assert outcome == wanted
    clean = files_of(bench.oracle.root / "public") or {}
    assert not difference(files_of(bench.blog.root / "public") or {}, clean)
    bench.blog.setting("site_dir", "site")
    bench.right()


def test_a_changed_slug_leaves_nothing_at_the_old_address(bench: Bench) -> None:
    bench.blog.front(PLAIN, title="Plain", slug="ornate")
    files = bench.right()
    assert "posts/ornate/index.html" in files
    assert holding(files, b"posts/plain/") == []


def test_an_old_address_becomes_an_alias_and_goes_again(bench: Bench) -> None:
    bench.blog.front(PLAIN, title="Plain", aliases=["/was/here/"])
    assert "was/here/index.html" in bench.build()
    bench.blog.front(PLAIN, aliases=None)
    assert "was/here/index.html" not in bench.right()


def test_the_last_essay_of_a_tag_takes_its_page_and_feeds_along(bench: Bench) -> None:
    assert (bench.blog.site / "tags/lonely/feed.xml").is_file()
    bench.blog.front("posts/2026-02-02-included.md", tags=["Python"])
    assert holding(bench.right(), b"lonely") == []


def test_a_page_and_a_file_removed_from_the_docs_leave_nothing(bench: Bench) -> None:
    bench.blog.write("docs/gone.md", "# Plumbeous\n")
    bench.blog.write("docs/gone.svg", "<svg/>\n")
    assert holding(bench.build(), b"plumbeous")
    bench.blog.remove("docs/gone.md")
    bench.blog.remove("docs/gone.svg")
    files = bench.right()
    assert holding(files, b"plumbeous") == []
    assert "gone.svg" not in files


def test_a_file_beside_an_essay_goes_when_nothing_shows_it(bench: Bench) -> None:
    bench.blog.write("posts/images/lone.svg", "<svg/>\n")
    assert "posts/images/lone.svg" not in bench.build()
    bench.blog.append(PLAIN, "![Lone](images/lone.svg)")
    assert "posts/images/lone.svg" in bench.build()
    bench.blog.replace(PLAIN, "![Lone](images/lone.svg)", "")
    assert "posts/images/lone.svg" not in bench.right()


def test_a_file_that_a_bundle_lost_or_got_is_lost_or_there(bench: Bench) -> None:
    bench.blog.rename("posts/2026-01-20-leaf/leaf.svg", "posts/2026-01-20-leaf/blade.svg")
    bench.blog.replace("posts/2026-01-20-leaf/index.md", "leaf.svg", "blade.svg")
    files = bench.right()
    assert "posts/leaf/blade.svg" in files
    assert "posts/leaf/leaf.svg" not in files


def test_a_site_that_was_tampered_with_is_mended(bench: Bench) -> None:
    pages = [bench.blog.site / f"posts/{name}/index.html" for name in ("plain", "leaf", "included")]
    for page, how in zip(pages, ("delete", "same size", "folder"), strict=True):
        spoil(page, how)
    spoil(bench.blog.site / "feed.xml", "empty")
    spoil(bench.blog.site / "assets/own.css", "change")
    write(bench.blog.site, {"posts/plain/stray.html": "stray", "stray/deep.txt": "stray"})
    bench.right()


def test_empty_folders_in_a_site_go_for_good(bench: Bench) -> None:
    """The folder that one build takes them to is where the next one builds."""
    (bench.blog.site / "posts/plain/empty/inner").mkdir(parents=True)
    for number in range(3):
        bench.blog.append(PLAIN, f"Line {number}.")
        bench.right()
        assert [folder for folder in bench.blog.site.rglob("*/") if not any(folder.iterdir())] == []


def test_a_site_that_was_removed_comes_back(bench: Bench) -> None:
    shutil.rmtree(bench.blog.site)
    bench.right()


def test_a_site_that_another_blog_has_built_is_replaced_whole(bench: Bench) -> None:
    shutil.rmtree(bench.blog.site)
    other = copy_sources(bench.blog, bench.blog.root.with_name("other"))
    other.remove(PLAIN)
    other.replace("posts/2022-02-23-Größe.md", "2022-02-22-plain.md", "../docs/index.md")
    other.write("docs/foreign.md", "# Foreign\n")
    build(Job.of(other, site_dir=str(bench.blog.site)))
    assert (bench.blog.site / "foreign").is_dir()
    bench.right()


def test_a_failed_build_changes_nothing_and_the_next_good_one_is_right(bench: Bench) -> None:
    bench.blog.append(PLAIN, "[Nothing](nowhere.md)")
    first = bench.fail()
    bench.blog.append("docs/guide.md", "Edited while nothing builds.")
    bench.blog.front("posts/2026-02-02-included.md", tags=["Changed"])
    assert bench.fail() == first, "what is wrong is said again"
    bench.blog.replace(PLAIN, "[Nothing](nowhere.md)", "")
    bench.right()


def test_warnings_of_what_did_not_change_are_said_again(bench: Bench) -> None:
    bench.blog.append(PLAIN, "[No such heading](2024/parsers-1.md#nowhere)")
    bench.blog.append("docs/guide.md", "[None here](deep/page.md#nowhere)")
    said = build(bench.job()).said
    assert len([text for text in said if "nowhere" in text]) == 2
    assert build(bench.job()).said == said
    bench.blog.append("posts/2026-02-02-included.md", "Elsewhere.")
    assert build(bench.job()).said == said
    bench.right()


def test_warnings_stop_a_strict_build_also_when_nothing_changed(bench: Bench) -> None:
    bench.blog.append(PLAIN, "[No such heading](2024/parsers-1.md#nowhere)")
    bench.build()
    bench.blog.strict = True
    bench.fail()
    bench.blog.strict = False
    bench.right()


def test_a_link_is_judged_again_when_its_target_comes_or_goes(bench: Bench) -> None:
    bench.blog.append(PLAIN, "[To come](2026-05-01-come.md#here) and [there](../docs/come.md)")
    bench.fail()
    bench.blog.write("posts/2026-05-01-come.md", essay("Come", "2026-05-01", "## Here"))
    bench.blog.write("docs/come.md", "# Come\n")
    bench.right()
    bench.blog.front("posts/2026-05-01-come.md", draft=True)
    bench.fail()


def test_an_anchor_is_looked_for_again_when_only_its_page_changed(bench: Bench) -> None:
    bench.blog.append(PLAIN, "[A heading](2024/parsers-1.md#to-come)")
    assert "#to-come" in str(build(bench.job()).said)
    bench.blog.append("posts/2024/parsers-1.md", "## To come")
    bench.right()
    assert "#to-come" not in str(build(bench.job()).said)


def test_an_included_file_reaches_all_that_include_it(bench: Bench) -> None:
    bench.blog.write("snippets/notice.md", "Plumbeous.\n")
    assert len(holding(bench.right(), b"plumbeous")) >= 2, "the page and a feed"


def test_a_shadowing_snippet_and_a_shadowing_template_win(bench: Bench) -> None:
    bench.blog.config(
        lambda data: data["markdown_extensions"][1]["pymdownx.snippets"].update(
            base_path=["first", "snippets"]
        )
    )
    bench.build()
    bench.blog.write("first/notice.md", "Plumbeous, from another folder.\n")
    bench.blog.write("overrides/partials/copyright.html", "<p>Plumbeous copyright</p>")
    files = bench.right()
    assert b"Plumbeous, from another" in files["posts/included/index.html"]
    assert b"Plumbeous copyright" in files["404.html"]


def test_a_scheduled_essay_appears_when_its_time_has_come(bench: Bench) -> None:
    assert holding(files_of(bench.blog.site) or {}, b"out in july") == []
    bench.blog.moment += 40 * 24 * 60 * 60
    assert holding(bench.build(), b"out in july")
    bench.blog.moment -= 40 * 24 * 60 * 60
    assert holding(bench.right(), b"out in july") == []


def test_a_draft_without_a_date_has_that_of_each_build(bench: Bench) -> None:
    first = bench.right(drafts=True)
    bench.blog.moment += 3 * 24 * 60 * 60
    assert bench.right(drafts=True) != first
    bench.right()
    bench.right(drafts=True)


def test_an_edit_made_while_a_build_runs_is_in_the_next_one(bench: Bench) -> None:
    said: list[str] = []

    def meddle(what: str, done: int, total: int) -> None:
        if what not in said:
            said.append(what)
            bench.blog.append(PLAIN, f"Meddled while {what.lower()}.")
            bench.blog.append("docs/guide.md", f"Meddled while {what.lower()}.")
        silent(what, done, total)

    bench.blog.append(PLAIN, "An edit, so that there is work.")
    job = bench.job(site_dir="site")
    Child(replace(job, progress=meddle)).end()
    assert "Meddled" in bench.blog.read(PLAIN), "the build says how far it is"
    bench.right()


def test_a_file_that_is_another_while_a_build_runs_and_then_put_back_is_right(
    bench: Bench,
) -> None:
    file = bench.blog.root / "docs/meddled.svg"
    bench.blog.append("docs/guide.md", "![Meddled](meddled.svg)")
    file.write_text("<svg>A</svg>\n")

    def prepare() -> None:
        """Let the file be another one when all is read, and nothing is copied."""

        def meddle(*given: Any, **named: Any) -> Result:
            if "B" not in file.read_text():
                file.write_text("<svg>B</svg>\n")
            return make(*given, **named)

        pytest.MonkeyPatch().setattr("blogtools.app.build.make", meddle)

    assert not Child(bench.job(site_dir="site"), prepare).end().failed
    assert (bench.blog.site / "meddled.svg").read_text() == "<svg>B</svg>\n"
    file.write_text("<svg>A</svg>\n")
    assert bench.right()["meddled.svg"] == b"<svg>A</svg>\n"


def test_a_process_that_stays_builds_what_a_new_one_builds(bench: Bench) -> None:
    resident = Resident()
    try:
        for drafts in (False, True, False):
            bench.blog.append(PLAIN, "A line.")
            assert not resident.build(Job.of(bench.blog, drafts=drafts)).failed
    finally:
        resident.close()
    _, clean = bench.oracle.ask(bench.blog)
    assert difference(files_of(bench.blog.site) or {}, clean) == ""


def test_a_store_of_another_blog_does_no_harm(bench: Bench) -> None:
    other = copy_sources(bench.blog, bench.blog.root.with_name("other"))
    for name in other.posts():
        other.append(name, "Foreign.")
    assert not build(Job.of(other)).failed
    shutil.rmtree(bench.blog.store, ignore_errors=True)
    if other.store.is_dir():
        shutil.copytree(other.store, bench.blog.store)
    bench.right()


def test_a_file_in_the_place_of_the_store_does_no_harm(bench: Bench) -> None:
    shutil.rmtree(bench.blog.store, ignore_errors=True)
    bench.blog.store.write_bytes(b"a file")
    bench.blog.append(PLAIN, "A line.")
    outcome = build(bench.job())
    assert outcome.failed in ("", "usage", "system"), outcome.said
    bench.blog.store.unlink(missing_ok=True)
    bench.right()


def test_restored_sources_give_the_restored_site(bench: Bench) -> None:
    sources, before = bench.blog.sources(), files_of(bench.blog.site) or {}
    for name in bench.blog.posts()[:5]:
        bench.blog.append(name, "Changed.")
    bench.build()
    bench.blog.restore(sources)
    assert difference(bench.right(), before) == ""


def test_other_results_change_the_essay_and_what_shows_all_of_it(bench: Bench) -> None:
    before = bench.build()
    for name, text in results("counted 43").items():
        bench.blog.write(name, text)
    after = bench.right()
    page = next(name for name in after if name.endswith("posts/running/index.html"))
    changed = {name for name in after if before.get(name) != after[name]}
    assert page in changed
    assert b"counted 43" in after[page]
    copy = page.replace(".html", ".md")
    assert copy in changed
    others = changed - {page, copy, "llms-full.txt"}
    assert all("feed" in name for name in others)


def test_results_of_other_code_stop_the_build_and_recording_them_heals_it(bench: Bench) -> None:
    bench.blog.replace(RUNNING, CODE, "print(1)")
    assert "results are of other code" in bench.fail().said[0]
    bench.blog.replace(RUNNING, "print(1)", CODE)
    bench.right()
    bench.blog.remove(f"{RESULTS}/figure-1-dark.svg")
    assert "'figure-1-dark.svg' is not the figure" in bench.fail().said[0]
    bench.blog.write(f"{RESULTS}/record.json", "damaged")
    assert "the recorded results are damaged" in bench.fail().said[0]
