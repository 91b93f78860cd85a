"""What an application settles whose outcome is not known: nothing else may touch that until it is. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection

from importer.kinds import KINDS
from importer.model import CREATES, Document, Ref, StepId
from importer.plan.entries import Target, entries_of, targets_of
from importer.plan.known import Known


def targets_in_doubt(known: Known) -> frozenset[Target]:
    """What a call may have settled whose outcome is not known: an application, or a document that settles others in
    its own body. The fate of an application is told from the balances of what it settles.

    Until then nothing else may move those (design, section 6, item 5: one in flight per invoice).
    """
    found: set[Target] = set()
    for own, intent in known.intents.items():
        settles = KINDS[own.kind].settles
        if settles is not None and settles.in_body and intent.operation in CREATES:
            entries = json.loads(intent.body).get(settles.field) or ()
            found |= {Target(settles.target, "id", entry[settles.target_id_field]) for entry in entries}
        if settles is not None and own.part:
            name = own.part.rpartition("#")[0]  # a key, or an id
            found |= {Target(settles.target, "key", name), Target(settles.target, "id", name)}
            found |= {Target(settles.target, "id", one) for one in [intent.before.get("target")] if one}
    return frozenset(found)


def settles_in_doubt(document: Document, known: Known, in_doubt: Collection[Target]) -> bool:
    """Whether creating ``document`` settles, in its own body, something of ``in_doubt``."""
    settles = KINDS[document.kind].settles
    if settles is None or not settles.in_body or not in_doubt:
        return False

    def id_of(ref: Ref) -> str:
        receipt = known.receipts.get(StepId(*ref))
        return receipt.remote_id if receipt is not None else ""

    entries = (entry for _, entry in entries_of(document, settles))
    return any(target in in_doubt for entry in entries for target in targets_of(settles, entry, id_of))
