"""What a plan moves in the books, in rupees: what it creates or posts, and only what is posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from importer.kinds import KINDS, Counts
from importer.manifest.typed import typed
from importer.model import Action, Document, Ref
from importer.money import half_up, multiply
from importer.plan.edits import posts
from importer.plan.expected import Expectations
from importer.plan.phrases import HOME
from importer.plan.value import Money, Step


def money_moved(steps: Iterable[Step], expectations: Expectations) -> Money:
    """The money of the creates among ``steps``, and of drafts that are posted.

    ``outstanding`` is what the customers owe more for it: billed less received less credited, since receipts and
    notes lower the receivables when they are posted, applied or not (fact sheet, sections 16 and 17). An amount that
    depends on a tax or an exchange rate that is not known is None, and so is what is made from it.
    """
    sums: dict[Counts, Decimal | None] = defaultdict(Decimal)
    for step in steps:
        if step.document is None or not (step.action is Action.CREATE or posts(step)) or not counted(step.document):
            continue
        counts = KINDS[step.id.kind].counts
        amount = in_rupees(step.document, _comes_to(step, expectations))
        before = sums[counts]
        sums[counts] = None if before is None or amount is None else before + amount
    billed, received, credited = (sums[one] for one in (Counts.BILLED, Counts.RECEIVED, Counts.CREDITED))
    if billed is None or received is None or credited is None:
        return Money(billed, received, credited, None)
    return Money(billed, received, credited, billed - received - credited)


def _comes_to(step: Step, expectations: Expectations) -> Decimal | None:
    """What a step books, in the document's currency: of a draft that is posted, what the books say of it."""
    if step.action is not Action.CREATE and step.amount is not None:
        return step.amount
    worth = expectations.worth(Ref(step.id.kind, step.id.key))
    return worth.high.total if worth is not None and worth.exact else None


def counted(document: Document) -> bool:
    """Whether creating ``document`` moves customers' money: no draft, no payment to a vendor, no vendor's credit."""
    kind = KINDS[document.kind]
    fields = typed(document.kind, document.fields)
    if not fields.keys().isdisjoint(kind.vendor_if):
        return False
    if kind.posts_if and fields.get(kind.posts_if) is not True:
        return False
    return kind.incoming_if is None or fields.get(kind.incoming_if[0]) == kind.incoming_if[1]


def in_rupees(document: Document, amount: Decimal | None) -> Decimal | None:
    """``amount`` of ``document``; in another currency at its own exchange rate, and None without one."""
    if amount is None:
        return None
    fields = typed(document.kind, document.fields)
    if fields.get("currency_code", HOME) == HOME:
        return amount
    rate = fields.get("exchange_rate")
    return half_up(multiply(amount, rate)) if isinstance(rate, Decimal) else None
