from __future__ import annotations

import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.gates.environments import package, pretended
from tests.gates.judged import hold, write
from tests.gates.schemas import must_be_code_quality, must_be_security

LOCK = "good==1.0 \\\n    --hash=sha256:aa\n# a comment\nWeak_Thing==2.3\n"


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def advisory(name: str, package: str, fixed: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "modified": days_ago(1),
        "summary": "Anybody may do anything.",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": package},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}
                ],
            }
        ],
        **more,
    }


WEAK = advisory(
    "GHSA-aaaa", "weak-thing", "2.4", aliases=["CVE-2026-1"], database_specific={"severity": "LOW"}
)
TWIN = advisory("PYSEC-2026-1", "Weak.Thing", "2.4", aliases=["CVE-2026-1"])
OTHER = advisory("PYSEC-2026-2", "good", "1.0")
ALL = {"weak/a.json": WEAK, "weak/b.json": TWIN, "good.json": OTHER}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {f"data/{name}": json.dumps(one) for name, one in ALL.items()}
    return write(tmp_path / "project", {"requirements.txt": LOCK, **files})


OPTIONS = ("--requirements", "requirements.txt", "--source", "data")


def test_a_vulnerable_pin_is_found_at_its_line_once(project: Path) -> None:
    came = hold("audit", project, *OPTIONS)

    assert came.code == 1
    assert came.found() == [("requirements.txt", 4, "GHSA-aaaa")]
    assert "weak-thing 2.3 is vulnerable: Anybody may do anything. Update it to 2.4" in came.said
    assert "The vulnerability data is 1.0 days old" in came.said
    report = came.report("gl-dependency-scanning-report.json")
    must_be_security(report, "dependency_scanning")
    [found] = report["vulnerabilities"]
    assert found["severity"] == "Low"
    assert {one["value"] for one in found["identifiers"]} == {
        "GHSA-aaaa",
        "PYSEC-2026-1",
        "CVE-2026-1",
    }
    [file] = report["dependency_files"]
    assert [one["package"]["name"] for one in file["dependencies"]] == ["good", "weak-thing"]
    must_be_code_quality(came.report("gl-code-quality-audit.json"))


def test_every_locked_dependency_is_accounted_for(project: Path) -> None:
    write(project, {"requirements.txt": LOCK.replace("2.3", "2.4")})

    came = hold("audit", project, *OPTIONS)

    assert came.code == 0, came.said
    assert came.verdict["scanned"] == {"number": 2, "what": "dependencies"}
    assert came.verdict["figures"]["looked up"] == 2
    assert came.verdict["figures"]["advisories on Python packages"] == 3


@pytest.mark.parametrize(
    "line",
    [
        "good",
        "good>=1",
        "good==1.*",
        "good==1,<2",
        "good @ https://example.com/good-1.0.tar.gz",
        "git+https://example.com/good.git@main#egg=good",
        "-e ./good",
        "--editable ./good",
        "./good-1.0.tar.gz",
    ],
)
def test_what_cannot_be_looked_up_fails(project: Path, line: str) -> None:
    write(project, {"requirements.txt": f"fine==1\n{line}\n"})

    came = hold("audit", project, *OPTIONS)

    assert came.found() == [("requirements.txt", 2, "audit/not-pinned")]
    assert came.verdict["figures"]["looked up"] == 1


def test_locks_may_include_others_and_be_of_the_newer_kind(project: Path) -> None:
    lock = (
        'lock-version = "1.0"\ncreated-by = "x"\n\n[[packages]]\nname = "good"\nversion = "1.0"\n'
        '\n[[packages]]\nname = "weak-thing"\nversion = "2.3"\nmarker = "os_name == \'nt\'"\n'
    )
    write(project, {"pylock.toml": lock, "more.txt": "-r requirements.txt\nthird==3\n"})

    came = hold("audit", project, "--source", "data", "--requirements", "pylock.toml")
    assert came.found() == [("pylock.toml", 9, "GHSA-aaaa")]
    came = hold("audit", project, "--source", "data", "--requirements", "more.txt")
    assert came.found() == [("requirements.txt", 4, "GHSA-aaaa")]
    assert came.verdict["scanned"]["number"] == 3


def test_without_a_lock_everything_that_is_installed_is_looked_up(
    project: Path, tmp_path: Path
) -> None:
    write(
        project, {"pyproject.toml": '[project]\nname = "a"\ndependencies = [\n "weak.thing"\n]\n'}
    )
    python = pretended(tmp_path / "env", package("weak_thing", "2.3"), package("good", "1"))

    came = hold("audit", project, "--source", "data", "--python", str(python))

    assert came.found() == [("pyproject.toml", 4, "GHSA-aaaa")]
    assert came.verdict["scanned"]["number"] == 2


