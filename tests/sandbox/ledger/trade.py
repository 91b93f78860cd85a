"""What a business may ask of the sandbox, and what it may not: strategies for bodies, and how one is spoilt."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from importer.sandbox.switches import values_of

# The switches that bear upon amounts, balances or what may be done; one that is named twice varies twice as often.
SWITCHES: Final = st.fixed_dictionaries(
    {
        name: st.sampled_from(values_of(name))
        for name in (
            *("tax_rounding", "tax_parts", "discount", "extra_charges", "payment_tds", "bank_charges"),
            *("opening_balances", "aging_by", "invoice_update", "void_paid", "payment_delete", "put_keeps"),
            *("invoice_guard", "contact_guard", "payment_guard", "state_conflict", "day_zone"),
        )
    },
    optional={"lock_date": st.just("2026-04-10"), "unknown_fields": st.just("refused")},
)
ROUNDING: Final = st.sampled_from((None, "nearest", "up", "down"))

OTHERS, NOBODYS = 8, 9  # what a step means may be another organisation's, or not be there
PLACES: Final = st.sampled_from((0, 1, 2, 0, 1, 2, 0, 1, 3, 4, 5, 6, 7, OTHERS, NOBODYS))


def _amounts(*texts: str) -> st.SearchStrategy[Decimal]:
    return st.sampled_from([Decimal(text) for text in texts])


AMOUNTS: Final = st.one_of(
    _amounts("0.01", "1", "33.33", "99.995", "100", "118", "1500.50"),
    st.integers(1, 500_000).map(lambda amount: Decimal(amount).scaleb(-2)),
)
TAKEN_OFF: Final = st.one_of(st.just(Decimal(0)), _amounts("0.01", "2", "10"))
# What to settle: a share of what is owed; a paisa more than that, or than the payment or note has left; any invoice.
SHARES: Final = st.sampled_from(("all", "all", "half", "third", "over", "beyond", "any"))
FITS: Final = st.sampled_from((True, True, False))  # whether a settlement is of the right customer and currency
DAYS: Final = st.sampled_from(("2026-03-31", "2026-04-15", "2026-05-19", "2026-05-20T18:45:00", "2026-06-15"))
PLACES_OF_SUPPLY: Final = st.sampled_from(("IN-KA", "IN-KA", "IN-MH"))
RATES: Final = _amounts("80", "83.123457", "90.005", "0.07")  # rupees for one unit
CURRENCIES: Final = st.sampled_from(
    (
        *({}, {}, {}, {"currency_code": "INR", "exchange_rate": 1}, {"currency_code": "USD"}),
        *({"currency_code": "USD", "exchange_rate": Decimal("83.123457")}, {"currency_code": "USD"}),
        *({"currency_code": "EUR", "exchange_rate": Decimal("0.07")}, {"currency_code": "XXX"}),
    )
)
LINES: Final = st.lists(
    st.fixed_dictionaries(
        {
            "item": st.one_of(st.none(), PLACES),
            "tax": st.sampled_from((None, "GST 5%", "GST 18%", "GST 18%", "GST 28%")),
            "quantity": _amounts("1", "1", "1.5", "3", "0.333"),
            "rate": AMOUNTS,
        },
        optional={"discount": _amounts("0", "0.5", "10"), "hsn_or_sac": st.sampled_from(("9973", "8471"))},
    ),
    min_size=1,
    max_size=3,
)
INVOICE_EXTRAS: Final = st.fixed_dictionaries(
    {},
    optional={
        "due_date": st.sampled_from(("2026-05-25", "2026-07-01")),
        "round_off": _amounts("0", "0.37", "-0.01"),
        "shipping_charge": _amounts("7", "0.01"),
        "adjustment": _amounts("-3", "2.50"),
        "tds_amount": _amounts("2", "0.05"),
        "invoice_number": st.sampled_from(("A-1", "A-2")),
        "auto_approve": st.just(False),
    },
)
SETTLEMENTS: Final = st.lists(
    st.tuples(st.sampled_from(("payment", "credit_note")), PLACES, PLACES, SHARES, FITS), min_size=1, max_size=3
)
NOTE_EXTRAS: Final = st.fixed_dictionaries(
    {},
    optional={
        "invoice_id": PLACES,
        "round_off": _amounts("0", "0.37", "-0.01", "-20"),
        "place_of_supply": PLACES_OF_SUPPLY,
        "reference_number": st.just("return"),
    },
)
ALLOCATIONS: Final = st.lists(st.tuples(PLACES, SHARES), min_size=1, max_size=3)
FLOWS: Final = st.sampled_from(
    (
        *(("INCOMING", "REGULAR"), ("INCOMING", "REGULAR"), ("INCOMING", "ADVANCE"), ("OUTGOING", "REGULAR")),
        *(("OUTGOING", "REFUND"), ("INCOMING", "REFUND")),
    )
)
WRONG: Final = st.sampled_from(
    (
        *(None, "", "ten", "x" * 300, True, -1, 0, Decimal("-0.01"), Decimal("0.001"), 10**13, 10**30, [], {}),
        *([1], {"a": 1}, "2026-02-30", "2026-04-01", "no_such", "INKA", "9999-12-31", Decimal("1e-13")),
    )
)
# What is done to one field of a body: nothing more often than not; else it goes, or holds a wrong value.
SPOILT: Final = st.tuples(st.integers(0, 40), st.one_of(st.just("drop"), st.tuples(WRONG)))
SPOILING: Final = st.sampled_from((False, False, False, False, True)).flatmap(
    lambda spoils: SPOILT if spoils else st.none()
)


def spoilt(body: dict[str, Any], spoiling: Any) -> dict[str, Any]:
    """``body``, changed in place in one field somewhere in it."""
    if spoiling is not None:
        place, how = spoiling
        fields = list(_fields(body))
        holder, name = fields[place % len(fields)]
        if how == "drop":
            del holder[name]
        else:
            (holder[name],) = how
    return body


def _fields(body: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for name, value in body.items():
        yield body, name
        for row in value if isinstance(value, list) else []:
            yield from _fields(row)
