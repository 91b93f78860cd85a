"""What of a document the manifest manages, beside what was accepted to be otherwise, and what others changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from importer.api.wire import loads
from importer.delivery.compare import MONEY, drifted, held, sent_fields
from importer.kinds import KINDS, Kind
from importer.model import Change, Drift, Receipt
from importer.plan.applications import paise
from importer.plan.body import Bindings, remembered_body
from importer.plan.said import plain
from importer.plan.value import Step
from importer.schema import fields

UPDATE: Final = "update"  # the operation of a call that sends a whole document
TOTAL: Final = "total"  # what the books say that a document comes to


def top(change: Change) -> str:
    """The field of the document that ``change`` lies in."""
    return change.path.partition("[")[0].partition(".")[0]


def reprices(kind: Kind, found: Sequence[Change]) -> bool:
    """Whether an edit changes what the document comes to."""
    return any(top(one) in (kind.line_field, *kind.computed) for one in found)


def before_update(receipt: Receipt, bindings: Bindings) -> dict[str, Any]:
    """What the books should still hold of a document, as a create body: what was sent, and what was accepted since."""
    table = sent_fields(receipt.kind)
    # What was accepted of a total, or of what is applied, stands in no body.
    accepted = {name: value for name, value in receipt.accepted.items() if (name,) in table}
    return {**remembered_body(receipt.kind, receipt.said, bindings), **accepted}


def managed(wanted: Mapping[str, Any], receipt: Receipt | None, found: Sequence[Change]) -> dict[str, Any]:
    """The create body ``wanted`` without what was accepted to be otherwise in the books and was not edited since."""
    if receipt is None or not receipt.accepted:
        return dict(wanted)
    kept, edited = still_accepted(receipt, found), _edited(receipt.kind, found)
    result: dict[str, Any] = {}
    for name, value in wanted.items():
        if name not in kept:
            result[name] = value
        elif name in edited and isinstance(value, Mapping):
            result[name] = {inner: one for inner, one in value.items() if inner not in kept[name]}
    return result


def still_accepted(receipt: Receipt, found: Sequence[Change]) -> dict[str, Any]:
    """What of ``Receipt.accepted`` stays so after the edit ``found``: an object field by field, a list as a whole."""
    kind, edited = KINDS[receipt.kind], _edited(receipt.kind, found)
    result: dict[str, Any] = {}
    for name, value in receipt.accepted.items():
        if name == MONEY and reprices(kind, found):
            continue
        if name not in edited:
            result[name] = value
        elif isinstance(value, Mapping) and (left := {one: value[one] for one in value if one not in edited[name]}):
            result[name] = left
    return result


def _edited(kind: str, found: Sequence[Change]) -> Mapping[str, frozenset[str]]:
    """The names, in the create body, of what ``found`` changes; for an object with those of its own fields."""
    table = fields(kind)
    names: dict[str, frozenset[str]] = {}
    for path in (tuple(one.path.partition("[")[0].split(".")) for one in found):
        above, inner = table.get(path[:1]), table.get(path[:2])
        if above is not None and above.sent_as is not None:
            own = {inner.sent_as} if len(path) > 1 and inner is not None and inner.sent_as else set()
            names[above.sent_as] = names.get(above.sent_as, frozenset()) | own
    return names


def drift_of(
    step: Step, receipt: Receipt | None, bindings: Bindings, wanted: Mapping[str, Any], row: Mapping[str, Any]
) -> tuple[Drift, ...]:
    """What somebody else changed in ``row`` of the books since ``receipt`` was written; ``wanted`` is the create body.

    Where an update of ours was cut off, what it sent is nobody else's change.
    """
    if receipt is None:
        return ()
    kind = KINDS[step.id.kind]
    found = drifted(kind.name, before_update(receipt, bindings), wanted, row)
    if step.settles is not None and step.settles.operation == UPDATE:
        sent = loads(step.settles.body)
        others = {one.path.partition("[")[0] for one in held(kind.name, sent, row)}
        found = tuple(one for one in found if one.path.partition("[")[0] in others)
        return found if kind.line_field in sent else (*found, *_total_drift(kind, receipt, row))
    return (*found, *_total_drift(kind, receipt, row))


def _total_drift(kind: Kind, receipt: Receipt, row: Mapping[str, Any]) -> tuple[Drift, ...]:
    """A line may take its rate from its item: that somebody changed it is seen in what the document comes to alone."""
    now = paise(row.get(TOTAL))
    if not kind.line_field or not receipt.total or now is None or now == Decimal(receipt.total):
        return ()
    return (Drift(TOTAL, receipt.total, plain(now), None),)
