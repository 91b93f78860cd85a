"""How an org's amounts are rounded, told by its own invoices: round-off of totals, and where tax is rounded. Pure.

No token can read these preferences (fact sheet, sections 10 and 25, item 11), so documents are looked at instead. What
several explanations fit is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from importer.sandbox.body import same_state
from importer.sandbox.money import EXACT, ROUNDING, ExactTax, TaxRate, exact_tax_of

Row = Mapping[str, Any]  # an object of an answer; numbers in it are int, Decimal or text

PARTS: Final = ("cgst", "sgst", "igst", "cess")


@dataclass(frozen=True, slots=True)
class Told:
    """What the examples say of one preference or switch."""

    name: str  # a switch, or round_invoice_totals or rounding_method
    value: str  # "" when they do not tell
    examples: int  # on how many of them it rests; 0 when they do not tell
    why: str  # half a sentence for a person


def number(value: Any) -> Decimal | None:
    """A finite number in whatever form JSON has it; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 30 else None


def told_rounding(invoices: Iterable[Row]) -> tuple[Told, Told]:
    """``round_invoice_totals`` (on, off) and ``rounding_method`` (nearest, up, down)."""
    seen = [pair for row in invoices if (pair := _total_and_round_off(row)) is not None]
    moved = [(total, off) for total, off in seen if off]
    with_paise = [total for total, off in seen if not off and not _whole(total)]
    if not seen:
        return _untold("no invoice shows its total and its round-off")
    if with_paise and moved:
        return _untold("some totals are rounded and some have paise: round-off may be given by hand")
    if with_paise:
        off = Told("round_invoice_totals", "off", len(with_paise), "totals with paise are not rounded")
        return off, Told("rounding_method", "", 0, "nothing is rounded")
    if not moved:
        return _untold("every total is in whole rupees without any round-off")
    fitting = [method for method in ROUNDING if all(_rounds(total, off, method) for total, off in seen)]
    if not fitting:
        return _untold("no one way to round leads to all of the totals")
    on = Told("round_invoice_totals", "on", len(seen), "every total is in whole rupees")
    if len(fitting) > 1:
        return on, Told("rounding_method", "", 0, f"{' and '.join(fitting)} fit all of the totals")
    return on, Told("rounding_method", fitting[0], len(moved), "no other way leads to all of the totals")


def _untold(why: str) -> tuple[Told, Told]:
    return Told("round_invoice_totals", "", 0, why), Told("rounding_method", "", 0, why)


def _total_and_round_off(row: Row) -> tuple[Decimal, Decimal] | None:
    """In rupees. A round-off that is not shown is only known to be none, where total and parts agree."""
    total, off = number(row.get("total")), number(row.get("round_off"))
    if total is None or row.get("currency_code") not in (None, "", "INR"):
        return None
    if off is None:
        net, tax = number(row.get("sub_total")), number(row.get("tax_total"))
        off = Decimal(0) if net is not None and tax is not None and EXACT.add(net, tax) == total else None
    return None if off is None else (total, off)


def _whole(amount: Decimal) -> bool:
    return amount == amount.to_integral_value(context=EXACT)


def _rounds(total: Decimal, off: Decimal, method: str) -> bool:
    before = EXACT.subtract(total, off)
    return before.to_integral_value(ROUNDING[method], EXACT) == total


def told_tax(invoices: Iterable[Row], taxes: Iterable[Row], branches: Sequence[Row]) -> tuple[Told, Told]:
    """``tax_rounding`` (line, document) and ``tax_parts`` (each, halves), from the invoices on which the values of the
    one come to different tax totals, whatever the other is.
    """
    rates = {str(tax.get("tax_id")): rate for tax in taxes if (rate := rate_of(tax)) is not None}
    fitting = [_fitting(row, rates, branches) for row in invoices]
    votes = [{way for way, _ in one} for one in fitting], [{parts for _, parts in one} for one in fitting]
    return (
        _one_of("tax_rounding", votes[0], "tax is rounded of each line", "tax is rounded of the whole invoice"),
        _one_of("tax_parts", votes[1], "CGST and SGST are rounded each by itself", "CGST and SGST are rounded as one"),
    )


