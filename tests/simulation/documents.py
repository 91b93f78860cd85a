"""Random books, and how they are edited from one run to the next: what a seed decides about manifests."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

Entry = dict[str, Any]
Sections = dict[str, list[Entry]]
STEP = 5  # rupees: amounts are multiples, so that parts of them are whole


def versions(rng: Random) -> list[Sections]:
    """A manifest and one to three edits of it, each upon the one before."""
    found = [_first(rng)]
    for number in range(rng.randint(1, 3)):
        found.append(_edited(rng, found[-1], number))
    return found


def _first(rng: Random) -> Sections:
    contacts = [
        {"key": f"c{at}", "contact_name": f"Customer {at}", "phone": str(9000 + at)} for at in range(rng.randint(1, 3))
    ]
    items = [
        {"key": f"i{at}", "name": f"Item {at}", "sku": f"SKU-{at}", "rate": str(50 + at)}
        for at in range(rng.randint(0, 2))
    ]
    made: Sections = {"contacts": contacts, "items": items, "invoices": [], "payments": [], "credit_notes": []}
    for _ in range(rng.randint(1, 7)):
        _add_invoice(rng, made)
    for _ in range(rng.randint(0, 4)):
        _add_payment(rng, made)
    for _ in range(rng.randint(0, 3)):
        _add_note(rng, made)
    return made


def _edited(rng: Random, before: Sections, number: int) -> Sections:
    """A few edits, each of a kind that the importer can send."""
    made = deepcopy(before)
    edits = [_add_invoice, _add_payment, _add_note, _phone, _post, _allocate, _apply, _draft_notes]
    for edit in rng.sample(edits, rng.randint(1, 4)):
        edit(rng, made)
    rng.choice(made["contacts"])["phone"] = f"8{number}"
    return made


def _add_invoice(rng: Random, made: Sections) -> None:
    at = len(made["invoices"])
    line: Entry = {"name": "Work", "quantity": "1", "rate": str(rng.choice([100, 100, 200, 35]))}
    if made["items"] and rng.random() < 0.3:
        line = {"item": rng.choice(made["items"])["key"], "quantity": str(rng.randint(1, 3)), "rate": "100"}
    if rng.random() < 0.2:
        line["tax"] = "GST 18%"
    made["invoices"].append(
        {
            "key": f"I-{at}",
            "customer": rng.choice(made["contacts"])["key"],
            "date": f"2026-05-{rng.choice([19, 19, 20])}",
            "place_of_supply": "IN-KA",
            "auto_approve": "true" if rng.random() < 0.8 else "false",
            "line_items": [line],
        }
    )


def _total(invoice: Entry) -> int:
    """Rupees of its one line, tax left out: never more than it comes to."""
    line = invoice["line_items"][0]
    return int(line["quantity"]) * int(line["rate"])


def _left(made: Sections, invoice: Entry) -> int:
    lists = [one.get("allocations", []) for one in made["payments"]]
    lists += [one.get("applications", []) for one in made["credit_notes"]]
    used = sum(int(entry["amount"]) for entries in lists for entry in entries if entry["invoice"] == invoice["key"])
    return _total(invoice) - used


def _open(rng: Random, made: Sections, customer: str = "") -> tuple[Entry, int] | None:
    """A posted invoice with something left to settle, and an amount of that."""
    found = [
        one
        for one in made["invoices"]
        if one["auto_approve"] == "true" and _left(made, one) >= STEP and customer in ("", one["customer"])
    ]
    if not found:
        return None
    one = rng.choice(found)
    left = _left(made, one) // STEP
    return one, STEP * rng.choice([left, rng.randint(1, left)])


def _add_payment(rng: Random, made: Sections) -> None:
    found = _open(rng, made)
    head: Entry = {"key": f"P-{len(made['payments'])}", "flow": "INCOMING", "date": "2026-05-21", "mode": "UPI"}
    head["bank_account"] = "HDFC Current"
    if found is None or rng.random() < 0.3:
        made["payments"].append({**head, "contact": rng.choice(made["contacts"])["key"], "amount": "500"})
        return
    invoice, amount = found
    allocations = [{"invoice": invoice["key"], "amount": str(amount)}]
    more = rng.choice([0, 0, 200])  # an advance on top
    made["payments"].append(
        {**head, "contact": invoice["customer"], "amount": str(amount + more), "allocations": allocations}
    )


def _add_note(rng: Random, made: Sections) -> None:
    found = _open(rng, made)
    if found is None:
        return
    invoice, amount = found
    lines = [{"name": "Return", "quantity": "1", "rate": str(amount)}]
    note: Entry = {"key": f"N-{len(made['credit_notes'])}", "customer": invoice["customer"], "date": "2026-05-22"}
    note |= {"invoice": invoice["key"], "line_items": lines}
    if rng.random() < 0.7:
        note["applications"] = [{"invoice": invoice["key"], "amount": str(amount)}]
    made["credit_notes"].append(note)


def _phone(rng: Random, made: Sections) -> None:
    rng.choice(made["contacts"])["phone"] = f"7{rng.randint(0, 99)}"


def _post(rng: Random, made: Sections) -> None:
    drafts = [one for one in made["invoices"] if one["auto_approve"] == "false"]
    if drafts:
        rng.choice(drafts)["auto_approve"] = "true"


def _draft_notes(rng: Random, made: Sections) -> None:
    drafts = [one for one in made["invoices"] if one["auto_approve"] == "false"]
    if drafts:
        rng.choice(drafts)["notes"] = f"Draft {rng.randint(0, 99)}"


def _allocate(rng: Random, made: Sections) -> None:
    """Another allocation of a payment that has something left."""
    for payment in made["payments"]:
        entries = payment.get("allocations", [])
        left = int(payment["amount"]) - sum(int(one["amount"]) for one in entries)
        found = _open(rng, made, payment["contact"])
        if found is None or left < STEP or found[0]["key"] in {one["invoice"] for one in entries}:
            continue
        invoice, amount = found
        payment["allocations"] = [*entries, {"invoice": invoice["key"], "amount": str(min(amount, left))}]
        return


def _apply(rng: Random, made: Sections) -> None:
    """The application of a note that has none."""
    for note in made["credit_notes"]:
        invoice = next(one for one in made["invoices"] if one["key"] == note["invoice"])
        amount = int(note["line_items"][0]["rate"])
        if not note.get("applications") and _left(made, invoice) >= amount:
            note["applications"] = [{"invoice": invoice["key"], "amount": str(amount)}]
            return
