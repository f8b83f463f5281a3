"""The store: what was computed once, by the digest of all that it was computed from.

One SQLite file, which may be deleted at any time. SQLite keeps it whole when a build is killed and
lets several builds use it; every value carries a digest of itself and its key, so that a damaged or
misplaced one is a value that is not there. Nothing in it is ever executed: it may come from another
machine.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from blogtools.model.digest import SIZE, hasher

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: A part of a ledger: its name, and its bytes.
Part = tuple[str, bytes]

#: The form of the file; one of another form is not read.
VERSION = 6
# At once: whoever finds the version may take the tables for granted.
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS objects (
    key BLOB PRIMARY KEY, value BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS ledgers (
    name TEXT, part TEXT, value BLOB NOT NULL, PRIMARY KEY (name, part)
);
PRAGMA user_version = {VERSION};
COMMIT;
"""
# Seconds that a build waits for another one that is just writing.
_PATIENCE = 30.0
# Seconds after which it asks again.
_PAUSE = 0.01
# How many values are written at once; others can write in between.
_BATCH = 256
# Fast, and a third of the size. One for all values: to begin takes as long as a small value takes.
_COMPRESSOR = zstd.ZstdCompressor(1)


class Store:
    """Values by key. A store that cannot be used holds nothing, and says why.

    The file is made when the first value is written.

    Attributes:
        trouble: Why values are not kept, in words; empty if all is well.
        said: What else there is to say of it, each once.
    """

    def __init__(self, file: Path, *, writable: bool = True, beneath: Store | None = None) -> None:
        """Take the file.

        Args:
            file: Where values are kept.
            writable: Whether it takes values, and does not only give them.
            beneath: Another store, which is asked for what this one does not have.
        """
        self._file = file
        self._beneath = beneath
        self._writable = writable
        self._owner = self._pid = os.getpid()
        self._waiting: dict[bytes, bytes] = {}
        self.trouble = ""
        self.said: dict[str, None] = {}
        self._connection: sqlite3.Connection | None = None

    def _open(self, *, write: bool) -> sqlite3.Connection | None:
        if self.trouble or not (write or self._file.exists()):
            return None
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            return _connect(self._file)
        except sqlite3.OperationalError as busy:
            self._give_up(f"it cannot be used ({busy})")
        except OSError as refused:
            self._give_up(f"it cannot be used ({refused.strerror})")
        except sqlite3.DatabaseError:
            return self._begin_anew()
        return None

    def _begin_anew(self) -> sqlite3.Connection | None:
        self.said["it was damaged, or of another version, and was begun anew"] = None
        try:
            for end in ("", "-wal", "-shm", "-journal"):
                Path(f"{self._file}{end}").unlink(missing_ok=True)
            return _connect(self._file)
        except (OSError, sqlite3.Error) as refused:
            self._give_up(f"it cannot be used ({refused})")
        return None

    def _give_up(self, why: str) -> None:
        """Do without a store from now on."""
        self.trouble, self._connection = why, None

    def _usable(self, *, write: bool = False) -> sqlite3.Connection | None:
        """Return the connection of this very process: SQLite's does not survive a fork."""
        if self._pid != os.getpid():
            # Not to be closed here: the file's locks and its log are those of the first process.
            self._inherited = self._connection
            self._pid, self._waiting, self._connection = os.getpid(), {}, None
        if self._connection is None:
            self._connection = self._open(write=write)
        return self._connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn a failure of the store into a store that is not there."""
        try:
            yield
        except sqlite3.OperationalError as failed:
            self._give_up(f"it cannot be used ({failed})")
        except sqlite3.DatabaseError:
            # Of the processes of a build, only the first may throw the file away.
            self._connection = self._begin_anew() if self._pid == self._owner else None

    def get(self, key: bytes) -> bytes | None:
        """Return a value, or None if there is none that is whole."""
        if (waiting := self._waiting.get(key)) is not None:
            return zstd.decompress(waiting)
        found = _unpacked(key, self._one("SELECT value FROM objects WHERE key = ?", key))
        return self._beneath.get(key) if found is None and self._beneath is not None else found

    def is_new(self) -> bool:
        """Return whether nothing was written to it yet."""
        return self._one("SELECT 1 FROM objects") is None

    def _one(self, query: str, *arguments: object) -> object:
        row = None
        with self._guarded():
            if (connection := self._usable()) is not None:
                row = connection.execute(query, arguments).fetchone()
        return row[0] if row else None

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value; it is written now or soon, see `flush`."""
        self.put_packed(key, packed(value))

    def put_packed(self, key: bytes, value: bytes) -> None:
        """Keep a value that `packed` made, perhaps in another process."""
        if not self._writable:
            return
        self._waiting[key] = value
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in one step."""
        rows, self._waiting = self._waiting, {}
        with self._guarded():
            if rows and (connection := self._usable(write=True)) is not None:
                with connection:
                    connection.executemany(
                        "INSERT OR REPLACE INTO objects (key, value) VALUES (?, ?)",
                        ((key, _sealed(key, value)) for key, value in rows.items()),
                    )

    def part(self, name: str, part: str, seal: bytes = b"") -> bytes | memoryview | None:
        """Return a part of a ledger, or None if there is none that is whole.

        Args:
            name: The name of the ledger.
            part: What it is called there.
            seal: That of the part that is meant, see `seal_of`; without it any is.
        """
        found = self._one("SELECT value FROM ledgers WHERE name = ? AND part = ?", name, part)
        meant = not seal or (isinstance(found, bytes) and found.startswith(seal))
        return _opened(_label(name, part), found) if meant else None

    def save(self, name: str, parts: Callable[[], Iterable[Part]]) -> None:
        """Replace parts of a ledger, all of them or none.

        They are not compressed: each build reads and writes them, so that time counts, not size.

        Args:
            name: The name of the ledger.
            parts: Returns them; is called once nobody else can write.
        """
        self.flush()
        with self._guarded():
            if self._writable and (connection := self._usable(write=True)) is not None:
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.executemany(
                        "INSERT OR REPLACE INTO ledgers (name, part, value) VALUES (?, ?, ?)",
                        (
                            (name, part, _sealed(_label(name, part), value))
                            for part, value in parts()
                        ),
                    )

    def prune(self, limit: int, keep: Iterable[bytes]) -> int:
        """Drop what the build of now did not use, if the store has outgrown its limit.

        Args:
            limit: How many bytes the file may have.
            keep: The keys that the build of now has used.

        Returns:
            How many values were dropped.
        """
        dropped = 0
        with self._guarded():
            if self.size() <= limit or (connection := self._usable()) is None:
                return 0
            with connection:
                connection.execute("CREATE TEMP TABLE kept (key BLOB PRIMARY KEY)")
                connection.executemany(
                    "INSERT OR IGNORE INTO kept VALUES (?)", ((k,) for k in keep)
                )
                dropped = connection.execute(
                    "DELETE FROM objects WHERE key NOT IN (SELECT key FROM kept)"
                ).rowcount
                connection.execute("DROP TABLE kept")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if self.size() > limit:
                # What is left is of use, but it can be made again: the limit is a promise.
                with connection:
                    dropped += connection.execute("DELETE FROM objects").rowcount
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return dropped

    def size(self) -> int:
        """Return how many bytes the store takes on disk."""
        files = (self._file, Path(f"{self._file}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def absorb(self, other: Path) -> int:
        """Take over the values of another store; those that are damaged stay out.

        Args:
            other: The file of that store.

        Returns:
            How many values are new.
        """
        before = self._count()
        source = _connect(other)
        try:
            for key, value in source.execute("SELECT key, value FROM objects"):
                if isinstance(key, bytes) and (whole := _unpacked(key, value)) is not None:
                    self.put(key, whole)
        finally:
            source.close()
        self.flush()
        return self._count() - before

    def _count(self) -> int:
        with self._guarded():
            if (connection := self._usable()) is not None:
                self.flush()
                return int(connection.execute("SELECT count(*) FROM objects").fetchone()[0])
        return 0

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        self.flush()
        if self._connection is not None and self._pid == os.getpid():
            with self._guarded():
                self._connection.close()
        self._connection = None


def _connect(file: Path) -> sqlite3.Connection:
    """Open a file as a store.

    Raises:
        sqlite3.DatabaseError: It is no store, or one of another version.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        connection = sqlite3.connect(file, timeout=_PATIENCE, isolation_level="IMMEDIATE")
        try:
            _prepare(connection)
        except sqlite3.DatabaseError as failed:
            connection.close()
            # SQLite waits for others by itself, but not where two give a new file its log at once.
            busy = getattr(failed, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return connection


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        raise sqlite3.DatabaseError(f"version {version}")
    # Readers and a writer at once; a killed build is rolled back by whoever comes next.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    if version == 0:
        connection.executescript(_SCHEMA)


def packed(value: bytes) -> bytes:
    """Return a value as the store takes it from other processes: compressed."""
    return _COMPRESSOR.compress(value, zstd.ZstdCompressor.FLUSH_FRAME)


def seal_of(name: str, part: str, value: bytes) -> bytes:
    """Return what tells a part of a ledger from one that stood in its place at another time."""
    return _seal(_label(name, part), value)


def _label(name: str, part: str) -> bytes:
    return f"{name}\0{part}".encode()


def _sealed(key: bytes, value: bytes) -> bytes:
    """Return bytes after a digest, which tells whether they are whole, and those of this key."""
    return _seal(key, value) + value


def _seal(key: bytes, value: bytes | memoryview) -> bytes:
    seal = hasher()
    seal.update(key)
    seal.update(value)
    return seal.digest()


def _opened(key: bytes, found: object) -> memoryview | None:
    """Return what was sealed under a key, or None if it is damaged, or that of another key."""
    if not isinstance(found, bytes):
        return None
    value = memoryview(found)[SIZE:]  # these may be megabytes: they are not copied
    return value if _seal(key, value) == found[:SIZE] else None


def _unpacked(key: bytes, found: object) -> bytes | None:
    try:
        return None if (value := _opened(key, found)) is None else zstd.decompress(value)
    except zstd.ZstdError:
        return None
