"""Updates and postings whose answers were never seen, told by what the books hold now. Pure (design, section 6).

The entry may have been edited once more since then. So an intent keeps what the document said when its call left, and
the receipt that the call would have left can still be written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

from importer.delivery.compare import held
from importer.delivery.natural import dead
from importer.delivery.settle import shows
from importer.kinds import KINDS
from importer.model import Intent, Receipt, Ref, StepId
from importer.plan.applications import paise
from importer.plan.body import Bindings, remembered_body
from importer.plan.edits import EDITS, is_draft
from importer.plan.known import Gone
from importer.plan.managed import TOTAL
from importer.plan.said import digest, plain

SAID: Final = "said"  # of what an intent remembers


def remembering(spoken: Mapping[str, Any]) -> dict[str, str]:
    """What an intent keeps of a document that says ``spoken``."""
    return {SAID: json.dumps(dict(spoken), ensure_ascii=False, sort_keys=True)}


def changed_id(intent: Intent) -> str:
    """The id of the document that a change was sent to, from its path."""
    kind = KINDS[intent.rows[0].kind]
    begin, _, end = (kind.approve if intent.operation == "approve" else f"{kind.endpoint}/{{id}}").partition("{id}")
    return unquote(intent.path.removeprefix(begin).removesuffix(end))


def being_changed(receipts: Mapping[StepId, Receipt], intents: Mapping[StepId, Intent]) -> dict[Ref, str]:
    """The ids of documents that had only been found in the books when a change of them was cut off.

    No receipt has them yet, and a search would miss them once the entry was edited in what it is known by. What
    another document was remembered as since is left out.
    """
    held = {(one.kind, one.remote_id) for one in receipts.values() if not one.part}
    found = {own: changed_id(one) for own, one in intents.items() if one.operation in EDITS and own not in receipts}
    return {Ref(own.kind, own.key): at for own, at in found.items() if (own.kind, at) not in held}


def came_through(receipt: Receipt, intent: Intent, row: Mapping[str, Any], bindings: Bindings) -> Receipt | None:
    """The receipt of a change that the books show to be done, whatever its entry says by now; None where they do not.

    Where the books were agreed to hold something otherwise, that cannot be told this way.
    """
    kind = KINDS[receipt.kind]
    if intent.operation not in EDITS or SAID not in intent.before or receipt.accepted or dead(kind, row):
        return None
    spoken = json.loads(intent.before[SAID])
    apart = {kind.posts_if, kind.settles.field if kind.settles is not None else ""}
    body = remembered_body(kind.name, spoken, bindings)
    wanted = {name: value for name, value in body.items() if name not in apart}
    if intent.operation == "approve" and (kind.state_field not in row or is_draft(kind, row)):
        return None
    if held(kind.name, wanted, row) or (intent.operation != "approve" and not shows(kind.name, wanted, row)):
        return None
    total = paise(row.get(TOTAL))
    if total is not None and receipt.total and plain(total) != receipt.total:
        return None  # by this change, or by somebody else's: whoever goes on computes what it should come to
    done = replace(receipt, said=spoken, digest=digest(spoken))
    return done if done.digest != receipt.digest else None


def all_that_came_through(
    receipts: Mapping[StepId, Receipt],
    intents: Mapping[StepId, Intent],
    looked: Mapping[StepId, Mapping[str, Any] | Gone],
    bindings: Bindings,
) -> Iterator[tuple[StepId, Receipt]]:
    """The receipts of all cut off changes that the books show to be done."""
    for own, intent in intents.items():
        row, receipt = looked.get(own), receipts.get(own)
        if receipt is None or row is None or isinstance(row, Gone):
            continue
        if (done := came_through(receipt, intent, row, bindings)) is not None:
            yield own, done
