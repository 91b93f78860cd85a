from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.model import Receipt, Ref
from importer.plan.settled import settled_by

IDS = {Ref("invoices", "O-1"): "inv_1", Ref("invoices", "inv_1"): "inv_2"}


def receipt(kind: str, key: str, part: str = "", **fields: Any) -> Receipt:
    head = {"remote_id": key, "number": "", "digest": "", "generation": 0, "source": "", "run": ""}
    return Receipt(kind=kind, key=key, part=part, **{**head, "said": {}, "created": "", "updated": "", **fields})


def settled(*receipts: Receipt, target: str = "inv_1") -> Decimal:
    return settled_by(receipts, "invoices", target, IDS.get)


def to(target: str, amount: str, by: str = "invoice") -> dict[str, str]:
    return {by: target, "amount": amount}


def paid(*entries: dict[str, str], **fields: Any) -> Receipt:
    return receipt("payments", "P-1", said={"amount": "500", "allocations": list(entries)}, **fields)


def credited(part: str, entry: dict[str, str], **fields: Any) -> Receipt:
    return receipt("credit_notes", "C-1", part, said=entry, **fields)


@pytest.mark.parametrize(
    ("receipts", "found"),
    [
        ([], "0"),
        ([receipt("contacts", "acme"), receipt("invoices", "O-1")], "0"),
        ([paid(to("O-1", "30"), to("O-1", "12.50"), to("O-2", "7"))], "42.50"),
        ([paid(to("inv_1", "30", "invoice_id"), to("inv_2", "7", "invoice_id"))], "30"),
        ([paid(to("inv_1", "30"))], "0"),  # the key of another one
        (
            [credited("O-1#1", to("O-1", "30")), credited("O-1#2", to("O-1", "5")), credited("O-2#1", to("O-2", "7"))],
            "35",
        ),
        ([receipt("credit_notes", "C-1", said={"applications": [to("O-1", "30")]})], "0"),  # its parts are what counts
        ([paid(to("O-1", "30")), credited("O-1#1", to("O-1", "5"))], "35"),
        ([credited("O-1#1", to("O-1", "30"), accepted={"amount": "25"})], "25"),
        ([credited("O-1#1", to("O-1", "30"), accepted={"amount": "0"})], "0"),
        ([paid(to("O-1", "30"), accepted={"allocations": [to("inv_1", "20", "invoice_id")]})], "20"),
    ],
)
def test_it_is_the_sum_of_what_the_state_remembers_as_the_books_hold_it(receipts: list[Receipt], found: str) -> None:
    assert settled(*receipts) == Decimal(found)


def test_of_another_document_nothing_is_counted() -> None:
    assert settled(paid(to("O-1", "30")), target="inv_9") == 0
