"""How much of a document the state remembers as settled, by whatever settles it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from importer.delivery.remote import text
from importer.kinds import KINDS, Settles
from importer.model import Receipt, Ref
from importer.money import add
from importer.plan.allocations import AMOUNT, accepted_entries


def settled_by(receipts: Iterable[Receipt], target: str, target_id: str, id_of: Callable[[Ref], str | None]) -> Decimal:
    """What ``receipts`` have settled of the document ``target_id`` of the kind ``target``, in rupees.

    As the books hold it, where that was accepted to be otherwise.
    """
    return add(
        Decimal(entry[AMOUNT])
        for receipt in receipts
        if (settles := KINDS[receipt.kind].settles) is not None and settles.target == target
        for entry in _entries(receipt, settles)
        if _names(settles, entry, target_id, id_of)
    )


def _entries(receipt: Receipt, settles: Settles) -> Iterator[Mapping[str, Any]]:
    if settles.in_body and not receipt.part:
        held = accepted_entries(receipt)
        yield from receipt.said.get(settles.field, ()) if held is None else held
    elif receipt.part and not settles.in_body:
        yield {**receipt.said, AMOUNT: receipt.accepted.get(AMOUNT, receipt.said[AMOUNT])}


def _names(settles: Settles, entry: Mapping[str, Any], target_id: str, id_of: Callable[[Ref], str | None]) -> bool:
    key, raw = text(entry.get(settles.target_field)), text(entry.get(settles.target_id_field))
    return (id_of(Ref(settles.target, key)) if key else raw) == target_id
