"""Documents in a foreign currency: their amounts are in it, the journal is in rupees.

The API shows ``currency_code`` and ``exchange_rate`` and does not say how it books them. Here a rate is rupees for one
unit, and what a rate at payment and a rate at sale differ by goes to the account "Exchange Gain or Loss".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from importer.sandbox.body import LARGEST, Body
from importer.sandbox.call import Call
from importer.sandbox.ledger.journal import Leg
from importer.sandbox.money import EXACT, paise
from importer.sandbox.refusals import invalid, required

BASE: Final = "INR"


@dataclass(frozen=True, slots=True)
class Currency:
    """What a document is in. ``rate`` is rupees for one unit, 1 for rupees."""

    code: str
    rate: Decimal

    def columns(self) -> dict[str, str]:
        return {"currency": self.code, "exchange_rate": format(self.rate, "f")}


def read_currency(call: Call, body: Body, day: str) -> Currency:
    """The currency of a document dated ``day``. Without a rate, the last known one of that day holds.

    Raises 400 for a currency that the org has not, a rate that is not above zero, and a missing one.
    """
    code = body.text("currency_code") or BASE
    rate = body.number("exchange_rate")
    if not call.db.value("SELECT 1 FROM currencies WHERE org = ? AND code = ?", (call.org, code)):
        raise invalid(body.where("currency_code"), "The organisation has not enabled that currency.", code)
    if rate is not None and (rate <= 0 or (code == BASE and rate != 1)):
        raise invalid(body.where("exchange_rate"), "'exchange_rate' is rupees for one unit, 1 for rupees.", rate)
    if code == BASE:
        return Currency(BASE, Decimal(1))
    rate = rate or _last_rate(call, code, day)
    if rate is None:
        raise required(body.where("exchange_rate"))
    return Currency(code, rate)


def _last_rate(call: Call, code: str, day: str) -> Decimal | None:
    found = call.db.value(
        "SELECT rate FROM exchange_rates WHERE org = ? AND from_currency = ? AND to_currency = ? AND rate_date <= ? "
        "ORDER BY rate_date DESC LIMIT 1",
        (call.org, code, BASE, day),
    )
    return None if found is None else Decimal(found)


def in_rupees(amount: int, rate: Decimal | str) -> int:
    """Paise that ``amount`` hundredths of a currency are, half-up."""
    return int(EXACT.multiply(Decimal(amount), Decimal(rate)).to_integral_value(ROUND_HALF_UP, EXACT))


def converted(control: Leg, others: Sequence[Leg], rate: Decimal | str) -> list[Leg]:
    """The legs of an entry in rupees. Each of ``others`` is rounded by itself; ``control`` takes the rest."""
    legs = [leg._replace(amount=in_rupees(leg.amount, rate)) for leg in others]
    return [control._replace(amount=-sum(leg.amount for leg in legs)), *legs]


def check_range(booked: Sequence[Leg], currency: str, field: str = "line_items", *, sign: int = 1) -> None:
    """Raises 400 unless the control leg, the first of ``booked``, is worth something in rupees and all are in range.

    ``sign`` is 1 where that leg is a debit, -1 for a credit: what rounding each of the others leaves may turn it round.
    ``field`` is what is at fault in a document in rupees; of another it is the rate.
    """
    if booked[0].amount * sign > 0 and all(abs(leg.amount) < paise(LARGEST) for leg in booked):
        return
    field = field if currency == BASE else "exchange_rate"
    raise invalid(field, "In rupees the document must come to at least a paisa, and no amount to 10^13 or more.")
