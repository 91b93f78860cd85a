from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from importer.sandbox.books import EMPTIED, PARTNER_TOKEN, SANDBOX_TOKEN, Books
from importer.sandbox.database import UnreadableBooks
from importer.sandbox.serving.outgoing import Dropped
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


@pytest.mark.fact("2.test-token", "25.29-test-org")
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


@pytest.mark.fact("2.shown-once")
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


def test_newest_first_holds_though_an_earlier_run_had_its_clock_further(tmp_path: Path, clock: HandClock) -> None:
    clock.time += 86400
    with closing(Books(tmp_path / "s.db", clock)) as books, closing(Api(books)) as api:
        earlier = api.contact(contact_name="Earlier")
    clock.time -= 2 * 86400
    with closing(Books(tmp_path / "s.db", clock)) as books, closing(Api(books)) as api:
        api.keys = 100  # new ones: those of the earlier run are remembered
        later = api.contact(contact_name="Later")
        assert [one["contact_id"] for one in api.get("/contacts")["contacts"]] == [later, earlier]


def test_a_reset_empties_every_table_that_documents_fill_and_no_other(api: Api, books: Books) -> None:
    books.settings.set_switches({"lock_seconds": 60})
    item, customer = api.item(), api.contact()
    invoice = api.invoice(customer, "200.00", line_items=[{"item_id": item, "quantity": 1}])["invoice_id"]
    receipt = {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-19", "amount": 50, "mode": "UPI"}
    api.post("/payments", receipt | {"allocations": [{"invoice_id": invoice, "amount": 50}]})
    lines = [{"name": "Returned", "quantity": 1, "rate": 10}]
    note = api.post("/credit_notes", {"customer_id": customer, "date": "2026-05-20", "line_items": lines})
    path = f"/credit_notes/{note['credit_note']['credit_note_id']}/apply-to-invoice"
    api.post(path, {"invoice_id": invoice, "amount": 10})
    api.strike("slow nth=100", "POST /contacts crash-after-row")
    with pytest.raises(Dropped):
        api.contact()

    full = rows_of(books)
    assert [table for table in EMPTIED if not full[table]] == []  # each of them has been filled
    books.reset()
    left = rows_of(books)
    assert {table for table in left if left[table] != full[table]} == set(EMPTIED)
    assert not any(left[table] for table in EMPTIED)
    assert api.invoice(api.contact())["invoice_number"].endswith("001")


def rows_of(books: Books) -> dict[str, int]:
    """How many rows each table holds."""
    tables = books.db.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {name: books.db.value(f"SELECT count(*) FROM {name}") for (name,) in tables}


def test_a_day_ends_in_india_or_by_utc(books: Books, clock: HandClock) -> None:
    books.put_clock(14 * 3600)  # 18:30:07 UTC is 00:00:07 in India
    assert books.today().isoformat() == "2026-05-21"
    books.settings.set_switches({"day_zone": "utc"})
    assert books.today().isoformat() == "2026-05-20"


def test_times_are_told_in_utc_or_in_indias(books: Books) -> None:
    assert books.timestamp(1779251407_999_999) == "2026-05-20T04:30:07"
    books.settings.set_switches({"time_zone": "ist"})
    assert books.timestamp(1779251407_999_999) == "2026-05-20T10:00:07"


def test_an_id_has_a_prefix_or_is_a_bare_uuid(books: Books) -> None:
    assert books.new_id("inv").startswith("inv_")
    assert len({books.new_id("inv") for _ in range(100)}) == 100
    books.settings.set_switches({"id_form": "uuid"})
    bare = books.new_id("inv")
    assert str(uuid.UUID(bare)) == bare
