from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from importer.errors import Refused
from importer.state import layout
from importer.state.files import open_for_reading, open_for_writing
from importer.state.store import Store

Make = Callable[..., Any]
ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="permissions and links as POSIX has them")


def reading(path: Path) -> Store:
    opened = open_for_reading(path)
    assert opened is not None
    return opened


def write(path: Path) -> None:
    with open_for_writing(path):
        pass


def write_something(path: Path) -> None:
    with open_for_writing(path) as store:
        store.bind("org_1")


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def refused(opening: Callable[[Path], object], path: Path) -> Refused:
    with pytest.raises(Refused) as info:
        opening(path)
    assert str(path) in info.value.message
    assert info.value.help
    return info.value


both_ways = pytest.mark.parametrize("opening", [open_for_reading, write])


# Making one.


def test_reading_where_there_is_no_state_finds_none_and_makes_nothing(tmp_path: Path) -> None:
    assert open_for_reading(tmp_path / "below" / "finzbooks.state.db") is None
    assert names(tmp_path) == set()


def test_reading_below_a_file_finds_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert open_for_reading(tmp_path / "file" / "finzbooks.state.db") is None


def test_writing_makes_the_folders_and_the_file_and_leaves_no_more_than_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "finzbooks.state.db"
    write(path)
    assert names(path.parent) <= {"finzbooks.state.db", "finzbooks.state.db.lock"}
    with reading(path) as store:
        assert store.serial == 0


def test_what_a_run_killed_while_making_the_file_left_behind_is_no_hindrance(path: Path) -> None:
    leftover = path.with_name(path.name + "-new")
    leftover.write_bytes(b"half a file")
    write(path)
    assert not leftover.exists()


def test_a_file_name_may_hold_what_a_uri_gives_a_meaning(tmp_path: Path, receipt: Make) -> None:
    path = tmp_path / "50% of #1 & ünï" / "state=1.db"
    with open_for_writing(path) as store:
        store.put([receipt()])
    with reading(path) as store:
        assert store.serial == 1
    assert path.is_file()


