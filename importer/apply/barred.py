"""What bars a way out, each with the way that is open instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from importer.apply.asking import Asked, Desk
from importer.delivery.natural import dead
from importer.delivery.remote import text
from importer.errors import Refused
from importer.kinds import KINDS, Kind
from importer.model import Change, Document, Receipt, Ref, StepId
from importer.plan.ways_out import command


def check_free(desk: Desk, document: Document, remote_id: str) -> None:
    """Neither the key nor the id is taken. Raises Refused (key-taken)."""
    kind, own = KINDS[document.kind], StepId(*document.ref)
    known = desk.memory.by_step().get(own)
    if known is not None:
        same = known.remote_id == remote_id
        raise Refused(
            "key-taken",
            f"{own} is known already, as {'that very one' if same else known.remote_id} of the books.",
            f"To take the books as they are: {command('accept', own)}"
            if same
            else f"To forget that first: {command('rm', own)}",
        )
    other = next(
        (one for one in desk.memory.receipts if not one.part and (one.kind, one.remote_id) == (kind.name, remote_id)),
        None,
    )
    if other is not None:
        before = StepId(*other.ref)
        raise Refused(
            "key-taken",
            f"{remote_id} of the books is known already, as {before}.",
            f"If the key was renamed: {command('mv', before, document.key)}. If that was a mistake, forget it first: "
            f"{command('rm', before)}",
        )


def check_alive(kind: Kind, row: Mapping[str, Any]) -> None:
    """Raises Refused (not-in-books) for what was voided."""
    if dead(kind, row):
        raise Refused(
            "not-in-books",
            f"The {kind.label} {text(row.get(kind.id_field))} was voided in FinzBooks.",
            "Give the id of one that counts, or remove the entry.",
        )


def check_whole(document: Document, asked: Asked) -> None:
    """All that ``document`` refers to is known, so that it can be compared. Raises Refused (not-alike)."""
    if asked.missing:
        raise Refused(
            "not-alike",
            f"{StepId(*document.ref)} refers to {asked.missing[0]}, which is not known to be in the books.",
            f"Say first which one that is: {command('adopt', StepId(*asked.missing[0]), 'ID')}",
        )


def known_receipt(desk: Desk, ref: Ref) -> Receipt:
    """The receipt of ``ref``. Raises Refused (no-such-key)."""
    receipt = desk.memory.by_step().get(StepId(*ref))
    if receipt is None:
        label = KINDS[ref.kind].label
        raise Refused(
            "no-such-key",
            f"The state knows no {label} {ref.key!r}.",
            f"To say which {label} of the books it is: {command('adopt', StepId(*ref), 'ID')}",
        )
    return receipt


def not_alike(document: Document, remote_id: str, found: Sequence[Change]) -> Refused:
    """The refusal that lists what the books hold otherwise and no call can mend."""
    shown = "; ".join(
        f"{one.label}: the books hold {quoted(one.before)}, the manifest says {quoted(one.after)}" for one in found
    )
    return Refused(
        "not-alike",
        f"{remote_id} of the books is not what the manifest says of {StepId(*document.ref)}. {shown}.",
        "Correct the manifest, or give another id; or, if the books are right as they are, add --accept-differences.",
    )


def quoted(value: Any) -> str:
    """A value of a difference, for a sentence."""
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else f'"{value}"'


def check_settled(desk: Desk, ref: Ref) -> None:
    """No application of the document is open. Raises Refused (open-intents): settling it would count it twice."""
    rows = [row for intent in desk.memory.intents for row in intent.rows]
    if any(row.part and (row.kind, row.key) == ref for row in rows):
        raise Refused(
            "open-intents",
            f"A call that applies {StepId(*ref)} was cut off, and what became of it is not known yet.",
            "Have it settled first: finz-import recover",
        )


def check_clear(ref: Ref, unclear: bool) -> None:
    """What is applied can be told from what still has to be. Raises Refused (not-alike)."""
    if unclear:
        raise Refused(
            "not-alike",
            f"What of {StepId(*ref)} is applied in the books is neither what is known nor that and all that the "
            "manifest adds, so that some of it would be applied twice, or never.",
            "Leave in the manifest only what FinzBooks shows as applied, and run this again; then add the rest. Or "
            f"forget what is known of it: {command('rm', StepId(*ref))}",
        )
