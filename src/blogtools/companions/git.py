"""Tags of git repositories as folders of source: read from git's objects, nothing of them is run.

Nothing is checked out, so no hook, filter or attribute of the repository or of the machine has a
say: the files are the bytes that were committed, on every machine.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from blogtools.companions.digests import source_digest
from blogtools.companions.kept import SOURCE, is_whole, scratch_in, settle
from blogtools.model.companion import FetchError, IntegrityError, Locked

#: What a reference and a guide are made of, and where a project describes itself.
_SUFFIXES = frozenset(
    """.py .pyi .md .markdown .svg .png .jpg .jpeg .gif .webp .avif .css""".split()
)
_NAMES = frozenset({"pyproject.toml"})
#: More than any guide has, and what a machine can still bear if a repository is a trap.
_MOST_BYTES = 256 * 1024 * 1024
_PATIENCE = 600
#: What would point git at another repository, as it does inside of a hook.
_POINTERS = frozenset(
    """GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR GIT_NAMESPACE
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_PREFIX GIT_SHALLOW_FILE GIT_GRAFT_FILE
    GIT_CEILING_DIRECTORIES""".split()
)
_MOVED = (
    "Find out why; if the new one is right, delete the entry and run `blogtools reference update`"
)
_REACHABLE = "Check the address, the network, and what git says to `git ls-remote`"


class _Blob(Struct, frozen=True):
    """A regular file of a commit."""

    path: str
    id: str
    size: int


def tags(repository: str) -> Mapping[str, str]:
    """Ask a repository for its tags.

    Args:
        repository: Its address, or its folder.

    Returns:
        The commit of each tag, by the tag's name.

    Raises:
        FetchError: The repository cannot be asked.
    """
    listed = _git("ls-remote", "--tags", "--", repository).decode(errors="replace")
    found: dict[str, str] = {}
    for line in listed.splitlines():
        commit, _, ref = line.partition("\trefs/tags/")
        # An annotated tag is an object of its own; its commit follows on the next line.
        found[ref.removesuffix("^{}")] = commit
    return found


def version_of(tag: str, template: str) -> str | None:
    """Return the version that a tag stands for, or None if tags of versions look otherwise."""
    before, _, after = template.partition("{version}")
    version = re.fullmatch(re.escape(before) + "([0-9A-Za-z].*)" + re.escape(after), tag)
    return version[1] if version else None


def resolve(locked: Locked, repository: str, cache_dir: Path) -> Locked:
    """Complete what is known of a tag and its commit; its files are kept.

    Args:
        locked: The entry, with tag and commit.
        repository: The repository's address, or its folder.
        cache_dir: Where source is kept.

    Raises:
        FetchError: The commit cannot be had.
    """
    with scratch_in(cache_dir) as scratch:
        home, repo = home_of(locked, cache_dir), _holding(locked, repository, Path(scratch))
        moment = _git("show", "--no-patch", "--format=%ct", locked.commit, "--", repo=repo)
        found = _keep(locked, repo, Path(scratch), home)
    return replace(found, uploaded=datetime.fromtimestamp(int(moment), UTC).date().isoformat())


def fetch(locked: Locked, repository: str, cache_dir: Path) -> Path:
    """Return the files of a locked commit, taken from its repository if they are not there yet.

    Two processes may do this at once: each works aside, and the first result stays.

    Args:
        locked: The commit, and the digest that its Python files must have.
        repository: The repository's address, or its folder.
        cache_dir: Where source is kept, one folder for each commit.

    Raises:
        FetchError: The commit cannot be had, or is not what the lock says.
    """
    home = home_of(locked, cache_dir)
    if not is_whole(home, locked):
        with scratch_in(cache_dir) as scratch:
            _keep(locked, _holding(locked, repository, Path(scratch)), Path(scratch), home)
    return home / SOURCE


def is_fetched(locked: Locked, cache_dir: Path) -> bool:
    """Return whether a commit's files are there, so that no repository is needed."""
    return is_whole(home_of(locked, cache_dir), locked)


def names(source: Path) -> frozenset[str]:
    """Return the paths of all files of a fetched commit, also of those that were left out."""
    return frozenset((source / _LIST).read_text("utf-8").splitlines())


#: Lies among the files, of which none is called so.
_LIST = ".blogtools-files"


def top(folder: Path) -> Path:
    """Return the top folder of the repository that a folder lies in, or the folder itself."""
    return next((f for f in (folder, *folder.parents) if (f / ".git").exists()), folder)


def home_of(locked: Locked, cache_dir: Path) -> Path:
    """Return the folder in which a commit's files are kept."""
    return cache_dir / f"git-{locked.commit}"