@posix
def test_a_file_name_need_not_be_utf_8(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xfccher.db"))
    try:
        path.touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    path.unlink()
    write(path)
    assert path.is_file()


def test_a_commit_waits_for_the_disk(store: Store) -> None:
    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert store._db.execute("PRAGMA fullfsync").fetchone() == (1,)


# One writer, and readers at all times.


def test_a_second_writer_is_refused_while_the_first_works(path: Path, store: Store) -> None:
    error = refused(write, path)
    assert (error.code, error.exit_code) == ("state-locked", 5)


def test_the_next_writer_is_let_in_once_the_first_is_done(path: Path, receipt: Make) -> None:
    with open_for_writing(path) as first:
        first.put([receipt()])
    with open_for_writing(path) as second:
        assert second.serial == 1


def test_an_error_in_the_writers_own_work_passes_unchanged_and_frees_the_lock(path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="not of the state"), open_for_writing(path):
        raise FileNotFoundError("not of the state")
    write(path)


@posix
def test_a_state_reached_by_two_names_has_one_lock(tmp_path: Path, path: Path, store: Store) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    assert refused(write, link).code == "state-locked"


def test_a_reader_sees_one_moment_while_a_writer_goes_on(path: Path, store: Store, receipt: Make) -> None:
    store.put([receipt("A")])
    with reading(path) as reader:
        store.put([receipt("B")])
        assert (reader.serial, [one.key for one in reader.receipts()]) == (1, ["A"])
        assert (store.serial, [one.key for one in store.receipts()]) == (2, ["A", "B"])
    with reading(path) as reader:
        assert [one.key for one in reader.receipts()] == ["A", "B"]


def test_a_reader_changes_nothing_and_leaves_nothing_beside_the_file(path: Path, receipt: Make) -> None:
    with open_for_writing(path) as store:
        store.put([receipt()])
    before, content = names(path.parent), path.read_bytes()
    with reading(path) as store:
        assert len(list(store.receipts())) == 1
        with pytest.raises(RuntimeError, match="opened for reading"):
            store.put([receipt("B")])
    assert (names(path.parent), path.read_bytes()) == (before, content)


# Files that are not a state, or no longer.


def other_database(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE receipts (kind, key, part)")
    db.commit()
    db.close()


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a text file": lambda path: path.write_text("contacts:\n  - key: acme\n", "utf-8"),
    "a long text file": lambda path: path.write_text("contacts:\n" * 1000, "utf-8"),
    "an empty file": lambda path: path.touch(),
    "a folder": lambda path: path.mkdir(),
    "the database of another program": other_database,
    "the beginning of a database": lambda path: path.write_bytes(b"SQLite format 3\0\x10\0"),
}


@both_ways
@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_file_of_someone_else_is_refused_and_left_alone(
    path: Path, make: Callable[[Path], object], opening: Callable[[Path], object]
) -> None:
    make(path)
    content = path.read_bytes() if path.is_file() else b""
    assert refused(opening, path).code == "state-not-ours"
    assert names(path.parent) == {path.name}
    assert content == (path.read_bytes() if path.is_file() else b"")


@both_ways
@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices here")
def test_a_device_is_no_state(opening: Callable[[Path], object]) -> None:
    assert refused(opening, Path("/dev/null")).code == "state-not-ours"


@both_ways
def test_a_name_that_no_file_can_have_is_refused(opening: Callable[[Path], object]) -> None:
    assert refused(opening, Path("a\0b.db")).code == "state-not-ours"


@both_ways
def test_a_state_of_a_newer_importer_says_both_versions_and_to_upgrade(
    path: Path, opening: Callable[[Path], object]
) -> None:
    with open_for_writing(path) as store:
        store._db.execute(f"PRAGMA user_version = {layout.VERSION + 41}")
    error = refused(opening, path)
    assert error.code == "state-too-new"
    assert f"version {layout.VERSION + 41}" in error.message
    assert f"up to {layout.VERSION}" in error.message
    assert "upgrade" in error.help


@both_ways
def test_a_state_without_a_version_is_damaged(path: Path, opening: Callable[[Path], object]) -> None:
    with open_for_writing(path) as store:
        store._db.execute("PRAGMA user_version = 0")
    assert refused(opening, path).code == "state-damaged"


def full_state(path: Path, receipt: Make) -> None:
    with open_for_writing(path) as store:
        store.put([receipt(f"ORDER-{number:04}") for number in range(500)])


@both_ways
def test_a_state_that_was_cut_off_is_damaged(path: Path, receipt: Make, opening: Callable[[Path], object]) -> None:
    full_state(path, receipt)
    os.truncate(path, path.stat().st_size // 2)
    assert refused(opening, path).code == "state-damaged"


def test_a_state_with_pages_overwritten_is_not_written_to(path: Path, receipt: Make) -> None:
    full_state(path, receipt)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 20_000)
    content = path.read_bytes()
    assert refused(write, path).code == "state-damaged"
    assert path.read_bytes() == content
    with pytest.raises(Refused) as info, reading(path) as store:
        list(store.receipts())
    assert info.value.code == "state-damaged"


def lose_from_index(path: Path) -> None:
    """Take the last receipt out of the index by which receipts are looked up, and leave the page well formed."""
    db = sqlite3.connect(path)
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'receipts'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    content, at = bytearray(path.read_bytes()), (page - 1) * size
    number = int.from_bytes(content[at + 3 : at + 5], "big")
    cells = sorted(int.from_bytes(content[at + 8 + 2 * one : at + 10 + 2 * one], "big") for one in range(number))
    last = int.from_bytes(content[at + 6 + 2 * number : at + 8 + 2 * number], "big")
    end = next((one for one in cells if one > last), size)
    content[at + 3 : at + 5] = (number - 1).to_bytes(2, "big")
    content[at + 7] = end - last  # bytes that are free within the page
    path.write_bytes(content)


def test_a_receipt_that_its_index_has_lost_is_damage_although_every_page_is_well_formed(
    path: Path, receipt: Make
) -> None:
    with open_for_writing(path) as store:
        store.put([receipt(f"ORDER-{number}") for number in range(5)])
    lose_from_index(path)
    with reading(path) as store:
        assert len(list(store.receipts())) == 4
        assert [number for number in range(5) if store.receipt("invoices", f"ORDER-{number}") is None] == [4]
    error = refused(write, path)
    assert error.code == "state-damaged"
    assert "missing from index" in error.message


def test_rows_of_a_call_that_is_gone_are_damage(path: Path, intent: Make) -> None:
    with open_for_writing(path) as store:
        store.begin(intent("ORDER-1"))
        store._db.execute("PRAGMA foreign_keys = OFF")
        store._db.execute("DELETE FROM intents")
    error = refused(write, path)
    assert error.code == "state-damaged"
    assert "a call that is gone" in error.message


def test_of_damage_both_ways_back_are_said_and_both_lead_back(path: Path, receipt: Make) -> None:
    full_state(path, receipt)
    backup = path.read_bytes()
    os.truncate(path, path.stat().st_size // 2)
    assert "from a backup, or move it away" in refused(write, path).help
    path.write_bytes(backup)
    with open_for_writing(path) as store:
        assert len(list(store.receipts())) == 500
    os.truncate(path, path.stat().st_size // 2)
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    with open_for_writing(path) as store:
        assert list(store.receipts()) == []


@both_ways
def test_a_journal_that_lost_its_state_is_not_thrown_away(path: Path, opening: Callable[[Path], object]) -> None:
    wal = path.with_name(path.name + "-wal")
    wal.write_bytes(b"the last receipts")
    assert refused(opening, path).code == "state-damaged"
    assert wal.read_bytes() == b"the last receipts"


# Places where nothing can be written.


def test_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert refused(write, tmp_path / "file" / "finzbooks.state.db").code == "state-unwritable"


def test_a_name_too_long_for_the_file_system_is_said(tmp_path: Path) -> None:
    assert refused(write, tmp_path / ("x" * 300)).code == "state-unwritable"


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def as_a_common_user() -> Iterator[None]:
    """Somebody for whom permissions count, which they do not for root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def keys_at(path: Path) -> list[str]:
    with reading(path) as store:
        return [one.key for one in store.receipts()]


# Another process, because SQLite lets the connections of one process share what they have opened.
WRITER = """
import sys
from pathlib import Path
from importer.state.files import open_for_writing
from tests.state.conftest import make_receipt
with open_for_writing(Path(sys.argv[1])) as store:
    store.put([make_receipt("A")])
    print("put", flush=True)
    sys.stdin.read()
"""


@posix
def test_a_state_in_a_folder_that_takes_no_files_can_be_read_and_not_written(open_to_all: Path, receipt: Make) -> None:
    path = open_to_all / "finzbooks.state.db"
    with open_for_writing(path) as store:
        store.put([receipt("A")])
    path.with_name(path.name + ".lock").unlink()
    open_to_all.chmod(0o555)
    with as_a_common_user():
        assert keys_at(path) == ["A"]
        assert refused(write, path).code == "state-unwritable"
    assert names(open_to_all) == {path.name}


@posix
def test_a_state_in_such_a_folder_can_be_read_while_its_owner_writes(open_to_all: Path) -> None:
    path = open_to_all / "finzbooks.state.db"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "put\n"
        open_to_all.chmod(0o555)
        with as_a_common_user():
            assert keys_at(path) == ["A"]
        open_to_all.chmod(0o755)
        writer.communicate()
    assert keys_at(path) == ["A"]


@posix
def test_a_state_whose_last_receipts_cannot_be_read_is_refused_rather_than_shown_without_them(
    open_to_all: Path, path: Path, receipt: Make
) -> None:
    copy = open_to_all / path.name
    with open_for_writing(path) as store:
        store.put([receipt("A")])
        for suffix in ("", "-wal"):  # what a backup takes of a state at work
            shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
    open_to_all.chmod(0o555)
    with as_a_common_user():
        assert refused(open_for_reading, copy).code == "state-unwritable"
    open_to_all.chmod(0o755)
    assert keys_at(copy) == ["A"]


@posix
def test_a_state_file_that_is_write_protected_can_be_read_and_not_written(open_to_all: Path, receipt: Make) -> None:
    path = open_to_all / "finzbooks.state.db"
    with open_for_writing(path) as store:
        store.put([receipt("A")])
    open_to_all.chmod(0o777)
    path.chmod(0o444)
    path.with_name(path.name + ".lock").unlink()
    with as_a_common_user():
        assert keys_at(path) == ["A"]
        assert names(open_to_all) == {path.name}  # a reader's file would bar the one who may write
        assert refused(write_something, path).code == "state-unwritable"
        assert keys_at(path) == ["A"]


@posix
def test_a_state_nobody_may_read_is_refused_with_a_sentence(open_to_all: Path) -> None:
    path = open_to_all / "finzbooks.state.db"
    write(path)
    path.chmod(0)
    with as_a_common_user():
        assert refused(open_for_reading, path).code == "state-unwritable"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own, of which the size can be set."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = _mount("-t", "tmpfs", "-o", "size=4k", "tmpfs", str(folder))
    if not mounted:
        pytest.skip("a disk of its own can only be made by root on Linux")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _mount(*words: str) -> bool:
    try:
        return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_a_disk_that_fills_while_the_state_is_made_leaves_nothing_in_the_way(small_disk: Path) -> None:
    """A state half made would be called damaged for ever, though nothing is lost."""
    outcomes = set()
    for size in range(8, 200, 4):
        folder = small_disk / str(size)
        assert _mount("-o", f"remount,size={size}k", str(small_disk))
        try:
            folder.mkdir()
            with open_for_writing(folder / "finzbooks.state.db"):
                outcomes.add("made")
        except Refused as error:
            outcomes.add(error.code)
        except OSError:
            outcomes.add("no folder")
        assert _mount("-o", "remount,size=8m", str(small_disk))
        folder.mkdir(exist_ok=True)
        with open_for_writing(folder / "finzbooks.state.db") as store:
            assert store.serial == 0
        shutil.rmtree(folder)
    assert {"made", "state-unwritable"} <= outcomes <= {"made", "state-unwritable", "no folder"}
