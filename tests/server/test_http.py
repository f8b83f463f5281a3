"""The dev server over real HTTP, on a port of its own."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Collection
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import pytest

import blogtools.app.serve
from blogtools.app.serve import BuildResult
from blogtools.model.diagnostic import UsageError
from blogtools.server.running import listen

HEAD = "<!doctype html><title>t</title><body>"


def test_a_page_is_served_with_the_script_and_stays_as_it_is_on_disk(
    blog: Any, serving: Any
) -> None:
    blog.write("index.html", f"{HEAD}<p>hello</body></html>")
    with serving() as client:
        reply = client.ask("/")
        assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert reply.headers["cache-control"] == "no-store"
        assert reply.text.startswith(f'{HEAD}<p>hello<script src="/__blogtools__/client.js" data-')
        assert reply.text.endswith(" defer></script></body></html>")
    site = blog.reports.get(timeout=1).site
    assert (site / "index.html").read_text() == f"{HEAD}<p>hello</body></html>"


def test_a_page_without_the_end_of_a_body_gets_the_script_too(blog: Any, serving: Any) -> None:
    blog.write("index.html", "<p>hello")
    with serving() as client:
        assert client.ask("/").text.startswith("<p>hello<script ")


def test_the_site_is_made_searchable_when_somebody_searches(blog: Any, serving: Any) -> None:
    asked = []

    def index(site: Path) -> Path:
        asked.append(site)
        folder: Path = blog.root / "index"
        folder.mkdir(exist_ok=True)
        (folder / "shards.json").write_text(f"[{len(asked)}]")
        return folder

    blog.write("index.html", HEAD)
    with serving(base="/blog/", index=index) as client:
        assert client.ask("/blog/").status == 200
        assert client.ask("/blog/pagefind/pagefind.js").status == 404
        assert asked == []
        assert client.ask("/blog/pagefind/shards.json").text == "[1]"
        assert client.ask("/blog/pagefind/shards.json").text == "[2]"
        assert client.ask("/blog/pagefind/../index.html").status == 404
    assert {(site / "index.html").is_file() for site in asked} == {True}


def test_why_there_is_no_search_is_told(blog: Any, serving: Any) -> None:
    def index(_: Path) -> Path:
        raise UsageError("there is no Pagefind")

    with serving(index=index) as client:
        reply = client.ask("/pagefind/shards.json")
        assert (reply.status, reply.text) == (503, "there is no Pagefind")


def test_the_script_is_served(blog: Any, serving: Any) -> None:
    with serving() as client:
        reply = client.ask("/__blogtools__/client.js")
        assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
        assert "EventSource" in reply.text
        assert client.ask("/__blogtools__/other").status == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.css", "text/css; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.svg", "image/svg+xml"),
        ("a.PNG", "image/png"),
        ("a.avif", "image/avif"),
        ("a.woff2", "font/woff2"),
        ("feed.xml", "application/xml"),
        ("feed.json", "application/json"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("sitemap.xml.gz", "application/gzip"),
        ("objects.inv", "application/octet-stream"),
        ("CNAME", "application/octet-stream"),
    ],
)
def test_files_are_served_unchanged_with_their_type(
    blog: Any, serving: Any, name: str, kind: str
) -> None:
    blog.write(name, b"</body>\x00\xff")
    with serving() as client:
        reply = client.ask(f"/{name}")
        assert (reply.status, reply.headers["content-type"]) == (200, kind)
        assert reply.headers["cache-control"] == "no-store"
        assert reply.body == b"</body>\x00\xff"


def test_a_file_that_is_replaced_again_and_again_is_always_sent_whole(
    blog: Any, serving: Any
) -> None:
    blog.write("feed.xml", "0.")
    ended = threading.Event()
    with serving() as client:
        site = blog.root / "sites/0"

        def replace_on() -> None:
            for number in itertools.cycle(range(1, 2000)):
                if ended.is_set():
                    return
                new = site / "new"
                new.write_text("1" * number + ".")
                new.replace(site / "feed.xml")

        writer = threading.Thread(target=replace_on)
        writer.start()
        try:
            for _ in range(300):
                text = client.ask("/feed.xml").text
                assert text == text[0] * (len(text) - 1) + "."
        finally:
            ended.set()
            writer.join()


def test_a_part_of_a_film_can_be_asked_for(blog: Any, serving: Any) -> None:
    blog.write("film.mp4", b"0123456789")
    with serving() as client:
        reply = client.ask("/film.mp4", range="bytes=2-4")
        assert (reply.status, reply.body) == (206, b"234")


def test_a_folder_is_redirected_to_its_slash_and_serves_its_index(blog: Any, serving: Any) -> None:
    blog.write("posts/größe/index.html", "<p>size")
    with serving() as client:
        reply = client.ask("/posts/gr%C3%B6%C3%9Fe?a=b&c")
        assert reply.status == 302
        assert reply.headers["location"] == "/posts/gr%C3%B6%C3%9Fe/?a=b&c"
        assert client.ask(reply.headers["location"]).text.startswith("<p>size")


def test_a_folder_without_a_page_is_not_found(blog: Any, serving: Any) -> None:
    blog.write("images/a.png", b"x")
    with serving() as client:
        assert [client.ask(path).status for path in ("/images", "/images/", "/")] == [404] * 3


def test_what_is_missing_gets_the_sites_own_404_page(blog: Any, serving: Any) -> None:
    blog.write("404.html", "<p>lost</body>")
    with serving() as client:
        reply = client.ask("/nothing/here/")
        assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert reply.text.startswith("<p>lost<script ")


def test_what_is_missing_is_said_safely_where_the_site_has_no_404_page(
    blog: Any, serving: Any
) -> None:
    with serving() as client:
        reply = client.ask("/%3Cscript%3Ealert(1)%3C/script%3E")
        assert reply.status == 404
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in reply.text
        assert "<script>alert" not in reply.text


SECRET = "the secret"


@pytest.mark.parametrize(
    "path",
    [
        "/../../../secret.txt",
        "/%2e%2e/%2e%2e/%2e%2e/secret.txt",
        "/posts/..%2f..%2f..%2f..%2fsecret.txt",
        "/..%5c..%5csecret.txt",
        "//secret.txt",
        "/{root}/secret.txt",
        "/{root_quoted}%2Fsecret.txt",
        "/link.txt",
        "/linked/secret.txt",
        "/linked/",
        "/a%00.txt",
        "/%ff%fe",
        "/x%0aSet-Cookie:%20a",
        "/" + "a" * 300,
        "/./index.html",
        "/index.html/",
        "/posts//index.html",
    ],
)
def test_nothing_outside_of_the_site_is_served(blog: Any, serving: Any, path: str) -> None:
    blog.write("index.html", "<p>home")
    blog.write("posts/index.html", "<p>posts")
    (blog.root / "secret.txt").write_text(SECRET)
    (blog.root / "private").mkdir()
    (blog.root / "private/index.html").write_text(SECRET)
    (blog.root / "private/secret.txt").write_text(SECRET)
    real = blog.rebuild

    def with_links() -> Any:
        result = real()
        (result.site / "link.txt").symlink_to(blog.root / "secret.txt")
        (result.site / "linked").symlink_to(blog.root / "private")
        return result

    blog.rebuild = with_links
    root = str(blog.root)
    with serving() as client:
        reply = client.ask(path.format(root=root, root_quoted=root.replace("/", "%2F")))
        assert reply.status == 404
        assert SECRET not in reply.text


def test_a_redirect_never_leads_to_another_host(blog: Any, serving: Any) -> None:
    blog.write("evil.example/index.html", "<p>mine")
    with serving() as client:
        assert client.ask("//evil.example").status == 404
        assert client.ask("/evil.example").headers["location"] == "/evil.example/"


def test_other_methods_are_refused_and_head_has_no_body(blog: Any, serving: Any) -> None:
    blog.write("index.html", "<p>home")
    blog.write("a.txt", "text")
    with serving() as client:
        assert client.ask("/", "POST").status == 405
        for path in ("/", "/a.txt", "/__blogtools__/events"):
            reply = client.ask(path, "HEAD")
            assert (reply.status, reply.body) == (200, b"")


def test_another_hosts_name_is_not_answered(blog: Any, serving: Any) -> None:
    blog.write("index.html", "<p>a draft")
    with serving() as client:
        for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "[", ""):
            assert client.ask("/", host=host).status == 403
        for host in ("localhost:1", "127.0.0.1", "blog.localhost:8000", "[::1]:80"):
            assert client.ask("/", host=host).status == 200


def test_a_site_below_a_path_is_served_there(blog: Any, serving: Any) -> None:
    blog.write("index.html", "<p>home")
    blog.write("posts/a/index.html", "<p>essay")
    with serving(base="/my-blog") as client:
        assert client.url.endswith("/my-blog/")
        for path in ("/", "/my-blog"):
            reply = client.ask(f"{path}?q=1")
            assert (reply.status, reply.headers["location"]) == (302, "/my-blog/?q=1")
        assert client.ask("/my-blog/").text.startswith("<p>home")
        assert client.ask("/my-blog/posts/a").headers["location"] == "/my-blog/posts/a/"
        assert client.ask("/my-blog/posts/a/").text.startswith("<p>essay")
        assert client.ask("/posts/a/").status == 404
        assert client.ask("/my-blogs/").status == 404


def test_the_news_come_at_once_and_again_within_two_seconds(blog: Any, serving: Any) -> None:
    blog.write("index.html", "<p>one")
    with serving() as client, client.news() as news:
        first = news()["shown"]
        assert f'data-shown="{first}"' in client.ask("/").text
        blog.write("index.html", "<p>two")
        second = news()["shown"]
        assert second != first
        reply = client.ask("/").text
        assert reply.startswith("<p>two")
        assert f'data-shown="{second}"' in reply


def test_two_browsers_hear_the_same(blog: Any, serving: Any) -> None:
    blog.write("index.html", "<p>one")
    with serving() as client, client.news() as one, client.news() as other:
        assert one() == other()
        blog.write("index.html", "<p>two")
        assert one() == other()


def test_a_failed_build_is_told_and_the_last_good_page_stays(blog: Any, serving: Any) -> None:
    blog.write("index.html", "<p>good")
    with serving() as client, client.news() as news:
        good = news()
        blog.write("bad.html", "BROKEN <b>very</b>")
        assert news() == {
            "shown": good["shown"],
            "error": "",
            "problems": [
                {"where": "posts/bad.html:4:13", "message": "<b>very</b>", "hint": "Mend it"}
            ],
            "more": 0,
        }
        assert client.ask("/").text.startswith("<p>good")
        (blog.posts / "bad.html").unlink()
        mended = news()
        assert mended["problems"] == []
        assert mended["shown"] != good["shown"]


def test_without_any_good_build_every_page_says_why(blog: Any, serving: Any) -> None:
    blog.write("index.html", "BROKEN <img src=x onerror=alert(1)>")
    with serving() as client, client.news() as news:
        before = news()["shown"]
        reply = client.ask("/posts/any/")
        assert reply.status == 503
        assert 'role="alert"' in reply.text
        assert "<code>posts/index.html:4:13</code>" in reply.text
        assert "&lt;img src=x onerror=alert(1)&gt;" in reply.text
        assert "<img" not in reply.text
        assert f'data-shown="{before}"' in reply.text
        blog.write("index.html", "<p>mended")
        assert news()["shown"] != before
        assert client.ask("/").text.startswith("<p>mended")


def test_a_thousand_problems_are_counted_but_not_all_sent(blog: Any, serving: Any) -> None:
    for number in range(120):
        blog.write(f"{number}.html", "BROKEN")
    with serving() as client, client.news() as news:
        told = news()
        assert (len(told["problems"]), told["more"]) == (100, 20)


def test_a_reader_waits_for_the_first_build(blog: Any, serving: Any) -> None:
    blog.write("index.html", "<p>home")
    build, begun, gate = blog.rebuild, threading.Event(), threading.Event()

    def slow() -> Any:
        begun.set()
        assert gate.wait(5)
        return build()

    blog.rebuild = slow
    with serving(wait=False) as client, client.news() as news:
        assert begun.wait(5)
        threading.Timer(0.2, gate.set).start()
        assert client.ask("/").text.startswith("<p>home")
        assert news()["problems"] == []


@pytest.mark.parametrize("patient", [True, False], ids=["soon", "late"])
def test_a_reader_who_asks_during_a_quick_look_is_shown_what_comes_of_it_if_that_is_soon(
    blog: Any, serving: Any, monkeypatch: pytest.MonkeyPatch, patient: bool
) -> None:
    file = blog.write("a.html", "<p>old")
    begun, gate = threading.Event(), threading.Event()
    monkeypatch.setattr(blogtools.app.serve, "SOON", 5.0 if patient else 0.01)

    def look(touched: Collection[Path]) -> BuildResult | None:
        if not touched:
            return None
        begun.set()
        assert gate.wait(5)
        built: BuildResult = blog.rebuild()
        return built

    with serving(quick_look=look) as client:
        before = client.ask("/a.html").text
        file.write_text("<p>new")
        assert begun.wait(5)
        if patient:
            threading.Timer(0.2, gate.set).start()
        assert client.ask("/a.html").text[:6] == ("<p>new" if patient else before[:6])
        gate.set()


def test_a_server_that_stops_sends_readers_away(blog: Any, serving: Any) -> None:
    gate = threading.Event()
    blog.rebuild = lambda: gate.wait(5)
    try:
        with serving(wait=False) as client:
            connection = client.connect()
            connection.request("GET", "/")
            time.sleep(0.2)  # Until it waits there for the first build.
        assert connection.getresponse().status == 503
        connection.close()
    finally:
        gate.set()


def test_a_second_server_on_a_port_is_told_the_way_out(blog: Any, serving: Any) -> None:
    with serving() as client:
        port = int(client.url.split(":")[2].strip("/"))
        with pytest.raises(UsageError, match=rf"port {port} .* already in use; .*--port"):
            listen("127.0.0.1", port)
    # And the port is free again at once, also for a server of the same number.
    listen("127.0.0.1", port).close()


@pytest.mark.parametrize("port", [70000, -1])
def test_an_impossible_port_is_wrong_usage(port: int) -> None:
    with pytest.raises(UsageError, match="--port"):
        listen("127.0.0.1", port)


def test_the_reports_come_in_order(blog: Any, serving: Any) -> None:
    blog.write("index.html", "<p>one")
    with serving() as client, client.news() as news:
        news()
        blog.write("index.html", "BROKEN")
        news()
    reports: Queue[Any] = blog.reports
    assert [reports.get(timeout=1).site is None for _ in range(2)] == [False, True]


def test_a_server_that_stops_hangs_up_on_a_reader_who_takes_nothing(
    blog: Any, serving: Any
) -> None:
    blog.write("large.bin", bytes(40_000_000))
    with serving() as client:
        address = urlsplit(client.url)
        reader = socket.create_connection((address.hostname, address.port), timeout=5)
        reader.sendall(b"GET /large.bin HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert reader.recv(100).startswith(b"HTTP/1.1 200")
        # Nothing more is read: the server's buffers are full, and no reply can end in good order.
    with reader:
        assert sum(iter(lambda: len(reader.recv(1_000_000)), 0)) < 40_000_000
