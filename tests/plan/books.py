"""Small manifests in YAML, what a state remembers of them, and what the books of an org may hold."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from importer.apply.prepare import in_order
from importer.delivery.natural import Match
from importer.kinds import KINDS
from importer.manifest import SourceFile, read
from importer.model import Action, Document, Intent, IntentRow, Manifest, Receipt, Ref, StepId
from importer.plan.decide import decide
from importer.plan.entries import entries_of, entry_said
from importer.plan.known import Known
from importer.plan.names import Names
from importer.plan.said import digest, said
from importer.plan.value import Step
from importer.state.rows import canonical_json
from importer.state.said_text import SaidText

TAXES = (
    {"tax_id": "tx_18", "name": "GST 18%", "shape": "INTRA_STATE", "cgst": 9, "sgst": 9, "igst": 18, "cess": 0},
    {"tax_id": "tx_5", "name": "GST 5%", "shape": "INTRA_STATE", "cgst": "2.5", "sgst": "2.5", "igst": 5, "cess": 0},
)
ACCOUNTS = ({"account_id": "acc_consulting", "code": "4010", "name": "Consulting Revenue"},)
BANKS = ({"account_id": "acc_hdfc", "code": "1010", "name": "HDFC Current"},)
BRANCHES = ({"branch_id": "br_hq", "code": "HQ", "name": "Head Office"},)
NAMES = Names({"taxes": TAXES, "accounts": ACCOUNTS, "bank_accounts": BANKS, "branches": BRANCHES})

ACME = "contacts: [{key: acme, contact_name: Acme Corp}]\n"
WIDGET = "items: [{key: widget, name: Widget, rate: 100}]\n"
ORDER = """
invoices:
  - {key: ORDER-1, customer: acme, date: 2026-05-19, place_of_supply: IN-KA, auto_approve: true,
     line_items: [{name: Work, quantity: 1, rate: 100}]}
"""
PAID = """
payments:
  - {key: UTR-1, flow: INCOMING, contact: acme, date: 2026-05-20, amount: 60,
     allocations: [{invoice: ORDER-1, amount: 60}]}
"""
CREDITED = """
credit_notes:
  - {key: CN-1, customer: acme, date: 2026-05-21, line_items: [{name: Back, quantity: 1, rate: 40}],
     applications: [{invoice: ORDER-1, amount: 40}]}
"""
SALE = ACME + ORDER + PAID + CREDITED


def manifest(*texts: str) -> Manifest:
    """A manifest without problems, each text a file of its own."""
    files = [SourceFile(f"{at}.yaml", textwrap.dedent(text).encode()) for at, text in enumerate(texts)]
    found = read(files)
    assert found.problems == ()
    return found


def documents(*texts: str) -> list[Document]:
    """The documents of a manifest in the order of their references."""
    return in_order(manifest(*texts))


def document(text: str, kind: str = "") -> Document:
    """The one document, or the first of ``kind``."""
    return next(one for one in manifest(text).documents if kind in ("", one.kind))


def receipt(document: Document, remote_id: str = "", **given: Any) -> Receipt:
    """What a state remembers of ``document`` once it has been applied as it stands."""
    spoken = given.get("said", said(document))
    values: dict[str, Any] = {
        "part": "",
        "remote_id": remote_id or f"id_{document.key}",
        "number": "",
        "said": spoken,
        "digest": digest(spoken),
        "generation": 0,
        "source": document.file,
        "run": "run-1",
        "created": "2026-05-19T10:00:00Z",
        "updated": "2026-05-19T10:00:00Z",
    }
    kept = {"said": SaidText(canonical_json(spoken))}  # as a state gives it
    return Receipt(kind=document.kind, key=document.key, **{**values, **given, **kept})


def receipts_of(documents: Iterable[Document], *, parts: bool = True) -> dict[StepId, Receipt]:
    """What a state remembers once everything of ``documents`` has been applied; without ``parts``, no application."""
    found: dict[StepId, Receipt] = {}
    for one in documents:
        found[StepId(one.kind, one.key)] = receipt(one)
        settles = KINDS[one.kind].settles
        if settles is not None and not settles.in_body and parts:
            for part, entry in entries_of(one, settles):
                found[StepId(one.kind, one.key, part)] = receipt(one, part=part, said=entry_said(settles, entry))
    return found


def intent(*rows: tuple[str, str, str], operation: str = "create") -> Intent:
    """An open call that was to write ``rows``: kind, key and part."""
    return Intent(
        id=1,
        operation=operation,
        rows=tuple(IntentRow(*row, 0) for row in rows),
        method="POST",
        path="/anything",
        body="{}",
        idempotency_key="fzi-1",
        token_id="tok_1",
        server_time="2026-05-19T10:00:00Z",
        run="run-1",
    )


def found(ref: Ref, *rows: Mapping[str, Any], words: str = "the same name") -> dict[Ref, Match]:
    """What a search of the org found of ``ref``."""
    return {ref: Match(tuple(rows), words if rows else "")}


def plan(
    documents: list[Document], known: Known | None = None, in_scope: Callable[[Receipt], bool] = lambda _: True
) -> dict[str, Step]:
    """The steps by their names, in order: ``contacts/acme``, ``credit_notes/CN-1 ORDER-1#1``."""
    return {str(step.id): step for step in decide(documents, known or Known(), in_scope)}


def actions(steps: Mapping[str, Step]) -> dict[str, Action]:
    return {name: step.action for name, step in steps.items()}