def test_the_threshold_is_an_option_and_what_nobody_has_weighed_is_above_it(
    project: Path,
) -> None:
    assert hold("audit", project, *OPTIONS, "--severity", "high").code == 0

    write(project, {"data/weak/a.json": json.dumps(OTHER)})
    assert hold("audit", project, *OPTIONS, "--severity", "critical").code == 1


def test_a_vulnerability_is_accepted_with_a_reason_until_a_day(project: Path) -> None:
    entry = (
        '[[tool.blogtools.gates.audit.accepted]]\nid = "CVE-2026-1"\npackage = "weak_thing"\n'
        'reason = "We never call it."\nexpires = {}\n'
    )
    write(project, {"pyproject.toml": entry.format("2999-01-01")})
    came = hold("audit", project, *OPTIONS)
    assert came.code == 0
    assert "does not count: We never call it." in came.said

    write(project, {"pyproject.toml": entry.format("2020-01-01")})
    came = hold("audit", project, *OPTIONS)
    assert came.code == 1
    assert "it counts again" in came.said


def test_data_that_is_too_old_is_no_pass(project: Path) -> None:
    for name, one in ALL.items():
        write(project, {f"data/{name}": json.dumps({**one, "modified": days_ago(30)})})

    hold("audit", project, *OPTIONS).must_be_broken("30.0 days old, and 7.0 days are allowed")
    assert hold("audit", project, *OPTIONS, "--max-age", "31").code == 1


def test_data_of_days_to_come_is_no_pass(project: Path) -> None:
    write(project, {"data/good.json": json.dumps({**OTHER, "modified": days_ago(-30)})})

    hold("audit", project, *OPTIONS).must_be_broken("which is to come")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"data/weak/a.json": ""}, "reported nothing"),
        ({"data/weak/a.json": "{"}, "the advisory weak/a.json cannot be read"),
        ({"data/weak/a.json": "{}"}, "missing required field `id`"),
        ({"data/weak/a.json": '{"id": "A", "modified": "today"}'}, "cannot be read"),
        ({"data/a.yaml": "id: ["}, "The advisory a.yaml cannot be read"),
        ({"data/a.yaml": "id: A"}, "missing required field `modified`"),
    ],
)
def test_data_that_is_damaged_is_no_pass(project: Path, files: dict[str, str], words: str) -> None:
    write(project, files)

    hold("audit", project, *OPTIONS).must_be_broken(words)


def test_data_that_is_not_there_or_on_something_else_is_no_pass(project: Path) -> None:
    lock = OPTIONS[:2]
    hold("audit", project, *lock).must_be_broken("There is no vulnerability data")
    hold("audit", project, *lock, "--source", "none").must_be_broken("is not there: none")
    (project / "empty").mkdir()
    hold("audit", project, *lock, "--source", "empty").must_be_broken("holds no advisory")
    text = json.dumps(WEAK).replace("PyPI", "npm")
    write(project, {"npm/a.json": text, "a.zip": "PK, but not really"})
    hold("audit", project, *lock, "--source", "npm").must_be_broken("holds no advisory")
    hold("audit", project, *lock, "--source", "a.zip").must_be_broken("no archive that can be read")


def test_advisories_may_be_yaml_as_the_python_community_keeps_them(project: Path) -> None:
    write(
        project,
        {
            "yaml/vulns/weak/PYSEC-1.yaml": "id: PYSEC-1\n"
            f"modified: {days_ago(2)}\n"
            "details: |\n  Anybody may do anything.\n  And more.\n"
            "affected:\n- package: {ecosystem: PyPI, name: weak-thing}\n"
            "  ranges:\n  - type: ECOSYSTEM\n    events: [{introduced: '0'}, {fixed: '2.4'}]\n"
            "  versions: ['2.3']\n"
        },
    )

    came = hold("audit", project, *OPTIONS[:2], "--source", "yaml")

    assert came.found() == [("requirements.txt", 4, "PYSEC-1")]
    assert "Anybody may do anything" in came.said


def zipped(path: Path) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        for one in (WEAK, TWIN, OTHER):
            archive.writestr(f"{one['id']}.json", json.dumps(one))
    return path.read_bytes()


Answer = Callable[[str, dict[str, Any]], tuple[int, bytes]]


