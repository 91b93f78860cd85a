"""What a plan moves in the books, in rupees: what it creates or posts, and only what is posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from importer.checks import Worth
from importer.kinds import KINDS, Counts
from importer.manifest.typed import typed
from importer.model import Action, Document
from importer.money import half_up, multiply
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
        amount = in_rupees(step.document, expectations.worth(step.document.ref))
        before = sums[counts]
        sums[counts] = None if before is None or amount is None else before + amount
    billed, received, credited = (sums[one] for one in (Counts.BILLED, Counts.RECEIVED, Counts.CREDITED))
    if billed is None or received is None or credited is None:
        return Money(billed, received, credited, None)
    return Money(billed, received, credited, billed - received - credited)


def posts(step: Step) -> bool:
    """Whether carrying out ``step`` turns a draft of the books into a posted document."""
    sent = step.action in (Action.UPDATE, Action.APPROVE)
    return sent and any(one.path == KINDS[step.id.kind].posts_if and one.after is True for one in step.changes)


def counted(document: Document) -> bool:
    """Whether creating ``document`` moves customers' money: no draft, no payment to a vendor, no vendor's credit."""
    kind = KINDS[document.kind]
    fields = typed(document.kind, document.fields)
    if not fields.keys().isdisjoint(kind.vendor_if):
        return False
    if kind.posts_if and fields.get(kind.posts_if) is not True:
        return False
    return kind.incoming_if is None or fields.get(kind.incoming_if[0]) == kind.incoming_if[1]


def in_rupees(document: Document, worth: Worth | None) -> Decimal | None:
    """The worth of ``document``; in another currency at its own exchange rate, and None without one."""
    if worth is None or not worth.exact:
        return None
    fields = typed(document.kind, document.fields)
    if fields.get("currency_code", HOME) == HOME:
        return worth.high.total
    rate = fields.get("exchange_rate")
    return half_up(multiply(worth.high.total, rate)) if isinstance(rate, Decimal) else None
