"""What a careful accountant would look at before saying yes to a plan, though nothing is wrong with it.

Everything is told from the values of the plan alone, in time in proportion to its documents, and grouped: ten thousand
documents of one oddity are one note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from importer.kinds import KINDS, Kind
from importer.model import Action, Document, Ref
from importer.money import RUPEE, ZERO, add
from importer.plan.far_dates import far_dates
from importer.plan.near_names import near_names
from importer.plan.phrases import HOME, MOST_NAMED, currency_of, documents, first_few, money
from importer.plan.replaced import replaced
from importer.plan.value import Note, Step

LARGEST: Final = "largest"  # plain information: every plan has a largest invoice
LARGEST_AMOUNT: Final = "largest-amount"
SAME_AGAIN: Final = "same-again"
UNAPPLIED: Final = "unapplied"

# Amounts of a business spread wide: only what is ten times the middle one of at least ten stands out.
FEWEST_AMOUNTS: Final = 10
TIMES_THE_MIDDLE: Final = 10
MANY: Final = 20  # creates; fewer are listed one by one, and the largest is seen

_AMOUNT: Final = "amount"  # of an entry of allocations or applications (fact sheet, sections 16 and 17)
_RAW: Final = "_id"  # what the raw form of a reference has behind its name (design, section 3)

Said = Mapping[Ref, Mapping[str, Any]]


class Priced(NamedTuple):
    """One create whose amount is known, in the document's currency."""

    step: Step
    document: Document
    amount: Decimal
    currency: str


def notes(steps: Sequence[Step], today: date | None = None, said: Said = MappingProxyType({})) -> tuple[Note, ...]:
    """What is unusual about ``steps``, unchanged ones included, the more alarming first.

    ``said`` is what the state remembers, also of documents that are not among the steps. Told of are documents that
    the plan creates, and those whose name or date it changes. Without ``today`` no date is in the future.
    """
    priced = list(_priced(steps))
    stand_out, plain = _largest(priced, sum(step.action is Action.CREATE and not step.id.part for step in steps))
    return (
        *replaced(steps, said),
        *far_dates(steps, today),
        *_same_again(priced),
        *stand_out,
        *_unapplied(priced),
        *near_names(steps, said),  # a note for each name: it may be many
        *plain,
    )


def _priced(steps: Iterable[Step]) -> Iterator[Priced]:
    for step in steps:
        if step.action is Action.CREATE and step.amount is not None and step.document is not None:
            yield Priced(step, step.document, step.amount, currency_of(step.document))


def _note(code: str, found: Iterable[Priced], message: str) -> Note:
    steps = [one.step for one in found]
    return Note(code, message, tuple(step.id for step in steps), steps[0].place)


def _grouped(priced: Iterable[Priced]) -> Mapping[tuple[str, str], list[Priced]]:
    """By kind and currency: amounts of two currencies cannot be compared."""
    groups: dict[tuple[str, str], list[Priced]] = {}
    for one in priced:
        groups.setdefault((one.document.kind, one.currency), []).append(one)
    return groups