def _holding(locked: Locked, repository: str, scratch: Path) -> Path:
    """Return a repository that has the commit: the one that is meant, or a copy of that one commit.

    Raises:
        FetchError: The commit cannot be had.
    """
    if Path(repository).is_dir() and _has(Path(repository), locked.commit):
        return Path(repository)
    copy = scratch / "repository"
    _git("init", "--quiet", "--bare", "--", str(copy))
    # Of a clone that lacks the commit, such as a pipeline's shallow one, its origin may have it.
    origins = [repository, *([_origin(Path(repository))] if Path(repository).is_dir() else [])]
    moved, failure = False, FetchError("nobody was asked")
    for origin in filter(None, origins):
        # The commit itself, since tags can be moved; not every server gives one by its id.
        for ref in (locked.commit, f"refs/tags/{locked.tag}"):
            try:
                _git("fetch", "--quiet", "--depth=1", "--no-tags", "--", origin, ref, repo=copy)
            except FetchError as failed:
                failure = failed
                continue
            if _has(copy, locked.commit):
                return copy
            moved = True
    if moved:
        message = f"The tag {locked.tag} is not the commit {locked.commit[:12]} that is locked"
        raise IntegrityError(f"{message} for {locked.name} {locked.version}", _MOVED)
    label = f"{locked.name} {locked.version}"
    raise FetchError(f"{label} cannot be fetched: {failure.message}", failure.hint)


def _has(repo: Path, commit: str) -> bool:
    try:
        _git("cat-file", "-e", f"{commit}^{{commit}}", repo=repo)
    except FetchError:
        return False
    return True


def _origin(repo: Path) -> str:
    try:
        return _git("remote", "get-url", "origin", repo=repo).decode(errors="replace").strip()
    except FetchError:
        return ""


def _keep(locked: Locked, repo: Path, scratch: Path, home: Path) -> Locked:
    """Write a commit's files aside, check them, and put them where they are looked for."""
    draft = scratch / "draft"
    source = draft / SOURCE
    source.mkdir(parents=True)
    blobs = list(_blobs(repo, locked.commit))
    wanted = [blob for blob in blobs if _is_wanted(PurePosixPath(blob.path))]
    if sum(blob.size for blob in wanted) > _MOST_BYTES:
        reason = f"{locked.name} {locked.version} has more than {_MOST_BYTES >> 20} MiB of source"
        raise IntegrityError(reason, "Lock another version, or document a part of it")
    for blob, content in zip(wanted, _contents(repo, wanted), strict=True):
        file = source / blob.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    digest = source_digest(source)
    if locked.sha256 not in ("", digest):
        reason = f"The source of {locked.name} {locked.version} is not the one that is locked"
        raise IntegrityError(
            reason, "Restore the lock, or delete the entry and run `blogtools reference update`"
        )
    listed = "".join(f"{blob.path}\n" for blob in blobs)
    (source / _LIST).write_text(listed, encoding="utf-8", newline="\n")
    found = replace(locked, sha256=digest)
    settle(draft, found, scratch, home)
    return found


def _blobs(repo: Path, commit: str) -> Iterator[_Blob]:
    """Yield the regular files of a commit; links and other repositories in it are left out."""
    listed = _git("ls-tree", "-r", "-z", "--long", "--full-tree", commit, "--", repo=repo)
    for entry in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, path = entry.partition("\t")
        mode, kind, blob, size = facts.split()
        if kind == "blob" and mode.startswith("100") and _is_safe(path):
            yield _Blob(path, blob, int(size))


def _is_safe(path: str) -> bool:
    """Return whether a path stays inside the folder that it is written into, on any system."""
    parts = path.split("/")
    odd = any(part.lower() in ("", ".", "..", ".git", _LIST) for part in parts)
    return not odd and path.isprintable() and not re.search(r"[\\:]", path)


def _is_wanted(path: PurePosixPath) -> bool:
    return path.suffix.lower() in _SUFFIXES or path.name in _NAMES


def _contents(repo: Path, blobs: list[_Blob]) -> Iterator[bytes]:
    """Yield the content of files, as it was committed."""
    asked = "".join(f"{blob.id}\n" for blob in blobs).encode()
    answer = _git("cat-file", "--batch", repo=repo, said=asked)
    place = 0
    for blob in blobs:
        place = answer.index(b"\n", place) + 1
        yield answer[place : place + blob.size]
        place += blob.size + 1


def _git(*arguments: str, repo: Path | None = None, said: bytes = b"") -> bytes:
    """Run git and return what it says.

    Raises:
        FetchError: It failed.
    """
    where = ["-C", str(repo)] if repo else []
    quiet = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    environment = {k: v for k, v in os.environ.items() if k not in _POINTERS} | quiet
    try:
        done = subprocess.run(
            ["git", *where, *arguments],
            env=environment,
            input=said,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        reason = f"git had no result after {_PATIENCE // 60} minutes"
        raise FetchError(reason, _REACHABLE) from slow
    except OSError as failed:
        reason = f"git cannot be started ({failed.strerror})"
        raise FetchError(reason, "Install git") from failed
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
        raise FetchError(f"git says: {lines[0].removeprefix('fatal: ')[:300]}", _REACHABLE)
    return done.stdout
