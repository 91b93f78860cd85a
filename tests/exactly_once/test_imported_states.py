"""Two machines share a state by its exports, and one of them was cut off over a call."""

from __future__ import annotations

import pytest
from apply.manifests import manifest, payment
from simulation.course import Stage

from exactly_once.calls import ACME, CALLS, KINDS, Call, copy_state, cut_off, put_back, runs
from importer.errors import Refused
from importer.state import importing
from importer.state.files import open_for_writing
from importer.state.importing import bring_in
from importer.state.values import Export, Imported

ELSEWHERE = manifest(items=[{"key": key, "name": key, "rate": "1", "hsn_sac": "997331"} for key in ("w", "x")])


def exported(own: Stage) -> Export:
    with open_for_writing(own.state) as store:
        return store.content()


def imported(own: Stage, export: Export) -> Imported:
    with open_for_writing(own.state) as store:
        return bring_in(store, export)


def other_machine_went_on(own: Stage, call: Call) -> Export:
    """This machine was cut off over the call, and the export of the other one knows nothing of that."""
    runs(own, call.before)
    common = copy_state(own)
    runs(own, ELSEWHERE)
    export = exported(own)
    put_back(own, common)
    cut_off(own, call.after, call.path, done=True, kept=False)
    return export


@KINDS
def test_an_export_that_knows_nothing_of_an_open_call_is_refused_and_says_to_settle_it(own: Stage, call: Call) -> None:
    export, opened = other_machine_went_on(own, call), own.intents()
    with pytest.raises(Refused, match="knows nothing of the open call for ") as info:
        imported(own, export)
    assert info.value.code == "state-in-use"
    assert "finz-import recover" in info.value.help
    assert own.intents() == opened


@KINDS
@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
def test_an_export_of_the_machine_that_settled_the_call_is_taken(own: Stage, call: Call, done: bool) -> None:
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=done, kept=False)
    kept = copy_state(own)
    assert not runs(own, call.after).bad
    export = exported(own)
    put_back(own, kept)
    assert imported(own, export).changed
    assert own.intents() == ()


@KINDS
def test_an_export_that_still_knows_the_call_as_open_is_taken(own: Stage, call: Call) -> None:
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=True)
    kept, opened = copy_state(own), own.intents()
    with open_for_writing(own.state) as store:
        store.put(list(store.receipts()))
        export = store.content()
    put_back(own, kept)
    assert imported(own, export).changed
    assert [one.idempotency_key for one in own.intents()] == [one.idempotency_key for one in opened]


PAID_OTHERWISE = manifest(**ACME, payments=[payment("P-1", "250", reference_number="UTR 9")])


def test_without_that_an_edited_payment_is_made_twice(own: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    export = other_machine_went_on(own, CALLS["a create"])
    monkeypatch.setattr(importing, "_forgotten_call", lambda held, content: None)
    imported(own, export)
    runs(own, PAID_OTHERWISE)
    assert own.count("payments") == 2
