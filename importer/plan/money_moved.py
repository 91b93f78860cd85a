"""What a plan moves in the books, in rupees: only what it creates, and only what is posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from importer.kinds import KINDS, Counts
from importer.manifest.typed import typed
from importer.model import Action, Document
from importer.plan.expected import Expectations
from importer.plan.value import Money, Step


def money_moved(steps: Iterable[Step], expectations: Expectations) -> Money:
    """The money of the creates among ``steps``.

    ``outstanding`` is what the customers owe more for it: billed less received less credited, since receipts and
    notes lower the receivables when they are posted, applied or not (fact sheet, sections 16 and 17). An amount that
    depends on a tax whose rate is not known is None, and so is what is made from it.
    """
    sums: dict[Counts, Decimal | None] = defaultdict(Decimal)
    for step in steps:
        if step.action is not Action.CREATE or step.document is None or not counted(step.document):
            continue
        counts = KINDS[step.id.kind].counts
        worth = expectations.worth(step.document.ref)
        before = sums[counts]
        if before is None or worth is None or not worth.exact:
            sums[counts] = None
        else:
            sums[counts] = before + worth.high.total
    billed, received, credited = (sums[one] for one in (Counts.BILLED, Counts.RECEIVED, Counts.CREDITED))
    if billed is None or received is None or credited is None:
        return Money(billed, received, credited, None)
    return Money(billed, received, credited, billed - received - credited)


def counted(document: Document) -> bool:
    """Whether creating ``document`` moves money: not a draft, and not money that goes out."""
    kind = KINDS[document.kind]
    fields = typed(document.kind, document.fields)
    if kind.posts_if and fields.get(kind.posts_if) is not True:
        return False
    return kind.incoming_if is None or fields.get(kind.incoming_if[0]) == kind.incoming_if[1]
