"""Items (fact sheet, section 13). Both spellings are taken; answers are in the reference's.

A document may name an archived one: nothing is known that forbids it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import LONG, Body
from importer.sandbox.call import Answer, Call, one
from importer.sandbox.paging import Filters, page
from importer.sandbox.refusals import duplicate, invalid, required, wrong_state

TYPES: Final = frozenset({"GOODS", "SERVICE"})
# What a sale is not credited to: their balances are those of contacts, and would no longer agree with the documents.
CONTROLS: Final = frozenset({"ACCOUNTS_RECEIVABLE", "ACCOUNTS_PAYABLE"})
# Column -> the spellings of its field: the reference's first, then the tutorial's (section 23, items 5 and 6).
SPELLINGS: Final = {
    "name": ("item_name", "name"),
    "item_type": ("item_type", "type"),
    "hsn": ("hsn_or_sac", "hsn_sac"),
    "sku": ("sku",),
    "rate": ("rate",),
    "purchase_rate": ("purchase_rate", "purchase_price"),
    "tax_id": ("tax_id",),
    "account_id": ("account_id",),
    "unit": ("unit",),
    "description": ("description",),
}
NEEDED: Final = {"name": ("name",), "all": ("name", "item_type", "rate", "tax_id", "hsn")}  # switch item_required


def list_items(call: Call) -> Answer:
    return page(call, "items", "d.* FROM items d", Filters(call), partial(_show_all, call))


def get_item(call: Call) -> Answer:
    return one("item", _show(call, call.find("items", "Item", call.id)))


def create_item(call: Call) -> Answer:
    columns = _made_of(call, _read(call))
    item_id = call.books.new_id("it")
    _check_guard(call, columns, item_id)
    moment = call.books.stamp()
    own = {"id": item_id, "org": call.org, "status": "ACTIVE", "created": moment, "modified": moment}
    call.db.insert("items", columns | own)
    return _answer(call, item_id, "The item has been created.")


def update_item(call: Call) -> Answer:
    row = call.find("items", "Item", call.id)
    columns = _read(call)
    if call.switches.put_keeps == "nothing":
        columns = dict.fromkeys(SPELLINGS) | _made_of(call, columns)
    else:
        columns["item_type"] = columns.get("item_type") or row["item_type"]
    _check_guard(call, columns, call.id)
    call.db.update("items", call.id, columns | {"modified": call.books.stamp()})
    return _answer(call, call.id, "The item has been updated.")


def archive_item(call: Call) -> Answer:
    call.find("items", "Item", call.id)
    # What an archived item's status is called is not documented; contacts have INACTIVE.
    call.db.update("items", call.id, {"status": "INACTIVE", "modified": call.books.stamp()})
    return _answer(call, call.id, "The item has been archived.")


def delete_item(call: Call) -> Answer:
    """Only one that no line of a document names."""
    row = call.find("items", "Item", call.id)
    for table in ("invoices", "credit_notes"):
        sql = (
            f"SELECT 1 FROM {table} d, json_each(d.lines) l "  # noqa: S608  (own word)
            "WHERE d.org = ? AND json_extract(l.value, '$.item_id') = ?"
        )
        if call.db.value(sql, (call.org, call.id)):
            message = f"Item '{row['name']}' is used by {table.replace('_', ' ')}; it can be archived."
            raise wrong_state("item_id", message)
    call.db.run("DELETE FROM items WHERE id = ?", (call.id,))
    return {"code": 0, "message": "The item has been deleted."}


def _made_of(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    """The columns of an item of which only these are known. Raises 400 for a missing one that is needed."""
    for column in NEEDED[call.switches.item_required]:
        if given.get(column) is None:
            raise required(_spellings(call, column)[-1])
    return given | {"item_type": given.get("item_type") or "GOODS"}


def _check_guard(call: Call, columns: dict[str, Any], item_id: str) -> None:
    """Raises 409 for a second item of that name or SKU, where there is such a guard (section 25, item 8)."""
    guard = call.switches.item_guard
    value = columns.get(guard)
    if guard == "off":
        return
    # An item without a SKU is no other's duplicate: in SQL null equals nothing.
    sql = f"SELECT 1 FROM items WHERE org = ? AND id <> ? AND {guard} = ?"  # noqa: S608  (own word)
    if call.db.value(sql, (call.org, item_id, value)):
        field = call.body.spelling(*_spellings(call, guard))
        raise duplicate(f"There is an item with the {field} '{value}' already.", field)


def _answer(call: Call, item_id: str, message: str) -> Answer:
    return one("item", _show(call, call.find("items", "Item", item_id)), message)


def _read(call: Call) -> dict[str, Any]:
    """The columns that the body holds, null included."""
    body = call.body
    spellings = {column: _spellings(call, column) for column in SPELLINGS}
    columns = {column: _value(body, column, names) for column, names in spellings.items() if body.has(*names)}
    if columns.get("tax_id") is not None:
        call.find("taxes", "Tax", columns["tax_id"], "tax_id")
    if columns.get("account_id") is not None:
        account = call.find("accounts", "Account", columns["account_id"], "account_id")
        if account["account_type"] in CONTROLS:
            raise invalid("account_id", "The account is no revenue ledger: lines are credited to it.", account["id"])
    return columns


def _spellings(call: Call, column: str) -> tuple[str, ...]:
    """The names under which a column is taken (section 25, item 9)."""
    match call.switches.item_spelling:
        case "reference":
            return SPELLINGS[column][:1]
        case "tutorial":
            return SPELLINGS[column][-1:]
        case _:
            return SPELLINGS[column]


def _value(body: Body, column: str, names: Sequence[str]) -> Any:
    match column:
        case "name":
            return body.needed_text(*names)
        case "item_type":
            return body.choice(*names, among=TYPES)
        case "rate" | "purchase_rate":
            number = body.not_negative(*names)
            return None if number is None else format(number, "f")
        case "description":
            return body.text(*names, limit=LONG)
        case _:
            return body.text(*names)


def _show_all(call: Call, rows: Sequence[Row]) -> list[Answer]:
    return [_show(call, row) for row in rows]


def _show(call: Call, row: Row) -> Answer:
    return {
        "item_id": row["id"],
        "item_name": row["name"],
        "item_type": row["item_type"],
        "hsn_or_sac": row["hsn"],
        "sku": row["sku"],
        "rate": _number(row["rate"]),
        "purchase_rate": _number(row["purchase_rate"]),
        "tax_id": row["tax_id"],
        "unit": row["unit"],
        "description": row["description"],
        "status": row["status"],
        "created_time": call.books.timestamp(row["created"]),
        "last_modified_time": call.books.timestamp(row["modified"]),
    }


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
