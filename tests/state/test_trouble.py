from __future__ import annotations

import errno
import json
import sqlite3
from pathlib import Path

import pytest

from importer.errors import EXIT_CODES, REFUSED, Refused
from importer.state.trouble import own_errors, refusal

PATH = Path("books/finzbooks.state.db")


def family(root: type[Exception]) -> list[type[Exception]]:
    return [root, *(one for child in root.__subclasses__() for one in family(child))]


def of_sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


FOREIGN = [one for one in family(sqlite3.Error) if not issubclass(one, sqlite3.ProgrammingError)]


@pytest.mark.parametrize("foreign", [*FOREIGN, OSError, PermissionError, TimeoutError])
def test_no_error_of_sqlite_or_the_system_leaves_the_room(foreign: type[Exception]) -> None:
    with pytest.raises(Refused) as info, own_errors(PATH):
        raise foreign("boom")
    assert EXIT_CODES[info.value.code] == REFUSED
    assert str(PATH) in info.value.message
    assert info.value.help


def test_json_that_does_not_parse_is_damage() -> None:
    with pytest.raises(Refused) as info, own_errors(PATH):
        json.loads("{")
    assert info.value.code == "state-damaged"


@pytest.mark.parametrize("ours", [sqlite3.ProgrammingError, ValueError, KeyError])
def test_a_mistake_of_our_own_is_not_blamed_on_the_file(ours: type[Exception]) -> None:
    with pytest.raises(ours), own_errors(PATH):
        raise ours("boom")


@pytest.mark.parametrize(
    ("code", "expected", "word"),
    [
        (sqlite3.SQLITE_FULL, "state-unwritable", "full"),
        (sqlite3.SQLITE_READONLY, "state-unwritable", "read-only"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "state-unwritable", "read-only"),
        (sqlite3.SQLITE_CANTOPEN, "state-unwritable", "as SQLite says it"),
        (sqlite3.SQLITE_IOERR_FSYNC, "state-unwritable", "as SQLite says it"),
        (sqlite3.SQLITE_BUSY, "state-locked", "another program"),
        (sqlite3.SQLITE_BUSY_RECOVERY, "state-locked", "another program"),
        (sqlite3.SQLITE_CORRUPT, "state-damaged", "as SQLite says it"),
        (sqlite3.SQLITE_NOTADB, "state-damaged", "as SQLite says it"),
        (sqlite3.SQLITE_ERROR, "state-damaged", "as SQLite says it"),
    ],
)
def test_a_result_code_of_sqlite_gets_a_sentence_of_its_own(code: int, expected: str, word: str) -> None:
    error = refusal(PATH, of_sqlite(code))
    assert error.code == expected
    assert word in error.message


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "permission is denied"),
        (errno.EROFS, "file system is read-only"),
        (errno.ENAMETOOLONG, "too long"),
    ],
)
def test_an_error_of_the_system_gets_a_sentence_of_its_own(number: int, word: str) -> None:
    error = refusal(PATH, OSError(number, "the name is too long"))
    assert error.code == "state-unwritable"
    assert word in error.message