def _largest(priced: Sequence[Priced], creates: int) -> tuple[list[Note], list[Note]]:
    """The amounts that stand out; and where none does, in a plan of many ``creates``, simply the largest in rupees."""
    stand_out, plain = [], []
    for (kind, currency), group in _grouped(priced).items():
        if len(group) < FEWEST_AMOUNTS:
            continue
        top = sorted(group, key=lambda one: -one.amount)[:MOST_NAMED]
        middle = sorted(one.amount for one in group)[len(group) // 2]
        found = [one for one in top if one.amount > middle * TIMES_THE_MIDDLE > 0]
        if found:
            stand_out.append(_stands_out(kind, found, middle, currency))
        elif creates > MANY and currency == HOME:
            name = f"{KINDS[kind].label} is {top[0].document.key}: {money(top[0].amount)}"
            plain.append(_note(LARGEST, top[:1], f"The largest {name}."))
    return stand_out, plain


def _stands_out(kind: str, found: Sequence[Priced], middle: Decimal, currency: str) -> Note:
    named = first_few([f"{one.document.key} ({money(one.amount, currency)})" for one in found])
    subject = f"The largest {documents(len(found), kind).partition(' ')[2]}"
    rest = f"more than {TIMES_THE_MIDDLE} times the usual {money(middle, currency)}"
    return _note(LARGEST_AMOUNT, found, f"{subject} of this plan {_is(found)} {rest}: {named}.")


def _is(found: Sequence[object]) -> str:
    return "is" if len(found) == 1 else "are"


def _same_again(priced: Iterable[Priced]) -> Iterator[Note]:
    """Documents of one kind that agree in what makes a likeness (kinds.py): one of them may have been typed twice."""
    groups: dict[tuple[object, ...], list[Priced]] = {}
    for one in priced:
        if (alike := _alike(one)) is not None:
            groups.setdefault((one.document.kind, one.currency, *alike), []).append(one)
    by_kind: dict[str, list[list[Priced]]] = {}
    for group in groups.values():
        if len(group) > 1:
            by_kind.setdefault(group[0].document.kind, []).append(group)
    for kind, found in by_kind.items():
        *most, last = KINDS[kind].likeness
        subject = f"{documents(sum(map(len, found)), kind)} under different keys agree in {', '.join(most)} and {last}"
        named = first_few([_same_words(group) for group in found], separator="; ")
        yield _note(SAME_AGAIN, (one for group in found for one in group), f"{subject}: {named}.")


def _alike(one: Priced) -> tuple[str, ...] | None:
    """Every field of the likeness, in words; the amount stands for ``total``. None where one is missing."""
    fields, kind = one.document.fields, KINDS[one.document.kind]
    values = [
        money(one.amount, one.currency) if name == "total" else str(fields.get(name) or fields.get(name + _RAW) or "")
        for name in kind.likeness
    ]
    return tuple(values) if values and "" not in values else None


def _same_words(group: Sequence[Priced]) -> str:
    *most, last = [one.document.key for one in group]
    keys = f"{', '.join(most)} and {last}" if len(group) <= MOST_NAMED else first_few([*most, last])
    return f"{keys} ({', '.join(_alike(group[0]) or ())})"


def _unapplied(priced: Iterable[Priced]) -> Iterator[Note]:
    """Customers' money and credit that settles no invoice of the plan. Up to a rupee is rounding, and not told of."""
    rests = ((one, _rest(one)) for one in priced if _is_customers(one))
    open_ = [(one, rest) for one, rest in rests if rest > RUPEE]
    rest_of = {one.document.ref: rest for one, rest in open_}
    for (kind, currency), group in _grouped(one for one, _ in open_).items():
        group.sort(key=lambda one: -rest_of[one.document.ref])
        total = money(add(rest_of[one.document.ref] for one in group), currency)
        named = first_few([f"{one.document.key} ({money(rest_of[one.document.ref], currency)})" for one in group])
        verb = "settles" if len(group) == 1 else "settle"
        words = f"{documents(len(group), kind)} {verb} less than {'it comes' if len(group) == 1 else 'they come'} to"
        yield _note(UNAPPLIED, group, f"{words}, and {total} stays open as an advance or credit: {named}.")


def _is_customers(one: Priced) -> bool:
    kind, fields = KINDS[one.document.kind], one.document.fields
    incoming = kind.incoming_if is None or fields.get(kind.incoming_if[0]) == kind.incoming_if[1]
    return kind.settles is not None and incoming and fields.keys().isdisjoint(kind.vendor_if)


def _rest(one: Priced) -> Decimal:
    entries = one.document.fields.get(_list_of(KINDS[one.document.kind]))
    rows = entries if isinstance(entries, list) else []
    settled = add(Decimal(str(row[_AMOUNT])) for row in rows if isinstance(row, dict) and _AMOUNT in row)
    return max(ZERO, one.amount - settled)


def _list_of(kind: Kind) -> str:
    return kind.settles.field if kind.settles is not None else ""
