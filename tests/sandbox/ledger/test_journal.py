from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.body import Body
from importer.sandbox.books import Books
from importer.sandbox.call import Call
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.journal import Leg, Source, Unbalanced
from importer.sandbox.tokens import Token
from sandbox.client import HandClock


def call_of(books: Books) -> Call:
    token = Token("t", "u", books.org_id, (), "DEFAULT")
    return Call(books=books, token=token, org=books.org_id, id="", query={}, body=Body({}))


@pytest.fixture
def call(books: Books) -> Call:
    return call_of(books)


def source(document: str = "inv_1", day: str = "2026-05-01", branch: str = "br_1") -> Source:
    return Source("invoice", document, branch, day, "INV-1", None)


def by_role(call: Call, **query: str) -> dict[str, int]:
    """Role -> paise, of the accounts that hold something."""
    roles = {row["id"]: row["role"] for row in call.db.rows("SELECT id, role FROM accounts")}
    return {roles[account]: amount for account, amount in journal.balances(call, **query).items() if amount}


def test_an_entry_that_does_not_balance_is_not_written(call: Call) -> None:
    with pytest.raises(Unbalanced, match="inv_1"):
        journal.post(call, source(), [Leg("receivable", 100, "ct"), Leg("sales", -99)])
    assert call.db.value("SELECT count(*) FROM entries") == 0


def test_a_leg_of_nothing_is_left_out(call: Call) -> None:
    journal.post(call, source(), [Leg("receivable", 100, "ct"), Leg("cess", 0), Leg("sales", -100)])
    assert call.db.value("SELECT count(*) FROM postings") == 2
    assert by_role(call) == {"receivable": 100, "sales": -100}


def test_a_leg_names_a_role_or_the_id_of_an_account(call: Call) -> None:
    bank = call.db.value("SELECT id FROM accounts WHERE name = 'Cash'")
    journal.post(call, source(), [Leg(bank, 100), Leg("receivable", -100, "ct")])
    assert journal.balances(call) == {bank: 100, journal.receivable(call): -100}


def test_a_reversal_takes_back_all_that_its_document_booked_and_nothing_else(call: Call) -> None:
    journal.post(call, source(), [Leg("receivable", 118, "ct"), Leg("sales", -100), Leg("cgst", -18)])
    journal.post(call, source(), [Leg("receivable", 2, "ct"), Leg("round_off", -2)])
    journal.post(call, source("inv_2"), [Leg("receivable", 7, "ct"), Leg("sales", -7)])
    journal.reverse(call, source())
    assert by_role(call) == {"receivable": 7, "sales": -7}
    journal.reverse(call, source())
    assert by_role(call) == {"receivable": 7, "sales": -7}


def test_balances_are_as_of_a_day_and_of_a_branch(call: Call) -> None:
    journal.post(call, source(day="2026-05-01"), [Leg("receivable", 1, "ct"), Leg("sales", -1)])
    journal.post(call, source(day="2026-05-02", branch="br_2"), [Leg("receivable", 10, "ct"), Leg("sales", -10)])
    assert by_role(call, as_of="2026-04-30") == {}
    assert by_role(call, as_of="2026-05-01")["receivable"] == 1
    assert by_role(call, as_of="2026-05-02")["receivable"] == 11
    assert by_role(call, branch_id="br_2")["receivable"] == 10


def test_another_organisation_has_a_journal_of_its_own(books: Books, call: Call) -> None:
    journal.post(call, source(), [Leg("receivable", 1, "ct"), Leg("sales", -1)])
    other = books.add_org("Others")
    token = Token("t", "u", other, (), "DEFAULT")
    theirs = Call(books=books, token=token, org=other, id="", query={}, body=Body({}))
    assert journal.balances(theirs) == {}
    assert journal.receivable(theirs) != journal.receivable(call)


@given(st.lists(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=4), max_size=6))
def test_whatever_is_posted_and_reversed_sums_to_nothing(entries: list[list[int]]) -> None:
    books = Books(":memory:", HandClock())
    try:
        call = call_of(books)
        for number, amounts in enumerate(entries):
            legs = [Leg("sales", amount) for amount in amounts]
            journal.post(call, source(str(number)), [*legs, Leg("receivable", -sum(amounts), "ct")])
        assert sum(journal.balances(call).values()) == 0
        for number in range(len(entries)):
            journal.reverse(call, source(str(number)))
        assert not any(journal.balances(call).values())
    finally:
        books.close()
