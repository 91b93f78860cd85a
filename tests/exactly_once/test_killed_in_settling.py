"""A bulk call is cut off, a row of it is edited, and the run that settles the call is killed half way through that."""

from __future__ import annotations

from unittest import mock

import pytest
from apply.manifests import contact, invoice, manifest
from simulation.course import Stage
from simulation.trouble import Killed

from exactly_once.calls import ACME, DRAFT, cut_off, is_as_after, lose_state, runs, undone_in_the_app
from importer.model import Manifest
from importer.state.export import lines
from importer.state.files import open_for_writing
from importer.state.importing import bring_in, read
from importer.state.store import Store

EDITED = 2


def billed(reference: str = f"REF {EDITED}") -> Manifest:
    """Three drafts, with references of their own: their keys stand nowhere in the books."""
    references = [reference if at == EDITED else f"REF {at}" for at in (1, 2, 3)]
    rows = [invoice(f"O-{at}", f"{at}00", reference_number=one, **DRAFT) for at, one in enumerate(references, 1)]
    return manifest(contacts=[contact()], invoices=rows)


SENT, CORRECTED = billed(), billed("REF 2b")


def killed_after_the_first_receipt(own: Stage, made: Manifest) -> None:
    real, calls = Store.close_row, iter(range(2))

    def dying(store: Store, *args: object, **given: object) -> bool:
        if next(calls):
            raise Killed
        return real(store, *args, **given)  # type: ignore[arg-type]

    with mock.patch.object(Store, "close_row", dying), pytest.raises(Killed):
        own.run_once(made)
    assert [[row.key for row in one.rows] for one in own.intents()] == [["O-2", "O-3"]]


@pytest.fixture
def half_settled(own: Stage) -> Stage:
    runs(own, manifest(**ACME))
    cut_off(own, SENT, "POST /bulk/invoices", done=True, kept=False)
    killed_after_the_first_receipt(own, CORRECTED)
    return own


def test_the_rows_that_are_left_are_still_told_apart(half_settled: Stage) -> None:
    assert not runs(half_settled, CORRECTED).bad
    assert half_settled.intents() == ()
    is_as_after(half_settled, SENT, CORRECTED)


def test_a_row_that_the_server_never_came_to_is_booked_as_edited(half_settled: Stage) -> None:
    own = half_settled
    (gone,) = [row["id"] for row in own.rows("invoices") if row["reference"] == "REF 2"]
    undone_in_the_app(own, "invoices", gone)
    assert own.references("invoices") == ["REF 1", "REF 3"]
    assert not runs(own, CORRECTED).bad
    assert own.references("invoices") == ["REF 1", "REF 2b", "REF 3"]
    assert own.plan(CORRECTED).idle


def test_they_are_told_apart_on_another_machine_too(half_settled: Stage) -> None:
    own = half_settled
    with own.reading() as store:
        exported = list(lines(store))
    lose_state(own)
    with open_for_writing(own.state) as store:
        bring_in(store, read(exported, "state.jsonl"))
    assert not runs(own, CORRECTED).bad
    is_as_after(own, SENT, CORRECTED)
