"""What a new organisation of the sandbox holds: a branch, taxes, a chart of accounts."""

from __future__ import annotations

import uuid
from typing import Final

from importer.sandbox.database import Database

GSTIN: Final = "29AABCF9012G1ZQ"  # a valid check digit; the state 29 is IN-KA

# name, shape, and the intra-state half; IGST is the whole.
TAXES: Final = (
    ("GST 0%", "NIL_RATED", "0"),
    ("GST 5%", "INTRA_STATE", "2.5"),
    ("GST 12%", "INTRA_STATE", "6"),
    ("GST 18%", "INTRA_STATE", "9"),
    ("GST 28%", "INTRA_STATE", "14"),
    ("GST 40%", "INTRA_STATE", "20"),
    ("Exempt", "EXEMPT", "0"),
)
FULL_RATES: Final = {"0": "0", "2.5": "5", "6": "12", "9": "18", "14": "28", "20": "40"}

# code, name, account_type (fact sheet, section 13), and the role under which the sandbox itself posts there.
ACCOUNTS: Final = (
    ("1010", "HDFC Current", "BANK", None),
    ("1020", "ICICI Current", "BANK", None),
    ("1030", "Cash", "CASH", None),
    ("1100", "Accounts Receivable", "ACCOUNTS_RECEIVABLE", "receivable"),
    ("1200", "TDS Receivable", "TDS_ASSET", "tds"),
    ("1300", "Input GST", "GST_ASSET", "input_gst"),
    ("2100", "Accounts Payable", "ACCOUNTS_PAYABLE", "payable"),
    ("2210", "Output CGST", "GST_LIABILITY", "cgst"),
    ("2220", "Output SGST", "GST_LIABILITY", "sgst"),
    ("2230", "Output IGST", "GST_LIABILITY", "igst"),
    ("2240", "Output Cess", "GST_LIABILITY", "cess"),
    ("2300", "TDS Payable", "TDS_LIABILITY", "tds_payable"),
    ("3000", "Owner's Equity", "EQUITY", None),
    ("4000", "Sales", "SALES", "sales"),
    ("4010", "Consulting Revenue", "INCOME", None),
    ("4020", "Sales Returns", "SALES", "returns"),
    ("4110", "Shipping Charges", "OTHER_INCOME", "shipping"),
    ("4120", "Other Adjustments", "OTHER_INCOME", "adjustment"),
    ("5000", "Cost of Goods Sold", "COST_OF_GOODS_SOLD", None),
    ("5100", "Bank Charges", "EXPENSE", "charges"),
    ("5900", "Round Off", "OTHER_EXPENSE", "round_off"),
    ("5910", "Exchange Gain or Loss", "OTHER_EXPENSE", "exchange"),
    ("5010", "Purchase Returns", "COST_OF_GOODS_SOLD", "purchase_returns"),
    ("3900", "Opening Balance Equity", "EQUITY", "opening"),
)
COST_CENTERS: Final = ("Head Office", "Factory")
CURRENCIES: Final = (("INR", "Indian Rupee"), ("USD", "US Dollar"), ("EUR", "Euro"), ("AED", "UAE Dirham"))
# Rupees for one unit, made up: a rehearsal needs some.
RATES: Final = (("USD", "85.50", "2026-04-01"), ("EUR", "92.25", "2026-04-01"), ("AED", "23.28", "2026-04-01"))


def add_org(db: Database, name: str, *, is_default: bool = False) -> str:
    """Create an organisation with all that a new one holds; returns its id. Needs a transaction around it."""
    org = "org_sandbox_" + uuid.uuid4().hex[:16]
    db.insert("orgs", {"id": org, "name": name, "is_default": is_default})
    db.insert("branches", _branch(org))
    for tax_name, shape, half in TAXES:
        rates = {"cgst": half, "sgst": half, "igst": FULL_RATES[half], "cess": "0"}
        db.insert("taxes", {"id": _id("tx"), "org": org, "name": tax_name, "shape": shape, **rates})
    for code, account, account_type, role in ACCOUNTS:
        columns = {"id": _id("acc"), "org": org, "code": code, "name": account}
        db.insert("accounts", {**columns, "account_type": account_type, "role": role})
    db.insert_many("cost_centers", ("id", "org", "name"), [(_id("cc"), org, centre) for centre in COST_CENTERS])
    db.insert_many("currencies", ("org", "code", "name"), [(org, *currency) for currency in CURRENCIES])
    for currency, rate, day in RATES:
        pair = {"id": _id("fx"), "org": org, "from_currency": currency, "to_currency": "INR", "rate": rate}
        db.insert("exchange_rates", {**pair, "rate_date": day, "source": "SANDBOX"})
    return org


def _branch(org: str) -> dict[str, object]:
    return {
        "id": _id("br"),
        "org": org,
        "code": "HQ",
        "name": "Head Office",
        "gstin": GSTIN,
        "state": "IN-KA",
        "city": "Bengaluru",
        "is_default": True,
        "invoice_prefix": "INV",
        "bill_prefix": "BILL",
    }


def _id(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex[:16]}"
