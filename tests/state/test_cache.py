"""A cache keeps what it is given, and whatever happens to it only means that nothing is kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from importer.state.cache import Cache


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".finzbooks" / "cache" / "checked-0123.db"


def kept(path: Path) -> Cache:
    cache = Cache(path)
    cache.put("a", b"one")
    cache.put("b", b"")
    cache.commit()
    cache.close()
    return Cache(path)


def test_what_was_kept_is_there_in_a_later_run(path: Path) -> None:
    cache = kept(path)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (b"one", b"", None)
    cache.close()


def test_what_was_not_committed_is_not_kept(path: Path) -> None:
    cache = kept(path)
    cache.put("a", b"two")
    assert cache.get("a") == b"two"
    cache.close()
    cache = Cache(path)
    assert cache.get("a") == b"one"
    cache.close()


def test_to_ask_makes_no_file(path: Path) -> None:
    assert Cache(path).get("a") is None
    assert not path.parent.exists()


def test_the_folder_says_what_it_is_to_git_and_to_backups(path: Path) -> None:
    kept(path).close()
    assert (path.parent / ".gitignore").read_text("utf-8").endswith("\n*\n")
    assert (path.parent / "CACHEDIR.TAG").read_text("utf-8").startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_the_file_of_another_version_goes_when_there_is_a_new_one(path: Path) -> None:
    kept(path).close()
    other = path.with_name("checked-4567.db")
    kept(other).close()
    assert not path.exists()
    assert other.exists()


def test_a_file_that_is_no_database_is_begun_anew(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database, and long enough to be looked at as one" * 99)
    cache = Cache(path)
    assert cache.get("a") is None
    cache.put("a", b"one")
    assert cache.get("a") == b"one"
    cache.close()


def test_a_value_that_the_disk_has_damaged_is_not_taken(path: Path) -> None:
    kept(path).close()
    db = sqlite3.connect(path)
    with db:
        db.execute("UPDATE kept SET value = x'4f4e45' WHERE name = 'a'")
    db.close()
    cache = Cache(path)
    assert (cache.get("a"), cache.get("b")) == (None, b"")
    cache.close()


@pytest.mark.parametrize("value", ["'text'", "7", "NULL"])
def test_a_value_of_another_type_is_not_taken(path: Path, value: str) -> None:
    path.parent.mkdir(parents=True)
    db = sqlite3.connect(path)
    with db:
        db.execute("CREATE TABLE kept (name TEXT PRIMARY KEY, seal, value)")
        db.execute(f"INSERT INTO kept VALUES ('a', {value}, {value})")
    db.close()
    cache = Cache(path)
    assert cache.get("a") is None
    cache.close()


def test_another_run_that_writes_at_the_same_moment_is_not_in_the_way(path: Path) -> None:
    kept(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    cache = Cache(path)
    assert cache.get("a") is None
    other.execute("ROLLBACK")
    other.close()
    assert cache.get("a") == b"one"
    cache.close()


def test_where_no_folder_can_be_made_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".finzbooks").write_text("a file where the folder would be", "utf-8")
    cache = Cache(tmp_path / ".finzbooks" / "cache" / "checked-0123.db")
    cache.put("a", b"one")
    assert cache.get("a") is None


def test_dropped_it_is_gone(path: Path) -> None:
    cache = kept(path)
    cache.drop()
    assert not path.exists()
    assert cache.get("a") is None
