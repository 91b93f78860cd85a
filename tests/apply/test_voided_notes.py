"""A credit note that somebody voids before it is applied."""

from __future__ import annotations

from apply.manifests import contact, invoice, manifest, note
from apply.world import World
from importer.model import Action

MADE = manifest(contacts=[contact()], invoices=[invoice("O-1")], credit_notes=[note("C-1", "40", on="O-1")])
WITHOUT = manifest(contacts=[contact()], invoices=[invoice("O-1")], credit_notes=[note("C-1", "40")])


def test_the_plan_says_that_it_was_voided_and_not_that_it_was_applied(world: World) -> None:
    world.apply(WITHOUT)
    world.sql("UPDATE credit_notes SET state = 'CANCELLED'")
    (step,) = world.plan(MADE).conflicts
    assert (step.action, step.code) == (Action.CONFLICT, "voided-in-books")
    assert "was voided in FinzBooks" in step.reason
    assert "finz-import state rm credit_notes C-1" in step.help
