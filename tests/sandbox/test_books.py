from __future__ import annotations

import ast
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import importer.sandbox
from importer.sandbox.books import PARTNER_TOKEN, SANDBOX_TOKEN, Books
from importer.sandbox.database import UnreadableBooks
from sandbox.client import Api, HandClock, invoice_body


def test_a_file_keeps_everything_and_is_furnished_once(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "new folder" / "sandbox.db"
    books = Books(path, clock)
    api = Api(books)
    org, contact = books.org_id, api.contact()
    answer = api.send("POST", "/invoices", invoice_body(contact), key="k")
    api.close()
    books.close()

    books = Books(path, clock)
    api = Api(books)
    assert books.org_id == org
    assert len(api.get("/taxes")["taxes"]) == 7
    assert api.get(f"/contacts/{contact}")["contact"]["contact_id"] == contact
    assert api.send("POST", "/invoices", invoice_body(contact), key="k").content == answer.content
    api.close()
    books.close()


def test_an_answered_write_is_seen_by_another_process(tmp_path: Path, clock: HandClock) -> None:
    books = Books(tmp_path / "sandbox.db", clock)
    api = Api(books)
    api.contact()
    reader = sqlite3.connect(tmp_path / "sandbox.db")
    assert reader.execute("SELECT count(*) FROM contacts").fetchone() == (1,)
    assert reader.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    reader.close()
    api.close()
    books.close()


def test_every_books_has_an_org_of_its_own(clock: HandClock) -> None:
    one, two = Books(":memory:", clock), Books(":memory:", clock)
    assert one.org_id.startswith("org_sandbox")
    assert one.org_id != two.org_id
    one.close()
    two.close()


def test_a_file_that_is_not_the_sandboxs_is_refused_and_left_alone(tmp_path: Path, clock: HandClock) -> None:
    text, other, newer = (tmp_path / name for name in ("text", "other", "newer"))
    text.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with closing(sqlite3.connect(other)) as db, db:
        db.execute("CREATE TABLE receipts (id)")
    Books(newer, clock).close()
    with closing(sqlite3.connect(newer)) as db, db:
        db.execute("PRAGMA user_version = 99")
    for path, why in (
        (text, "cannot be used"),
        (other, "not the sandbox's"),
        (newer, "version 99"),
        (tmp_path, "open"),
    ):
        before = path.read_bytes() if path.is_file() else b""
        with pytest.raises(UnreadableBooks, match=why):
            Books(path, clock)
        assert (path.read_bytes() if path.is_file() else b"") == before


def test_tokens_do_not_stand_in_the_file(tmp_path: Path, clock: HandClock) -> None:
    books = Books(tmp_path / "sandbox.db", clock)
    books.add_token("aibk_pat_test_mine")
    books.close()
    for token in (SANDBOX_TOKEN, PARTNER_TOKEN, "aibk_pat_test_mine"):
        assert token.encode() not in (tmp_path / "sandbox.db").read_bytes()


def test_a_token_that_cannot_be_is_refused(books: Books) -> None:
    with pytest.raises(ValueError, match="GOLD is not one of DEFAULT, PARTNER"):
        books.add_token("t", tier="GOLD")
    with pytest.raises(ValueError, match="exactly one org"):
        books.add_token("t", orgs=["a", "b"])
    with pytest.raises(ValueError, match="sideways"):
        books.set_preferences(round_invoice_totals=True, rounding_method="sideways")


def test_stamps_never_repeat_though_the_clock_stands_or_goes_back(books: Books, clock: HandClock) -> None:
    first, second = books.stamp(), books.stamp()
    clock.time -= 100
    assert first < second < books.stamp()


def test_the_sandbox_imports_nothing_of_the_importer() -> None:
    folder = Path(importer.sandbox.__file__).parent
    names = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names.add(f"{node.module}.")
            elif isinstance(node, ast.Import):
                names.update(f"{alias.name}." for alias in node.names)
    ours = {name for name in names if name.startswith("importer.")}
    assert ours
    assert all(name.startswith("importer.sandbox.") for name in ours)
