"""What payments and credit notes say that they settle: so much of one document goes to another, in some currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from importer import schema
from importer.checks.book import Book, Entry, normal
from importer.kinds import Settles
from importer.model import Path, Ref, Typed
from importer.money import ZERO, add, plain

AMOUNT: Final = "amount"  # of an entry of allocations or applications (fact sheet, sections 16 and 17)
CURRENCY: Final = "currency_code"  # of contacts, invoices and payments (fact sheet, sections 12, 15 and 16)
_OF_THE_ORG: Final = "INR"  # whoever pays GST keeps books in rupees
_MAYBE: Final = "?"  # before the currency of a contact, which a document of it may have or not


@dataclass(frozen=True, slots=True)
class Share:
    """One entry of a list that settles: so much of one document goes to another. Or the tax that was kept back."""

    entry: Entry
    path: Path
    amount: Decimal
    target: Ref | None  # None where it is named by its FinzBooks id
    named: bool = True  # whether the entry names a document of the kind that is settled, by key or by id
    kept_back: bool = False

    @property
    def words(self) -> str:
        return f"{self.entry.ref} ({plain(self.amount)}{' kept back' if self.kept_back else ''})"

    @property
    def at(self) -> Path:
        """Where the amount stands."""
        return self.path if self.kept_back else (*self.path, AMOUNT)


def shares(entry: Entry) -> list[Share]:
    """The entries of the document's list that can be read; nothing where its kind settles nothing."""
    settles = entry.kind.settles
    listed = entry.typed.get(settles.field) if settles else None
    if settles is None or not isinstance(listed, list):
        return []
    return [
        Share(entry, (settles.field, at), amount, _target(settles, one), _names(settles, one))
        for at, one in enumerate(listed)
        if isinstance(one, dict) and isinstance(amount := one.get(AMOUNT), Decimal)
    ]


def _target(settles: Settles, one: dict[str, Typed]) -> Ref | None:
    key = one.get(settles.target_field)
    return Ref(settles.target, normal(key)) if isinstance(key, str) else None


def _names(settles: Settles, one: dict[str, Typed]) -> bool:
    return settles.target_field in one or settles.target_id_field in one


def kept_back(entry: Entry, mine: list[Share]) -> Decimal:
    """The tax that the customer kept back and that settles on top of ``mine``; zero where that cannot be told.

    Some allocate what reached the bank, some the tax as well (GST rules, section 10; fact sheet, section 25, item 20).
    The first is certain where all that reached the bank is allocated, to the paisa. With less, the tax may be part of
    an advance; with more, it is among the allocations.
    """
    tax, amount = entry.typed.get(entry.kind.kept_back), entry.typed.get(entry.kind.amount_field)
    if not isinstance(tax, Decimal) or not isinstance(amount, Decimal) or not mine:
        return ZERO
    return tax if add(share.amount for share in mine) == amount else ZERO


def goes_out(entry: Entry) -> bool:
    """Whether the document is certain to be money that is paid and not received."""
    incoming = entry.kind.incoming_if
    if incoming is None:
        return False
    given = entry.typed.get(incoming[0])
    return given != incoming[1] and given in _values(entry.ref.kind, incoming[0])


@cache
def _values(kind: str, field: str) -> tuple[str, ...]:
    """The words that the field may hold; any other has been reported where the form was checked."""
    return tuple(schema.packaged(kind)["properties"][field]["enum"])


def given_currency(entry: Entry) -> str:
    """As the document itself says it; "" where it does not."""
    return normal(entry.text(CURRENCY) or "").upper()


def comparable(book: Book, one: Entry, other: Entry) -> bool:
    """Whether amounts of the two are in one currency, as far as is known.

    What an allocation's amount is in, the API does not say (fact sheet, section 16): of two documents in two currencies
    it may be either. Nor is it said whether a document without a currency takes that of its contact.
    """
    return _currency(book, one) == _currency(book, other) or not (_has_one(one) and _has_one(other))


def _has_one(entry: Entry) -> bool:
    """A credit note has no field for its currency, and is in that of what it lowers."""
    return (CURRENCY,) in schema.fields(entry.ref.kind)


def _currency(book: Book, entry: Entry) -> str:
    given = given_currency(entry)
    party = entry.named(entry.kind.party_field)
    kind = entry.shape.refs.get((entry.kind.party_field,))
    if given or party is None or kind is None:
        return given or _OF_THE_ORG
    contact = book.find(Ref(kind, party[1]))  # under an id there is none
    code = given_currency(contact) if contact is not None else ""
    return _OF_THE_ORG if code in ("", _OF_THE_ORG) else _MAYBE + code
