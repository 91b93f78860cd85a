"""A FinzBooks that tells nothing of its notes but their ids (fact sheet, 25.22): nothing is taken for not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from apply import wire
from apply.manifests import contact, invoice, manifest, note
from simulation.course import Stage, stage

MADE: Final = manifest(contacts=[contact()], invoices=[invoice("O-1")], credit_notes=[note("C-1", "40", on="O-1")])
LOST: Final = wire.breaks(httpx.ReadTimeout, done=True)
TWO_DAYS: Final = 2 * 86_400.0


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as world:
        world.books.settings.set_switches({"credit_note_shape": "bare"})
        yield world


def test_a_note_is_not_made_again_after_the_state_was_lost(bare: Stage) -> None:
    assert bare.run_once(MADE) is not None
    bare.state.unlink()
    bare.later(TWO_DAYS)
    assert bare.run_once(MADE) is None
    (conflict,) = [one for one in bare.made.conflicts if not one.id.part] if bare.made else []
    assert (conflict.id.key, conflict.code) == ("C-1", "likeness")
    assert "they tell nothing of it but its id" in conflict.reason
    assert bare.count("credit_notes") == 1


def test_a_note_whose_answer_was_lost_is_not_taken_for_undone(bare: Stage) -> None:
    bare.fault("POST /credit_notes", LOST, times=wire.EVER)
    assert bare.run_once(MADE) is not None
    bare.calm()
    bare.later(TWO_DAYS)
    assert bare.run_once(MADE) is not None
    assert bare.count("credit_notes") == 1
    assert [one.rows[0].key for one in bare.intents()] == ["C-1"]


def test_what_the_state_knows_is_no_candidate_for_another(bare: Stage) -> None:
    assert bare.run_once(MADE) is not None
    more = manifest(
        contacts=[contact()],
        invoices=[invoice("O-1")],
        credit_notes=[note("C-1", "40", on="O-1"), note("C-2", "15")],
    )
    report = bare.run_once(more)
    assert report is not None
    assert not report.bad
    assert bare.count("credit_notes") == 2
