"""Applying a document to another in a call of its own, such as a credit note to an invoice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from importer.api.client import segment
from importer.api.wire import dumps
from importer.apply.context import Context, iso
from importer.apply.deliver import Stopped, Unsettled, deliver
from importer.apply.failures import failed, not_reached, of_error, of_unsettled
from importer.apply.survey import fetch
from importer.errors import ApiError, TokenRejected
from importer.kinds import KINDS, Kind, Settles
from importer.model import Intent, IntentRow, Receipt, Ref
from importer.money import ZERO, add
from importer.outcome import Failure, Outcome, Status
from importer.plan.allocations import used_by, with_entry
from importer.plan.applications import paise, remembered, unnamed, used_of
from importer.plan.entries import entries_of, entry_said
from importer.plan.said import digest, plain
from importer.plan.settled import settled_by
from importer.plan.value import Entry, Step
from importer.plan.ways_out import accept

LOOK: Final = "Look at the balances in FinzBooks."


@dataclass(frozen=True, slots=True)
class Balances:
    """What the books say around an application, in rupees; None where they do not say it (fact sheet, 25.22)."""

    open: Decimal | None  # what of the target is still to be settled
    used: Decimal | None  # what of the applied document has been applied


async def settle_target(context: Context, step: Step) -> Outcome:
    """Carry out one application. Nothing else may touch its document or its target meanwhile. Raises TokenRejected."""
    settles, entry = KINDS[step.id.kind].settles, step.entry
    if settles is None or entry is None:
        raise ValueError(f"{step.id} applies nothing")
    try:
        return await _apply(context, step, settles, entry)
    except TokenRejected:
        raise
    except Stopped:
        return not_reached(step)
    except Unsettled as error:
        return failed(step, of_unsettled(step, error))
    except ApiError as error:
        return failed(step, of_error(step, error))


async def _apply(context: Context, step: Step, settles: Settles, entry: Entry) -> Outcome:
    owner_id = step.remote_id or context.bindings.ids[Ref(step.id.kind, step.id.key)]
    target_id = entry.target_id or context.bindings.reference(settles.target, entry.target_key)
    fresh = _untouched(context, step, settles)
    used = ZERO if fresh else await _used(context, KINDS[step.id.kind], owner_id)
    if used is not None:
        known = _remembered(context, step, settles, used)
        if used != known:
            return failed(step, _already_used(step, used, known))
    elif (unknown := await _unexplained(context, settles, target_id)) is not None:
        return failed(step, _may_be_there(step, settles, entry, *unknown))
    before = Balances(await _open(context, settles, target_id), used)
    if before.open is not None and before.open < entry.amount:
        return failed(step, _too_much(step, settles, entry, before.open))
    path = settles.call.format(id=segment(owner_id))
    row = {settles.target_id_field: target_id, "amount": entry.amount}
    text = dumps({settles.field: [row]} if settles.in_body else row)
    intent = context.intent(
        "apply", (IntentRow(*step.id, step.generation),), "POST", path, text, _known(before, target_id)
    )

    async def seen() -> bool | None:
        return moved(before, await balances(context, KINDS[step.id.kind], settles, owner_id, target_id), entry.amount)

    delivered = await deliver(context, intent, f"POST {settles.call}", lambda answer: bool(answer.body), seen)
    done = delivered.seen
    if done is None and not fresh:
        # The server may have remembered an answer of an earlier life of this key, and how a list of the body grows is
        # not documented: that it was done is seen in the books, and not taken from the answer.
        done = await _surely(seen, delivered.intent)
        if done is None:  # or the books are slow to show it: its intent stays open, and is told by two looks
            return failed(step, _only_said(step))
    if done is False:
        return failed(step, _moved_otherwise(step))
    context.store.close(delivered.intent, [receipt_of(context, step, settles, entry, target_id)])
    return Outcome(step.id, Status.APPLIED, owner_id, step.place)


async def _surely(seen: Callable[[], Awaitable[bool | None]], intent: Intent) -> bool | None:
    """What ``seen`` says of an application that was answered well. Raises Unsettled if the books cannot be read."""
    try:
        return await seen()
    except ApiError as error:
        raise Unsettled(intent, error) from error


def _only_said(step: Step) -> Failure:
    return Failure(
        "not-seen",
        "FinzBooks answered as though it was done, and no balance has moved: it may have remembered an earlier answer.",
        place=step.place,
        help="To have the balances looked at again, and it given up if they have not moved then: finz-import recover",
    )


def receipt_of(context: Context, step: Step, settles: Settles, entry: Entry, target_id: str) -> Receipt:
    """A receipt of the application; of a list that travels in the create body, that of the document with it added."""
    spoken = entry_said(settles, entry)
    own = context.store.receipt(step.id.kind, step.id.key)
    if not settles.in_body or own is None:
        return context.part_receipt(step, spoken)
    grown = {**own.said, settles.field: [*own.said.get(settles.field, ()), spoken]}
    accepted = with_entry(own, {settles.target_id_field: target_id, "amount": plain(entry.amount)})
    return replace(
        own, said=grown, digest=digest(grown), run=context.run, updated=iso(context.now()), accepted=accepted
    )


def moved(before: Balances, now: Balances, amount: Decimal) -> bool | None:
    """What became of an application of ``amount`` whose answer was lost, told from the balances around it.

    True: it was done, every balance has moved by exactly ``amount``. None: nothing has moved, the same call may be
    sent again. False: neither, a person must look. Where the books do not say what of the applied document is used,
    the target alone decides.
    """
    if before.open is None or now.open is None:
        return False
    moves = [before.open - now.open]
    if before.used is not None and now.used is not None:
        moves.append(now.used - before.used)
    return all(move == amount for move in moves) if any(moves) else None


def _known(before: Balances, target_id: str) -> dict[str, str]:
    """``before`` as the intent keeps it."""
    found: dict[str, str] = {}
    if before.open is not None:
        found.update(balance=plain(before.open), target=target_id)
    if before.used is not None:
        found["used"] = plain(before.used)
    return found


async def balances(context: Context, kind: Kind, settles: Settles, owner_id: str, target_id: str) -> Balances:
    """What the books say now around an application of ``owner_id``, a document of ``kind``, to ``target_id``."""
    return Balances(await _open(context, settles, target_id), await _used(context, kind, owner_id))


async def _open(context: Context, settles: Settles, target_id: str) -> Decimal | None:
    return paise((await fetch(context.client, KINDS[settles.target], target_id)).get("balance"))


async def _unexplained(context: Context, settles: Settles, target_id: str) -> tuple[Decimal | None, Decimal] | None:
    """What of the target is settled in the books, and what of it the state remembers; None where that is the same.

    Asked where the books do not say what of the applied document is used: after an old copy of the state was put back,
    an application that it does not know is seen on the target alone.
    """
    row = await fetch(context.client, KINDS[settles.target], target_id)
    total, open_ = paise(row.get("total")), paise(row.get("balance"))
    found = None if total is None or open_ is None else add((total, open_.copy_negate()))
    known = settled_by(context.store.receipts(), settles.target, target_id, context.bindings.ids.get)
    return None if found == known else (found, known)


async def _used(context: Context, kind: Kind, owner_id: str) -> Decimal | None:
    return used_of(kind, await fetch(context.client, kind, owner_id))


def _untouched(context: Context, step: Step, settles: Settles) -> bool:
    """Whether this run has created the document itself, and has sent nothing yet that uses it."""
    if step.remote_id:
        return False  # the books held it when the plan was made
    kind, key = step.id.kind, step.id.key
    created = context.store.receipt(kind, key)
    if created is None or created.run != context.run:
        return False
    # A create that is refused leaves the next generation behind: what was found instead of it is not of this run.
    if created.generation != context.store.generation(kind, key):
        return False
    if any(True for _ in _receipts(context, step, settles)):
        return False
    return not any(row[:2] == (kind, key) for intent in context.store.intents() for row in intent.rows)


def _remembered(context: Context, step: Step, settles: Settles, used: Decimal) -> Decimal:
    """What the state remembers of the document as applied."""
    own = context.store.receipt(step.id.kind, step.id.key)
    if settles.in_body:
        return used_by(own) if own is not None else ZERO
    found = add((unnamed(own), remembered(_receipts(context, step, settles))))
    if found == used:
        return found
    # An application that is gone from the manifest counts as well. Only here: this reads the whole state.
    every = (one for one in context.store.receipts() if one.part and one.ref == Ref(step.id.kind, step.id.key))
    return add((unnamed(own), remembered(every)))


def _receipts(context: Context, step: Step, settles: Settles) -> Iterator[Receipt]:
    """The receipts of the applications that the manifest has for the document of ``step``."""
    if step.document is not None:
        for part, _ in entries_of(step.document, settles):
            receipt = context.store.receipt(step.id.kind, step.id.key, part)
            if receipt is not None:
                yield receipt


def _already_used(step: Step, used: Decimal, remembered: Decimal) -> Failure:
    label = KINDS[step.id.kind].label
    return Failure(
        "note-already-used",
        f"Not sent: the books say that {plain(used)} of the {label} is used, "
        f"and the state remembers applications of {plain(remembered)}.",
        place=step.place,
        help=f"Look in FinzBooks at what the {label} was applied to: this application may be among it. "
        f"{accept(step.id._replace(part=''))}",
    )


def _may_be_there(step: Step, settles: Settles, entry: Entry, settled: Decimal | None, known: Decimal) -> Failure:
    label, target = KINDS[step.id.kind].label, KINDS[settles.target].label
    what = "it is not said what" if settled is None else plain(settled)
    return Failure(
        "may-be-applied",
        f"Not sent: the books do not say what of the {label} is used, and of the {target} "
        f"{entry.target_key or entry.target_id} {what} is settled, where the state remembers {plain(known)}: this "
        "application may be among it.",
        place=step.place,
        help=f"Look in FinzBooks at what settles the {target}. Add to the manifest what is missing there, and run this "
        "again. If this application is among it, or you make it there by hand, take it out of the manifest.",
    )


def _moved_otherwise(step: Step) -> Failure:
    return Failure(
        "balance-moved",
        "Its answer was lost, and the balances it should move have moved otherwise, or cannot be read.",
        place=step.place,
        help=LOOK,
    )


def _too_much(step: Step, settles: Settles, entry: Entry, before: Decimal) -> Failure:
    target = KINDS[settles.target].label
    return Failure(
        "over-application",
        f"{plain(entry.amount)} cannot be applied to the {target} {entry.target_key or entry.target_id}: "
        f"only {plain(before)} of it is open.",
        place=step.place,
        help="Lower the amount, or apply the rest to another one.",
    )
