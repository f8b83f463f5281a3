"""Whoever has a site can tell whether it is what was published, and who vouches for it."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from blogtools.app.verify import verified
from blogtools.model.diagnostic import UsageError
from tests.publishing.support import Blog, must_be_whole, serving, site


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of keys, as OpenSSL and OpenSSH make them."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("own", "other"):
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", folder / f"{name}.key")
        run(
            "openssl",
            "pkey",
            "-in",
            folder / f"{name}.key",
            "-pubout",
            "-out",
            folder / f"{name}.pub",
        )
    run("openssl", "genpkey", "-algorithm", "rsa", "-out", folder / "rsa.key")
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "ssh")
    return folder


def run(*command: str | Path) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def differences(place: Path | str, key: Path | None = None) -> list[str]:
    """Return what is said of a site."""
    return [f"{one.path} {one.message}" for one in verified(str(place), key).differences]


def rewrite(change: Callable[[dict[str, object]], object]) -> Callable[[Path], object]:
    """Return what changes a manifest."""

    def act(folder: Path) -> None:
        file = folder / "release.json"
        manifest = json.loads(file.read_text())
        change(manifest)
        file.write_text(json.dumps(manifest))

    return act


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (
            lambda to: (to / "index.html").write_text("x"),
            "index.html differs from what was published",
        ),
        (lambda to: (to / "feed.xml").unlink(), "feed.xml is missing"),
        (lambda to: (to / "evil.js").write_text("x"), "evil.js is not in the manifest"),
        (
            lambda to: (to / "index.html.br").write_text("x"),
            "index.html.br differs from what was published",
        ),
        (lambda to: (to / "release.intoto.jsonl").unlink(), "release.intoto.jsonl is missing"),
        (
            rewrite(lambda one: one.update(commit="d" * 40)),
            "release.intoto.jsonl is about another manifest",
        ),
        (
            rewrite(lambda one: one.update(digest="e" * 64)),
            "release.json has another digest than its files have together",
        ),
    ],
)
def test_each_file_that_differs_is_named(
    blog: Blog, damage: Callable[[Path], object], told: str
) -> None:
    blog.publish()
    assert differences(blog.to) == []
    damage(blog.to)
    assert told in differences(blog.to)


def test_a_site_is_verified_where_it_is_served(tmp_path: Path) -> None:
    blog = Blog(tmp_path, publish={"gone": {"posts/c/": "No"}, "redirects": {"old": "feed.xml"}})
    blog.publish()
    with serving(blog.to) as reader:
        url = f"http://127.0.0.1:{reader.port}/"
        assert differences(url) == []
        (blog.to / "posts/a/index.html").write_text("x")
        (blog.to / "feed.xml").unlink()
        assert differences(url) == [
            "feed.xml is missing",
            "posts/a/index.html differs from what was published",
        ]


@pytest.mark.parametrize(("private", "public"), [("own.key", "own.pub"), ("ssh", "ssh.pub")])
def test_a_signature_is_checked_with_the_public_key(
    blog: Blog, keys: Path, private: str, public: str
) -> None:
    blog.publish(key=keys / private)
    must_be_whole(blog.to, keys / public)
    assert differences(blog.to, keys / "other.pub") == [
        "release.intoto.jsonl is not signed with this key",
        "release.json.sig is not this key's over release.json",
    ]


def test_what_nobody_signed_is_not_taken_for_signed(blog: Blog, keys: Path) -> None:
    blog.publish()
    assert differences(blog.to, keys / "own.pub") == [
        "release.intoto.jsonl is not signed",
        "release.json.sig is missing",
    ]


def test_a_manifest_that_was_rewritten_is_not_the_signed_one(blog: Blog, keys: Path) -> None:
    blog.publish(key=keys / "own.key")
    rewrite(lambda one: one.update(engine="another"))(blog.to)
    assert "release.json.sig is not this key's over release.json" in differences(
        blog.to, keys / "own.pub"
    )


def test_others_can_check_the_signatures_without_this_engine(
    blog: Blog, keys: Path, tmp_path: Path
) -> None:
    blog.publish(key=keys / "own.key")
    envelope = json.loads((blog.to / "release.intoto.jsonl").read_text())
    kind, payload = envelope["payloadType"], base64.b64decode(envelope["payload"])
    signed = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    pairs = (
        (signed, envelope["signatures"][0]["sig"]),
        ((blog.to / "release.json").read_bytes(), blog.text("release.json.sig")),
    )
    for content, signature in pairs:
        (tmp_path / "content").write_bytes(content)
        (tmp_path / "signature").write_bytes(base64.b64decode(signature))
        said = run(
            *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", keys / "own.pub", "-rawin"),
            *("-in", tmp_path / "content", "-sigfile", tmp_path / "signature"),
        )
        assert b"Verified Successfully" in said


def test_the_statement_says_what_was_made_from_what(blog: Blog) -> None:
    (blog.root / "companions.lock").write_text("{}")
    manifest = blog.publish().manifest
    envelope = json.loads(blog.text("release.intoto.jsonl"))
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
    assert statement["subject"] == [{"name": "release.json", "digest": {"sha256": manifest.sha256}}]
    made = statement["predicate"]["buildDefinition"]
    assert made["externalParameters"]["release"] == manifest.release
    assert made["resolvedDependencies"] == [
        {"name": "source", "digest": {"gitCommit": "c" * 40}},
        {"name": "companions.lock", "digest": {"sha256": manifest.locks["companions.lock"]}},
    ]
    assert (
        statement["predicate"]["runDetails"]["builder"]["version"]["blogtools"] == manifest.engine
    )


def test_a_key_that_cannot_sign_stops_it_before_anything_is_published(
    blog: Blog, keys: Path
) -> None:
    for name, told in (
        ("rsa.key", "not of ed25519"),
        ("own.pub", "no private key"),
        ("none", "cannot be read"),
    ):
        with pytest.raises(UsageError, match=told):
            blog.publish(key=keys / name)
    assert not blog.to.exists()


def test_what_is_no_release_cannot_be_verified(blog: Blog) -> None:
    with pytest.raises(UsageError, match="has no manifest"):
        verified(str(blog.site), None)


def test_a_manifest_cannot_make_anybody_read_files_of_the_machine(
    blog: Blog, tmp_path: Path
) -> None:
    blog.publish()
    (tmp_path / "secret").write_text("x")
    rewrite(lambda one: one["files"].update({"../secret": "0" * 64}))(blog.to)  # type: ignore[attr-defined]
    assert "../secret is missing" in differences(blog.to)


def test_the_same_release_has_the_same_bytes(blog: Blog, tmp_path: Path) -> None:
    blog.publish()
    other = Blog(tmp_path / "other")
    other.build(site())
    other.publish()
    for name in ("release.json", "release.intoto.jsonl"):
        assert (blog.to / name).read_bytes() == (other.to / name).read_bytes()
