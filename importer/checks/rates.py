"""How many percent of tax a line may carry. The org knows exactly; a name tells a good deal."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Protocol

from importer.money import ZERO, add, multiply

# At most six digits on each side keep every sum exact; a rate has three at most.
_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
NO_TAX: Final = (ZERO, ZERO)


class Rates(Protocol):
    """Knows the taxes: offline by their names, online as the org has them."""

    def percent(self, tax: str | None, tax_id: str | None) -> tuple[Decimal, Decimal] | None:
        """Lowest and highest percent that may apply; equal where it is known, None where nothing is.

        At most one of ``tax``, a name, and ``tax_id`` is given. A line without any tax carries none: (0, 0).
        """
        ...


class OfflineRates:
    """What can be said without the org: from nothing up to the sum of all numbers in the tax's name.

    So "GST 18%" is at most 18 and "GST 28% + Cess 12%" at most 40. The name may lie and the supply be exempt, so
    the lowest is 0: these bounds serve to refuse what exceeds the highest, not to compute a total.
    """

    def percent(self, tax: str | None, tax_id: str | None) -> tuple[Decimal, Decimal] | None:
        if tax is None:
            return NO_TAX if tax_id is None else None
        numbers = [Decimal(number) for number in _NUMBER.findall(tax)]
        if not numbers:
            return None
        name = tax.upper()
        # "CGST/SGST 9%" names one half and means both.
        halves = len(numbers) == 1 and "CGST" in name and ("SGST" in name or "UTGST" in name)
        return ZERO, multiply(add(numbers), Decimal(2 if halves else 1))
