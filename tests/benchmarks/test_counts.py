"""What exactly once costs, in durable writes and in reads: counted, since a machine's pace proves nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from apply.manifests import Entry, contact, invoice, manifest, note, payment
from apply.wire import Wire
from apply.world import TABLES, World

from benchmarks.journal import measured
from importer.model import Manifest
from importer.sandbox.books import Books
from importer.sandbox.clock import SkippingClock


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = SkippingClock()
    books = Books(":memory:", clock)
    yield World(books, clock, tmp_path / "state.db", Wire(books))
    books.close()


def commits(world: World, made: Manifest) -> int:
    """How many durable writes applying ``made`` takes: the state counts them itself."""
    with world.reading() as store:
        before = store.serial
    assert world.apply(made).bad == []
    with world.reading() as store:
        return store.serial - before


def invoices(number: int) -> list[Entry]:
    return [invoice(f"I-{at}") for at in range(number)]


def test_a_document_in_a_call_of_its_own_costs_two_writes(world: World) -> None:
    assert commits(world, manifest(contacts=[contact(f"c{at}") for at in range(20)])) == 2 * 20


@pytest.mark.parametrize(("number", "calls"), [(50, 1), (120, 3)])
def test_fifty_documents_in_one_call_cost_two_writes_together(world: World, number: int, calls: int) -> None:
    world.apply(manifest(contacts=[contact()]))
    made = manifest(contacts=[contact()], invoices=invoices(number))
    assert commits(world, made) == 2 * calls
    assert world.wire.calls("POST /bulk")["POST /bulk/invoices"] == calls


def test_an_update_a_posting_and_an_application_cost_two_writes_each(world: World) -> None:
    drafts = [invoice("D-1", auto_approve="false"), invoice("I-1")]
    world.apply(manifest(contacts=[contact()], invoices=drafts, credit_notes=[note("N-1", "10")]))
    edited = manifest(
        contacts=[contact(phone="9001")],
        invoices=[invoice("D-1"), invoice("I-1")],
        credit_notes=[note("N-1", "10", on="I-1")],
    )
    assert commits(world, edited) == 2 * 3


def test_what_is_unchanged_costs_no_write(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=invoices(3))
    world.apply(made)
    assert commits(world, made) == 0


CONTACTS = [contact(), *(contact(f"c{at}") for at in range(60))]
MANY = manifest(
    contacts=CONTACTS,
    items=[{"key": f"i{at}", "name": f"Item {at}", "rate": "10"} for at in range(60)],
    invoices=[invoice(f"I-{at}", customer=f"c{at}") for at in range(60)],
    payments=[payment(f"P-{at}", contact=f"c{at}", of=f"I-{at}") for at in range(30)],
    credit_notes=[note(f"N-{at}", "10", customer=f"c{at}", on=f"I-{at}") for at in range(30, 50)],
)


def looks(world: World) -> dict[str, int]:
    """How many pages of each list were read."""
    calls = world.wire.calls("GET")
    return {table: calls[f"GET /{table}"] for table in TABLES}


def test_in_an_empty_org_looking_costs_one_get_a_kind_however_many_documents_there_are(world: World) -> None:
    assert world.apply(MANY).bad == []
    # Of customers whom the books do not hold there are no invoices and notes to be looked for.
    assert looks(world) == {"contacts": 1, "items": 1, "invoices": 0, "payments": 1, "credit_notes": 0}


def test_where_only_the_customers_are_there_looking_costs_one_get_for_each_other_kind(world: World) -> None:
    world.apply(manifest(contacts=CONTACTS))
    world.calm()
    assert world.apply(MANY).bad == []
    assert looks(world) == {"contacts": 0, "items": 1, "invoices": 1, "payments": 1, "credit_notes": 1}


def test_the_benchmark_measures_every_document(tmp_path: Path) -> None:
    assert len(measured(tmp_path / "single.db", 7, 1)) == 7
    assert len(measured(tmp_path / "bulk.db", 120, 50)) == 3
