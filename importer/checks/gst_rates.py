"""Which rates of GST were in force on a day, and what the name of a tax says of its rate (GST rules, section 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Final

from importer.checks.years import GST_START

GREATEST: Final = Decimal(40)  # no GST was ever higher; a cess is told apart

Codes = tuple[str, ...]  # beginnings of HSN codes


def _rates(*texts: str) -> frozenset[Decimal]:
    return frozenset(map(Decimal, texts))


@dataclass(frozen=True, slots=True)
class Period:
    """The combined rates from a day on, until the next period; some of them for a few goods only."""

    start: date
    rates: frozenset[Decimal]
    only_for: tuple[tuple[Decimal, Codes], ...] = ()


_STEADY: Final = _rates("0", "0.1", "0.25", "1", "1.5", "3", "5", "6", "7.5", "18")
# Fly ash, building bricks, earthen tiles: Notification 14/2025 (GST rules, section 8).
_BRICKS: Final[Codes] = ("6815", "69010010", "69041000", "69051000")
# Tobacco is chapter 24 of the tariff, pan masala 2106 90 20.
_TOBACCO: Final[Codes] = ("24", "21069020")

PERIODS: Final = (
    Period(GST_START, _STEADY | _rates("12", "28")),
    Period(date(2025, 9, 22), _STEADY | _rates("40"), ((Decimal(12), _BRICKS), (Decimal(28), _TOBACCO))),
    Period(date(2026, 2, 1), _STEADY | _rates("40"), ((Decimal(12), _BRICKS),)),
)


def period_of(day: date) -> Period | None:
    """The period of ``day``; None before there was a GST."""
    return next((period for period in reversed(PERIODS) if period.start <= day), None)


def in_force(rate: Decimal, day: date, hsn: str = "") -> bool:
    """Whether goods of this HSN code could bear ``rate`` on ``day``, which is not before the GST."""
    period = period_of(day)
    if period is None:
        return False
    return rate in period.rates or any(rate == one and _among(hsn, codes) for one, codes in period.only_for)


def ever_in_force(rate: Decimal, until: date) -> bool:
    """Whether any goods could bear ``rate`` on some day up to ``until``."""
    return any(rate in period.rates for period in PERIODS if period.start <= until)


def _among(hsn: str, codes: Codes) -> bool:
    """Also by the first digits alone, as a small seller writes them: 6901 may be bricks."""
    return bool(hsn) and any(hsn.startswith(code) or code.startswith(hsn) for code in codes)


def ended(rate: Decimal, day: date) -> date | None:
    """The day from which ``rate`` no longer held for goods in general, if that was before or on ``day``."""
    changes = (after.start for before, after in pairwise(PERIODS) if rate in before.rates and rate not in after.rates)
    return next((start for start in changes if start <= day), None)


def ended_for_all(rate: Decimal, day: date) -> date | None:
    """The day from which ``rate`` held for no goods at all any more, if that was before or on ``day``."""
    changes = (
        after.start for before, after in pairwise(PERIODS) if _for_any(rate, before) and not _for_any(rate, after)
    )
    return next((start for start in changes if start <= day), None)


def _for_any(rate: Decimal, period: Period) -> bool:
    return rate in period.rates or any(rate == one for one, _ in period.only_for)


_PARTS: Final = ("CGST", "SGST", "UTGST")
_KINDS: Final = r"(IGST|CGST|SGST|UTGST|GST)"
_PERCENT: Final = r"([0-9]{1,3}(?:\.[0-9]{1,3})?)"
_BEHIND: Final = re.compile(rf"\b{_KINDS}[\s@:_(-]*{_PERCENT}(?![0-9.]*[0-9])")  # GST 18%
_BEFORE: Final = re.compile(rf"(?<![0-9.]){_PERCENT}\s*%\s*{_KINDS}\b")  # 18% GST


_ANY: Final = re.compile(rf"{_PERCENT}\s*%")
_LONGEST_NAME: Final = 200  # a name of the org is far shorter; nothing longer is searched


def rates_told(name: str) -> tuple[Decimal, ...]:
    """The combined rates of GST that the name of a tax may mean; none where it does not tell.

    A name is the organisation's own word. Only what says GST and one number is taken for a rate of it: "VAT 20%",
    "Exempt", "GST 2025-26" and "GST 12% / 18%" tell nothing. A cess beside it is no part of the rate.
    """
    return _told(name) if len(name) <= _LONGEST_NAME else ()


@cache
def _told(name: str) -> tuple[Decimal, ...]:
    words = name.upper()
    if "GST" not in words or "TDS" in words or "TCS" in words:  # GST-TDS is no tax on the supply
        return ()
    found = [(kind, Decimal(number)) for kind, number in _BEHIND.findall(words)]
    found = found or [(kind, Decimal(number)) for number, kind in _BEFORE.findall(words)]
    if "CESS" not in words and {Decimal(number) for number in _ANY.findall(words)} - {rate for _, rate in found}:
        return ()  # another number that may be the rate
    whole = {rate for kind, rate in found if kind not in _PARTS}
    rates = whole or {rate for _, rate in found}
    if len(rates) != 1:
        return ()
    (rate,) = rates
    if whole:
        return (rate,)
    # "CGST+SGST 18%" may mean both together, or each; "CGST 9%" is one half and means both.
    together = len(found) == 1 and "CGST" in words and ("SGST" in words or "UTGST" in words)
    return (rate * 2, rate) if together else (rate * 2,)