@contextmanager
def serving(answer: Answer, headers: dict[str, str] | None = None) -> Iterator[str]:
    """Serve on this machine alone, as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._answer(json.loads(self.rfile.read(length)))

        def _answer(self, asked: dict[str, Any]) -> None:
            code, body = answer(self.path, asked)
            self.send_response_only(code)
            for name, value in (headers or {"Date": format_datetime(datetime.now(UTC))}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            # Whoever asked may have been stopped in the meantime.
            with suppress(BrokenPipeError):
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def osv(path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
    """Answer as OSV does, the second advisory on a second page."""
    if path.startswith("/v1/vulns/"):
        known = {one["id"]: one for one in ALL.values()}
        return 200, json.dumps(known[path.rpartition("/")[2]]).encode()
    results: list[dict[str, Any]] = []
    for query in asked["queries"]:
        name, version = query["package"]["name"], query["version"]
        if (name, version) == ("jinja2", "2.4.1"):
            results.append({"vulns": [{"id": "OLD", "modified": days_ago(999)}]})
        elif (name, version) == ("weak-thing", "2.3") and "page_token" not in query:
            results.append({"vulns": [{"id": "GHSA-aaaa"}], "next_page_token": "more"})
        elif name == "weak-thing":
            results.append({"vulns": [{"id": "PYSEC-2026-1"}]})
        else:
            results.append({})
    return 200, json.dumps({"results": results}).encode()


def test_a_service_is_asked_for_every_dependency(project: Path) -> None:
    with serving(osv) as address:
        came = hold("audit", project, *OPTIONS[:2], "--source", address)

    assert came.found() == [("requirements.txt", 4, "GHSA-aaaa")]
    assert len(came.verdict["findings"][0]["identifiers"]) == 3
    assert came.verdict["figures"]["age in days"] == 0
    assert address in came.said


def test_a_service_has_the_last_word_on_what_it_finds(project: Path) -> None:
    def answer(path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        if asked:
            return osv(path, asked)
        fixed_long_ago = advisory(path.rpartition("/")[2], "weak-thing", "0.1")
        return 200, json.dumps(fixed_long_ago).encode()

    with serving(answer) as address:
        came = hold("audit", project, *OPTIONS[:2], "--source", address)

    assert came.found() == [
        ("requirements.txt", 4, "GHSA-aaaa"),
        ("requirements.txt", 4, "PYSEC-2026-1"),
    ]


def test_an_archive_may_be_a_file_or_an_address(project: Path) -> None:
    body = zipped(project / "all.zip")
    lock = OPTIONS[:2]

    assert hold("audit", project, *lock, "--source", "all.zip").code == 1
    with serving(lambda path, asked: (200, body)) as address:
        came = hold("audit", project, *lock, "--source", f"{address}/all.zip")
    assert came.found() == [("requirements.txt", 4, "GHSA-aaaa")]


def silent(path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
    return 200, json.dumps({"results": [{} for _ in asked["queries"]]}).encode()


def hanging(path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
    time.sleep(3)
    return 200, b""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (silent, "knows nothing of jinja2 2.4.1"),
        (lambda path, asked: (200, b""), "reported nothing at all"),
        (lambda path, asked: (200, b"<html>"), "cannot be read"),
        (lambda path, asked: (200, b"{}"), "missing required field `results`"),
        (lambda path, asked: (200, b'{"results": [{}]}'), "gives 1 answers to 3 questions"),
        (lambda path, asked: (503, b"later"), "HTTP Error 503"),
        (
            lambda path, asked: osv(path, asked) if asked else (200, b"{}"),
            "missing required field `id`",
        ),
        (hanging, "the time limit of 1 seconds is over"),
    ],
)
def test_a_service_that_cannot_be_believed_is_no_pass(
    project: Path, answer: Answer, words: str
) -> None:
    limit = ("--time-limit", "1") if answer is hanging else ()
    with serving(answer) as address:
        came = hold("audit", project, *OPTIONS[:2], "--source", address, *limit)

    came.must_be_broken(words)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Date": format_datetime(datetime.now(UTC) - timedelta(days=9))}, "9.0 days old"),
        ({"Age": str(8 * 24 * 60 * 60)}, "8.0 days old"),
        ({"Date": "yesterday"}, "date or age is none"),
    ],
)
def test_an_answer_that_somebody_has_kept_for_too_long_is_no_pass(
    project: Path, headers: dict[str, str], words: str
) -> None:
    with serving(osv, headers) as address:
        came = hold("audit", project, *OPTIONS[:2], "--source", address)

    came.must_be_broken(words)


def test_a_service_that_is_gone_is_no_pass(project: Path) -> None:
    with serving(osv) as address:
        pass

    hold("audit", project, *OPTIONS[:2], "--source", address).must_be_broken("No answer from")


def test_nothing_that_is_locked_is_no_pass(project: Path) -> None:
    write(project, {"requirements.txt": "# nothing\n"})

    hold("audit", project, *OPTIONS).must_be_broken("names no dependency")
