"""Random edits, applied one after the other: the plan, the apply and the next plan always agree."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apply.manifests import contact, invoice, manifest, note, payment
from apply.wire import Wire
from apply.world import TABLES, World
from importer.checks import check
from importer.model import Action, Manifest, StepId
from importer.outcome import Status
from importer.sandbox.books import Books
from importer.sandbox.clock import SkippingClock

Sections = dict[str, list[dict[str, Any]]]


def first() -> Sections:
    """Every kind twice: posted and draft invoices, an advance, a note."""
    return {
        "contacts": [contact(), contact("other")],
        "items": [{"key": "w", "name": "Widget", "rate": "10"}, {"key": "x", "name": "Gadget", "rate": "20"}],
        "invoices": [
            invoice("P-1", "1000", notes="one"),
            invoice("P-2", "1000"),
            invoice("D-1", "50", auto_approve="false"),
            invoice("D-2", "60", auto_approve="false", notes="two"),
        ],
        "payments": [payment("UTR-1", "200", of="P-1", allocations=[{"invoice": "P-1", "amount": "10"}])],
        "credit_notes": [note("CN-1", "90"), note("CN-2", "80", on="P-2", applied="5")],
    }


EDITS = st.tuples(
    st.sampled_from(
        [
            *(("contacts", done) for done in ("set", "unset", "add")),
            *(("items", done) for done in ("set", "unset")),
            *(("invoices", done) for done in ("set", "unset", "post", "post", "line", "add")),
            *(("payments", done) for done in ("set", "settle", "settle", "settle", "unsettle")),
            *(("credit_notes", done) for done in ("set", "unset", "line", "settle", "settle", "unsettle")),
        ]
    ),
    st.integers(0, 3),  # which of the entries, and of the targets
    st.sampled_from(["one", "two", "three"]),
    st.integers(1, 30).map(str),
)
Edit = tuple[tuple[str, str], int, str, str]


FIELDS = {"contacts": "phone", "items": "unit", "invoices": "notes", "payments": "description", "credit_notes": "notes"}
SETTLES = {"payments": "allocations", "credit_notes": "applications"}


def edited(sections: Sections, edit: Edit, number: int) -> Sections:
    """``sections`` after one edit; the same where there is nothing to take away."""
    (kind, done), at, word, amount = edit
    made = deepcopy(sections)
    entry = made[kind][at % len(made[kind])]
    if done == "set":
        entry[FIELDS[kind]] = word
    elif done == "unset":
        entry.pop(FIELDS[kind], None)
    elif done == "settle":
        entry.setdefault(SETTLES[kind], []).append({"invoice": "P-1" if at < 2 else "P-2", "amount": amount})
    elif done == "unsettle" and entry.get(SETTLES.get(kind, "")):
        entry[SETTLES[kind]].pop()
    elif done == "post":
        entry["auto_approve"] = "true"
    elif done == "line":
        entry["line_items"][0]["rate"] = str(int(entry["line_items"][0]["rate"]) + int(amount))
    elif done == "add" and kind == "invoices":
        made[kind].append(invoice(f"N-{number}", amount))
    elif done == "add":
        made[kind].append(contact(f"c{number}"))
    return made


@contextmanager
def a_world() -> Iterator[World]:
    clock = SkippingClock()
    books = Books(":memory:", clock)
    with tempfile.TemporaryDirectory() as folder:
        yield World(books, clock, Path(folder) / "state.db", Wire(books))
    books.close()


def sound(sections: Sections) -> Manifest | None:
    """What the importer reads of it; None for what the schema refuses, such as a list twice the same."""
    try:
        return manifest(**sections)
    except AssertionError:
        return None


def fingerprint(world: World) -> dict[str, list[dict[str, Any]]]:
    return {table: world.rows_of(table) for table in (*TABLES, "allocations")}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EDITS, min_size=3, max_size=10))
def test_after_an_apply_without_conflicts_the_next_plan_is_empty(drawn: list[Edit]) -> None:
    with a_world() as world:
        sections = first()
        start = sound(sections)
        assert start is not None
        world.apply(start)
        for number, edit in enumerate(drawn):
            wanted = edited(sections, edit, number)
            made = sound(wanted)
            if made is None or _is_refused(world, made):
                continue
            if _step(world, made):
                sections = wanted


def _is_refused(world: World, made: Manifest) -> bool:
    """Whether the checks say no, as when more is settled than is owed."""
    said = {one.ref: one.said for one in world.receipts().values() if not one.part}
    return any(problem.severity.value == "error" for problem in check(made, said))


def _step(world: World, made: Manifest) -> bool:
    """Plan, apply, plan again. Whether it could be applied; what conflicts touches nothing."""
    world.calm()
    before = fingerprint(world)
    plan = world.plan(made)
    assert not [seen for seen in world.wire.seen if seen.method != "GET"]
    assert all(step.help for step in plan.conflicts), plan.conflicts
    if plan.conflicts:
        assert fingerprint(world) == before
        return False
    idle = plan.idle
    report = world.apply(made)
    assert not report.bad, report.bad
    assert {outcome.id for outcome in report.outcomes} == {
        one.id for one in plan.steps if one.action is not Action.ORPHANED
    }
    if idle:
        assert fingerprint(world) == before
    promised = {one.id: one.action for one in plan.steps}
    assert all(
        (outcome.status is Status.CREATED) == (promised[outcome.id] is Action.CREATE) for outcome in report.outcomes
    )
    again = world.plan(made)
    assert again.idle, again.steps
    assert dict(world.sent) == {"GET /whoami": 1}
    _agree(world, made)
    return True


def _agree(world: World, made: Manifest) -> None:
    """The books hold of every document what the manifest says."""
    for document in made.documents:
        row = world.row(document.kind, document.key)
        if "notes" in document.fields:
            assert row["notes"] == document.fields["notes"]
        if document.kind == "invoices" and document.fields.get("auto_approve") == "true":
            assert row["state"] == "POSTED"
        for field, table, own in (("allocations", "allocations", "payment_id"),):
            listed = document.fields.get(field)
            if isinstance(listed, list):
                held = sorted(
                    (one["invoice_id"], one["amount"]) for one in world.rows_of(table) if one[own] == row["id"]
                )
                wanted = sorted(
                    (world.receipts()[StepId("invoices", str(one["invoice"]))].remote_id, int(str(one["amount"])) * 100)
                    for one in listed
                    if isinstance(one, dict)
                )
                assert held == wanted
        applied = document.fields.get("applications")
        if isinstance(applied, list):
            total = sum(int(str(one["amount"])) for one in applied if isinstance(one, dict))
            assert row["applied"] == total * 100
