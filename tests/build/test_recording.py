"""What counts as read while something is recorded."""

from __future__ import annotations

from pathlib import Path

from blogtools.build.recording import passed_over, recorded


def test_a_folder_that_is_passed_over_is_recorded_again_after(tmp_path: Path) -> None:
    site, link = tmp_path / "site", tmp_path / "link"
    site.mkdir()
    link.symlink_to(site)
    page, beside = site / "page.html", tmp_path / "site.html"
    page.write_text("")
    beside.write_text("")

    def read() -> set[str]:
        with recorded() as opened:
            for file in (page, beside):
                file.read_bytes()
        return set(opened)

    both = {str(page), str(beside)}
    assert read() == both
    with passed_over(link), passed_over(tmp_path / "another"):
        assert read() == {str(beside)}
    assert read() == both
