"""What a plan moves in the books, in rupees: only what it creates, and only what is posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from importer.kinds import KINDS, Counts
from importer.manifest.typed import typed
from importer.model import Action, Document, Ref
from importer.plan.applications import entries_of
from importer.plan.expected import Expectations
from importer.plan.value import Money, Step


def money_moved(steps: Iterable[Step], expectations: Expectations) -> Money:
    """The money of the creates and applications among ``steps``.

    ``outstanding`` is what the created invoices leave open after what this plan allocates and applies to them. An
    amount that depends on a tax whose rate is not known is None, and so is what is made from it.
    """
    sums: dict[Counts, Decimal | None] = defaultdict(Decimal)
    billed: dict[Ref, Decimal | None] = {}
    settled: dict[Ref, Decimal] = defaultdict(Decimal)
    for step in steps:
        document = step.document
        if document is None:
            continue
        if step.action is Action.APPLY and step.entry is not None:
            settles = KINDS[step.id.kind].settles
            if settles is not None:
                settled[Ref(settles.target, step.entry.target_key)] += step.entry.amount
        if step.action is not Action.CREATE or not counted(document):
            continue
        kind = KINDS[document.kind]
        worth = expectations.worth(document.ref)
        total = worth.high.total if worth is not None and worth.exact else None
        before = sums[kind.counts]
        sums[kind.counts] = None if total is None or before is None else before + total
        if kind.counts is Counts.BILLED:
            billed[document.ref] = total
        if kind.settles is not None and not kind.settles.call:
            for _, entry in entries_of(document, kind.settles):
                settled[Ref(kind.settles.target, entry.target_key)] += entry.amount
    open_amounts = [None if total is None else total - settled[ref] for ref, total in billed.items()]
    known = [amount for amount in open_amounts if amount is not None]
    return Money(
        billed=sums[Counts.BILLED],
        received=sums[Counts.RECEIVED],
        credited=sums[Counts.CREDITED],
        outstanding=sum(known, Decimal(0)) if len(known) == len(open_amounts) else None,
    )


def counted(document: Document) -> bool:
    """Whether creating ``document`` moves money: not a draft, and not money that goes out."""
    kind = KINDS[document.kind]
    fields = typed(document.kind, document.fields)
    if kind.posts_if and fields.get(kind.posts_if) is not True:
        return False
    return kind.incoming_if is None or fields.get(kind.incoming_if[0]) == kind.incoming_if[1]
