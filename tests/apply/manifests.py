"""Manifests made of Python values, written as JSON, which is YAML. A test names only what matters to it."""

from __future__ import annotations

import json
from typing import Any

from importer.manifest import SourceFile, read
from importer.model import Document, Manifest, Ref

Entry = dict[str, Any]


def manifest(**sections: list[Entry]) -> Manifest:
    """What the importer reads of ``sections``. Fails on a manifest that is not sound."""
    text = json.dumps(sections, indent=1)
    made = read([SourceFile("books.yaml", text.encode("utf-8"))])
    assert not made.problems, made.problems
    return made


def document(made: Manifest, kind: str, key: str) -> Document:
    return next(one for one in made.documents if one.ref == Ref(kind, key))


def contact(key: str = "acme", **fields: Any) -> Entry:
    return {"key": key, "contact_name": f"{key} & Sons", **fields}


def invoice(key: str, total: str = "100", **fields: Any) -> Entry:
    """Posted, one untaxed line."""
    lines = [{"name": "Work", "quantity": "1", "rate": total}]
    head = {"key": key, "customer": "acme", "date": "2026-05-19", "place_of_supply": "IN-KA", "auto_approve": "true"}
    return {**head, "line_items": lines, **fields}


def taxed(key: str, rate: str = "100", **fields: Any) -> Entry:
    """Posted, one line with GST 18%."""
    lines = [{"name": "Work", "quantity": "1", "rate": rate, "tax": "GST 18%"}]
    return invoice(key, **{"line_items": lines, **fields})


def payment(key: str, amount: str = "100", *, of: str = "", **fields: Any) -> Entry:
    head = {"key": key, "flow": "INCOMING", "contact": "acme", "date": "2026-05-20", "amount": amount}
    allocations = [{"invoice": of, "amount": amount}] if of else []
    return {**head, "bank_account": "HDFC Current", **({"allocations": allocations} if of else {}), **fields}


def note(key: str, total: str = "100", *, on: str = "", applied: str = "", **fields: Any) -> Entry:
    """A credit note of one untaxed line; with ``on`` it is applied to that invoice, wholly unless ``applied`` says."""
    lines = [{"name": "Return", "quantity": "1", "rate": total}]
    applications = [{"invoice": on, "amount": applied or total}] if on else []
    head = {"key": key, "customer": "acme", "date": "2026-05-21", "line_items": lines}
    return {**head, **({"applications": applications} if on else {}), **fields}
