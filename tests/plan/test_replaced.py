from __future__ import annotations

from importer.model import Document, Receipt, Ref, StepId
from importer.plan.known import Known
from importer.plan.replaced import replaced
from plan.books import ACME, ORDER, documents, plan, receipts_of


def told(before: list[Document], after: list[Document]) -> list[str]:
    """What is noted of a plan for ``after`` where ``before`` was applied."""
    receipts: dict[StepId, Receipt] = receipts_of(before)
    steps = list(plan(after, Known(receipts=receipts)).values())
    said = {Ref(own.kind, own.key): one.said for own, one in receipts.items() if not own.part}
    return [note.message for note in replaced(steps, said)]


NEW = ORDER.replace("ORDER-1", "ORDER-1b").replace("rate: 100", "rate: 120")


def test_a_new_key_beside_what_was_not_voided_is_told() -> None:
    (message,) = told(documents(ACME + ORDER), documents(ACME + NEW))
    assert message == (
        "1 invoice has the party and date of one whose entry is gone and which the books still hold: "
        "ORDER-1b for ORDER-1. Unless that is voided there, both are booked."
    )


def test_another_day_or_another_party_is_another_document() -> None:
    later = NEW.replace("2026-05-19", "2026-05-20")
    assert told(documents(ACME + ORDER), documents(ACME + later)) == []


def test_nothing_is_told_while_the_old_entry_is_there() -> None:
    both = ORDER + NEW.replace("\ninvoices:", "")
    assert told(documents(ACME + ORDER), documents(ACME + both)) == []