def _one_of(name: str, votes: Iterable[set[str]], first: str, other: str) -> Told:
    """The value that all votes for exactly one agree on. ``first`` and ``other`` are the values in words."""
    sure = [next(iter(vote)) for vote in votes if len(vote) == 1]
    if not sure:
        return Told(name, "", 0, "on no invoice that shows its lines does it make a difference")
    if len(set(sure)) > 1:
        return Told(name, "", 0, "the invoices do not agree")
    return Told(name, sure[0], len(sure), first if sure[0] in ("line", "each") else other)


def rate_of(tax: Row) -> TaxRate | None:
    """The percentages of a tax row; what it leaves out follows from the other split. None where it gives none."""
    cgst, sgst, igst, cess = (number(tax.get(part)) for part in PARTS)
    if igst is None and cgst is not None and sgst is not None:
        igst = cgst + sgst
    if igst is not None and (cgst is None or sgst is None):
        cgst = sgst = igst / 2
    if cgst is None or sgst is None or igst is None:
        return None
    parts = (cgst, sgst, igst, cess or Decimal(0))
    return TaxRate(*parts) if all(0 <= part <= 1000 for part in parts) else None


def _fitting(row: Row, rates: Mapping[str, TaxRate], branches: Sequence[Row]) -> set[tuple[str, str]]:
    """The ways, as ``tax_rounding`` and ``tax_parts``, that lead to an invoice's tax; none if it shows too little."""
    lines, tax = _lines(row, rates), _paise(row.get("tax_total"))
    if not lines or tax is None:
        return set()
    return {
        (way, "halves" if halves else "each")
        for intra_state in _splits(row, branches)
        for halves in (False, True)
        for way, total in _totals(lines, intra_state=intra_state, halves=halves)
        if total == tax
    }


def _totals(lines: Sequence[tuple[int, TaxRate]], *, intra_state: bool, halves: bool) -> Iterator[tuple[str, int]]:
    exact = [exact_tax_of(amount, rate, intra_state=intra_state) for amount, rate in lines]
    yield "line", sum(tax.rounded(halves=halves).total for tax in exact)
    yield "document", sum(exact, ExactTax()).rounded(halves=halves).total


def _lines(row: Row, rates: Mapping[str, TaxRate]) -> list[tuple[int, TaxRate]]:
    """Amount in paise and rate of each line; empty unless all are known and make up the sub-total."""
    shown = row.get("line_items")
    if not isinstance(shown, list) or not all(isinstance(line, Mapping) for line in shown):
        return []
    lines = [(_paise(line.get("item_total")), _rate(line, rates)) for line in shown]
    known = [(amount, rate) for amount, rate in lines if amount is not None and rate is not None]
    whole = sum(amount for amount, _ in known) == _paise(row.get("sub_total"))
    return known if whole and len(known) == len(lines) else []


def _rate(line: Row, rates: Mapping[str, TaxRate]) -> TaxRate | None:
    """The rate of a line, if its tax is known and still what the line was charged."""
    shown = number(line.get("tax_percentage"))
    if line.get("tax_id") in (None, ""):
        return TaxRate(*(Decimal(0),) * 4) if not shown else None
    rate = rates.get(str(line["tax_id"]))
    if rate is None or shown not in (None, rate.cgst + rate.sgst + rate.cess, rate.igst + rate.cess):
        return None
    return rate


def _splits(row: Row, branches: Sequence[Row]) -> Iterator[bool]:
    """Whether the sale is within one state: as the org's branches say, or both where they do not."""
    place = row.get("place_of_supply")
    own = [one.get("state") for one in branches if row.get("branch_id") in (None, one.get("branch_id"))]
    if not isinstance(place, str) or not own or not all(isinstance(state, str) for state in own):
        yield from (True, False)
        return
    yield from {same_state(place, str(state)) for state in own}


def _paise(value: Any) -> int | None:
    """Paise of an amount that has at most two decimals."""
    amount = number(value)
    if amount is None:
        return None
    exact = amount.scaleb(2, EXACT)
    return int(exact) if _whole(exact) else None
