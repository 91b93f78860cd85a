"""Payments and credit notes against what they settle: nothing may be paid twice, too much, or for somebody else.

Fact sheet, section 25, item 18 (never a payment on a draft, never an over-allocation); design, section 9.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from importer.checks.book import Book, Entry, normal
from importer.checks.shape import shown
from importer.checks.shares import AMOUNT, CURRENCY, Share, comparable, given_currency, goes_out, kept_back, shares
from importer.checks.worth import Worth
from importer.kinds import KINDS, Settles
from importer.model import Problem, Ref, Severity, Tree, in_words
from importer.money import ZERO, add, plain

_MOST_NAMED: Final = 5  # others that a message spells out


def problems(book: Book) -> Iterator[Problem]:
    """Everything about allocations and applications that can be told from the manifest and the state."""
    settling = [name for name, kind in KINDS.items() if kind.settles is not None]
    claims: dict[Ref, list[Share]] = {}
    # What the state remembers has been sent already; then payments, then notes, as an apply would send them.
    for entry in book.remembered(settling):
        _collect(claims, entry, shares(entry))
    ordered = {name: [entry for entry in book.unique if entry.ref.kind == name] for name in settling}
    for entry in (entry for entries in ordered.values() for entry in entries):
        mine = shares(entry)
        _collect(claims, entry, mine)
        yield from _of_one(book, entry, mine)
    for target, claimed in claims.items():
        yield from _more_than_owed(book, target, claimed)
    for entry in (entry for entries in ordered.values() for entry in entries if entry.kind.kept_back in entry.fields):
        yield from _more_kept_back(book, entry, claims)


def _collect(claims: dict[Ref, list[Share]], entry: Entry, mine: list[Share]) -> None:
    """Count what settles. Money that is paid out settles nothing of what customers owe."""
    if goes_out(entry):
        return
    for share in mine:
        if share.target is not None:
            claims.setdefault(share.target, []).append(share)
    tax, targets = kept_back(entry, mine), {share.target for share in mine}
    target = next(iter(targets)) if len(targets) == 1 else None
    if tax and target is not None:
        claims[target].append(Share(entry, (entry.kind.kept_back,), tax, target, kept_back=True))


def _of_one(book: Book, entry: Entry, mine: Sequence[Share]) -> Iterator[Problem]:
    for share in mine:
        if share.amount <= ZERO:
            yield entry.problem(
                "amount-not-positive",
                f"{in_words(share.path)} of {entry.label} has the amount {plain(share.amount)}",
                (*share.path, AMOUNT),
                help="give an amount above zero, or leave the entry out",
            )
        if share.named and goes_out(entry):
            yield _goes_out(share)
            continue
        target = book.find(share.target) if share.target else None
        if target is not None:
            yield from _other_party(share, target)
            yield from _other_currency(share, target)
            yield from _draft(share, target)
    yield from _more_than_held(book, entry, mine)
    yield from _repeated(entry, book.said.get(entry.ref, {}))


def _more_than_held(book: Book, entry: Entry, mine: Sequence[Share]) -> Iterator[Problem]:
    """The list together against the payment's amount, or the note's total."""
    worth = book.worth(entry)
    mine = [share for share in mine if _comparable(book, share)]
    over = _first_over(mine, worth.limit) if worth else None
    if worth is None or over is None or entry.kind.settles is None:
        return
    field, word = entry.kind.settles.field, entry.kind.label.split()[-1]
    yield entry.problem(
        f"{field}-exceed-{word}",
        f"the {field} of {entry.label} come to {_sum(mine)}, but it is {_granted(entry, worth)}",
        mine[over].at,
        help=f"lower the {field}, or correct the {word}",
    )


def _more_than_owed(book: Book, target: Ref, claimed: Sequence[Share]) -> Iterator[Problem]:
    """All that is settled of one document against its total. What the state alone settles of it has been done."""
    if all(one.entry.document is None for one in claimed):
        return  # as most are of what a state remembers of ten years
    owing = book.find(target)
    worth = book.worth(owing) if owing else None
    if owing is None or worth is None:
        return
    claimed = [share for share in claimed if comparable(book, share.entry, owing)]
    over = _first_over(claimed, worth.limit)
    if over is None:
        return
    # What the state remembers is done: point at the first that is still to be sent.
    at = next((n for n in range(over, len(claimed)) if claimed[n].entry.document is not None), None)
    if at is None:
        return
    share, others = claimed[at], [one for n, one in enumerate(claimed) if n != at]
    named = ", ".join(one.words for one in others[:_MOST_NAMED])
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    yield share.entry.problem(
        f"allocations-exceed-{owing.kind.label.split()[-1]}",
        f"{_sum(claimed)} is settled of {owing.label}, which is {_granted(owing, worth)}: "
        f"{share.words}" + (f" besides {named}{more}" if others else ""),
        share.at,
        help="lower the amounts to what is owed: with all of the payment allocated, what was kept back settles as well"
        if share.kept_back
        else "lower the amounts to what is owed; what is left of a payment or note may stay unapplied",
        related=(owing.place(), *(one.entry.place(one.at) for one in others[:_MOST_NAMED])),
    )


def _more_kept_back(book: Book, entry: Entry, claims: Mapping[Ref, Sequence[Share]]) -> Iterator[Problem]:
    """Tax that was kept back of several documents together, against what all of them have left (GST rules, R1)."""
    mine = [] if goes_out(entry) else shares(entry)
    tax, targets = kept_back(entry, mine), dict.fromkeys(share.target for share in mine)
    if not tax or len(targets) < 2:
        return
    room = ZERO
    for target in targets:
        owing = book.find(target) if target is not None else None
        worth = book.worth(owing) if owing is not None else None
        if owing is None or worth is None or not comparable(book, entry, owing):
            return
        settled = add(share.amount for share in claims[owing.ref])
        room = add((room, max(ZERO, add((worth.limit, settled.copy_negate())))))
    if tax > room:
        yield entry.problem(
            f"allocations-exceed-{_owed(entry).split()[-1]}",
            f"{plain(tax)} was kept back of {entry.label}, but what it settles has {plain(room)} left",
            (entry.kind.kept_back,),
            help=f"lower the {mine[0].path[0]} by what was kept back of each, or correct the `{entry.kind.kept_back}`",
        )


def _comparable(book: Book, share: Share) -> bool:
    target = book.find(share.target) if share.target is not None else None
    return target is None or comparable(book, share.entry, target)


def _first_over(claimed: Sequence[Share], limit: Decimal) -> int | None:
    """The position of the share with which the sum passes the limit."""
    so_far = ZERO
    for at, share in enumerate(claimed):
        so_far = add((so_far, share.amount))
        if so_far > limit:
            return at
    return None


def _sum(claimed: Sequence[Share]) -> str:
    return plain(add(share.amount for share in claimed))


def _granted(entry: Entry, worth: Worth) -> str:
    """What the document is worth, and what is granted beyond that: the problem begins above the last figure named."""
    words = f"{'worth' if worth.exact else 'worth at most'} {plain(worth.high.total)}"
    if worth.limit == worth.high.total:
        return words
    reason = "with what was kept back or charged" if entry.kind.amount_field else "if FinzBooks rounds it up"
    return f"{words}, or {plain(worth.limit)} {reason}"


def other_party(entry: Entry, target: Entry) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """The contacts of the two, each with the field that names it, where they are certainly not the same one."""
    own = entry.named(entry.kind.party_field)
    its = target.named(target.kind.party_field)
    if own is None or its is None or own[1] == its[1]:
        return None
    if own[0].endswith("_id") != its[0].endswith("_id"):
        return None  # one by key, the other by id: they may well be the same
    return own, its


def _other_party(share: Share, target: Entry) -> Iterator[Problem]:
    parties = other_party(share.entry, target)
    if parties is None:
        return
    own, its = parties
    yield share.entry.problem(
        "allocation-other-customer",
        f"{in_words(share.path)} of {share.entry.label}, which is of {shown(own[1])}, "
        f"goes to {target.label}, which is of {shown(its[1])}",
        share.path,
        help="settle only documents of the same contact",
        related=(target.place((its[0],)),),
    )


def _owed(entry: Entry) -> str:
    return KINDS[entry.kind.settles.target].label if entry.kind.settles else ""


def _goes_out(share: Share) -> Problem:
    """Fact sheet, section 16: a receipt clears what customers owe, a payment what is owed to vendors."""
    entry = share.entry
    field, value = entry.kind.incoming_if or ("", "")
    return entry.problem(
        "allocation-of-money-out",
        f"{in_words(share.path)} of {entry.label} settles a sales {_owed(entry)}, but the {entry.kind.label} is "
        f"`{field}: {entry.text(field)}`, money that is paid out",
        share.path,
        help=f"if the money was received, give `{field}: {value}`; what was paid to a vendor settles a bill, by its "
        "`bill_id`; what was paid back to a customer settles nothing: leave the entry out",
        related=(entry.place((field,)),),
    )


def _other_currency(share: Share, target: Entry) -> Iterator[Problem]:
    """A warning, since such receipts are usual, but nobody can say whether the amount is right: see ``comparable``."""
    own, its = given_currency(share.entry), given_currency(target)
    if own and its and own != its:
        yield share.entry.problem(
            "allocation-other-currency",
            f"{in_words(share.path)} of {share.entry.label}, which is in {shown(own)}, goes to {target.label}, "
            f"which is in {shown(its)}: its amount cannot be checked",
            share.path,
            help="FinzBooks does not document which of the two an amount is in: leave it unapplied and apply it in "
            "FinzBooks, or try one document first and look at what is left of it",
            severity=Severity.WARNING,
            related=(target.place((CURRENCY,)),),
        )


def _draft(share: Share, target: Entry) -> Iterator[Problem]:
    posts = target.kind.posts_if
    if not posts or not target.readable(posts) or target.typed.get(posts) is True:
        return
    yield share.entry.problem(
        "allocation-to-draft",
        f"{in_words(share.path)} of {share.entry.label} goes to {target.label}, which stays a draft",
        share.path,
        help=f"give {target.label} `{posts}: true`, or leave the entry out",
        related=(target.place(),),
    )


def _repeated(entry: Entry, said: Mapping[str, Any]) -> Iterator[Problem]:
    """One target twice in one body. An entry that is a call of its own may name a target again.

    So are the entries of a note, and what is added to a document that the state, as ``said``, knows to be in the books.
    """
    settles = entry.kind.settles
    listed = entry.fields.get(settles.field) if settles else None
    if settles is None or not settles.in_body or not isinstance(listed, list):
        return
    if said:
        return
    seen: dict[tuple[str, str], int] = {}
    for at, one in enumerate(listed):
        target = _named_in(entry, settles, one)
        if target is None or seen.setdefault(target, at) == at:
            continue
        yield entry.problem(
            "repeated-allocation",
            f"{entry.label} settles {shown(target[1])} twice, in {settles.field} {seen[target] + 1} and {at + 1}",
            (settles.field, at),
            help="put the amounts together in one entry",
            related=(entry.place((settles.field, seen[target])),),
        )


def _named_in(entry: Entry, settles: Settles, one: Tree) -> tuple[str, str] | None:
    """The target of one entry, under whichever of the names that exclude each other it is given."""
    group = entry.shape.group((settles.field,))
    names = next((names for names in group.either if settles.target_field in names), ()) if group else ()
    given = ((name, one[name]) for name in names if name in one) if isinstance(one, dict) else iter(())
    return next(((name, normal(value)) for name, value in given if isinstance(value, str)), None)
