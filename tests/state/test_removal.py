from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import Refused
from importer.state.files import open_for_reading, open_for_writing
from importer.state.removal import files_of, held, remove

BESIDE = ("-wal", "-shm", "-journal", ".v1.bak", ".v1.2.bak")
OTHERS = ("books.yaml", "finzbooks.state.db.v1.bak.txt", "finzbooks.state.db.mine", "my.finzbooks.state.db-wal")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state, with all that may lie beside it, among files of others."""
    path = tmp_path / "finzbooks.state.db"
    with open_for_writing(path):
        pass
    for suffix in BESIDE:
        Path(f"{path}{suffix}").write_bytes(b"")
    for name in OTHERS:
        (tmp_path / name).write_bytes(b"")
    return path


def test_all_of_a_state_goes_and_nothing_else(path: Path) -> None:
    with held(path):
        remove(path)
    left = {file.name for file in path.parent.iterdir()} - {path.name + ".lock"}
    assert left == set(OTHERS)
    assert open_for_reading(path) is None


def test_the_files_of_a_state_are_told_before(path: Path) -> None:
    assert {file.name for file in files_of(path)} == {path.name, *(path.name + suffix for suffix in BESIDE)}
    assert files_of(path.parent / "other.db") == []
    assert files_of(path.parent / "no folder" / "other.db") == []


def test_a_run_keeps_it_and_is_kept_out_meanwhile(path: Path) -> None:
    for suffix in BESIDE[:3]:
        Path(f"{path}{suffix}").unlink()
    with open_for_writing(path), pytest.raises(Refused, match="in use") as info, held(path):
        pass
    assert info.value.code == "state-locked"
    with held(path), pytest.raises(Refused, match="in use"), open_for_writing(path):
        pass
    with open_for_writing(path):
        pass


def test_where_there_is_none_nothing_is_put(tmp_path: Path) -> None:
    with held(tmp_path / "finzbooks.state.db"):
        remove(tmp_path / "finzbooks.state.db")
    assert list(tmp_path.iterdir()) == []
