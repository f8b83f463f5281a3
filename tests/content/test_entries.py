"""When an essay is published, what it is called, and whether it is out."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from blogtools.content.dates import split_name
from blogtools.content.entries import is_visible, make_entry, window
from blogtools.model.clock import clock
from blogtools.model.diagnostic import UsageError
from blogtools.model.site import Status
from tests.content.support import NOW, OPTIONS, blog_options, entry, read, undated

BERLIN = blog_options(timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("path", "url", "day"),
    [
        ("posts/2026-11-22-hello.md", "posts/hello/", "2026-11-22"),
        ("posts/2026-11-22-hello-you.md", "posts/hello-you/", "2026-11-22"),
        ("posts/2026-11-22_Hello You.md", "posts/hello-you/", "2026-11-22"),
        ("posts/2025/2025-01-31-hello.md", "posts/hello/", "2025-01-31"),
        ("posts/2026-11-22-hello/index.md", "posts/hello/", "2026-11-22"),
        ("posts/2024/2024-02-29-leap/index.md", "posts/leap/", "2024-02-29"),
        ("posts/2026-11-22.md", "posts/2026-11-22/", "2026-11-22"),
        ("posts/2026-11-22-2020-01-01-diary.md", "posts/2020-01-01-diary/", "2026-11-22"),
        ("posts/2022-02-23-Größe.md", "posts/grösse/", "2022-02-23"),
    ],
)
def test_a_files_name_gives_its_date_and_its_url(path: str, url: str, day: str) -> None:
    made, wrong = undated("", path)
    assert wrong == []
    assert made.url == url
    assert made.date == datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("posts/hello.md", "posts/hello/"),
        ("posts/2025/hello.md", "posts/hello/"),
        ("posts/hello/index.md", "posts/hello/"),
        ("posts/2026-hello.md", "posts/2026-hello/"),
        ("posts/22-11-2026-hello.md", "posts/22-11-2026-hello/"),
        ("posts/2026-11-221-hello.md", "posts/2026-11-221-hello/"),
        ("posts/v1.0.md", "posts/v1-0/"),
    ],
)
def test_a_name_without_a_date_is_the_url_whatever_the_folder(path: str, url: str) -> None:
    assert undated("date: 2026-01-01", path)[0].url == url


def test_the_slug_goes_before_the_files_name_and_the_date_before_its_date() -> None:
    made = entry("slug: other\ndate: 2020-02-02", "posts/2026-11-22-hello.md")
    assert (made.url, made.date.year) == ("posts/other/", 2020)


def test_the_url_may_hold_the_day() -> None:
    options = blog_options(post_url="/{year}/{month}/{day}/{slug}")
    assert entry("date: 2026-01-05", "posts/a.md", options).url == "2026/01/05/a/"


def test_the_day_in_a_url_is_that_of_the_blogs_time_zone() -> None:
    options = blog_options(post_url="{year}/{slug}", timezone="Asia/Tokyo")
    assert entry("date: 2025-12-31 20:00Z", "posts/a.md", options).url == "2026/a/"


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        (
            "posts/2026-02-30-x.md",
            "1:1: the file's name begins with an impossible date, 2026-02-30",
        ),
        ("posts/2026-13-01-x/index.md", "1:1: the file's name begins with an impossible date"),
        ("posts/0000-01-01-x.md", "1:1: the file's name begins with an impossible date"),
        ("posts/0001-01-01-x.md", "1:1: the file's name begins with an impossible date"),
        ("posts/x.md", "1:1: the essay has no date. Add a line 'date: 2026-11-22', or name"),
    ],
)
def test_an_essay_without_a_possible_date_is_told_so(path: str, complaint: str) -> None:
    _, wrong = undated("", path)
    assert len(wrong) == 1
    assert wrong[0].startswith(f"{path}:{complaint}")


@pytest.mark.parametrize("day", ["\u0662026-01-01", "\uff12026-01-01"])
def test_digits_of_other_scripts_make_no_date(day: str) -> None:
    assert split_name(f"{day}-x") == ("", f"{day}-x")


def test_a_date_in_the_front_matter_excuses_an_impossible_one_in_the_name() -> None:
    assert undated("date: 2026-03-02", "posts/2026-02-30-x.md")[1] == []


def test_a_draft_needs_no_date() -> None:
    made, wrong = undated("draft: true", "posts/x.md")
    assert wrong == []
    assert (made.date, made.status) == (NOW, Status.DRAFT)


def test_a_date_that_is_wrong_is_complained_of_once() -> None:
    document, wrong = read("---\ndate: 2026-02-30\n---\nText.", "posts/x.md")
    assert len(wrong) == 1
    assert make_entry(document, OPTIONS, NOW)[1] == ()


def test_a_day_begins_in_the_blogs_time_zone() -> None:
    made = entry("date: 2026-07-01", "posts/a.md", BERLIN)
    assert made.date.astimezone(UTC) == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_a_moment_with_a_time_zone_of_its_own_is_that_moment() -> None:
    made = entry("date: 2026-07-01 12:00 -04:00", "posts/a.md", BERLIN)
    assert made.date == datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert made.date.tzinfo == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("seconds", "status"), [(-1, Status.SCHEDULED), (0, Status.PUBLISHED), (1, Status.PUBLISHED)]
)
def test_an_essay_is_out_from_its_very_moment_on(seconds: int, status: Status) -> None:
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    made = entry(
        "date: 2026-07-01 14:00", "posts/a.md", BERLIN, moment + timedelta(seconds=seconds)
    )
    assert made.status is status


def test_a_draft_stays_one_when_its_moment_has_passed() -> None:
    assert entry("draft: true\ndate: 2000-01-01").status is Status.DRAFT


def test_drafts_and_future_essays_are_visible_only_where_they_are_asked_for() -> None:
    draft, future, out = entry("draft: true"), entry("date: 2030-01-01"), entry()
    assert [is_visible(one, drafts=False) for one in (draft, future, out)] == [False, False, True]
    assert all(is_visible(one, drafts=True) for one in (draft, future, out))


def test_the_update_is_in_the_blogs_time_zone_and_the_date_where_there_is_none() -> None:
    made = entry("updated: 2026-07-01", "posts/2026-01-01-a.md", BERLIN)
    assert made.updated == datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert entry().updated == entry().date


TODAY = date(2026, 11, 22)


def test_without_an_epoch_the_clock_is_the_end_of_the_day() -> None:
    end = datetime(2026, 11, 22, 23, 59, 59, 999999, tzinfo=UTC)
    assert clock({}, TODAY) == end


def test_the_epoch_is_the_clock() -> None:
    assert clock({"SOURCE_DATE_EPOCH": "1700000000"}, TODAY) == datetime(
        2023, 11, 14, 22, 13, 20, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "rubbish",
    ["", "now", "1e9", "2026-11-22", "0x10", "1.5", "9" * 30, "9" * 5000, "-1", "1_000", "٣"],
)
def test_a_rubbish_epoch_is_a_message(rubbish: str) -> None:
    with pytest.raises(UsageError, match="set it to seconds since 1970"):
        clock({"SOURCE_DATE_EPOCH": rubbish}, TODAY)


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9000, 1, 1)))  # noqa: DTZ001
def test_every_moment_can_be_the_epoch(moment: datetime) -> None:
    exact = moment.replace(microsecond=0, tzinfo=UTC)
    assert clock({"SOURCE_DATE_EPOCH": f"{exact.timestamp():.0f}"}, TODAY) == exact


@given(
    st.dates(date(1000, 1, 1), date(9998, 12, 31)),
    st.sampled_from("-_ "),
    st.text("abc -1", min_size=1),
)
def test_a_name_is_split_at_its_date(day: date, between: str, name: str) -> None:
    assert split_name(f"{day}{between}{name}") == (str(day), name)


# Ends of what an essay's date may be, and an hour that comes twice.
_DAYS = (datetime(2, 1, 1), datetime(2025, 10, 26, 2), datetime(9998, 12, 1))  # noqa: DTZ001
_MOMENTS = st.builds(
    lambda day, minutes, fold: (day + timedelta(minutes=minutes)).replace(
        fold=fold, tzinfo=ZoneInfo("Europe/Berlin")
    ),
    st.sampled_from(_DAYS),
    st.integers(-2000, 2000),
    st.integers(0, 1),
)


@given(moments=st.lists(_MOMENTS, max_size=8))
def test_a_build_says_the_same_from_the_newest_essay_on(moments: list[datetime]) -> None:
    one = entry("", "posts/a.md", BERLIN)
    out = [replace(one, date=moment, status=Status.PUBLISHED) for moment in moments]
    newest = max((moment.timestamp() for moment in moments), default=-math.inf)
    assert window(out, NOW, drafts=False) == (newest, math.inf)
